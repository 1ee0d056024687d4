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
//! | `r10` | the current step |
//! | `r11` | the array of pointers to the argument values |
//! | `rdi` | the address for the result, until a step loads an argument there |
//! | `rax`, `r8`, `r9` | scratch, the latter until they are loaded: integer registers are loaded last, in order |
//! | `[rsp + 8]` | without a frame: the C function |
//! | `[rbp + 16]`, `[rbp - 8]` | with a frame: the C function; the address for the result |
//! | `[rbp - 16]` | with a frame and copies of arguments: their base |
//!
//! An indirect jump costs as much as the load that it leads to. So the stubs of a call without a frame come in several
//! forms ([`Load`]): the first one takes the place of an entry, the last one jumps to the C function itself, and a call
//! with one argument, or with arguments of one kind, is a single stub.
//!
//! Every stub begins with `endbr64`, because an indirect jump lands there.

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
    /// Byte offset of the argument's pointer in the array that `r11` points to.
    pub(super) argument: u32,
    /// Byte offset in the value; for other stubs the number their documentation names.
    pub(super) operand: u32,
}

const _: () = assert!(size_of::<Step>() == 16 && align_of::<Step>() == 8);

/// `lines`, then on to the next step.
macro_rules! stub {
    ([$($line:expr),* $(,)?] $(, $name:ident = $value:expr)*) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            naked_asm!(
                "endbr64",
                $($line,)*
                "add r10, {step}",
                "jmp qword ptr [r10]",
                step = const size_of::<Step>(),
                $($name = const $value,)*
            )
        }
        stub
    }};
}

/// The forms of a stub that loads a register.
///
/// Entered first: `rdi` is the address for the result, `rsi` the first step, `rdx` the arguments, and `[rsp + 8]` the C
/// function, in an area of four words that belongs to the callee.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    /// Between others.
    pub(super) middle: Stub,
    /// Entered first.
    pub(super) first: Stub,
    /// Jumps to the C function at its end.
    pub(super) last: Stub,
    /// Entered first, and jumps to the C function at its end.
    pub(super) only: Stub,
    /// The same, beginning with the first argument: it needs no step.
    pub(super) alone: Stub,
}

/// One form of a [`Load`]: `$head`, `lines`, `$tail`.
macro_rules! form {
    ([$($head:literal),*], [$($line:expr),*], [$($tail:literal),*] $(, $name:ident = $value:expr)*) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            naked_asm!("endbr64", $($head,)* $($line,)* $($tail,)* $($name = const $value,)*)
        }
        stub
    }};
}

/// All forms of a [`Load`] that does `lines`; [`Load::alone`] does `$alone` where there is one.
macro_rules! load {
    ([$($line:expr),*] $(, $name:ident = $value:expr)* $(; alone: [$($alone:expr),*])?) => {{
        let only: Stub = form!(
            ["mov r10, rsi", "mov r11, rdx"], [$($line),*], ["jmp qword ptr [rsp + 8]"] $(, $name = $value)*
        );
        Load {
            middle: form!(
                [], [$($line),*], ["add r10, {step}", "jmp qword ptr [r10]"],
                step = size_of::<Step>() $(, $name = $value)*
            ),
            first: form!(
                ["mov r10, rsi", "mov r11, rdx"], [$($line),*], ["add r10, {step}", "jmp qword ptr [r10]"],
                step = size_of::<Step>() $(, $name = $value)*
            ),
            last: form!([], [$($line),*], ["jmp qword ptr [rsp + 8]"] $(, $name = $value)*),
            only,
            alone: load!(@alone only $([$($alone),*])?),
        }
    }};
    (@alone $only:ident) => { $only };
    (@alone $only:ident [$($alone:expr),*]) => {
        form!([], [$($alone),*], ["jmp qword ptr [rsp + 8]"])
    };
}

/// With `rax` pointing to the argument's value: `lines`, in the `$form!` of a stub.
macro_rules! value {
    (load, $($line:expr),* $(,)?) => {
        load!(
            ["mov eax, dword ptr [r10 + {argument}]", "mov rax, qword ptr [r11 + rax]", $($line),*],
            argument = offset_of!(Step, argument);
            alone: ["mov rax, qword ptr [rdx]", $($line),*]
        )
    };
    ($form:ident, $($line:expr),* $(,)?) => {
        $form!(
            ["mov eax, dword ptr [r10 + {argument}]", "mov rax, qword ptr [r11 + rax]", $($line),*],
            argument = offset_of!(Step, argument)
        )
    };
}

/// With `rax` pointing to the piece of the argument's value at the step's operand, `$scratch` spoilt: `lines`.
macro_rules! piece {
    ($form:ident, [$scratch64:literal, $scratch32:literal], $($line:expr),* $(,)?) => {
        $form!(
            [
                "mov eax, dword ptr [r10 + {argument}]",
                concat!("mov ", $scratch32, ", dword ptr [r10 + {operand}]"),
                "mov rax, qword ptr [r11 + rax]",
                concat!("add rax, ", $scratch64),
                $($line),*
            ],
            argument = offset_of!(Step, argument),
            operand = offset_of!(Step, operand)
        )
    };
}

/// The address of a copy in `$r64`: as many bytes below the base of copies as the operand says. Spoils rax.
macro_rules! address {
    ($r64:literal) => {
        concat!(
            "mov eax, dword ptr [r10 + {operand}]\nmov ",
            $r64,
            ", qword ptr [rbp - 16]\nsub ",
            $r64,
            ", rax"
        )
    };
}

/// A scalar to an integer register (then `$then`): indexed by [`Scalar`].
macro_rules! scalars {
    ($form:ident, $r64:literal, $r32:literal $(, $then:expr)?) => {
        [
            value!($form, concat!("movzx ", $r32, ", byte ptr [rax]") $(, $then)?),
            value!($form, concat!("movsx ", $r64, ", byte ptr [rax]") $(, $then)?),
            value!($form, concat!("movzx ", $r32, ", word ptr [rax]") $(, $then)?),
            value!($form, concat!("movsx ", $r64, ", word ptr [rax]") $(, $then)?),
            value!($form, concat!("mov ", $r32, ", dword ptr [rax]") $(, $then)?),
            value!($form, concat!("movsxd ", $r64, ", dword ptr [rax]") $(, $then)?),
            value!($form, concat!("mov ", $r64, ", qword ptr [rax]") $(, $then)?),
        ]
    };
}

/// 1 to 8 bytes of a value to an integer register (then `$then`), indexed by their number less one. Odd numbers are put
/// together from overlapping halves, because nothing beyond the value may be read.
macro_rules! pieces {
    ($form:ident, $r64:literal, $r32:literal $(, $then:expr)?) => {
        [
            piece!($form, [$r64, $r32], concat!("movzx ", $r32, ", byte ptr [rax]") $(, $then)?),
            piece!($form, [$r64, $r32], concat!("movzx ", $r32, ", word ptr [rax]") $(, $then)?),
            piece!(
                $form,
                [$r64, $r32],
                concat!("movzx ", $r32, ", word ptr [rax + 1]"),
                "movzx eax, word ptr [rax]",
                concat!("shl ", $r32, ", 8"),
                concat!("or ", $r32, ", eax")
                $(, $then)?
            ),
            piece!($form, [$r64, $r32], concat!("mov ", $r32, ", dword ptr [rax]") $(, $then)?),
            pieces!(overlap $form, $r64, $r32, "1", "8" $(, $then)?),
            pieces!(overlap $form, $r64, $r32, "2", "16" $(, $then)?),
            pieces!(overlap $form, $r64, $r32, "3", "24" $(, $then)?),
            piece!($form, [$r64, $r32], concat!("mov ", $r64, ", qword ptr [rax]") $(, $then)?),
        ]
    };
    (overlap $form:ident, $r64:literal, $r32:literal, $high:literal, $shift:literal $(, $then:expr)?) => {
        piece!(
            $form,
            [$r64, $r32],
            concat!("mov ", $r32, ", dword ptr [rax + ", $high, "]"),
            "mov eax, dword ptr [rax]",
            concat!("shl ", $r64, ", ", $shift),
            concat!("or ", $r64, ", rax")
            $(, $then)?
        )
    };
}

/// How a scalar of at most 8 bytes is widened: the second index of [`LOAD_SCALAR`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Scalar {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
}

/// Loads a scalar into an integer register: rdi, rsi, rdx, rcx, r8, r9.
pub(super) static LOAD_SCALAR: [[Load; 7]; 6] = [
    scalars!(load, "rdi", "edi"),
    scalars!(load, "rsi", "esi"),
    scalars!(load, "rdx", "edx"),
    scalars!(load, "rcx", "ecx"),
    scalars!(load, "r8", "r8d"),
    scalars!(load, "r9", "r9d"),
];

/// Loads 1 to 8 bytes at the operand into an integer register.
pub(super) static LOAD_PIECE: [[Load; 8]; 6] = [
    pieces!(load, "rdi", "edi"),
    pieces!(load, "rsi", "esi"),
    pieces!(load, "rdx", "edx"),
    pieces!(load, "rcx", "ecx"),
    pieces!(load, "r8", "r8d"),
    pieces!(load, "r9", "r9d"),
];

/// Loads a `_Float16` (0), `float` (1) or `double` (2) into a vector register.
macro_rules! floats {
    ($xmm:literal) => {
        [
            value!(load, "movzx eax, word ptr [rax]", concat!("movd ", $xmm, ", eax")),
            value!(load, concat!("movss ", $xmm, ", dword ptr [rax]")),
            value!(load, concat!("movsd ", $xmm, ", qword ptr [rax]")),
        ]
    };
}

/// Loads 2, 4, 6, 8, 16 or 32 bytes at the operand into a vector register.
macro_rules! vector_pieces {
    ($xmm:literal, $ymm:literal) => {
        [
            piece!(
                load,
                ["r9", "r9d"],
                "movzx eax, word ptr [rax]",
                concat!("movd ", $xmm, ", eax")
            ),
            piece!(load, ["r9", "r9d"], concat!("movss ", $xmm, ", dword ptr [rax]")),
            piece!(
                load,
                ["r9", "r9d"],
                concat!("movss ", $xmm, ", dword ptr [rax]"),
                concat!("pinsrw ", $xmm, ", word ptr [rax + 4], 2"),
            ),
            piece!(load, ["r9", "r9d"], concat!("movsd ", $xmm, ", qword ptr [rax]")),
            piece!(load, ["r9", "r9d"], concat!("movups ", $xmm, ", xmmword ptr [rax]")),
            piece!(load, ["r9", "r9d"], concat!("vmovups ", $ymm, ", ymmword ptr [rax]")),
        ]
    };
}

/// Loads a `_Float16` (0), `float` (1) or `double` (2) into a vector register.
pub(super) static LOAD_FLOAT: [[Load; 3]; 8] = [
    floats!("xmm0"),
    floats!("xmm1"),
    floats!("xmm2"),
    floats!("xmm3"),
    floats!("xmm4"),
    floats!("xmm5"),
    floats!("xmm6"),
    floats!("xmm7"),
];

/// Loads 2 (0), 4 (1), 6 (2), 8 (3), 16 (4) or 32 (5) bytes at the operand into a vector register.
pub(super) static LOAD_VECTOR_PIECE: [[Load; 6]; 8] = [
    vector_pieces!("xmm0", "ymm0"),
    vector_pieces!("xmm1", "ymm1"),
    vector_pieces!("xmm2", "ymm2"),
    vector_pieces!("xmm3", "ymm3"),
    vector_pieces!("xmm4", "ymm4"),
    vector_pieces!("xmm5", "ymm5"),
    vector_pieces!("xmm6", "ymm6"),
    vector_pieces!("xmm7", "ymm7"),
];

/// Loads of 1, 2, 3, … scalars of one kind, which are adjoining arguments, into adjoining registers: through `$pointer`,
/// each with `$op` from `$width`. `rax` points to the pointers of the arguments.
macro_rules! runs {
    ($op:literal, $width:literal, $($register:tt)*) => {
        runs!(@ $op, $width, [], [], [$($register)*], ["0" "8" "16" "24" "32" "40" "48" "56"])
    };
    // What is done; the lines so far; the registers and offsets still to come.
    (@ $op:literal, $width:literal, [$($done:expr),*], [$($line:expr),*], [], $offsets:tt) => {
        &[$($done),*]
    };
    (
        @ $op:literal, $width:literal, [$($done:expr),*], [$($line:expr),*],
        [($register:literal $pointer:literal) $($registers:tt)*], [$offset:literal $($offsets:literal)*]
    ) => {
        runs!(
            @ $op, $width,
            [$($done,)* load!(
                [
                    "mov eax, dword ptr [r10 + {argument}]",
                    "add rax, r11",
                    $($line,)*
                    concat!("mov ", $pointer, ", qword ptr [rax + ", $offset, "]"),
                    concat!($op, " ", $register, ", ", $width, " ptr [", $pointer, "]")
                ],
                argument = offset_of!(Step, argument);
                alone: [
                    "mov rax, rdx",
                    $($line,)*
                    concat!("mov ", $pointer, ", qword ptr [rax + ", $offset, "]"),
                    concat!($op, " ", $register, ", ", $width, " ptr [", $pointer, "]")
                ]
            )],
            [
                $($line,)*
                concat!("mov ", $pointer, ", qword ptr [rax + ", $offset, "]"),
                concat!($op, " ", $register, ", ", $width, " ptr [", $pointer, "]")
            ],
            [$($registers)*], [$($offsets)*]
        )
    };
}

/// Runs that begin at each integer register.
macro_rules! integer_runs {
    ($op:literal, $width:literal) => {
        [
            runs!($op, $width, ("rdi" "rdi") ("rsi" "rsi") ("rdx" "rdx") ("rcx" "rcx") ("r8" "r8") ("r9" "r9")),
            runs!($op, $width, ("rsi" "rsi") ("rdx" "rdx") ("rcx" "rcx") ("r8" "r8") ("r9" "r9")),
            runs!($op, $width, ("rdx" "rdx") ("rcx" "rcx") ("r8" "r8") ("r9" "r9")),
            runs!($op, $width, ("rcx" "rcx") ("r8" "r8") ("r9" "r9")),
            runs!($op, $width, ("r8" "r8") ("r9" "r9")),
            runs!($op, $width, ("r9" "r9")),
        ]
    };
}

/// Runs of signed integers of 4 bytes, by the first register, then by their number less one.
pub(super) static LOAD_I32_RUN: [&[Load]; 6] = integer_runs!("movsxd", "dword");

/// Runs of integers and pointers of 8 bytes, likewise.
pub(super) static LOAD_U64_RUN: [&[Load]; 6] = integer_runs!("mov", "qword");

/// Runs of doubles from xmm0 on, by their number less one.
pub(super) static LOAD_F64_RUN: &[Load] = runs!(
    "movsd",
    "qword",
    ("xmm0" "r9") ("xmm1" "r9") ("xmm2" "r9") ("xmm3" "r9") ("xmm4" "r9") ("xmm5" "r9") ("xmm6" "r9") ("xmm7" "r9")
);

/// Runs of floats from xmm0 on, by their number less one.
pub(super) static LOAD_F32_RUN: &[Load] = runs!(
    "movss",
    "dword",
    ("xmm0" "r9") ("xmm1" "r9") ("xmm2" "r9") ("xmm3" "r9") ("xmm4" "r9") ("xmm5" "r9") ("xmm6" "r9") ("xmm7" "r9")
);

/// Pushes of 1, 2, 3, … adjoining arguments of one kind, the last one first: `$load` loads a value at `r8` into it.
macro_rules! push_runs {
    ($load:literal) => {
        push_runs!(@ $load, [], [], ["0" "8" "16" "24" "32" "40" "48" "56"])
    };
    // What is done; the lines so far; the offsets still to come.
    (@ $load:literal, [$($done:expr),*], [$($line:expr),*], []) => {
        [$($done),*]
    };
    (@ $load:literal, [$($done:expr),*], [$($line:expr),*], [$offset:literal $($offsets:literal)*]) => {
        push_runs!(
            @ $load,
            [$($done,)* stub!(
                [
                    "mov eax, dword ptr [r10 + {argument}]",
                    "add rax, r11",
                    concat!("mov r8, qword ptr [rax + ", $offset, "]"),
                    concat!($load, " ptr [r8]"),
                    "push r8"
                    $(, $line)*
                ],
                argument = offset_of!(Step, argument)
            )],
            [
                concat!("mov r8, qword ptr [rax + ", $offset, "]"),
                concat!($load, " ptr [r8]"),
                "push r8"
                $(, $line)*
            ],
            [$($offsets)*]
        )
    };
}

/// Pushes `operand` adjoining arguments of one kind, any number, the last one first.
macro_rules! push_long_run {
    ($load:literal) => {
        stub!(
            [
                "mov eax, dword ptr [r10 + {argument}]",
                "mov r9d, dword ptr [r10 + {operand}]",
                "add rax, r11",
                "2: mov r8, qword ptr [rax + 8 * r9 - 8]",
                concat!($load, " ptr [r8]"),
                "push r8",
                "dec r9",
                "jnz 2b",
            ],
            argument = offset_of!(Step, argument),
            operand = offset_of!(Step, operand)
        )
    };
}

/// Runs that are pushed: by their number less one, and longer ones.
pub(super) struct PushRuns {
    short: [Stub; 8],
    long: Stub,
}

impl PushRuns {
    /// The stub for `count` arguments, its operand.
    pub(super) fn stub(&self, count: usize) -> Stub {
        self.short.get(count - 1).copied().unwrap_or(self.long)
    }
}

/// Pushes signed integers of 4 bytes.
pub(super) static PUSH_I32_RUN: PushRuns =
    PushRuns { short: push_runs!("movsxd r8, dword"), long: push_long_run!("movsxd r8, dword") };

/// Pushes values of 8 bytes.
pub(super) static PUSH_U64_RUN: PushRuns =
    PushRuns { short: push_runs!("mov r8, qword"), long: push_long_run!("mov r8, qword") };

/// Pushes a scalar as one stack word.
pub(super) static PUSH_SCALAR: [Stub; 7] = scalars!(stub, "rax", "eax", "push rax");

/// Pushes 1 to 8 bytes at the operand as one stack word.
pub(super) static PUSH_PIECE: [Stub; 8] = pieces!(stub, "r9", "r9d", "push r9");

/// Pushes the first `operand` words of a value, the last one first.
pub(super) static PUSH_WORDS: Stub = stub!(
    [
        "mov eax, dword ptr [r10 + {argument}]",
        "mov r9d, dword ptr [r10 + {operand}]",
        "mov rax, qword ptr [r11 + rax]",
        "2: push qword ptr [rax + 8 * r9 - 8]",
        "dec r9",
        "jnz 2b",
    ],
    argument = offset_of!(Step, argument),
    operand = offset_of!(Step, operand)
);

/// Leaves `operand` bytes of stack, less than a page.
pub(super) static RESERVE: Stub = stub!(
    ["mov eax, dword ptr [r10 + {operand}]", "sub rsp, rax"],
    operand = offset_of!(Step, operand)
);

/// Leaves `operand` bytes of stack, touching each page on the way: a guard page must not be stepped over.
pub(super) static RESERVE_PAGES: Stub = stub!(
    [
        "mov eax, dword ptr [r10 + {operand}]",
        "2: sub rsp, {page}",
        "test qword ptr [rsp], rsp",
        "sub rax, {page}",
        "cmp rax, {page}",
        "ja 2b",
        "sub rsp, rax",
    ],
    operand = offset_of!(Step, operand),
    page = PAGE
);

/// The smallest page of any x86-64 system.
pub(super) const PAGE: u32 = 4096;

/// Copies a value into the frame. The operand says how far below the base of copies the copy begins; the operand of the
/// step behind, which is not run, is the number of its bytes.
pub(super) static COPY: Stub = {
    #[unsafe(naked)]
    unsafe extern "C" fn stub() {
        naked_asm!(
            "endbr64",
            address!("rdi"),
            "mov eax, dword ptr [r10 + {argument}]",
            "mov rsi, qword ptr [r11 + rax]",
            "mov ecx, dword ptr [r10 + {step} + {operand}]",
            "rep movsb",
            "mov rdi, qword ptr [rbp - 8]",
            "add r10, 2 * {step}",
            "jmp qword ptr [r10]",
            step = const size_of::<Step>(),
            argument = const offset_of!(Step, argument),
            operand = const offset_of!(Step, operand),
        )
    }
    stub
};

/// Pushes the address of the copy that begins `operand` bytes below the base of copies.
pub(super) static PUSH_ADDRESS: Stub =
    stub!([address!("r9"), "push r9"], operand = offset_of!(Step, operand));

/// Loads the address of the copy that begins `operand` bytes below the base of copies into an integer register.
pub(super) static LOAD_ADDRESS: [Load; 6] = [
    load!([address!("rdi")], operand = offset_of!(Step, operand)),
    load!([address!("rsi")], operand = offset_of!(Step, operand)),
    load!([address!("rdx")], operand = offset_of!(Step, operand)),
    load!([address!("rcx")], operand = offset_of!(Step, operand)),
    load!([address!("r8")], operand = offset_of!(Step, operand)),
    load!([address!("r9")], operand = offset_of!(Step, operand)),
];

/// Moves the address for the result to rcx, where Win64 has it.
pub(super) static RESULT_TO_RCX: Load = load!(["mov rcx, rdi"]);

/// Aligns the stack pointer down to `operand` bytes, and makes it the base of copies.
pub(super) static ALIGN: Stub = stub!(
    [
        "mov eax, dword ptr [r10 + {operand}]",
        "neg rax",
        "and rsp, rax",
        "mov qword ptr [rbp - 16], rsp"
    ],
    operand = offset_of!(Step, operand)
);

/// Begins a call with a frame; entered as a first [`Load`].
///
/// ```text
/// [rbp + 16]  the C function
/// [rbp +  8]  return address
/// [rbp]       the caller's rbp
/// [rbp -  8]  the address for the result
/// [rbp - 16]  the base of copies, below which they lie
///             stack arguments; rsp is a multiple of 16 at the call
/// ```
#[unsafe(naked)]
pub(super) unsafe extern "C" fn enter_framed() {
    framed_asm!(
        enter_framed,
        [
            "endbr64",
            push_frame!(),
            "push rdi",
            "push rdi",
            "mov r10, rsi",
            "mov r11, rdx",
            "jmp qword ptr [rsi]"
        ]
    )
}

/// The last step with a frame: calls the C function, does `lines` to its result and leaves the frame.
macro_rules! call {
    ($($line:literal),*) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            framed_asm!(
                stub,
                [
                    continue_frame!(),
                    "endbr64",
                    // psABI 3.2.3: al bounds the number of vector registers used by a variadic call.
                    "mov eax, dword ptr [r10 + {operand}]",
                    "call qword ptr [rbp + 16]",
                    $($line,)*
                    pop_frame!(),
                ],
                operand = const offset_of!(Step, operand)
            )
        }
        stub
    }};
}

/// Sets the number of vector registers in use, `operand`, for a variadic C function (psABI 3.2.3: al).
pub(super) static COUNT_VECTORS: Load =
    load!(["mov eax, dword ptr [r10 + {operand}]"], operand = offset_of!(Step, operand));

/// Calls the C function with `operand` vector registers in use; the result stays in its registers.
pub(super) static CALL: Stub = call!();

/// As [`CALL`], then stores 16 bytes of xmm0.
pub(super) static CALL_STORE_XMM: Stub =
    call!("mov rax, qword ptr [rbp - 8]", "movups xmmword ptr [rax], xmm0");

/// As [`CALL`], then stores 32 bytes of ymm0.
pub(super) static CALL_STORE_YMM: Stub =
    call!("mov rax, qword ptr [rbp - 8]", "vmovups ymmword ptr [rax], ymm0", "vzeroupper");

/// As [`CALL`], then stores the 10 bytes of st0.
pub(super) static CALL_STORE_X87: Stub =
    call!("mov rax, qword ptr [rbp - 8]", "fstp tbyte ptr [rax]");

/// As [`CALL`], then stores the 10 bytes each of st0 and st1, 16 bytes apart.
pub(super) static CALL_STORE_X87_PAIR: Stub =
    call!("mov rax, qword ptr [rbp - 8]", "fstp tbyte ptr [rax]", "fstp tbyte ptr [rax + 16]");
