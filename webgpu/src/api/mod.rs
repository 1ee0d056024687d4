//! The objects of the API: one file for each, in one order: the type, its methods, its end, its descriptors, its helpers.

mod acceleration_structure;
mod adapter;
mod bind_group;
mod bind_group_layout;
mod blas;
mod buffer;
mod buffer_slice;
mod buffer_view;
mod clearing_module;
mod command_buffer;
mod command_encoder;
mod common_pipeline;
mod compute_pass;
mod compute_pipeline;
pub(crate) mod deferred;
mod device;
mod error_scope;
mod external_texture;
mod indirect;
mod instance;
mod mesh_pipeline;
#[cfg(feature = "naga-ir")]
mod naga_module;
mod pipeline_cache;
mod pipeline_layout;
mod query_set;
mod queue;
mod queue_write;
mod rehearsal;
mod render_bundle;
mod render_bundle_encoder;
mod render_pass;
mod render_pass_descriptor;
mod render_pipeline;
mod sampler;
mod shader_module;
mod source_location;
mod surface;
mod surface_target;
mod surface_texture;
mod targets;
mod texture;
mod texture_view;
mod tlas;

pub use acceleration_structure::*;
pub use adapter::*;
pub use bind_group::*;
pub use bind_group_layout::*;
pub use blas::*;
pub use buffer::*;
pub use buffer_slice::*;
pub use buffer_view::*;
pub use command_buffer::*;
pub use command_encoder::*;
pub use common_pipeline::*;
pub use compute_pass::*;
pub use compute_pipeline::*;
pub use device::*;
pub use error_scope::*;
pub use external_texture::*;
pub use instance::*;
pub use mesh_pipeline::*;
pub use pipeline_cache::*;
pub use pipeline_layout::*;
pub use query_set::*;
pub use queue::*;
pub use queue_write::*;
pub use render_bundle::*;
pub use render_bundle_encoder::*;
pub use render_pass::*;
pub use render_pass_descriptor::*;
pub use render_pipeline::*;
pub use sampler::*;
pub use shader_module::*;
pub use source_location::*;
pub use surface::*;
pub use surface_target::*;
pub use surface_texture::*;
pub use texture::*;
pub use texture_view::*;
pub use tlas::*;

use crate::{
    context::DeviceContext,
    convert,
    error::Error,
    handle::{Handle, Object},
};
use acceleration_structure::ACCELERATION_STRUCTURE;
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
