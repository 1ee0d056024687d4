//! Names for types: C's `typedef`.

use std::sync::Arc;

use super::{Name, Type};

/// A type under a name of its own; made by [`Type::alias`].
///
/// It is passed like the type it names. The name is what [`Display`](std::fmt::Display) shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AliasType(Arc<Alias>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Alias {
    name: Name,
    target: Type,
}

impl AliasType {
    pub(super) fn new(name: Name, target: Type) -> AliasType {
        AliasType(Arc::new(Alias { name, target }))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The type it names, which may be an alias again.
    pub fn target(&self) -> &Type {
        &self.0.target
    }
}
