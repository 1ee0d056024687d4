//! Callbacks that C calls once.

use std::cell::UnsafeCell;
use std::fmt::{self, Debug, Formatter};
use std::mem::{self, ManuallyDrop};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

use super::dynamic::CallbackInterface;
use super::incoming::Incoming;
use super::panic::{Header, OnPanic};
use super::table::ClaimedSlot;
use crate::arch::{self, CallbackFrame, Word};
use crate::{CodePtr, Error, unwinding};

/// A C function pointer that calls a Rust closure once, and then gives back all it holds.
///
/// Made by [`CallbackBuilder::once`](crate::callback::CallbackBuilder::once) and
/// [`CallbackBuilder::typed_once`](crate::callback::CallbackBuilder::typed_once). Until [`OnceCallback::into_code`] hands it
/// over, dropping it frees it.
pub struct OnceCallback {
    data: NonNull<()>,
    drop: unsafe fn(NonNull<()>),
    code: CodePtr,
}

/// What the slot of such a callback leads to; freed at the end of its call.
struct Once<F> {
    /// Given back first, with the rest; until then nobody else gets this code pointer.
    slot: Option<ClaimedSlot>,
    header: Header,
    interface: CallbackInterface,
    called: AtomicBool,
    /// Touched by the call that has set `called`.
    closure: UnsafeCell<Option<F>>,
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
        let data = Owned(Box::into_raw(Box::new(Once {
            slot: None,
            header,
            interface: interface.clone(),
            called: AtomicBool::new(false),
            closure: UnsafeCell::new(Some(closure)),
        })));
        let handler = arch::handler::<Once<F>>(interface.abi());
        let slot = ClaimedSlot::claim(interface.entry(), handler, data.0.cast())?;
        let code = slot.trampoline();
        // SAFETY: nobody knows the code yet, so nobody else looks at the data.
        unsafe { (*data.0).slot = Some(slot) };
        // SAFETY: the pointer came from a `Box`.
        let kept = unsafe { NonNull::new_unchecked(data.0) }.cast();
        mem::forget(data);
        let drop: unsafe fn(NonNull<()>) = |data| drop(Owned::<F>(data.cast().as_ptr()));
        Ok(OnceCallback { data: kept, drop, code })
    }

    /// The function pointer, handed over to C, which has to call it exactly once. What it is called with is as for
    /// [`Callback::code`](crate::Callback::code).
    ///
    /// Never called, it is never freed. Called again while the call runs, by the closure itself or on another thread, it
    /// aborts the process with a message that names it. Called again after that, it aborts the process, or calls whatever
    /// has its trampoline then; a call on another thread that begins just as the first returns is undefined behaviour.
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
    unsafe fn receive(data: *const (), frame: *mut CallbackFrame) -> Word {
        let data = data.cast_mut().cast::<Once<F>>();
        // SAFETY: the slot was claimed with a pointer to such data, which are freed when the call that came first returns.
        let once = unsafe { &*data };
        if once.called.swap(true, Ordering::AcqRel) {
            unwinding::abort(format_args!("{} is called once, but C called it again", once.header));
        }
        let _data = Owned(data);
        // SAFETY: the flag has let nobody else get here, and who drops an `OnceCallback` has not handed it over.
        let closure = unsafe { (*once.closure.get()).take() };
        let handle = |call: &mut Incoming<'_>| closure.map_or(Ok(()), |closure| closure(call));
        // SAFETY: the frame is one of this interface's plan.
        unsafe {
            match once.header.on_panic {
                OnPanic::Unwind => once.interface.receive::<true>(&once.header, frame, handle),
                _ => once.interface.receive::<false>(&once.header, frame, handle),
            }
        }
    }
}

/// The data, which are freed with it: when no slot is left for them, when the callback is dropped, or when its call is left,
/// by returning or by unwinding.
struct Owned<F>(*mut Once<F>);

impl<F> Drop for Owned<F> {
    fn drop(&mut self) {
        // SAFETY: it came from the `Box` of `OnceCallback::new`. There is one owner at a time: that function, then the
        // callback, then, as handed over, the call that came first.
        drop(unsafe { Box::from_raw(self.0) });
    }
}
