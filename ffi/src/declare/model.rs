//! What has been declared: types by name, functions, variables, constants.

use std::collections::HashMap;
use std::sync::Arc;

use crate::{Abi, DataModel, Error, Parameter, Signature, Type};

/// A C type as it was declared. It knows more than a [`Type`]: what pointers point to, what is constant, the names of
/// types. What it says is read through the [`Declarations`](super::Declarations) it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredType {
    pub(super) form: Form,
    pub(super) constant: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// A number, or `void`.
    Basic(Type),
    Pointer(Arc<DeclaredType>),
    /// Without a length for `[]`.
    Array(Arc<DeclaredType>, Option<usize>),
    Function(Arc<FunctionType>),
    /// A struct, union or enumeration: an index of the tags.
    Tag(usize),
    /// An index of the type names.
    Named(usize),
}

/// What a function takes and returns, as it was declared.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionType {
    pub(super) returns: DeclaredType,
    pub(super) parameters: Vec<(String, DeclaredType)>,
    pub(super) variadic: bool,
    pub(super) abi: Option<Abi>,
}

/// A declared function or variable.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) name: String,
    /// The linker's name for it, where an `__asm__` label gives another.
    pub(super) symbol: Option<String>,
    pub(super) ty: DeclaredType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagKind {
    Struct,
    Union,
    Enum,
}

impl TagKind {
    pub(super) fn keyword(self) -> &'static str {
        match self {
            TagKind::Struct => "struct",
            TagKind::Union => "union",
            TagKind::Enum => "enum",
        }
    }
}

/// A struct, union or enumeration.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    pub(super) kind: TagKind,
    /// Empty for an anonymous one.
    pub(super) name: String,
    /// None while it is only announced.
    pub(super) definition: Option<Definition>,
}

impl Tag {
    /// Whether it is no struct, but something of which the layout alone is known.
    pub(super) fn is_opaque(&self) -> bool {
        let definition = self.definition.as_ref();
        definition.is_some_and(|definition| definition.unpassable.as_ref() == Some(&self.name))
    }
}

#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) ty: Type,
    /// The members' types, in the order of the layout's fields; empty for an enumeration.
    pub(super) members: Vec<DeclaredType>,
    /// How deep structs and arrays stand in each other.
    pub(super) depth: usize,
    /// What it holds that has a layout but cannot be passed: a half precision number, a wider vector than calls know.
    pub(super) unpassable: Option<String>,
}

/// A name given by `typedef`.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) ty: DeclaredType,
    /// The alignment that was asked for with the name.
    pub(super) aligned: Option<usize>,
    /// Whether it was there before any text: a text may declare it again, otherwise.
    pub(super) provided: bool,
    pub(super) depth: usize,
    pub(super) chain: usize,
}

/// What an identifier stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Type(usize),
    Constant(i128),
    Function(usize),
    Variable(usize),
}

/// Everything declared so far.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) data: DataModel,
    pub(super) tags: Vec<Tag>,
    pub(super) tag_names: HashMap<String, usize>,
    pub(super) named: Vec<Named>,
    pub(super) meanings: HashMap<String, Meaning>,
    pub(super) functions: Vec<Entity>,
    pub(super) variables: Vec<Entity>,
}

/// Structs and arrays may stand in each other so deep.
pub(super) const MAX_DEPTH: usize = 64;

/// A type may be made of so many pointers, arrays and functions one after the other, through type names too.
pub(super) const MAX_CHAIN: usize = 256;

impl DeclaredType {
    pub(super) fn basic(ty: Type) -> DeclaredType {
        DeclaredType::from(Form::Basic(ty))
    }

    pub(super) fn pointer(target: DeclaredType) -> DeclaredType {
        DeclaredType::from(Form::Pointer(Arc::new(target)))
    }
}

impl From<Form> for DeclaredType {
    fn from(form: Form) -> DeclaredType {
        DeclaredType { form, constant: false }
    }
}

impl Model {
    /// The type behind all names; constant where a name on the way is.
    pub(super) fn resolve<'a>(&'a self, ty: &'a DeclaredType) -> &'a DeclaredType {
        let mut ty = ty;
        while let Form::Named(index) = ty.form {
            ty = &self.named[index].ty;
        }
        ty
    }

    pub(super) fn depth(&self, ty: &DeclaredType) -> usize {
        match &ty.form {
            Form::Array(element, _) => 1 + self.depth(element),
            Form::Tag(index) => self.tags[*index].definition.as_ref().map_or(0, |d| d.depth),
            Form::Named(index) => self.named[*index].depth,
            Form::Basic(_) | Form::Pointer(_) | Form::Function(_) => 0,
        }
    }

    /// How many pointers, arrays and functions a type is made of, one after the other.
    pub(super) fn chain(&self, ty: &DeclaredType) -> usize {
        match &ty.form {
            Form::Pointer(inner) | Form::Array(inner, _) => 1 + self.chain(inner),
            Form::Function(function) => {
                let parameters = function.parameters.iter().map(|(_, ty)| self.chain(ty));
                1 + parameters.fold(self.chain(&function.returns), usize::max)
            }
            Form::Named(index) => self.named[*index].chain,
            Form::Basic(_) | Form::Tag(_) => 0,
        }
    }

    /// The type of a value.
    ///
    /// # Errors
    /// In words, for what has no value: incomplete types, functions.
    pub(super) fn value_type(&self, ty: &DeclaredType) -> Result<Type, String> {
        match &ty.form {
            Form::Basic(ty) => Ok(ty.clone()),
            Form::Pointer(_) => Ok(Type::Pointer),
            Form::Array(element, length) => {
                let element = self.value_type(element)?;
                let Some(length) = *length else {
                    return Err("an array without a length has no size".into());
                };
                Type::array(element, length).map_err(|error| error.to_string())
            }
            Form::Function(_) => Err("a function is not a value: its address is".into()),
            Form::Tag(index) => {
                let tag = &self.tags[*index];
                let definition = tag.definition.as_ref();
                definition.map(|definition| definition.ty.clone()).ok_or_else(|| {
                    format!(
                        "`{} {}` is only announced here, so its size is not known",
                        tag.kind.keyword(),
                        tag.name
                    )
                })
            }
            Form::Named(index) => {
                let named = &self.named[*index];
                let ty = self.value_type(self.resolve(&named.ty))?;
                Ok(Type::alias(named.name.clone(), ty.resolve().clone()))
            }
        }
    }

    /// The alignment of a value, that asked for with a type name included.
    pub(super) fn alignment(&self, ty: &DeclaredType) -> Result<usize, String> {
        if let Form::Array(element, _) = &ty.form {
            return self.alignment(element);
        }
        let natural = self.value_type(ty)?.alignment();
        Ok(self.requested_alignment(ty).unwrap_or(natural))
    }

    /// The alignment that was asked for with a type name.
    pub(super) fn requested_alignment(&self, ty: &DeclaredType) -> Option<usize> {
        let mut ty = ty;
        loop {
            match &ty.form {
                Form::Named(index) => {
                    let named = &self.named[*index];
                    if named.aligned.is_some() {
                        return named.aligned;
                    }
                    ty = &named.ty;
                }
                Form::Array(element, _) => ty = element,
                _ => return None,
            }
        }
    }

    /// Whether two types are the same, by whatever names.
    pub(super) fn same(&self, a: &DeclaredType, b: &DeclaredType) -> bool {
        let (a, b) = (self.resolve(a), self.resolve(b));
        if std::ptr::eq(a, b) {
            return true;
        }
        match (&a.form, &b.form) {
            (Form::Basic(a), Form::Basic(b)) => a.resolve() == b.resolve(),
            (Form::Pointer(a), Form::Pointer(b)) => self.same(a, b),
            (Form::Array(a, a_length), Form::Array(b, b_length)) => {
                (a_length == b_length || a_length.is_none() || b_length.is_none())
                    && self.same(a, b)
            }
            (Form::Function(a), Form::Function(b)) => {
                a.variadic == b.variadic
                    && a.abi == b.abi
                    && a.parameters.len() == b.parameters.len()
                    && self.same(&a.returns, &b.returns)
                    && a.parameters.iter().zip(&b.parameters).all(|(a, b)| self.same(&a.1, &b.1))
            }
            (Form::Tag(a), Form::Tag(b)) => a == b,
            _ => false,
        }
    }

    /// What a type holds that has a layout but cannot be passed.
    pub(super) fn unpassable(&self, ty: &DeclaredType) -> Option<String> {
        match &self.resolve(ty).form {
            Form::Array(element, _) => self.unpassable(element),
            Form::Tag(index) => {
                let definition = self.tags[*index].definition.as_ref();
                definition.and_then(|definition| definition.unpassable.clone())
            }
            _ => None,
        }
    }

    /// The type of a parameter or result, under its C name.
    pub(super) fn passed_type(&self, ty: &DeclaredType) -> Result<Type, String> {
        let value = self.value_type(ty)?;
        if let Some(part) = self.unpassable(ty) {
            return Err(format!("a value of {part} cannot be passed"));
        }
        if let Some(alignment) = self.requested_alignment(ty)
            && alignment != value.alignment()
        {
            return Err(format!(
                "a value of the over-aligned type name `{}` cannot be passed: align a struct instead",
                self.show(ty, "")
            ));
        }
        Ok(match self.resolve(ty).form {
            Form::Pointer(_) => Type::alias(self.show(ty, ""), Type::Pointer),
            _ => value,
        })
    }

    /// The signature of a call with these further, variadic arguments.
    ///
    /// # Errors
    /// As [`Signature::new`] and [`Signature::variadic`]; [`Error::NotCallable`] for what has no size.
    pub(super) fn signature(
        &self,
        name: &str,
        function: &FunctionType,
        variadic: &[Type],
    ) -> Result<Signature, Error> {
        let refused = |place: String| {
            move |why: String| Error::NotCallable { function: name.to_owned(), why: place + &why }
        };
        let mut parameters = Vec::with_capacity(function.parameters.len() + variadic.len());
        for (index, (name, ty)) in function.parameters.iter().enumerate() {
            let place = format!("parameter {index}: ");
            let ty = self.passed_type(ty).map_err(refused(place))?;
            parameters.push(Parameter::new(name.clone(), ty));
        }
        let returns =
            self.passed_type(&function.returns).map_err(refused("the result: ".into()))?;
        if function.variadic {
            let fixed = parameters.len();
            parameters.extend(variadic.iter().map(|ty| Parameter::new("", ty.clone())));
            return Signature::variadic(parameters, fixed, returns);
        }
        if !variadic.is_empty() {
            let expected = parameters.len();
            return Err(Error::ArgumentCount { expected, found: expected + variadic.len() });
        }
        Signature::new(parameters, returns)
    }
}
