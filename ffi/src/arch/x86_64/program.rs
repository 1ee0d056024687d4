//! Prepared calls: from a plan to steps, and through them to C.

use std::ffi::c_void;
use std::mem::{MaybeUninit, transmute};

use super::stubs::{self, Scalar, Step, Stub};
use crate::Error;
use crate::abi::{Abi, Extension, Piece, Place, Plan, ResultPlan};
use crate::call::Arg;

/// The steps of a prepared call.
#[derive(Debug)]
pub(crate) struct Program {
    enter: Stub,
    shape: Shape,
    /// For a result in two registers or of an odd size: the bytes of its last register.
    tail: u8,
    /// Where a result in one register begins in its value: 0, or 8 behind an eightbyte of padding.
    offset: u8,
    steps: Box<[Step]>,
}

/// How the result is stored.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Nothing to store: there is none, or the callee or the last step stores it.
    Stored,
    Integer8,
    Integer4,
    Integer2,
    Integer1,
    /// Bytes of one integer register, another number than above.
    IntegerOdd,
    F32,
    F64,
    IntegerInteger,
    IntegerVector,
    VectorInteger,
    VectorVector,
}

/// A result in two registers, by class.
#[repr(C)]
struct Pair<A, B>(A, B);

/// A register or stack word that a stub does not read.
const UNUSED: MaybeUninit<u64> = MaybeUninit::uninit();

/// [`stubs::enter`] as seen from Rust: the C function's result is its result. The last four words lie on the stack,
/// where the C function of Win64 has its shadow space.
type Enter<R> = unsafe extern "sysv64-unwind" fn(
    *mut u8,
    *const Step,
    *const Arg<'_>,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    *const c_void,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
    MaybeUninit<u64>,
) -> R;

impl Program {
    /// Chooses the stubs for a plan.
    ///
    /// # Errors
    /// [`Error::UnsupportedPlatform`] for a convention of another processor, or a vector register this one lacks.
    pub(crate) fn compile(plan: &Plan) -> Result<Program, Error> {
        if plan.abi != Abi::SysV64 {
            return Err(unsupported(plan));
        }
        let mut steps = Vec::with_capacity(plan.moves.len() + 3);
        let mut wide = false;
        if plan.stack_size > 0 {
            push_stack(plan, &mut steps);
        }
        // Vector registers before integer ones: their stubs use r9 as scratch.
        for step in &plan.moves {
            if let Place::Vector(register) = step.piece.place {
                wide |= step.piece.size > 16;
                steps.push(load_vector(step.argument, &step.piece, register));
            }
        }
        for step in &plan.moves {
            if let Place::Integer(register) = step.piece.place {
                steps.push(load_integer(step.argument, &step.piece, register));
            }
        }
        let (shape, tail, last) = result(plan);
        let offset = match &plan.result {
            ResultPlan::Registers(pieces) => pieces[0].offset as u8,
            _ => 0,
        };
        wide |= last.is_some_and(|stub| std::ptr::fn_addr_eq(stub, stubs::CALL_STORE_YMM));
        if wide && !std::arch::is_x86_feature_detected!("avx") {
            return Err(unsupported(plan));
        }
        let framed = plan.stack_size > 0 || last.is_some();
        let last = match last {
            Some(stub) => stub,
            None if framed => stubs::CALL,
            None if plan.variadic => stubs::JUMP_VARIADIC,
            None => stubs::JUMP,
        };
        steps.push(Step {
            stub: last,
            argument: 0,
            operand: u32::from(plan.vector_registers),
        });
        let enter: Stub = if framed {
            stubs::enter_framed
        } else {
            stubs::enter
        };
        Ok(Program {
            enter,
            shape,
            tail,
            offset,
            steps: steps.into_boxed_slice(),
        })
    }

    /// Makes the call and stores the result at exactly its size.
    ///
    /// # Safety
    /// `code` is a function of the plan's signature and convention, and the call is sound. `arguments` points to as many
    /// valid arguments as the plan has. `result` is writable for the size of the result (dangling if that is 0).
    #[inline]
    pub(crate) unsafe fn run(
        &self,
        code: *const c_void,
        arguments: *const Arg<'_>,
        result: *mut u8,
    ) {
        macro_rules! enter {
            ($result:ty) => {{
                // SAFETY: the stub's registers at entry are those of this type; what the C function leaves in the result
                // registers has the class of `$result` by the plan.
                let enter = unsafe { transmute::<Stub, Enter<$result>>(self.enter) };
                let steps = self.steps.as_ptr();
                // SAFETY: by this function's contract.
                unsafe { enter(result, steps, arguments, UNUSED, UNUSED, UNUSED, code, UNUSED, UNUSED, UNUSED) }
            }};
        }
        macro_rules! store {
            ($ty:ty, $value:expr) => {{
                let value = $value;
                // SAFETY: the result has this size behind `offset`, by the plan.
                let target = unsafe { result.add(usize::from(self.offset)) };
                // SAFETY: the same; it may be unaligned.
                unsafe { target.cast::<$ty>().write_unaligned(value) }
            }};
        }
        macro_rules! store_pair {
            ($low:ty, $high:ty) => {{
                let Pair(low, high) = enter!(Pair<$low, $high>);
                store!($low, low);
                // SAFETY: the result has 8 bytes and `tail` more.
                unsafe { store_bytes(result.add(8), high.to_ne_bytes(), self.tail) }
            }};
        }
        match self.shape {
            Shape::Stored => enter!(()),
            Shape::Integer8 => store!(u64, enter!(u64)),
            Shape::Integer4 => store!(u32, enter!(u64) as u32),
            Shape::Integer2 => store!(u16, enter!(u64) as u16),
            Shape::Integer1 => store!(u8, enter!(u64) as u8),
            Shape::IntegerOdd => {
                let bytes = enter!(u64).to_ne_bytes();
                // SAFETY: the result has `tail` bytes behind `offset`.
                unsafe { store_bytes(result.add(usize::from(self.offset)), bytes, self.tail) }
            }
            Shape::F32 => store!(f32, enter!(f32)),
            Shape::F64 => store!(f64, enter!(f64)),
            Shape::IntegerInteger => store_pair!(u64, u64),
            Shape::IntegerVector => store_pair!(u64, f64),
            Shape::VectorInteger => store_pair!(f64, u64),
            Shape::VectorVector => store_pair!(f64, f64),
        }
    }
}

/// # Safety
/// `size` bytes are writable at `to`.
#[inline]
unsafe fn store_bytes(to: *mut u8, bytes: [u8; 8], size: u8) {
    if size == 8 {
        // SAFETY: 8 bytes are writable.
        unsafe { to.cast::<[u8; 8]>().write(bytes) }
    } else {
        // SAFETY: `size` bytes are writable, and a register has no more than 8.
        unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), usize::from(size).min(8)) }
    }
}

fn unsupported(plan: &Plan) -> Error {
    Error::UnsupportedPlatform {
        abi: plan.abi,
        architecture: "x86_64",
    }
}

fn step(stub: Stub, argument: u16, operand: u32) -> Step {
    Step {
        stub,
        argument: 8 * u32::from(argument),
        operand,
    }
}

/// Pushes from the last stack argument to the first.
fn push_stack(plan: &Plan, steps: &mut Vec<Step>) {
    let mut top = plan.stack_size.next_multiple_of(plan.stack_alignment);
    if plan.stack_alignment > 16 {
        steps.push(step(stubs::ALIGN, 0, plan.stack_alignment));
    }
    for moved in plan.moves.iter().rev() {
        let Piece {
            place: Place::Stack(offset),
            size,
            ..
        } = moved.piece
        else {
            continue;
        };
        let gap = top - offset - size.next_multiple_of(8);
        if gap > 0 {
            steps.push(step(stubs::RESERVE, 0, gap));
        }
        top = offset;
        if size <= 8 {
            steps.push(push_word(moved.argument, &moved.piece));
            continue;
        }
        if size % 8 > 0 {
            steps.push(step(
                stubs::PUSH_PIECE[(size % 8) as usize - 1],
                moved.argument,
                size / 8 * 8,
            ));
        }
        steps.push(step(stubs::PUSH_WORDS, moved.argument, size / 8));
    }
}

fn push_word(argument: u16, piece: &Piece) -> Step {
    match scalar(piece) {
        Some(scalar) => step(stubs::PUSH_SCALAR[scalar as usize], argument, 0),
        None => step(
            stubs::PUSH_PIECE[piece.size as usize - 1],
            argument,
            piece.offset,
        ),
    }
}

fn load_integer(argument: u16, piece: &Piece, register: u8) -> Step {
    let register = usize::from(register);
    match scalar(piece) {
        Some(scalar) => step(stubs::LOAD_SCALAR[register][scalar as usize], argument, 0),
        None => step(
            stubs::LOAD_PIECE[register][piece.size as usize - 1],
            argument,
            piece.offset,
        ),
    }
}

fn load_vector(argument: u16, piece: &Piece, register: u8) -> Step {
    let register = usize::from(register);
    let piece_stub = |index| {
        step(
            stubs::LOAD_VECTOR_PIECE[register][index],
            argument,
            piece.offset,
        )
    };
    match (piece.size, piece.offset) {
        (4, 0) => step(stubs::LOAD_FLOAT[register][0], argument, 0),
        (8, 0) => step(stubs::LOAD_FLOAT[register][1], argument, 0),
        // What fills up an eightbyte behind a float is padding.
        (..8, _) => piece_stub(0),
        (8, _) => piece_stub(1),
        (16, _) => piece_stub(2),
        _ => piece_stub(3),
    }
}

/// The widening of a piece that is a whole value of a scalar's size at its start.
fn scalar(piece: &Piece) -> Option<Scalar> {
    let signed = piece.extension == Extension::Sign;
    match (piece.size, piece.offset) {
        (1, 0) => Some(if signed { Scalar::I8 } else { Scalar::U8 }),
        (2, 0) => Some(if signed { Scalar::I16 } else { Scalar::U16 }),
        (4, 0) => Some(if signed { Scalar::I32 } else { Scalar::U32 }),
        (8, 0) => Some(Scalar::U64),
        _ => None,
    }
}

/// How the result is stored: after the return by its shape, or by the last step.
fn result(plan: &Plan) -> (Shape, u8, Option<Stub>) {
    let ResultPlan::Registers(pieces) = &plan.result else {
        return (Shape::Stored, 0, None);
    };
    match **pieces {
        [
            Piece {
                place: Place::Integer(_),
                size,
                ..
            },
        ] => {
            let shape = match size {
                8 => Shape::Integer8,
                4 => Shape::Integer4,
                2 => Shape::Integer2,
                1 => Shape::Integer1,
                _ => Shape::IntegerOdd,
            };
            (shape, size as u8, None)
        }
        [
            Piece {
                place: Place::Vector(_),
                size,
                ..
            },
        ] => match size {
            ..8 => (Shape::F32, 0, None),
            8 => (Shape::F64, 0, None),
            16 => (Shape::Stored, 0, Some(stubs::CALL_STORE_XMM)),
            _ => (Shape::Stored, 0, Some(stubs::CALL_STORE_YMM)),
        },
        [
            Piece {
                place: Place::X87(_),
                ..
            },
        ] => (Shape::Stored, 0, Some(stubs::CALL_STORE_X87)),
        [
            Piece {
                place: Place::X87(_),
                ..
            },
            _,
        ] => (Shape::Stored, 0, Some(stubs::CALL_STORE_X87_PAIR)),
        [low, high, ..] => {
            let shape = match (low.place, high.place) {
                (Place::Integer(_), Place::Integer(_)) => Shape::IntegerInteger,
                (Place::Integer(_), _) => Shape::IntegerVector,
                (_, Place::Integer(_)) => Shape::VectorInteger,
                _ => Shape::VectorVector,
            };
            (shape, high.size as u8, None)
        }
        _ => (Shape::Stored, 0, None),
    }
}
