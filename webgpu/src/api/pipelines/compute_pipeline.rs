use super::*;
use crate::{convert, events, handle::identity};
use wgpu_native_sys_dyn as sys;

/// A compute shader, ready to run.
#[derive(Clone, Debug)]
pub struct ComputePipeline {
    inner: Child<sys::WGPUComputePipelineImpl>,
}

assert_send_sync!(ComputePipeline, ComputePipelineDescriptor<'_>);
identity!(ComputePipeline, |this| this.inner.raw().addr());

impl ComputePipeline {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &ComputePipelineDescriptor<'_>,
    ) -> Self {
        #[cfg(feature = "naga-ir")]
        let stage = match naga_module::Stage::of_compute(descriptor) {
            Ok(stage) => stage,
            Err(failure) => {
                let error = failure.into_error("Device::create_compute_pipeline", descriptor.label);
                return Self::refused(device, descriptor, error);
            }
        };
        #[cfg(feature = "naga-ir")]
        let descriptor = &stage.in_compute(descriptor);
        let pipeline = Self::with(device, descriptor);
        events::deliver();
        pipeline
    }

    /// What the engine makes of the descriptor.
    #[track_caller]
    fn with(device: &Arc<DeviceContext>, descriptor: &ComputePipelineDescriptor<'_>) -> Self {
        let create = |module| {
            let create =
                |descriptor| create!(device, device, wgpuDeviceCreateComputePipeline(descriptor));
            convert::with_compute_pipeline_descriptor(device, descriptor, module, create)
        };
        let module = descriptor.module.raw_for(device);
        let clearing = descriptor.compilation_options.zero_initialize_workgroup_memory;
        let clearing = clearing.then(|| descriptor.module.clearing()).flatten();
        // Errors are to be about the module as it was written, so it is that one which leads to them.
        let cleared = clearing.and_then(|module| {
            let (pipeline, failed) = events::watch(|| events::silence(|| create(module)));
            (!failed).then_some(pipeline)
        });
        Self { inner: cleared.unwrap_or_else(|| create(module)) }
    }

    /// Reports why there is no pipeline, and gives an invalid one: no shader has an entry point with such a name.
    #[cfg(feature = "naga-ir")]
    #[track_caller]
    fn refused(
        device: &Arc<DeviceContext>,
        descriptor: &ComputePipelineDescriptor<'_>,
        error: Error,
    ) -> Self {
        let invalid = ComputePipelineDescriptor {
            entry_point: Some("not a name"),
            compilation_options: Default::default(),
            ..descriptor.clone()
        };
        let pipeline = events::silence(|| Self::with(device, &invalid));
        device.sink.report(error);
        pipeline
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUComputePipeline {
        self.inner.raw_for(device)
    }

    /// The layout of the bind group with this index. A layout that the pipeline has made up for itself can be used with
    /// this pipeline only.
    #[track_caller]
    pub fn get_bind_group_layout(&self, index: u32) -> BindGroupLayout {
        let device = self.inner.owner();
        let layout = create!(device, self.inner, wgpuComputePipelineGetBindGroupLayout(index));
        events::deliver();
        BindGroupLayout::new(layout)
    }
}

/// What a pipeline that computes should be like.
#[derive(Clone, Debug)]
pub struct ComputePipelineDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// Its bind groups; `None` to have them made up from the shader.
    pub layout: Option<&'a PipelineLayout>,
    /// The shader.
    pub module: &'a ShaderModule,
    /// The function to run; `None` if the shader has only one that fits.
    pub entry_point: Option<&'a str>,
    /// What goes into the shader.
    pub compilation_options: PipelineCompilationOptions<'a>,
    /// What the driver compiled before.
    pub cache: Option<&'a PipelineCache>,
}
