//! Callbacks with options.

use super::dynamic::{CallbackInterface, Dynamic, Handle};
use super::incoming::Incoming;
use super::once::OnceCallback;
use super::panic::{Header, OnPanic};
use super::table::ClaimedSlot;
use super::typed::{self, Arguments, Typed, TypedFn};
use super::{Callback, Data, Describe};
use crate::arch;
use crate::c_type::CType;
use crate::types::Name;
use crate::{Abi, Error, Signature};

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
        let describe: Describe = |data| {
            // SAFETY: it is called with the header of such data, which live.
            let data = unsafe { &*data.cast::<Dynamic<H, UNWIND>>() };
            Ok((data.interface.abi(), data.interface.signature().clone()))
        };
        // SAFETY: it begins with its header, and is what `describe` looks at.
        let data = unsafe { Data::new(data, describe) };
        let slot = ClaimedSlot::claim(entry, code, data.header.cast())?;
        Ok(Callback { data, slot })
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
            return self.typed_with_abi(Abi::HOST, closure);
        };
        // SAFETY: it begins with its header, which `describe` does not look at.
        let data = unsafe {
            Data::new(Typed { header: self.header, closure }, |_| Ok((Abi::HOST, A::signature()?)))
        };
        let data_address = data.header.expose_provenance();
        let pointer = std::ptr::with_exposed_provenance(data_address);
        let slot = ClaimedSlot::claim(entry.code(), function, pointer)?;
        Ok(Callback { data, slot })
    }

    /// A callback of the closure's own signature under a convention.
    ///
    /// # Errors
    /// As [`CallbackInterface::with_abi`]; [`Error::CallbacksExhausted`] when all trampolines are taken.
    pub fn typed_with_abi<'closure, A, R, T>(
        self,
        abi: Abi,
        closure: T,
    ) -> Result<Callback<'closure>, Error>
    where
        A: Arguments<R>,
        R: CType,
        T: TypedFn<A, R> + 'closure,
    {
        let interface = CallbackInterface::with_abi(abi, &A::signature()?)?;
        let decode = move |call: &mut Incoming<'_>| {
            // SAFETY: by the contract of `code`, a typed callback gets valid values of the closure's types.
            let arguments = unsafe { A::decode(call) }?;
            call.set_result(closure.invoke(arguments))
        };
        self.dynamic(&interface, decode)
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
            // SAFETY: by the contract of `into_code`, a typed callback gets valid values of the closure's types.
            let arguments = unsafe { A::decode(call) }?;
            call.set_result(closure(arguments))
        })
    }
}

/// A name alone, without options.
impl<N: Into<Name>> From<N> for CallbackBuilder {
    fn from(name: N) -> CallbackBuilder {
        CallbackBuilder::new(name.into())
    }
}
