//! Frames that can be unwound: the directives that naked functions have to write themselves. DWARF's call frame
//! information everywhere but on Windows, which has structured exception handling.
//!
//! A frame is a return address and the caller's rbp, to which rbp points.

/// The body of a naked function `$this` with a frame: lines, then operands.
#[cfg(not(windows))]
macro_rules! framed_asm {
    ($this:ident, [$($line:expr),* $(,)?] $(, $($operand:tt)*)?) => {
        std::arch::naked_asm!(".cfi_startproc", $($line,)* ".cfi_endproc", $($($operand)*)?)
    };
}

/// The body of a naked function `$this` with a frame: lines, then operands.
#[cfg(windows)]
macro_rules! framed_asm {
    ($this:ident, [$($line:expr),* $(,)?] $(, $($operand:tt)*)?) => {
        std::arch::naked_asm!(
            ".seh_proc {this}", $($line,)* ".seh_endproc", this = sym $this, $($($operand)*)?
        )
    };
}

/// Makes a frame; `rsp` may then move as it likes.
#[cfg(not(windows))]
macro_rules! push_frame {
    () => {
        "push rbp
         .cfi_def_cfa_offset 16
         .cfi_offset rbp, -16
         mov rbp, rsp
         .cfi_def_cfa_register rbp"
    };
}

/// Makes a frame; `rsp` may then move as it likes.
#[cfg(windows)]
macro_rules! push_frame {
    () => {
        "push rbp
         .seh_pushreg rbp
         mov rbp, rsp
         .seh_setframe rbp, 0
         .seh_endprologue"
    };
}

/// Goes on in the frame that another function made.
#[cfg(not(windows))]
macro_rules! continue_frame {
    () => {
        ".cfi_def_cfa rbp, 16
         .cfi_offset rbp, -16"
    };
}

/// Goes on in the frame that another function made.
#[cfg(windows)]
macro_rules! continue_frame {
    () => {
        ".seh_pushreg rbp
         .seh_setframe rbp, 0
         .seh_endprologue"
    };
}

/// Leaves the frame and returns.
#[cfg(not(windows))]
macro_rules! pop_frame {
    () => {
        "leave
         .cfi_def_cfa rsp, 8
         ret"
    };
}

/// Leaves the frame and returns.
#[cfg(windows)]
macro_rules! pop_frame {
    () => {
        "leave
         ret"
    };
}

/// Leaves the frame, whose rbp is `$size` bytes above rsp, and returns.
///
/// Not by way of rbp: the callee may just have loaded it back, and all that uses the stack would wait for that.
#[cfg(not(windows))]
macro_rules! pop_fixed_frame {
    ($size:literal) => {
        concat!(
            "add rsp, ",
            $size,
            "\npop rbp
             .cfi_def_cfa rsp, 8
             ret"
        )
    };
}

/// Leaves the frame, whose rbp is `$size` bytes above rsp, and returns.
#[cfg(windows)]
macro_rules! pop_fixed_frame {
    ($size:literal) => {
        concat!("add rsp, ", $size, "\npop rbp\nret")
    };
}

pub(super) use {continue_frame, framed_asm, pop_fixed_frame, pop_frame, push_frame};
