//! What has been declared: types by name, functions, variables, constants.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::diagnostic::cut;
use super::journal::Undo;
use super::parser::{Constant, Content};
use crate::error::DeclarationError;
use crate::types::DataModel;
use crate::{Abi, Type};

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
    pub(super) parameters: Vec<DeclaredParameter>,
    pub(super) variadic: bool,
    /// Whether the parameters are known: not behind `()`.
    pub(super) prototyped: bool,
    pub(super) abi: Option<Abi>,
}

/// A parameter as it was declared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DeclaredParameter {
    /// Empty where it has none.
    pub(super) name: String,
    /// The type that C makes of the declared one: arrays and functions are pointers (C11, 6.7.6.3).
    pub(super) ty: DeclaredType,
    /// How many elements the pointer leads to at least, where an array of more than one was declared.
    pub(super) length: Option<usize>,
}

/// A declared function or variable.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) name: Arc<str>,
    /// The linker's name for it, where an `__asm__` label gives another.
    pub(super) symbol: Option<String>,
    pub(super) ty: DeclaredType,
    /// The value of a constant variable, where the text tells it.
    pub(super) value: Option<Content>,
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
    pub(super) name: Arc<str>,
    /// None while it is only announced.
    pub(super) definition: Option<Definition>,
    /// The mistake for which there is no definition.
    pub(super) lost: Option<usize>,
}

impl Tag {
    /// Whether it is no struct, but something of which the layout alone is known.
    pub(super) fn is_opaque(&self) -> bool {
        let definition = self.definition.as_ref();
        definition.is_some_and(|definition| definition.unpassable.as_deref() == Some(&*self.name))
    }
}

#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) ty: Type,
    /// The members' types, in the order of the layout's fields; empty for an enumeration.
    pub(super) members: Vec<DeclaredType>,
    /// The enumerators of an enumeration.
    pub(super) enumerators: Vec<(Arc<str>, i128)>,
    /// How deep structs and arrays stand in each other.
    pub(super) depth: usize,
    /// What it holds that has a layout but cannot be passed: a half precision number, a wider vector than calls know.
    pub(super) unpassable: Option<Arc<str>>,
}

/// A name given by `typedef`.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: Arc<str>,
    pub(super) ty: DeclaredType,
    /// The type of its values, once it was asked for.
    pub(super) value: OnceLock<Type>,
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
    Constant(Constant),
    Function(usize),
    Variable(usize),
    /// What could not be read, for this mistake.
    Lost(usize),
}

/// A macro without arguments.
#[derive(Clone, Debug)]
pub(super) struct Macro {
    /// What it stands for, as text.
    pub(super) body: Arc<str>,
    /// What that is, once it was asked for; with more declarations it can be something else.
    pub(super) value: OnceLock<(DeclaredType, Content)>,
}

/// Everything declared so far.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) data: DataModel,
    pub(super) tags: Vec<Tag>,
    pub(super) tag_names: HashMap<Arc<str>, usize>,
    pub(super) named: Vec<Named>,
    pub(super) meanings: HashMap<Arc<str>, Meaning>,
    /// Macros without arguments.
    pub(super) macros: HashMap<Arc<str>, Macro>,
    pub(super) functions: Vec<Entity>,
    pub(super) variables: Vec<Entity>,
    /// What could not be read, in the order of the texts.
    pub(super) mistakes: Vec<DeclarationError>,
    /// How to take back what the text at hand declares.
    pub(super) journal: Vec<Undo>,
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
    /// The type that one name alone names, or `struct`, `union` or `enum` with one; none for everything else.
    pub(super) fn known_type(&self, name: &str) -> Option<DeclaredType> {
        if let Some(Meaning::Type(index)) = self.meanings.get(name) {
            return Some(Form::Named(*index).into());
        }
        let (keyword, tag) = name.split_once(' ')?;
        let index = *self.tag_names.get(tag)?;
        let known = &self.tags[index];
        (known.kind.keyword() == keyword && !known.is_opaque()).then_some(Form::Tag(index).into())
    }

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
                let parameters = function.parameters.iter().map(|p| self.chain(&p.ty));
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
                let definition = self.tags[*index].definition.as_ref();
                definition
                    .map(|definition| definition.ty.clone())
                    .ok_or_else(|| self.not_defined(*index))
            }
            Form::Named(index) => {
                let named = &self.named[*index];
                if let Some(value) = named.value.get() {
                    return Ok(value.clone());
                }
                let ty = self.value_type(self.resolve(&named.ty))?;
                let ty = Type::alias(named.name.to_string(), ty.resolve().clone());
                Ok(named.value.get_or_init(|| ty).clone())
            }
        }
    }

    /// Why a tag has no layout, in words.
    pub(super) fn not_defined(&self, index: usize) -> String {
        let Tag { kind, name, lost, .. } = &self.tags[index];
        let shown = format!("`{} {name}`", kind.keyword());
        match lost.and_then(|mistake| self.mistakes.get(mistake)) {
            // A type name that was lost is a tag without a name.
            Some(mistake) if name.is_empty() => {
                format!("its declaration could not be read: {}", mistake.in_short())
            }
            Some(mistake) => {
                format!("the declaration of {shown} could not be read: {}", mistake.in_short())
            }
            None => format!("{shown} is only announced here, so its size is not known"),
        }
    }

    /// The size of a value.
    ///
    /// # Errors
    /// As [`Model::value_type`].
    pub(super) fn size(&self, ty: &DeclaredType) -> Result<usize, String> {
        match &self.resolve(ty).form {
            Form::Basic(ty) => Ok(ty.size()),
            Form::Pointer(_) => Ok(Type::Pointer.size()),
            Form::Tag(index) => match &self.tags[*index].definition {
                Some(definition) => Ok(definition.ty.size()),
                None => Err(self.not_defined(*index)),
            },
            _ => Ok(self.value_type(ty)?.size()),
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

    /// Whether a type is that of a function, or of a pointer to one.
    pub(super) fn is_function_type(&self, ty: &DeclaredType) -> bool {
        self.function_of(ty).is_some()
    }

    /// The type of a function, or of the function that a pointer points to.
    pub(super) fn function_of<'a>(&'a self, ty: &'a DeclaredType) -> Option<&'a FunctionType> {
        match &self.resolve(ty).form {
            Form::Function(function) => Some(function),
            Form::Pointer(target) => match &self.resolve(target).form {
                Form::Function(function) => Some(function),
                _ => None,
            },
            _ => None,
        }
    }

    /// Why a name has no meaning whose declaration could not be read, in words.
    pub(super) fn lost(&self, name: &str, mistake: usize) -> String {
        let why = self.mistakes.get(mistake).map(DeclarationError::in_short).unwrap_or_default();
        format!("the declaration of `{}` could not be read: {why}", cut(name))
    }
}
