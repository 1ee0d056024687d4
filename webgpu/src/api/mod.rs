//! The objects of the API: one file for each, in one order: the type, its methods, its end, its descriptors, its helpers.

mod absent;
mod binding;
mod devices;
mod pipelines;
mod query_set;
mod recording;
mod resources;
mod surfaces;

pub use absent::*;
pub use binding::*;
pub use devices::*;
pub use pipelines::*;
pub use query_set::*;
pub use recording::*;
pub use resources::*;
pub use surfaces::*;

use crate::{
    call::{call, create},
    context::DeviceContext,
    convert,
    error::{Error, named},
    events,
    handle::{Handle, Object},
};
use std::sync::Arc;
use wgpu_types::Features;

/// A name for an object, which messages and debuggers show.
pub type Label<'a> = Option<&'a str>;

/// A handle of an object that a device made.
pub(crate) type Child<T> = Handle<T, Arc<DeviceContext>>;

impl DeviceContext {
    /// Takes over what a function of the engine returned.
    ///
    /// # Safety
    /// `raw` must be null or a live handle of the device's engine, with a reference that the caller owns and gives away
    /// here.
    ///
    /// # Panics
    /// If it is null. The engine returns an object even where it finds an error.
    #[track_caller]
    pub(crate) unsafe fn adopt<T: Object>(self: &Arc<Self>, raw: *mut T) -> Child<T> {
        // SAFETY: The caller vouches for the handle.
        let handle = unsafe { Handle::from_owned(raw, self.clone()) };
        handle.unwrap_or_else(|| panic!("the engine returned null instead of a {}", T::NAME))
    }

    /// Notes an error that was found before the engine was asked.
    fn reject(&self, call: &str, label: Option<&str>, cause: impl std::fmt::Display) {
        let error = Error::rejected(call, label, cause);
        events::push(events::Event::Error(self.sink.clone(), error));
    }

    /// Reports that something has no place in the engine's C interface: mostly, for lack of the feature that goes with it.
    #[track_caller]
    fn refuse(&self, call: &str, label: Option<&str>, what: &str, feature: Features) {
        let cause = convert::unnamed(what, feature, self.features);
        self.sink.report(Error::rejected(call, label, cause));
    }
}

impl<T: Object> Child<T> {
    /// The handle, for a call about `device`.
    ///
    /// The engine finds out itself about objects of another device of the same instance. Instances have nothing to do with
    /// each other: what one has made means something else, or nothing, to another.
    ///
    /// # Panics
    /// If the object comes from another instance than `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> *mut T {
        if !Arc::ptr_eq(self.owner(), device) {
            self.owner().assert_same_instance(device.instance());
        }
        self.raw()
    }
}

/// Asserts at compile time that types can be sent and shared.
macro_rules! assert_send_sync {
    ($($name:ty),* $(,)?) => {
        const _: () = {
            const fn send_and_sync<T: Send + Sync>() {}
            $(send_and_sync::<$name>();)*
        };
    };
}

pub(crate) use assert_send_sync;
