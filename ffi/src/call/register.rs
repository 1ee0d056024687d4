//! Calls whose result is taken as the register that it came in.

use super::CallInterface;
use crate::CodePtr;
use crate::arg::Arg;
use crate::c_type::Kind;

impl CallInterface {
    /// Calls `code`; returns the register of its result, which is no composite. The low bytes of the word are the result.
    ///
    /// # Safety
    /// As [`CallInterface::call`], with an argument for each parameter.
    #[inline(always)]
    pub(crate) unsafe fn call_register(&self, code: CodePtr, arguments: &[Arg<'_>]) -> u64 {
        debug_assert_eq!(arguments.len(), self.0.parameters);
        let (program, code, arguments) = (&self.0.program, code.as_ptr(), arguments.as_ptr());
        if self.0.result_kind.is_float() {
            // SAFETY: the caller's contract; the register's low bytes are the result.
            unsafe { program.scalar::<f64>(code, arguments) }.to_bits()
        } else if self.0.result_kind != Kind::Void {
            // SAFETY: as above.
            unsafe { program.scalar::<u64>(code, arguments) }
        } else {
            // SAFETY: as above; there is no result.
            unsafe { program.scalar::<()>(code, arguments) };
            0
        }
    }
}
