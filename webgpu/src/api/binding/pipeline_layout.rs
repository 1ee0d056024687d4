use super::*;
use crate::{events, handle::identity};
use wgpu_native_sys_dyn as sys;

/// Which bind groups a pipeline uses.
#[derive(Clone, Debug)]
pub struct PipelineLayout {
    inner: Child<sys::WGPUPipelineLayoutImpl>,
}

assert_send_sync!(PipelineLayout, PipelineLayoutDescriptor<'_>);
identity!(PipelineLayout, |this| this.inner.raw().addr());

impl PipelineLayout {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &PipelineLayoutDescriptor<'_>,
    ) -> Self {
        // The engine ends the process over a gap; WebGPU gives a layout without bindings the same meaning.
        let has_gap = descriptor.bind_group_layouts.contains(&None);
        let empty = has_gap.then(|| {
            let descriptor = BindGroupLayoutDescriptor { label: None, entries: &[] };
            BindGroupLayout::create(device, &descriptor)
        });
        let layouts = descriptor.bind_group_layouts.iter().map(|layout| {
            layout.or(empty.as_ref()).map_or(std::ptr::null_mut(), |layout| layout.raw_for(device))
        });
        let layouts = layouts.collect::<Vec<_>>();
        let descriptor = sys::WGPUPipelineLayoutDescriptor {
            label: descriptor.label.into(),
            bindGroupLayoutCount: layouts.len(),
            bindGroupLayouts: layouts.as_ptr(),
            immediateSize: descriptor.immediate_size,
            ..sys::WGPUPipelineLayoutDescriptor::INIT
        };
        let inner = create!(device, device, wgpuDeviceCreatePipelineLayout(&raw const descriptor));
        events::deliver();
        Self { inner }
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUPipelineLayout {
        self.inner.raw_for(device)
    }
}

/// What a layout for pipelines should be like.
#[derive(Clone, Debug, Default)]
pub struct PipelineLayoutDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// The layouts of the bind groups, by their index; `None` for one that the pipeline does not use.
    pub bind_group_layouts: &'a [Option<&'a BindGroupLayout>],
    /// The bytes of immediate data that shaders can read. Needs [`Features::IMMEDIATES`](crate::Features::IMMEDIATES) if
    /// not 0.
    pub immediate_size: u32,
}
