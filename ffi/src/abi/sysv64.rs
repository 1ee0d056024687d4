//! The System V convention of x86-64: psABI, AMD64 supplement, 3.2.3.

use super::eightbyte::{Class, Classes};
use super::plan::ResultPieces;
use super::{ArgumentMove, Extension, Piece, Place, Plan, ResultPlan};
use crate::types::{Float, Type};
use crate::{Error, Signature};

/// rdi, rsi, rdx, rcx, r8, r9.
const INTEGER_REGISTERS: u8 = 6;
/// xmm0 to xmm7.
const VECTOR_REGISTERS: u8 = 8;

/// The registers not yet taken.
struct Registers {
    integer: u8,
    vector: u8,
}

pub(super) fn fill(plan: &mut Plan, signature: &Signature) -> Result<(), Error> {
    let mut registers = Registers { integer: 0, vector: 0 };
    plan.result = result_plan(signature.returns());
    if let ResultPlan::Memory { .. } = plan.result {
        registers.integer = 1;
    }
    for (index, parameter) in signature.parameters().iter().enumerate() {
        let unnamed = signature.fixed().is_some_and(|fixed| index >= fixed);
        argument(plan, &mut registers, index as u16, parameter.ty().resolve(), unnamed)?;
    }
    plan.vector_registers = registers.vector;
    Ok(())
}

fn argument(
    plan: &mut Plan,
    registers: &mut Registers,
    argument: u16,
    ty: &Type,
    unnamed: bool,
) -> Result<(), Error> {
    let size = ty.size() as u32;
    let push = |plan: &mut Plan, offset, size, extension, place| {
        plan.moves.push(ArgumentMove {
            argument,
            piece: Piece { offset, size, extension, place },
            copy: None,
        });
    };
    if let Some((class, extension)) = scalar(ty) {
        let place = match class {
            Class::Sse => registers.vector(),
            _ => registers.integer(),
        };
        let place = match place {
            Some(place) => place,
            None => plan.push_stack(8, 8)?,
        };
        push(plan, 0, size, extension, place);
        return Ok(());
    }
    if size == 0 {
        return Ok(());
    }
    let classes = match Classes::of(ty) {
        // Variadic arguments of more than 16 bytes are found by va_arg on the stack alone.
        Classes::Eightbytes { count, .. } if unnamed && count > 2 => Classes::Memory,
        classes => classes,
    };
    if let Classes::Eightbytes { classes, count } = classes {
        let classes = &classes[..count];
        let integers = classes.iter().filter(|class| **class == Class::Integer).count();
        let vectors = classes.iter().filter(|class| **class == Class::Sse).count();
        let x87 = classes.contains(&Class::X87);
        if !x87 && registers.have(integers, vectors) {
            for (place, offset, size) in pieces(classes, size, registers) {
                push(plan, offset, size, Extension::None, place);
            }
            return Ok(());
        }
    }
    let place = plan.push_stack(size.next_multiple_of(8) as usize, ty.alignment().max(8))?;
    push(plan, 0, size, Extension::None, place);
    Ok(())
}

/// The class of a number or pointer that fills one register, and how it fills it.
fn scalar(ty: &Type) -> Option<(Class, Extension)> {
    Some(match ty {
        Type::I8 | Type::I16 | Type::I32 => (Class::Integer, Extension::Sign),
        Type::Bool | Type::U8 | Type::U16 | Type::U32 => (Class::Integer, Extension::Zero),
        Type::I64 | Type::U64 | Type::Pointer => (Class::Integer, Extension::None),
        Type::F16 | Type::F32 | Type::F64 => (Class::Sse, Extension::None),
        _ => return None,
    })
}

/// The registers of the eightbytes of one value that fits into them: place, offset, size.
fn pieces(
    classes: &[Class],
    size: u32,
    registers: &mut Registers,
) -> impl Iterator<Item = (Place, u32, u32)> {
    classes.iter().enumerate().filter_map(move |(index, class)| {
        let offset = 8 * index as u32;
        let upper =
            classes[index + 1..].iter().take_while(|class| **class == Class::SseUp).count() as u32;
        let place = match class {
            Class::Integer => registers.integer(),
            Class::Sse => registers.vector(),
            _ => None,
        }?;
        Some((place, offset, (size - offset).min(8 + 8 * upper)))
    })
}

impl Registers {
    fn have(&self, integers: usize, vectors: usize) -> bool {
        usize::from(self.integer) + integers <= usize::from(INTEGER_REGISTERS)
            && usize::from(self.vector) + vectors <= usize::from(VECTOR_REGISTERS)
    }

    fn integer(&mut self) -> Option<Place> {
        (self.integer < INTEGER_REGISTERS).then(|| {
            self.integer += 1;
            Place::Integer(self.integer - 1)
        })
    }

    fn vector(&mut self) -> Option<Place> {
        (self.vector < VECTOR_REGISTERS).then(|| {
            self.vector += 1;
            Place::Vector(self.vector - 1)
        })
    }
}

/// Integer eightbytes come back in rax, rdx; vector ones in xmm0, xmm1; x87 numbers in st0, st1.
fn result_plan(ty: &Type) -> ResultPlan {
    let ty = ty.resolve();
    let size = ty.size() as u32;
    if size == 0 {
        return ResultPlan::Void;
    }
    if let Some((class, extension)) = scalar(ty) {
        let place = if class == Class::Sse { Place::Vector(0) } else { Place::Integer(0) };
        return ResultPlan::Registers(ResultPieces::new(&[Piece {
            offset: 0,
            size,
            extension,
            place,
        }]));
    }
    let x87 = |number: u8| Piece {
        offset: 16 * u32::from(number),
        size: 16,
        extension: Extension::None,
        place: Place::X87(number),
    };
    if let Type::Complex(Float::F80) = ty {
        return ResultPlan::Registers(ResultPieces::new(&[x87(0), x87(1)]));
    }
    match Classes::of(ty) {
        Classes::Memory => ResultPlan::Memory { pointer: Place::Integer(0) },
        Classes::Eightbytes { classes, .. } if classes[0] == Class::X87 => {
            ResultPlan::Registers(ResultPieces::new(&[x87(0)]))
        }
        Classes::Eightbytes { classes, count } => {
            let mut registers = Registers { integer: 0, vector: 0 };
            let mut found = [ResultPieces::EMPTY; 4];
            let mut used = 0;
            for (place, offset, size) in pieces(&classes[..count], size, &mut registers) {
                found[used] = Piece { offset, size, extension: Extension::None, place };
                used += 1;
            }
            match used {
                0 => ResultPlan::Void,
                _ => ResultPlan::Registers(ResultPieces::new(&found[..used])),
            }
        }
    }
}
