// Draws a triangle without a window, and prints its pixels in hexadecimal.
#include "gpu.h"

#define SIZE 64

static const char *CODE =
    "@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {\n"
    "    return vec4f(f32(i32(i) - 1), f32(i32(i & 1u) * 2 - 1), 0.0, 1.0);\n"
    "}\n"
    "@fragment fn colour(@builtin(position) at: vec4f) -> @location(0) vec4f {\n"
    "    return vec4f(at.x / 64.0, at.y / 64.0, 0.5, 1.0);\n"
    "}\n";

int main(void) {
    struct gpu gpu;
    open_gpu(&gpu);
    WGPUTextureDescriptor texture_descriptor = {.label = text("picture"),
                                                .usage = WGPUTextureUsage_RenderAttachment | WGPUTextureUsage_CopySrc,
                                                .dimension = WGPUTextureDimension_2D,
                                                .size = {SIZE, SIZE, 1},
                                                .format = WGPUTextureFormat_RGBA8Unorm,
                                                .mipLevelCount = 1,
                                                .sampleCount = 1};
    WGPUTexture texture = wgpuDeviceCreateTexture(gpu.device, &texture_descriptor);
    WGPUTextureView view = wgpuTextureCreateView(texture, NULL);
    WGPUBuffer pixels = new_buffer(&gpu, "pixels", WGPUBufferUsage_MapRead | WGPUBufferUsage_CopyDst, SIZE * SIZE * 4);

    WGPUShaderModule shader = new_shader(&gpu, CODE);
    WGPUColorTargetState target = {.format = WGPUTextureFormat_RGBA8Unorm, .writeMask = WGPUColorWriteMask_All};
    WGPUFragmentState fragment = {.module = shader, .entryPoint = text("colour"), .targetCount = 1, .targets = &target};
    WGPURenderPipelineDescriptor pipeline_descriptor = {
        .label = text("triangle"),
        .vertex = {.module = shader, .entryPoint = text("corner")},
        .primitive = {.topology = WGPUPrimitiveTopology_TriangleList, .frontFace = WGPUFrontFace_CCW, .cullMode = WGPUCullMode_None},
        .multisample = {.count = 1, .mask = 0xffffffff},
        .fragment = &fragment};
    WGPURenderPipeline pipeline = wgpuDeviceCreateRenderPipeline(gpu.device, &pipeline_descriptor);

    WGPUCommandEncoder encoder = wgpuDeviceCreateCommandEncoder(gpu.device, NULL);
    WGPURenderPassColorAttachment attachment = {.view = view,
                                                .depthSlice = WGPU_DEPTH_SLICE_UNDEFINED,
                                                .loadOp = WGPULoadOp_Clear,
                                                .storeOp = WGPUStoreOp_Store,
                                                .clearValue = {0.0, 0.25, 0.0, 1.0}};
    WGPURenderPassDescriptor pass_descriptor = {.label = text("pass"), .colorAttachmentCount = 1, .colorAttachments = &attachment};
    WGPURenderPassEncoder pass = wgpuCommandEncoderBeginRenderPass(encoder, &pass_descriptor);
    wgpuRenderPassEncoderSetPipeline(pass, pipeline);
    wgpuRenderPassEncoderSetViewport(pass, 0.0f, 0.0f, SIZE, SIZE, 0.0f, 1.0f);
    wgpuRenderPassEncoderDraw(pass, 3, 1, 0, 0);
    wgpuRenderPassEncoderEnd(pass);
    wgpuRenderPassEncoderRelease(pass);
    WGPUTexelCopyTextureInfo source = {.texture = texture, .aspect = WGPUTextureAspect_All};
    WGPUTexelCopyBufferInfo destination = {.layout = {.bytesPerRow = SIZE * 4, .rowsPerImage = SIZE}, .buffer = pixels};
    WGPUExtent3D size = {SIZE, SIZE, 1};
    wgpuCommandEncoderCopyTextureToBuffer(encoder, &source, &destination, &size);
    const uint32_t *picture = finish(&gpu, encoder, pixels, SIZE * SIZE * 4);
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) printf("%08x%c", picture[y * SIZE + x], x + 1 < SIZE ? ' ' : '\n');
    wgpuBufferUnmap(pixels);
    printf("%d errors\n", gpu.errors);

    wgpuRenderPipelineRelease(pipeline);
    wgpuShaderModuleRelease(shader);
    wgpuBufferRelease(pixels);
    wgpuTextureViewRelease(view);
    wgpuTextureRelease(texture);
    close_gpu(&gpu);
    return 0;
}
