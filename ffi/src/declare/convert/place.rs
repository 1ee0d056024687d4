//! Where a value stands: written out only when there is an error.

use std::fmt::{self, Display, Formatter};

use super::super::Declarations;
use super::super::model::DeclaredType;
use crate::Error;

/// Where a value stands, for messages: `*argument 3 (time).tm_min`.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Place<'p> {
    /// An argument, by its index and its parameter's name, which may be empty.
    Argument(usize, &'p str),
    /// A value of a type.
    Value(&'p Declarations, &'p DeclaredType),
    /// What somebody else has a name for.
    Named(&'p str),
    /// What a pointer points to.
    Target(&'p Place<'p>),
    Member(&'p Place<'p>, &'p str),
    Element(&'p Place<'p>, usize),
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Place::Argument(index, "") => write!(f, "argument {index}"),
            Place::Argument(index, name) => write!(f, "argument {index} ({name})"),
            Place::Value(declarations, ty) => write!(f, "a value of {}", declarations.show(ty)),
            Place::Named(name) => f.write_str(name),
            Place::Target(pointer) => write!(f, "*{pointer}"),
            Place::Member(composite, name) => write!(f, "{composite}.{name}"),
            Place::Element(array, index) => write!(f, "{array}[{index}]"),
        }
    }
}

#[cold]
pub(super) fn refused<T>(
    place: Place<'_>,
    value: impl Display,
    why: impl Into<String>,
) -> Result<T, Error> {
    let (place, value) = (place.to_string(), value.to_string());
    Err(Error::Conversion { place, value, why: why.into() })
}
