//! From descriptors to C structs and back: the only place where the two meet.
//!
//! A C struct borrows: text, arrays and chained structs must stay where they are until the call is over. So what a
//! descriptor needs beside the struct itself lives in a Rust struct next to it, on the caller's stack, and lifetimes tie
//! the one to the other where that is possible.

mod adapter;
mod binding;
mod copy;
mod device;
mod features;
mod format;
mod instance;
mod limits;
mod pass;
mod pipeline;
mod shader;
mod surface;
mod texture;

pub(crate) use adapter::*;
pub(crate) use binding::*;
pub(crate) use copy::*;
pub(crate) use device::*;
pub(crate) use features::*;
pub(crate) use format::*;
pub(crate) use instance::*;
pub(crate) use limits::*;
pub(crate) use pass::*;
pub(crate) use pipeline::*;
pub(crate) use shader::*;
pub(crate) use surface::*;
pub(crate) use texture::*;

use wgpu_native_sys_dyn as sys;

/// A list that the engine gave, as a slice.
///
/// # Safety
/// `data` must point to `length` initialised values that stay unchanged for `'a`, or `length` must be 0.
pub(crate) unsafe fn borrowed_list<'a, T>(data: *const T, length: usize) -> &'a [T] {
    if length == 0 || data.is_null() {
        return &[];
    }
    // SAFETY: The caller vouches for the values.
    unsafe { std::slice::from_raw_parts(data, length) }
}

/// The pointer of an optional struct, null for none.
pub(crate) fn optional_pointer<T>(value: Option<&T>) -> *const T {
    value.map_or(std::ptr::null(), std::ptr::from_ref)
}

/// A struct that can follow another one in a chain, because it begins with a `WGPUChainedStruct` named `chain`.
pub(crate) trait Chained {
    /// The common beginning.
    fn chain(&mut self) -> &mut sys::WGPUChainedStruct;
}

macro_rules! chained {
    ($($name:ident)*) => {$(
        impl Chained for sys::$name {
            fn chain(&mut self) -> &mut sys::WGPUChainedStruct {
                &mut self.chain
            }
        }
    )*};
}

chained! {
    WGPUBindGroupEntryExtras
    WGPUBindGroupLayoutEntryExtras
    WGPUInstanceExtras
    WGPUNativeLimits
    WGPUPrimitiveStateExtras
    WGPUQuerySetDescriptorExtras
    WGPUSamplerDescriptorExtras
    WGPUShaderSourceGLSL
    WGPUShaderSourceSPIRV
    WGPUShaderSourceWGSL
    WGPUSurfaceConfigurationExtras
    WGPUSurfaceSourceAndroidNativeWindow
    WGPUSurfaceSourceMetalLayer
    WGPUSurfaceSourceSwapChainPanel
    WGPUSurfaceSourceWaylandSurface
    WGPUSurfaceSourceWindowsHWND
    WGPUSurfaceSourceXCBWindow
    WGPUSurfaceSourceXlibWindow
}

/// The pointer to put in a `nextInChain`. The struct must stay where it is until the call is over.
pub(crate) fn chain(next: &mut impl Chained) -> *mut sys::WGPUChainedStruct {
    next.chain()
}

/// As [`chain`], null for none.
pub(crate) fn optional_chain(next: Option<&mut impl Chained>) -> *mut sys::WGPUChainedStruct {
    next.map_or(std::ptr::null_mut(), chain)
}

/// A size with the value by which C says "to the end". No buffer is as large as that, nor as the number before it.
pub(crate) fn size_or_whole(size: Option<wgpu_types::BufferSize>) -> u64 {
    size.map_or(sys::WGPU_WHOLE_SIZE, |size| size.get().min(sys::WGPU_WHOLE_SIZE - 1))
}

/// A count or index with the largest number, by which C says that there is none. Nothing has as many as that, nor as the
/// number before it.
pub(crate) fn defined_or(value: Option<u32>, undefined: u32) -> u32 {
    value.map_or(undefined, |value| value.min(undefined - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chained_struct_carries_its_tag() {
        let mut limits = sys::WGPUNativeLimits::INIT;
        let pointer = chain(&mut limits);
        // SAFETY: The pointer is that of a live struct.
        let tag = unsafe { (*pointer).sType };
        assert_eq!(tag, sys::WGPUSType::NativeLimits);
    }

    #[test]
    fn lists_of_the_engine_may_be_null() {
        // SAFETY: Null and empty lists are read as empty.
        assert!(unsafe { borrowed_list::<u8>(std::ptr::null(), 3) }.is_empty());
        let values = [1, 2, 3];
        // SAFETY: There are that many values.
        assert_eq!(unsafe { borrowed_list(values.as_ptr(), 3) }, values);
    }
}
