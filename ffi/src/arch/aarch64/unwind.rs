//! Unwind information of hand-written frames: as DWARF call frame information, or as Windows' unwind codes.
//!
//! Windows' codes stand for the instructions of a prologue one by one, and the assembler counts them: each macro belongs
//! directly behind its instruction. `{this}` is the function itself.

/// Begins a function.
#[cfg(not(windows))]
macro_rules! begin {
    () => {
        ".cfi_startproc // {this}"
    };
}

/// Behind `bti c`.
#[cfg(not(windows))]
macro_rules! landed {
    () => {
        ""
    };
}

/// Behind `stp x29, x30, [sp, #-16]!`.
#[cfg(not(windows))]
macro_rules! pushed_frame_record {
    () => {
        ".cfi_def_cfa_offset 16
         .cfi_offset x30, -8
         .cfi_offset x29, -16"
    };
}

/// Behind `mov x29, sp`, which ends the prologue.
#[cfg(not(windows))]
macro_rules! has_frame_pointer {
    () => {
        ".cfi_def_cfa x29, 16"
    };
}

/// Instead of the prologue, in a function that goes on in the frame of another.
#[cfg(not(windows))]
macro_rules! in_frame {
    () => {
        ".cfi_def_cfa x29, 16
         .cfi_offset x30, -8
         .cfi_offset x29, -16"
    };
}

/// The epilogue, but for `ret`.
#[cfg(not(windows))]
macro_rules! leave {
    () => {
        "mov sp, x29
         ldp x29, x30, [sp], #16
         .cfi_def_cfa sp, 0
         .cfi_restore x30
         .cfi_restore x29"
    };
}

/// Ends a function.
#[cfg(not(windows))]
macro_rules! end {
    () => {
        ".cfi_endproc"
    };
}

#[cfg(windows)]
macro_rules! begin {
    () => {
        ".seh_proc {this}"
    };
}

#[cfg(windows)]
macro_rules! landed {
    () => {
        ".seh_nop"
    };
}

#[cfg(windows)]
macro_rules! pushed_frame_record {
    () => {
        ".seh_save_fplr_x 16"
    };
}

#[cfg(windows)]
macro_rules! has_frame_pointer {
    () => {
        ".seh_set_fp
         .seh_endprologue"
    };
}

#[cfg(windows)]
macro_rules! in_frame {
    () => {
        "nop
         .seh_save_fplr_x 16
         nop
         .seh_set_fp
         .seh_endprologue"
    };
}

#[cfg(windows)]
macro_rules! leave {
    () => {
        ".seh_startepilogue
         mov sp, x29
         .seh_set_fp
         ldp x29, x30, [sp], #16
         .seh_save_fplr_x 16
         .seh_endepilogue"
    };
}

#[cfg(windows)]
macro_rules! end {
    () => {
        ".seh_endproc"
    };
}

pub(super) use {begin, end, has_frame_pointer, in_frame, landed, leave, pushed_frame_record};
