//! What the data in `generated/` expands to.

/// An enumeration of names: its variants are C names, in the order of the headers.
macro_rules! names {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident),* $(,)? }) => {
        $(#[$meta])*
        ///
        /// In the order of the headers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum $name { $($variant),* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The C name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),* }
            }

            /// The one of this C name.
            pub fn from_name(name: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|item| item.name() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.name())
            }
        }
    };
}

/// Opaque objects and the handles that point to them.
macro_rules! c_handles {
    ($($file:ident.h $name:ident = $object:ident;)*) => {$(
        #[doc = concat!("What a [`", stringify!($name), "`] points to: known to the library alone.")]
        #[repr(C)]
        pub struct $object {
            // Neither of known size nor to be moved, sent or shared by what this side knows.
            _opaque: [u8; 0],
            _marker: std::marker::PhantomData<(*mut u8, std::marker::PhantomPinned)>,
        }

        opaque_debug!($object);

        #[doc = concat!("`", stringify!($name), "` of `", stringify!($file), ".h`: a counted reference, or null.")]
        pub type $name = *mut $object;
    )*};
}

/// `Debug` for a type whose contents cannot be read.
macro_rules! opaque_debug {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// A C enumeration: a 32-bit integer with named values, so that a value without a name is a value like others.
macro_rules! c_enum {
    ($file:ident.h $name:ident $(extended by $native:ident)? { $($value_name:ident = $value:literal,)* }) => {
        #[doc = concat!("`enum ", stringify!($name), "` of `", stringify!($file), ".h`.")]
        $(
            #[doc = ""]
            #[doc = concat!("More values are those of [`", stringify!($native), "`], by `.into()`.")]
        )?
        #[repr(transparent)]
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            $(pub const $value_name: Self = Self($value);)*

            /// The values that have a name, with the name.
            pub const NAMES: &'static [(Self, &'static str)] =
                &[$((Self($value), stringify!($value_name))),*];

            /// The name of the value, if it has one.
            pub fn name(self) -> Option<&'static str> {
                const NAMES: &[(u32, &str)] = &[$(($value, stringify!($value_name))),*];
                let own = $crate::values::name_of(NAMES, self.0);
                $(let own = own.or_else(|| $native(self.0).name());)?
                own
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::values::write_enum(formatter, stringify!($name), self.0, self.name())
            }
        }

        $(
            impl From<$native> for $name {
                fn from(native: $native) -> Self {
                    Self(native.0)
                }
            }
        )?
    };
}

/// A set of flags: a 64-bit integer with named bits.
macro_rules! c_flags {
    ($file:ident.h $name:ident { $($value_name:ident = $value:literal,)* }) => {
        #[doc = concat!("The flags `", stringify!($name), "` of `", stringify!($file), ".h`.")]
        #[repr(transparent)]
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl $name {
            $(pub const $value_name: Self = Self($value);)*

            /// The values that have a name, with the name.
            pub const NAMES: &'static [(Self, &'static str)] =
                &[$((Self($value), stringify!($value_name))),*];

            /// Whether no flag is set.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether all flags of `other` are set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// All flags of both: `|` for constants.
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl std::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl std::ops::BitAnd for $name {
            type Output = Self;

            fn bitand(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }

        impl std::ops::Not for $name {
            type Output = Self;

            fn not(self) -> Self {
                Self(!self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                const NAMES: &[(u64, &str)] = &[$(($value, stringify!($value_name))),*];
                $crate::values::write_flags(formatter, self.0, NAMES)
            }
        }
    };
}

/// A table by which the values of types that are known by their C names at run time are shown.
macro_rules! shown {
    ($table:ident of $number:ty: $($name:ident,)*) => {
        /// C names, and how the types' values are shown.
        pub(crate) const $table: &[(&str, fn($number) -> String)] =
            &[$((stringify!($name), |value| $crate::values::shown(&$name(value)))),*];
    };
}

/// A struct with the layout of C.
macro_rules! c_struct {
    ($file:ident.h $name:ident { $($field:ident: $ty:ty,)* }) => {
        #[doc = concat!("`struct ", stringify!($name), "` of `", stringify!($file), ".h`.")]
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name { $(pub $field: $ty),* }

        field_places!($name { $($field: $ty),* });
    };
}

/// A union with the layout of C.
macro_rules! c_union {
    ($file:ident.h $name:ident { $($field:ident: $ty:ty,)* }) => {
        #[doc = concat!("`union ", stringify!($name), "` of `", stringify!($file), ".h`.")]
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub union $name { $(pub $field: $ty),* }

        opaque_debug!($name);
        field_places!($name { $($field: $ty),* });
    };
}

/// Where the fields of a struct lie, to be compared with what a C compiler says.
macro_rules! field_places {
    ($name:ident { $($field:ident: $ty:ty),* }) => {
        #[cfg(test)]
        impl $name {
            /// Name, offset and size of every field.
            pub(crate) const FIELDS: &'static [(&'static str, usize, usize)] = &[
                $((stringify!($field), std::mem::offset_of!($name, $field), size_of::<$ty>())),*
            ];
        }
    };
}

/// The value that a struct begins with, and the value of all zeros.
macro_rules! initializers {
    ($($name:ident = $value:expr;)*) => {
        $(
            impl $name {
                /// All bits zero: what C writes as `{0}`.
                // SAFETY: Integers, floats, raw pointers and optional function pointers may all be zero.
                pub const ZERO: Self = unsafe { std::mem::zeroed() };

                /// What to begin with: the value of the header's `…_INIT` macro. Where `wgpu.h` has none it is
                /// [`ZERO`](Self::ZERO), with the struct's own tag in a `chain`.
                pub const INIT: Self = $value;
            }

            impl Default for $name {
                /// [`INIT`](Self::INIT).
                fn default() -> Self {
                    Self::INIT
                }
            }
        )*

        /// Every struct as the tests want to see it.
        #[cfg(test)]
        pub(crate) fn specimens() -> Vec<$crate::against_c::Specimen> {
            vec![$($crate::against_c::Specimen::new(stringify!($name), $name::FIELDS, $name::INIT)),*]
        }
    };
}

/// The function table, its methods and the names of its entries.
macro_rules! functions {
    ($($file:ident.h fn $name:ident($($parameter:ident: $ty:ty),*) $(-> $returns:ty)? $(=> $adjust:ident)?;)*) => {
        names! {
            /// A function of the headers, by its C name.
            pub enum Function { $($name),* }
        }

        impl Function {
            /// The header that declares it: `webgpu.h` or `wgpu.h`.
            pub const fn header(self) -> &'static str {
                match self { $(Self::$name => concat!(stringify!($file), ".h")),* }
            }

            /// What is to be made of the result before anybody reads it: the library leaves some of it to chance.
            pub(crate) const fn adjustment(self) -> Option<fn(WGPUBool) -> WGPUBool> {
                match self {
                    $($(Self::$name => Some($crate::values::$adjust),)?)*
                    _ => None,
                }
            }
        }

        /// The function table: an entry for every function of the headers, empty where the library lacks it.
        ///
        /// The method of an entry's name calls it. As in C, nothing is checked: see [the safety of
        /// calls](crate#safety-of-calls).
        #[derive(Clone)]
        #[repr(C)]
        pub struct Functions {
            $(
                #[doc = concat!("`", stringify!($name), "` of `", stringify!($file), ".h`.")]
                pub $name: Option<unsafe extern "C" fn($($parameter: $ty),*) $(-> $returns)?>,
            )*
        }

        impl Functions {
            /// The table whose entries are the addresses that `find` gives.
            ///
            /// # Safety
            /// Every address must be that of a function of the C signature that the headers declare for the name, which
            /// stays callable as long as the table and its copies are used.
            pub unsafe fn from_addresses(
                mut find: impl FnMut(Function) -> Option<std::ptr::NonNull<c_void>>,
            ) -> Self {
                let addresses: Addresses = std::array::from_fn(|index| find(Function::ALL[index]));
                // SAFETY: The entries are so many nullable pointers in this order, and the caller vouches for the signatures.
                unsafe { std::mem::transmute::<Addresses, Self>(addresses) }
            }

            fn addresses(&self) -> &Addresses {
                // SAFETY: The entries are so many nullable pointers.
                unsafe { &*std::ptr::from_ref(self).cast::<Addresses>() }
            }

            /// The address in the entry of `function`.
            pub fn address(&self, function: Function) -> Option<std::ptr::NonNull<c_void>> {
                self.addresses()[function as usize]
            }

            $(
                #[doc = concat!("Calls `", stringify!($name), "` of `", stringify!($file), ".h`.")]
                ///
                /// # Safety
                /// See [the safety of calls](crate#safety-of-calls).
                ///
                /// # Panics
                /// If the library lacks the function.
                #[inline]
                #[track_caller]
                pub unsafe fn $name(&self $(, $parameter: $ty)*) $(-> $returns)? {
                    let Some(entry) = self.$name else {
                        $crate::values::missing(Function::$name)
                    };
                    // SAFETY: The entry has this signature; the caller vouches for the arguments.
                    let result = unsafe { entry($($parameter),*) };
                    $(let result = $crate::values::$adjust(result);)?
                    result
                }
            )*
        }

        /// What [`Functions`] is in memory: its entries, in the order of [`Function::ALL`].
        type Addresses = [Option<std::ptr::NonNull<c_void>>; Function::COUNT];

        impl std::fmt::Debug for Functions {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_map().entries(Function::ALL.iter().zip(self.addresses())).finish()
            }
        }
    };
}
