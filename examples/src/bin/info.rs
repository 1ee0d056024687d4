//! What is there: the engine library, how it is called, and every adapter with its features and limits.

use webgpu as wgpu;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use examples::gpu::NO_ADAPTER;
use examples::{Usage, engine};

const HELP: &str = "\
Shows the engine library, how it is called, and the adapters it finds with their features and limits.

Usage: info

Environment:
  WGPU_NATIVE_LIB  the engine library to load
  WGPU_BACKEND     vulkan, metal, dx12 or gl (several with commas): look only there
  WEBGPU_CALLS     `engine` makes every call through the FFI engine
";

fn main() -> ExitCode {
    examples::run("info", |out| {
        if asks_for_help()? {
            return Ok(write!(out, "{HELP}")?);
        }
        let instance =
            engine::instance(wgpu::InstanceDescriptor::new_without_display_handle_from_env())?;
        writeln!(out, "Engine")?;
        for (name, value) in engine::describe(&instance) {
            line(out, name, &value)?;
        }

        let backends = wgpu::Backends::from_env().unwrap_or_default();
        let adapters = pollster::block_on(instance.enumerate_adapters(backends));
        ensure!(!adapters.is_empty(), NO_ADAPTER);
        for (index, adapter) in adapters.iter().enumerate() {
            writeln!(out)?;
            writeln!(out, "Adapter {index}")?;
            describe(out, adapter)?;
        }
        Ok(())
    })
}

fn asks_for_help() -> Result<bool, Usage> {
    use lexopt::prelude::*;

    match lexopt::Parser::from_env().next()? {
        None => Ok(false),
        Some(Short('h') | Long("help")) => Ok(true),
        Some(argument) => Err(argument.unexpected().into()),
    }
}

fn line(out: &mut impl Write, name: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {name:<10} {value}")
}

fn describe(out: &mut impl Write, adapter: &wgpu::Adapter) -> io::Result<()> {
    let info = adapter.get_info();
    line(out, "name", &info.name)?;
    line(out, "backend", info.backend)?;
    line(out, "type", format!("{:?}", info.device_type))?;
    line(out, "driver", format!("{} {}", info.driver, info.driver_info).trim())?;
    line(out, "ids", format!("vendor {:#06x}, device {:#06x}", info.vendor, info.device))?;

    let features: Vec<_> = adapter.features().iter_names().map(|(name, _)| name).collect();
    line(out, "features", features.len())?;
    for feature in features {
        writeln!(out, "    {}", feature.to_lowercase())?;
    }
    let width = LIMITS.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    writeln!(out, "  {:<width$} {:>21} {:>11}", "limits", "adapter", "default", width = width + 2)?;
    let (limits, default) = (adapter.limits(), wgpu::Limits::default());
    for (name, limit) in LIMITS {
        writeln!(out, "    {name:<width$} {:>21} {:>11}", limit(&limits), limit(&default))?;
    }
    Ok(())
}

/// A limit's name, and how to read it.
type Limit = (&'static str, fn(&wgpu::Limits) -> u64);

macro_rules! limits {
    ($($name:ident)*) => {
        /// All limits. Each one is named here, so that one that is added to WebGPU is not forgotten.
        const LIMITS: &[Limit] = {
            // Fails to compile when a limit is missing.
            const fn _is_complete(limits: &wgpu::Limits) {
                let wgpu::Limits { $($name: _),* } = limits;
            }
            &[$((stringify!($name), |limits| u64::from(limits.$name))),*]
        };
    };
}

limits! {
    max_texture_dimension_1d
    max_texture_dimension_2d
    max_texture_dimension_3d
    max_texture_array_layers
    max_bind_groups
    max_bindings_per_bind_group
    max_dynamic_uniform_buffers_per_pipeline_layout
    max_dynamic_storage_buffers_per_pipeline_layout
    max_sampled_textures_per_shader_stage
    max_samplers_per_shader_stage
    max_storage_buffers_per_shader_stage
    max_storage_textures_per_shader_stage
    max_uniform_buffers_per_shader_stage
    max_binding_array_elements_per_shader_stage
    max_binding_array_acceleration_structure_elements_per_shader_stage
    max_binding_array_sampler_elements_per_shader_stage
    max_uniform_buffer_binding_size
    max_storage_buffer_binding_size
    max_vertex_buffers
    max_buffer_size
    max_vertex_attributes
    max_vertex_buffer_array_stride
    max_inter_stage_shader_variables
    min_uniform_buffer_offset_alignment
    min_storage_buffer_offset_alignment
    max_color_attachments
    max_color_attachment_bytes_per_sample
    max_compute_workgroup_storage_size
    max_compute_invocations_per_workgroup
    max_compute_workgroup_size_x
    max_compute_workgroup_size_y
    max_compute_workgroup_size_z
    max_compute_workgroups_per_dimension
    max_immediate_size
    max_non_sampler_bindings
    max_task_mesh_workgroup_total_count
    max_task_mesh_workgroups_per_dimension
    max_task_invocations_per_workgroup
    max_task_invocations_per_dimension
    max_mesh_invocations_per_workgroup
    max_mesh_invocations_per_dimension
    max_task_payload_size
    max_mesh_output_vertices
    max_mesh_output_primitives
    max_mesh_output_layers
    max_mesh_multiview_view_count
    max_blas_primitive_count
    max_blas_geometry_count
    max_tlas_instance_count
    max_acceleration_structures_per_shader_stage
    max_multiview_view_count
}
