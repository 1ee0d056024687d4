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
