//! Callbacks of signatures known at run time.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use super::incoming::{Incoming, Scratch};
use super::locked::{Locked, Unsynchronised};
use super::panic::Header;
use super::route::Route;
use crate::abi::{Abi, Plan};
use crate::arch::{self, CallbackFrame, Entry, Word};
use crate::{Error, Signature};

/// Callbacks of one signature, prepared: making a [`Callback`](crate::Callback) of it costs little. Cheap to clone.
#[derive(Clone)]
pub struct CallbackInterface(Arc<Prepared>);

struct Prepared {
    entry: Entry,
    abi: Abi,
    route: Route,
}

impl CallbackInterface {
    /// Prepares callbacks under the host's own convention, [`Abi::HOST`].
    ///
    /// # Errors
    /// As [`CallbackInterface::with_abi`].
    pub fn new(signature: &Signature) -> Result<CallbackInterface, Error> {
        CallbackInterface::with_abi(Abi::HOST, signature)
    }

    /// Prepares callbacks under a convention.
    ///
    /// # Errors
    /// [`Error::NoMeaning`] and [`Error::TooLarge`] for what the convention cannot pass,
    /// [`Error::UnsupportedPlatform`] for what cannot be received on this processor.
    pub fn with_abi(abi: Abi, signature: &Signature) -> Result<CallbackInterface, Error> {
        let plan = Plan::new(abi, signature)?;
        let entry = arch::callback_entry(&plan)?;
        Ok(CallbackInterface(Arc::new(Prepared {
            entry,
            abi,
            route: Route::new(signature, &plan),
        })))
    }

    /// The signature.
    pub fn signature(&self) -> &Signature {
        self.0.route.signature()
    }

    pub(super) fn entry(&self) -> Entry {
        self.0.entry
    }

    pub(super) fn abi(&self) -> Abi {
        self.0.abi
    }

    /// Handles a call.
    ///
    /// # Safety
    /// `frame` holds the arguments of a call of this signature.
    #[inline(always)]
    pub(super) unsafe fn receive<const UNWIND: bool>(
        &self,
        header: &Header,
        frame: *mut CallbackFrame,
        handle: impl FnOnce(&mut Incoming<'_>) -> Result<(), Error>,
    ) -> Word {
        let mut scratch = Scratch::new();
        // SAFETY: the caller's contract.
        let mut incoming = unsafe { Incoming::new(header, &self.0.route, frame, &mut scratch) };
        let run = || {
            if let Err(error) = handle(&mut incoming) {
                refuse(error);
            }
            true
        };
        let completed = if UNWIND { run() } else { header.catch(run, || false) };
        if !completed {
            incoming.forget_result();
        }
        incoming.finish()
    }
}

/// An error that a closure returns is a panic of it.
#[cold]
fn refuse(error: Error) -> ! {
    panic!("{error}")
}

impl Debug for CallbackInterface {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "CallbackInterface({} under {})", self.signature(), self.abi())
    }
}

/// A closure that handles calls of a signature known at run time: any
/// `Fn(&mut Incoming<'_>) -> Result<(), Error> + Send + Sync`, and an `FnMut` in [`Locked`] or [`Unsynchronised`].
pub trait Handle: Send + Sync {
    /// Handles one call.
    ///
    /// # Errors
    /// What the closure returns; the callback treats it like a panic.
    fn handle(&self, call: &mut Incoming<'_>) -> Result<(), Error>;
}

impl<F: Fn(&mut Incoming<'_>) -> Result<(), Error> + Send + Sync> Handle for F {
    #[inline(always)]
    fn handle(&self, call: &mut Incoming<'_>) -> Result<(), Error> {
        self(call)
    }
}

impl<F: FnMut(&mut Incoming<'_>) -> Result<(), Error> + Send> Handle for Locked<F> {
    fn handle(&self, call: &mut Incoming<'_>) -> Result<(), Error> {
        self.with(|closure| closure(call))
    }
}

impl<F: FnMut(&mut Incoming<'_>) -> Result<(), Error>> Handle for Unsynchronised<F> {
    fn handle(&self, call: &mut Incoming<'_>) -> Result<(), Error> {
        self.with(|closure| closure(call))
    }
}

/// What the slot of a dynamic callback leads to. Whether its panics unwind into C is known at compile time, which spares
/// every call the question.
#[repr(C)]
pub(super) struct Dynamic<H, const UNWIND: bool> {
    pub(super) header: Header,
    pub(super) interface: CallbackInterface,
    pub(super) handler: H,
}

// SAFETY: it returns the result register's value by the plan; it unwinds only where its callback may.
unsafe impl<H: Handle, const UNWIND: bool> arch::Receive for Dynamic<H, UNWIND> {
    #[inline(always)]
    unsafe fn receive(data: *const (), frame: *mut CallbackFrame) -> Word {
        // SAFETY: the slot was claimed with a pointer to such data, which live as long as the callback.
        let data = unsafe { &*data.cast::<Dynamic<H, UNWIND>>() };
        // SAFETY: the frame is one of this interface's plan.
        unsafe {
            data.interface.receive::<UNWIND>(&data.header, frame, |call| data.handler.handle(call))
        }
    }
}
