//! Callbacks with options.

use std::marker::PhantomData;

use super::dynamic::{CallbackInterface, Dynamic, Handle};
use super::incoming::Incoming;
use super::once::OnceCallback;
use super::panic::{Header, OnPanic};
use super::table::ClaimedSlot;
use super::typed::{self, Arguments, Typed, TypedFn};
use super::{Callback, Data};
use crate::Error;
use crate::arch;
use crate::c_type::CType;
use crate::types::Name;

/// Makes a [`Callback`] with options; made by [`Callback::builder`].
#[derive(Debug)]
pub struct CallbackBuilder {
    header: Header,
}

impl CallbackBuilder {
    pub(super) fn new(name: Name) -> CallbackBuilder {
        CallbackBuilder { header: Header { name, on_panic: OnPanic::default() } }
    }

    /// What happens when the closure panics.
    pub fn on_panic(mut self, on_panic: OnPanic) -> CallbackBuilder {
        self.header.on_panic = on_panic;
        self
    }

    /// A callback of a signature known at run time.
    ///
    /// # Errors
    /// [`Error::CallbacksExhausted`] when all trampolines are taken.
    pub fn dynamic<'closure, H>(
        self,
        interface: &CallbackInterface,
        handler: H,
    ) -> Result<Callback<'closure>, Error>
    where
        H: Handle + 'closure,
    {
        match self.header.on_panic {
            OnPanic::Unwind => self.install::<H, true>(interface, handler),
            _ => self.install::<H, false>(interface, handler),
        }
    }

    fn install<'closure, H: Handle + 'closure, const UNWIND: bool>(
        self,
        interface: &CallbackInterface,
        handler: H,
    ) -> Result<Callback<'closure>, Error> {
        let interface = interface.clone();
        let (abi, entry) = (interface.abi(), interface.entry());
        let data = Dynamic::<H, UNWIND> { header: self.header, interface, handler };
        // SAFETY: it begins with its header.
        let data = unsafe { Data::new(data) };
        let handler = arch::handler::<Dynamic<H, UNWIND>>(abi);
        let slot = ClaimedSlot::claim(entry, handler, data.header.cast())?;
        Ok(Callback { data, slot, closure: PhantomData })
    }

    /// A callback of the closure's own signature under the host's own convention.
    ///
    /// # Errors
    /// As [`Callback::from_fn`].
    pub fn typed<'closure, A, R, T>(self, closure: T) -> Result<Callback<'closure>, Error>
    where
        A: Arguments<R>,
        R: CType,
        T: TypedFn<A, R> + 'closure,
    {
        let Some((entry, function)) = typed::entry::<A, R, T>() else {
            let interface = CallbackInterface::new(&A::signature()?)?;
            let decode = move |call: &mut Incoming<'_>| {
                let result = closure.invoke(A::decode(call)?);
                call.set_result(result)
            };
            return self.dynamic(&interface, decode);
        };
        // SAFETY: it begins with its header.
        let data = unsafe { Data::new(Typed { header: self.header, closure }) };
        let data_address = data.header.expose_provenance();
        let pointer = std::ptr::with_exposed_provenance(data_address);
        let slot = ClaimedSlot::claim(entry.code(), function, pointer)?;
        Ok(Callback { data, slot, closure: PhantomData })
    }

    /// A callback of a signature known at run time that C calls once.
    ///
    /// # Errors
    /// [`Error::CallbacksExhausted`] when all trampolines are taken.
    pub fn once<F>(self, interface: &CallbackInterface, closure: F) -> Result<OnceCallback, Error>
    where
        F: FnOnce(&mut Incoming<'_>) -> Result<(), Error> + Send + 'static,
    {
        OnceCallback::new(self.header, interface, closure)
    }

    /// A callback that C calls once with these arguments, as a tuple.
    ///
    /// # Errors
    /// As [`Callback::from_fn`].
    pub fn typed_once<A, R, F>(self, closure: F) -> Result<OnceCallback, Error>
    where
        A: Arguments<R>,
        R: CType,
        F: FnOnce(A) -> R + Send + 'static,
    {
        let interface = CallbackInterface::new(&A::signature()?)?;
        self.once(&interface, |call| {
            let result = closure(A::decode(call)?);
            call.set_result(result)
        })
    }
}
