//! What a C function takes and returns.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use crate::Error;
use crate::types::{MAX_SIZE, Name, Type};

/// The most parameters a signature may have.
pub const MAX_PARAMETERS: usize = 4096;

/// Parameters, result, and for a variadic call how many parameters are fixed. Immutable and cheap to clone.
///
/// ```
/// use ffi::{Parameter, Signature, Type};
/// let pow = Signature::new([Parameter::new("x", Type::F64), Parameter::new("y", Type::F64)], Type::F64)?;
/// assert_eq!(pow.to_string(), "double (double x, double y)");
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature(Arc<Inner>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Inner {
    parameters: Vec<Parameter>,
    returns: Type,
    fixed: Option<usize>,
}

/// A parameter: its type, and a name for messages and traces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parameter {
    name: Name,
    ty: Type,
}

impl Parameter {
    /// A parameter; the empty name leaves it unnamed.
    pub fn new(name: impl Into<Name>, ty: impl Into<Type>) -> Parameter {
        Parameter { name: name.into(), ty: ty.into() }
    }

    /// The name; empty where none was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// What a message calls it: `role`, its index, and its name where it has one.
    pub(crate) fn place(&self, role: &str, index: usize) -> String {
        match self.name() {
            "" => format!("{role} {index}"),
            name => format!("{role} {index} ({name})"),
        }
    }
}

impl From<Type> for Parameter {
    fn from(ty: Type) -> Parameter {
        Parameter::new("", ty)
    }
}

impl Signature {
    /// The signature of a function with a fixed number of parameters.
    ///
    /// # Errors
    /// [`Error::VoidValue`] and [`Error::ArrayByValue`] for a parameter or result that C cannot pass,
    /// [`Error::TooLarge`] past [`MAX_PARAMETERS`].
    pub fn new<P: Into<Parameter>>(
        parameters: impl IntoIterator<Item = P>,
        returns: impl Into<Type>,
    ) -> Result<Signature, Error> {
        Signature::build(parameters.into_iter().map(Into::into).collect(), returns.into(), None)
    }

    /// The signature of one call of a variadic function: the first `fixed` parameters are the declared ones, the others
    /// stand for `...` in this call. A callback whose signature has the declared ones alone finds the others by
    /// [`Incoming::rest`](crate::Incoming::rest).
    ///
    /// # Errors
    /// As [`Signature::new`]; [`Error::FixedCount`] where there are fewer parameters than `fixed`;
    /// [`Error::Unpromoted`] for a variadic parameter that C promotes (`float`, and integers narrower than `int`).
    pub fn variadic<P: Into<Parameter>>(
        parameters: impl IntoIterator<Item = P>,
        fixed: usize,
        returns: impl Into<Type>,
    ) -> Result<Signature, Error> {
        Signature::build(
            parameters.into_iter().map(Into::into).collect(),
            returns.into(),
            Some(fixed),
        )
    }

    fn build(
        parameters: Vec<Parameter>,
        returns: Type,
        fixed: Option<usize>,
    ) -> Result<Signature, Error> {
        if parameters.len() > MAX_PARAMETERS {
            return Err(Error::TooLarge {
                what: format!("a call with {} parameters", parameters.len()),
                limit: MAX_PARAMETERS,
            });
        }
        if fixed.is_some_and(|fixed| fixed > parameters.len()) {
            return Err(Error::FixedCount {
                fixed: fixed.unwrap_or(0),
                parameters: parameters.len(),
            });
        }
        for (index, parameter) in parameters.iter().enumerate() {
            match parameter.ty.resolve() {
                Type::Void => {
                    return Err(Error::VoidValue { place: parameter.place("parameter", index) });
                }
                Type::Array(_) => {
                    return Err(Error::ArrayByValue {
                        place: parameter.place("parameter", index),
                        ty: parameter.ty.clone(),
                    });
                }
                ty if fixed.is_some_and(|fixed| index >= fixed) => {
                    if let Some(promoted) = promotion(ty) {
                        return Err(Error::Unpromoted {
                            index,
                            ty: parameter.ty.clone(),
                            promoted,
                        });
                    }
                }
                _ => {}
            }
            debug_assert!(parameter.ty.size() <= MAX_SIZE);
        }
        if let Type::Array(_) = returns.resolve() {
            return Err(Error::ArrayByValue { place: "the result".into(), ty: returns });
        }
        Ok(Signature(Arc::new(Inner { parameters, returns, fixed })))
    }

    /// The parameters in order, variadic ones included.
    #[inline]
    pub fn parameters(&self) -> &[Parameter] {
        &self.0.parameters
    }

    /// The type of the result; [`Type::Void`] for none.
    #[inline]
    pub fn returns(&self) -> &Type {
        &self.0.returns
    }

    /// For a call of a variadic function, how many parameters are declared before `...`.
    pub fn fixed(&self) -> Option<usize> {
        self.0.fixed
    }

    /// A parameter, for messages.
    pub(crate) fn place(&self, index: usize) -> String {
        self.parameters()[index].place("parameter", index)
    }

    /// Writes the declaration of a function `name` of this signature in C notation.
    pub(crate) fn declaration(&self, f: &mut Formatter<'_>, name: &str) -> fmt::Result {
        let returns = self.returns();
        let gap = if matches!(returns, Type::Pointer) { "" } else { " " };
        write!(f, "{returns}{gap}{name}(")?;
        for (index, parameter) in self.parameters().iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            if self.fixed() == Some(index) {
                f.write_str("... ")?;
            }
            write!(f, "{}", parameter.ty)?;
            if !parameter.name.is_empty() {
                let gap = if matches!(parameter.ty, Type::Pointer) { "" } else { " " };
                write!(f, "{gap}{}", parameter.name)?;
            }
        }
        f.write_str(match (self.parameters(), self.fixed()) {
            ([], None) => "void)",
            ([], Some(_)) => "...)",
            (parameters, Some(fixed)) if fixed == parameters.len() => ", ...)",
            _ => ")",
        })
    }
}

impl Display for Signature {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.declaration(f, "")
    }
}

/// What C's default argument promotions make of a variadic argument of this type, where they change it.
pub(crate) fn promotion(ty: &Type) -> Option<Type> {
    match ty {
        Type::F32 => Some(Type::F64),
        Type::Bool | Type::I8 | Type::I16 | Type::U8 | Type::U16 => Some(Type::I32),
        _ => None,
    }
}
