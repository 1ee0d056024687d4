//! Callbacks of signatures known at compile time: C's call arrives in a Rust function of that signature. Nothing is
//! decoded.
//!
//! That function needs the closure, too. It has one more parameter than C passes arguments: the callback's data, which
//! the entry puts into the first register that no argument takes.

use std::mem::MaybeUninit;

use super::incoming::Incoming;
use super::locked::{Locked, Unsynchronised};
use super::panic::Header;
use crate::arch::{DataEntry, data_entry};
use crate::c_type::{CType, Kind};
use crate::{Error, Signature};

/// A closure that C can call with these arguments: any `Fn(A, …) -> R + Send + Sync` of up to 16 parameters whose types
/// have a [`CType`], and an `FnMut` in [`Locked`] or [`Unsynchronised`].
pub trait TypedFn<Arguments, R>: Send + Sync {
    /// Calls it.
    fn invoke(&self, arguments: Arguments) -> R;
}

/// The parameters of a typed callback, as a tuple.
///
/// # Safety
/// `integer` and `vector` return functions of these parameters, with the data as a last one.
pub unsafe trait Arguments<R: CType>: Sized {
    /// The signature of a function that takes them.
    ///
    /// # Errors
    /// As [`Signature::new`].
    fn signature() -> Result<Signature, Error>;

    /// The arguments of a call.
    ///
    /// # Errors
    /// As [`Incoming::argument`].
    ///
    /// # Safety
    /// Those that are passed are valid values of these types.
    unsafe fn decode(call: &Incoming<'_>) -> Result<Self, Error>;

    #[doc(hidden)]
    const KINDS: &'static [Kind];

    /// The address of a function that takes the arguments, and a [`Typed<T>`] as an integer argument behind them.
    #[doc(hidden)]
    fn integer<T: TypedFn<Self, R>>() -> *mut ();

    /// The same with a vector argument.
    #[doc(hidden)]
    fn vector<T: TypedFn<Self, R>>() -> *mut ();
}

/// What the slot of a typed callback leads to.
#[repr(C)]
pub(super) struct Typed<T> {
    pub(super) header: Header,
    pub(super) closure: T,
}

/// The entry and the function of a typed callback; none where all registers that could hold the data are taken, or where
/// a type's registers are not known.
pub(super) fn entry<A: Arguments<R>, R: CType, T: TypedFn<A, R>>() -> Option<(DataEntry, *mut ())> {
    if A::KINDS.contains(&Kind::Composite) || R::KIND == Kind::Composite {
        return None;
    }
    let vectors = A::KINDS.iter().filter(|kind| kind.is_float()).count();
    let entry = data_entry(A::KINDS.len() - vectors, vectors)?;
    let function = match entry {
        DataEntry::Integer(_) => A::integer::<T>(),
        DataEntry::Vector(_) => A::vector::<T>(),
    };
    Some((entry, function))
}

impl<T> Typed<T> {
    /// Calls the closure of the callback whose data these are.
    ///
    /// # Safety
    /// `data` points to such data, which live.
    #[inline]
    unsafe fn invoke<A, R: CType>(data: *const Typed<T>, arguments: A) -> R
    where
        T: TypedFn<A, R>,
    {
        // SAFETY: the caller's contract.
        let Typed { header, closure } = unsafe { &*data };
        // SAFETY: zero bytes are a value of every `CType`.
        header
            .guard(|| closure.invoke(arguments), || unsafe { MaybeUninit::zeroed().assume_init() })
    }
}

macro_rules! arity {
    ($($p:ident $x:ident)*) => {
        impl<R, $($p,)* F: Fn($($p),*) -> R + Send + Sync> TypedFn<($($p,)*), R> for F {
            #[inline]
            fn invoke(&self, ($($x,)*): ($($p,)*)) -> R {
                self($($x),*)
            }
        }

        impl<R, $($p,)* F: FnMut($($p),*) -> R + Send> TypedFn<($($p,)*), R> for Locked<F> {
            fn invoke(&self, ($($x,)*): ($($p,)*)) -> R {
                self.with(|closure| closure($($x),*))
            }
        }

        impl<R, $($p,)* F: FnMut($($p),*) -> R> TypedFn<($($p,)*), R> for Unsynchronised<F> {
            fn invoke(&self, ($($x,)*): ($($p,)*)) -> R {
                self.with(|closure| closure($($x),*))
            }
        }

        // SAFETY: the functions take these parameters and the data.
        unsafe impl<R: CType, $($p: CType + Copy),*> Arguments<R> for ($($p,)*) {
            const KINDS: &'static [Kind] = &[$($p::KIND),*];

            fn signature() -> Result<Signature, Error> {
                let parameters: Vec<crate::Type> = vec![$($p::c_type()),*];
                Signature::new(parameters, R::c_type())
            }

            #[allow(unused_variables, unused_mut, unused_assignments, reason = "for no arguments")]
            unsafe fn decode(call: &Incoming<'_>) -> Result<Self, Error> {
                let mut index = 0;
                $(
                    // SAFETY: the caller's contract.
                    let $x = unsafe { call.argument_unchecked::<$p>(index) }?;
                    index += 1;
                )*
                Ok(($($x,)*))
            }

            fn integer<T: TypedFn<Self, R>>() -> *mut () {
                unsafe extern "C-unwind" fn function<R: CType, $($p,)* T: TypedFn<($($p,)*), R>>(
                    $($x: $p,)*
                    data: *const Typed<T>,
                ) -> R {
                    // SAFETY: the entry passes the slot's data.
                    unsafe { Typed::invoke(data, ($($x,)*)) }
                }
                function::<R, $($p,)* T> as *mut ()
            }

            fn vector<T: TypedFn<Self, R>>() -> *mut () {
                unsafe extern "C-unwind" fn function<R: CType, $($p,)* T: TypedFn<($($p,)*), R>>(
                    $($x: $p,)*
                    data: f64,
                ) -> R {
                    let data = std::ptr::with_exposed_provenance::<Typed<T>>(data.to_bits() as usize);
                    // SAFETY: the entry passes the slot's data.
                    unsafe { Typed::invoke(data, ($($x,)*)) }
                }
                function::<R, $($p,)* T> as *mut ()
            }
        }
    };
}

macro_rules! up_to {
    ($($p:ident $x:ident)*; ) => { arity!($($p $x)*); };
    ($($p:ident $x:ident)*; $next:ident $y:ident $($rest:ident $z:ident)*) => {
        arity!($($p $x)*);
        up_to!($($p $x)* $next $y; $($rest $z)*);
    };
}

up_to!(; A a B b C c D d E e G g H h I i J j K k L l M m N n O o P p Q q);
