//! From a buffer on the GPU to bytes in Rust.

use webgpu as wgpu;

use std::sync::mpsc;

use anyhow::{Context, Result};

use crate::Gpu;

/// Waits for the work submitted so far and returns the whole content of `buffer`, which has the usage `MAP_READ`.
///
/// # Errors
///
/// The device reports an error, or the buffer cannot be mapped.
pub fn read(gpu: &Gpu, buffer: &wgpu::Buffer) -> Result<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    buffer.map_async(wgpu::MapMode::Read, .., move |result| {
        // The receiver may have given up; then nobody waits for the result.
        let _ = sender.send(result);
    });
    let polled = gpu.device.poll(wgpu::PollType::wait_indefinitely());
    gpu.check()?;
    polled.context("cannot wait for the device")?;

    // Waiting has called back: an empty channel is a fault to report, not a reason to wait for ever.
    receiver.try_recv().context("mapping was never answered")?.context("cannot map the buffer")?;
    let content = buffer.get_mapped_range(..).to_vec();
    buffer.unmap();
    Ok(content)
}
