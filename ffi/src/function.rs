//! Functions whose signature is known at compile time.

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
/// Made by [`Library::function`]. It dereferences to the function pointer.
#[derive(Clone, Copy)]
pub struct Function<'library, F> {
    function: F,
    library: PhantomData<&'library Library>,
}

impl<'library, F: FunctionPointer> Function<'library, F> {
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
    /// There is a function of this signature.
    unsafe fn from_code(code: CodePtr) -> Self;

    /// The address of the function.
    fn code(self) -> CodePtr;
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
    };
}

macro_rules! function_pointers {
    ($($p:ident)*) => {
        variadic_pointers!($($p)*);
        function_pointer!(unsafe extern "C" fn($($p),*) -> R, $($p)*);
        function_pointer!(extern "C" fn($($p),*) -> R, $($p)*);
        function_pointer!(unsafe extern "C-unwind" fn($($p),*) -> R, $($p)*);
        function_pointer!(extern "C-unwind" fn($($p),*) -> R, $($p)*);
        function_pointer!(unsafe extern "system" fn($($p),*) -> R, $($p)*);
        function_pointer!(extern "system" fn($($p),*) -> R, $($p)*);
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
