//! Callbacks with options.

use std::marker::PhantomData;

use super::dynamic::{CallbackInterface, Dynamic, Handle};
use super::incoming::Incoming;
use super::once::OnceCallback;
use super::panic::{Header, OnPanic};
use super::table::ClaimedSlot;
use super::typed::{self, Arguments, Typed, TypedFn};
use super::{Callback, Data};
use crate::arch;
use crate::c_type::CType;
use crate::types::Name;
use crate::{Error, Signature};

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
        let abi = interface.abi();
        match self.header.on_panic {
            OnPanic::Unwind => {
                let code = arch::handler::<Dynamic<H, true>>(abi);
                self.install::<H, true>(interface, handler, code)
            }
            _ => {
                let code = arch::handler::<Dynamic<H, false>>(abi);
                self.install::<H, false>(interface, handler, code)
            }
        }
    }

    /// [`CallbackBuilder::dynamic`] for the usual: the host's own convention, panics that do not unwind. Then the closure
    /// has one caller, and becomes part of it.
    pub(super) fn usual<'closure, H: Handle + 'closure>(
        self,
        signature: &Signature,
        handler: H,
    ) -> Result<Callback<'closure>, Error> {
        let interface = CallbackInterface::new(signature)?;
        let code = arch::host_handler::<Dynamic<H, false>>();
        self.install::<H, false>(&interface, handler, code)
    }

    fn install<'closure, H: Handle + 'closure, const UNWIND: bool>(
        self,
        interface: &CallbackInterface,
        handler: H,
        code: arch::Handler,
    ) -> Result<Callback<'closure>, Error> {
        let interface = interface.clone();
        let entry = interface.entry();
        let data = Dynamic::<H, UNWIND> { header: self.header, interface, handler };
        // SAFETY: it begins with its header.
        let data = unsafe { Data::new(data) };
        let slot = ClaimedSlot::claim(entry, code, data.header.cast())?;
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
