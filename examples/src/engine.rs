//! The few calls that the `wgpu` crate does not have: to load the engine library, to ask which one it is, and how it is
//! called. All else in the examples builds against `wgpu` too.

use webgpu as wgpu;

use anyhow::Result;

/// Makes an instance: as `Instance::new`, but a missing engine library is an error instead of a panic.
///
/// # Errors
///
/// The engine library is not found, is another library, or one of another version; the message says what to do.
pub fn instance(descriptor: wgpu::InstanceDescriptor) -> Result<wgpu::Instance> {
    Ok(wgpu::Instance::try_new(descriptor)?)
}

/// Names and values: which engine library this is, and how it is called.
#[must_use]
pub fn describe(instance: &wgpu::Instance) -> Vec<(&'static str, String)> {
    let info = instance.engine_info();
    let version = info.version.map_or("not told".into(), |version| version.to_string());
    let calls = match info.calls {
        wgpu::Calls::Direct => "direct",
        wgpu::Calls::Engine => "engine: each through a prepared call interface of `ffi`",
    };
    vec![
        ("library", info.library.display().to_string()),
        ("version", version),
        ("calls", calls.into()),
    ]
}

/// How many calls went through the engine of `ffi`; `None` where none did, because they are direct.
#[must_use]
pub fn calls_through_the_engine() -> Option<u64> {
    Some(wgpu::engine_calls()).filter(|&calls| calls > 0)
}
