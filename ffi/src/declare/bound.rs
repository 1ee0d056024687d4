//! A library together with its declarations.

use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, OnceLock};

use super::argument::Argument;
use super::model::{DeclaredType, Meaning};
use super::{ArgumentList, CallbackType, Declarations, Declared, FunctionDeclaration, Object};
use crate::call::ErrorNumbers;
use crate::{Error, Library, Value};

/// A library and the declarations of what is in it: everything by its name. Symbols are looked for when they are first asked
/// for. Clones are cheap and share what was found; all threads may use it.
///
/// Made by [`Library::bind`].
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use ffi::{Declarations, Library};
/// let c = Library::this()?.bind(&Declarations::parse("
///     enum { DECIMAL = 10 };
///     long strtol(const char *text, char **end, int base);
///     extern char **environ;
/// ")?);
/// let mut end = ffi::Value::Void;
/// // SAFETY: this is its declaration.
/// let number = unsafe { c.call("strtol", ("42 apples", ffi::Argument::out(&mut end), c.constant("DECIMAL")?)) }?;
/// assert_eq!(number.convert::<u8>()?, 42);
/// assert_eq!(c.declarations().size_of("long")?, 8);
/// assert_eq!(c.variable("environ")?.to_string().split_once(')').map(|(ty, _)| ty), Some("(char ***"));
/// # }
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone)]
pub struct BoundLibrary(Arc<Bound>);

struct Bound {
    library: Library,
    declarations: Declarations,
    /// Those that were asked for, by their index in the declarations.
    functions: Box<[OnceLock<Declared>]>,
}

impl Library {
    /// The library with the declarations of what is in it.
    pub fn bind(&self, declarations: &Declarations) -> BoundLibrary {
        let (library, declarations) = (self.clone(), declarations.clone());
        let functions = declarations.0.functions.iter().map(|_| OnceLock::new()).collect();
        BoundLibrary(Arc::new(Bound { library, declarations, functions }))
    }
}

impl BoundLibrary {
    /// The library.
    pub fn library(&self) -> &Library {
        &self.0.library
    }

    /// The declarations: types, sizes, members, and all names.
    pub fn declarations(&self) -> &Declarations {
        &self.0.declarations
    }

    /// A function, ready to be called.
    ///
    /// # Errors
    /// As [`Declarations::function`] and [`Library::declared`].
    pub fn function(&self, name: &str) -> Result<&Declared, Error> {
        let Bound { library, declarations, functions } = &*self.0;
        let Some(Meaning::Function(index)) = declarations.0.meanings.get(name) else {
            return Err(declarations.no_function(name));
        };
        let place = &functions[*index];
        if let Some(declared) = place.get() {
            return Ok(declared);
        }
        let declared = library.declared(&FunctionDeclaration::named(declarations, *index))?;
        Ok(place.get_or_init(|| declared))
    }

    /// Calls a function.
    ///
    /// # Errors
    /// As [`BoundLibrary::function`] and [`Declared::call`].
    ///
    /// # Safety
    /// As [`Declared::call`].
    pub unsafe fn call<'a>(
        &self,
        name: &str,
        arguments: impl ArgumentList<'a>,
    ) -> Result<Value, Error> {
        // SAFETY: the caller answers for the declaration and for the call with these arguments.
        unsafe { self.function(name)?.call(arguments) }
    }

    /// Calls a function with error numbers, as [`Declared::call_with_errno`].
    ///
    /// # Errors
    /// As [`BoundLibrary::call`].
    ///
    /// # Safety
    /// As [`Declared::call`].
    pub unsafe fn call_with_errno<'a>(
        &self,
        name: &str,
        arguments: impl ArgumentList<'a>,
        numbers: &mut ErrorNumbers,
    ) -> Result<Value, Error> {
        // SAFETY: the caller answers for the declaration and for the call with these arguments.
        unsafe { self.function(name)?.call_with_errno(arguments, numbers) }
    }

    /// A constant in its type, as [`Declarations::constant_value`].
    ///
    /// # Errors
    /// As [`Declarations::constant_value`].
    pub fn constant(&self, name: &str) -> Result<Value, Error> {
        self.0.declarations.constant_value(name)
    }

    /// A type by its C name, as [`Declarations::type_named`].
    ///
    /// # Errors
    /// As [`Declarations::type_named`].
    pub fn type_named(&self, name: &str) -> Result<DeclaredType, Error> {
        self.0.declarations.type_named(name)
    }

    /// A pointer to a variable, of its declared type: [`Value::view`] leads on.
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for a name that is no variable's; as [`Library::address`].
    pub fn variable(&self, name: &str) -> Result<Value, Error> {
        let Bound { library, declarations, .. } = &*self.0;
        let Some(Meaning::Variable(index)) = declarations.0.meanings.get(name) else {
            return Err(Error::NotDeclared { name: name.to_owned(), wanted: "a variable" });
        };
        let variable = &declarations.0.variables[*index];
        let code = library.address(variable.symbol.as_deref().unwrap_or(name))?;
        let ty = DeclaredType::pointer(variable.ty.clone());
        declarations.value_of(&ty, code.as_ptr().cast_mut())
    }

    /// A value of a declared type, as [`Declarations::value`].
    ///
    /// # Errors
    /// As [`Declarations::value`].
    pub fn value<'a>(&self, ty: &str, value: impl Into<Argument<'a>>) -> Result<Value, Error> {
        self.0.declarations.value(ty, value)
    }

    /// A value of a declared type in memory of its own, as [`Declarations::object`].
    ///
    /// # Errors
    /// As [`Declarations::object`].
    pub fn object<'a>(&self, ty: &str, value: impl Into<Argument<'a>>) -> Result<Object, Error> {
        self.0.declarations.object(ty, value)
    }

    /// What callbacks of a declared type need, as [`Declarations::callback_type`].
    ///
    /// # Errors
    /// As [`Declarations::callback_type`].
    pub fn callback_type(&self, ty: &str) -> Result<CallbackType, Error> {
        self.0.declarations.callback_type(ty)
    }
}

impl Debug for BoundLibrary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Bound { library, declarations, .. } = &*self.0;
        f.debug_struct("BoundLibrary")
            .field("library", library)
            .field("declarations", declarations)
            .finish()
    }
}
