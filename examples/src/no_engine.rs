//! What is left of [`engine`](self) without the Cargo feature of that name: calls that the `wgpu` crate has too, so that
//! the examples build against it.

use webgpu as wgpu;

use anyhow::Result;

/// Makes an instance. Panics where the engine library is missing: only with the feature is that an error.
///
/// # Errors
///
/// None without the feature.
pub fn instance(descriptor: wgpu::InstanceDescriptor) -> Result<wgpu::Instance> {
    Ok(wgpu::Instance::new(descriptor))
}

/// How many calls went through the engine of `ffi`; without the feature, that is not told.
#[must_use]
pub fn calls_through_the_engine() -> Option<u64> {
    None
}
