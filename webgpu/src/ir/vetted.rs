//! Shaders that the crate `naga` has read, validated and written before the engine gets them.
//!
//! The engine's compiler is the same crate, and ends the process where this one panics. So each shader goes through this one
//! first, on a thread of its own, which has more stack than the limits of [`vet`](crate::vet) let it need and whose end is
//! no more than an error.

use super::{Valid, causes};
use crate::shader_source::ShaderSource;
use naga::back::spv;
use naga::error::ShaderError;
use naga::front;
use naga::proc::{BoundsCheckPolicies, BoundsCheckPolicy};
use naga::{Module, ShaderStage};
use std::thread;
use wgpu_types::Features;

/// The stack of the thread: virtual memory, of which little is ever used.
const STACK: usize = 64 << 20;

/// How many mistakes of a text in GLSL are told.
const MISTAKES: usize = 10;

/// What the work returns, or the message of the panic that it ended in.
pub(super) fn on_own_stack<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, String> {
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("shader".into()).stack_size(STACK);
        let thread = builder.spawn_scoped(scope, work).map_err(|error| error.to_string())?;
        thread.join().map_err(|panic| match panic.downcast::<String>() {
            Ok(message) => *message,
            Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("a panic").to_owned(),
        })
    })
}

/// Reads a source as the engine does.
pub(crate) fn read(source: &ShaderSource<'_>, label: Option<&str>) -> Result<Module, String> {
    let label = label.map(str::to_owned);
    match source {
        ShaderSource::Wgsl(code) => front::wgsl::parse_str(code).map_err(|error| {
            let source = code.to_string();
            ShaderError { source, label, inner: Box::new(error) }.to_string()
        }),
        ShaderSource::Glsl { shader, stage, defines } => {
            let defines = defines.iter().map(|&(name, value)| (name.into(), value.into()));
            let options = front::glsl::Options { stage: *stage, defines: defines.collect() };
            front::glsl::Frontend::default().parse(&options, shader).map_err(|mut errors| {
                // Each is shown with its whole line, and a long one may have thousands.
                errors.errors.truncate(MISTAKES);
                let source = shader.to_string();
                ShaderError { source, label, inner: Box::new(errors) }.to_string()
            })
        }
        ShaderSource::SpirV(words) => {
            let options = front::spv::Options {
                adjust_coordinate_space: false,
                strict_capabilities: true,
                block_ctx_dump_prefix: None,
            };
            let module = front::spv::Frontend::new(words.iter().copied(), &options).parse();
            module.map_err(|error| causes("Failed to parse SPIR-V: ", &error))
        }
        ShaderSource::Naga(module) => Ok(module.clone().into_owned()),
        ShaderSource::Dummy(_) => panic!("found `ShaderSource::Dummy`"),
    }
}

/// Does with what was written for the engine what the engine will do: reads it again, and writes it for Vulkan, once as a
/// whole and once for each entry point. What cannot be written is an error of the engine; a panic is what this is for.
pub(super) fn rehearse(written: &ShaderSource<'_>, features: Features) -> Result<(), String> {
    let module = read(written, None)?;
    let valid = Valid::new(std::borrow::Cow::Owned(module), features)?;
    let options = spv::Options {
        lang_version: (1, 3),
        bounds_check_policies: BoundsCheckPolicies {
            index: BoundsCheckPolicy::Restrict,
            buffer: BoundsCheckPolicy::Restrict,
            image_load: BoundsCheckPolicy::Restrict,
            binding_array: BoundsCheckPolicy::Unchecked,
        },
        ..Default::default()
    };
    let entries = valid.module.entry_points.iter();
    let entries = entries.map(|entry| Some((entry.stage, entry.name.as_str())));
    for entry in entries.chain([None]) {
        let pipeline = entry.map(|(shader_stage, name): (ShaderStage, &str)| {
            spv::PipelineOptions { shader_stage, entry_point: name.to_owned() }
        });
        let _ = spv::write_vec(&valid.module, &valid.info, &options, pipeline.as_ref());
    }
    Ok(())
}
