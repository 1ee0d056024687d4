//! Prepared calls.

use std::ffi::c_void;
use std::mem::transmute;

use super::compile::compile;
use super::returns::{Returns, enter_for};
use super::stubs::{self, Step, Stub};
use crate::Error;
use crate::abi::{Abi, Piece, Place, Plan};
use crate::arg::Arg;
use crate::c_type::CType;

/// The steps of a prepared call.
#[derive(Debug)]
pub(crate) struct Program {
    /// The first stub; none where nothing is to be loaded, and the C function is called at once.
    enter: Option<Stub>,
    returns: Returns,
    steps: Vec<Step>,
}

impl Program {
    /// Chooses the stubs for a plan.
    ///
    /// # Errors
    /// [`Error::UnsupportedPlatform`] for a convention of another processor, or a vector register this one lacks.
    pub(crate) fn compile(plan: &Plan) -> Result<Program, Error> {
        if !matches!(plan.abi, Abi::SysV64 | Abi::Win64) {
            return Err(unsupported(plan));
        }
        let (returns, last) = Returns::of(plan);
        let wide = |piece: &Piece| matches!(piece.place, Place::Vector(_)) && piece.size > 16;
        let wide_result =
            last.is_some_and(|stub| std::ptr::fn_addr_eq(stub, stubs::CALL_STORE_YMM));
        if (wide_result || plan.moves.iter().any(|step| wide(&step.piece)))
            && !std::arch::is_x86_feature_detected!("avx")
        {
            return Err(unsupported(plan));
        }
        let (enter, steps) = compile(plan, last);
        Ok(Program { enter, returns, steps })
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

fn unsupported(plan: &Plan) -> Error {
    Error::UnsupportedPlatform { abi: plan.abi, architecture: "x86_64" }
}
