use super::{
    Device, DeviceDescriptor, Queue, RequestDeviceError, Surface, assert_send_sync, device,
    formats::FormatTable,
};
use crate::{
    call::call,
    context::InstanceContext,
    convert,
    handle::{Handle, identity},
    logging, needs,
};
use std::{
    future::Future,
    sync::{Arc, OnceLock},
};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    AdapterInfo, CooperativeMatrixProperties, DownlevelCapabilities, Features, Limits,
    PresentationTimestamp, TextureFormat, TextureFormatFeatures, WasmNotSend,
};

pub use wgpu_types::RequestAdapterOptions as RequestAdapterOptionsBase;

/// A device of the system that can run WebGPU, as one backend offers it. It makes a [`Device`].
#[derive(Clone, Debug)]
pub struct Adapter {
    inner: Handle<sys::WGPUAdapterImpl, Arc<InstanceContext>>,
    formats: Arc<OnceLock<FormatTable>>,
}

assert_send_sync!(Adapter, RequestAdapterOptions<'_, '_>);
identity!(Adapter, |this| this.inner.raw().addr());

impl Adapter {
    pub(crate) fn new(inner: Handle<sys::WGPUAdapterImpl, Arc<InstanceContext>>) -> Self {
        Self { inner, formats: Arc::default() }
    }

    /// The handle, for a call.
    pub(crate) fn raw(&self) -> sys::WGPUAdapter {
        self.inner.raw()
    }

    /// Makes a device and its queue.
    ///
    /// # Errors
    /// The future resolves to an error if the adapter lacks a feature, or a limit that is good enough, or if the driver
    /// refuses.
    pub fn request_device(
        &self,
        desc: &DeviceDescriptor<'_>,
    ) -> impl Future<Output = Result<(Device, Queue), RequestDeviceError>> + WasmNotSend + use<>
    {
        logging::follow(self.inner.owner().engine());
        device::request(self, &self.inner, desc)
    }

    /// The instance that it comes from.
    pub(in crate::api) fn instance(&self) -> &Arc<InstanceContext> {
        self.inner.owner()
    }

    /// Whether what devices of this adapter draw can be shown on the surface.
    ///
    /// # Panics
    /// If the surface comes from another instance than the adapter.
    #[track_caller]
    pub fn is_surface_supported(&self, surface: &Surface<'_>) -> bool {
        self.instance().assert_same(surface.instance());
        surface
            .capabilities(self.raw())
            .is_some_and(|capabilities| !capabilities.formats.is_empty())
    }

    /// The features that devices can be given: those whose functions the engine library has.
    pub fn features(&self) -> Features {
        let mut list = sys::WGPUSupportedFeatures::INIT;
        call!(self.inner, wgpuAdapterGetFeatures(&raw mut list));
        // SAFETY: The engine wrote the list.
        let names = unsafe { convert::borrowed_list(list.features, list.featureCount) };
        let features = convert::features_from(names);
        // SAFETY: The list is the engine's, and not used any more.
        unsafe { self.inner.functions().wgpuSupportedFeaturesFreeMembers(list) };
        needs::with_functions(self.instance().engine(), features)
    }

    /// The best limits that devices can be given.
    pub fn limits(&self) -> Limits {
        convert::query_limits(|limits| {
            call!(self.inner, wgpuAdapterGetLimits(limits));
        })
    }

    /// What the adapter is.
    ///
    /// The engine's C interface does not tell the bus of the device, nor whether transient textures save memory. It has a
    /// place for the sizes of subgroups and leaves it empty: until it does not, they are the bounds that WebGPU sets, 4 and 128.
    pub fn get_info(&self) -> AdapterInfo {
        let mut info = sys::WGPUAdapterInfo::INIT;
        call!(self.inner, wgpuAdapterGetInfo(&raw mut info));
        // SAFETY: The engine wrote the texts.
        let copy = unsafe { convert::adapter_info_from(&info) };
        // SAFETY: The texts are the engine's, and not used any more.
        unsafe { self.inner.functions().wgpuAdapterInfoFreeMembers(info) };
        copy
    }

    /// In what the adapter falls short of WebGPU. The engine's C interface does not tell; what its adapters offer passes
    /// for all of it.
    pub fn get_downlevel_capabilities(&self) -> DownlevelCapabilities {
        DownlevelCapabilities::default()
    }

    /// What textures of this format can be used for, by a device with
    /// [`Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES`]; no usages where the adapter lacks the feature that the format
    /// needs. Other devices can rely on what WebGPU guarantees:
    /// [`TextureFormat::guaranteed_format_features`].
    ///
    /// The engine's C interface does not tell. So the first call for an adapter, or for a clone of it, opens a device, finds
    /// out about all formats by what the engine refuses it, and closes it again. That takes as long as making a device, and some
    /// 2 ms: 5 ms on a software driver. Every further call takes less than a microsecond.
    ///
    /// What the engine never checks cannot be found out: whether depth can be filtered; and, on Metal and DirectX 12, whether
    /// a format can be resolved beyond what WebGPU guarantees. These flags are as guaranteed. So is all of the answer for
    /// formats of several planes, for those without a name in C, where the adapter lacks the feature above or gives no
    /// device, and on OpenGL: there, the end of one device of an adapter would keep the others from drawing.
    ///
    /// ```no_run
    /// # use webgpu as wgpu;
    /// # fn example(adapter: &wgpu::Adapter) {
    /// let features = adapter.get_texture_format_features(wgpu::TextureFormat::Rgba16Float);
    /// let samples = [8, 4].into_iter().find(|count| features.flags.sample_count_supported(*count));
    /// # }
    /// ```
    pub fn get_texture_format_features(&self, format: TextureFormat) -> TextureFormatFeatures {
        let table = self.formats.get().unwrap_or_else(|| {
            // Callbacks of the user may be called here, and ask too: so no lock is held, and the first answer is kept.
            let table = FormatTable::of(self);
            self.formats.get_or_init(|| table)
        });
        table.get(format)
    }

    /// The present time on the clock of presentations, which the engine's C interface does not tell:
    /// [`PresentationTimestamp::INVALID_TIMESTAMP`].
    pub fn get_presentation_timestamp(&self) -> PresentationTimestamp {
        PresentationTimestamp::INVALID_TIMESTAMP
    }

    /// The sizes of cooperative matrices, which the engine's C interface does not tell: none.
    pub fn cooperative_matrix_properties(&self) -> Vec<CooperativeMatrixProperties> {
        Vec::new()
    }
}

/// What an adapter should be like.
pub type RequestAdapterOptions<'a, 'b> = RequestAdapterOptionsBase<&'a Surface<'b>>;
