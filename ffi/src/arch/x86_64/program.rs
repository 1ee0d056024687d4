//! Prepared calls: from a plan to steps, and through them to C.

use std::ffi::c_void;
use std::mem::{MaybeUninit, transmute};

use super::stubs::{self, Load, Scalar, Step, Stub};
use crate::Error;
use crate::abi::{Abi, ArgumentMove, Extension, Piece, Place, Plan, ResultPlan};
use crate::call::Arg;

/// The steps of a prepared call.
#[derive(Debug)]
pub(crate) struct Program {
    /// The first stub; none where nothing is to be loaded, and the C function is called at once.
    enter: Option<Stub>,
    shape: Shape,
    /// Where the bytes from the only or last register begin in the result, and their number.
    offset: u8,
    size: u8,
    steps: Box<[Step]>,
}

/// How the result is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing to store: there is none, or the callee or the last step stores it.
    Stored,
    /// From the first integer register.
    Integer,
    /// From the first vector register.
    Vector,
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

/// The first stub as seen from Rust: the C function's result is its result. The last four words lie on the stack,
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
        let (shape, last) = result(plan);
        let wide = |piece: &Piece| matches!(piece.place, Place::Vector(_)) && piece.size > 16;
        let wide_result =
            last.is_some_and(|stub| std::ptr::fn_addr_eq(stub, stubs::CALL_STORE_YMM));
        if (wide_result || plan.moves.iter().any(|step| wide(&step.piece)))
            && !std::arch::is_x86_feature_detected!("avx")
        {
            return Err(unsupported(plan));
        }
        let mut steps = Vec::with_capacity(plan.moves.len() + 3);
        let enter = if plan.stack_size > 0 || last.is_some() {
            push_stack(plan, &mut steps);
            steps.extend(loads(plan).map(|load| load.step(load.stub.middle)));
            steps.push(step(
                last.unwrap_or(stubs::CALL),
                0,
                u32::from(plan.vector_registers),
            ));
            Some(stubs::enter_framed as Stub)
        } else {
            fuse(plan, &mut steps)
        };
        let (offset, size) = match &plan.result {
            ResultPlan::Registers(pieces) => pieces
                .last()
                .map_or((0, 0), |last| (last.offset as u8, last.size as u8)),
            _ => (0, 0),
        };
        Ok(Program {
            enter,
            shape,
            offset,
            size,
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
        let enter = self.enter.map_or(code, |stub| stub as *const c_void);
        macro_rules! enter {
            ($result:ty) => {{
                // SAFETY: the stub's registers at entry are those of this type; what the C function leaves in the result
                // registers has the class of `$result` by the plan.
                let enter = unsafe { transmute::<*const c_void, Enter<$result>>(enter) };
                let steps = self.steps.as_ptr();
                // SAFETY: by this function's contract.
                unsafe { enter(result, steps, arguments, UNUSED, UNUSED, UNUSED, code, UNUSED, UNUSED, UNUSED) }
            }};
        }
        // The frequent shapes by comparison: a jump table would cost one more indirect jump.
        if self.shape == Shape::Integer {
            let value = enter!(u64);
            // SAFETY: the result has these bytes, by the plan.
            unsafe { self.store(result, value) }
        } else if self.shape == Shape::Stored {
            enter!(())
        } else if self.shape == Shape::Vector {
            let value = enter!(f64).to_bits();
            // SAFETY: the result has these bytes, by the plan.
            unsafe { self.store(result, value) }
        } else {
            // SAFETY: this function's contract.
            unsafe { self.run_pair(enter, code, arguments, result) }
        }
    }

    /// [`Program::run`] for a result in two registers.
    ///
    /// # Safety
    /// That of `run`; `enter` is what to enter.
    #[inline(never)]
    unsafe fn run_pair(
        &self,
        enter: *const c_void,
        code: *const c_void,
        arguments: *const Arg<'_>,
        result: *mut u8,
    ) {
        macro_rules! pair {
            ($low:ty, $high:ty) => {{
                // SAFETY: as in `run`.
                let enter = unsafe { transmute::<*const c_void, Enter<Pair<$low, $high>>>(enter) };
                let steps = self.steps.as_ptr();
                // SAFETY: by this function's contract.
                let pair = unsafe {
                    enter(
                        result, steps, arguments, UNUSED, UNUSED, UNUSED, code, UNUSED, UNUSED,
                        UNUSED,
                    )
                };
                (
                    pair.0.to_ne_bytes(),
                    u64::from_ne_bytes(pair.1.to_ne_bytes()),
                )
            }};
        }
        let (low, high) = match self.shape {
            Shape::IntegerInteger => pair!(u64, u64),
            Shape::IntegerVector => pair!(u64, f64),
            Shape::VectorInteger => pair!(f64, u64),
            _ => pair!(f64, f64),
        };
        // SAFETY: a result in two registers has 8 bytes from the first.
        unsafe { result.cast::<[u8; 8]>().write(low) };
        // SAFETY: and these from the second, by the plan.
        unsafe { self.store(result, high) }
    }

    /// Stores the bytes from the only or last register.
    ///
    /// # Safety
    /// They are writable in `result`.
    #[inline]
    unsafe fn store(&self, result: *mut u8, value: u64) {
        match (self.size, self.offset) {
            // SAFETY: the caller's contract, here and below; a byte array is never unaligned.
            (8, 0) => unsafe { result.cast::<[u8; 8]>().write(value.to_ne_bytes()) },
            // SAFETY: as above.
            (4, 0) => unsafe { result.cast::<[u8; 4]>().write((value as u32).to_ne_bytes()) },
            // SAFETY: as above.
            _ => unsafe { self.store_odd(result, value) },
        }
    }

    /// # Safety
    /// That of `store`.
    #[inline(never)]
    unsafe fn store_odd(&self, result: *mut u8, value: u64) {
        // SAFETY: the caller's contract.
        let target = unsafe { result.add(self.offset.into()) };
        // SAFETY: the caller's contract; a register has no more than 8 bytes.
        unsafe {
            target.copy_from_nonoverlapping(
                value.to_ne_bytes().as_ptr(),
                usize::from(self.size.min(8)),
            )
        };
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

/// A step that can take several forms.
struct LoadStep {
    stub: &'static Load,
    argument: u16,
    operand: u32,
}

impl LoadStep {
    fn step(&self, form: Stub) -> Step {
        step(form, self.argument, self.operand)
    }
}

/// The loads of all registers: vector registers before integer ones, because their stubs use r9 as scratch.
fn loads(plan: &Plan) -> impl Iterator<Item = LoadStep> {
    let of = |kind: fn(Place) -> bool| {
        let mut moves = plan
            .moves
            .iter()
            .filter(move |step| kind(step.piece.place))
            .copied()
            .peekable();
        std::iter::from_fn(move || {
            let first = moves.next()?;
            let mut last = first;
            while let Some(next) = moves.next_if(|next| continues(&first, &last, next)) {
                last = next;
            }
            Some(load(&first, last.argument - first.argument))
        })
    };
    of(|place| matches!(place, Place::Vector(_)))
        .chain(of(|place| matches!(place, Place::Integer(_))))
}

/// Whether the scalar `next` goes on a run of adjoining arguments of one kind in adjoining places.
fn continues(first: &ArgumentMove, last: &ArgumentMove, next: &ArgumentMove) -> bool {
    let from_start = first.piece.place == Place::Vector(0);
    let adjoining = match (last.piece.place, next.piece.place) {
        (Place::Integer(last), Place::Integer(next)) => next == last + 1,
        // There are stubs for runs from the first vector register alone: all before are of one kind then.
        (Place::Vector(last), Place::Vector(next)) => next == last + 1 && from_start,
        (Place::Stack(last), Place::Stack(next)) => next == last + 8,
        _ => false,
    };
    adjoining
        && next.argument == last.argument + 1
        && (last.piece.size, last.piece.extension) == (next.piece.size, next.piece.extension)
        && runs(last)
        && runs(next)
}

/// Whether there are stubs for runs of such moves.
fn runs(step: &ArgumentMove) -> bool {
    let Piece {
        offset,
        size,
        extension,
        place,
    } = step.piece;
    let signed = extension == Extension::Sign;
    offset == 0
        && match place {
            Place::Vector(_) => size == 4 || size == 8,
            _ => size == 8 || (size == 4 && signed),
        }
}

/// The load of a register, and of `more` that go on a run.
fn load(first: &ArgumentMove, more: u16) -> LoadStep {
    let Piece {
        size,
        offset,
        place,
        ..
    } = first.piece;
    let more = usize::from(more);
    let stub = match place {
        Place::Vector(0) if more > 0 => match size {
            4 => &stubs::LOAD_F32_RUN[more],
            _ => &stubs::LOAD_F64_RUN[more],
        },
        Place::Vector(register) => vector_load(&first.piece, register.into()),
        Place::Integer(register) if more > 0 => match size {
            4 => &stubs::LOAD_I32_RUN[usize::from(register)][more],
            _ => &stubs::LOAD_U64_RUN[usize::from(register)][more],
        },
        Place::Integer(register) => integer_load(&first.piece, register.into()),
        Place::X87(_) | Place::Stack(_) => unreachable!("only registers are loaded"),
    };
    LoadStep {
        stub,
        argument: first.argument,
        operand: offset,
    }
}

/// The steps of a call without a frame; returns the stub to enter.
fn fuse(plan: &Plan, steps: &mut Vec<Step>) -> Option<Stub> {
    let count = LoadStep {
        stub: &stubs::COUNT_VECTORS,
        argument: 0,
        operand: u32::from(plan.vector_registers),
    };
    let mut loads = loads(plan).chain(plan.variadic.then_some(count)).peekable();
    let first = loads.next()?;
    let enter = if loads.peek().is_none() {
        first.stub.only
    } else {
        first.stub.first
    };
    steps.push(first.step(enter));
    while let Some(load) = loads.next() {
        let form = if loads.peek().is_none() {
            load.stub.last
        } else {
            load.stub.middle
        };
        steps.push(load.step(form));
    }
    Some(enter)
}

/// Pushes from the last stack argument to the first.
fn push_stack(plan: &Plan, steps: &mut Vec<Step>) {
    let mut top = plan.stack_size.next_multiple_of(plan.stack_alignment);
    if plan.stack_alignment > 16 {
        steps.push(step(stubs::ALIGN, 0, plan.stack_alignment));
    }
    let mut moves = plan
        .moves
        .iter()
        .rev()
        .filter(|step| matches!(step.piece.place, Place::Stack(_)))
        .peekable();
    while let Some(last) = moves.next() {
        let mut first = last;
        while let Some(before) = moves.next_if(|before| continues(before, before, first)) {
            first = before;
        }
        let Piece {
            place: Place::Stack(offset),
            size,
            ..
        } = last.piece
        else {
            continue;
        };
        let gap = top - offset - size.next_multiple_of(8);
        if gap > 0 {
            steps.push(step(stubs::RESERVE, 0, gap));
        }
        let more = last.argument - first.argument;
        top = offset - 8 * u32::from(more);
        if more > 0 {
            let stub = if size == 4 {
                stubs::PUSH_I32_RUN
            } else {
                stubs::PUSH_U64_RUN
            };
            steps.push(step(stub, first.argument, u32::from(more) + 1));
            continue;
        }
        if size <= 8 {
            steps.push(push_word(last.argument, &last.piece));
            continue;
        }
        if size % 8 > 0 {
            steps.push(step(
                stubs::PUSH_PIECE[(size % 8) as usize - 1],
                last.argument,
                size / 8 * 8,
            ));
        }
        steps.push(step(stubs::PUSH_WORDS, last.argument, size / 8));
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

fn integer_load(piece: &Piece, register: usize) -> &'static Load {
    match scalar(piece) {
        Some(scalar) => &stubs::LOAD_SCALAR[register][scalar as usize],
        None => &stubs::LOAD_PIECE[register][piece.size as usize - 1],
    }
}

fn vector_load(piece: &Piece, register: usize) -> &'static Load {
    match (piece.size, piece.offset) {
        (4, 0) => &stubs::LOAD_FLOAT[register][0],
        (8, 0) => &stubs::LOAD_FLOAT[register][1],
        // What fills up an eightbyte behind a float is padding.
        (..8, _) => &stubs::LOAD_VECTOR_PIECE[register][0],
        (8, _) => &stubs::LOAD_VECTOR_PIECE[register][1],
        (16, _) => &stubs::LOAD_VECTOR_PIECE[register][2],
        _ => &stubs::LOAD_VECTOR_PIECE[register][3],
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
fn result(plan: &Plan) -> (Shape, Option<Stub>) {
    let ResultPlan::Registers(pieces) = &plan.result else {
        return (Shape::Stored, None);
    };
    let stored = |stub| (Shape::Stored, Some(stub));
    match **pieces {
        [
            Piece {
                place: Place::Integer(_),
                ..
            },
        ] => (Shape::Integer, None),
        [
            Piece {
                place: Place::Vector(_),
                size: ..=8,
                ..
            },
        ] => (Shape::Vector, None),
        [
            Piece {
                place: Place::Vector(_),
                size: 16,
                ..
            },
        ] => stored(stubs::CALL_STORE_XMM),
        [
            Piece {
                place: Place::Vector(_),
                ..
            },
        ] => stored(stubs::CALL_STORE_YMM),
        [
            Piece {
                place: Place::X87(_),
                ..
            },
        ] => stored(stubs::CALL_STORE_X87),
        [
            Piece {
                place: Place::X87(_),
                ..
            },
            _,
        ] => stored(stubs::CALL_STORE_X87_PAIR),
        [low, high, ..] => {
            let shape = match (low.place, high.place) {
                (Place::Integer(_), Place::Integer(_)) => Shape::IntegerInteger,
                (Place::Integer(_), _) => Shape::IntegerVector,
                (_, Place::Integer(_)) => Shape::VectorInteger,
                _ => Shape::VectorVector,
            };
            (shape, None)
        }
        _ => (Shape::Stored, None),
    }
}
