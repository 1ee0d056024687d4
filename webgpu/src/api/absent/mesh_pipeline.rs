use super::*;
use crate::convert;
use std::num::NonZeroU32;
use wgpu_types::{BufferAddress, DepthStencilState, Features, MultisampleState, PrimitiveState};

assert_send_sync!(MeshPipelineDescriptor<'_>, TaskState<'_>, MeshState<'_>);

/// What a pipeline that draws meshes should be like, which its shaders make up.
///
/// It needs [`Features::EXPERIMENTAL_MESH_SHADER`], for which the engine's C interface has no name: everything that is done
/// with meshes leads to an error.
#[derive(Clone, Debug)]
pub struct MeshPipelineDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// Its bind groups; `None` to have them made up from the shaders.
    pub layout: Option<&'a PipelineLayout>,
    /// The shader that says how many groups of meshes there are; if `None`, the drawing command says it.
    pub task: Option<TaskState<'a>>,
    /// The shader that makes meshes.
    pub mesh: MeshState<'a>,
    /// How vertices become points, lines and triangles.
    pub primitive: PrimitiveState,
    /// What is done with depth and stencil.
    pub depth_stencil: Option<DepthStencilState>,
    /// How many samples of each texel there are.
    pub multisample: MultisampleState,
    /// The shader for texels, and where they go.
    pub fragment: Option<FragmentState<'a>>,
    /// The number of layers that are drawn at once.
    pub multiview: Option<NonZeroU32>,
    /// What the driver compiled before.
    pub cache: Option<&'a PipelineCache>,
}

/// The task stage of a pipeline that draws meshes.
#[derive(Clone, Debug)]
pub struct TaskState<'a> {
    /// The shader.
    pub module: &'a ShaderModule,
    /// The function to run; `None` if the shader has only one that fits.
    pub entry_point: Option<&'a str>,
    /// What goes into the shader.
    pub compilation_options: PipelineCompilationOptions<'a>,
}

/// The mesh stage of a pipeline that draws meshes.
#[derive(Clone, Debug)]
pub struct MeshState<'a> {
    /// The shader.
    pub module: &'a ShaderModule,
    /// The function to run; `None` if the shader has only one that fits.
    pub entry_point: Option<&'a str>,
    /// What goes into the shader.
    pub compilation_options: PipelineCompilationOptions<'a>,
}

impl RenderPipeline {
    #[track_caller]
    pub(in crate::api) fn create_mesh(
        device: &Arc<DeviceContext>,
        descriptor: &MeshPipelineDescriptor<'_>,
    ) -> Self {
        let call = "Device::create_mesh_pipeline";
        let error = Error::rejected(call, descriptor.label, refusal(device));
        Self::refused(device, descriptor.mesh.module, Targets::default(), error)
    }
}

#[expect(unused_variables, reason = "the engine has no place for them")]
impl RenderPass<'_> {
    /// Draws meshes: as many groups of the first shader. Needs [`Features::EXPERIMENTAL_MESH_SHADER`], which this crate does
    /// not offer: the encoder's end is an error.
    pub fn draw_mesh_tasks(&mut self, group_count_x: u32, group_count_y: u32, group_count_z: u32) {
        self.mistake(refusal(self.device()));
    }

    /// Draws meshes: as many groups as a buffer says. An error, as [`draw_mesh_tasks`](Self::draw_mesh_tasks).
    pub fn draw_mesh_tasks_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
    ) {
        self.mistake(refusal(self.device()));
    }

    /// Draws meshes as a buffer says, `count` times in a row. An error, as [`draw_mesh_tasks`](Self::draw_mesh_tasks).
    pub fn multi_draw_mesh_tasks_indirect(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
        count: u32,
    ) {
        self.mistake(refusal(self.device()));
    }

    /// Draws meshes as a buffer says, as often as another one says. An error, as
    /// [`draw_mesh_tasks`](Self::draw_mesh_tasks).
    pub fn multi_draw_mesh_tasks_indirect_count(
        &mut self,
        indirect_buffer: &Buffer,
        indirect_offset: BufferAddress,
        count_buffer: &Buffer,
        count_buffer_offset: BufferAddress,
        max_count: u32,
    ) {
        self.mistake(refusal(self.device()));
    }
}

/// Why there are no meshes.
fn refusal(device: &DeviceContext) -> String {
    convert::unnamed("A mesh", Features::EXPERIMENTAL_MESH_SHADER, device.features)
}
