//! Bind group layouts, bind groups and pipeline layouts.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{Gpu, gpu, gpu_with};
use crate::kit::{TEXTURE, extent};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;
use wgpu::{BindGroupLayoutEntry, BindingType, BufferBindingType, ShaderStages, TextureUsages};
use wgpu::{StorageTextureAccess as Access, TextureFormat as Format, TextureSampleType as Sample};

const UNIFORM: BindingType = BindingType::Buffer {
    ty: BufferBindingType::Uniform,
    has_dynamic_offset: false,
    min_binding_size: None,
};

const STORAGE: BindingType = BindingType::Buffer {
    ty: BufferBindingType::Storage { read_only: false },
    has_dynamic_offset: false,
    min_binding_size: None,
};

fn entry(binding: u32, visibility: ShaderStages, ty: BindingType) -> BindGroupLayoutEntry {
    BindGroupLayoutEntry { binding, visibility, ty, count: None }
}

fn layout(gpu: &Gpu, entries: &[BindGroupLayoutEntry]) -> wgpu::BindGroupLayout {
    gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries })
}

fn texture(sample_type: Sample, multisampled: bool) -> BindingType {
    let view_dimension = wgpu::TextureViewDimension::D2;
    BindingType::Texture { sample_type, view_dimension, multisampled }
}

fn storage(access: Access, format: Format) -> BindingType {
    let view_dimension = wgpu::TextureViewDimension::D2;
    BindingType::StorageTexture { access, format, view_dimension }
}

#[test]
fn layouts_of_one_entry() {
    let gpu = gpu();
    let compute = ShaderStages::COMPUTE;
    let dynamic = |ty| BindingType::Buffer { ty, has_dynamic_offset: true, min_binding_size: None };
    let filter = Sample::Float { filterable: true };
    gpu.cases(
        &[
            ("uniform", Valid, entry(0, ShaderStages::all(), UNIFORM)),
            ("dynamic uniform", Valid, entry(3, compute, dynamic(BufferBindingType::Uniform))),
            ("storage", Valid, entry(0, compute, STORAGE)),
            ("storage for vertices", Validation, entry(0, ShaderStages::VERTEX, STORAGE)),
            ("storage for fragments", Valid, entry(0, ShaderStages::FRAGMENT, STORAGE)),
            ("for nobody", Valid, entry(0, ShaderStages::NONE, UNIFORM)),
            ("the last binding", Valid, entry(999, compute, UNIFORM)),
            ("behind the last binding", Validation, entry(1000, compute, UNIFORM)),
            ("far behind", Validation, entry(u32::MAX, compute, UNIFORM)),
            ("texture", Valid, entry(0, compute, texture(filter, false))),
            ("integers", Valid, entry(0, compute, texture(Sample::Uint, false))),
            ("depth", Valid, entry(0, compute, texture(Sample::Depth, false))),
            ("samples that are filtered", Validation, entry(0, compute, texture(filter, true))),
            (
                "samples that are not",
                Valid,
                entry(0, compute, texture(Sample::Float { filterable: false }, true)),
            ),
            ("write", Valid, entry(0, compute, storage(Access::WriteOnly, Format::Rgba8Unorm))),
            ("read", Valid, entry(0, compute, storage(Access::ReadOnly, Format::Rgba8Unorm))),
            ("both", Validation, entry(0, compute, storage(Access::ReadWrite, Format::Rgba8Unorm))),
            (
                "both for words",
                Valid,
                entry(0, compute, storage(Access::ReadWrite, Format::R32Uint)),
            ),
            ("atomic", Validation, entry(0, compute, storage(Access::Atomic, Format::R32Uint))),
            (
                "no storage",
                Validation,
                entry(0, compute, storage(Access::WriteOnly, Format::R8Unorm)),
            ),
            (
                "write for vertices",
                Validation,
                entry(0, ShaderStages::VERTEX, storage(Access::WriteOnly, Format::Rgba8Unorm)),
            ),
        ],
        |entry| layout(&gpu, &[*entry]),
    );
    for ty in [
        wgpu::SamplerBindingType::Filtering,
        wgpu::SamplerBindingType::NonFiltering,
        wgpu::SamplerBindingType::Comparison,
    ] {
        let entry = entry(0, ShaderStages::FRAGMENT, BindingType::Sampler(ty));
        gpu.outcome(&format!("{ty:?}"), || layout(&gpu, &[entry]));
    }
}

#[test]
fn dimensions_of_bound_textures() {
    use wgpu::TextureViewDimension::{Cube, CubeArray, D1, D2, D2Array, D3};
    let gpu = gpu();
    for view_dimension in [D1, D2, D2Array, Cube, CubeArray, D3] {
        for multisampled in [false, true] {
            let sample_type = Sample::Float { filterable: false };
            let ty = BindingType::Texture { sample_type, view_dimension, multisampled };
            gpu.outcome(&format!("{view_dimension:?}, {multisampled}"), || {
                layout(&gpu, &[entry(0, ShaderStages::COMPUTE, ty)])
            });
        }
        let ty = BindingType::StorageTexture {
            access: Access::WriteOnly,
            format: Format::Rgba8Unorm,
            view_dimension,
        };
        gpu.outcome(&format!("{view_dimension:?} to write"), || {
            layout(&gpu, &[entry(0, ShaderStages::COMPUTE, ty)])
        });
    }
}

#[test]
fn formats_of_storage_textures() {
    let gpu = gpu();
    for format in [
        Format::R32Uint,
        Format::R32Float,
        Format::Rg32Sint,
        Format::Rgba8Unorm,
        Format::Rgba8UnormSrgb,
        Format::Rgba8Snorm,
        Format::Bgra8Unorm,
        Format::Rgba16Float,
        Format::Rgba16Unorm,
        Format::Rgba32Uint,
        Format::R16Float,
        Format::Rg11b10Ufloat,
        Format::Rgb10a2Unorm,
        Format::Depth32Float,
        Format::Bc1RgbaUnorm,
    ] {
        for access in [Access::WriteOnly, Access::ReadOnly, Access::ReadWrite, Access::Atomic] {
            gpu.outcome(&format!("{format:?} {access:?}"), || {
                layout(&gpu, &[entry(0, ShaderStages::COMPUTE, storage(access, format))])
            });
        }
    }
}

#[test]
fn layouts_of_many_entries() {
    let gpu = gpu();
    let limits = gpu.device.limits();
    let many = |count: u32, ty: BindingType| {
        (0..count).map(|binding| entry(binding, ShaderStages::COMPUTE, ty)).collect::<Vec<_>>()
    };
    let sampler = BindingType::Sampler(wgpu::SamplerBindingType::Filtering);
    let image = texture(Sample::Uint, false);
    let written = storage(Access::WriteOnly, Format::Rgba8Unorm);
    gpu.cases(
        &[
            ("none", Valid, Vec::new()),
            ("in any order", Valid, vec![many(3, UNIFORM)[2], many(1, STORAGE)[0]]),
            ("a binding twice", Validation, vec![many(1, UNIFORM)[0], many(1, STORAGE)[0]]),
            ("uniforms", Valid, many(limits.max_uniform_buffers_per_shader_stage, UNIFORM)),
            ("storage", Valid, many(limits.max_storage_buffers_per_shader_stage, STORAGE)),
            ("samplers", Valid, many(limits.max_samplers_per_shader_stage, sampler)),
            ("textures", Valid, many(limits.max_sampled_textures_per_shader_stage, image)),
            ("written", Valid, many(limits.max_storage_textures_per_shader_stage, written)),
        ],
        |entries| layout(&gpu, entries),
    );
    // One more than allowed: whether the layout or that of a pipeline is refused is compared, too.
    for (name, entries) in [
        ("uniforms", many(limits.max_uniform_buffers_per_shader_stage + 1, UNIFORM)),
        ("storage", many(limits.max_storage_buffers_per_shader_stage + 1, STORAGE)),
        ("samplers", many(limits.max_samplers_per_shader_stage + 1, sampler)),
        ("textures", many(limits.max_sampled_textures_per_shader_stage + 1, image)),
        ("written", many(limits.max_storage_textures_per_shader_stage + 1, written)),
    ] {
        let (_, layout) = gpu.attempt(&format!("too many {name}"), || layout(&gpu, &entries));
        let layout = layout.unwrap();
        gpu.outcome(&format!("a pipeline's with too many {name}"), || {
            gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                bind_group_layouts: &[Some(&layout)],
                ..Default::default()
            })
        });
    }
}

#[test]
fn dynamic_buffers_are_counted() {
    let gpu = gpu();
    let limits = gpu.device.limits();
    let dynamic = |ty, count: u32| {
        let ty = BindingType::Buffer { ty, has_dynamic_offset: true, min_binding_size: None };
        let stage = |binding| match binding % 2 {
            0 => ShaderStages::FRAGMENT,
            _ => ShaderStages::COMPUTE,
        };
        (0..count).map(|binding| entry(binding, stage(binding), ty)).collect::<Vec<_>>()
    };
    let uniforms = limits.max_dynamic_uniform_buffers_per_pipeline_layout;
    let storage = limits.max_dynamic_storage_buffers_per_pipeline_layout;
    gpu.cases(
        &[
            ("uniforms", Valid, dynamic(BufferBindingType::Uniform, uniforms)),
            ("one uniform more", Validation, dynamic(BufferBindingType::Uniform, uniforms + 1)),
            ("storage", Valid, dynamic(BufferBindingType::Storage { read_only: true }, storage)),
            (
                "one more of storage",
                Validation,
                dynamic(BufferBindingType::Storage { read_only: true }, storage + 1),
            ),
        ],
        |entries| layout(&gpu, entries),
    );
}

#[test]
fn arrays_of_bindings() {
    let count = std::num::NonZeroU32::new(2);
    let buffers = BindGroupLayoutEntry { count, ..entry(0, ShaderStages::COMPUTE, UNIFORM) };
    let image = texture(Sample::Float { filterable: true }, false);
    let textures = BindGroupLayoutEntry { count, ..entry(0, ShaderStages::COMPUTE, image) };
    let gpu = gpu();
    for (name, entry) in [("buffers", buffers), ("textures", textures)] {
        gpu.outcome(name, || layout(&gpu, &[entry]));
    }
}

/// What can be bound, each made once.
struct Resources {
    uniform: wgpu::Buffer,
    storage: wgpu::Buffer,
    other: wgpu::Buffer,
    view: wgpu::TextureView,
    integers: wgpu::TextureView,
    samples: wgpu::TextureView,
    layers: wgpu::TextureView,
    attachment: wgpu::TextureView,
    nearest: wgpu::Sampler,
    linear: wgpu::Sampler,
    comparing: wgpu::Sampler,
}

impl Resources {
    fn new(gpu: &Gpu) -> Self {
        let view = |descriptor: wgpu::TextureDescriptor<'_>| {
            gpu.device.create_texture(&descriptor).create_view(&Default::default())
        };
        let bound = wgpu::TextureDescriptor { usage: TextureUsages::TEXTURE_BINDING, ..TEXTURE };
        let sampler =
            |descriptor: wgpu::SamplerDescriptor<'_>| gpu.device.create_sampler(&descriptor);
        Self {
            uniform: gpu.empty_buffer(1024, Usages::UNIFORM),
            storage: gpu.empty_buffer(1024, Usages::STORAGE),
            other: gpu.empty_buffer(1024, Usages::VERTEX),
            view: view(bound.clone()),
            integers: view(wgpu::TextureDescriptor { format: Format::R32Uint, ..bound.clone() }),
            samples: view(wgpu::TextureDescriptor {
                sample_count: 4,
                usage: TextureUsages::TEXTURE_BINDING | TextureUsages::RENDER_ATTACHMENT,
                ..TEXTURE
            }),
            layers: view(wgpu::TextureDescriptor { size: extent(8, 8, 6), ..bound }),
            attachment: view(wgpu::TextureDescriptor {
                usage: TextureUsages::RENDER_ATTACHMENT,
                ..TEXTURE
            }),
            nearest: sampler(Default::default()),
            linear: sampler(wgpu::SamplerDescriptor {
                mag_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
            comparing: sampler(wgpu::SamplerDescriptor {
                compare: Some(wgpu::CompareFunction::Less),
                ..Default::default()
            }),
        }
    }
}

fn bind(
    gpu: &Gpu,
    layout: &wgpu::BindGroupLayout,
    entries: &[(u32, wgpu::BindingResource<'_>)],
) -> wgpu::BindGroup {
    let entries = entries.iter().map(|(binding, resource)| wgpu::BindGroupEntry {
        binding: *binding,
        resource: resource.clone(),
    });
    gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout,
        entries: &entries.collect::<Vec<_>>(),
    })
}

#[test]
fn parts_of_buffers_that_are_bound() {
    let gpu = gpu();
    let resources = Resources::new(&gpu);
    let part = |buffer, offset, size| {
        wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer,
            offset,
            size: wgpu::BufferSize::new(size),
        })
    };
    let (uniform, storage) = (&resources.uniform, &resources.storage);
    let uniforms = layout(&gpu, &[entry(0, ShaderStages::COMPUTE, UNIFORM)]);
    gpu.cases(
        &[
            ("all", Valid, part(uniform, 0, 1024)),
            ("the rest", Valid, part(uniform, 256, 0)),
            ("a part", Valid, part(uniform, 512, 16)),
            ("misaligned", Validation, part(uniform, 128, 16)),
            ("odd", Valid, part(uniform, 0, 3)),
            ("beyond", Validation, part(uniform, 768, 257)),
            ("nothing left", Validation, part(uniform, 1024, 0)),
            ("behind the end", Validation, part(uniform, 2048, 0)),
            ("far behind", Validation, part(uniform, u64::MAX - 255, 512)),
            ("too large", Validation, part(uniform, 0, u64::MAX)),
            ("of another kind", Validation, part(storage, 0, 16)),
            ("for vertices", Validation, part(&resources.other, 0, 16)),
        ],
        |resource| bind(&gpu, &uniforms, &[(0, resource.clone())]),
    );
    let storages = layout(&gpu, &[entry(0, ShaderStages::COMPUTE, STORAGE)]);
    gpu.cases(
        &[
            ("storage", Valid, part(storage, 0, 0)),
            ("odd storage", Validation, part(storage, 0, 6)),
            ("a uniform as storage", Validation, part(uniform, 0, 16)),
        ],
        |resource| bind(&gpu, &storages, &[(0, resource.clone())]),
    );
}

#[test]
fn sizes_that_a_layout_asks_for() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(1024, Usages::UNIFORM);
    let layout = |min| {
        let ty = BindingType::Buffer {
            ty: BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: wgpu::BufferSize::new(min),
        };
        layout(&gpu, &[entry(0, ShaderStages::COMPUTE, ty)])
    };
    gpu.cases(
        &[
            ("enough", Valid, (64, 64)),
            ("more", Valid, (64, 128)),
            ("too little", Validation, (64, 48)),
            ("a layout that asks for too much", Validation, (1 << 20, 64)),
        ],
        |&(min, size)| {
            let binding = wgpu::BufferBinding {
                buffer: &buffer,
                offset: 0,
                size: wgpu::BufferSize::new(size),
            };
            bind(&gpu, &layout(min), &[(0, wgpu::BindingResource::Buffer(binding))])
        },
    );
}

#[test]
fn resources_that_fit() {
    use wgpu::BindingResource::{Sampler, TextureView};
    let gpu = gpu();
    let resources = Resources::new(&gpu);
    let one = |ty| layout(&gpu, &[entry(0, ShaderStages::FRAGMENT, ty)]);
    let filtered = one(texture(Sample::Float { filterable: true }, false));
    let integers = one(texture(Sample::Uint, false));
    let depth = one(texture(Sample::Depth, false));
    let samples = one(texture(Sample::Float { filterable: false }, true));
    let sampler = |ty| one(BindingType::Sampler(ty));
    let filtering = sampler(wgpu::SamplerBindingType::Filtering);
    let plain = sampler(wgpu::SamplerBindingType::NonFiltering);
    let comparison = sampler(wgpu::SamplerBindingType::Comparison);
    let written = one(storage(Access::WriteOnly, Format::Rgba8Unorm));
    let entire = resources.uniform.as_entire_binding();
    gpu.cases(
        &[
            ("texture", Valid, (&filtered, TextureView(&resources.view))),
            ("integers as floats", Validation, (&filtered, TextureView(&resources.integers))),
            ("layers as one", Validation, (&filtered, TextureView(&resources.layers))),
            ("samples as texels", Validation, (&filtered, TextureView(&resources.samples))),
            ("an attachment", Validation, (&filtered, TextureView(&resources.attachment))),
            ("integers", Valid, (&integers, TextureView(&resources.integers))),
            ("floats as integers", Validation, (&integers, TextureView(&resources.view))),
            ("floats as depth", Validation, (&depth, TextureView(&resources.view))),
            ("samples", Valid, (&samples, TextureView(&resources.samples))),
            ("texels as samples", Validation, (&samples, TextureView(&resources.view))),
            ("filtering", Valid, (&filtering, Sampler(&resources.linear))),
            ("not filtering", Valid, (&filtering, Sampler(&resources.nearest))),
            ("comparing as filtering", Validation, (&filtering, Sampler(&resources.comparing))),
            ("plain", Valid, (&plain, Sampler(&resources.nearest))),
            ("filtering as plain", Validation, (&plain, Sampler(&resources.linear))),
            ("comparing", Valid, (&comparison, Sampler(&resources.comparing))),
            ("plain as comparing", Validation, (&comparison, Sampler(&resources.nearest))),
            ("not for storage", Validation, (&written, TextureView(&resources.view))),
            ("a buffer as a texture", Validation, (&filtered, entire.clone())),
            ("a buffer as a sampler", Validation, (&filtering, entire)),
            ("a sampler as a texture", Validation, (&filtered, Sampler(&resources.nearest))),
            ("a texture as a sampler", Validation, (&filtering, TextureView(&resources.view))),
        ],
        |(layout, resource)| bind(&gpu, layout, &[(0, resource.clone())]),
    );
}

#[test]
fn entries_that_fit() {
    let gpu = gpu();
    let resources = Resources::new(&gpu);
    let entire = |buffer: &'static str| match buffer {
        "uniform" => resources.uniform.as_entire_binding(),
        _ => resources.storage.as_entire_binding(),
    };
    let layout = layout(
        &gpu,
        &[entry(2, ShaderStages::COMPUTE, UNIFORM), entry(7, ShaderStages::COMPUTE, STORAGE)],
    );
    let (two, seven) = ((2, entire("uniform")), (7, entire("storage")));
    gpu.cases(
        &[
            ("both", Valid, vec![two.clone(), seven.clone()]),
            ("in another order", Valid, vec![seven.clone(), two.clone()]),
            ("one missing", Validation, vec![two.clone()]),
            ("none", Validation, Vec::new()),
            ("one too many", Validation, vec![two.clone(), seven.clone(), (3, entire("uniform"))]),
            ("at another place", Validation, vec![two.clone(), (3, entire("storage"))]),
            ("one twice", Validation, vec![two.clone(), two.clone()]),
            ("exchanged", Validation, vec![(7, entire("uniform")), (2, entire("storage"))]),
        ],
        |entries| bind(&gpu, &layout, entries),
    );
}

#[test]
fn bound_after_destruction() {
    let gpu = gpu();
    let layout = layout(&gpu, &[entry(0, ShaderStages::COMPUTE, UNIFORM)]);
    let buffer = gpu.empty_buffer(256, Usages::UNIFORM);
    buffer.destroy();
    gpu.outcome("a buffer", || bind(&gpu, &layout, &[(0, buffer.as_entire_binding())]));
}

#[test]
fn layouts_of_pipelines() {
    let gpu = gpu_with(wgpu::Features::empty());
    let group = layout(&gpu, &[entry(0, ShaderStages::COMPUTE, UNIFORM)]);
    let empty = layout(&gpu, &[]);
    let (_, invalid) =
        gpu.attempt("invalid", || layout(&gpu, &[entry(5000, ShaderStages::COMPUTE, UNIFORM)]));
    let invalid = invalid.unwrap();
    let some = Some(&group);
    gpu.cases(
        &[
            ("none", Valid, (vec![], 0)),
            ("one", Valid, (vec![some], 0)),
            ("as many as allowed", Valid, (vec![some; 4], 0)),
            ("one more", Validation, (vec![some; 5], 0)),
            ("a gap", Valid, (vec![None, some], 0)),
            ("gaps alone", Valid, (vec![None, None], 0)),
            ("a gap at the end", Valid, (vec![some, None], 0)),
            ("an empty one", Valid, (vec![Some(&empty), some], 0)),
            ("an invalid one", Validation, (vec![Some(&invalid)], 0)),
            ("immediates", Validation, (vec![], 4)),
        ],
        |(bind_group_layouts, immediate_size)| {
            gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: None,
                bind_group_layouts,
                immediate_size: *immediate_size,
            })
        },
    );
}

#[test]
fn equal_layouts_fit_each_other() {
    let gpu = gpu();
    let wanted = [entry(0, ShaderStages::COMPUTE, STORAGE)];
    let (one, other) = (layout(&gpu, &wanted), layout(&gpu, &wanted));
    let wider = layout(&gpu, &[entry(0, ShaderStages::all() - ShaderStages::VERTEX, STORAGE)]);
    let buffer = gpu.buffer(&[1, 2, 3], Usages::STORAGE | Usages::COPY_SRC);
    let pipeline_layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        bind_group_layouts: &[Some(&one)],
        ..Default::default()
    });
    let module = gpu.shader(
        "@group(0) @binding(0) var<storage, read_write> values: array<u32>;
        @compute @workgroup_size(3) fn main(@builtin(local_invocation_index) index: u32) {
            values[index] *= 10u;
        }",
    );
    let pipeline = |layout| {
        gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        })
    };
    let explicit = pipeline(Some(&pipeline_layout));
    let (automatic, another) = (pipeline(None), pipeline(None));
    let of = |pipeline: &wgpu::ComputePipeline| pipeline.get_bind_group_layout(0);
    gpu.cases(
        &[
            ("the same", Valid, (&explicit, one.clone())),
            ("an equal one", Valid, (&explicit, other.clone())),
            ("out of the pipeline", Valid, (&explicit, of(&explicit))),
            ("one for more stages", Validation, (&explicit, wider)),
            ("made up by the pipeline", Valid, (&automatic, of(&automatic))),
            ("made up by another", Validation, (&automatic, of(&another))),
            ("not made up by it", Validation, (&automatic, other)),
            ("made up, for another", Validation, (&explicit, of(&automatic))),
        ],
        |(pipeline, layout)| {
            let group = bind(&gpu, layout, &[(0, buffer.as_entire_binding())]);
            gpu.submit(|encoder| {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, &group, &[]);
                pass.dispatch_workgroups(1, 1, 1);
            });
        },
    );
    gpu.read(&buffer);
    gpu.outcome("a group that the pipeline does not have", || automatic.get_bind_group_layout(3));
    gpu.outcome("a group beyond all", || automatic.get_bind_group_layout(100));
}
