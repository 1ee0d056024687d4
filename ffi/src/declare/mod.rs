//! C declarations as text: types by name, functions ready to be called.
//!
//! [`Declarations::parse`] reads what a C compiler reads behind the preprocessor: a line typed by hand, or a whole header
//! that went through `cc -E`. Nothing is compiled; layouts follow the [`DataModel`].

mod argument;
mod call;
mod convert;
mod diagnostic;
mod lexer;
mod literal;
mod member;
mod model;
mod parser;
mod provided;
mod show;

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use crate::{Abi, DataModel, Error, Signature, Type};
pub use argument::{Argument, ArgumentList, Code, Slice};
pub use call::{Declared, FinishedCall, PreparedCall};
pub use diagnostic::DeclarationError;
use diagnostic::Mistake;
pub use member::Member;
pub use model::{DeclaredType, FunctionType};
use model::{Entity, Form, Meaning, Model, TagKind};

/// What C declarations declare: types, functions, variables and constants by name.
///
/// Names of `<stdint.h>`, `<stddef.h>` and `<stdbool.h>` are there from the start; a text may declare them again.
/// Cloning is cheap.
///
/// ```
/// use ffi::Declarations;
/// let c = Declarations::parse("
///     enum { WIDTH = 4 };
///     typedef struct pixel { unsigned char rgba[WIDTH]; struct pixel *next; } pixel;
///     double shade(const pixel *first, double light);
/// ")?;
/// assert_eq!((c.size_of("pixel")?, c.align_of("pixel")?, c.offset_of("pixel", "next")?), (16, 8, 8));
/// assert_eq!(c.offset_of("pixel", "rgba[3]")?, 3);
/// assert_eq!(c.constant("WIDTH"), Some(4));
/// assert_eq!(c.function("shade")?.to_string(), "double shade(const pixel *first, double light)");
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone)]
pub struct Declarations(Arc<Model>);

/// A function as it was declared; made by [`Declarations::function`].
#[derive(Clone)]
pub struct FunctionDeclaration {
    declarations: Declarations,
    index: usize,
}

impl Default for Declarations {
    fn default() -> Declarations {
        Declarations::with_model(DataModel::HOST)
    }
}

impl Declarations {
    /// The declarations in a text, for this platform.
    ///
    /// # Errors
    /// [`Error::Declaration`] with line, column and a caret under the mistake.
    pub fn parse(text: &str) -> Result<Declarations, Error> {
        let mut declarations = Declarations::default();
        declarations.add(text)?;
        Ok(declarations)
    }

    /// No declarations yet, for a platform.
    pub fn with_model(data: DataModel) -> Declarations {
        Declarations(Arc::new(Model::new(data)))
    }

    /// Adds the declarations in a text, which may use those before.
    ///
    /// # Errors
    /// As [`Declarations::parse`]; then nothing was added.
    pub fn add(&mut self, text: &str) -> Result<(), Error> {
        let mut model = Model::clone(&self.0);
        parser::declarations(&mut model, text)
            .map_err(|mistake| DeclarationError::new(text, mistake))?;
        self.0 = Arc::new(model);
        Ok(())
    }

    /// The platform whose layouts these are.
    pub fn data_model(&self) -> DataModel {
        self.0.data
    }

    /// A type by its C name: `size_t`, `struct tm`, `const char *`, `int (*)(void)`, `double [3]`.
    ///
    /// # Errors
    /// As [`Declarations::parse`], for a mistake in the name.
    pub fn type_named(&self, name: &str) -> Result<DeclaredType, Error> {
        let mut model = Model::clone(&self.0);
        let (tags, named) = (model.tags.len(), model.named.len());
        let ty = parser::type_name(&mut model, name)
            .map_err(|mistake| DeclarationError::new(name, mistake))?;
        if model.tags.len() > tags || model.named.len() > named {
            let message = "a type that was not declared before".to_owned();
            let mistake = Mistake { start: 0, end: name.len(), message };
            return Err(DeclarationError::new(name, mistake).into());
        }
        Ok(ty)
    }

    /// The type of a value of a declared type.
    ///
    /// # Errors
    /// [`Error::DeclaredType`] for what has no value: a type that is only announced, a function.
    pub fn value_type(&self, ty: &DeclaredType) -> Result<Type, Error> {
        self.0.value_type(ty).map_err(|why| self.no_value(ty, why))
    }

    /// The type of a value, by its C name.
    ///
    /// # Errors
    /// As [`Declarations::type_named`] and [`Declarations::value_type`].
    pub fn value_type_named(&self, name: &str) -> Result<Type, Error> {
        self.value_type(&self.type_named(name)?)
    }

    /// The size in bytes of a type, by its C name.
    ///
    /// # Errors
    /// As [`Declarations::value_type_named`].
    pub fn size_of(&self, name: &str) -> Result<usize, Error> {
        Ok(self.value_type_named(name)?.size())
    }

    /// The alignment in bytes of a type, by its C name.
    ///
    /// # Errors
    /// As [`Declarations::value_type_named`].
    pub fn align_of(&self, name: &str) -> Result<usize, Error> {
        let ty = self.type_named(name)?;
        self.0.alignment(&ty).map_err(|why| self.no_value(&ty, why))
    }

    /// The offset in bytes of a member of a type: `"member"`, `"array[2].member"`.
    ///
    /// # Errors
    /// As [`Declarations::type_named`]; for a member that is not there too.
    pub fn offset_of(&self, name: &str, member: &str) -> Result<usize, Error> {
        // The compilers' own operator knows all the forms; its value is the length of an array of bytes.
        let text = format!("char [__builtin_offsetof({name}, {member}) + 1]");
        Ok(self.value_type_named(&text)?.size() - 1)
    }

    /// The members of a struct or union, those of anonymous ones within it included.
    ///
    /// # Errors
    /// [`Error::DeclaredType`] for another type, or one that is only announced.
    pub fn members(&self, ty: &DeclaredType) -> Result<Vec<Member>, Error> {
        self.0.members(ty).map_err(|why| self.no_value(ty, why))
    }

    /// The value of an enumerator.
    pub fn constant(&self, name: &str) -> Option<i128> {
        match self.0.meanings.get(name) {
            Some(Meaning::Constant(value)) => Some(*value),
            _ => None,
        }
    }

    /// A declared function.
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for a name that is no function's.
    pub fn function(&self, name: &str) -> Result<FunctionDeclaration, Error> {
        match self.0.meanings.get(name) {
            Some(Meaning::Function(index)) => {
                Ok(FunctionDeclaration { declarations: self.clone(), index: *index })
            }
            _ => Err(Error::NotDeclared { name: name.to_owned(), wanted: "a function" }),
        }
    }

    /// All declared functions, in their order.
    pub fn functions(&self) -> impl Iterator<Item = FunctionDeclaration> + '_ {
        (0..self.0.functions.len())
            .map(|index| FunctionDeclaration { declarations: self.clone(), index })
    }

    /// The declared variables with their types, in their order.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &DeclaredType)> {
        self.0.variables.iter().map(|entity| (entity.name.as_str(), &entity.ty))
    }

    /// The names of all types with members that are defined: `struct tm`, and names that `typedef` gave.
    pub fn composites(&self) -> Vec<String> {
        let defined = |index: usize| {
            let tag = &self.0.tags[index];
            tag.kind != TagKind::Enum && tag.definition.is_some()
        };
        let tags = self.0.tags.iter().enumerate().filter(|(index, tag)| {
            defined(*index) && !tag.is_opaque() && self.0.tag_names.get(&tag.name) == Some(index)
        });
        let mut names: Vec<String> =
            tags.map(|(_, tag)| format!("{} {}", tag.kind.keyword(), tag.name)).collect();
        let named = self.0.named.iter().filter(|named| {
            !named.provided
                && matches!(self.0.resolve(&named.ty).form, Form::Tag(index) if defined(index))
        });
        names.extend(named.map(|named| named.name.clone()));
        names
    }

    /// A type in C notation.
    pub fn show(&self, ty: &DeclaredType) -> String {
        self.0.show(ty, "")
    }

    /// What a pointer points to; none for another type.
    pub fn pointee<'a>(&'a self, ty: &'a DeclaredType) -> Option<&'a DeclaredType> {
        match &self.0.resolve(ty).form {
            Form::Pointer(target) => Some(target),
            _ => None,
        }
    }

    /// Whether a type is `char`, by whatever name and sign.
    pub fn is_char(&self, ty: &DeclaredType) -> bool {
        match &self.0.resolve(ty).form {
            Form::Basic(Type::Alias(alias)) => alias.name().ends_with("char"),
            _ => false,
        }
    }

    /// The type of a function, or of the function that a pointer points to.
    pub fn function_type<'a>(&'a self, ty: &'a DeclaredType) -> Option<&'a FunctionType> {
        match &self.0.resolve(ty).form {
            Form::Function(function) => Some(function),
            Form::Pointer(target) => match &self.0.resolve(target).form {
                Form::Function(function) => Some(function),
                _ => None,
            },
            _ => None,
        }
    }

    /// The signature of a function type, as for a [`Callback`](crate::Callback).
    ///
    /// # Errors
    /// [`Error::NotCallable`] for parameters of types that are only announced, and as [`Signature::new`].
    pub fn signature(&self, function: &FunctionType) -> Result<Signature, Error> {
        self.0.signature("the function", function, &[])
    }

    fn no_value(&self, ty: &DeclaredType, why: String) -> Error {
        Error::DeclaredType { ty: self.show(ty), why }
    }
}

impl Debug for Declarations {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Model { tags, named, functions, variables, .. } = &*self.0;
        f.debug_struct("Declarations")
            .field("tags", &tags.len())
            .field("types", &named.len())
            .field("functions", &functions.len())
            .field("variables", &variables.len())
            .finish()
    }
}

impl FunctionType {
    /// The type of the result.
    pub fn returns(&self) -> &DeclaredType {
        &self.returns
    }

    /// The parameters, names empty where there are none.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, &DeclaredType)> {
        self.parameters.iter().map(|(name, ty)| (name.as_str(), ty))
    }

    /// Whether further arguments may follow the parameters.
    pub fn is_variadic(&self) -> bool {
        self.variadic
    }

    /// The convention that an attribute asks for.
    pub fn abi(&self) -> Option<Abi> {
        self.abi
    }
}

impl FunctionDeclaration {
    fn entity(&self) -> &Entity {
        &self.declarations.0.functions[self.index]
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.entity().name
    }

    /// The symbol to look for: the name, unless an `__asm__` label gives another.
    pub fn symbol(&self) -> &str {
        let Entity { name, symbol, .. } = self.entity();
        symbol.as_deref().unwrap_or(name)
    }

    /// What it takes and returns.
    ///
    /// # Panics
    /// Never: a function has a function type.
    pub fn ty(&self) -> &FunctionType {
        self.declarations.function_type(&self.entity().ty).expect("a function has a function type")
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
