//! C declarations as text: types by name, functions ready to be called.
//!
//! [`Declarations::parse`] reads what a C compiler reads behind the preprocessor: a line typed by hand, or a whole header
//! that went through `cc -E`. Nothing is compiled; layouts follow the [`DataModel`].

mod argument;
mod bound;
mod call;
mod callback;
mod closure;
mod compatible;
mod constant;
mod convert;
mod diagnostic;
mod few;
mod function;
mod journal;
mod kept;
mod keyword;
mod lexer;
mod list;
mod literal;
mod member;
mod model;
mod object;
mod parser;
mod passed;
mod plan;
mod pointee;
mod pointer;
mod prepared;
mod provided;
mod quick;
mod same;
mod short_text;
mod show;
mod show_value;
mod text;
mod view;

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use crate::error::DeclarationError;
use crate::types::DataModel;
use crate::{Error, Signature, Type};
pub use argument::{Argument, Code, Slice};
pub use bound::BoundLibrary;
pub use call::Declared;
pub use callback::{CallbackType, DeclaredCall};
pub use function::FunctionDeclaration;
pub use list::ArgumentList;
pub use member::Member;
pub use model::{DeclaredType, FunctionType};
use model::{Form, Meaning, Model, TagKind};
pub use object::Object;
pub use prepared::{FinishedCall, PreparedCall};
pub use view::View;

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

impl Default for Declarations {
    fn default() -> Declarations {
        Declarations::with_model(DataModel::HOST)
    }
}

impl Declarations {
    /// The declarations in a text, for this platform: all of them, or none.
    ///
    /// [`Declarations::parse_lenient`] keeps what stands beside a mistake.
    ///
    /// # Errors
    /// [`Error::Declaration`] for the first mistake, with line, column and a caret under it. A text of more than 64 MiB
    /// is one, and brackets nested deeper than 256 levels.
    pub fn parse(text: &str) -> Result<Declarations, Error> {
        let mut declarations = Declarations::default();
        declarations.add(text)?;
        Ok(declarations)
    }

    /// The declarations in a text that can be read, for this platform, and the mistakes in the others.
    ///
    /// A declaration that cannot be read costs no other: this is how a whole header is read of which some parts are not
    /// understood. What needs one that was lost (its size, a call of it) is an error that names the first mistake's place.
    ///
    /// ```
    /// let (c, mistakes) = ffi::Declarations::parse_lenient("
    ///     typedef struct { _BitInt(7) odd; } unusual;
    ///     struct holder { unusual *pointer; int count; };
    ///     int fine(struct holder *);
    /// ");
    /// assert_eq!(mistakes.len(), 1);
    /// assert_eq!(mistakes[0].to_string().lines().next(), Some("line 2, column 22: `_BitInt` is not supported"));
    /// assert_eq!(c.size_of("struct holder")?, 16);
    /// assert!(c.function("fine").is_ok());
    /// let lost = c.size_of("unusual").unwrap_err();
    /// assert!(lost.to_string().contains("could not be read: line 2, column 22: `_BitInt` is not supported"));
    /// # Ok::<(), ffi::Error>(())
    /// ```
    #[must_use = "the mistakes say what is missing"]
    pub fn parse_lenient(text: &str) -> (Declarations, Vec<DeclarationError>) {
        let mut declarations = Declarations::default();
        let mistakes = declarations.add_lenient(text);
        (declarations, mistakes)
    }

    /// No declarations yet, for a platform.
    pub fn with_model(data: DataModel) -> Declarations {
        Declarations(Arc::new(Model::new(data)))
    }

    /// Adds the declarations in a text, which may use those before. (It copies those before if they are shared with a
    /// clone.)
    ///
    /// # Errors
    /// As [`Declarations::parse`]; then nothing was added.
    pub fn add(&mut self, text: &str) -> Result<(), Error> {
        let model = Arc::make_mut(&mut self.0);
        let mark = model.begin();
        if let Err(mistake) = parser::declarations(model, text) {
            model.take_back(mark);
            return Err(diagnostic::error_in(text, mistake).into());
        }
        model.keep();
        Ok(())
    }

    /// Adds the declarations in a text that can be read; returns the mistakes in the others, as
    /// [`Declarations::parse_lenient`].
    #[must_use = "the mistakes say what is missing"]
    pub fn add_lenient(&mut self, text: &str) -> Vec<DeclarationError> {
        let model = Arc::make_mut(&mut self.0);
        let before = model.mistakes.len();
        parser::what_can_be_read(model, text);
        model.keep();
        model.mistakes[before..].to_vec()
    }

    /// The mistakes in what could not be read, in the order of the texts: none, unless a text was read leniently.
    pub fn mistakes(&self) -> &[DeclarationError] {
        &self.0.mistakes
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
        match self.0.known_type(name.trim()) {
            Some(ty) => Ok(ty),
            None => parser::type_name(&self.0, name)
                .map_err(|mistake| diagnostic::error_in(name, mistake).into()),
        }
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
        self.size(&self.type_named(name)?)
    }

    fn size(&self, ty: &DeclaredType) -> Result<usize, Error> {
        self.0.size(ty).map_err(|why| self.no_value(ty, why))
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
        let ty = self.type_named(name)?;
        parser::member_offset(&self.0, &ty, member)
            .map_err(|mistake| diagnostic::error_in(member, mistake).into())
    }

    /// The members of a struct or union, those of anonymous ones within it included.
    ///
    /// # Errors
    /// [`Error::DeclaredType`] for another type, or one that is only announced.
    pub fn members(&self, ty: &DeclaredType) -> Result<Vec<Member>, Error> {
        self.0.members(ty).map_err(|why| self.no_value(ty, why))
    }

    /// A declared function.
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for a name that is no function's; [`Error::Lost`] where the declaration could not be read.
    pub fn function(&self, name: &str) -> Result<FunctionDeclaration, Error> {
        match self.0.meanings.get(name) {
            Some(Meaning::Function(index)) => Ok(FunctionDeclaration::named(self, *index)),
            _ => Err(self.no_function(name)),
        }
    }

    /// Why a name is no function's.
    fn no_function(&self, name: &str) -> Error {
        let known = self.0.meanings.get(name);
        let name = name.to_owned();
        match known {
            Some(Meaning::Lost(mistake)) => {
                let mistake = self.0.mistakes[*mistake].clone();
                Error::Lost { name, mistake: mistake.into() }
            }
            _ => Error::NotDeclared { name, wanted: "a function" },
        }
    }

    /// All declared functions, in their order.
    pub fn functions(&self) -> impl Iterator<Item = FunctionDeclaration> + '_ {
        (0..self.0.functions.len()).map(|index| FunctionDeclaration::named(self, index))
    }

    /// The declared variables with their types, in their order.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &DeclaredType)> {
        self.0.variables.iter().map(|entity| (&*entity.name, &entity.ty))
    }

    /// The names of all types: `struct tm` and `enum colour` where they are defined, and those that `typedef` gave.
    pub fn types(&self) -> Vec<String> {
        self.type_names(|_| true)
    }

    /// The names of all types with members that are defined: `struct tm`, and names that `typedef` gave.
    pub fn composites(&self) -> Vec<String> {
        self.type_names(|ty| {
            let Form::Tag(index) = self.0.resolve(ty).form else { return false };
            let tag = &self.0.tags[index];
            tag.kind != TagKind::Enum && tag.definition.is_some()
        })
    }

    /// The names of defined tags and of types that the text gave names to, as far as they are wanted.
    fn type_names(&self, wanted: impl Fn(&DeclaredType) -> bool) -> Vec<String> {
        let Model { tags, tag_names, named, .. } = &*self.0;
        let tags = tags.iter().enumerate().filter(|(index, tag)| {
            let visible = tag_names.get(&tag.name) == Some(index) && !tag.is_opaque();
            visible && tag.definition.is_some() && wanted(&Form::Tag(*index).into())
        });
        let tags = tags.map(|(_, tag)| format!("{} {}", tag.kind.keyword(), tag.name));
        let named = named.iter().filter(|named| !named.provided && wanted(&named.ty));
        tags.chain(named.map(|named| named.name.to_string())).collect()
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

    /// What an array holds; none for another type.
    pub fn element<'a>(&'a self, ty: &'a DeclaredType) -> Option<&'a DeclaredType> {
        match &self.0.resolve(ty).form {
            Form::Array(element, _) => Some(element),
            _ => None,
        }
    }

    /// Whether a type is `char`, by whatever name: neither `signed char` nor `unsigned char`.
    pub fn is_char(&self, ty: &DeclaredType) -> bool {
        match &self.0.resolve(ty).form {
            Form::Basic(Type::Alias(alias)) => alias.name() == "char",
            _ => false,
        }
    }

    /// Whether a type is `wchar_t`, `char16_t` or `char32_t`, or a name for one of these.
    pub fn is_wide_char(&self, ty: &DeclaredType) -> bool {
        self.0.text_unit(ty).is_some_and(|size| size > 1)
    }

    /// An array of so many values of a type.
    pub fn array_of(&self, element: &DeclaredType, length: usize) -> DeclaredType {
        Form::Array(Arc::new(element.clone()), Some(length)).into()
    }

    /// The type of a function, or of the function that a pointer points to.
    pub fn function_type<'a>(&'a self, ty: &'a DeclaredType) -> Option<&'a FunctionType> {
        self.0.function_of(ty)
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
