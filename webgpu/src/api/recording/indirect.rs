//! Arguments of draws and dispatches that lie in a buffer.

use super::Buffer;
use wgpu_types::BufferAddress;

pub(in crate::api) use wgpu_types::{
    DispatchIndirectArgs, DrawIndexedIndirectArgs, DrawIndirectArgs,
};

/// Whether `count` values of this type can lie at `offset` of the buffer.
///
/// The engine adds without looking for an overflow, so that what lies at the far end of 64 bits would pass for the beginning
/// of the buffer; and it ends the process over what lies beyond 32 bits.
pub(in crate::api) fn check<T>(
    buffer: &Buffer,
    offset: BufferAddress,
    count: u32,
) -> Result<(), String> {
    let end = offset.saturating_add(size_of::<T>() as BufferAddress * BufferAddress::from(count));
    if offset > buffer.size() || end > u32::MAX.into() {
        return Err(format!(
            "Indirect draw uses bytes {offset}..{end} using count {count} which overruns indirect buffer of size {}",
            buffer.size()
        ));
    }
    Ok(())
}
