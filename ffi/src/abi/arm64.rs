//! The conventions of arm64: the AAPCS64 ("Procedure Call Standard for the Arm 64-bit Architecture"), and what Apple's
//! "Writing ARM64 code for Apple platforms" and Microsoft's "Overview of ARM64 ABI conventions" change in it.
//!
//! Rules are named as in the AAPCS64, "Parameter Passing": B.*n* prepare an argument, C.*n* give it its place. Its NGRN and
//! NSRN, the numbers of the next integer and the next vector register, are [`Registers`]; its NSAA, the next stack address,
//! is [`Plan::stack_size`].

use super::homogeneous::Homogeneous;
use super::plan::ResultPieces;
use super::{Abi, ArgumentMove, Copied, Extension, Piece, Place, Plan, ResultPlan};
use crate::types::{Float, Type};
use crate::{Error, Signature};

/// x0 to x7.
const INTEGER_REGISTERS: u8 = 8;
/// v0 to v7.
const VECTOR_REGISTERS: u8 = 8;
/// x8.
const RESULT_ADDRESS: Place = Place::Integer(8);

/// What the conventions differ in.
struct Rules {
    abi: Abi,
    /// Apple: a stack argument takes its own size at its own alignment, where the AAPCS64 gives it multiples of 8 bytes.
    packs_stack: bool,
    /// Apple: the caller extends integers to 32 bits, and so does the callee with a result.
    extends: bool,
    /// C.10: 16-byte aligned arguments begin at an even integer register. Not on Apple.
    even_registers: bool,
    /// B.6: by its natural alignment is a composite aligned, not by what its type was aligned to. Elsewhere by the latter.
    natural_alignment: bool,
    /// Whether IEEE quadruple numbers have a meaning.
    quadruple: bool,
    variadic: Variadic,
}

/// How the arguments of a variadic function travel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variadic {
    /// As those of any other function.
    AsNamed,
    /// Apple: the declared ones as in any other function, the others on the stack, in slots of 8 bytes.
    OnStack,
    /// Microsoft: all as on an imaginary stack, whose first 64 bytes are the integer registers.
    ImaginaryStack,
}

const AAPCS64: Rules = Rules {
    abi: Abi::Aapcs64,
    packs_stack: false,
    extends: false,
    even_registers: true,
    natural_alignment: true,
    quadruple: true,
    variadic: Variadic::AsNamed,
};

const APPLE: Rules = Rules {
    abi: Abi::AppleArm64,
    packs_stack: true,
    extends: true,
    even_registers: false,
    natural_alignment: false,
    quadruple: false,
    variadic: Variadic::OnStack,
};

const WINDOWS: Rules = Rules {
    abi: Abi::WindowsArm64,
    natural_alignment: false,
    quadruple: false,
    variadic: Variadic::ImaginaryStack,
    ..AAPCS64
};

pub(super) fn aapcs64(plan: &mut Plan, signature: &Signature) -> Result<(), Error> {
    fill(plan, &AAPCS64, signature)
}

pub(super) fn apple(plan: &mut Plan, signature: &Signature) -> Result<(), Error> {
    fill(plan, &APPLE, signature)
}

pub(super) fn windows(plan: &mut Plan, signature: &Signature) -> Result<(), Error> {
    fill(plan, &WINDOWS, signature)
}

fn fill(plan: &mut Plan, rules: &Rules, signature: &Signature) -> Result<(), Error> {
    check_meaning(rules, signature.returns(), || "the result".into())?;
    plan.result = result_plan(rules, plan, signature.returns().resolve())?;
    let mut registers = Registers { integer: 0, vector: 0 };
    for (index, parameter) in signature.parameters().iter().enumerate() {
        check_meaning(rules, parameter.ty(), || signature.place(index))?;
        let ty = parameter.ty().resolve();
        // GNU C's empty struct takes no place.
        if ty.size() == 0 {
            continue;
        }
        let unnamed = signature.fixed().is_some_and(|fixed| index >= fixed);
        if let Some(promoted) = rules.abi.promotion(ty).filter(|_| unnamed) {
            return Err(Error::Unpromoted { index, ty: parameter.ty().clone(), promoted });
        }
        let assigned = match rules.variadic {
            Variadic::ImaginaryStack if plan.variadic => {
                on_imaginary_stack(rules, plan, &mut registers, ty)?
            }
            Variadic::OnStack if unnamed => on_variadic_stack(rules, plan, ty)?,
            _ => assign(rules, plan, &mut registers, ty)?,
        };
        plan.moves.extend(assigned.pieces.iter().map(|piece| ArgumentMove {
            argument: index as u16,
            piece: *piece,
            copy: assigned.copy,
        }));
    }
    plan.vector_registers = registers.vector;
    Ok(())
}

/// "Result Return": as an argument of the type would travel if it were the first, or else in memory whose address is in x8.
fn result_plan(rules: &Rules, plan: &mut Plan, ty: &Type) -> Result<ResultPlan, Error> {
    if ty.size() == 0 {
        return Ok(ResultPlan::Void);
    }
    if let Class::Reference = Class::of(rules, ty) {
        return Ok(ResultPlan::Memory { pointer: RESULT_ADDRESS });
    }
    let assigned = assign(rules, plan, &mut Registers { integer: 0, vector: 0 }, ty)?;
    Ok(ResultPlan::Registers(assigned.pieces))
}

/// The registers not yet taken, by the numbers of the next ones.
struct Registers {
    integer: u8,
    vector: u8,
}

/// The places of one argument.
struct Assigned {
    pieces: ResultPieces,
    copy: Option<Copied>,
}

/// What an argument is after stage B.
enum Class {
    /// A floating-point number or short vector.
    Vector,
    /// An HFA or HVA.
    Homogeneous(Homogeneous),
    /// An integer or pointer of at most 8 bytes.
    Integer(Extension),
    /// Any other value of at most 16 bytes, aligned by 8 or 16.
    Words { alignment: usize },
    /// B.4: the address of a copy takes the place of the value.
    Reference,
}

impl Class {
    fn of(rules: &Rules, ty: &Type) -> Class {
        let extension = |extended| if rules.extends { extended } else { Extension::None };
        match ty {
            Type::F16 | Type::F32 | Type::F64 | Type::F128 => Class::Vector,
            Type::Vector(vector) if vector.size() <= 16 => Class::Vector,
            Type::I8 | Type::I16 => Class::Integer(extension(Extension::Sign)),
            Type::Bool | Type::U8 | Type::U16 => Class::Integer(extension(Extension::Zero)),
            Type::I32 | Type::U32 | Type::I64 | Type::U64 | Type::Pointer => {
                Class::Integer(Extension::None)
            }
            _ => match Homogeneous::of(ty) {
                Some(homogeneous) => Class::Homogeneous(homogeneous),
                None if ty.size() > 16 => Class::Reference,
                None => Class::Words { alignment: alignment(rules, ty) },
            },
        }
    }
}

/// B.6: the alignment of an argument, 8 or 16.
fn alignment(rules: &Rules, ty: &Type) -> usize {
    let alignment = if rules.natural_alignment { ty.natural_alignment() } else { ty.alignment() };
    if alignment >= 16 { 16 } else { 8 }
}

/// Stage C.
fn assign(
    rules: &Rules,
    plan: &mut Plan,
    registers: &mut Registers,
    ty: &Type,
) -> Result<Assigned, Error> {
    let size = ty.size() as u32;
    match Class::of(rules, ty) {
        Class::Vector => {
            // C.1
            if let Some(first) = registers.vectors(1) {
                return Ok(Assigned::one(size, Extension::None, Place::Vector(first)));
            }
            // C.4 to C.6
            let place = scalar_on_stack(rules, plan, ty)?;
            Ok(Assigned::one(size, Extension::None, place))
        }
        Class::Homogeneous(Homogeneous { members, member_size }) => {
            // C.2; C.3 where they do not fit.
            if let Some(first) = registers.vectors(members as usize) {
                let place = |number: u32| Place::Vector(first + number as u8);
                return Ok(Assigned::row(size, member_size, place));
            }
            // C.4, C.6; where it is not the natural alignment that counts, clang takes that of the members.
            let member_alignment = member_size as usize;
            let place = if rules.packs_stack {
                plan.push_stack(ty.size(), member_alignment)?
            } else if rules.natural_alignment {
                plan.push_stack(ty.size().next_multiple_of(8), alignment(rules, ty))?
            } else {
                plan.push_stack(ty.size().next_multiple_of(8), member_alignment.max(8))?
            };
            Ok(Assigned::one(size, Extension::None, place))
        }
        Class::Integer(extension) => {
            // C.9; C.13 does nothing here.
            let place = match registers.integers(1) {
                Some(first) => Place::Integer(first),
                // C.14, C.16, C.17
                None => scalar_on_stack(rules, plan, ty)?,
            };
            Ok(Assigned::one(size, extension, place))
        }
        Class::Words { alignment } => {
            // C.10
            if rules.even_registers && alignment == 16 {
                registers.integer = registers.integer.next_multiple_of(2);
            }
            // C.11, C.12; C.13 where they do not fit.
            if let Some(first) = registers.integers(ty.size().div_ceil(8)) {
                return Ok(Assigned::row(size, 8, |number| Place::Integer(first + number as u8)));
            }
            // C.14, C.15, C.17
            let place = plan.push_stack(ty.size().next_multiple_of(8), alignment)?;
            Ok(Assigned::one(size, Extension::None, place))
        }
        Class::Reference => {
            let copy = plan.push_copy(ty)?;
            let address = assign(rules, plan, registers, &Type::Pointer)?;
            Ok(Assigned { copy: Some(copy), ..address })
        }
    }
}

/// The stack place of a number or vector.
fn scalar_on_stack(rules: &Rules, plan: &mut Plan, ty: &Type) -> Result<Place, Error> {
    let slot = if rules.packs_stack { ty.size() } else { ty.size().max(8) };
    plan.push_stack(slot, slot)
}

/// Apple's variadic arguments, which lie where `va_arg` looks for them: in slots of 8 bytes, or aligned as their type is.
fn on_variadic_stack(rules: &Rules, plan: &mut Plan, ty: &Type) -> Result<Assigned, Error> {
    let copy = match Class::of(rules, ty) {
        Class::Reference => Some(plan.push_copy(ty)?),
        _ => None,
    };
    let ty = if copy.is_some() { &Type::Pointer } else { ty };
    let size = ty.size() as u32;
    let place = plan.push_stack(ty.size().next_multiple_of(8), ty.alignment().max(8))?;
    Ok(Assigned { copy, ..Assigned::one(size, Extension::None, place) })
}

/// The arguments of Microsoft's variadic functions: C.14 to C.17 alone place them on an imaginary stack, and HFAs and HVAs
/// are composites like others. (Microsoft's names for these rules are C.12 to C.15.)
fn on_imaginary_stack(
    rules: &Rules,
    plan: &mut Plan,
    registers: &mut Registers,
    ty: &Type,
) -> Result<Assigned, Error> {
    let copy = (ty.size() > 16).then(|| plan.push_copy(ty)).transpose()?;
    let ty = if copy.is_some() { &Type::Pointer } else { ty };
    let alignment = alignment(rules, ty);
    if alignment == 16 {
        registers.integer = registers.integer.next_multiple_of(2);
    }
    let first = registers.integer;
    let words = ty.size().div_ceil(8);
    let in_registers = words.min((INTEGER_REGISTERS - first).into());
    registers.integer += in_registers as u8;
    let stack = match words - in_registers {
        0 => None,
        // The one place where a value is divided: its rest then lies first on the stack.
        rest => Some(plan.push_stack(8 * rest, alignment)?),
    };
    let size = ty.size() as u32;
    if let (Some(place), 0) = (stack, in_registers) {
        return Ok(Assigned { copy, ..Assigned::one(size, Extension::None, place) });
    }
    let place = |number: u32| match stack {
        Some(place) if number as usize == in_registers => place,
        _ => Place::Integer(first + number as u8),
    };
    Ok(Assigned { copy, ..Assigned::row(size, 8, place) })
}

impl Assigned {
    /// A value in one piece.
    fn one(size: u32, extension: Extension, place: Place) -> Assigned {
        let piece = Piece { offset: 0, size, extension, place };
        Assigned { pieces: ResultPieces::new(&[piece]), copy: None }
    }

    /// A value in pieces of `step` bytes, at most four, each in the place that has its number.
    fn row(size: u32, step: u32, place: impl Fn(u32) -> Place) -> Assigned {
        let mut pieces = [ResultPieces::EMPTY; 4];
        let count = size.div_ceil(step);
        for (number, piece) in (0..count).zip(&mut pieces) {
            let offset = number * step;
            let size = (size - offset).min(step);
            *piece = Piece { offset, size, extension: Extension::None, place: place(number) };
        }
        Assigned { pieces: ResultPieces::new(&pieces[..count as usize]), copy: None }
    }
}

impl Registers {
    /// The first of `count` adjoining integer registers. Where there are not so many, none is used any more (C.13).
    fn integers(&mut self, count: usize) -> Option<u8> {
        take(&mut self.integer, count, INTEGER_REGISTERS)
    }

    /// The first of `count` adjoining vector registers. Where there are not so many, none is used any more (C.3).
    fn vectors(&mut self, count: usize) -> Option<u8> {
        take(&mut self.vector, count, VECTOR_REGISTERS)
    }
}

fn take(next: &mut u8, count: usize, limit: u8) -> Option<u8> {
    let first = *next;
    if usize::from(first) + count <= limit.into() {
        *next += count as u8;
        Some(first)
    } else {
        *next = limit;
        None
    }
}

/// Refuses what a convention has no rule for: the error names the part of the type that is to blame.
fn check_meaning(rules: &Rules, ty: &Type, place: impl FnOnce() -> String) -> Result<(), Error> {
    match meaningless(rules, ty) {
        None => Ok(()),
        Some(ty) => Err(Error::NoMeaning { place: place(), ty: ty.clone(), abi: rules.abi }),
    }
}

/// x87 numbers, and quadruple ones where C has none.
fn meaningless<'a>(rules: &Rules, ty: &'a Type) -> Option<&'a Type> {
    let has_meaning = |float| match float {
        Float::F16 | Float::F32 | Float::F64 => true,
        Float::F80 => false,
        Float::F128 => rules.quadruple,
    };
    match ty.resolve() {
        Type::F80 => Some(ty),
        Type::F128 if !rules.quadruple => Some(ty),
        Type::Complex(part) if !has_meaning(*part) => Some(ty),
        Type::Array(array) => meaningless(rules, array.element()),
        Type::Struct(composite) => {
            composite.fields().iter().find_map(|field| meaningless(rules, field.ty()))
        }
        Type::Union(composite) => {
            composite.fields().iter().find_map(|field| meaningless(rules, field.ty()))
        }
        _ => None,
    }
}
