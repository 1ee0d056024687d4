//! Bind groups and layouts.

use crate::{Invalid, Refused, Row, Valid, common::Gpu};
use std::num::NonZeroU32;
use webgpu as wgpu;
use wgpu::{BindingType as Type, BufferBindingType, BufferUsages as Usages};

fn buffer_type(min: u64) -> Type {
    Type::Buffer {
        ty: BufferBindingType::Uniform,
        has_dynamic_offset: false,
        min_binding_size: wgpu::BufferSize::new(min),
    }
}

fn entry(binding: u32, ty: Type) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry { binding, visibility: wgpu::ShaderStages::COMPUTE, ty, count: None }
}

fn layout(gpu: &Gpu, entries: &[wgpu::BindGroupLayoutEntry]) -> wgpu::BindGroupLayout {
    gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries })
}

fn seen_by(bits: u32) -> wgpu::BindGroupLayoutEntry {
    let visibility = wgpu::ShaderStages::from_bits_retain(bits);
    wgpu::BindGroupLayoutEntry { visibility, ..entry(0, buffer_type(0)) }
}

fn array(ty: Type, count: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry { count: NonZeroU32::new(count), ..entry(0, ty) }
}

fn storage_texture(
    access: wgpu::StorageTextureAccess,
    format: wgpu::TextureFormat,
    view_dimension: wgpu::TextureViewDimension,
) -> Type {
    Type::StorageTexture { access, format, view_dimension }
}

#[rustfmt::skip]
const LAYOUTS: &[Row] = &[
    Row("nothing", Valid, |gpu| drop(layout(gpu, &[]))),
    Row("a buffer", Valid, |gpu| drop(layout(gpu, &[entry(0, buffer_type(16))]))),
    Row("one binding twice", Invalid, |gpu| drop(layout(gpu, &[entry(1, buffer_type(0)), entry(1, buffer_type(0))]))),
    Row("the last binding", Valid, |gpu| drop(layout(gpu, &[entry(999, buffer_type(0))]))),
    Row("a binding beyond the last", Invalid, |gpu| drop(layout(gpu, &[entry(1000, buffer_type(0))]))),
    Row("the last binding that can be said", Invalid, |gpu| drop(layout(gpu, &[entry(u32::MAX, buffer_type(0))]))),
    Row("a buffer of the largest size", Valid, |gpu| drop(layout(gpu, &[entry(0, buffer_type(u64::MAX))]))),
    Row("seen by nobody", Valid, |gpu| drop(layout(gpu, &[seen_by(0)]))),
    Row("seen by stages that nobody knows", Invalid, |gpu| drop(layout(gpu, &[seen_by(1 << 31)]))),
    Row("an array that needs a feature", Invalid, |gpu| drop(layout(gpu, &[array(buffer_type(0), 2)]))),
    Row("the largest array", Invalid, |gpu| drop(layout(gpu, &[array(buffer_type(0), u32::MAX)]))),
    Row("an external texture", Invalid, |gpu| drop(layout(gpu, &[entry(0, Type::ExternalTexture)]))),
    Row("an acceleration structure", Invalid, |gpu| {
        drop(layout(gpu, &[entry(0, Type::AccelerationStructure { vertex_return: false })]));
    }),
    Row("a storage texture", Valid, |gpu| drop(layout(gpu, &[entry(0, storage_texture(
        wgpu::StorageTextureAccess::WriteOnly, wgpu::TextureFormat::Rgba8Unorm, wgpu::TextureViewDimension::D2,
    ))]))),
    Row("a storage cube", Invalid, |gpu| drop(layout(gpu, &[entry(0, storage_texture(
        wgpu::StorageTextureAccess::WriteOnly, wgpu::TextureFormat::Rgba8Unorm, wgpu::TextureViewDimension::Cube,
    ))]))),
    Row("an atomic storage texture", Invalid, |gpu| drop(layout(gpu, &[entry(0, storage_texture(
        wgpu::StorageTextureAccess::Atomic, wgpu::TextureFormat::R32Uint, wgpu::TextureViewDimension::D2,
    ))]))),
    Row("more buffers than the limit", Invalid, |gpu| {
        let entries = (0..100).map(|binding| entry(binding, buffer_type(0))).collect::<Vec<_>>();
        let layout = layout(gpu, &entries);
        // Only here is it counted.
        drop(gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            bind_group_layouts: &[Some(&layout)],
            ..Default::default()
        }));
    }),
];

/// A bind group for one uniform buffer of at least 16 bytes.
fn group(gpu: &Gpu, entries: &[wgpu::BindGroupEntry<'_>]) {
    let layout = layout(gpu, &[entry(0, buffer_type(16))]);
    let descriptor = wgpu::BindGroupDescriptor { label: None, layout: &layout, entries };
    drop(gpu.device.create_bind_group(&descriptor));
}

fn uniform(gpu: &Gpu) -> wgpu::Buffer {
    gpu.empty_buffer(1024, Usages::UNIFORM)
}

fn part(gpu: &Gpu, offset: u64, size: u64) {
    let buffer = &uniform(gpu);
    let binding = wgpu::BufferBinding { buffer, offset, size: wgpu::BufferSize::new(size) };
    group(
        gpu,
        &[wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(binding) }],
    );
}

fn whole(gpu: &Gpu, buffer: &wgpu::Buffer) {
    group(gpu, &[wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() }]);
}

#[rustfmt::skip]
const GROUPS: &[Row] = &[
    Row("all of a buffer", Valid, |gpu| whole(gpu, &uniform(gpu))),
    Row("nothing for a binding", Invalid, |gpu| group(gpu, &[])),
    Row("a part", Valid, |gpu| part(gpu, 256, 16)),
    Row("the rest", Valid, |gpu| part(gpu, 256, 0)),
    Row("a part that is too small", Invalid, |gpu| part(gpu, 256, 8)),
    Row("a part at an odd offset", Invalid, |gpu| part(gpu, 4, 16)),
    Row("a part over the end", Invalid, |gpu| part(gpu, 768, 512)),
    Row("a part behind the end", Invalid, |gpu| part(gpu, 2048, 16)),
    Row("a part of the largest size", Invalid, |gpu| part(gpu, 0, u64::MAX)),
    Row("a part at the largest offset", Invalid, |gpu| part(gpu, u64::MAX - 255, 256)),
    Row("the rest at the largest offset", Invalid, |gpu| part(gpu, u64::MAX, 0)),
    Row("a buffer that is too small", Invalid, |gpu| whole(gpu, &gpu.empty_buffer(8, Usages::UNIFORM))),
    Row("an empty buffer", Invalid, |gpu| whole(gpu, &gpu.empty_buffer(0, Usages::UNIFORM))),
    Row("a buffer for something else", Invalid, |gpu| whole(gpu, &gpu.empty_buffer(64, Usages::VERTEX))),
    Row("a destroyed buffer", Invalid, |gpu| {
        let buffer = uniform(gpu);
        buffer.destroy();
        whole(gpu, &buffer);
    }),
    Row("a sampler for a buffer", Invalid, |gpu| {
        let sampler = gpu.device.create_sampler(&Default::default());
        group(gpu, &[wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Sampler(&sampler) }]);
    }),
    Row("a binding that is not in the layout", Invalid, |gpu| {
        let buffer = uniform(gpu);
        group(gpu, &[wgpu::BindGroupEntry { binding: u32::MAX, resource: buffer.as_entire_binding() }]);
    }),
    Row("an array for a single buffer", Refused, |gpu| {
        let buffer = uniform(gpu);
        let array = [buffer.as_entire_buffer_binding()];
        let resource = wgpu::BindingResource::BufferArray(&array);
        group(gpu, &[wgpu::BindGroupEntry { binding: 0, resource }]);
    }),
    Row("an empty array", Invalid, |gpu| {
        group(gpu, &[wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::SamplerArray(&[]) }]);
    }),
    Row("one binding twice", Invalid, |gpu| {
        let buffer = uniform(gpu);
        let entry = wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() };
        group(gpu, &[entry.clone(), entry]);
    }),
];

fn pipeline_layout(gpu: &Gpu, layouts: &[Option<&wgpu::BindGroupLayout>], immediate_size: u32) {
    let descriptor =
        wgpu::PipelineLayoutDescriptor { label: None, bind_group_layouts: layouts, immediate_size };
    drop(gpu.device.create_pipeline_layout(&descriptor));
}

#[rustfmt::skip]
const PIPELINE_LAYOUTS: &[Row] = &[
    Row("nothing", Valid, |gpu| pipeline_layout(gpu, &[], 0)),
    Row("a gap", Valid, |gpu| pipeline_layout(gpu, &[None, Some(&layout(gpu, &[]))], 0)),
    Row("nothing but gaps", Valid, |gpu| pipeline_layout(gpu, &[None, None], 0)),
    Row("more than the limit", Refused, |gpu| pipeline_layout(gpu, &[Some(&layout(gpu, &[])); 9], 0)),
    Row("more gaps than the limit", Refused, |gpu| pipeline_layout(gpu, &[None; 9], 0)),
    Row("immediate data that needs a feature", Invalid, |gpu| pipeline_layout(gpu, &[], 4)),
    Row("as much immediate data as there are numbers", Invalid, |gpu| pipeline_layout(gpu, &[], u32::MAX)),
    Row("a layout that is not valid", Invalid, |gpu| {
        let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let invalid = layout(gpu, &[entry(0, Type::ExternalTexture)]);
        drop(scope);
        pipeline_layout(gpu, &[Some(&invalid)], 0);
    }),
];

#[test]
fn layouts() {
    crate::check(LAYOUTS);
}

#[test]
fn groups() {
    crate::check(GROUPS);
}

#[test]
fn pipeline_layouts() {
    crate::check(PIPELINE_LAYOUTS);
}
