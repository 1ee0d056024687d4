//! Declared functions of libraries, called with checked values.

use std::fmt::{self, Debug, Formatter};
use std::ptr::NonNull;

use super::argument::{Argument, ArgumentList};
use super::convert::{Converter, Memory, Out};
use super::{Declarations, FunctionDeclaration};
use crate::call::Arg;
use crate::{
    Abi, CallInterface, Callback, CodePtr, Error, ErrorNumbers, Incoming, Library, Signature, Type,
    Value,
};

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
    library: Library,
    code: CodePtr,
    declaration: FunctionDeclaration,
    abi: Abi,
    /// Prepared, unless each call has its own signature.
    interface: Option<CallInterface>,
}

/// A call whose arguments have been checked and converted, to be made once or again and again; made by
/// [`Declared::prepare`].
#[derive(Debug)]
pub struct PreparedCall<'a> {
    interface: CallInterface,
    code: CodePtr,
    arguments: Vec<*const u8>,
    result: NonNull<u8>,
    outs: Vec<Out<'a>>,
    /// Arguments, result and copies lie in it: the pointers above lead there.
    memory: Memory,
    /// It keeps the code where it is.
    library: Library,
}

/// What a call leaves behind: copies of its arguments, which C may have returned pointers into; made by
/// [`PreparedCall::finish`].
#[derive(Debug)]
pub struct FinishedCall {
    #[expect(dead_code, reason = "C's pointers may lead there")]
    memory: Memory,
    #[expect(dead_code, reason = "it keeps what C's pointers may lead to")]
    library: Library,
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
        let signature = function.signature(&[])?;
        let interface = match function.ty().is_variadic() {
            true => None,
            false => Some(CallInterface::with_abi(abi, &signature)?),
        };
        let declaration = function.clone();
        Ok(Declared { library: self.clone(), code, declaration, abi, interface })
    }
}

impl Declared {
    /// Its declaration.
    pub fn declaration(&self) -> &FunctionDeclaration {
        &self.declaration
    }

    /// The library it is a function of.
    pub fn library(&self) -> &Library {
        &self.library
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
        match &self.interface {
            Some(interface) if variadic.is_empty() => Ok(interface.clone()),
            _ => CallInterface::with_abi(self.abi, &self.declaration.signature(variadic)?),
        }
    }

    /// Calls it.
    ///
    /// # Errors
    /// [`Error::ArgumentCount`] for too few or too many arguments, [`Error::Conversion`] for one that its parameter
    /// cannot hold, [`Error::NoMember`]; of a variadic function, what [`Declared::interface`] refuses.
    ///
    /// # Safety
    /// The declaration is the function's, and the call with these arguments is sound.
    pub unsafe fn call<'a>(&self, arguments: impl ArgumentList<'a>) -> Result<Value, Error> {
        let mut call = self.prepare(arguments)?;
        // SAFETY: the caller's contract.
        Ok(unsafe { call.call() })
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
        let mut call = self.prepare(arguments)?;
        // SAFETY: the caller's contract.
        Ok(unsafe { call.call_with_errno(numbers) })
    }

    /// A callback for a parameter that is a pointer to a function: by the parameter's name, or its index as text.
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for no such parameter, and as [`Callback::new`].
    pub fn callback<'closure, H>(
        &self,
        parameter: &str,
        handler: H,
    ) -> Result<Callback<'closure>, Error>
    where
        H: Fn(&mut Incoming<'_>) -> Result<(), Error> + Send + Sync + 'closure,
    {
        let declarations = self.declaration.declarations();
        let index = parameter.parse::<usize>().ok();
        let mut parameters = self.declaration.ty().parameters().enumerate();
        let found = parameters.find(|(at, (name, _))| *name == parameter || Some(*at) == index);
        let function = found.and_then(|(_, (_, ty))| declarations.function_type(ty));
        let function = function.ok_or_else(|| Error::NotDeclared {
            name: parameter.to_owned(),
            wanted: "a parameter that points to a function",
        })?;
        let signature: Signature = declarations.signature(function)?;
        let abi = function.abi().unwrap_or(Abi::HOST);
        Callback::with_abi(abi, parameter.to_owned(), &signature, handler)
    }

    /// Checks and converts the arguments of a call, which can then be made more than once.
    ///
    /// # Errors
    /// As [`Declared::call`].
    pub fn prepare<'a>(&self, arguments: impl ArgumentList<'a>) -> Result<PreparedCall<'a>, Error> {
        let arguments: Vec<Argument<'a>> = arguments.into_arguments();
        let declarations = self.declaration.declarations();
        let function = self.declaration.ty();
        let expected = function.parameters.len();
        let found = arguments.len();
        if found < expected || (found > expected && !function.variadic) {
            return Err(Error::ArgumentCount { expected, found });
        }
        let mut converter = Converter::new(declarations);
        let mut places = Vec::with_capacity(found);
        let mut variadic = Vec::new();
        for (index, argument) in arguments.into_iter().enumerate() {
            let (bytes, ty) = match function.parameters.get(index) {
                Some((name, ty)) => {
                    let name = if name.is_empty() { String::new() } else { format!(" ({name})") };
                    let place = format!("argument {index}{name}");
                    (converter.bytes(ty, argument, &place)?, declarations.value_type(ty)?)
                }
                None => {
                    let place = format!("argument {index}");
                    let ty = converter.variadic_type(&place, &argument)?;
                    let bytes = converter.bytes(&ty, argument, &place)?;
                    let (bytes, ty) = promoted(self.abi, declarations.value_type(&ty)?, bytes);
                    variadic.push(ty.clone());
                    (bytes, ty)
                }
            };
            places.push(converter.memory.keep(&bytes, ty.alignment()).as_ptr().cast_const());
        }
        let interface = self.interface(&variadic)?;
        let Converter { mut memory, outs, .. } = converter;
        let returns = interface.signature().returns();
        let result = memory.keep(&vec![0; returns.size()], returns.alignment());
        let (code, library) = (self.code, self.library.clone());
        Ok(PreparedCall { interface, code, arguments: places, result, outs, memory, library })
    }
}

/// A variadic argument as C promotes it.
fn promoted(abi: Abi, ty: Type, bytes: Vec<u8>) -> (Vec<u8>, Type) {
    let Some(wide) = abi.promotion(ty.resolve()) else { return (bytes, ty) };
    // SAFETY: they are the bytes of a value of this type.
    let value = unsafe { Value::from_bytes(&ty, &bytes) };
    let number = crate::value::Number::of(&value);
    match number.and_then(|number| number.to(&wide).ok()) {
        Some(value) => (value.to_bytes(), wide),
        None => (bytes, ty),
    }
}

impl PreparedCall<'_> {
    /// How it is called.
    pub fn interface(&self) -> &CallInterface {
        &self.interface
    }

    /// Makes the call and stores what C left in out-parameters.
    ///
    /// Copies that were made of arguments stay as C left them for the next call.
    ///
    /// # Safety
    /// As [`Declared::call`].
    pub unsafe fn call(&mut self) -> Value {
        // SAFETY: the caller's contract.
        unsafe { self.run(None) };
        self.take()
    }

    /// As [`PreparedCall::call`], with error numbers as for [`Declared::call_with_errno`].
    ///
    /// # Safety
    /// As [`Declared::call`].
    pub unsafe fn call_with_errno(&mut self, numbers: &mut ErrorNumbers) -> Value {
        // SAFETY: the caller's contract.
        unsafe { self.run(Some(numbers)) };
        self.take()
    }

    /// Makes the call so many times; results are dropped, out-parameters stay as they are.
    ///
    /// # Safety
    /// As [`Declared::call`], for every one of the calls.
    pub unsafe fn repeat(&mut self, times: u64) {
        let arguments = self.addresses();
        for _ in 0..times {
            // SAFETY: the caller's contract; the result has room.
            let called = unsafe {
                self.interface.call_into(self.code, &arguments, self.result.as_ptr().cast())
            };
            debug_assert!(called.is_ok(), "one argument for each parameter");
        }
    }

    /// Gives the out-parameters' places back, and keeps what pointers that C returned may lead to.
    pub fn finish(self) -> FinishedCall {
        FinishedCall { memory: self.memory, library: self.library }
    }

    fn addresses<'b>(&self) -> Vec<Arg<'b>> {
        // SAFETY: the memory holds a value of each parameter's type for as long as the call lives.
        let address = |place: &*const u8| unsafe { Arg::from_ptr(place.cast()) };
        self.arguments.iter().map(|place| address(place).unwrap_or(Arg::new(&()))).collect()
    }

    /// # Safety
    /// As [`Declared::call`].
    unsafe fn run(&mut self, numbers: Option<&mut ErrorNumbers>) {
        let (arguments, result) = (self.addresses(), self.result.as_ptr().cast());
        let called = match numbers {
            // SAFETY: the caller's contract; the result has room.
            None => unsafe { self.interface.call_into(self.code, &arguments, result) },
            // SAFETY: as above.
            Some(numbers) => unsafe {
                self.interface.call_with_errno(self.code, &arguments, result, numbers)
            },
        };
        debug_assert!(called.is_ok(), "one argument for each parameter");
    }

    /// The result, and the out-parameters in their places.
    fn take(&mut self) -> Value {
        for out in &mut self.outs {
            // SAFETY: the memory lives and has the bytes of a value of this type.
            let bytes = unsafe { std::slice::from_raw_parts(out.from.as_ptr(), out.ty.size()) };
            // SAFETY: C left a value there, or the one that was put there.
            *out.into = unsafe { Value::from_bytes(&out.ty, bytes) };
        }
        let returns = self.interface.signature().returns();
        // SAFETY: the memory lives and has the bytes of the result.
        let bytes = unsafe { std::slice::from_raw_parts(self.result.as_ptr(), returns.size()) };
        // SAFETY: C stored a value of this type.
        unsafe { Value::from_bytes(returns, bytes) }
    }
}

impl Debug for Declared {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Declared({} of {:?})", self.declaration, self.library.path())
    }
}
