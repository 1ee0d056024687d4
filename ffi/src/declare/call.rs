//! Declared functions of libraries, called with checked values.

use std::fmt::{self, Debug, Formatter};
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::argument::Argument;
use super::convert::{Memory, Room};
use super::plan::{CallPlan, Converted};
use super::pointer::PointerTo;
use super::quick::Dropped;
use super::{ArgumentList, Declarations, FunctionDeclaration, PreparedCall};
use crate::call::ErrorNumbers;
use crate::value::small::{Small, returned_or_stored};
use crate::{Abi, CallInterface, CodePtr, Error, Library, Type, Value};

/// A function of a library, as it was declared: arguments are checked against their parameters and converted without
/// loss. It keeps the library open.
///
/// Made by [`Library::declare`].
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use ffi::Library;
/// // SAFETY: this program is running it already.
/// let libc = unsafe { Library::open("libc.so.6") }?;
/// let strtol = libc.declare("long strtol(const char *text, char **end, int base)")?;
/// // SAFETY: this is its signature; null is allowed as the end.
/// let number = unsafe { strtol.call(("ff", None::<&str>, 16)) }?;
/// assert_eq!(i32::try_from(number)?, 255);
/// // SAFETY: refused before the call.
/// let error = unsafe { strtol.call(("ff", None::<&str>, 1_u64 << 40)) }.unwrap_err();
/// assert_eq!(error.to_string(), "argument 2 (base): 1099511627776 does not fit int");
/// # }
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone)]
pub struct Declared {
    /// The library it is a function of; none for what a pointer leads to.
    library: Option<Library>,
    code: CodePtr,
    plan: Arc<CallPlan>,
}

impl Library {
    /// The function that a C declaration declares, ready to be called; the last one, where there are several.
    ///
    /// # Errors
    /// [`Error::Declaration`] for a mistake in the declaration, [`Error::NotDeclared`] where it declares no function,
    /// [`Error::SymbolMissing`] where the library has none, and as [`CallInterface::with_abi`].
    pub fn declare(&self, declaration: &str) -> Result<Declared, Error> {
        let declarations = Declarations::parse(declaration)?;
        let last = declarations.functions().last();
        let function = last.ok_or_else(|| Error::NotDeclared {
            name: declaration.to_owned(),
            wanted: "a function",
        })?;
        self.declared(&function)
    }

    /// A function out of declarations, ready to be called.
    ///
    /// # Errors
    /// As [`Library::declare`].
    pub fn declared(&self, function: &FunctionDeclaration) -> Result<Declared, Error> {
        self.declared_with_abi(function.ty().abi().unwrap_or(Abi::HOST), function)
    }

    /// A function out of declarations, ready to be called under a convention.
    ///
    /// # Errors
    /// As [`Library::declare`].
    pub fn declared_with_abi(
        &self,
        abi: Abi,
        function: &FunctionDeclaration,
    ) -> Result<Declared, Error> {
        let code = self.address(function.symbol())?;
        let plan = Arc::new(CallPlan::new(abi, function)?);
        Ok(Declared { library: Some(self.clone()), code, plan })
    }
}

impl Value {
    /// The function that a pointer of a declared type leads to, ready to be called: one out of a struct of functions, say.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// let libc = ffi::Library::this()?;
    /// let c = ffi::Declarations::parse("struct methods { int (*absolute)(int); };")?;
    /// let methods = c.zeroed("struct methods")?;
    /// methods.set("absolute", libc.address("abs")?)?;
    /// let absolute = methods.get("absolute")?.function()?;
    /// // SAFETY: it leads to `abs`.
    /// assert_eq!(unsafe { absolute.call((-3,)) }?, ffi::Value::I32(3));
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Conversion`] for null, and for what is no pointer to a function of a declared type; as
    /// [`CallInterface::with_abi`].
    pub fn function(&self) -> Result<Declared, Error> {
        let refused = |why: &str| {
            let (place, value) = ("the value".to_owned(), self.to_string());
            Error::Conversion { place, value, why: why.to_owned() }
        };
        let declared = match self {
            Value::TypedPointer(typed) => PointerTo::of(typed).and_then(PointerTo::declaration),
            _ => None,
        };
        let declaration =
            declared.ok_or_else(|| refused("is no pointer to a declared function"))?;
        let code = self.address().and_then(|address| CodePtr::new(address));
        let code = code.ok_or_else(|| refused("points to no function"))?;
        let abi = declaration.ty().abi().unwrap_or(Abi::HOST);
        Ok(Declared { library: None, code, plan: Arc::new(CallPlan::new(abi, &declaration)?) })
    }
}

impl Declared {
    /// Its declaration.
    pub fn declaration(&self) -> &FunctionDeclaration {
        self.plan.declaration()
    }

    /// The library it is a function of; none for one that [`Value::function`] made of a pointer.
    pub fn library(&self) -> Option<&Library> {
        self.library.as_ref()
    }

    /// Its address.
    pub fn code(&self) -> CodePtr {
        self.code
    }

    /// How it is called with further arguments of these types; none for a function that is not variadic.
    ///
    /// # Errors
    /// As [`FunctionDeclaration::signature`] and [`CallInterface::with_abi`].
    pub fn interface(&self, variadic: &[Type]) -> Result<CallInterface, Error> {
        self.plan.interface(variadic)
    }

    /// Calls it.
    ///
    /// # Errors
    /// [`Error::ArgumentCount`] for too few or too many arguments, [`Error::Conversion`] for one that its parameter
    /// cannot hold, [`Error::NoMember`]; of a variadic function, what [`Declared::interface`] refuses.
    ///
    /// # Safety
    /// The declaration is the function's, and the call with these arguments is sound.
    #[inline]
    pub unsafe fn call<'a>(&self, arguments: impl ArgumentList<'a>) -> Result<Value, Error> {
        arguments.with(|arguments| {
            // SAFETY: the caller answers for the declaration and for the call with these arguments; what has no common value
            // is stored.
            unsafe { returned_or_stored(|stored| self.call_now(arguments, stored)) }
        })
    }

    /// As [`Declared::call`], with error numbers in place right before the call, and replaced by those that C left.
    ///
    /// # Errors
    /// As [`Declared::call`].
    ///
    /// # Safety
    /// As [`Declared::call`].
    pub unsafe fn call_with_errno<'a>(
        &self,
        arguments: impl ArgumentList<'a>,
        numbers: &mut ErrorNumbers,
    ) -> Result<Value, Error> {
        arguments.with(|arguments| {
            let dropped = Dropped { arguments, owning: true };
            // SAFETY: the caller answers for the declaration and for the call with these arguments.
            unsafe { self.call_slowly(dropped.arguments, Some(numbers)) }
        })
    }

    /// Checks and converts the arguments of a call, which can then be made more than once.
    ///
    /// # Errors
    /// As [`Declared::call`].
    pub fn prepare<'a>(&self, arguments: impl ArgumentList<'a>) -> Result<PreparedCall<'a>, Error> {
        let mut arguments = arguments.into_arguments();
        let mut call = Converted::new(Memory::on_heap());
        self.plan.convert(arguments.as_mut(), &mut call)?;
        Ok(PreparedCall::new(self.plan.clone(), self.code, call, self.library.clone()))
    }

    /// Calls it; a result that has no common value is stored. The arguments are dropped.
    ///
    /// # Safety
    /// As [`Declared::call`].
    unsafe fn call_now(
        &self,
        arguments: &mut [Argument<'_>],
        stored: &mut MaybeUninit<Result<Value, Error>>,
    ) -> Small {
        let mut dropped = Dropped { arguments, owning: true };
        // SAFETY: the plan is that of the code; for the declaration and the arguments, the caller answers.
        if let Some(result) = unsafe { self.plan.call_quickly(self.code, &mut dropped, stored) } {
            return result;
        }
        // SAFETY: nothing was called; for the declaration and the arguments, the caller answers.
        stored.write(unsafe { self.call_slowly(dropped.arguments, None) });
        Small::ELSEWHERE
    }

    /// Calls it with arguments that are converted into memory on the stack.
    ///
    /// # Safety
    /// As [`Declared::call`].
    #[inline(never)]
    unsafe fn call_slowly(
        &self,
        arguments: &mut [Argument<'_>],
        numbers: Option<&mut ErrorNumbers>,
    ) -> Result<Value, Error> {
        let mut room = Room::new();
        let mut call = Converted::new(Memory::over(&mut room));
        self.plan.convert(arguments, &mut call)?;
        // SAFETY: the plan is that of the code; for the declaration and the arguments, the caller answers.
        unsafe { call.run(&self.plan, self.code, numbers) };
        // SAFETY: the call was just made.
        Ok(unsafe { call.take(&self.plan) })
    }
}

impl Debug for Declared {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.library {
            Some(library) => write!(f, "Declared({} of {:?})", self.declaration(), library.path()),
            None => write!(f, "Declared({} at {:?})", self.declaration(), self.code.as_ptr()),
        }
    }
}
