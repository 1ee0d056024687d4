//! Calls of functions whose signature is known at run time.

mod errno;
mod frame;
#[cfg(feature = "declare")]
mod register;

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::mem::MaybeUninit;
use std::sync::Arc;

use crate::abi::{Abi, Plan, ResultPlan};
use crate::arch::Program;
use crate::arg::Arg;
use crate::c_type::{CType, Described, Kind};
use crate::{CodePtr, Error, Signature};
pub use errno::ErrorNumbers;
pub use frame::{Frame, Slot};

/// A prepared call: made once for a signature, called many times, from any thread.
///
/// Calling takes no lock and allocates nothing. Cloning is cheap.
///
/// ```
/// use ffi::{Arg, CallInterface, CodePtr, Signature, Type};
/// extern "C" fn scale(value: i32, factor: f64) -> f64 {
///     f64::from(value) * factor
/// }
/// let interface = CallInterface::new(&Signature::new([Type::I32, Type::F64], Type::F64)?)?;
/// let code = CodePtr::new(scale as *const _).expect("functions are not null");
/// // SAFETY: `scale` has this signature.
/// let product: f64 = unsafe { interface.call(code, &[Arg::new(&21), Arg::new(&2.0)])? };
/// assert_eq!(product, 42.0);
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone)]
pub struct CallInterface(Arc<Prepared>);

struct Prepared {
    program: Program,
    parameters: usize,
    result_size: usize,
    result_kind: Kind,
    result_described: Described,
    signature: Signature,
    plan: Plan,
}

impl CallInterface {
    /// Prepares calls under the host's own convention, [`Abi::HOST`].
    ///
    /// # Errors
    /// As [`CallInterface::with_abi`].
    pub fn new(signature: &Signature) -> Result<CallInterface, Error> {
        CallInterface::with_abi(Abi::HOST, signature)
    }

    /// Prepares calls under a convention.
    ///
    /// # Errors
    /// [`Error::NoMeaning`] and [`Error::TooLarge`] for what the convention cannot pass,
    /// [`Error::UnsupportedPlatform`] for a convention that this processor cannot call.
    pub fn with_abi(abi: Abi, signature: &Signature) -> Result<CallInterface, Error> {
        let mut plan = Plan::empty(abi, signature);
        plan.fill(signature)?;
        let program = Program::compile(&plan)?;
        // Written where it stays, as the plan.
        let interface = Arc::<Prepared>::new_uninit();
        let prepared = Prepared {
            program,
            parameters: signature.parameters().len(),
            result_size: signature.returns().size(),
            result_kind: Kind::of(signature.returns()),
            result_described: Described::default(),
            signature: signature.clone(),
            plan,
        };
        // SAFETY: nobody else has it yet.
        unsafe { Arc::as_ptr(&interface).cast::<Prepared>().cast_mut().write(prepared) };
        // SAFETY: it was just written.
        Ok(CallInterface(unsafe { interface.assume_init() }))
    }

    /// The signature it was prepared for.
    pub fn signature(&self) -> &Signature {
        &self.0.signature
    }

    /// Where arguments and result travel.
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// Calls `code` and returns its result as an `R`.
    ///
    /// # Errors
    /// [`Error::ArgumentCount`] for another number of arguments than the signature has, [`Error::TypeMismatch`] where
    /// `R` is not the signature's result type.
    ///
    /// # Safety
    /// `code` is a function of this signature and convention; each argument holds a value of its parameter's type; what
    /// the function returns is a valid `R`; the call itself is sound. The callee may unwind: a foreign exception or a
    /// panic passes through.
    // Always, because a struct returned by a function of its own would be copied once more.
    #[inline(always)]
    pub unsafe fn call<R: CType>(&self, code: CodePtr, arguments: &[Arg<'_>]) -> Result<R, Error> {
        if !self.returns::<R>() || arguments.len() != self.0.parameters {
            return Err(self.refusal::<R>(arguments.len()));
        }
        let program = &self.0.program;
        if R::KIND != Kind::Composite {
            // SAFETY: the caller's contract, the number of arguments is right, and the result is the scalar `R`.
            return Ok(unsafe { program.scalar(code.as_ptr(), arguments.as_ptr()) });
        }
        let mut result = MaybeUninit::<R>::uninit();
        let place = result.as_mut_ptr().cast();
        // SAFETY: the caller's contract, and the number of arguments is right; the result has the size of an `R`.
        unsafe { program.run(code.as_ptr(), arguments.as_ptr(), place) };
        // SAFETY: the call has stored a result of R's C type.
        Ok(unsafe { stored(&result) })
    }

    /// Whether an `R` is what the signature returns.
    #[inline(always)]
    pub(crate) fn returns<R: CType>(&self) -> bool {
        self.0.result_described.is::<R>(self.0.result_kind, self.0.signature.returns())
    }

    /// Why a call with so many arguments, or for an `R`, is not made.
    #[cold]
    #[inline(never)]
    pub(crate) fn refusal<R: CType>(&self, found: usize) -> Error {
        let expected = self.0.signature.returns();
        if !self.returns::<R>() {
            let (place, expected) = ("the result".into(), expected.clone());
            return Error::TypeMismatch { place, expected, found: R::c_type() };
        }
        Error::ArgumentCount { expected: self.0.parameters, found }
    }

    /// Calls `code` and stores its result, at exactly its size, at `result`; a null `result` discards it.
    ///
    /// # Errors
    /// [`Error::ArgumentCount`] for another number of arguments than the signature has.
    ///
    /// # Safety
    /// As [`CallInterface::call`]; `result` is null or writable for the size of the result, aligned or not. (A result
    /// that travels in memory is written by the callee itself, which may rely on the alignment of its type.)
    #[inline]
    pub unsafe fn call_into(
        &self,
        code: CodePtr,
        arguments: &[Arg<'_>],
        result: *mut c_void,
    ) -> Result<(), Error> {
        let prepared = &*self.0;
        if arguments.len() != prepared.parameters {
            return Err(wrong_count(prepared.parameters, arguments.len()));
        }
        if result.is_null() && prepared.result_size != 0 {
            // SAFETY: the caller's contract.
            unsafe { self.discard(code, arguments) };
            return Ok(());
        }
        // SAFETY: the caller's contract, and the number of arguments is right.
        unsafe { prepared.program.run(code.as_ptr(), arguments.as_ptr(), result.cast()) };
        Ok(())
    }

    /// Calls with a buffer for the result that is thrown away: on the stack, or for one of more than 1 KiB on the heap.
    ///
    /// # Safety
    /// As [`CallInterface::call`], the number of arguments checked.
    #[cold]
    unsafe fn discard(&self, code: CodePtr, arguments: &[Arg<'_>]) {
        #[repr(C, align(64))]
        struct Buffer([MaybeUninit<u8>; 1024]);
        let prepared = &*self.0;
        let alignment = prepared.signature.returns().alignment();
        if prepared.result_size <= size_of::<Buffer>() && alignment <= align_of::<Buffer>() {
            let mut buffer = Buffer([MaybeUninit::uninit(); 1024]);
            // SAFETY: the caller's contract; the buffer is large enough.
            unsafe {
                prepared.program.run(
                    code.as_ptr(),
                    arguments.as_ptr(),
                    buffer.0.as_mut_ptr().cast(),
                )
            };
        } else {
            let mut buffer = vec![0u8; prepared.result_size + alignment];
            let padding = buffer.as_ptr().align_offset(alignment);
            let start = buffer[padding..].as_mut_ptr();
            // SAFETY: the caller's contract; the buffer is large enough and aligned.
            unsafe { prepared.program.run(code.as_ptr(), arguments.as_ptr(), start) };
        }
    }

    /// Whether the result travels in memory that the caller provides.
    pub fn result_in_memory(&self) -> bool {
        matches!(self.0.plan.result, ResultPlan::Memory { .. })
    }
}

impl Debug for CallInterface {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "CallInterface({} under {})", self.0.signature, self.0.plan.abi)
    }
}

/// The result that a call has just stored.
///
/// A small one is read in pieces of its alignment, which volatile reads keep apart. A wider load, as structs are moved by,
/// would wait until the stores of its parts have reached the cache: longer than the call takes.
///
/// # Safety
/// It is an `R`.
#[inline(always)]
pub(crate) unsafe fn stored<R>(result: &MaybeUninit<R>) -> R {
    macro_rules! copied_by {
        ($piece:ty) => {{
            let mut copy = MaybeUninit::<R>::uninit();
            let from = result.as_ptr().cast::<MaybeUninit<$piece>>();
            let to = copy.as_mut_ptr().cast::<MaybeUninit<$piece>>();
            for index in 0..size_of::<R>() / size_of::<$piece>() {
                // SAFETY: a piece of the result, whose alignment is no less.
                let piece = unsafe { from.add(index).read_volatile() };
                // SAFETY: as above.
                unsafe { to.add(index).write(piece) };
            }
            copy
        }};
    }
    let result = match (align_of::<R>(), size_of::<R>()) {
        (8.., ..=64) => copied_by!(u64),
        (4, ..=32) => copied_by!(u32),
        // SAFETY: as uninitialised bytes, anything can be read.
        _ => unsafe { std::ptr::from_ref(result).read() },
    };
    // SAFETY: the caller's contract.
    unsafe { result.assume_init() }
}

#[cold]
fn wrong_count(expected: usize, found: usize) -> Error {
    Error::ArgumentCount { expected, found }
}
