//! Compute pipelines and compute passes.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{Gpu, gpu, gpu_for, gpu_with, record};
use crate::kit::Case;
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

const COUNT: &str = "
    @group(0) @binding(0) var<storage, read_write> out: array<atomic<u32>, 8>;
    @compute @workgroup_size(2, 2, 1) fn main(
        @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) here: vec3<u32>, @builtin(global_invocation_id) at: vec3<u32>,
    ) {
        atomicAdd(&out[0], 1u);
        atomicMax(&out[1], group.x + 10u * group.y + 100u * group.z);
        atomicMax(&out[2], groups.x + 10u * groups.y + 100u * groups.z);
        atomicMax(&out[3], here.x + 10u * here.y + 100u * here.z);
        atomicMax(&out[4], at.x + 10u * at.y + 100u * at.z);
    }";

/// A pipeline that counts, and what it counts into.
struct Counter {
    pipeline: wgpu::ComputePipeline,
    buffer: wgpu::Buffer,
    group: wgpu::BindGroup,
}

impl Counter {
    fn new(gpu: &Gpu) -> Self {
        let pipeline = gpu.compute_pipeline(COUNT);
        let usage = Usages::STORAGE | Usages::COPY_SRC | Usages::COPY_DST;
        let buffer = gpu.empty_buffer(32, usage);
        let group = gpu.bind_group(&pipeline, &[&buffer]);
        Self { pipeline, buffer, group }
    }

    fn set(&self, pass: &mut wgpu::ComputePass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
    }
}

fn pass(gpu: &Gpu, record: impl FnOnce(&mut wgpu::ComputePass<'_>)) {
    gpu.submit(|encoder| record(&mut encoder.begin_compute_pass(&Default::default())));
}

#[test]
fn numbers_of_workgroups() {
    let gpu = gpu();
    let counter = Counter::new(&gpu);
    let limit = gpu.device.limits().max_compute_workgroups_per_dimension;
    for size in [[1, 1, 1], [3, 2, 4], [0, 5, 1], [1, 0, 0], [7, 1, 1]] {
        gpu.no_error(|| {
            pass(&gpu, |pass| {
                counter.set(pass);
                pass.dispatch_workgroups(size[0], size[1], size[2]);
            });
        });
        gpu.read(&counter.buffer);
    }
    gpu.cases(
        &[
            ("too many along x", Validation, [limit + 1, 1, 1]),
            ("too many along y", Validation, [1, limit + 1, 1]),
            ("too many along z", Validation, [1, 1, limit + 1]),
            ("far too many", Validation, [u32::MAX; 3]),
        ],
        |size| {
            pass(&gpu, |pass| {
                counter.set(pass);
                pass.dispatch_workgroups(size[0], size[1], size[2]);
            });
        },
    );
}

#[test]
fn numbers_of_workgroups_out_of_a_buffer() {
    let gpu = gpu();
    let counter = Counter::new(&gpu);
    let limit = gpu.device.limits().max_compute_workgroups_per_dimension;
    let sizes = gpu.buffer(&[9, 1, 2, 3, 0, 1, 1, limit + 1, 1, 1, 2, 2], Usages::INDIRECT);
    let fixed = gpu.buffer(&[1, 1, 1], Usages::COPY_SRC);
    gpu.cases(
        &[
            ("in the middle", Valid, (&sizes, 4)),
            ("none", Valid, (&sizes, 16)),
            ("too many", Valid, (&sizes, 28)),
            ("at the end", Valid, (&sizes, 36)),
            ("over the end", Validation, (&sizes, 40)),
            ("behind the end", Validation, (&sizes, 48)),
            ("far behind", Validation, (&sizes, 1 << 40)),
            ("misaligned", Validation, (&sizes, 2)),
            ("not for that", Validation, (&fixed, 0)),
        ],
        |(buffer, offset)| {
            pass(&gpu, |pass| {
                counter.set(pass);
                pass.dispatch_workgroups_indirect(buffer, *offset);
            });
            gpu.read(&counter.buffer);
        },
    );
}

#[test]
fn what_a_dispatch_needs() {
    let gpu = gpu();
    let counter = Counter::new(&gpu);
    let other = gpu.compute_pipeline(
        "@group(1) @binding(0) var<uniform> value: vec4<f32>;
        @compute @workgroup_size(1) fn main() { let x = value; }",
    );
    type Commands<'a> = &'a dyn Fn(&mut wgpu::ComputePass<'_>);
    let cases: &[Case<'_, Commands<'_>>] = &[
        ("nothing", Valid, &|_| ()),
        ("a pipeline alone", Valid, &|pass| pass.set_pipeline(&counter.pipeline)),
        ("a group alone", Valid, &|pass| pass.set_bind_group(0, &counter.group, &[])),
        ("no pipeline", Validation, &|pass| {
            pass.set_bind_group(0, &counter.group, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        }),
        ("no group", Validation, &|pass| {
            pass.set_pipeline(&counter.pipeline);
            pass.dispatch_workgroups(1, 1, 1);
        }),
        ("a group taken away", Validation, &|pass| {
            counter.set(pass);
            pass.set_bind_group(0, None, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        }),
        ("a group elsewhere", Validation, &|pass| {
            pass.set_pipeline(&counter.pipeline);
            pass.set_bind_group(1, &counter.group, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        }),
        ("a group too many", Valid, &|pass| {
            counter.set(pass);
            pass.set_bind_group(3, &counter.group, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        }),
        ("a group beyond the limit", Validation, &|pass| {
            pass.set_bind_group(4, &counter.group, &[]);
        }),
        ("an offset that nobody wants", Validation, &|pass| {
            pass.set_bind_group(0, &counter.group, &[0]);
        }),
        ("another pipeline", Validation, &|pass| {
            pass.set_pipeline(&other);
            pass.set_bind_group(0, &counter.group, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        }),
        ("a group before the pipeline", Valid, &|pass| {
            pass.set_bind_group(0, &counter.group, &[]);
            pass.set_pipeline(&counter.pipeline);
            pass.dispatch_workgroups(1, 1, 1);
        }),
    ];
    gpu.cases(cases, |commands| pass(&gpu, commands));
    gpu.read(&counter.buffer);
}

#[test]
fn dynamic_offsets() {
    let gpu = gpu();
    let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: true, min_binding_size: None },
        count: None,
    };
    let storage = wgpu::BufferBindingType::Storage { read_only: false };
    let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        // The offsets go by the numbers of the bindings, not by this order.
        entries: &[entry(5, storage), entry(1, wgpu::BufferBindingType::Uniform)],
    });
    let pipeline_layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        bind_group_layouts: &[Some(&layout)],
        ..Default::default()
    });
    let module = gpu.shader(
        "@group(0) @binding(1) var<uniform> value: vec4<u32>;
        @group(0) @binding(5) var<storage, read_write> out: vec4<u32>;
        @compute @workgroup_size(1) fn main() { out += value; }",
    );
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: None,
        compilation_options: Default::default(),
        cache: None,
    });
    let values = gpu.buffer(&(0..192).collect::<Vec<_>>(), Usages::UNIFORM);
    let out = gpu.buffer(&[0; 192], Usages::STORAGE | Usages::COPY_SRC);
    let part = |buffer| {
        let size = wgpu::BufferSize::new(16);
        wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset: 0, size })
    };
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &layout,
        entries: &[
            wgpu::BindGroupEntry { binding: 5, resource: part(&out) },
            wgpu::BindGroupEntry { binding: 1, resource: part(&values) },
        ],
    });
    let cases: &[Case<'_, &[u32]>] = &[
        ("nought", Valid, &[0, 0]),
        ("each its own", Valid, &[256, 512]),
        ("the last", Valid, &[512, 512]),
        ("too few", Validation, &[0]),
        ("none", Validation, &[]),
        ("too many", Validation, &[0, 0, 0]),
        ("misaligned", Validation, &[16, 0]),
        ("beyond the first", Validation, &[768, 0]),
        ("beyond the second", Validation, &[0, 768]),
        ("far beyond", Validation, &[u32::MAX - 255, 0]),
    ];
    gpu.cases(cases, |offsets| {
        pass(&gpu, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, offsets);
            pass.dispatch_workgroups(1, 1, 1);
        });
    });
    let out = gpu.read(&out);
    assert_eq!((&out[..4], &out[128..132]), (&[0, 1, 2, 3][..], &[192, 194, 196, 198][..]));
}

#[test]
fn pipelines_that_are_valid_or_not() {
    let gpu = gpu();
    let two = gpu.shader(
        "@compute @workgroup_size(1) fn one() {}
        @compute @workgroup_size(2) fn two() {}
        @fragment fn color() -> @location(0) vec4<f32> { return vec4<f32>(); }",
    );
    let one = gpu.shader("@compute @workgroup_size(1) fn main() {}");
    let none = gpu.shader("fn main() {}");
    let large = gpu.shader("@compute @workgroup_size(257) fn main() {}");
    let deep = gpu.shader("@compute @workgroup_size(1, 1, 65) fn main() {}");
    let product = gpu.shader("@compute @workgroup_size(16, 16, 2) fn main() {}");
    let memory = gpu.shader(
        "var<workgroup> words: array<u32, 5000>;
        @compute @workgroup_size(1) fn main() { words[0] = 1u; }",
    );
    let (_, broken) = gpu.attempt("a broken shader", || gpu.shader("fn main() { let x = y; }"));
    let broken = broken.unwrap();
    gpu.cases(
        &[
            ("one of two", Valid, (&two, Some("two"))),
            ("which of two", Validation, (&two, None)),
            ("the only one", Valid, (&one, None)),
            ("by its name", Valid, (&one, Some("main"))),
            ("by another name", Validation, (&one, Some("other"))),
            ("by no name", Validation, (&one, Some(""))),
            ("none", Validation, (&none, None)),
            ("not an entry point", Validation, (&none, Some("main"))),
            ("of another stage", Validation, (&two, Some("color"))),
            ("too large", Validation, (&large, None)),
            ("too deep", Validation, (&deep, None)),
            ("too many invocations", Validation, (&product, None)),
            ("too much memory", Valid, (&memory, None)),
            ("broken", Validation, (&broken, None)),
        ],
        |(module, entry_point)| {
            gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: None,
                module,
                entry_point: *entry_point,
                compilation_options: Default::default(),
                cache: None,
            })
        },
    );
}

#[test]
fn layouts_and_shaders_that_fit() {
    let gpu = gpu();
    let layout = |visibility, ty, min| {
        let group = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility,
                ty: wgpu::BindingType::Buffer {
                    ty,
                    has_dynamic_offset: false,
                    min_binding_size: wgpu::BufferSize::new(min),
                },
                count: None,
            }],
        });
        gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            bind_group_layouts: &[Some(&group)],
            ..Default::default()
        })
    };
    use wgpu::BufferBindingType::{Storage, Uniform};
    let (compute, write, read) =
        (wgpu::ShaderStages::COMPUTE, Storage { read_only: false }, Storage { read_only: true });
    let module = gpu.shader(COUNT);
    let empty = gpu.device.create_pipeline_layout(&Default::default());
    gpu.cases(
        &[
            ("as it is", Valid, layout(compute, write, 32)),
            ("with no size", Valid, layout(compute, write, 0)),
            ("too small", Validation, layout(compute, write, 16)),
            ("larger", Valid, layout(compute, write, 64)),
            ("read-only", Validation, layout(compute, read, 32)),
            ("uniform", Validation, layout(compute, Uniform, 32)),
            ("of another stage", Validation, layout(wgpu::ShaderStages::FRAGMENT, write, 32)),
            ("of all stages", Valid, layout(compute | wgpu::ShaderStages::FRAGMENT, write, 32)),
            ("empty", Validation, empty),
        ],
        |layout| {
            gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: Some(layout),
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                cache: None,
            })
        },
    );
}

#[test]
fn immediates() {
    let gpu = gpu_for(&wgpu::DeviceDescriptor {
        required_features: wgpu::Features::IMMEDIATES,
        required_limits: wgpu::Limits { max_immediate_size: 64, ..Default::default() },
        ..Default::default()
    });
    record("limit", gpu.device.limits().max_immediate_size);
    let group = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Storage { read_only: false },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        }],
    });
    let layout = |immediate_size| {
        gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&group)],
            immediate_size,
        })
    };
    gpu.cases(
        &[("most", Valid, 64), ("too many", Validation, 68), ("odd", Validation, 6)],
        |size| layout(*size),
    );
    let module = gpu.shader(
        "struct Values { a: u32, b: u32, c: vec2<u32> }
        var<immediate> values: Values;
        @group(0) @binding(0) var<storage, read_write> out: array<u32, 4>;
        @compute @workgroup_size(1) fn main() {
            out = array(values.a, values.b, values.c.x, values.c.y);
        }",
    );
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: Some(&layout(16)),
        module: &module,
        entry_point: None,
        compilation_options: Default::default(),
        cache: None,
    });
    let out = gpu.empty_buffer(16, Usages::STORAGE | Usages::COPY_SRC);
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &group,
        entries: &[wgpu::BindGroupEntry { binding: 0, resource: out.as_entire_binding() }],
    });
    type Writes<'a> = &'a [(u32, &'a [u32])];
    let cases: &[Case<'_, Writes<'_>>] = &[
        ("all at once", Valid, &[(0, &[1, 2, 3, 4])]),
        ("one after the other", Valid, &[(0, &[5, 6, 7, 8]), (8, &[9])]),
        ("a part is missing", Valid, &[(0, &[1, 2])]),
        ("none", Valid, &[]),
        ("nothing of them", Valid, &[(0, &[1, 2, 3, 4]), (16, &[])]),
        ("beyond", Validation, &[(8, &[1, 2, 3])]),
        ("misaligned", Validation, &[(0, &[1, 2, 3, 4]), (2, &[1])]),
    ];
    gpu.cases(cases, |writes| {
        pass(&gpu, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            for (offset, words) in *writes {
                pass.set_immediates(*offset, bytemuck::cast_slice(words));
            }
            pass.dispatch_workgroups(1, 1, 1);
        });
        gpu.read(&out);
    });
}

#[test]
fn dispatches_see_what_those_before_them_wrote() {
    let gpu = gpu();
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read_write> out: array<u32, 64>;
        @compute @workgroup_size(64) fn main(@builtin(local_invocation_index) index: u32) {
            out[index] = out[(index + 1u) % 64u] + index;
        }",
    );
    let buffer = gpu.buffer(&[1; 64], Usages::STORAGE | Usages::COPY_SRC);
    let group = gpu.bind_group(&pipeline, &[&buffer]);
    let double = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read_write> out: array<u32, 64>;
        @compute @workgroup_size(64) fn main(@builtin(local_invocation_index) index: u32) {
            out[index] *= 2u;
        }",
    );
    let doubled = gpu.bind_group(&double, &[&buffer]);
    pass(&gpu, |pass| {
        for _ in 0..5 {
            pass.set_pipeline(&double);
            pass.set_bind_group(0, &doubled, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        }
    });
    assert!(gpu.read(&buffer).iter().all(|value| *value == 32));
    drop(group);
}

#[test]
fn a_buffer_read_and_written_at_once() {
    let gpu = gpu();
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read_write> out: array<u32>;
        @group(0) @binding(1) var<storage, read> source: array<u32>;
        @compute @workgroup_size(1) fn main() { out[0] = source[0]; }",
    );
    let [one, other] = [1, 2].map(|value| gpu.buffer(&[value], Usages::STORAGE));
    gpu.cases(
        &[("two buffers", Valid, [&one, &other]), ("one buffer", Validation, [&one, &one])],
        |buffers| {
            let group = gpu.bind_group(&pipeline, buffers);
            pass(&gpu, |pass| {
                pass.set_pipeline(&pipeline);
                pass.set_bind_group(0, &group, &[]);
                pass.dispatch_workgroups(1, 1, 1);
            });
        },
    );
}

#[test]
fn storage_textures_are_written() {
    let gpu = gpu();
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        usage: wgpu::TextureUsages::STORAGE_BINDING | wgpu::TextureUsages::COPY_SRC,
        ..crate::kit::TEXTURE
    });
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var image: texture_storage_2d<rgba8unorm, write>;
        @compute @workgroup_size(8, 8) fn main(@builtin(local_invocation_id) id: vec3<u32>) {
            textureStore(image, id.xy, vec4(vec2<f32>(id.xy) / 8.0, 0.5, 1.0));
        }",
    );
    let view = texture.create_view(&Default::default());
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::TextureView(&view),
        }],
    });
    gpu.no_error(|| {
        pass(&gpu, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        });
    });
    let texels = gpu.read_texture(&texture);
    assert_eq!(texels[8 * 4 * 3 + 4 * 4..][..4], [128, 96, 128, 255]);
}

#[test]
fn subgroups_and_halves() {
    let gpu = gpu_with(wgpu::Features::SUBGROUP | wgpu::Features::SHADER_F16);
    let pipeline = gpu.compute_pipeline(
        "enable f16;
        @group(0) @binding(0) var<storage, read_write> out: array<u32, 4>;
        @compute @workgroup_size(8) fn main(
            @builtin(local_invocation_index) index: u32, @builtin(subgroup_size) size: u32,
        ) {
            let sum = subgroupAdd(index);
            if index == 0u {
                out[0] = sum;
                out[1] = size;
                out[2] = u32(f16(index) + 2.5h);
            }
        }",
    );
    let out = gpu.empty_buffer(16, Usages::STORAGE | Usages::COPY_SRC);
    let group = gpu.bind_group(&pipeline, &[&out]);
    gpu.no_error(|| {
        pass(&gpu, |pass| {
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(1, 1, 1);
        });
    });
    gpu.read(&out);
}

#[test]
fn forgotten_lifetimes() {
    let gpu = gpu();
    let counter = Counter::new(&gpu);
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
    counter.set(&mut pass);
    pass.dispatch_workgroups(2, 1, 1);
    gpu.outcome("the encoder while the pass is open", || {
        encoder.clear_buffer(&counter.buffer, 0, None)
    });
    drop(pass);
    let (_, commands) = gpu.attempt("finish", || encoder.finish());
    gpu.outcome("submit", || gpu.queue.submit(commands));
    gpu.read(&counter.buffer);
}
