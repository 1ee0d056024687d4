//! Callbacks of declared types: arguments and results are declared values.

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::ops::Deref;
use std::sync::Arc;

use super::argument::Argument;
use super::convert::{Converter, Memory, Parameter, Place, Store, typed};
use super::model::DeclaredType;
use super::{Declarations, Declared, FunctionType};
use crate::callback::{CallbackBuilder, CallbackInterface, Locked, OnceCallback, Unsynchronised};
use crate::{Abi, CType, Callback, Error, Incoming, Type, Value};

/// What callbacks of a declared type of functions need, found once. Cheap to clone.
///
/// Made by [`Declarations::callback_type`] and [`Declared::callback_type`]. Its methods take closures as [`Callback`] has
/// them: shared, locked, unsynchronised, called once; they may borrow what outlives the callback. Each takes a name for
/// messages, or a [`CallbackBuilder`] with options.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// let qsort = ffi::Library::this()?.declare("void qsort(void *first, unsigned long count, unsigned long size,
///     int (*compare)(const int *left, const int *right))")?;
/// let mut calls = 0;
/// let compare = qsort.callback_type("compare")?.locked("compare", |call| {
///     calls += 1;
///     // SAFETY: qsort passes pointers to elements.
///     let [left, right] = ["left", "right"].map(|name| unsafe { call.get(name)?.view()?.get("")?.convert::<i32>() });
///     call.returns(left?.cmp(&right?) as i32)
/// })?;
/// let mut numbers = [3, 1, 2];
/// // SAFETY: count and size are those of the slice.
/// unsafe { qsort.call((&mut numbers, 3, 4, &compare)) }?;
/// drop(compare);
/// assert!(numbers == [1, 2, 3] && calls >= 2);
/// # }
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone)]
pub struct CallbackType(Arc<Plan>);

/// What every call needs.
struct Plan {
    declarations: Declarations,
    interface: CallbackInterface,
    parameters: Box<[Parameter]>,
    returns: DeclaredType,
    result: Type,
}

/// A call from C to a callback of a declared type. It is an [`Incoming`] call too, which reads arguments as Rust's types.
pub struct DeclaredCall<'c, 'call> {
    incoming: &'c mut Incoming<'call>,
    plan: &'c Plan,
}

impl Declarations {
    /// What callbacks of a type need: a function's, or that of a pointer to one, by its C name.
    ///
    /// # Errors
    /// As [`Declarations::type_named`]; [`Error::DeclaredType`] for another type, and as [`CallbackInterface::with_abi`].
    pub fn callback_type(&self, ty: &str) -> Result<CallbackType, Error> {
        self.callback_type_of(&self.type_named(ty)?)
    }

    /// As [`Declarations::callback_type`], for a type that is known already.
    ///
    /// # Errors
    /// As [`Declarations::callback_type`].
    pub fn callback_type_of(&self, ty: &DeclaredType) -> Result<CallbackType, Error> {
        let function = self.function_type(ty);
        let none = || self.no_value(ty, "is neither a function nor a pointer to one".into());
        CallbackType::new(self, function.ok_or_else(none)?)
    }
}

impl Declared {
    /// What callbacks for a parameter that is a pointer to a function need: by the parameter's name, or its index as text.
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for no such parameter, and as [`CallbackInterface::with_abi`].
    pub fn callback_type(&self, parameter: &str) -> Result<CallbackType, Error> {
        let (function, _) = self.function_parameter(parameter)?;
        CallbackType::new(self.declaration().declarations(), function)
    }
}

impl CallbackType {
    fn new(declarations: &Declarations, function: &FunctionType) -> Result<CallbackType, Error> {
        let abi = function.abi().unwrap_or(Abi::HOST);
        let interface = CallbackInterface::with_abi(abi, &declarations.signature(function)?)?;
        let parameters = function.parameters.iter();
        let parameters = parameters.map(|declared| Parameter::new(declarations, declared));
        Ok(CallbackType(Arc::new(Plan {
            parameters: parameters.collect::<Result<_, _>>()?,
            returns: function.returns().clone(),
            result: declarations.value_type(function.returns())?,
            declarations: declarations.clone(),
            interface,
        })))
    }

    /// A callback that threads may call at once.
    ///
    /// # Errors
    /// [`Error::CallbacksExhausted`] when all trampolines are taken.
    pub fn callback<'closure, F>(
        &self,
        name: impl Into<CallbackBuilder>,
        closure: F,
    ) -> Result<Callback<'closure>, Error>
    where
        F: Fn(&mut DeclaredCall<'_, '_>) -> Result<(), Error> + Send + Sync + 'closure,
    {
        let plan = Arc::clone(&self.0);
        let handler =
            move |incoming: &mut Incoming<'_>| closure(&mut DeclaredCall { incoming, plan: &plan });
        name.into().dynamic(&self.0.interface, handler)
    }

    /// A callback that changes what it captures; calls take turns, as [`Locked`].
    ///
    /// # Errors
    /// As [`CallbackType::callback`].
    pub fn locked<'closure, F>(
        &self,
        name: impl Into<CallbackBuilder>,
        mut closure: F,
    ) -> Result<Callback<'closure>, Error>
    where
        F: FnMut(&mut DeclaredCall<'_, '_>) -> Result<(), Error> + Send + 'closure,
    {
        let plan = Arc::clone(&self.0);
        let handler =
            move |incoming: &mut Incoming<'_>| closure(&mut DeclaredCall { incoming, plan: &plan });
        name.into().dynamic(&self.0.interface, Locked::new(handler))
    }

    /// A callback that is called on one thread at a time, without a lock, as [`Unsynchronised`].
    ///
    /// # Errors
    /// As [`CallbackType::callback`].
    ///
    /// # Safety
    /// As [`Unsynchronised::new`].
    pub unsafe fn unsynchronised<'closure, F>(
        &self,
        name: impl Into<CallbackBuilder>,
        mut closure: F,
    ) -> Result<Callback<'closure>, Error>
    where
        F: FnMut(&mut DeclaredCall<'_, '_>) -> Result<(), Error> + 'closure,
    {
        let plan = Arc::clone(&self.0);
        let handler =
            move |incoming: &mut Incoming<'_>| closure(&mut DeclaredCall { incoming, plan: &plan });
        // SAFETY: the caller answers for one thread at a time; the plan may go to any.
        let handler = unsafe { Unsynchronised::new(handler) };
        name.into().dynamic(&self.0.interface, handler)
    }

    /// A callback that C calls once, and that is freed by that.
    ///
    /// # Errors
    /// As [`CallbackType::callback`].
    pub fn once<F>(
        &self,
        name: impl Into<CallbackBuilder>,
        closure: F,
    ) -> Result<OnceCallback, Error>
    where
        F: FnOnce(&mut DeclaredCall<'_, '_>) -> Result<(), Error> + Send + 'static,
    {
        let plan = Arc::clone(&self.0);
        let handler =
            move |incoming: &mut Incoming<'_>| closure(&mut DeclaredCall { incoming, plan: &plan });
        name.into().once(&self.0.interface, handler)
    }
}

impl DeclaredCall<'_, '_> {
    /// The value of an argument by its parameter's name, or its index as text.
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for no such parameter.
    pub fn get(&self, parameter: &str) -> Result<Value, Error> {
        let mut parameters = self.plan.parameters.iter();
        let index = parameters
            .position(|declared| declared.name == parameter && !parameter.is_empty())
            .or_else(|| parameter.parse().ok())
            .filter(|index| *index < self.plan.parameters.len());
        let missing = || Error::NotDeclared { name: parameter.to_owned(), wanted: "a parameter" };
        self.value(index.ok_or_else(missing)?)
    }

    /// The values of all arguments, in their order.
    ///
    /// # Errors
    /// Never: there is one for each parameter.
    pub fn arguments(&self) -> Result<Vec<Value>, Error> {
        (0..self.plan.parameters.len()).map(|index| self.value(index)).collect()
    }

    /// The names of the parameters; empty where they have none.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.plan.parameters.iter().map(|parameter| &*parameter.name)
    }

    /// The declarations that the types are of.
    pub fn declarations(&self) -> &Declarations {
        &self.plan.declarations
    }

    fn value(&self, index: usize) -> Result<Value, Error> {
        let parameter = &self.plan.parameters[index];
        let place = self.incoming.argument_ptr(index)?;
        // SAFETY: whoever calls passes a value of the parameter's type; its padding may be uninitialised.
        let value = unsafe { Value::read(&parameter.value, place.cast()) };
        Ok(typed(value, parameter.pointer.as_ref()))
    }

    /// Stores the result, which is converted to the declared type as an argument is. Without one it is zero.
    ///
    /// # Errors
    /// [`Error::Conversion`] for what the type cannot hold. A string or a list for a pointer would be a copy that nobody
    /// keeps.
    pub fn returns<'a>(&mut self, value: impl Into<Argument<'a>>) -> Result<(), Error> {
        let Plan { declarations, returns, result, .. } = self.plan;
        let mut store = Store::new(Memory::on_heap());
        let mut converter = Converter { declarations, store: &mut store };
        let mut bytes = [0; INLINE];
        let mut more = Vec::new();
        let bytes = match bytes.get_mut(..result.size()) {
            Some(bytes) => bytes,
            None => {
                more.resize(result.size(), 0);
                &mut more[..]
            }
        };
        let place = Place::Named("the result");
        converter.write(returns, result, &mut value.into(), place, bytes)?;
        if store.copied {
            let (place, value) = ("the result".to_owned(), "a copy".to_owned());
            let why = "lives only until the callback returns: return a pointer".to_owned();
            return Err(Error::Conversion { place, value, why });
        }
        let place = self.incoming.result_ptr().cast::<u8>();
        // SAFETY: the place is writable for the result's size until the closure returns.
        unsafe { place.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        Ok(())
    }

    /// Stores a result of a Rust type, as [`Incoming::set_result`].
    ///
    /// # Errors
    /// As [`Incoming::set_result`].
    #[inline(always)]
    pub fn set_result<T: CType>(&mut self, value: T) -> Result<(), Error> {
        self.incoming.set_result(value)
    }

    /// Where the result is stored, as [`Incoming::result_ptr`].
    #[inline]
    pub fn result_ptr(&mut self) -> *mut c_void {
        self.incoming.result_ptr()
    }
}

/// Results of so many bytes take no allocation.
const INLINE: usize = 64;

impl<'call> Deref for DeclaredCall<'_, 'call> {
    type Target = Incoming<'call>;

    fn deref(&self) -> &Incoming<'call> {
        self.incoming
    }
}

impl Debug for CallbackType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallbackType").field(&self.0.interface).finish()
    }
}

impl Debug for DeclaredCall<'_, '_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeclaredCall").field(&self.incoming).finish()
    }
}
