//! Hot reload: the picture follows its shader's file. What does not compile is explained, and the picture stays.
//!
//! The file is `shaders/hot_reload.wgsl` of this workspace, or the one that the environment variable `SHADER` names.

use webgpu as wgpu;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use examples::{Example, Frame, Gpu, Target, resources};

/// What is seen as long as there is no shader that compiles.
const NO_SHADER: u32 = 0x501414;

struct HotReload {
    file: WatchedFile,
    /// Made of the last content of the file that compiled.
    pipeline: Option<wgpu::RenderPipeline>,
    layout: wgpu::PipelineLayout,
    scene: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
}

impl Example for HotReload {
    const NAME: &'static str = "hot_reload";
    const ANIMATED: bool = true;

    fn new(gpu: &Gpu, target: Target) -> anyhow::Result<HotReload> {
        let scene = resources::uniform::<[f32; 4]>(gpu, "scene");
        // A layout that does not come from the shader: what is bound stays, whatever the shader becomes.
        let group = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("scene"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            }],
        });
        let bind_group = resources::bind_group(gpu, "scene", &group, &[scene.as_entire_binding()]);
        let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("scene"),
            bind_group_layouts: &[Some(&group)],
            immediate_size: 0,
        });
        let path = std::env::var_os("SHADER").map(PathBuf::from).unwrap_or_else(|| {
            // Whichever package this is built in, the shaders lie in a folder above it.
            let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
            let mut paths = folders.map(|folder| folder.join("shaders").join("hot_reload.wgsl"));
            paths.find(|path| path.exists()).unwrap_or_default()
        });
        let file = WatchedFile { path, seen: None };
        let mut example = HotReload { file, pipeline: None, layout, scene, bind_group };
        example.reload(gpu, target);
        Ok(example)
    }

    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>) {
        self.reload(gpu, frame.target);
        let (width, height) = (frame.target.width as f32, frame.target.height as f32);
        let scene = [width, height, frame.time.as_secs_f32(), 0.0];
        gpu.queue.write_buffer(&self.scene, 0, bytemuck::cast_slice(&scene));

        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("picture"),
                color_attachments: &[resources::cleared(frame.view, resources::rgb(NO_SHADER))],
                ..Default::default()
            });
            if let Some(pipeline) = &self.pipeline {
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, &self.bind_group, &[]);
                pass.draw(0..3, 0..1);
            }
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

impl HotReload {
    /// Makes the pipeline anew if the file has changed.
    fn reload(&mut self, gpu: &Gpu, target: Target) {
        let Some(content) = self.file.changed() else {
            return;
        };
        let made = content.and_then(|source| self.compile(gpu, target, &source));
        let path = self.file.path.display();
        match made {
            Ok(pipeline) => {
                self.pipeline = Some(pipeline);
                eprintln!("{}: {path} is loaded", HotReload::NAME);
            }
            Err(message) => eprintln!("{}: {path} cannot be used: {message}", HotReload::NAME),
        }
    }

    /// The pipeline of this source, or what the compiler has to say.
    fn compile(
        &self,
        gpu: &Gpu,
        target: Target,
        source: &str,
    ) -> Result<wgpu::RenderPipeline, String> {
        // Without this scope, the framework would get the error, and end the program.
        let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let module = gpu.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("reloaded"),
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        let pipeline = gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("reloaded"),
            layout: Some(&self.layout),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("vertex"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("fragment"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(target.format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        // The first error counts: that there is no pipeline of a broken module is no news.
        match pollster::block_on(scope.pop()) {
            None => Ok(pipeline),
            Some(error) => Err(error.to_string()),
        }
    }
}

/// A file that is looked at again and again: to ask for its time costs next to nothing.
struct WatchedFile {
    path: PathBuf,
    /// When what was read last was written; `None` within if there was no file.
    seen: Option<Option<SystemTime>>,
}

impl WatchedFile {
    /// The content, if the file is not as it was the last time, or why it cannot be read.
    fn changed(&mut self) -> Option<Result<String, String>> {
        let written = std::fs::metadata(&self.path).and_then(|metadata| metadata.modified()).ok();
        if self.seen.replace(written) == Some(written) {
            return None;
        }
        Some(std::fs::read_to_string(&self.path).map_err(|error| error.to_string()))
    }
}

fn main() -> ExitCode {
    examples::draw::<HotReload>()
}
