use super::*;
use crate::{convert, error::Error, events, handle::identity};
use std::num::NonZeroU32;
use targets::Targets;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    BufferAddress, ColorTargetState, DepthStencilState, MultisampleState, PrimitiveState,
    VertexAttribute, VertexStepMode,
};

/// Shaders and all fixed state of drawing, ready to draw.
#[derive(Clone, Debug)]
pub struct RenderPipeline {
    inner: Child<sys::WGPURenderPipelineImpl>,
    targets: Arc<Targets>,
    vertex_buffers: usize,
    needs_blend_constant: bool,
}

assert_send_sync!(
    RenderPipeline,
    RenderPipelineDescriptor<'_>,
    VertexState<'_>,
    FragmentState<'_>,
    VertexBufferLayout<'_>,
);
identity!(RenderPipeline, |this| this.inner.raw().addr());

const CALL: &str = "Device::create_render_pipeline";

impl RenderPipeline {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &RenderPipelineDescriptor<'_>,
    ) -> Self {
        #[cfg(feature = "naga-ir")]
        let stages = match naga_module::Stage::of_render(descriptor) {
            Ok(stages) => stages,
            Err(failure) => {
                let error = failure.into_error(CALL, descriptor.label);
                return Self::not_created(device, descriptor, error);
            }
        };
        #[cfg(feature = "naga-ir")]
        let descriptor = &naga_module::Stage::in_render(&stages, descriptor);
        let create =
            |descriptor| create!(device, device, wgpuDeviceCreateRenderPipeline(descriptor));
        let targets = Targets::of_pipeline(descriptor);
        match convert::with_render_pipeline_descriptor(device, descriptor, create) {
            Ok(inner) => {
                events::deliver();
                Self {
                    inner,
                    targets: Arc::new(targets),
                    vertex_buffers: descriptor.vertex.buffers.len(),
                    needs_blend_constant: needs_blend_constant(descriptor),
                }
            }
            Err(cause) => {
                let error = Error::rejected(CALL, descriptor.label, cause);
                Self::not_created(device, descriptor, error)
            }
        }
    }

    #[track_caller]
    fn not_created(
        device: &Arc<DeviceContext>,
        descriptor: &RenderPipelineDescriptor<'_>,
        error: Error,
    ) -> Self {
        let targets = Targets::of_pipeline(descriptor);
        Self::refused(device, descriptor.vertex.module, targets, error)
    }

    /// Reports why there is no pipeline, and gives an invalid one.
    #[track_caller]
    pub(in crate::api) fn refused(
        device: &Arc<DeviceContext>,
        module: &ShaderModule,
        targets: Targets,
        error: Error,
    ) -> Self {
        let create =
            |descriptor| create!(device, device, wgpuDeviceCreateRenderPipeline(descriptor));
        let module = module.raw_for(device);
        let inner = events::silence(|| convert::with_invalid_render_pipeline(module, create));
        device.sink.report(error);
        let targets = Arc::new(targets);
        Self { inner, targets, vertex_buffers: 0, needs_blend_constant: false }
    }

    /// What it can draw to.
    pub(in crate::api) fn targets(&self) -> &Targets {
        &self.targets
    }

    /// How many slots of vertex buffers it reads.
    pub(in crate::api) fn vertex_buffers(&self) -> usize {
        self.vertex_buffers
    }

    /// Whether it blends with the constant of the pass.
    pub(in crate::api) fn needs_blend_constant(&self) -> bool {
        self.needs_blend_constant
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPURenderPipeline {
        self.inner.raw_for(device)
    }

    /// The layout of the bind group with this index. A layout that the pipeline has made up for itself can be used with
    /// this pipeline only.
    #[track_caller]
    pub fn get_bind_group_layout(&self, index: u32) -> BindGroupLayout {
        let device = self.inner.owner();
        let layout = create!(device, self.inner, wgpuRenderPipelineGetBindGroupLayout(index));
        events::deliver();
        BindGroupLayout::new(layout)
    }
}

/// What a pipeline that draws should be like.
#[derive(Clone, Debug)]
pub struct RenderPipelineDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// Its bind groups; `None` to have them made up from the shaders.
    pub layout: Option<&'a PipelineLayout>,
    /// Where vertices come from, and the shader for them.
    pub vertex: VertexState<'a>,
    /// How vertices become points, lines and triangles.
    pub primitive: PrimitiveState,
    /// What is done with depth and stencil.
    pub depth_stencil: Option<DepthStencilState>,
    /// How many samples of each texel there are.
    pub multisample: MultisampleState,
    /// The shader for texels, and where they go.
    pub fragment: Option<FragmentState<'a>>,
    /// The layers that are drawn at once. Needs [`Features::MULTIVIEW`](crate::Features::MULTIVIEW), which this crate does not
    /// offer.
    pub multiview_mask: Option<NonZeroU32>,
    /// What the driver compiled before.
    pub cache: Option<&'a PipelineCache>,
}

/// The vertex stage of a pipeline.
#[derive(Clone, Debug)]
pub struct VertexState<'a> {
    /// The shader.
    pub module: &'a ShaderModule,
    /// The function to run; `None` if the shader has only one that fits.
    pub entry_point: Option<&'a str>,
    /// What goes into the shader.
    pub compilation_options: PipelineCompilationOptions<'a>,
    /// What lies in the vertex buffers, by their slot.
    pub buffers: &'a [VertexBufferLayout<'a>],
}

/// The fragment stage of a pipeline.
#[derive(Clone, Debug)]
pub struct FragmentState<'a> {
    /// The shader.
    pub module: &'a ShaderModule,
    /// The function to run; `None` if the shader has only one that fits.
    pub entry_point: Option<&'a str>,
    /// What goes into the shader.
    pub compilation_options: PipelineCompilationOptions<'a>,
    /// The formats of what is drawn to, by the shader's output; `None` for a gap.
    pub targets: &'a [Option<ColorTargetState>],
}

/// What lies in a vertex buffer.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct VertexBufferLayout<'a> {
    /// From one element to the next, in bytes.
    pub array_stride: BufferAddress,
    /// Whether there is an element for each vertex, or for each instance.
    pub step_mode: VertexStepMode,
    /// What an element has.
    pub attributes: &'a [VertexAttribute],
}

fn needs_blend_constant(descriptor: &RenderPipelineDescriptor<'_>) -> bool {
    let targets = descriptor.fragment.iter().flat_map(|fragment| fragment.targets);
    let mut blends = targets.flatten().filter_map(|target| target.blend);
    blends.any(|blend| blend.color.uses_constant() || blend.alpha.uses_constant())
}
