//! Instance descriptors and backends.

use super::chain;
use raw_window_handle::{DisplayHandle, RawDisplayHandle};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    Backend, Backends, Dx12Compiler, Dx12SwapchainKind, DxcShaderModel, GlFenceBehavior,
    Gles3MinorVersion, InstanceDescriptor,
};

/// Hands the struct for this descriptor to `call`.
///
/// What the engine's C interface cannot express is left at its default: `noop`, the GL debug functions, the waitable
/// object and the agility SDK of DirectX 12.
pub(crate) fn with_instance_descriptor<R>(
    descriptor: &InstanceDescriptor,
    call: impl FnOnce(*const sys::WGPUInstanceDescriptor) -> R,
) -> R {
    let gl = &descriptor.backend_options.gl;
    let dx12 = &descriptor.backend_options.dx12;
    let dxc_path = match &dx12.shader_compiler {
        Dx12Compiler::DynamicDxc { dxc_path } => dxc_path.as_str().into(),
        _ => sys::WGPUStringView::NULL,
    };
    let budget = descriptor.memory_budget_thresholds;
    let display = descriptor.display.as_ref();
    let display = display.and_then(|display| display.display_handle().ok());
    let mut extras = sys::WGPUInstanceExtras {
        backends: instance_backends(descriptor.backends),
        flags: sys::WGPUInstanceFlag(descriptor.flags.bits().into()),
        dx12ShaderCompiler: match dx12.shader_compiler {
            Dx12Compiler::Fxc => sys::WGPUDx12Compiler::Fxc,
            Dx12Compiler::DynamicDxc { .. } => sys::WGPUDx12Compiler::Dxc,
            Dx12Compiler::StaticDxc | Dx12Compiler::Auto => sys::WGPUDx12Compiler::Undefined,
        },
        gles3MinorVersion: match gl.gles_minor_version {
            Gles3MinorVersion::Automatic => sys::WGPUGles3MinorVersion::Automatic,
            Gles3MinorVersion::Version0 => sys::WGPUGles3MinorVersion::Version0,
            Gles3MinorVersion::Version1 => sys::WGPUGles3MinorVersion::Version1,
            Gles3MinorVersion::Version2 => sys::WGPUGles3MinorVersion::Version2,
        },
        glFenceBehaviour: match gl.fence_behavior {
            GlFenceBehavior::Normal => sys::WGPUGLFenceBehaviour::Normal,
            GlFenceBehavior::AutoFinish => sys::WGPUGLFenceBehaviour::AutoFinish,
        },
        dxcPath: dxc_path,
        dxcMaxShaderModel: max_shader_model(dx12.force_shader_model.get()),
        dx12PresentationSystem: match dx12.presentation_system {
            Dx12SwapchainKind::DxgiFromHwnd => sys::WGPUDx12SwapchainKind::DxgiFromHwnd,
            Dx12SwapchainKind::DxgiFromVisual => sys::WGPUDx12SwapchainKind::DxgiFromVisual,
        },
        budgetForDeviceCreation: super::optional_pointer(budget.for_resource_creation.as_ref()),
        budgetForDeviceLoss: super::optional_pointer(budget.for_device_loss.as_ref()),
        displayHandle: display.map_or(sys::WGPUNativeDisplayHandle::ZERO, display_handle),
        ..sys::WGPUInstanceExtras::INIT
    };
    let descriptor = sys::WGPUInstanceDescriptor {
        nextInChain: chain(&mut extras),
        ..sys::WGPUInstanceDescriptor::INIT
    };
    call(&raw const descriptor)
}

/// The bits for these backends. None at all would read as "all" in C, so it becomes the one that no native library has.
pub(crate) fn instance_backends(backends: Backends) -> sys::WGPUInstanceBackend {
    let bits = [
        (Backends::VULKAN, sys::WGPUInstanceBackend::Vulkan),
        (Backends::GL, sys::WGPUInstanceBackend::GL),
        (Backends::METAL, sys::WGPUInstanceBackend::Metal),
        (Backends::DX12, sys::WGPUInstanceBackend::DX12),
    ];
    let asked = bits.into_iter().filter(|(backend, _)| backends.intersects(*backend));
    let asked = asked.fold(sys::WGPUInstanceBackend(0), |all, (_, bit)| all | bit);
    if asked.is_empty() { sys::WGPUInstanceBackend::BrowserWebGPU } else { asked }
}

/// The backend of this name in the engine.
pub(crate) fn backend_from(backend: sys::WGPUBackendType) -> Backend {
    match backend {
        sys::WGPUBackendType::Vulkan => Backend::Vulkan,
        sys::WGPUBackendType::Metal => Backend::Metal,
        sys::WGPUBackendType::D3D11 | sys::WGPUBackendType::D3D12 => Backend::Dx12,
        sys::WGPUBackendType::OpenGL | sys::WGPUBackendType::OpenGLES => Backend::Gl,
        sys::WGPUBackendType::WebGPU => Backend::BrowserWebGpu,
        _ => Backend::Noop,
    }
}

fn max_shader_model(model: Option<DxcShaderModel>) -> sys::WGPUDxcMaxShaderModel {
    match model {
        Some(DxcShaderModel::V6_0) => sys::WGPUDxcMaxShaderModel::V6_0,
        Some(DxcShaderModel::V6_1) => sys::WGPUDxcMaxShaderModel::V6_1,
        Some(DxcShaderModel::V6_2) => sys::WGPUDxcMaxShaderModel::V6_2,
        Some(DxcShaderModel::V6_3) => sys::WGPUDxcMaxShaderModel::V6_3,
        Some(DxcShaderModel::V6_4) => sys::WGPUDxcMaxShaderModel::V6_4,
        Some(DxcShaderModel::V6_5) => sys::WGPUDxcMaxShaderModel::V6_5,
        Some(DxcShaderModel::V6_6) => sys::WGPUDxcMaxShaderModel::V6_6,
        Some(DxcShaderModel::V6_7 | DxcShaderModel::V6_8 | DxcShaderModel::V6_9) | None => {
            sys::WGPUDxcMaxShaderModel::V6_7
        }
    }
}

/// The display that surfaces will be created on, where one has to be named.
fn display_handle(display: DisplayHandle<'_>) -> sys::WGPUNativeDisplayHandle {
    let mut handle = sys::WGPUNativeDisplayHandle::ZERO;
    match display.as_raw() {
        RawDisplayHandle::Xlib(xlib) => {
            handle.r#type = sys::WGPUNativeDisplayHandleType::Xlib;
            handle.data.xlib = sys::WGPUXlibDisplayHandle {
                display: xlib.display.map_or(std::ptr::null_mut(), |display| display.as_ptr()),
                screen: xlib.screen,
            };
        }
        RawDisplayHandle::Xcb(xcb) => {
            handle.r#type = sys::WGPUNativeDisplayHandleType::Xcb;
            handle.data.xcb = sys::WGPUXcbDisplayHandle {
                connection: xcb
                    .connection
                    .map_or(std::ptr::null_mut(), |connection| connection.as_ptr()),
                screen: xcb.screen,
            };
        }
        RawDisplayHandle::Wayland(wayland) => {
            handle.r#type = sys::WGPUNativeDisplayHandleType::Wayland;
            handle.data.wayland =
                sys::WGPUWaylandDisplayHandle { display: wayland.display.as_ptr() };
        }
        _ => {}
    }
    handle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_backend_does_not_read_as_all() {
        assert_ne!(instance_backends(Backends::empty()), sys::WGPUInstanceBackend::All);
        assert_ne!(instance_backends(Backends::NOOP), sys::WGPUInstanceBackend::All);
        assert_eq!(
            instance_backends(Backends::VULKAN | Backends::GL),
            sys::WGPUInstanceBackend::Vulkan | sys::WGPUInstanceBackend::GL
        );
    }

    #[test]
    fn the_descriptor_carries_its_extras() {
        let mut descriptor = InstanceDescriptor::new_without_display_handle();
        descriptor.backends = Backends::VULKAN;
        descriptor.memory_budget_thresholds.for_device_loss = Some(90);
        let dxc_path = String::from("dxc.dll");
        descriptor.backend_options.dx12.shader_compiler = Dx12Compiler::DynamicDxc { dxc_path };
        with_instance_descriptor(&descriptor, |pointer| {
            // SAFETY: The pointer is that of a live struct, whose chain is a `WGPUInstanceExtras`.
            let extras = unsafe { &*(*pointer).nextInChain.cast::<sys::WGPUInstanceExtras>() };
            assert_eq!(extras.chain.sType, sys::WGPUSType::InstanceExtras);
            assert_eq!(extras.backends, sys::WGPUInstanceBackend::Vulkan);
            assert_eq!(extras.dx12ShaderCompiler, sys::WGPUDx12Compiler::Dxc);
            assert_eq!(extras.dxcPath.length, 7);
            assert!(extras.budgetForDeviceCreation.is_null());
            // SAFETY: The pointer is that of the threshold set above.
            assert_eq!(unsafe { *extras.budgetForDeviceLoss }, 90);
        });
    }
}
