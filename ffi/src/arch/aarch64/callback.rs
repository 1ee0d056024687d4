//! The way in from C: trampolines, and the code behind them that saves the arguments.

use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::offset_of;

use super::program::{is_of_this_processor, unsupported};
use super::unwind::{framed_asm, pop_frame, push_frame};
use crate::abi::{Abi, Piece, Place, Plan, ResultPlan};
use crate::arch::{Receive, SLOT_COUNT, SLOTS, Slot, Word};
use crate::{CodePtr, Error};

/// The code that a trampoline continues with: it finds its slot in `x17`.
pub(crate) type Entry = unsafe extern "C" fn();

/// The address of what an entry calls, with the slot's data and the frame.
pub(crate) type Handler = *mut ();

/// The handler of an `R`. The conventions of arm64 preserve the same registers: one handler does for all.
pub(crate) fn handler<R: Receive>(_: Abi) -> Handler {
    unsafe extern "C-unwind" fn handler<R: Receive>(
        data: *const (),
        frame: *mut CallbackFrame,
    ) -> Word {
        // SAFETY: an entry passes what `receive` asks for.
        unsafe { R::receive(data, frame) }
    }
    handler::<R> as Handler
}

/// [`handler`] for the host's own convention.
pub(crate) fn host_handler<R: Receive>() -> Handler {
    handler::<R>(Abi::HOST)
}

/// The arguments of a call from C, as the entry saved them. Stack arguments follow behind the frame record, so that
/// every place has one offset from the frame's start.
#[derive(Debug)]
#[repr(C, align(16))]
pub(crate) struct CallbackFrame {
    /// What the entry loads into v0 to v3 and x1 before it returns; x0 is what the handler returned.
    result_vectors: [[Word; 2]; 4],
    x1: Word,
    /// x0 to x8.
    integers: [u64; 9],
    vectors: [[u64; 2]; 8],
    x29: u64,
    return_address: u64,
}

impl CallbackFrame {
    /// Sets an integer result register but the first.
    pub(crate) fn set_integer_result(&mut self, register: u8, word: Word) {
        debug_assert_eq!(register, 1);
        self.x1 = word;
    }

    /// Sets the low 8 bytes of the first vector result register, where there is no other.
    #[inline]
    pub(crate) fn set_float_result(&mut self, word: Word) {
        self.result_vectors[0] = [word, Word::new(0)];
    }

    /// Sets a vector result register.
    pub(crate) fn set_vector_result(&mut self, register: u8, words: [Word; 4]) {
        self.result_vectors[usize::from(register)] = [words[0], words[1]];
    }

    /// Sets a number of the x87 stack, which this processor does not have.
    pub(crate) fn set_x87_result(&mut self, number: u8, _: [Word; 2]) {
        unreachable!("st{number} is no register of arm64");
    }
}

/// Bytes of the frame below the frame record.
const LOCALS: usize = offset_of!(CallbackFrame, x29);
const _: () = assert!(LOCALS.is_multiple_of(16) && size_of::<CallbackFrame>() == LOCALS + 16);

/// Bytes from one trampoline to the next.
const TRAMPOLINE_SIZE: usize = 16;
const SLOT_SIZE: usize = size_of::<Slot>();
const _: () = assert!(SLOT_COUNT <= 1 << 16 && SLOT_SIZE == 1 << 5, "in the trampolines");

/// The address of the slots into `x16`.
#[cfg(not(target_vendor = "apple"))]
macro_rules! slots_to_x16 {
    () => {
        "adrp x16, {slots}
         add x16, x16, :lo12:{slots}"
    };
}

/// The address of the slots into `x16`, in the words of Apple's assembler.
#[cfg(target_vendor = "apple")]
macro_rules! slots_to_x16 {
    () => {
        "adrp x16, {slots}@PAGE
         add x16, x16, {slots}@PAGEOFF"
    };
}

/// The trampolines, one per slot: each loads its number, and all go on by finding the slot, in `x17`, and jumping to the
/// slot's entry.
#[unsafe(naked)]
unsafe extern "C" fn trampolines() {
    naked_asm!(
        ".set ffi_slot_number, 0",
        ".rept {count}",
        ".p2align 4",
        "bti c",
        "mov w17, #ffi_slot_number",
        "b 2f",
        ".set ffi_slot_number, ffi_slot_number + 1",
        ".endr",
        "2:",
        slots_to_x16!(),
        "add x17, x16, x17, lsl #5",
        "ldr x16, [x17, #{entry}]",
        "br x16",
        count = const SLOT_COUNT,
        slots = sym SLOTS,
        entry = const offset_of!(Slot, entry),
    )
}

/// The code pointer of a slot, to be handed to C.
pub(crate) fn trampoline(slot: usize) -> CodePtr {
    debug_assert!(slot < SLOT_COUNT);
    let first = CodePtr::new(trampolines as *const c_void).expect("functions are not null");
    first.byte_add(slot * TRAMPOLINE_SIZE)
}

/// The frame of a callback: saves the integer registers and `$save`, calls the slot's handler with its data and the
/// frame, then does `$load` and returns what the handler returned in x0.
///
/// ```text
/// [x29 + 16]  stack arguments
/// [x29 +  8]  return address
/// [x29]       the caller's x29
/// [sp]        the other fields of `CallbackFrame`
/// ```
macro_rules! entry {
    ($name:ident: [$($save:literal),*], [$($load:literal),*] $(, $operand:ident = $value:expr)* $(,)?) => {
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            framed_asm!(
                $name,
                [
                    push_frame!(),
                    "sub sp, sp, #{locals}",
                    "stp x0, x1, [sp, #{integers}]",
                    "stp x2, x3, [sp, #{integers} + 16]",
                    "stp x4, x5, [sp, #{integers} + 32]",
                    "stp x6, x7, [sp, #{integers} + 48]",
                    "str x8, [sp, #{integers} + 64]",
                    $($save,)*
                    "ldr x0, [x17, #{data}]",
                    "mov x1, sp",
                    "ldr x16, [x17, #{handler}]",
                    "blr x16",
                    $($load,)*
                    pop_frame!(),
                ],
                locals = const LOCALS,
                integers = const offset_of!(CallbackFrame, integers),
                data = const offset_of!(Slot, data),
                handler = const offset_of!(Slot, handler),
                $($operand = const $value,)*
            )
        }
    };
}

// Arguments and result in integer registers, at most one of them the result's.
entry!(enter_integer: [], []);

// Any registers.
entry!(
    enter_any:
    [
        "stp q0, q1, [sp, #{vectors}]",
        "stp q2, q3, [sp, #{vectors} + 32]",
        "stp q4, q5, [sp, #{vectors} + 64]",
        "stp q6, q7, [sp, #{vectors} + 96]"
    ],
    [
        "ldr x1, [sp, #{x1}]",
        "ldp q0, q1, [sp, #{results}]",
        "ldp q2, q3, [sp, #{results} + 32]"
    ],
    vectors = offset_of!(CallbackFrame, vectors),
    x1 = offset_of!(CallbackFrame, x1),
    results = offset_of!(CallbackFrame, result_vectors),
);

/// The entry for callbacks of a plan.
///
/// # Errors
/// [`Error::UnsupportedPlatform`] for a convention of another processor.
pub(crate) fn callback_entry(plan: &Plan) -> Result<Entry, Error> {
    if !is_of_this_processor(plan.abi) {
        return Err(unsupported(plan));
    }
    let pieces: &[Piece] = match &plan.result {
        ResultPlan::Registers(pieces) => pieces,
        _ => &[],
    };
    Ok(match pieces {
        // What stands for `...` may be in vector registers that the plan does not know of.
        [] | [Piece { place: Place::Integer(_), .. }]
            if plan.vector_registers == 0 && !plan.variadic =>
        {
            enter_integer
        }
        _ => enter_any,
    })
}

/// Where the frame of a callback holds an argument's place.
pub(crate) fn place_offset(_: Abi, place: Place) -> usize {
    match place {
        Place::Integer(register) => offset_of!(CallbackFrame, integers) + 8 * usize::from(register),
        Place::Vector(register) => offset_of!(CallbackFrame, vectors) + 16 * usize::from(register),
        Place::Stack(offset) => size_of::<CallbackFrame>() + offset as usize,
        Place::Both(_) | Place::X87(_) => unreachable!("{place:?} is no place of arm64"),
    }
}

/// How a typed callback gets its data: as one more argument than C passes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DataEntry {
    /// As an integer.
    Integer(Entry),
    /// As a double.
    Vector(Entry),
}

impl DataEntry {
    pub(crate) fn code(self) -> Entry {
        let (DataEntry::Integer(entry) | DataEntry::Vector(entry)) = self;
        entry
    }
}

/// The entry for a function of the host's convention with so many arguments of each kind; none where all registers are
/// taken.
pub(crate) fn data_entry(integers: usize, vectors: usize) -> Option<DataEntry> {
    let integer = INTEGER_DATA.get(integers).map(|entry| DataEntry::Integer(*entry));
    integer.or_else(|| VECTOR_DATA.get(vectors).map(|entry| DataEntry::Vector(*entry)))
}

/// Puts the slot's data into a register and goes on to the slot's handler.
macro_rules! pass_data {
    ($register:literal) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn entry() {
            naked_asm!(
                "bti c",
                concat!("ldr ", $register, ", [x17, #{data}]"),
                "ldr x16, [x17, #{handler}]",
                "br x16",
                data = const offset_of!(Slot, data),
                handler = const offset_of!(Slot, handler),
            )
        }
        entry
    }};
}

static INTEGER_DATA: [Entry; 8] = [
    pass_data!("x0"),
    pass_data!("x1"),
    pass_data!("x2"),
    pass_data!("x3"),
    pass_data!("x4"),
    pass_data!("x5"),
    pass_data!("x6"),
    pass_data!("x7"),
];

static VECTOR_DATA: [Entry; 8] = [
    pass_data!("d0"),
    pass_data!("d1"),
    pass_data!("d2"),
    pass_data!("d3"),
    pass_data!("d4"),
    pass_data!("d5"),
    pass_data!("d6"),
    pass_data!("d7"),
];

/// The vector registers of this processor have 16 bytes, and no upper half.
pub(crate) fn upper_half_offset(place: Place) -> usize {
    unreachable!("{place:?} has no upper half");
}
