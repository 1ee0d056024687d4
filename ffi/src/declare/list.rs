//! The arguments of one call.

use std::mem::ManuallyDrop;

use super::argument::Argument;

/// The arguments of one call: a tuple of up to 12 things that turn into an [`Argument`], or a list of arguments.
pub trait ArgumentList<'a> {
    /// The arguments where they lie: on the stack, as far as their number is known.
    type List: AsMut<[Argument<'a>]>;

    /// The arguments in order.
    fn into_arguments(self) -> Self::List;

    /// What a function makes of the arguments. What it leaves in them need not be dropped: it puts [`Argument::Null`]
    /// instead of those that own something.
    #[doc(hidden)]
    #[inline]
    fn with<R>(self, make: impl FnOnce(&mut [Argument<'a>]) -> R) -> R
    where
        Self: Sized,
    {
        make(self.into_arguments().as_mut())
    }
}

impl<'a> ArgumentList<'a> for Vec<Argument<'a>> {
    type List = Vec<Argument<'a>>;

    fn into_arguments(self) -> Vec<Argument<'a>> {
        self
    }
}

impl<'a, const N: usize> ArgumentList<'a> for [Argument<'a>; N] {
    type List = [Argument<'a>; N];

    #[inline]
    fn into_arguments(self) -> [Argument<'a>; N] {
        self
    }
}

macro_rules! tuples {
    ($(($count:literal: $($name:ident)*))*) => {$(
        impl<'a, $($name: Into<Argument<'a>>),*> ArgumentList<'a> for ($($name,)*) {
            type List = [Argument<'a>; $count];

            #[inline]
            fn into_arguments(self) -> [Argument<'a>; $count] {
                #[allow(non_snake_case, reason = "the names of the types serve for the values")]
                let ($($name,)*) = self;
                [$($name.into()),*]
            }

            #[inline]
            fn with<R>(self, make: impl FnOnce(&mut [Argument<'a>]) -> R) -> R {
                make(&mut *ManuallyDrop::new(self.into_arguments()))
            }
        }
    )*};
}

tuples! {
    (0:) (1: A) (2: A B) (3: A B C) (4: A B C D) (5: A B C D E) (6: A B C D E F) (7: A B C D E F G)
    (8: A B C D E F G H) (9: A B C D E F G H I) (10: A B C D E F G H I J) (11: A B C D E F G H I J K)
    (12: A B C D E F G H I J K L)
}
