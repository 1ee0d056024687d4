//! Frames that can be unwound: the directives that naked functions have to write themselves. DWARF's call frame
//! information everywhere but on Windows, which has unwind codes.
//!
//! A frame is a frame record, the caller's x29 and the return address, to which x29 points.
//!
//! Windows' codes stand for the instructions of a prologue one by one: each directive belongs directly behind its
//! instruction, `bti c` included.

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

/// Begins a function with a frame; `sp` may then move as it likes.
#[cfg(not(windows))]
macro_rules! push_frame {
    () => {
        "bti c
         stp x29, x30, [sp, #-16]!
         .cfi_def_cfa_offset 16
         .cfi_offset x30, -8
         .cfi_offset x29, -16
         mov x29, sp
         .cfi_def_cfa x29, 16"
    };
}

/// Begins a function with a frame; `sp` may then move as it likes.
#[cfg(windows)]
macro_rules! push_frame {
    () => {
        "bti c
         .seh_nop
         stp x29, x30, [sp, #-16]!
         .seh_save_fplr_x 16
         mov x29, sp
         .seh_set_fp
         .seh_endprologue"
    };
}

/// Begins a function that goes on in the frame that another function made.
#[cfg(not(windows))]
macro_rules! continue_frame {
    () => {
        "bti c
         .cfi_def_cfa x29, 16
         .cfi_offset x30, -8
         .cfi_offset x29, -16"
    };
}

/// Begins a function that goes on in the frame that another function made: where that one's prologue had instructions,
/// this one has `nop`.
#[cfg(windows)]
macro_rules! continue_frame {
    () => {
        "bti c
         .seh_nop
         nop
         .seh_save_fplr_x 16
         nop
         .seh_set_fp
         .seh_endprologue"
    };
}

/// Leaves the frame and returns.
#[cfg(not(windows))]
macro_rules! pop_frame {
    () => {
        "mov sp, x29
         ldp x29, x30, [sp], #16
         .cfi_def_cfa sp, 0
         .cfi_restore x30
         .cfi_restore x29
         ret"
    };
}

/// Leaves the frame and returns.
#[cfg(windows)]
macro_rules! pop_frame {
    () => {
        ".seh_startepilogue
         mov sp, x29
         .seh_set_fp
         ldp x29, x30, [sp], #16
         .seh_save_fplr_x 16
         .seh_endepilogue
         ret"
    };
}

pub(super) use {continue_frame, framed_asm, pop_frame, push_frame};
