//! The stubs that a prepared call runs through.
//!
//! A call is a list of [`Step`]s. Each step's stub moves one piece of one argument to where it ends, then jumps to the
//! stub of the next step. Without stack arguments there is no frame, nothing to unwind, and the last stub jumps to the C
//! function. With them [`enter_framed`] makes a frame, and the last step calls the C function from it.
//!
//! Registers while steps run:
//!
//! | register | holds |
//! |---|---|
//! | `x8` | the address for the result, where a C function looks for it |
//! | `x9` | the current step |
//! | `x10` | the array of pointers to the argument values |
//! | `x14` | with a frame: where the next stack argument goes |
//! | `x17` | the C function |
//! | `x12`, `x13`, `x15`, `x16`, `v16` | scratch |
//!
//! None of them carries an argument, so that registers can be loaded in any order.
//!
//! An indirect jump costs as much as the load that it leads to. So the stubs of a call without a frame come in four
//! forms ([`Load`]): the first one takes the place of an entry, the last one jumps to the C function itself, and a call
//! with one argument is a single stub.
//!
//! Every stub begins with `bti c`, because an indirect jump lands there; such jumps go through `x16` or `x17`, which is what
//! `bti c` lets in.

use std::arch::naked_asm;
use std::mem::offset_of;

use super::unwind::{continue_frame, framed_asm, pop_frame, push_frame};

/// The address of a stub. Stubs keep to the register table above, not to a C convention: only steps lead to them.
pub(super) type Stub = unsafe extern "C" fn();

/// One step of a prepared call.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Step {
    pub(super) stub: Stub,
    /// Byte offset of the argument's pointer in the array that `x10` points to.
    pub(super) argument: u32,
    /// Byte offset in the value; for other stubs the number their documentation names.
    pub(super) operand: u32,
}

const _: () = assert!(size_of::<Step>() == 16 && align_of::<Step>() == 8);
const _: () = assert!(offset_of!(Step, operand) == offset_of!(Step, argument) + 4, "loaded by ldp");

/// `lines`, then on to the next step.
macro_rules! stub {
    ([$($line:expr),* $(,)?] $(, $name:ident = $value:expr)*) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            naked_asm!(
                "bti c",
                $($line,)*
                "ldr x16, [x9, #{step}]!",
                "br x16",
                step = const size_of::<Step>(),
                $($name = const $value,)*
            )
        }
        stub
    }};
}

/// A stub that loads registers, in the forms it takes in a call without a frame, and one within frames.
#[derive(Debug)]
pub(super) struct Load {
    /// Between other steps.
    pub(super) middle: Stub,
    /// Entered instead of an entry.
    pub(super) first: Stub,
    /// Jumps to the C function at its end.
    pub(super) last: Stub,
    /// Entered first, and jumps to the C function at its end.
    pub(super) only: Stub,
}

/// From the registers of [`Enter`](super::returns) to those of the table above.
macro_rules! enter {
    () => {
        "mov x8, x0
         mov x9, x1
         mov x10, x2
         mov x17, x3"
    };
}

/// One form of a [`Load`]: `$head`, `lines`, `$tail`.
macro_rules! form {
    ([$($head:expr),*], [$($line:expr),*], [$($tail:literal),*] $(, $name:ident = $value:expr)*) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            naked_asm!("bti c", $($head,)* $($line,)* $($tail,)* $($name = const $value,)*)
        }
        stub
    }};
}

/// All forms of a [`Load`] that does `lines`.
macro_rules! load {
    ([$($line:expr),*] $(, $name:ident = $value:expr)*) => {
        Load {
            middle: form!(
                [], [$($line),*], ["ldr x16, [x9, #{step}]!", "br x16"],
                step = size_of::<Step>() $(, $name = $value)*
            ),
            first: form!(
                [enter!()], [$($line),*], ["ldr x16, [x9, #{step}]!", "br x16"],
                step = size_of::<Step>() $(, $name = $value)*
            ),
            last: form!([], [$($line),*], ["br x17"] $(, $name = $value)*),
            only: form!([enter!()], [$($line),*], ["br x17"] $(, $name = $value)*),
        }
    };
}

/// With `x12` pointing to the argument's value and `x13` the operand: `lines`, in the `$form!` of a stub.
macro_rules! piece {
    ($form:ident, $($line:expr),* $(,)?) => {
        $form!(
            ["ldp w12, w13, [x9, #{argument}]", "ldr x12, [x10, x12]", $($line),*],
            argument = offset_of!(Step, argument)
        )
    };
}

/// 1 to 8 bytes of a value to an integer register (then `$then`), indexed by their number less one. Odd numbers are put
/// together from parts, because nothing beyond the value may be read.
macro_rules! pieces {
    ($form:ident, $x:literal, $w:literal $(, $then:expr)?) => {
        [
            piece!($form, concat!("ldrb ", $w, ", [x12, x13]") $(, $then)?),
            piece!($form, concat!("ldrh ", $w, ", [x12, x13]") $(, $then)?),
            pieces!(parts $form, $x, concat!("ldrh ", $w, ", [x12]"), "ldrb w13, [x12, #2]", "16" $(, $then)?),
            piece!($form, concat!("ldr ", $w, ", [x12, x13]") $(, $then)?),
            pieces!(parts $form, $x, concat!("ldr ", $w, ", [x12]"), "ldrb w13, [x12, #4]", "32" $(, $then)?),
            pieces!(parts $form, $x, concat!("ldr ", $w, ", [x12]"), "ldrh w13, [x12, #4]", "32" $(, $then)?),
            pieces!(parts $form, $x, concat!("ldr ", $w, ", [x12]"), "ldur w13, [x12, #3]", "24" $(, $then)?),
            piece!($form, concat!("ldr ", $x, ", [x12, x13]") $(, $then)?),
        ]
    };
    (parts $form:ident, $x:literal, $low:expr, $high:literal, $shift:literal $(, $then:expr)?) => {
        piece!(
            $form,
            "add x12, x12, x13",
            $low,
            $high,
            concat!("orr ", $x, ", ", $x, ", x13, lsl #", $shift)
            $(, $then)?
        )
    };
}

/// Loads 1 to 8 bytes at the operand into an integer register, x0 to x7; zeros are above them.
pub(super) static LOAD_PIECE: [[Load; 8]; 8] = [
    pieces!(load, "x0", "w0"),
    pieces!(load, "x1", "w1"),
    pieces!(load, "x2", "w2"),
    pieces!(load, "x3", "w3"),
    pieces!(load, "x4", "w4"),
    pieces!(load, "x5", "w5"),
    pieces!(load, "x6", "w6"),
    pieces!(load, "x7", "w7"),
];

/// A signed integer of 1 or 2 bytes to an integer register of 4.
macro_rules! signed {
    ($w:literal) => {
        [
            piece!(load, concat!("ldrsb ", $w, ", [x12, x13]")),
            piece!(load, concat!("ldrsh ", $w, ", [x12, x13]")),
        ]
    };
}

/// Loads a signed integer of 1 (0) or 2 (1) bytes into an integer register, x0 to x7, as one of 4.
pub(super) static LOAD_SIGNED: [[Load; 2]; 8] = [
    signed!("w0"),
    signed!("w1"),
    signed!("w2"),
    signed!("w3"),
    signed!("w4"),
    signed!("w5"),
    signed!("w6"),
    signed!("w7"),
];

/// 2, 4, 8 or 16 bytes to a vector register.
macro_rules! vector_pieces {
    ($h:literal, $s:literal, $d:literal, $q:literal) => {
        [
            piece!(load, concat!("ldr ", $h, ", [x12, x13]")),
            piece!(load, concat!("ldr ", $s, ", [x12, x13]")),
            piece!(load, concat!("ldr ", $d, ", [x12, x13]")),
            piece!(load, concat!("ldr ", $q, ", [x12, x13]")),
        ]
    };
}

/// Loads 2 (0), 4 (1), 8 (2) or 16 (3) bytes at the operand into a vector register, v0 to v7.
pub(super) static LOAD_VECTOR_PIECE: [[Load; 4]; 8] = [
    vector_pieces!("h0", "s0", "d0", "q0"),
    vector_pieces!("h1", "s1", "d1", "q1"),
    vector_pieces!("h2", "s2", "d2", "q2"),
    vector_pieces!("h3", "s3", "d3", "q3"),
    vector_pieces!("h4", "s4", "d4", "q4"),
    vector_pieces!("h5", "s5", "d5", "q5"),
    vector_pieces!("h6", "s6", "d6", "q6"),
    vector_pieces!("h7", "s7", "d7", "q7"),
];

/// Loads of 1, 2, 3, … scalars of one kind, which are adjoining arguments, into adjoining registers: through `$pointer`.
/// `x12` points to the pointers of the arguments.
macro_rules! runs {
    // What is done; the lines so far; the registers and offsets still to come.
    (@ [$($done:expr),*], [$($line:expr),*], [], $offsets:tt) => {
        &[$($done),*]
    };
    (
        @ [$($done:expr),*], [$($line:expr),*],
        [($register:literal $pointer:literal) $($registers:tt)*], [$offset:literal $($offsets:literal)*]
    ) => {
        runs!(
            @ [$($done,)* load!(
                [
                    "ldr w12, [x9, #{argument}]",
                    "add x12, x10, x12",
                    $($line,)*
                    concat!("ldr ", $pointer, ", [x12, #", $offset, "]"),
                    concat!("ldr ", $register, ", [", $pointer, "]")
                ],
                argument = offset_of!(Step, argument)
            )],
            [
                $($line,)*
                concat!("ldr ", $pointer, ", [x12, #", $offset, "]"),
                concat!("ldr ", $register, ", [", $pointer, "]")
            ],
            [$($registers)*], [$($offsets)*]
        )
    };
    ($($register:tt)*) => {
        runs!(@ [], [], [$($register)*], ["0" "8" "16" "24" "32" "40" "48" "56"])
    };
}

/// Runs that begin at each of some registers.
macro_rules! runs_from_each {
    ([$($all:expr),*],) => {
        [$($all),*]
    };
    ([$($all:expr),*], $first:tt $($rest:tt)*) => {
        runs_from_each!([$($all,)* runs!($first $($rest)*)], $($rest)*)
    };
}

/// Runs of integers of 4 bytes, by the first register, then by their number less one.
pub(super) static LOAD_U32_RUN: [&[Load]; 8] = runs_from_each!(
    [],
    ("w0" "x0") ("w1" "x1") ("w2" "x2") ("w3" "x3") ("w4" "x4") ("w5" "x5") ("w6" "x6") ("w7" "x7")
);

/// Runs of integers and pointers of 8 bytes, likewise.
pub(super) static LOAD_U64_RUN: [&[Load]; 8] = runs_from_each!(
    [],
    ("x0" "x0") ("x1" "x1") ("x2" "x2") ("x3" "x3") ("x4" "x4") ("x5" "x5") ("x6" "x6") ("x7" "x7")
);

/// Runs of doubles from v0 on, by their number less one.
pub(super) static LOAD_F64_RUN: &[Load] = runs!(
    ("d0" "x13") ("d1" "x13") ("d2" "x13") ("d3" "x13") ("d4" "x13") ("d5" "x13") ("d6" "x13") ("d7" "x13")
);

/// Runs of floats from v0 on, by their number less one.
pub(super) static LOAD_F32_RUN: &[Load] = runs!(
    ("s0" "x13") ("s1" "x13") ("s2" "x13") ("s3" "x13") ("s4" "x13") ("s5" "x13") ("s6" "x13") ("s7" "x13")
);

/// Stores `operand` adjoining arguments of one kind as stack words.
macro_rules! store_run {
    ($register:literal) => {
        stub!(
            [
                "ldp w12, w13, [x9, #{argument}]",
                "add x12, x10, x12",
                "2: ldr x15, [x12], #8",
                concat!("ldr ", $register, ", [x15]"),
                "str x15, [x14], #8",
                "subs w13, w13, #1",
                "b.ne 2b",
            ],
            argument = offset_of!(Step, argument)
        )
    };
}

/// Stores `operand` integers or floats of 4 bytes.
pub(super) static STORE_U32_RUN: Stub = store_run!("w15");

/// Stores `operand` values of 8 bytes.
pub(super) static STORE_U64_RUN: Stub = store_run!("x15");

/// Stores 1 to 8 bytes at the operand as one stack word.
pub(super) static STORE_PIECE: [Stub; 8] = pieces!(stub, "x15", "w15", "str x15, [x14], #8");

/// Stores 1 (0), 2 (1), 4 (2) or 6 (3) bytes at the operand, and nothing beside them.
pub(super) static STORE_PACKED: [Stub; 4] = [
    piece!(stub, "ldrb w15, [x12, x13]", "strb w15, [x14], #1"),
    piece!(stub, "ldrh w15, [x12, x13]", "strh w15, [x14], #2"),
    piece!(stub, "ldr w15, [x12, x13]", "str w15, [x14], #4"),
    piece!(
        stub,
        "add x12, x12, x13",
        "ldr w15, [x12]",
        "ldrh w13, [x12, #4]",
        "str w15, [x14], #4",
        "strh w13, [x14], #2",
    ),
];

/// Stores the first `operand` words of a value.
pub(super) static STORE_WORDS: Stub =
    piece!(stub, "2: ldr x15, [x12], #8", "str x15, [x14], #8", "subs w13, w13, #1", "b.ne 2b",);

/// Leaves a gap of `operand` bytes between stack arguments.
pub(super) static SKIP: Stub =
    stub!(["ldr w12, [x9, #{operand}]", "add x14, x14, x12"], operand = offset_of!(Step, operand));

/// Makes room for `operand` bytes of stack arguments and copies, less than a page.
pub(super) static RESERVE: Stub = stub!(
    ["ldr w12, [x9, #{operand}]", "sub sp, sp, x12", "mov x14, sp"],
    operand = offset_of!(Step, operand)
);

/// Makes room for `operand` bytes, touching each page on the way: a guard page must not be stepped over.
pub(super) static RESERVE_PAGES: Stub = stub!(
    [
        "ldr w12, [x9, #{operand}]",
        "2: sub sp, sp, #{page}",
        "str xzr, [sp]",
        "sub x12, x12, #{page}",
        "cmp x12, #{page}",
        "b.hi 2b",
        "sub sp, sp, x12",
        "mov x14, sp",
    ],
    operand = offset_of!(Step, operand),
    page = PAGE
);

/// The smallest page of any arm64 system.
pub(super) const PAGE: u32 = 4096;

/// Aligns the stack pointer down to `operand` bytes.
pub(super) static ALIGN: Stub = stub!(
    [
        "ldr w12, [x9, #{operand}]",
        "neg x12, x12",
        "mov x13, sp",
        "and x13, x13, x12",
        "mov sp, x13",
    ],
    operand = offset_of!(Step, operand)
);

/// Copies a value to `operand` bytes above the stack pointer. The operand of the step behind, which is not run, is the
/// number of its bytes.
pub(super) static COPY: Stub = piece!(
    stub,
    "add x15, sp, x13",
    "ldr w13, [x9, #28]",
    "2: subs x13, x13, #16",
    "b.lo 3f",
    "ldr q16, [x12], #16",
    "str q16, [x15], #16",
    "b 2b",
    "3: adds x13, x13, #16",
    "b.eq 5f",
    "4: ldrb w16, [x12], #1",
    "strb w16, [x15], #1",
    "subs x13, x13, #1",
    "b.ne 4b",
    "5: add x9, x9, #16",
);
const _: () = assert!(size_of::<Step>() == 16 && offset_of!(Step, operand) == 12, "in `COPY`");

/// Stores the address `operand` bytes above the stack pointer: that of a copy.
pub(super) static STORE_ADDRESS: Stub = stub!(
    ["ldr w12, [x9, #{operand}]", "add x12, sp, x12", "str x12, [x14], #8"],
    operand = offset_of!(Step, operand)
);

/// Loads the address `operand` bytes above the stack pointer into an integer register.
macro_rules! address {
    ($x:literal) => {
        load!(
            ["ldr w12, [x9, #{operand}]", concat!("add ", $x, ", sp, x12")],
            operand = offset_of!(Step, operand)
        )
    };
}

/// Loads the address `operand` bytes above the stack pointer, that of a copy, into an integer register.
pub(super) static LOAD_ADDRESS: [Load; 8] = [
    address!("x0"),
    address!("x1"),
    address!("x2"),
    address!("x3"),
    address!("x4"),
    address!("x5"),
    address!("x6"),
    address!("x7"),
];

/// Calls a C function without arguments that stores its result itself; entered as a first [`Load`].
#[unsafe(naked)]
pub(super) unsafe extern "C" fn enter_for_result() {
    naked_asm!("bti c", enter!(), "br x17")
}

/// Begins a call with a frame; entered as a first [`Load`].
///
/// ```text
/// [x29 +  8]  return address
/// [x29]       the caller's x29
/// [x29 - 16]  the address for the result
///             copies of arguments passed by reference
/// [sp]        stack arguments; sp is a multiple of 16
/// ```
#[unsafe(naked)]
pub(super) unsafe extern "C" fn enter_framed() {
    framed_asm!(
        enter_framed,
        [push_frame!(), enter!(), "str x8, [sp, #-16]!", "ldr x16, [x9]", "br x16"]
    )
}

/// The last step with a frame: calls the C function, does `lines` to its result and leaves the frame.
macro_rules! call {
    ($($line:literal),*) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            framed_asm!(stub, [continue_frame!(), "blr x17", $($line,)* pop_frame!()])
        }
        stub
    }};
}

/// Calls the C function; the result stays in its registers.
pub(super) static CALL: Stub = call!();

/// As [`CALL`], then stores 16 bytes each of the first 2, 3 or 4 vector registers, by their number less two.
pub(super) static CALL_STORE_QUADS: [Stub; 3] = [
    call!("ldr x8, [x29, #-16]", "stp q0, q1, [x8]"),
    call!("ldr x8, [x29, #-16]", "stp q0, q1, [x8]", "str q2, [x8, #32]"),
    call!("ldr x8, [x29, #-16]", "stp q0, q1, [x8]", "stp q2, q3, [x8, #32]"),
];
