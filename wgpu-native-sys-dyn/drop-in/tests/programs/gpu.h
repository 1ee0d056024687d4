// What both programs begin with: from nothing to a device, and from a buffer back to memory.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wgpu.h"

static WGPUStringView text(const char *string) {
    return (WGPUStringView){string, string ? strlen(string) : WGPU_STRLEN};
}

static void fail(const char *what) {
    fprintf(stderr, "failed: %s\n", what);
    exit(1);
}

static void on_adapter(WGPURequestAdapterStatus status, WGPUAdapter adapter, WGPUStringView message, void *place,
                       void *unused) {
    (void)message;
    (void)unused;
    if (status != WGPURequestAdapterStatus_Success) fail("no adapter");
    *(WGPUAdapter *)place = adapter;
}

static void on_device(WGPURequestDeviceStatus status, WGPUDevice device, WGPUStringView message, void *place,
                      void *unused) {
    (void)message;
    (void)unused;
    if (status != WGPURequestDeviceStatus_Success) fail("no device");
    *(WGPUDevice *)place = device;
}

// Errors are part of what a program sees: their texts are printed.
static void on_error(WGPUDevice const *device, WGPUErrorType type, WGPUStringView message, void *count, void *unused) {
    (void)device;
    (void)unused;
    *(int *)count += 1;
    const char *end = memchr(message.data, '\n', message.length);
    int length = end ? (int)(end - message.data) : (int)message.length;
    printf("error of type %d: %.*s\n", (int)type, length, message.data);
}

static void on_map(WGPUMapAsyncStatus status, WGPUStringView message, void *done, void *unused) {
    (void)message;
    (void)unused;
    if (status != WGPUMapAsyncStatus_Success) fail("mapping");
    *(int *)done = 1;
}

struct gpu {
    WGPUInstance instance;
    WGPUAdapter adapter;
    WGPUDevice device;
    WGPUQueue queue;
    int errors;
};

static void open_gpu(struct gpu *gpu) {
    memset(gpu, 0, sizeof *gpu);
    gpu->instance = wgpuCreateInstance(NULL);
    WGPURequestAdapterCallbackInfo adapter = {.mode = WGPUCallbackMode_AllowProcessEvents,
                                              .callback = on_adapter,
                                              .userdata1 = &gpu->adapter};
    wgpuInstanceRequestAdapter(gpu->instance, NULL, adapter);
    if (!gpu->adapter) fail("no adapter was given");
    WGPUDeviceDescriptor descriptor = {.label = text("device"),
                                       .deviceLostCallbackInfo = {.mode = WGPUCallbackMode_AllowProcessEvents},
                                       .uncapturedErrorCallbackInfo = {.callback = on_error, .userdata1 = &gpu->errors}};
    WGPURequestDeviceCallbackInfo device = {.mode = WGPUCallbackMode_AllowProcessEvents,
                                            .callback = on_device,
                                            .userdata1 = &gpu->device};
    wgpuAdapterRequestDevice(gpu->adapter, &descriptor, device);
    if (!gpu->device) fail("no device was given");
    gpu->queue = wgpuDeviceGetQueue(gpu->device);
}

static void close_gpu(struct gpu *gpu) {
    wgpuQueueRelease(gpu->queue);
    wgpuDeviceRelease(gpu->device);
    wgpuAdapterRelease(gpu->adapter);
    wgpuInstanceRelease(gpu->instance);
}

static WGPUBuffer new_buffer(struct gpu *gpu, const char *label, WGPUBufferUsage usage, uint64_t size) {
    WGPUBufferDescriptor descriptor = {.label = text(label), .usage = usage, .size = size};
    return wgpuDeviceCreateBuffer(gpu->device, &descriptor);
}

static WGPUShaderModule new_shader(struct gpu *gpu, const char *code) {
    WGPUShaderSourceWGSL source = {.chain = {.sType = WGPUSType_ShaderSourceWGSL}, .code = text(code)};
    WGPUShaderModuleDescriptor descriptor = {.nextInChain = &source.chain, .label = text("shader")};
    return wgpuDeviceCreateShaderModule(gpu->device, &descriptor);
}

// Submits what was recorded, waits, and gives the buffer's bytes until it is unmapped.
static const void *finish(struct gpu *gpu, WGPUCommandEncoder encoder, WGPUBuffer buffer, size_t size) {
    WGPUCommandBuffer commands = wgpuCommandEncoderFinish(encoder, NULL);
    wgpuQueueSubmit(gpu->queue, 1, &commands);
    wgpuCommandBufferRelease(commands);
    wgpuCommandEncoderRelease(encoder);
    int done = 0;
    WGPUBufferMapCallbackInfo map = {.mode = WGPUCallbackMode_AllowProcessEvents, .callback = on_map, .userdata1 = &done};
    wgpuBufferMapAsync(buffer, WGPUMapMode_Read, 0, size, map);
    for (int tries = 0; !done && tries < 1000; tries++) wgpuDevicePoll(gpu->device, 1, NULL);
    if (!done) fail("the buffer was not mapped");
    return wgpuBufferGetConstMappedRange(buffer, 0, size);
}
