//! From a plan to the steps of a call.

use super::stubs::{self, Load, Scalar, Step, Stub};
use crate::abi::{Abi, ArgumentMove, Extension, Piece, Place, Plan};

/// The area above the return address that a Win64 callee may use, whatever its arguments.
const SHADOW_SPACE: u32 = 32;

/// Where among [`stubs`]' integer registers those of Win64 are: rcx, rdx, r8, r9.
const WIN64_INTEGERS: [usize; 4] = [3, 2, 4, 5];

/// The steps that carry out a plan, and the stub to enter: none where nothing is loaded and the C function can be called
/// at once. `last` calls the C function and stores its result where no shape of a return does.
pub(super) fn compile(plan: &Plan, last: Option<Stub>) -> (Option<Stub>, Vec<Step>) {
    let mut steps = Vec::with_capacity(plan.moves.len() + 4);
    let copies = Copies::of(plan);
    if plan.stack_size == 0 && last.is_none() && copies.size == 0 {
        let enter = fuse(plan, &mut steps);
        return (enter, steps);
    }
    copies.make(plan, &mut steps);
    push_stack(plan, &copies, &mut steps);
    if plan.abi == Abi::Win64 {
        steps.push(step(stubs::RESERVE, 0, SHADOW_SPACE));
    }
    Loads { steps: &mut steps, first: None, last: None }.push_all(plan, &copies);
    steps.push(step(last.unwrap_or(stubs::CALL), 0, plan.vector_registers.into()));
    (Some(stubs::enter_framed), steps)
}

fn step(stub: Stub, argument: u16, operand: u32) -> Step {
    Step { stub, argument: 8 * u32::from(argument), operand }
}

/// A step that can take several forms.
struct LoadStep {
    stub: &'static Load,
    argument: u16,
    operand: u32,
}

/// The loads of a call, in the order of its steps.
struct Loads<'a> {
    steps: &'a mut Vec<Step>,
    first: Option<&'static Load>,
    last: Option<&'static Load>,
}

impl Loads<'_> {
    /// Adds a load in its form between others.
    fn push(&mut self, LoadStep { stub, argument, operand }: LoadStep) {
        self.steps.push(step(stub.middle, argument, operand));
        self.first = self.first.or(Some(stub));
        self.last = Some(stub);
    }

    /// Adds the loads of all registers: vector registers before integer ones, because their stubs use r9 as scratch.
    fn push_all(&mut self, plan: &Plan, copies: &Copies) {
        for (first, more) in runs(plan, |place| matches!(place, Place::Vector(_) | Place::Both(_)))
        {
            self.push(load_vector(first, more));
        }
        if plan.win64_result_address() {
            self.push(LoadStep { stub: &stubs::RESULT_TO_RCX, argument: 0, operand: 0 });
        }
        for (first, more) in runs(plan, |place| matches!(place, Place::Integer(_) | Place::Both(_)))
        {
            self.push(load_integer(plan, copies.size, first, more));
        }
    }
}

/// The steps of a call without a frame; returns the stub to enter.
fn fuse(plan: &Plan, steps: &mut Vec<Step>) -> Option<Stub> {
    let mut loads = Loads { steps, first: None, last: None };
    loads.push_all(plan, &Copies { size: 0, alignment: 16 });
    // psABI 3.2.3: al bounds the number of vector registers used by a variadic call.
    if plan.variadic && plan.abi == Abi::SysV64 {
        let operand = plan.vector_registers.into();
        loads.push(LoadStep { stub: &stubs::COUNT_VECTORS, argument: 0, operand });
    }
    let (first, last) = (loads.first?, loads.last?);
    let enter = match **steps {
        [Step { argument: 0, .. }] => first.alone,
        [_] => first.only,
        _ => first.first,
    };
    steps.last_mut()?.stub = last.last;
    steps[0].stub = enter;
    Some(enter)
}

/// The moves to one kind of place, each run of them as its first and how many more there are.
fn runs(plan: &Plan, kind: fn(Place) -> bool) -> impl Iterator<Item = (&ArgumentMove, u16)> {
    let mut moves = plan.moves.iter();
    std::iter::from_fn(move || {
        let first = moves.find(|step| kind(step.piece.place))?;
        let mut last = first;
        while let Some(next) = moves.as_slice().first()
            && continues(plan.abi, first, last, next)
        {
            last = next;
            moves.next();
        }
        Some((first, last.argument - first.argument))
    })
}

/// Whether the scalar `next` goes on a run, begun by `first`, of adjoining arguments of one kind in adjoining places.
fn continues(abi: Abi, first: &ArgumentMove, last: &ArgumentMove, next: &ArgumentMove) -> bool {
    let adjoining = match (last.piece.place, next.piece.place) {
        (Place::Integer(last), Place::Integer(next)) => next == last + 1 && abi == Abi::SysV64,
        // There are stubs for runs from the first vector register alone: all before are of one kind then.
        (Place::Vector(last), Place::Vector(next)) => {
            next == last + 1 && first.piece.place == Place::Vector(0)
        }
        (Place::Stack(last), Place::Stack(next)) => next == last + 8,
        _ => false,
    };
    let kind = |step: &ArgumentMove| (step.piece.size, step.piece.extension);
    adjoining
        && next.argument == last.argument + 1
        && kind(last) == kind(next)
        && has_runs(last)
        && has_runs(next)
}

/// Whether there are stubs for runs of such moves.
fn has_runs(step: &ArgumentMove) -> bool {
    let Piece { offset, size, extension, place } = step.piece;
    let size_fits = match place {
        Place::Vector(_) => size == 4 || size == 8,
        _ => size == 8 || (size == 4 && extension == Extension::Sign),
    };
    offset == 0 && size_fits && step.copy.is_none()
}

/// The load of a vector register, and of `more` that go on a run.
fn load_vector(first: &ArgumentMove, more: u16) -> LoadStep {
    let Piece { size, offset, place, .. } = first.piece;
    let (Place::Vector(register) | Place::Both(register)) = place else {
        unreachable!("{place:?} is no vector register");
    };
    let register = usize::from(register);
    let stub = match (size, offset) {
        (4, _) if more > 0 => &stubs::LOAD_F32_RUN[usize::from(more)],
        (8, _) if more > 0 => &stubs::LOAD_F64_RUN[usize::from(more)],
        (2, 0) => &stubs::LOAD_FLOAT[register][0],
        (4, 0) => &stubs::LOAD_FLOAT[register][1],
        (8, 0) => &stubs::LOAD_FLOAT[register][2],
        // A last odd byte of an eightbyte, behind numbers, is padding.
        (..=8, _) => &stubs::LOAD_VECTOR_PIECE[register][size as usize / 2 - 1],
        (16, _) => &stubs::LOAD_VECTOR_PIECE[register][4],
        _ => &stubs::LOAD_VECTOR_PIECE[register][5],
    };
    LoadStep { stub, argument: first.argument, operand: offset }
}

/// The load of an integer register, and of `more` that go on a run.
fn load_integer(plan: &Plan, copies: u32, first: &ArgumentMove, more: u16) -> LoadStep {
    let Piece { size, offset, place, .. } = first.piece;
    let (Place::Integer(register) | Place::Both(register)) = place else {
        unreachable!("{place:?} is no integer register");
    };
    let register = match plan.abi {
        Abi::Win64 => WIN64_INTEGERS[usize::from(register)],
        _ => usize::from(register),
    };
    if first.copy.is_some() {
        let operand = place_of_copy(plan, copies, first.argument);
        return LoadStep { stub: &stubs::LOAD_ADDRESS[register], argument: 0, operand };
    }
    let stub = match scalar(&first.piece) {
        Some(_) if more > 0 && size == 4 => &stubs::LOAD_I32_RUN[register][usize::from(more)],
        Some(_) if more > 0 => &stubs::LOAD_U64_RUN[register][usize::from(more)],
        Some(scalar) => &stubs::LOAD_SCALAR[register][scalar as usize],
        None => &stubs::LOAD_PIECE[register][size as usize - 1],
    };
    LoadStep { stub, argument: first.argument, operand: offset }
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

/// Pushes from the last stack argument to the first.
fn push_stack(plan: &Plan, copies: &Copies, steps: &mut Vec<Step>) {
    let mut top = plan.stack_size.next_multiple_of(plan.stack_alignment);
    if plan.stack_alignment > 16 {
        steps.push(step(stubs::ALIGN, 0, plan.stack_alignment));
    }
    let on_stack = |step: &&ArgumentMove| matches!(step.piece.place, Place::Stack(_));
    let mut moves = plan.moves.iter().rev().filter(on_stack).peekable();
    while let Some(last) = moves.next() {
        let mut first = last;
        while let Some(before) = moves.next_if(|before| continues(plan.abi, before, before, first))
        {
            first = before;
        }
        let Piece { place: Place::Stack(offset), size, .. } = last.piece else {
            continue;
        };
        let gap = top - offset - size.next_multiple_of(8);
        if gap > 0 {
            steps.push(step(stubs::RESERVE, 0, gap));
        }
        let more = last.argument - first.argument;
        top = offset - 8 * u32::from(more);
        if last.copy.is_some() {
            let operand = place_of_copy(plan, copies.size, last.argument);
            steps.push(step(stubs::PUSH_ADDRESS, 0, operand));
        } else if more > 0 {
            let runs = if size == 4 { &stubs::PUSH_I32_RUN } else { &stubs::PUSH_U64_RUN };
            let count = more + 1;
            steps.push(step(runs.stub(count.into()), first.argument, count.into()));
        } else {
            push_value(last.argument, &last.piece, steps);
        }
    }
}

fn push_value(argument: u16, piece: &Piece, steps: &mut Vec<Step>) {
    let Piece { size, offset, .. } = *piece;
    if let Some(scalar) = scalar(piece) {
        steps.push(step(stubs::PUSH_SCALAR[scalar as usize], argument, 0));
        return;
    }
    if size % 8 > 0 {
        let stub = stubs::PUSH_PIECE[(size % 8) as usize - 1];
        steps.push(step(stub, argument, offset + size / 8 * 8));
    }
    if size >= 8 {
        steps.push(step(stubs::PUSH_WORDS, argument, size / 8));
    }
}

/// The copies of arguments passed by reference: one below the other, above the stack arguments.
struct Copies {
    /// Bytes of all, a multiple of the alignment.
    size: u32,
    alignment: u32,
}

impl Copies {
    fn of(plan: &Plan) -> Copies {
        let alignment = plan.moves.iter().filter_map(|step| step.copy).map(|copy| copy.alignment);
        let Some(alignment) = alignment.max() else {
            return Copies { size: 0, alignment: 16 };
        };
        // The copy of a value without bytes has an address, too.
        let bytes = plan.copied_bytes(usize::MAX).max(1);
        Copies { size: bytes.next_multiple_of(alignment), alignment }
    }

    fn make(&self, plan: &Plan, steps: &mut Vec<Step>) {
        if self.size == 0 {
            return;
        }
        steps.push(step(stubs::ALIGN, 0, self.alignment));
        let reserve = if self.size < stubs::PAGE { stubs::RESERVE } else { stubs::RESERVE_PAGES };
        steps.push(step(reserve, 0, self.size));
        for moved in &plan.moves {
            if let Some(copy) = moved.copy {
                let operand = place_of_copy(plan, self.size, moved.argument);
                steps.push(step(stubs::COPY, moved.argument, operand));
                steps.push(step(stubs::COPY, 0, copy.size));
            }
        }
    }
}

/// How far below the base of copies the copy of an argument begins, `size` being the bytes of all.
fn place_of_copy(plan: &Plan, size: u32, argument: u16) -> u32 {
    size - plan.copied_bytes(argument.into())
}

impl Plan {
    /// Whether the address for the result travels in rcx, the first register of Win64.
    fn win64_result_address(&self) -> bool {
        self.abi == Abi::Win64 && matches!(self.result, crate::abi::ResultPlan::Memory { .. })
    }
}
