//! Declared functions and what they take and return.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use super::model::Entity;
use super::{Declarations, DeclaredType, FunctionType};
use crate::{Abi, Error, Signature, Type};

/// A function as it was declared; made by [`Declarations::function`].
#[derive(Clone)]
pub struct FunctionDeclaration {
    declarations: Declarations,
    which: Which,
}

#[derive(Clone)]
enum Which {
    /// By its index in the declarations.
    Named(usize),
    /// What a pointer leads to.
    Pointer(Arc<FunctionType>),
}

impl FunctionType {
    /// The type of the result.
    pub fn returns(&self) -> &DeclaredType {
        &self.returns
    }

    /// The parameters, names empty where there are none.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, &DeclaredType)> {
        self.parameters.iter().map(|parameter| (parameter.name.as_str(), &parameter.ty))
    }

    /// How many elements a parameter leads to at least that was declared as an array of more than one.
    pub fn declared_length(&self, parameter: usize) -> Option<usize> {
        self.parameters.get(parameter)?.length
    }

    /// Whether further arguments may follow the parameters.
    pub fn is_variadic(&self) -> bool {
        self.variadic || !self.prototyped
    }

    /// Whether it is known what the function takes. Before C23, `int f()` does not say: any arguments may be passed, and
    /// are promoted as those of a variadic function.
    pub fn is_prototyped(&self) -> bool {
        self.prototyped
    }

    /// The convention that an attribute asks for.
    pub fn abi(&self) -> Option<Abi> {
        self.abi
    }
}

impl FunctionDeclaration {
    pub(super) fn named(declarations: &Declarations, index: usize) -> FunctionDeclaration {
        FunctionDeclaration { declarations: declarations.clone(), which: Which::Named(index) }
    }

    /// The function that a pointer of a type leads to; none for another type.
    pub(super) fn pointed_to(
        declarations: &Declarations,
        ty: &DeclaredType,
    ) -> Option<FunctionDeclaration> {
        let function = Arc::new(declarations.function_type(ty)?.clone());
        let (declarations, which) = (declarations.clone(), Which::Pointer(function));
        Some(FunctionDeclaration { declarations, which })
    }

    fn entity(&self) -> Option<&Entity> {
        match self.which {
            Which::Named(index) => Some(&self.declarations.0.functions[index]),
            Which::Pointer(_) => None,
        }
    }

    /// Its name; empty for what a pointer leads to.
    pub fn name(&self) -> &str {
        self.entity().map_or("", |entity| &entity.name)
    }

    /// The symbol to look for: the name, unless an `__asm__` label gives another.
    pub fn symbol(&self) -> &str {
        let symbol = self.entity().and_then(|entity| entity.symbol.as_deref());
        symbol.unwrap_or(self.name())
    }

    /// What it takes and returns.
    ///
    /// # Panics
    /// Never: a function has a function type.
    pub fn ty(&self) -> &FunctionType {
        match &self.which {
            Which::Named(index) => {
                let entity = &self.declarations.0.functions[*index];
                self.declarations.function_type(&entity.ty).expect("a function has a function type")
            }
            Which::Pointer(function) => function,
        }
    }

    /// The declarations it is one of.
    pub fn declarations(&self) -> &Declarations {
        &self.declarations
    }

    /// The signature of a call; `variadic` are the types of the further arguments of a variadic function.
    ///
    /// # Errors
    /// [`Error::NotCallable`] for parameters of types that are only announced, [`Error::ArgumentCount`] for further
    /// arguments of a function that takes none, and as [`Signature::new`] and [`Signature::variadic`].
    pub fn signature(&self, variadic: &[Type]) -> Result<Signature, Error> {
        self.declarations.0.signature(self.name(), self.ty(), variadic)
    }
}

impl fmt::Display for FunctionDeclaration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.declarations.0.show_function(self.ty(), self.name()))
    }
}

impl Debug for FunctionDeclaration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "FunctionDeclaration({self})")
    }
}
