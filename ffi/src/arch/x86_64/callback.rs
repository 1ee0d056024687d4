//! The way in from C: trampolines, and the code behind them that saves the arguments.

use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::offset_of;

use super::unwind::{framed_asm, pop_fixed_frame, push_frame};
use crate::abi::{Abi, ArgumentMove, Piece, Place, Plan, ResultPlan};
use crate::arch::{Receive, SLOT_COUNT, SLOTS, Slot, Word};
use crate::{CodePtr, Error};

/// The code that a trampoline continues with: it finds its slot in `r11`.
pub(crate) type Entry = unsafe extern "C" fn();

/// The address of what an entry calls, with the slot's data and the frame.
pub(crate) type Handler = *mut ();

/// The handler of an `R`, for entries of a convention.
///
/// It keeps to that convention itself: so an entry need not save the registers that only one of them preserves.
pub(crate) fn handler<R: Receive>(abi: Abi) -> Handler {
    unsafe extern "sysv64-unwind" fn sysv64<R: Receive>(
        data: *const (),
        frame: *mut CallbackFrame,
    ) -> Word {
        // SAFETY: an entry passes what `receive` asks for.
        unsafe { R::receive(data, frame) }
    }
    unsafe extern "win64-unwind" fn win64<R: Receive>(
        data: *const (),
        frame: *mut CallbackFrame,
    ) -> Word {
        // SAFETY: an entry passes what `receive` asks for.
        unsafe { R::receive(data, frame) }
    }
    if abi == Abi::Win64 { win64::<R> as Handler } else { sysv64::<R> as Handler }
}

/// [`handler`] for the host's own convention.
pub(crate) fn host_handler<R: Receive>() -> Handler {
    unsafe extern "C-unwind" fn host<R: Receive>(
        data: *const (),
        frame: *mut CallbackFrame,
    ) -> Word {
        // SAFETY: an entry passes what `receive` asks for.
        unsafe { R::receive(data, frame) }
    }
    host::<R> as Handler
}

/// The arguments of a call from C, as the entry saved them. Stack arguments follow behind the return address, so that
/// every place has one offset from the frame's start.
#[derive(Debug)]
#[repr(C, align(16))]
pub(crate) struct CallbackFrame {
    /// What the entry loads into rdx, xmm0 and xmm1 before it returns; rax is what the handler returned.
    rdx: Word,
    spare: u64,
    xmm: [Word; 4],
    /// The upper halves of ymm0 to ymm7, where they are arguments.
    uppers: [[u64; 2]; 8],
    vectors: [[u64; 2]; 8],
    integers: [u64; 6],
    rbp: u64,
    return_address: u64,
}

impl CallbackFrame {
    /// Sets an integer result register but the first.
    pub(crate) fn set_integer_result(&mut self, register: u8, word: Word) {
        debug_assert_eq!(register, 1);
        self.rdx = word;
    }

    /// Sets the low 8 bytes of the first vector result register, where there is no other.
    #[inline]
    pub(crate) fn set_float_result(&mut self, word: Word) {
        self.xmm[0] = word;
    }

    /// Sets a vector result register. One of more than 8 bytes is alone.
    #[inline]
    pub(crate) fn set_vector_result(&mut self, register: u8, words: [Word; 4]) {
        match register {
            0 => self.xmm = words,
            _ => self.xmm[1] = words[0],
        }
    }

    /// Sets a number of the x87 stack.
    pub(crate) fn set_x87_result(&mut self, number: u8, words: [Word; 2]) {
        self.xmm[2 * usize::from(number)..][..2].copy_from_slice(&words);
    }
}

/// Bytes of the frame below the saved rbp.
const LOCALS: usize = offset_of!(CallbackFrame, rbp);
const _: () = assert!(LOCALS.is_multiple_of(16) && size_of::<CallbackFrame>() == LOCALS + 16);

const INTEGERS: usize = offset_of!(CallbackFrame, integers);

/// The area between the return address and the stack arguments of Win64.
const SHADOW_SPACE: usize = 32;

/// Bytes from one trampoline to the next.
const TRAMPOLINE_SIZE: usize = 16;
const SLOT_SIZE: usize = size_of::<Slot>();

/// The trampolines, one per slot: each loads the address of its slot into `r11` and jumps to the slot's entry.
#[unsafe(naked)]
unsafe extern "C" fn trampolines() {
    naked_asm!(
        ".set .Lffi_slot, 0",
        ".rept {count}",
        ".balign {size}, 0xcc",
        "endbr64",
        "leaq {slots} + .Lffi_slot(%rip), %r11",
        "jmpq *{entry}(%r11)",
        ".set .Lffi_slot, .Lffi_slot + {slot}",
        ".endr",
        count = const SLOT_COUNT,
        size = const TRAMPOLINE_SIZE,
        slots = sym SLOTS,
        slot = const SLOT_SIZE,
        entry = const offset_of!(Slot, entry),
        options(att_syntax)
    )
}

/// The code pointer of a slot, to be handed to C.
pub(crate) fn trampoline(slot: usize) -> CodePtr {
    debug_assert!(slot < SLOT_COUNT);
    let first = CodePtr::new(trampolines as *const c_void).expect("functions are not null");
    first.byte_add(slot * TRAMPOLINE_SIZE)
}

/// The frame of a callback: saves registers by `$save`, calls the slot's handler with its data and the frame, then does
/// `$load` and returns what the handler returned in rax.
///
/// ```text
/// [rbp + 16]  stack arguments
/// [rbp +  8]  return address
/// [rbp]       the caller's rbp
/// [rsp]       the other fields of `CallbackFrame`
/// ```
macro_rules! entry {
    ($name:ident: [$($save:expr),*], [$($load:literal),*] $(, $operand:ident = $value:expr)* $(,)?) => {
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            framed_asm!(
                $name,
                [
                "endbr64",
                push_frame!(),
                "sub rsp, {locals}",
                $($save,)*
                "mov rdi, qword ptr [r11 + {data}]",
                "mov rsi, rsp",
                "call qword ptr [r11 + {handler}]",
                $($load,)*
                pop_fixed_frame!("{locals}"),
                ],
                locals = const LOCALS,
                data = const offset_of!(Slot, data),
                handler = const offset_of!(Slot, handler),
                $($operand = const $value,)*
            )
        }
    };
}

/// Saves the first integer registers: each store is worth saving, too.
macro_rules! save_integers {
    (2) => {
        "mov qword ptr [rsp + {integers}], rdi
         mov qword ptr [rsp + {integers} + 8], rsi"
    };
    (4) => {
        concat!(
            save_integers!(2),
            "\nmov qword ptr [rsp + {integers} + 16], rdx
             mov qword ptr [rsp + {integers} + 24], rcx"
        )
    };
    (6) => {
        concat!(
            save_integers!(4),
            "\nmov qword ptr [rsp + {integers} + 32], r8
             mov qword ptr [rsp + {integers} + 40], r9"
        )
    };
}

/// An [`entry!`] that saves all integer and vector registers.
macro_rules! vector_entry {
    ($name:ident: [$($load:literal),*] $(, $operand:ident = $value:expr)* $(,)?) => {
        vector_entry!($name: [], [$($load),*] $(, $operand = $value)*);
    };
    (
        $name:ident: [$($save:literal),*], [$($load:literal),*] $(, $operand:ident = $value:expr)* $(,)?
    ) => {
        entry!(
            $name:
            [
                save_integers!(6),
                $($save,)*
                "movaps xmmword ptr [rsp + {vectors}], xmm0",
                "movaps xmmword ptr [rsp + {vectors} + 16], xmm1",
                "movaps xmmword ptr [rsp + {vectors} + 32], xmm2",
                "movaps xmmword ptr [rsp + {vectors} + 48], xmm3",
                "movaps xmmword ptr [rsp + {vectors} + 64], xmm4",
                "movaps xmmword ptr [rsp + {vectors} + 80], xmm5",
                "movaps xmmword ptr [rsp + {vectors} + 96], xmm6",
                "movaps xmmword ptr [rsp + {vectors} + 112], xmm7"
            ],
            [$($load),*],
            integers = INTEGERS,
            vectors = offset_of!(CallbackFrame, vectors) $(, $operand = $value)*
        );
    };
}

/// The frame of a Win64 callback: as [`entry!`], for its registers and a handler that keeps to Win64 itself.
macro_rules! win64_entry {
    ($name:ident: [$($load:literal),*] $(, $operand:ident = $value:expr)* $(,)?) => {
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            framed_asm!(
                $name,
                [
                "endbr64",
                push_frame!(),
                "sub rsp, {locals} + {shadow}",
                "mov qword ptr [rsp + {shadow} + {integers}], rcx",
                "mov qword ptr [rsp + {shadow} + {integers} + 8], rdx",
                "mov qword ptr [rsp + {shadow} + {integers} + 16], r8",
                "mov qword ptr [rsp + {shadow} + {integers} + 24], r9",
                "movaps xmmword ptr [rsp + {shadow} + {vectors}], xmm0",
                "movaps xmmword ptr [rsp + {shadow} + {vectors} + 16], xmm1",
                "movaps xmmword ptr [rsp + {shadow} + {vectors} + 32], xmm2",
                "movaps xmmword ptr [rsp + {shadow} + {vectors} + 48], xmm3",
                "mov rcx, qword ptr [r11 + {data}]",
                "lea rdx, [rsp + {shadow}]",
                "call qword ptr [r11 + {handler}]",
                $($load,)*
                pop_fixed_frame!("{locals} + {shadow}"),
                ],
                locals = const LOCALS,
                shadow = const SHADOW_SPACE,
                integers = const INTEGERS,
                vectors = const offset_of!(CallbackFrame, vectors),
                data = const offset_of!(Slot, data),
                handler = const offset_of!(Slot, handler),
                $($operand = const $value,)*
            )
        }
    };
}

// A Win64 result in rax, or in memory.
win64_entry!(enter_win64: []);

// A Win64 floating-point result.
win64_entry!(
    enter_win64_float: ["movsd xmm0, qword ptr [rsp + {shadow} + {xmm}]"],
    xmm = offset_of!(CallbackFrame, xmm),
);

// A Win64 result of 16 bytes in xmm0.
win64_entry!(
    enter_win64_vector: ["movups xmm0, xmmword ptr [rsp + {shadow} + {xmm}]"],
    xmm = offset_of!(CallbackFrame, xmm),
);

// Arguments in so many integer registers and on the stack, result in rax or in memory.
entry!(enter_integers_2: [save_integers!(2)], [], integers = INTEGERS);
entry!(enter_integers_4: [save_integers!(4)], [], integers = INTEGERS);
entry!(enter_integers_6: [save_integers!(6)], [], integers = INTEGERS);

/// An [`entry!`] that saves the low halves of two vector registers, and `$save`, and loads that of xmm0.
macro_rules! float_entry {
    ($name:ident: [$($save:expr),*] $(, $operand:ident = $value:expr)* $(,)?) => {
        entry!(
            $name:
            [
                $($save,)*
                "movsd qword ptr [rsp + {vectors}], xmm0",
                "movsd qword ptr [rsp + {vectors} + 16], xmm1"
            ],
            ["movsd xmm0, qword ptr [rsp + {xmm}]"],
            vectors = offset_of!(CallbackFrame, vectors),
            xmm = offset_of!(CallbackFrame, xmm)
            $(, $operand = $value)*
        );
    };
}

// Arguments in the low halves of two vector registers at most, result in rax, the low half of xmm0, or in memory.
float_entry!(enter_floats_2: []);

// The same, and in two integer registers at most.
float_entry!(enter_two_of_each: [save_integers!(2)], integers = INTEGERS);

/// A [`vector_entry!`] that saves all of the vector registers.
macro_rules! wide_entry {
    ($name:ident: [$($load:literal),*] $(, $operand:ident = $value:expr)* $(,)?) => {
        vector_entry!(
            $name:
            [
                "vextractf128 xmmword ptr [rsp + {uppers}], ymm0, 1",
                "vextractf128 xmmword ptr [rsp + {uppers} + 16], ymm1, 1",
                "vextractf128 xmmword ptr [rsp + {uppers} + 32], ymm2, 1",
                "vextractf128 xmmword ptr [rsp + {uppers} + 48], ymm3, 1",
                "vextractf128 xmmword ptr [rsp + {uppers} + 64], ymm4, 1",
                "vextractf128 xmmword ptr [rsp + {uppers} + 80], ymm5, 1",
                "vextractf128 xmmword ptr [rsp + {uppers} + 96], ymm6, 1",
                "vextractf128 xmmword ptr [rsp + {uppers} + 112], ymm7, 1",
                "vzeroupper"
            ],
            [$($load),*],
            uppers = offset_of!(CallbackFrame, uppers) $(, $operand = $value)*
        );
    };
}

// Vectors of 32 bytes among the arguments or as result, and any other result in vector or integer registers: what a
// result leaves of ymm0 is undefined.
wide_entry!(
    enter_wide:
    [
        "mov rdx, qword ptr [rsp + {rdx}]",
        "vmovups ymm0, ymmword ptr [rsp + {xmm}]",
        "movsd xmm1, qword ptr [rsp + {xmm} + 8]"
    ],
    rdx = offset_of!(CallbackFrame, rdx),
    xmm = offset_of!(CallbackFrame, xmm),
);

// The same with an x87 number as result.
wide_entry!(enter_wide_x87: ["fld tbyte ptr [rsp + {xmm}]"], xmm = offset_of!(CallbackFrame, xmm));

// The same with two.
wide_entry!(
    enter_wide_x87_pair:
    ["fld tbyte ptr [rsp + {xmm} + 16]", "fld tbyte ptr [rsp + {xmm}]"],
    xmm = offset_of!(CallbackFrame, xmm),
);

// Any eightbytes.
vector_entry!(
    enter_any:
    [
        "mov rdx, qword ptr [rsp + {rdx}]",
        "movsd xmm0, qword ptr [rsp + {xmm}]",
        "movsd xmm1, qword ptr [rsp + {xmm} + 8]"
    ],
    rdx = offset_of!(CallbackFrame, rdx),
    xmm = offset_of!(CallbackFrame, xmm),
);

// A vector of 16 bytes as result.
vector_entry!(enter_xmm: ["movups xmm0, xmmword ptr [rsp + {xmm}]"], xmm = offset_of!(CallbackFrame, xmm));

// An x87 number as result.
vector_entry!(enter_x87: ["fld tbyte ptr [rsp + {xmm}]"], xmm = offset_of!(CallbackFrame, xmm));

// Two x87 numbers as result: the first is on top.
vector_entry!(
    enter_x87_pair:
    ["fld tbyte ptr [rsp + {xmm} + 16]", "fld tbyte ptr [rsp + {xmm}]"],
    xmm = offset_of!(CallbackFrame, xmm),
);

/// The entry for callbacks of a plan.
///
/// # Errors
/// [`Error::UnsupportedPlatform`] for a convention of another processor, or a vector register this one lacks.
pub(crate) fn callback_entry(plan: &Plan) -> Result<Entry, Error> {
    let unsupported = || Error::UnsupportedPlatform { abi: plan.abi, architecture: "x86_64" };
    if !matches!(plan.abi, Abi::SysV64 | Abi::Win64) {
        return Err(unsupported());
    }
    let wide = |piece: &Piece| matches!(piece.place, Place::Vector(_)) && piece.size > 16;
    let pieces: &[Piece] = match &plan.result {
        ResultPlan::Registers(pieces) => pieces,
        _ => &[],
    };
    if plan.moves.iter().any(|step| wide(&step.piece)) || pieces.iter().any(wide) {
        if !std::arch::is_x86_feature_detected!("avx") {
            return Err(unsupported());
        }
        return Ok(match pieces {
            [Piece { place: Place::X87(_), .. }] => enter_wide_x87,
            [Piece { place: Place::X87(_), .. }, ..] => enter_wide_x87_pair,
            _ => enter_wide,
        });
    }
    Ok(match pieces {
        [Piece { place: Place::Vector(_), size: 16, .. }] if plan.abi == Abi::Win64 => {
            enter_win64_vector
        }
        [Piece { place: Place::Vector(_), .. }] if plan.abi == Abi::Win64 => enter_win64_float,
        _ if plan.abi == Abi::Win64 => enter_win64,
        [Piece { place: Place::X87(_), .. }] => enter_x87,
        [Piece { place: Place::X87(_), .. }, ..] => enter_x87_pair,
        [Piece { place: Place::Vector(_), size: 16, .. }] => enter_xmm,
        // What stands for `...` may be in registers that the plan does not know of.
        _ if plan.variadic => enter_any,
        [] | [Piece { place: Place::Integer(_), .. }] if plan.vector_registers == 0 => {
            match integer_registers(plan) {
                0..=2 => enter_integers_2,
                3..=4 => enter_integers_4,
                _ => enter_integers_6,
            }
        }
        [] | [Piece { size: ..=8, .. }] if fits_two_of_each(plan) => {
            match integer_registers(plan) {
                0 => enter_floats_2,
                _ => enter_two_of_each,
            }
        }
        _ => enter_any,
    })
}

/// How many integer registers hold arguments, or the address for the result.
fn integer_registers(plan: &Plan) -> usize {
    let address = usize::from(matches!(plan.result, ResultPlan::Memory { .. }));
    let register = |step: &ArgumentMove| match step.piece.place {
        Place::Integer(register) => Some(usize::from(register) + 1),
        _ => None,
    };
    plan.moves.iter().filter_map(register).fold(address, usize::max)
}

/// Whether arguments are in two integer registers and the low halves of two vector registers at most.
fn fits_two_of_each(plan: &Plan) -> bool {
    let in_whole = |step: &ArgumentMove| {
        matches!(step.piece, Piece { place: Place::Vector(_), size: 9.., .. })
    };
    integer_registers(plan) <= 2 && plan.vector_registers <= 2 && !plan.moves.iter().any(in_whole)
}

/// Where the frame of a callback holds the upper half of a vector register.
pub(crate) fn upper_half_offset(place: Place) -> usize {
    let Place::Vector(register) = place else {
        unreachable!("{place:?} has no upper half");
    };
    offset_of!(CallbackFrame, uppers) + 16 * usize::from(register)
}

/// Where the frame of a callback holds an argument's place.
pub(crate) fn place_offset(abi: Abi, place: Place) -> usize {
    match place {
        Place::Integer(register) => offset_of!(CallbackFrame, integers) + 8 * usize::from(register),
        Place::Vector(register) => offset_of!(CallbackFrame, vectors) + 16 * usize::from(register),
        // Of an argument in both registers, the integer register holds the value as well.
        Place::Both(register) => place_offset(abi, Place::Integer(register)),
        Place::X87(_) => unreachable!("no convention passes arguments on the x87 stack"),
        Place::Stack(offset) if abi == Abi::Win64 => {
            size_of::<CallbackFrame>() + SHADOW_SPACE + offset as usize
        }
        Place::Stack(offset) => size_of::<CallbackFrame>() + offset as usize,
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
    if cfg!(windows) {
        // The place of an argument is its position, whatever its kind.
        return WIN64_DATA.get(integers + vectors).map(|entry| DataEntry::Integer(*entry));
    }
    let integer = SYSV64_DATA.get(integers).map(|entry| DataEntry::Integer(*entry));
    integer.or_else(|| SYSV64_VECTOR_DATA.get(vectors).map(|entry| DataEntry::Vector(*entry)))
}

/// Puts the slot's data into a register and goes on to the slot's handler.
macro_rules! pass_data {
    ($move:literal, $register:literal) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn entry() {
            naked_asm!(
                "endbr64",
                concat!($move, " ", $register, ", qword ptr [r11 + {data}]"),
                "jmp qword ptr [r11 + {handler}]",
                data = const offset_of!(Slot, data),
                handler = const offset_of!(Slot, handler),
            )
        }
        entry
    }};
}

static SYSV64_DATA: [Entry; 6] = [
    pass_data!("mov", "rdi"),
    pass_data!("mov", "rsi"),
    pass_data!("mov", "rdx"),
    pass_data!("mov", "rcx"),
    pass_data!("mov", "r8"),
    pass_data!("mov", "r9"),
];

static SYSV64_VECTOR_DATA: [Entry; 8] = [
    pass_data!("movsd", "xmm0"),
    pass_data!("movsd", "xmm1"),
    pass_data!("movsd", "xmm2"),
    pass_data!("movsd", "xmm3"),
    pass_data!("movsd", "xmm4"),
    pass_data!("movsd", "xmm5"),
    pass_data!("movsd", "xmm6"),
    pass_data!("movsd", "xmm7"),
];

static WIN64_DATA: [Entry; 4] = [
    pass_data!("mov", "rcx"),
    pass_data!("mov", "rdx"),
    pass_data!("mov", "r8"),
    pass_data!("mov", "r9"),
];
