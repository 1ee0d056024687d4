//! Callbacks that C calls once.

use std::fmt::{self, Debug, Formatter};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use super::dynamic::CallbackInterface;
use super::incoming::Incoming;
use super::panic::{Header, OnPanic};
use super::table::ClaimedSlot;
use crate::arch::{self, CallbackFrame};
use crate::{CodePtr, Error};

/// A C function pointer that calls a Rust closure once, and then gives back all it holds.
///
/// Made by [`CallbackBuilder::once`](crate::CallbackBuilder::once) and
/// [`CallbackBuilder::typed_once`](crate::CallbackBuilder::typed_once). Until [`OnceCallback::into_code`] hands it
/// over, dropping it frees it.
pub struct OnceCallback {
    data: NonNull<()>,
    drop: unsafe fn(NonNull<()>),
    code: CodePtr,
}

/// What the slot of such a callback leads to; freed by its call.
struct Once<F> {
    header: Header,
    interface: CallbackInterface,
    closure: F,
    /// Given back with the rest.
    slot: Option<ClaimedSlot>,
}

impl OnceCallback {
    pub(super) fn new<F>(
        header: Header,
        interface: &CallbackInterface,
        closure: F,
    ) -> Result<OnceCallback, Error>
    where
        F: FnOnce(&mut Incoming<'_>) -> Result<(), Error> + Send + 'static,
    {
        let once = Once { header, interface: interface.clone(), closure, slot: None };
        let mut data = Box::new(once);
        let handler = arch::handler::<Once<F>>(interface.abi());
        let slot = ClaimedSlot::claim(interface.entry(), handler, (&raw const *data).cast())?;
        let code = slot.trampoline();
        data.slot = Some(slot);
        let free: unsafe fn(NonNull<()>) = |data| {
            // SAFETY: `data` came from this `Box`, once.
            drop(unsafe { Box::from_raw(data.cast::<Once<F>>().as_ptr()) });
        };
        Ok(OnceCallback { data: NonNull::from(Box::leak(data)).cast(), drop: free, code })
    }

    /// The function pointer, handed over to C, which has to call it exactly once: never called, it is never freed;
    /// called again, it aborts the process, or calls whatever has its trampoline then.
    pub fn into_code(self) -> CodePtr {
        ManuallyDrop::new(self).code
    }
}

// SAFETY: the closure is `Send`, and called once.
unsafe impl Send for OnceCallback {}
// SAFETY: shared access reads an address.
unsafe impl Sync for OnceCallback {}

impl Drop for OnceCallback {
    fn drop(&mut self) {
        // SAFETY: the code was not handed over, so it was not called.
        unsafe { (self.drop)(self.data) };
    }
}

impl Debug for OnceCallback {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "OnceCallback(at {:?})", self.code.as_ptr())
    }
}

// SAFETY: it returns the result register's value by the plan; it unwinds only where its callback may.
unsafe impl<F> arch::Receive for Once<F>
where
    F: FnOnce(&mut Incoming<'_>) -> Result<(), Error> + Send,
{
    unsafe fn receive(data: *const (), frame: *mut CallbackFrame) -> u64 {
        // SAFETY: the slot was claimed with a pointer to such data, which are freed by this, the only call.
        let data = unsafe { Box::from_raw(data.cast_mut().cast::<Once<F>>()) };
        // The slot is given back last: until then nobody else gets this code pointer.
        let Once { header, interface, closure, slot } = *data;
        // SAFETY: the frame is one of this interface's plan.
        let result = unsafe {
            match header.on_panic {
                OnPanic::Unwind => interface.receive::<true>(&header, frame, closure),
                _ => interface.receive::<false>(&header, frame, closure),
            }
        };
        drop(slot);
        result
    }
}
