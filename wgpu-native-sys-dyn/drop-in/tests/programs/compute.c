// Squares numbers on the GPU, and has the library report an error.
#include "gpu.h"

#define COUNT 256

static const char *CODE =
    "@group(0) @binding(0) var<storage, read_write> numbers: array<u32>;\n"
    "@compute @workgroup_size(64) fn square(@builtin(global_invocation_id) id: vec3u) {\n"
    "    if id.x < arrayLength(&numbers) { numbers[id.x] = numbers[id.x] * numbers[id.x]; }\n"
    "}\n";

int main(void) {
    struct gpu gpu;
    open_gpu(&gpu);
    uint32_t numbers[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) numbers[i] = i;
    WGPUBuffer storage = new_buffer(
        &gpu, "numbers", WGPUBufferUsage_Storage | WGPUBufferUsage_CopyDst | WGPUBufferUsage_CopySrc, sizeof numbers);
    WGPUBuffer result = new_buffer(&gpu, "result", WGPUBufferUsage_MapRead | WGPUBufferUsage_CopyDst, sizeof numbers);
    wgpuQueueWriteBuffer(gpu.queue, storage, 0, numbers, sizeof numbers);

    WGPUShaderModule shader = new_shader(&gpu, CODE);
    WGPUComputePipelineDescriptor pipeline_descriptor = {.label = text("square"),
                                                         .compute = {.module = shader, .entryPoint = text("square")}};
    WGPUComputePipeline pipeline = wgpuDeviceCreateComputePipeline(gpu.device, &pipeline_descriptor);
    WGPUBindGroupLayout layout = wgpuComputePipelineGetBindGroupLayout(pipeline, 0);
    WGPUBindGroupEntry entry = {.binding = 0, .buffer = storage, .size = sizeof numbers};
    WGPUBindGroupDescriptor group_descriptor = {.label = text("group"), .layout = layout, .entryCount = 1, .entries = &entry};
    WGPUBindGroup group = wgpuDeviceCreateBindGroup(gpu.device, &group_descriptor);

    WGPUCommandEncoder encoder = wgpuDeviceCreateCommandEncoder(gpu.device, NULL);
    WGPUComputePassEncoder pass = wgpuCommandEncoderBeginComputePass(encoder, NULL);
    wgpuComputePassEncoderSetPipeline(pass, pipeline);
    wgpuComputePassEncoderSetBindGroup(pass, 0, group, 0, NULL);
    wgpuComputePassEncoderDispatchWorkgroups(pass, COUNT / 64, 1, 1);
    wgpuComputePassEncoderEnd(pass);
    wgpuComputePassEncoderRelease(pass);
    wgpuCommandEncoderCopyBufferToBuffer(encoder, storage, 0, result, 0, sizeof numbers);
    const uint32_t *squares = finish(&gpu, encoder, result, sizeof numbers);
    for (uint32_t i = 0; i < COUNT; i++) printf("%u\n", squares[i]);
    wgpuBufferUnmap(result);

    // A callback that was passed inside of a struct: map buffers are not for storage.
    WGPUBuffer wrong = new_buffer(&gpu, "wrong", WGPUBufferUsage_MapRead | WGPUBufferUsage_Storage, 16);
    wgpuBufferRelease(wrong);
    printf("%d errors\n", gpu.errors);
    printf("size %llu, usage %llu, version %#x\n", (unsigned long long)wgpuBufferGetSize(storage),
           (unsigned long long)wgpuBufferGetUsage(storage), (unsigned)wgpuGetVersion());

    wgpuBindGroupRelease(group);
    wgpuBindGroupLayoutRelease(layout);
    wgpuComputePipelineRelease(pipeline);
    wgpuShaderModuleRelease(shader);
    wgpuBufferRelease(result);
    wgpuBufferRelease(storage);
    close_gpu(&gpu);
    return 0;
}
