//! Compute shaders: what they compute arrives.

mod common;

use common::gpu;
use webgpu as wgpu;

const DOUBLE: &str = "
    @group(0) @binding(0) var<storage, read_write> values: array<u32>;

    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        if id.x < arrayLength(&values) {
            values[id.x] = values[id.x] * 2u + 1u;
        }
    }
";

#[test]
fn a_shader_computes() {
    let gpu = gpu();
    let input = (0..1000).collect::<Vec<u32>>();
    let buffer = gpu.buffer(&input, wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC);
    let pipeline = gpu.compute_pipeline(DOUBLE);
    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(1000_u32.div_ceil(64), 1, 1);
    }
    gpu.queue.submit(Some(encoder.finish()));
    let expected = input.iter().map(|value| value * 2 + 1).collect::<Vec<_>>();
    assert_eq!(gpu.read(&buffer), expected);
}

#[test]
fn constants_override_those_of_the_shader() {
    let gpu = gpu();
    let module = gpu.shader(
        "override factor: f32 = 1.0;
        @id(7) override summand: u32 = 0u;
        @group(0) @binding(0) var<storage, read_write> values: array<u32>;

        @compute @workgroup_size(1)
        fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            values[id.x] = u32(f32(values[id.x]) * factor) + summand;
        }",
    );
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some("constants"),
        layout: None,
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: &[("factor", 3.0), ("7", 5.0)],
            ..Default::default()
        },
        cache: None,
    });
    let buffer = gpu.buffer(&[1, 2, 3], wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC);
    let bind_group = gpu.bind_group(&pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups(3, 1, 1);
    }
    gpu.queue.submit([encoder.finish()]);
    assert_eq!(gpu.read(&buffer), [8, 11, 14]);
}

#[test]
fn dynamic_offsets_and_indirect_dispatch() {
    let gpu = gpu();
    let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("dynamic"),
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Storage { read_only: false },
                has_dynamic_offset: true,
                min_binding_size: wgpu::BufferSize::new(4),
            },
            count: None,
        }],
    });
    // Group 1 is used, group 0 is a gap.
    let pipeline_layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("with a gap"),
        bind_group_layouts: &[None, Some(&layout)],
        immediate_size: 0,
    });
    let module = gpu.shader(
        "@group(1) @binding(0) var<storage, read_write> values: array<u32>;

        @compute @workgroup_size(1)
        fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            values[id.x] += 100u;
        }",
    );
    let pipeline = gpu.no_error(|| {
        gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        })
    });
    let buffer = gpu.buffer(&[0; 66], wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC);
    let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &layout,
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &buffer,
                offset: 0,
                size: wgpu::BufferSize::new(8),
            }),
        }],
    });
    let indirect = gpu.buffer(&[9, 2, 1, 1], wgpu::BufferUsages::INDIRECT);
    let empty = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &[],
        }),
        entries: &[],
    });
    gpu.no_error(|| {
        let mut encoder = gpu.encoder();
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &empty, &[]);
            pass.set_bind_group(1, Some(&bind_group), &[256]);
            pass.dispatch_workgroups_indirect(&indirect, 4);
        }
        gpu.queue.submit([encoder.finish()]);
    });
    let values = gpu.read(&buffer);
    assert_eq!(values[64..], [100, 100]);
    assert!(values[..64].iter().all(|value| *value == 0));
}
