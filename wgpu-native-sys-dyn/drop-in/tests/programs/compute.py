"""Adds two arrays on the GPU with the Python binding, which loads the library that WGPU_LIB_PATH names."""

import array

import wgpu
from wgpu.backends.wgpu_native import lib_path

CODE = """
@group(0) @binding(0) var<storage, read> left: array<f32>;
@group(0) @binding(1) var<storage, read> right: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;
@compute @workgroup_size(64) fn add(@builtin(global_invocation_id) id: vec3u) {
    sum[id.x] = left[id.x] + right[id.x];
}
"""
COUNT = 256

print(lib_path)
adapter = wgpu.gpu.request_adapter_sync(power_preference="high-performance")
print(adapter.info["device"], adapter.info["backend_type"])
device = adapter.request_device_sync(label="device")
usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_SRC
left = device.create_buffer_with_data(data=array.array("f", range(COUNT)), usage=usage)
right = device.create_buffer_with_data(data=array.array("f", (i / 2 for i in range(COUNT))), usage=usage)
total = device.create_buffer(size=4 * COUNT, usage=usage)
shader = device.create_shader_module(code=CODE)
pipeline = device.create_compute_pipeline(layout="auto", compute={"module": shader, "entry_point": "add"})
entries = [{"binding": i, "resource": {"buffer": buffer}} for i, buffer in enumerate((left, right, total))]
group = device.create_bind_group(layout=pipeline.get_bind_group_layout(0), entries=entries)
encoder = device.create_command_encoder()
compute = encoder.begin_compute_pass()
compute.set_pipeline(pipeline)
compute.set_bind_group(0, group)
compute.dispatch_workgroups(COUNT // 64)
compute.end()
device.queue.submit([encoder.finish()])
sums = array.array("f", bytes(device.queue.read_buffer(total)))
print(list(sums))
assert list(sums) == [1.5 * i for i in range(COUNT)]

# An error comes back through a callback.
try:
    device.create_shader_module(code="fn broken(")
except wgpu.GPUError as error:
    print(type(error).__name__, str(error).splitlines()[0])
