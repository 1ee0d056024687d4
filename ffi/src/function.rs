//! Functions whose signature is known at compile time.

mod macros;

use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;
use std::ops::Deref;

use crate::c_type::CType;
use crate::library::{Library, Symbol};
use crate::types::Type;
use crate::{CodePtr, Error, Signature};

/// A function of a library, called through its Rust type: nothing is prepared, nothing checked at the call, nothing
/// added to a direct call. It borrows the library, which therefore stays open.
///
/// Made by [`Library::function`]. It dereferences to the function pointer, whose calls are `unsafe`: a copy of the pointer
/// does not borrow the library, so whoever calls it also sees to it that the library is open.
#[derive(Clone, Copy)]
pub struct Function<'library, F> {
    function: F,
    library: PhantomData<&'library Library>,
}

impl<'library, F: UnsafeFunctionPointer> Function<'library, F> {
    /// # Safety
    /// The symbol is a function of the signature `F`.
    pub(crate) unsafe fn new(symbol: Symbol<'library>) -> Function<'library, F> {
        // SAFETY: the caller's contract.
        let function = unsafe { F::from_code(symbol.code()) };
        Function { function, library: PhantomData }
    }

    /// For `library!`: a function that [`Library::function`] has found.
    ///
    /// # Safety
    /// It is one of the library.
    #[doc(hidden)]
    #[inline]
    pub unsafe fn found_in(_: &'library Library, function: F) -> Function<'library, F> {
        Function { function, library: PhantomData }
    }

    /// Its signature, as a run-time value.
    ///
    /// # Errors
    /// As [`Signature::new`]; a function of numbers and pointers has none.
    pub fn signature(&self) -> Result<Signature, Error> {
        F::signature()
    }
}

impl Library {
    /// A function whose signature is known at compile time; calling it costs what a direct call costs.
    ///
    /// # Errors
    /// As [`Library::address`].
    ///
    /// # Safety
    /// The symbol is a function of the signature `F`.
    pub unsafe fn function<F: UnsafeFunctionPointer>(
        &self,
        symbol: &str,
    ) -> Result<Function<'_, F>, Error> {
        let symbol = self.symbol(symbol)?;
        // SAFETY: the caller's contract.
        Ok(unsafe { Function::new(symbol) })
    }
}

impl<F> Deref for Function<'_, F> {
    type Target = F;

    #[inline]
    fn deref(&self) -> &F {
        &self.function
    }
}

impl<F: FunctionPointer> Debug for Function<'_, F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Function({:?})", self.function.code())
    }
}

/// A pointer to a C function: `unsafe extern "C" fn(A, …) -> R`, also without `unsafe`, also `"C-unwind"` and
/// `"system"`, of up to 16 parameters whose types have a [`CType`]; and `unsafe extern "C" fn(A, …, ...) -> R`.
///
/// # Safety
/// Implementors are function pointers, and [`signature`](FunctionPointer::signature) is theirs.
pub unsafe trait FunctionPointer: Copy {
    /// The signature, as a run-time value; of a variadic function that of its declared parameters.
    ///
    /// # Errors
    /// As [`Signature::new`].
    fn signature() -> Result<Signature, Error>;

    /// The function at an address.
    ///
    /// # Safety
    /// There is a function of this signature for as long as a copy of the pointer can be called: if it is not an `unsafe`
    /// one, by safe code.
    unsafe fn from_code(code: CodePtr) -> Self;

    /// The address of the function.
    fn code(self) -> CodePtr;
}

/// A [`FunctionPointer`] whose calls are `unsafe`: the pointer to a function of a library, which can be copied and can
/// outlive the library.
///
/// ```compile_fail,E0277
/// let pow = {
///     let libm = unsafe { ffi::Library::open("libm.so.6") }?;
///     *unsafe { libm.function::<extern "C" fn(f64, f64) -> f64>("pow") }?
/// };
/// pow(2.0, 10.0);
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// # Safety
/// No safe code can call an implementor.
#[diagnostic::on_unimplemented(
    message = "a function of a library is no `{Self}`",
    note = "safe code could call a copy when the library is gone: write `unsafe extern`"
)]
pub unsafe trait UnsafeFunctionPointer: FunctionPointer {}

macro_rules! unsafe_pointer {
    ($fn:ty, $($p:ident)*) => {
        // SAFETY: the type says `unsafe`.
        unsafe impl<R: CType, $($p: CType),*> UnsafeFunctionPointer for $fn {}
    };
}

macro_rules! function_pointer {
    ($fn:ty, $($p:ident)*) => {
        function_pointer!($fn, $($p)*; parameters => Signature::new(parameters, R::c_type()));
    };
    ($fn:ty, $($p:ident)*; $parameters:ident => $signature:expr) => {
        // SAFETY: a function pointer, and its signature by `CType`.
        unsafe impl<R: CType, $($p: CType),*> FunctionPointer for $fn {
            fn signature() -> Result<Signature, Error> {
                let $parameters: Vec<Type> = vec![$($p::c_type()),*];
                $signature
            }

            #[inline]
            unsafe fn from_code(code: CodePtr) -> $fn {
                const {
                    assert!(
                        R::RUST_PASSES_IT $(&& $p::RUST_PASSES_IT)*,
                        "Rust passes some type of this function otherwise than C: call through a `CallInterface`"
                    );
                }
                // SAFETY: the caller's contract; both are one address.
                unsafe { std::mem::transmute::<CodePtr, $fn>(code) }
            }

            #[inline]
            fn code(self) -> CodePtr {
                // SAFETY: both are one address, which is not null.
                unsafe { std::mem::transmute::<$fn, CodePtr>(self) }
            }
        }
    };
}

macro_rules! variadic_pointers {
    () => {};
    ($($p:ident)*) => {
        function_pointer!(unsafe extern "C" fn($($p),*, ...) -> R, $($p)*; parameters => {
            let fixed = parameters.len();
            Signature::variadic(parameters, fixed, R::c_type())
        });
        unsafe_pointer!(unsafe extern "C" fn($($p),*, ...) -> R, $($p)*);
    };
}

macro_rules! of_convention {
    ($abi:literal, $($p:ident)*) => {
        function_pointer!(unsafe extern $abi fn($($p),*) -> R, $($p)*);
        unsafe_pointer!(unsafe extern $abi fn($($p),*) -> R, $($p)*);
        function_pointer!(extern $abi fn($($p),*) -> R, $($p)*);
    };
}

macro_rules! function_pointers {
    ($($p:ident)*) => {
        variadic_pointers!($($p)*);
        of_convention!("C", $($p)*);
        of_convention!("C-unwind", $($p)*);
        of_convention!("system", $($p)*);
    };
}

macro_rules! up_to {
    ($($p:ident)*; ) => { function_pointers!($($p)*); };
    ($($p:ident)*; $next:ident $($rest:ident)*) => {
        function_pointers!($($p)*);
        up_to!($($p)* $next; $($rest)*);
    };
}

up_to!(; A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);
