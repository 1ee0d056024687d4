//! Macros for what is known at compile time: a library's functions, and structs with their C types.

/// Declares a struct for the functions of a library: `open` finds them all, and each is a method that costs what a
/// direct call costs.
///
/// Before a function may stand `optional`: a library without it opens all the same, and the method returns an `Option`
/// of the function; or `lazy`: it is looked for at its first call, and the method returns a `Result`. Of a function whose
/// parameters end in `...` the method returns the function, to be called with any number of arguments.
///
/// Besides the methods, the struct has `open(name)`, which finds a library as [`Library::find`](crate::Library::find)
/// does, `from_library(library)` and `library()`. It is `Clone`, `Send` and `Sync`.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use std::ffi::{c_char, c_double, c_int, c_long, c_void};
///
/// ffi::library! {
///     /// A little of the C library.
///     pub struct C;
///     /// The absolute value.
///     fn abs(n: c_int) -> c_int;
///     fn atol(text: *const c_char) -> c_long;
///     fn snprintf(to: *mut c_char, size: usize, format: *const c_char, ...) -> c_int;
///     optional fn strlcpy_of_the_future(to: *mut c_char, from: *const c_char) -> usize;
///     lazy fn ldexp(x: c_double, exponent: c_int) -> c_double;
///     lazy fn not_there_either(p: *mut c_void);
/// }
///
/// // SAFETY: the functions have these signatures, and libc has been initialised already.
/// let c = unsafe { C::open("c") }?;
/// // SAFETY: abs takes any number but the least, atol a string.
/// assert_eq!(unsafe { (c.abs(-3), c.atol(c"42".as_ptr())) }, (3, 42));
/// let mut text = [0; 16];
/// // SAFETY: the buffer has this size, and the format asks for what follows it.
/// let length = unsafe { c.snprintf()(text.as_mut_ptr(), 16, c"%.1f of %d".as_ptr(), 2.5, 7 as c_int) };
/// // SAFETY: snprintf has ended the text with NUL.
/// assert_eq!((unsafe { std::ffi::CStr::from_ptr(text.as_ptr()) }, length), (c"2.5 of 7", 8));
/// assert!(c.strlcpy_of_the_future().is_none());
/// // SAFETY: ldexp takes any numbers.
/// assert_eq!(unsafe { c.ldexp(0.75, 4) }?, 12.0);
/// // SAFETY: it is not there.
/// assert!(unsafe { c.not_there_either(std::ptr::null_mut()) }.is_err());
/// # }
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// A function that was found does not outlive its library:
///
/// ```compile_fail,E0505
/// ffi::library! {
///     struct C;
///     optional fn abs(n: i32) -> i32;
/// }
/// let c = unsafe { C::open("c") }?;
/// let abs = c.abs().expect("every C library has it");
/// drop(c);
/// unsafe { abs(-3) };
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// A symbol that is missing is named:
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// ffi::library! {
///     struct C;
///     fn no_such_function();
/// }
/// // SAFETY: refused.
/// let error = unsafe { C::open("c") }.err().expect("no library has it").to_string();
/// assert!(error.starts_with("\"libc.so.6\" has no symbol \"no_such_function\""), "{error}");
/// # }
/// ```
#[macro_export]
macro_rules! library {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident; $($rest:tt)*) => {
        $crate::__library! { [$(#[$meta])*] [$visibility] $name [] [] [] [] $($rest)* }
    };
}

/// Sorts the functions of [`library!`] by their kind, then writes the struct.
#[doc(hidden)]
#[macro_export]
macro_rules! __library {
    // A function that every such library has.
    ([$($meta:tt)*] [$visibility:vis] $name:ident [$($eager:tt)*] [$($variadic:tt)*] [$($optional:tt)*] [$($lazy:tt)*]
        $(#[$doc:meta])* fn $function:ident($($parameter:ident: $ty:ty),* $(,)?) $(-> $returns:ty)?; $($rest:tt)*
    ) => {
        $crate::__library! { [$($meta)*] [$visibility] $name
            [$($eager)* { [$(#[$doc])*] $function ($($parameter: $ty),*) ($($returns)?) }] [$($variadic)*] [$($optional)*] [$($lazy)*] $($rest)* }
    };
    // The same, with a parameter list that goes on.
    ([$($meta:tt)*] [$visibility:vis] $name:ident [$($eager:tt)*] [$($variadic:tt)*] [$($optional:tt)*] [$($lazy:tt)*]
        $(#[$doc:meta])* fn $function:ident($($parameter:ident: $ty:ty),+, ...) $(-> $returns:ty)?; $($rest:tt)*
    ) => {
        $crate::__library! { [$($meta)*] [$visibility] $name
            [$($eager)*] [$($variadic)* { [$(#[$doc])*] $function ($($parameter: $ty),*) ($($returns)?) }] [$($optional)*] [$($lazy)*] $($rest)* }
    };
    // One that some have.
    ([$($meta:tt)*] [$visibility:vis] $name:ident [$($eager:tt)*] [$($variadic:tt)*] [$($optional:tt)*] [$($lazy:tt)*]
        $(#[$doc:meta])* optional fn $function:ident($($parameter:ident: $ty:ty),* $(,)?) $(-> $returns:ty)?; $($rest:tt)*
    ) => {
        $crate::__library! { [$($meta)*] [$visibility] $name
            [$($eager)*] [$($variadic)*] [$($optional)* { [$(#[$doc])*] $function ($($parameter: $ty),*) ($($returns)?) }] [$($lazy)*] $($rest)* }
    };
    // One that is looked for when it is needed.
    ([$($meta:tt)*] [$visibility:vis] $name:ident [$($eager:tt)*] [$($variadic:tt)*] [$($optional:tt)*] [$($lazy:tt)*]
        $(#[$doc:meta])* lazy fn $function:ident($($parameter:ident: $ty:ty),* $(,)?) $(-> $returns:ty)?; $($rest:tt)*
    ) => {
        $crate::__library! { [$($meta)*] [$visibility] $name
            [$($eager)*] [$($variadic)*] [$($optional)*] [$($lazy)* { [$(#[$doc])*] $function ($($parameter: $ty),*) ($($returns)?) }] $($rest)* }
    };
    ([$($meta:tt)*] [$visibility:vis] $name:ident
        [$({ [$($eager_doc:tt)*] $eager:ident ($($eager_parameter:ident: $eager_ty:ty),*) ($($eager_returns:ty)?) })*]
        [$({ [$($variadic_doc:tt)*] $variadic:ident ($($variadic_parameter:ident: $variadic_ty:ty),*) ($($variadic_returns:ty)?) })*]
        [$({ [$($optional_doc:tt)*] $optional:ident ($($optional_parameter:ident: $optional_ty:ty),*) ($($optional_returns:ty)?) })*]
        [$({ [$($lazy_doc:tt)*] $lazy:ident ($($lazy_parameter:ident: $lazy_ty:ty),*) ($($lazy_returns:ty)?) })*]
    ) => {
        $($meta)*
        #[derive(Clone, Debug)]
        #[allow(non_snake_case, reason = "the names are C's")]
        $visibility struct $name {
            $($eager: unsafe extern "C" fn($($eager_ty),*) $(-> $eager_returns)?,)*
            $($variadic: unsafe extern "C" fn($($variadic_ty),*, ...) $(-> $variadic_returns)?,)*
            $($optional: ::std::option::Option<unsafe extern "C" fn($($optional_ty),*) $(-> $optional_returns)?>,)*
            $($lazy: ::std::sync::OnceLock<unsafe extern "C" fn($($lazy_ty),*) $(-> $lazy_returns)?>,)*
            __library: $crate::Library,
        }

        #[allow(dead_code, clippy::too_many_arguments, reason = "a library is declared whole")]
        #[allow(non_snake_case, reason = "the names are C's")]
        impl $name {
            /// Finds the library by path or name, and its functions.
            ///
            /// # Errors
            /// [`LibraryNotFound`](ffi::Error::LibraryNotFound) with what was tried,
            /// [`SymbolMissing`](ffi::Error::SymbolMissing) with the function that it does not have.
            ///
            /// # Safety
            /// The library's initialisers run. Its functions have the signatures declared here.
            $visibility unsafe fn open(name: &str) -> ::std::result::Result<$name, $crate::Error> {
                // SAFETY: the caller's contract.
                let library = unsafe { $crate::Library::find(name) }?;
                // SAFETY: the caller's contract.
                unsafe { $name::from_library(library) }
            }

            /// Finds the functions in a library that is open.
            ///
            /// # Errors
            /// [`SymbolMissing`](ffi::Error::SymbolMissing) with the function that it does not have.
            ///
            /// # Safety
            /// Its functions have the signatures declared here.
            $visibility unsafe fn from_library(
                library: $crate::Library,
            ) -> ::std::result::Result<$name, $crate::Error> {
                ::std::result::Result::Ok($name {
                    // SAFETY: the caller's contract, for each of them.
                    $($eager: *unsafe { library.function(stringify!($eager)) }?,)*
                    // SAFETY: as above.
                    $($variadic: *unsafe { library.function(stringify!($variadic)) }?,)*
                    // SAFETY: as above.
                    $($optional: unsafe { library.function(stringify!($optional)) }.ok().map(|function| *function),)*
                    $($lazy: ::std::sync::OnceLock::new(),)*
                    __library: library,
                })
            }

            /// The library, which stays open as long as this lives.
            $visibility fn library(&self) -> &$crate::Library {
                &self.__library
            }

            $(
                $($eager_doc)*
                ///
                /// # Safety
                /// Whatever the C function asks for.
                #[inline]
                $visibility unsafe fn $eager(&self, $($eager_parameter: $eager_ty),*) $(-> $eager_returns)? {
                    // SAFETY: the caller's contract, and the library is open.
                    unsafe { (self.$eager)($($eager_parameter),*) }
                }
            )*
            $(
                $($variadic_doc)*
                ///
                /// Rust has no methods with such parameters: this returns the function.
                #[inline]
                $visibility fn $variadic(
                    &self,
                ) -> $crate::Function<'_, unsafe extern "C" fn($($variadic_ty),*, ...) $(-> $variadic_returns)?> {
                    // SAFETY: it was found in this library.
                    unsafe { $crate::Function::found_in(&self.__library, self.$variadic) }
                }
            )*
            $(
                $($optional_doc)*
                ///
                /// None where the library does not have it.
                #[inline]
                $visibility fn $optional(
                    &self,
                ) -> ::std::option::Option<
                    $crate::Function<'_, unsafe extern "C" fn($($optional_ty),*) $(-> $optional_returns)?>,
                > {
                    // SAFETY: it was found in this library.
                    self.$optional.map(|function| unsafe { $crate::Function::found_in(&self.__library, function) })
                }
            )*
            $(
                $($lazy_doc)*
                ///
                /// # Errors
                /// [`SymbolMissing`](ffi::Error::SymbolMissing) where the library does not have it.
                ///
                /// # Safety
                /// Whatever the C function asks for.
                #[inline]
                $visibility unsafe fn $lazy(
                    &self,
                    $($lazy_parameter: $lazy_ty),*
                ) -> ::std::result::Result<$crate::__returned!($($lazy_returns)?), $crate::Error> {
                    let function = match self.$lazy.get() {
                        ::std::option::Option::Some(function) => *function,
                        ::std::option::Option::None => {
                            // SAFETY: by the contract of `open`.
                            let found = *unsafe { self.__library.function(stringify!($lazy)) }?;
                            *self.$lazy.get_or_init(|| found)
                        }
                    };
                    // SAFETY: the caller's contract, and the library is open.
                    ::std::result::Result::Ok(unsafe { function($($lazy_parameter),*) })
                }
            )*
        }
    };
}

/// The type of a result, also where none is written.
#[doc(hidden)]
#[macro_export]
macro_rules! __returned {
    () => {
        ()
    };
    ($ty:ty) => {
        $ty
    };
}

/// Declares a `#[repr(C)]` struct that can be used wherever a number can: by the typed functions, as an argument or
/// result of a [`CallInterface`](crate::CallInterface), in callbacks, as a [`Value`](crate::Value).
///
/// A struct that is `Copy` and whose fields all have [`AnyValue`](crate::c_type::AnyValue) has it too: whoever has bytes
/// can then make one of them, so `unsafe` code must not rely on what its fields hold. Derive no `Copy` for such a struct.
///
/// ```
/// use ffi::{CType, Type, Value};
/// ffi::c_struct! {
///     /// A place in the plane.
///     #[derive(Clone, Copy, Debug, PartialEq)]
///     pub struct Point {
///         pub x: f64,
///         pub tags: [u8; 3],
///     }
/// }
/// assert_eq!(Point::c_type().size(), size_of::<Point>());
/// let point = Point { x: 1.5, tags: [1, 2, 3] };
/// let value = Value::of(point);
/// assert_eq!(value.to_string(), "{x: 1.5, tags: [1, 2, 3]}");
/// assert_eq!(value.to::<Point>()?, point);
/// # Ok::<(), ffi::Error>(())
/// ```
#[macro_export]
macro_rules! c_struct {
    ($(
        $(#[$meta:meta])* $visibility:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_visibility:vis $field:ident: $ty:ty),* $(,)?
        }
    )*) => {$(
        $(#[$meta])*
        #[repr(C)]
        $visibility struct $name {
            $($(#[$field_meta])* $field_visibility $field: $ty,)*
        }

        // SAFETY: the descriptor has the fields of the struct, each by its own `CType`, in C's layout; their offsets are
        // compared below.
        unsafe impl $crate::CType for $name {
            fn c_type() -> $crate::Type {
                static TYPE: ::std::sync::OnceLock<$crate::Type> = ::std::sync::OnceLock::new();
                TYPE.get_or_init(|| {
                    let fields = [$($crate::Field::new(stringify!($field), <$ty as $crate::CType>::c_type())),*];
                    let composite = $crate::StructType::new(stringify!($name), fields)
                        .expect("a struct of C types has a layout");
                    let offsets = [$(::std::mem::offset_of!($name, $field)),*];
                    let size = ::std::mem::size_of::<$name>();
                    let same = composite.fields().iter().map(|field| field.offset()).eq(offsets);
                    let aligned = composite.alignment() == ::std::mem::align_of::<$name>();
                    assert!(same && aligned && composite.size() == size, "its layout is C's");
                    composite.into()
                })
                .clone()
            }

            const RUST_PASSES_IT: bool = true $(&& <$ty as $crate::CType>::RUST_PASSES_IT)*;
        }

        // `for<'a>` has these bounds looked at where the traits are needed: there are structs without them.
        // SAFETY: so it is for each of its fields.
        unsafe impl $crate::c_type::AnyValue for $name
        where
            for<'a> $name: ::std::marker::Copy,
            $(for<'a> $ty: $crate::c_type::AnyValue,)*
        {
        }

        // SAFETY: so it is for each of its fields; the rest is padding.
        unsafe impl $crate::c_type::Initialised for $name
        where
            $(for<'a> $ty: $crate::c_type::Initialised,)*
        {
        }
    )*};
}
