//! Calls whose arguments are converted once, and made again and again.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use super::convert::Memory;
use super::plan::{CallPlan, Converted};
use crate::call::ErrorNumbers;
use crate::{CallInterface, CodePtr, Library, Value};

/// A call whose arguments have been checked and converted, to be made once or again and again; made by
/// [`Declared::prepare`](crate::Declared::prepare).
#[derive(Debug)]
pub struct PreparedCall<'a> {
    plan: Arc<CallPlan>,
    code: CodePtr,
    call: Converted<'static, 'a>,
    /// It keeps the code where it is.
    library: Option<Library>,
}

/// What a call leaves behind: copies of its arguments, which C may have returned pointers into; made by
/// [`PreparedCall::finish`].
pub struct FinishedCall {
    #[expect(dead_code, reason = "C's pointers may lead there")]
    memory: Memory<'static>,
    library: Option<Library>,
}

impl<'a> PreparedCall<'a> {
    pub(super) fn new(
        plan: Arc<CallPlan>,
        code: CodePtr,
        call: Converted<'static, 'a>,
        library: Option<Library>,
    ) -> PreparedCall<'a> {
        PreparedCall { plan, code, call, library }
    }

    /// How it is called.
    pub fn interface(&self) -> &CallInterface {
        self.call.interface(&self.plan)
    }

    /// Makes the call and stores what C left in out-parameters.
    ///
    /// Copies that were made of arguments stay as C left them for the next call.
    ///
    /// # Safety
    /// As [`Declared::call`](crate::Declared::call).
    pub unsafe fn call(&mut self) -> Value {
        // SAFETY: the plan is that of the code; for the declaration and the arguments, the caller answers.
        unsafe { self.call.run(&self.plan, self.code, None) };
        // SAFETY: the call was just made.
        unsafe { self.call.take(&self.plan) }
    }

    /// As [`PreparedCall::call`], with error numbers as for
    /// [`Declared::call_with_errno`](crate::Declared::call_with_errno).
    ///
    /// # Safety
    /// As [`Declared::call`](crate::Declared::call).
    pub unsafe fn call_with_errno(&mut self, numbers: &mut ErrorNumbers) -> Value {
        // SAFETY: the plan is that of the code; for the declaration and the arguments, the caller answers.
        unsafe { self.call.run(&self.plan, self.code, Some(numbers)) };
        // SAFETY: the call was just made.
        unsafe { self.call.take(&self.plan) }
    }

    /// Makes the call so many times; results are dropped, out-parameters stay as they are.
    ///
    /// # Safety
    /// As [`Declared::call`](crate::Declared::call), for every one of the calls.
    pub unsafe fn repeat(&mut self, times: u64) {
        for _ in 0..times {
            // SAFETY: the plan is that of the code; for the declaration and the arguments, the caller answers.
            unsafe { self.call.run(&self.plan, self.code, None) };
        }
    }

    /// Gives the out-parameters' places back, and keeps what pointers that C returned may lead to.
    pub fn finish(self) -> FinishedCall {
        FinishedCall { memory: self.call.into_memory(), library: self.library }
    }
}

impl Debug for FinishedCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "FinishedCall(of {:?})", self.library.as_ref().map(Library::path))
    }
}
