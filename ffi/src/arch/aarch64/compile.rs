//! From a plan to the steps of a call.

use super::stubs::{self, Load, Step, Stub};
use crate::abi::{Abi, ArgumentMove, Extension, Piece, Place, Plan, ResultPlan};

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
    store_stack(plan, &copies, &mut steps);
    steps.extend(loads(plan, &copies).map(|load| load.step(load.stub.middle)));
    steps.push(step(last.unwrap_or(stubs::CALL), 0, 0));
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

impl LoadStep {
    fn step(&self, form: Stub) -> Step {
        step(form, self.argument, self.operand)
    }
}

/// The steps of a call without a frame; returns the stub to enter.
fn fuse(plan: &Plan, steps: &mut Vec<Step>) -> Option<Stub> {
    let copies = Copies { start: 0, size: 0, alignment: 16 };
    let mut loads = loads(plan, &copies).peekable();
    let Some(first) = loads.next() else {
        let in_memory = matches!(plan.result, ResultPlan::Memory { .. });
        return in_memory.then_some(stubs::enter_for_result);
    };
    let enter = if loads.peek().is_none() { first.stub.only } else { first.stub.first };
    steps.push(first.step(enter));
    while let Some(load) = loads.next() {
        let form = if loads.peek().is_none() { load.stub.last } else { load.stub.middle };
        steps.push(load.step(form));
    }
    Some(enter)
}

/// The loads of all registers.
fn loads<'a>(plan: &'a Plan, copies: &Copies) -> impl Iterator<Item = LoadStep> + use<'a> {
    let runs = |kind: fn(Place) -> bool| {
        let mut moves = plan.moves.iter().filter(move |step| kind(step.piece.place)).peekable();
        std::iter::from_fn(move || {
            let first = moves.next()?;
            let mut last = first;
            while let Some(next) = moves.next_if(|next| continues(plan.abi, first, last, next)) {
                last = next;
            }
            Some((first, last.argument - first.argument))
        })
    };
    let start = copies.start;
    let vectors = runs(|place| matches!(place, Place::Vector(_)))
        .map(|(first, more)| load_vector(first, more));
    let integers = runs(|place| matches!(place, Place::Integer(_)))
        .map(move |(first, more)| load_integer(plan, start, first, more));
    vectors.chain(integers)
}

/// Whether the scalar `next` goes on a run, begun by `first`, of adjoining arguments of one kind in adjoining places.
fn continues(abi: Abi, first: &ArgumentMove, last: &ArgumentMove, next: &ArgumentMove) -> bool {
    let adjoining = match (last.piece.place, next.piece.place) {
        (Place::Integer(last), Place::Integer(next)) => next == last + 1,
        // There are stubs for runs from the first vector register alone: all before are of one kind then.
        (Place::Vector(last), Place::Vector(next)) => {
            next == last + 1 && first.piece.place == Place::Vector(0)
        }
        // On Apple's stack a number of 4 bytes does not have a word for itself.
        (Place::Stack(at), Place::Stack(next)) => {
            next == at + 8 && (abi != Abi::AppleArm64 || last.piece.size == 8)
        }
        _ => false,
    };
    adjoining
        && next.argument == last.argument + 1
        && last.piece.size == next.piece.size
        && has_runs(last)
        && has_runs(next)
}

/// Whether there are stubs for runs of such moves.
fn has_runs(step: &ArgumentMove) -> bool {
    let Piece { offset, size, .. } = step.piece;
    offset == 0 && matches!(size, 4 | 8) && step.copy.is_none()
}

/// The load of a vector register, and of `more` that go on a run.
fn load_vector(first: &ArgumentMove, more: u16) -> LoadStep {
    let Piece { size, offset, place: Place::Vector(register), .. } = first.piece else {
        unreachable!("{:?} is no vector register", first.piece.place);
    };
    let register = usize::from(register);
    let stub = match size {
        4 if more > 0 => &stubs::LOAD_F32_RUN[usize::from(more)],
        8 if more > 0 => &stubs::LOAD_F64_RUN[usize::from(more)],
        2 => &stubs::LOAD_VECTOR_PIECE[register][0],
        4 => &stubs::LOAD_VECTOR_PIECE[register][1],
        8 => &stubs::LOAD_VECTOR_PIECE[register][2],
        _ => &stubs::LOAD_VECTOR_PIECE[register][3],
    };
    LoadStep { stub, argument: first.argument, operand: offset }
}

/// The load of an integer register, and of `more` that go on a run.
fn load_integer(plan: &Plan, copies: u32, first: &ArgumentMove, more: u16) -> LoadStep {
    let Piece { size, offset, place: Place::Integer(register), extension } = first.piece else {
        unreachable!("{:?} is no integer register", first.piece.place);
    };
    let register = usize::from(register);
    if first.copy.is_some() {
        let operand = copies + plan.copied_bytes(first.argument.into());
        return LoadStep { stub: &stubs::LOAD_ADDRESS[register], argument: 0, operand };
    }
    let stub = match (size, extension) {
        (4, _) if more > 0 => &stubs::LOAD_U32_RUN[register][usize::from(more)],
        (8, _) if more > 0 => &stubs::LOAD_U64_RUN[register][usize::from(more)],
        (1 | 2, Extension::Sign) => &stubs::LOAD_SIGNED[register][size as usize - 1],
        _ => &stubs::LOAD_PIECE[register][size as usize - 1],
    };
    LoadStep { stub, argument: first.argument, operand: offset }
}

/// Stores from the first stack argument to the last.
fn store_stack(plan: &Plan, copies: &Copies, steps: &mut Vec<Step>) {
    let on_stack = |step: &&ArgumentMove| matches!(step.piece.place, Place::Stack(_));
    let mut moves = plan.moves.iter().filter(on_stack).peekable();
    let mut end = 0;
    while let Some(first) = moves.next() {
        let Piece { place: Place::Stack(offset), size, .. } = first.piece else {
            continue;
        };
        assert!(offset >= end, "stack arguments are stored in their order");
        if offset > end {
            steps.push(step(stubs::SKIP, 0, offset - end));
        }
        let mut last = first;
        while let Some(next) = moves.next_if(|next| continues(plan.abi, first, last, next)) {
            last = next;
        }
        let count = u32::from(last.argument - first.argument) + 1;
        end = offset + 8 * count;
        if first.copy.is_some() {
            let operand = copies.start + plan.copied_bytes(first.argument.into());
            steps.push(step(stubs::STORE_ADDRESS, 0, operand));
        } else if count > 1 {
            let stub = if size == 4 { stubs::STORE_U32_RUN } else { stubs::STORE_U64_RUN };
            steps.push(step(stub, first.argument, count));
        } else {
            end = offset + store_value(plan.abi, first.argument, &first.piece, steps);
        }
    }
}

/// Stores one value; returns how many bytes of stack were written.
fn store_value(abi: Abi, argument: u16, piece: &Piece, steps: &mut Vec<Step>) -> u32 {
    let Piece { size, offset, .. } = *piece;
    let (words, rest) = (size / 8, size % 8);
    if size == 8 {
        steps.push(step(stubs::STORE_PIECE[7], argument, offset));
    } else if words > 0 {
        // What is divided has one word on the stack: this is a whole value.
        steps.push(step(stubs::STORE_WORDS, argument, words));
    }
    // On Apple's stack the next argument may follow at once.
    let packed = match rest {
        1 | 2 | 4 if abi == Abi::AppleArm64 => Some(stubs::STORE_PACKED[rest.ilog2() as usize]),
        6 if abi == Abi::AppleArm64 => Some(stubs::STORE_PACKED[3]),
        _ => None,
    };
    match (rest, packed) {
        (0, _) => 8 * words,
        (_, Some(stub)) => {
            steps.push(step(stub, argument, offset + 8 * words));
            size
        }
        (_, None) => {
            steps.push(step(stubs::STORE_PIECE[rest as usize - 1], argument, offset + 8 * words));
            8 * words + 8
        }
    }
}

/// The copies of arguments passed by reference: one above the other, above the stack arguments.
struct Copies {
    /// Where they begin, above the stack pointer.
    start: u32,
    /// Bytes of all.
    size: u32,
    alignment: u32,
}

impl Copies {
    fn of(plan: &Plan) -> Copies {
        let alignment = plan.moves.iter().filter_map(|step| step.copy).map(|copy| copy.alignment);
        let alignment = alignment.max().unwrap_or(16).max(plan.stack_alignment);
        let start = plan.stack_size.next_multiple_of(alignment);
        Copies { start, size: plan.copied_bytes(usize::MAX), alignment }
    }

    /// Makes the room for stack arguments and copies, and the copies.
    fn make(&self, plan: &Plan, steps: &mut Vec<Step>) {
        if self.alignment > 16 {
            steps.push(step(stubs::ALIGN, 0, self.alignment));
        }
        let room = (self.start + self.size).next_multiple_of(self.alignment);
        if room == 0 {
            return;
        }
        let reserve = if room < stubs::PAGE { stubs::RESERVE } else { stubs::RESERVE_PAGES };
        steps.push(step(reserve, 0, room));
        for moved in &plan.moves {
            if let Some(copy) = moved.copy {
                let place = self.start + plan.copied_bytes(moved.argument.into());
                steps.push(step(stubs::COPY, moved.argument, place));
                steps.push(step(stubs::COPY, 0, copy.size));
            }
        }
    }
}
