//! The stubs that a prepared call runs through.
//!
//! A call is a list of [`Step`]s. Each step's stub moves one piece of one argument to where it ends, then jumps to the
//! stub of the next step. The last one jumps to the C function (nothing was pushed: no frame, nothing to unwind) or
//! calls it from the frame that [`enter_framed`] made.
//!
//! Registers while steps run:
//!
//! | register | holds |
//! |---|---|
//! | `r10` | the current step |
//! | `r11` | the array of pointers to the argument values |
//! | `rdi` | the address for the result, until a step loads an argument there |
//! | `rax`, `r9` | scratch, `r9` until it is loaded: integer registers are loaded last, in the convention's order |
//! | `[rsp + 8]` | without a frame: the C function |
//! | `[rbp + 16]`, `[rbp - 8]` | with a frame: the C function; the address for the result |
//!
//! Every stub begins with `endbr64`, because an indirect jump lands there.

use std::arch::naked_asm;
use std::mem::offset_of;

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

/// With `rax` pointing to the argument's value: `lines`.
macro_rules! value {
    ($($line:expr),* $(,)?) => {
        stub!(
            ["mov eax, dword ptr [r10 + {argument}]", "mov rax, qword ptr [r11 + rax]", $($line),*],
            argument = offset_of!(Step, argument)
        )
    };
}

/// With `rax` pointing to the piece of the argument's value at the step's operand, `$scratch` spoilt: `lines`.
macro_rules! piece {
    ([$scratch64:literal, $scratch32:literal], $($line:expr),* $(,)?) => {
        stub!(
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

/// A scalar to an integer register (then `$then`): indexed by [`Scalar`].
macro_rules! scalars {
    ($r64:literal, $r32:literal $(, $then:expr)?) => {
        [
            value!(concat!("movzx ", $r32, ", byte ptr [rax]") $(, $then)?),
            value!(concat!("movsx ", $r64, ", byte ptr [rax]") $(, $then)?),
            value!(concat!("movzx ", $r32, ", word ptr [rax]") $(, $then)?),
            value!(concat!("movsx ", $r64, ", word ptr [rax]") $(, $then)?),
            value!(concat!("mov ", $r32, ", dword ptr [rax]") $(, $then)?),
            value!(concat!("movsxd ", $r64, ", dword ptr [rax]") $(, $then)?),
            value!(concat!("mov ", $r64, ", qword ptr [rax]") $(, $then)?),
        ]
    };
}

/// 1 to 8 bytes of a value to an integer register (then `$then`), indexed by their number less one. Odd numbers are put
/// together from overlapping halves, because nothing beyond the value may be read.
macro_rules! pieces {
    ($r64:literal, $r32:literal $(, $then:expr)?) => {
        [
            piece!([$r64, $r32], concat!("movzx ", $r32, ", byte ptr [rax]") $(, $then)?),
            piece!([$r64, $r32], concat!("movzx ", $r32, ", word ptr [rax]") $(, $then)?),
            piece!(
                [$r64, $r32],
                concat!("movzx ", $r32, ", word ptr [rax + 1]"),
                "movzx eax, word ptr [rax]",
                concat!("shl ", $r32, ", 8"),
                concat!("or ", $r32, ", eax")
                $(, $then)?
            ),
            piece!([$r64, $r32], concat!("mov ", $r32, ", dword ptr [rax]") $(, $then)?),
            pieces!(overlap $r64, $r32, "1", "8" $(, $then)?),
            pieces!(overlap $r64, $r32, "2", "16" $(, $then)?),
            pieces!(overlap $r64, $r32, "3", "24" $(, $then)?),
            piece!([$r64, $r32], concat!("mov ", $r64, ", qword ptr [rax]") $(, $then)?),
        ]
    };
    (overlap $r64:literal, $r32:literal, $high:literal, $shift:literal $(, $then:expr)?) => {
        piece!(
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
pub(super) static LOAD_SCALAR: [[Stub; 7]; 6] = [
    scalars!("rdi", "edi"),
    scalars!("rsi", "esi"),
    scalars!("rdx", "edx"),
    scalars!("rcx", "ecx"),
    scalars!("r8", "r8d"),
    scalars!("r9", "r9d"),
];

/// Loads 1 to 8 bytes at the operand into an integer register.
pub(super) static LOAD_PIECE: [[Stub; 8]; 6] = [
    pieces!("rdi", "edi"),
    pieces!("rsi", "esi"),
    pieces!("rdx", "edx"),
    pieces!("rcx", "ecx"),
    pieces!("r8", "r8d"),
    pieces!("r9", "r9d"),
];

/// Loads a `float` (0) or `double` (1) into a vector register.
macro_rules! floats {
    ($xmm:literal) => {
        [
            value!(concat!("movss ", $xmm, ", dword ptr [rax]")),
            value!(concat!("movsd ", $xmm, ", qword ptr [rax]")),
        ]
    };
}

/// Loads 4, 8, 16 or 32 bytes at the operand into a vector register.
macro_rules! vector_pieces {
    ($xmm:literal, $ymm:literal) => {
        [
            piece!(["r9", "r9d"], concat!("movss ", $xmm, ", dword ptr [rax]")),
            piece!(["r9", "r9d"], concat!("movsd ", $xmm, ", qword ptr [rax]")),
            piece!(
                ["r9", "r9d"],
                concat!("movups ", $xmm, ", xmmword ptr [rax]")
            ),
            piece!(
                ["r9", "r9d"],
                concat!("vmovups ", $ymm, ", ymmword ptr [rax]")
            ),
        ]
    };
}

/// Loads a `float` (0) or `double` (1) into a vector register.
pub(super) static LOAD_FLOAT: [[Stub; 2]; 8] = [
    floats!("xmm0"),
    floats!("xmm1"),
    floats!("xmm2"),
    floats!("xmm3"),
    floats!("xmm4"),
    floats!("xmm5"),
    floats!("xmm6"),
    floats!("xmm7"),
];

/// Loads 4 (0), 8 (1), 16 (2) or 32 (3) bytes at the operand into a vector register.
pub(super) static LOAD_VECTOR_PIECE: [[Stub; 4]; 8] = [
    vector_pieces!("xmm0", "ymm0"),
    vector_pieces!("xmm1", "ymm1"),
    vector_pieces!("xmm2", "ymm2"),
    vector_pieces!("xmm3", "ymm3"),
    vector_pieces!("xmm4", "ymm4"),
    vector_pieces!("xmm5", "ymm5"),
    vector_pieces!("xmm6", "ymm6"),
    vector_pieces!("xmm7", "ymm7"),
];

/// Pushes a scalar as one stack word.
pub(super) static PUSH_SCALAR: [Stub; 7] = scalars!("rax", "eax", "push rax");

/// Pushes 1 to 8 bytes at the operand as one stack word.
pub(super) static PUSH_PIECE: [Stub; 8] = pieces!("r9", "r9d", "push r9");

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

/// Leaves `operand` bytes of stack, at most a word, as padding.
pub(super) static RESERVE: Stub = stub!(
    ["mov eax, dword ptr [r10 + {operand}]", "sub rsp, rax"],
    operand = offset_of!(Step, operand)
);

/// Aligns the stack pointer down to `operand` bytes.
pub(super) static ALIGN: Stub = stub!(
    [
        "mov eax, dword ptr [r10 + {operand}]",
        "neg rax",
        "and rsp, rax"
    ],
    operand = offset_of!(Step, operand)
);

/// Begins a call without a frame.
///
/// At entry: `rdi` the address for the result, `rsi` the steps, `rdx` the arguments, `[rsp + 8]` the C function, in an
/// area of four words that belongs to the callee.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn enter() {
    naked_asm!(
        "endbr64",
        "mov r10, rsi",
        "mov r11, rdx",
        "jmp qword ptr [rsi]"
    )
}

/// Begins a call with a frame: as [`enter`].
///
/// ```text
/// [rbp + 16]  the C function
/// [rbp +  8]  return address
/// [rbp]       the caller's rbp
/// [rbp -  8]  the address for the result
/// [rbp - 16]  (padding)
///             stack arguments; rsp is a multiple of 16 at the call
/// ```
#[unsafe(naked)]
pub(super) unsafe extern "C" fn enter_framed() {
    naked_asm!(
        ".cfi_startproc",
        "endbr64",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "push rdi",
        "push rdi",
        "mov r10, rsi",
        "mov r11, rdx",
        "jmp qword ptr [rsi]",
        ".cfi_endproc",
    )
}

/// The last step without a frame: control leaves to the C function, which returns to the caller of [`enter`].
macro_rules! jump {
    ($($line:literal),* $(; $name:ident = $value:expr)*) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            naked_asm!("endbr64", $($line,)* "jmp qword ptr [rsp + 8]", $($name = const $value,)*)
        }
        stub
    }};
}

/// The last step with a frame: calls the C function, does `lines` to its result and leaves the frame.
macro_rules! call {
    ($($line:literal),*) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            naked_asm!(
                ".cfi_startproc",
                ".cfi_def_cfa rbp, 16",
                ".cfi_offset rbp, -16",
                "endbr64",
                // psABI 3.2.3: al bounds the number of vector registers used by a variadic call.
                "mov eax, dword ptr [r10 + {operand}]",
                "call qword ptr [rbp + 16]",
                $($line,)*
                "leave",
                ".cfi_def_cfa rsp, 8",
                "ret",
                ".cfi_endproc",
                operand = const offset_of!(Step, operand),
            )
        }
        stub
    }};
}

/// Jumps to the C function.
pub(super) static JUMP: Stub = jump!();

/// Jumps to the variadic C function with `operand` vector registers in use.
pub(super) static JUMP_VARIADIC: Stub =
    jump!("mov eax, dword ptr [r10 + {operand}]"; operand = offset_of!(Step, operand));

/// Calls the C function with `operand` vector registers in use; the result stays in its registers.
pub(super) static CALL: Stub = call!();

/// As [`CALL`], then stores 16 bytes of xmm0.
pub(super) static CALL_STORE_XMM: Stub = call!(
    "mov rax, qword ptr [rbp - 8]",
    "movups xmmword ptr [rax], xmm0"
);

/// As [`CALL`], then stores 32 bytes of ymm0.
pub(super) static CALL_STORE_YMM: Stub = call!(
    "mov rax, qword ptr [rbp - 8]",
    "vmovups ymmword ptr [rax], ymm0",
    "vzeroupper"
);

/// As [`CALL`], then stores the 10 bytes of st0.
pub(super) static CALL_STORE_X87: Stub =
    call!("mov rax, qword ptr [rbp - 8]", "fstp tbyte ptr [rax]");

/// As [`CALL`], then stores the 10 bytes each of st0 and st1, 16 bytes apart.
pub(super) static CALL_STORE_X87_PAIR: Stub = call!(
    "mov rax, qword ptr [rbp - 8]",
    "fstp tbyte ptr [rax]",
    "fstp tbyte ptr [rax + 16]"
);
