//! Random calls that make objects.

use crate::{
    common::dice::Dice,
    world::{Call, World},
};
use webgpu as wgpu;
use wgpu::{BufferUsages as Buffers, TextureFormat as Format, TextureUsages as Textures};

const FORMATS: &[Format] = &[
    Format::Rgba8Unorm,
    Format::Rgba8Unorm,
    Format::Rgba8Unorm,
    Format::Bgra8Unorm,
    Format::R8Unorm,
    Format::R32Float,
    Format::R32Uint,
    Format::Rgba32Float,
    Format::Depth32Float,
    Format::Depth24PlusStencil8,
];

const ODD_FORMATS: &[Format] = &[
    Format::Stencil8,
    Format::Depth16Unorm,
    Format::Depth24Plus,
    Format::Depth32FloatStencil8,
    Format::Rgb9e5Ufloat,
    Format::Rgba8UnormSrgb,
    Format::Rg11b10Ufloat,
    Format::R64Uint,
    Format::R16Unorm,
    Format::NV12,
    Format::P010,
    Format::Bc1RgbaUnorm,
    Format::Etc2Rgb8Unorm,
    Format::Astc { block: wgpu::AstcBlock::B12x10, channel: wgpu::AstcChannel::Hdr },
    Format::Astc { block: wgpu::AstcBlock::B4x4, channel: wgpu::AstcChannel::Unorm },
];

pub(crate) const ALL: &[Call] = &[
    buffer,
    buffer,
    texture,
    texture,
    texture_view,
    texture_view,
    sampler,
    group_layout,
    group,
    group,
    group_of_pipeline,
    query_set,
    pipeline_cache,
];

pub(crate) fn format(dice: &mut Dice) -> Format {
    dice.mostly(FORMATS, ODD_FORMATS)
}

fn buffer(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let sane = [
        Buffers::MAP_READ | Buffers::COPY_DST,
        Buffers::MAP_WRITE | Buffers::COPY_SRC,
        Buffers::COPY_SRC | Buffers::COPY_DST | Buffers::STORAGE | Buffers::QUERY_RESOLVE,
        Buffers::UNIFORM | Buffers::COPY_DST,
        Buffers::VERTEX | Buffers::INDEX | Buffers::COPY_DST,
        Buffers::INDIRECT | Buffers::STORAGE,
    ];
    let random = Buffers::from_bits_retain(dice.flags(Buffers::all().bits()));
    let mut usage = dice.mostly(&sane, &[random]);
    if usage.contains(Buffers::INDIRECT) {
        // What is drawn by such a buffer must be small, or the driver is busy for ever; its contents come from here alone.
        usage -= Buffers::COPY_DST | Buffers::QUERY_RESOLVE | Buffers::MAP_WRITE;
    }
    let limit = gpu.device.limits().max_buffer_size;
    let beyond =
        [limit.saturating_add(1), limit.saturating_add(4), 1 << 62, u64::MAX - 3, u64::MAX];
    let odd = dice.mostly(&[0, 1, 2, 5, 1 << 20], &beyond);
    let mapped_at_creation = dice.percent(20);
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: dice.label(),
        size: dice.mostly(&[4, 16, 64, 256, 1024, 4096], &[odd]),
        usage,
        mapped_at_creation,
    });
    world.buffers.add(buffer);
}

fn texture(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let sane = [
        Textures::COPY_SRC | Textures::COPY_DST,
        Textures::RENDER_ATTACHMENT | Textures::COPY_SRC,
        Textures::TEXTURE_BINDING | Textures::COPY_DST,
        Textures::STORAGE_BINDING | Textures::TEXTURE_BINDING,
    ];
    let random = Textures::from_bits_retain(dice.flags(Textures::all().bits()));
    let limits = gpu.device.limits();
    let [width, height, depth_or_array_layers] = dice.extent(limits.max_texture_dimension_2d);
    let two = wgpu::TextureDimension::D2;
    let view_format = [format(dice), Format::Rgba8UnormSrgb];
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: dice.label(),
        size: wgpu::Extent3d { width, height, depth_or_array_layers },
        mip_level_count: dice.mostly(&[1, 1, 2, 3], &[0, 20, u32::MAX]),
        sample_count: dice.mostly(&[1, 1, 1, 4], &[0, 2, 3, 64, u32::MAX]),
        dimension: dice.mostly(&[two], &[wgpu::TextureDimension::D1, wgpu::TextureDimension::D3]),
        format: format(dice),
        usage: dice.mostly(&sane, &[random]),
        view_formats: &view_format[..dice.mostly(&[0], &[1, 2])],
    });
    world.textures.add(texture);
}

fn texture_view(world: &mut World, dice: &mut Dice) {
    use wgpu::{TextureAspect as Aspect, TextureViewDimension as Dimension};
    let Some(texture) = world.textures.any(dice) else { return };
    let dimensions =
        [Dimension::D1, Dimension::D2Array, Dimension::Cube, Dimension::CubeArray, Dimension::D3];
    let (levels, layers) = (texture.mip_level_count(), texture.depth_or_array_layers());
    let level = Some(dice.mostly(&[1], &[0, levels, u32::MAX - 1, u32::MAX]));
    let layer = Some(dice.mostly(&[1], &[0, 6, layers, u32::MAX - 1, u32::MAX]));
    let other_format = format(dice);
    let usage = Textures::from_bits_retain(dice.flags(Textures::all().bits()));
    let aspects = [Aspect::StencilOnly, Aspect::DepthOnly, Aspect::Plane0, Aspect::Plane2];
    let odd_dimension = dice.pick(&dimensions);
    let view = texture.create_view(&wgpu::TextureViewDescriptor {
        label: dice.label(),
        format: dice.mostly(&[None, Some(texture.format())], &[Some(other_format)]),
        dimension: dice.mostly(&[None, Some(Dimension::D2)], &[Some(odd_dimension)]),
        usage: dice.mostly(&[None], &[Some(usage)]),
        aspect: dice.mostly(&[Aspect::All], &aspects),
        base_mip_level: dice.edge32(levels),
        mip_level_count: dice.mostly(&[None, Some(1)], &[level]),
        base_array_layer: dice.edge32(layers),
        array_layer_count: dice.mostly(&[None, Some(1)], &[layer]),
    });
    world.texture_views.add(view);
}

fn sampler(world: &mut World, dice: &mut Dice) {
    use wgpu::{AddressMode as Mode, FilterMode, SamplerBorderColor as Border};
    let gpu = world.gpu(dice);
    let modes =
        [0; 3].map(|_| dice.mostly(&[Mode::Repeat], &[Mode::ClampToBorder, Mode::MirrorRepeat]));
    let sampler = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
        label: dice.label(),
        address_mode_u: modes[0],
        address_mode_v: modes[1],
        address_mode_w: modes[2],
        mag_filter: dice.pick(&[FilterMode::Nearest, FilterMode::Linear]),
        min_filter: dice.pick(&[FilterMode::Nearest, FilterMode::Linear]),
        mipmap_filter: dice
            .pick(&[wgpu::MipmapFilterMode::Nearest, wgpu::MipmapFilterMode::Linear]),
        lod_min_clamp: dice.mostly(&[0.0], &[-1.0, 40.0, f32::NAN, f32::INFINITY]),
        lod_max_clamp: dice.mostly(&[32.0], &[-1.0, 0.0, f32::NAN, f32::INFINITY]),
        compare: dice.mostly(&[None], &[Some(wgpu::CompareFunction::Less)]),
        anisotropy_clamp: dice.mostly(&[1], &[0, 16, 17, u16::MAX]),
        border_color: dice.mostly(&[None], &[Some(Border::OpaqueWhite), Some(Border::Zero)]),
    });
    world.samplers.add(sampler);
}

fn group_layout(world: &mut World, dice: &mut Dice) {
    use wgpu::{BindingType as Type, BufferBindingType, TextureSampleType, TextureViewDimension};
    let gpu = world.gpu(dice);
    let entries = (0..dice.below(4)).map(|index| {
        let access = dice.pick(&[
            wgpu::StorageTextureAccess::WriteOnly,
            wgpu::StorageTextureAccess::ReadWrite,
            wgpu::StorageTextureAccess::Atomic,
        ]);
        let has_dynamic_offset = dice.percent(20);
        let buffer = |ty, min| Type::Buffer {
            ty,
            has_dynamic_offset,
            min_binding_size: wgpu::BufferSize::new(min),
        };
        let min = dice.mostly(&[0], &[4, u64::MAX]);
        let sane = [
            buffer(BufferBindingType::Uniform, min),
            buffer(BufferBindingType::Storage { read_only: false }, min),
            Type::Sampler(wgpu::SamplerBindingType::Filtering),
            Type::Texture {
                sample_type: TextureSampleType::Float { filterable: true },
                view_dimension: TextureViewDimension::D2,
                multisampled: dice.percent(10),
            },
        ];
        let odd = [
            Type::StorageTexture {
                access,
                format: format(dice),
                view_dimension: dice.pick(&[TextureViewDimension::D2, TextureViewDimension::Cube]),
            },
            Type::ExternalTexture,
            Type::AccelerationStructure { vertex_return: false },
        ];
        wgpu::BindGroupLayoutEntry {
            binding: dice.mostly(&[index as u32], &[0, 999, 1000, u32::MAX]),
            visibility: wgpu::ShaderStages::from_bits_retain(
                dice.mostly(&[4, 7], &[0, 1 << 31, u32::MAX]),
            ),
            ty: dice.mostly(&sane, &odd),
            count: dice.mostly(
                &[None],
                &[std::num::NonZeroU32::new(2), std::num::NonZeroU32::new(u32::MAX)],
            ),
        }
    });
    let entries = entries.collect::<Vec<_>>();
    let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: dice.label(),
        entries: &entries,
    });
    world.group_layouts.add(layout);
}

fn group(world: &mut World, dice: &mut Dice) {
    let Some(layout) = world.group_layouts.any(dice).cloned() else { return };
    make_group(world, dice, &layout);
}

fn group_of_pipeline(world: &mut World, dice: &mut Dice) {
    let index = dice.mostly(&[0], &[1, 3, 4, 1000, u32::MAX]);
    let layout = match dice.percent(60) {
        true => {
            world.compute_pipelines.any(dice).map(|pipeline| pipeline.get_bind_group_layout(index))
        }
        false => {
            world.render_pipelines.any(dice).map(|pipeline| pipeline.get_bind_group_layout(index))
        }
    };
    if let Some(layout) = layout {
        make_group(world, dice, &layout);
        world.group_layouts.add(layout);
    }
}

fn make_group(world: &mut World, dice: &mut Dice, layout: &wgpu::BindGroupLayout) {
    let gpu = world.gpu(dice);
    let (Some(buffer), Some(view), Some(sampler)) =
        (world.buffers.any(dice), world.texture_views.any(dice), world.samplers.any(dice))
    else {
        return;
    };
    let part = wgpu::BufferBinding {
        buffer,
        offset: dice.edge(buffer.size()),
        size: wgpu::BufferSize::new(dice.edge(buffer.size())),
    };
    let (parts, views, samplers) = ([part.clone(), part.clone()], [view, view], [sampler, sampler]);
    let count = dice.below(3);
    let resources = [
        buffer.as_entire_binding(),
        buffer.as_entire_binding(),
        wgpu::BindingResource::Buffer(part),
        wgpu::BindingResource::TextureView(view),
        wgpu::BindingResource::Sampler(sampler),
        wgpu::BindingResource::BufferArray(&parts[..count]),
        wgpu::BindingResource::TextureViewArray(&views[..count]),
        wgpu::BindingResource::SamplerArray(&samplers[..count]),
    ];
    let entries = (0..dice.mostly(&[1, 1, 2], &[0, 3])).map(|index| wgpu::BindGroupEntry {
        binding: dice.mostly(&[index], &[0, 1, u32::MAX]),
        resource: dice.pick(&resources),
    });
    let entries = entries.collect::<Vec<_>>();
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: dice.label(),
        layout,
        entries: &entries,
    });
    world.groups.add(group);
}

fn query_set(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let statistics =
        wgpu::PipelineStatisticsTypes::from_bits_retain(dice.pick(&[0, 1, 16, 31, 255]));
    let set = gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
        label: dice.label(),
        ty: dice.pick(&[
            wgpu::QueryType::Occlusion,
            wgpu::QueryType::Timestamp,
            wgpu::QueryType::PipelineStatistics(statistics),
        ]),
        count: dice.mostly(&[1, 4, 16], &[0, 4096, 4097, u32::MAX]),
    });
    world.query_sets.add(set);
}

fn pipeline_cache(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let descriptor = wgpu::PipelineCacheDescriptor {
        label: dice.label(),
        data: None,
        fallback: dice.percent(50),
    };
    // SAFETY: There is no data.
    let cache = unsafe { gpu.device.create_pipeline_cache(&descriptor) };
    let _ = cache.get_data();
}
