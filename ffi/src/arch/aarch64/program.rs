//! Prepared calls.

use std::ffi::c_void;
use std::mem::transmute;

use super::compile::compile;
use super::returns::{Returns, enter_for};
use super::stubs::{Step, Stub};
use crate::Error;
use crate::abi::{Abi, Plan};
use crate::arg::Arg;
use crate::c_type::CType;

/// The steps of a prepared call.
#[derive(Debug)]
pub(crate) struct Program {
    /// The first stub; none where nothing is to be loaded, and the C function is called at once.
    enter: Option<Stub>,
    returns: Returns,
    steps: Box<[Step]>,
}

impl Program {
    /// Chooses the stubs for a plan.
    ///
    /// # Errors
    /// [`Error::UnsupportedPlatform`] for a convention of another processor.
    pub(crate) fn compile(plan: &Plan) -> Result<Program, Error> {
        if !is_of_this_processor(plan.abi) {
            return Err(unsupported(plan));
        }
        let (returns, last) = Returns::of(plan);
        let (enter, steps) = compile(plan, last);
        Ok(Program { enter, returns, steps: steps.into_boxed_slice() })
    }

    /// Makes the call and stores the result at exactly its size.
    ///
    /// # Safety
    /// `code` is a function of the plan's signature and convention, and the call is sound. `arguments` points to as many
    /// valid arguments as the plan has. `result` is writable for the size of the result (dangling if that is 0).
    #[inline]
    pub(crate) unsafe fn run(
        &self,
        code: *const c_void,
        arguments: *const Arg<'_>,
        result: *mut u8,
    ) {
        let enter = self.enter.map_or(code, |stub| stub as *const c_void);
        let steps = self.steps.as_ptr().cast();
        // SAFETY: the steps carry out the plan of the returns; the rest is the caller's contract.
        unsafe { self.returns.call(enter, steps, arguments.cast(), code, result) }
    }

    /// Makes the call and returns the result.
    ///
    /// # Safety
    /// As for [`Program::run`], where the result is an `R`, a scalar or `()`.
    #[inline(always)]
    pub(crate) unsafe fn scalar<R: CType>(
        &self,
        code: *const c_void,
        arguments: *const Arg<'_>,
    ) -> R {
        let Some(enter) = self.enter else {
            macro_rules! call {
                ($result:ty) => {{
                    // SAFETY: nothing is to be loaded: it has no arguments, and its result is in the register of
                    // `$result`, which all conventions have in common.
                    let function = unsafe {
                        transmute::<*const c_void, unsafe extern "C-unwind" fn() -> $result>(code)
                    };
                    // SAFETY: the caller's contract.
                    unsafe { function() }
                }};
            }
            return scalar_result!(R, call);
        };
        // SAFETY: the steps carry out the plan of the result; the rest is the caller's contract.
        unsafe {
            enter_for(enter as *const c_void, self.steps.as_ptr().cast(), arguments.cast(), code)
        }
    }
}

pub(super) fn is_of_this_processor(abi: Abi) -> bool {
    matches!(abi, Abi::Aapcs64 | Abi::AppleArm64 | Abi::WindowsArm64)
}

pub(super) fn unsupported(plan: &Plan) -> Error {
    Error::UnsupportedPlatform { abi: plan.abi, architecture: "aarch64" }
}
