//! Shader modules that are made of a module of `naga`, and pipelines with them.

use super::*;
use crate::ir::{self, EntryPoint, Failure, Valid, Written};
use naga::{Module, ShaderStage};
use std::borrow::Cow;
use wgpu_types::ShaderRuntimeChecks;

/// What pipelines need to know of a module of `naga` besides the engine's module.
#[derive(Debug)]
pub(in crate::api) enum NagaModule {
    /// The engine has it; these are its entry points.
    Written(Vec<EntryPoint>),
    /// Each pipeline may set something in it: the engine has nothing yet.
    Open { module: Box<Valid>, checks: Option<ShaderRuntimeChecks> },
}

impl ShaderModule {
    /// Makes a module of one of `naga`, which `read` gives.
    #[track_caller]
    pub(in crate::api) fn of_naga(
        device: &Arc<DeviceContext>,
        label: Label<'_>,
        read: impl FnOnce() -> Result<Cow<'static, Module>, String> + Send,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Result<Self, Error> {
        enum Made {
            Open(Box<Valid>),
            Written(Box<Written>),
        }
        let features = device.features;
        let made = ir::compile(|| {
            let module = Valid::new(read()?, features)?;
            if module.is_open() {
                return Ok(Made::Open(Box::new(module)));
            }
            Ok(Made::Written(Box::new(module.write()?)))
        });
        let made =
            made.map_err(|failure| failure.into_error("Device::create_shader_module", label))?;
        Ok(match made {
            Made::Open(module) => {
                let nothing = ShaderSource::Wgsl("".into());
                let nothing = Self::of_source(device, label, nothing, None);
                nothing.with_naga(NagaModule::Open { module, checks })
            }
            Made::Written(written) => {
                let Written { source, entry_points } = *written;
                let written = Self::of_source(device, label, source, checks);
                written.with_naga(NagaModule::Written(entry_points))
            }
        })
    }

    #[track_caller]
    fn of_source(
        device: &Arc<DeviceContext>,
        label: Label<'_>,
        source: ShaderSource<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Self {
        Self::of_text(device, ShaderModuleDescriptor { label, source }, checks)
    }
}

/// A stage of a pipeline, in the words of the module that the engine has.
pub(in crate::api) struct Stage<'a> {
    module: Cow<'a, ShaderModule>,
    entry_point: Option<Cow<'a, str>>,
    options: PipelineCompilationOptions<'a>,
}

impl<'a> Stage<'a> {
    /// The stage of a pipeline that computes; or why there is none.
    #[track_caller]
    pub(in crate::api) fn of_compute(
        descriptor: &ComputePipelineDescriptor<'a>,
    ) -> Result<Self, Failure> {
        let ComputePipelineDescriptor { module, entry_point, compilation_options, .. } = descriptor;
        Self::new(ShaderStage::Compute, module, *entry_point, compilation_options)
    }

    /// The stages of a pipeline that draws; or why one is not there.
    #[track_caller]
    pub(in crate::api) fn of_render(
        descriptor: &RenderPipelineDescriptor<'a>,
    ) -> Result<(Self, Option<Self>), Failure> {
        let VertexState { module, entry_point, compilation_options, .. } = &descriptor.vertex;
        let vertex = Self::new(ShaderStage::Vertex, module, *entry_point, compilation_options)?;
        let fragment = descriptor.fragment.as_ref().map(|fragment| {
            let FragmentState { module, entry_point, compilation_options, .. } = fragment;
            Self::new(ShaderStage::Fragment, module, *entry_point, compilation_options)
        });
        Ok((vertex, fragment.transpose()?))
    }

    /// The pipeline with this stage.
    pub(in crate::api) fn in_compute<'b>(
        &'b self,
        descriptor: &ComputePipelineDescriptor<'b>,
    ) -> ComputePipelineDescriptor<'b> {
        ComputePipelineDescriptor {
            module: &self.module,
            entry_point: self.entry_point.as_deref(),
            compilation_options: self.options.clone(),
            ..descriptor.clone()
        }
    }

    /// The pipeline with these stages.
    pub(in crate::api) fn in_render<'b>(
        (vertex, fragment): &'b (Self, Option<Self>),
        descriptor: &RenderPipelineDescriptor<'b>,
    ) -> RenderPipelineDescriptor<'b> {
        let fragment = fragment.as_ref().zip(descriptor.fragment.as_ref());
        RenderPipelineDescriptor {
            vertex: VertexState {
                module: &vertex.module,
                entry_point: vertex.entry_point.as_deref(),
                compilation_options: vertex.options.clone(),
                buffers: descriptor.vertex.buffers,
            },
            fragment: fragment.map(|(stage, fragment)| FragmentState {
                module: &stage.module,
                entry_point: stage.entry_point.as_deref(),
                compilation_options: stage.options.clone(),
                targets: fragment.targets,
            }),
            ..descriptor.clone()
        }
    }

    #[track_caller]
    fn new(
        stage: ShaderStage,
        module: &'a ShaderModule,
        entry_point: Option<&'a str>,
        options: &PipelineCompilationOptions<'a>,
    ) -> Result<Self, Failure> {
        let mut made = Self {
            module: Cow::Borrowed(module),
            entry_point: entry_point.map(Cow::Borrowed),
            options: options.clone(),
        };
        let written_for_this;
        let entry_points = match module.naga() {
            None => return Ok(made),
            Some(NagaModule::Written(entry_points)) => entry_points,
            Some(NagaModule::Open { module: valid, checks }) => {
                let constants = std::mem::take(&mut made.options.constants);
                let Written { source, entry_points } =
                    ir::compile(|| valid.write_for(stage, entry_point, constants))?;
                let own = ShaderModule::of_source(module.device(), None, source, *checks);
                made.module = Cow::Owned(own);
                written_for_this = entry_points;
                &written_for_this
            }
        };
        let name = |name: &'a str| match EntryPoint::find(entry_points, stage, name) {
            Some(entry) => Cow::Owned(entry.written.clone()),
            None => Cow::Borrowed(name),
        };
        made.entry_point = entry_point.map(name);
        Ok(made)
    }
}
