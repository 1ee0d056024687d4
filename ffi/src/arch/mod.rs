//! The only assembly: one module per processor, all with the same names.
//!
//! | name | what it is |
//! |---|---|
//! | `Program` | the steps of a prepared call |
//! | `Program::compile` | from a plan to steps |
//! | `Program::run` | makes the call and stores the result |
//! | `Program::scalar` | makes the call and returns the result, which fits into a register |
//! | `Image` | a call whose arguments are kept as registers and stack words; not for every plan |
//! | `Image::run`, `Image::scalar` | as those of `Program` |
//! | `Entry`, `callback_entry` | the code that a trampoline continues with |
//! | `DataEntry`, `data_entry` | the same for typed callbacks |
//! | `Handler`, `handler`, `host_handler` | the Rust function that an entry calls, by convention |
//! | `CallbackFrame` | what that code saves; `place_offset` and `upper_half_offset` find a place in it |
//! | `trampoline` | the address of the trampoline of a slot |
//!
//! [`Slot`]s are the data of the trampolines, the same for every processor.
//!
//! Modules are chosen by processor alone: a Windows function can be called on x86-64 Linux. Miri, which runs no assembly,
//! counts as a processor without.

/// The result of a call as an `$R`, a scalar or `()`, out of the register that it comes back in: `$call!(T)` is a call
/// whose result is a `T`.
///
/// # Safety
/// The register holds an `$R`.
#[cfg(all(not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
macro_rules! scalar_result {
    ($R:ty, $call:ident) => {{
        use std::mem::{MaybeUninit, transmute_copy};
        if <$R>::KIND == crate::c_type::Kind::Void {
            let nothing: () = $call!(());
            // SAFETY: `$R` is `()`, by its kind.
            unsafe { transmute_copy::<(), $R>(&nothing) }
        } else if <$R>::KIND.is_float() {
            let register = $call!(MaybeUninit<f64>);
            // SAFETY: the register's low bytes are the value.
            unsafe { transmute_copy::<MaybeUninit<f64>, $R>(&register) }
        } else {
            let register = $call!(MaybeUninit<u64>);
            // SAFETY: the register's low bytes are the value.
            unsafe { transmute_copy::<MaybeUninit<u64>, $R>(&register) }
        }
    }};
}

#[cfg(all(not(miri), target_arch = "x86_64"))]
mod x86_64;
#[cfg(all(not(miri), target_arch = "x86_64"))]
pub(crate) use x86_64::*;

#[cfg(all(
    not(miri),
    target_arch = "aarch64",
    target_endian = "little",
    target_pointer_width = "64"
))]
mod aarch64;
#[cfg(all(
    not(miri),
    target_arch = "aarch64",
    target_endian = "little",
    target_pointer_width = "64"
))]
pub(crate) use aarch64::*;

#[cfg(any(
    miri,
    not(any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_endian = "little", target_pointer_width = "64")
    ))
))]
mod unsupported;
#[cfg(any(
    miri,
    not(any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_endian = "little", target_pointer_width = "64")
    ))
))]
pub(crate) use unsupported::*;

mod slot;
pub(crate) use slot::{SLOT_COUNT, SLOTS, Slot};

/// What a register gets: of a struct with padding, some of it may be uninitialised.
pub(crate) type Word = std::mem::MaybeUninit<u64>;

/// What receives the calls of a callback.
///
/// # Safety
/// `receive` returns what belongs into the integer result register; it does not unwind unless its callback may.
pub(crate) unsafe trait Receive {
    /// # Safety
    /// `data` is what the slot was claimed with, `frame` the arguments of a call of the callback's plan.
    unsafe fn receive(data: *const (), frame: *mut CallbackFrame) -> Word;
}
