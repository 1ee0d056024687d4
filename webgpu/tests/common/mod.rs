//! What tests share: a device on the software driver, and shorthands.
#![allow(dead_code, unused_imports, reason = "every test binary uses a part of it")]

pub(crate) mod child;
pub(crate) mod dice;
pub(crate) mod leaks;
mod record;

pub(crate) use record::{Outcome, record, record_bytes};
use std::sync::{Arc, LazyLock, Mutex};
use webgpu as wgpu;
use wgpu::util::DeviceExt;

/// An instance; without the engine library, the test fails with what to do.
pub(crate) fn instance() -> wgpu::Instance {
    // One is never dropped: with the last one the driver would be unloaded, which takes time and loses track of what the
    // driver never frees.
    static KEPT: LazyLock<wgpu::Instance> = LazyLock::new(new_instance);
    LazyLock::force(&KEPT);
    new_instance()
}

fn new_instance() -> wgpu::Instance {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
    // Tests make and drop devices on many threads. A loader of Vulkan that is told the name of an object looks for its
    // device in lists that another thread may be changing (1.3.239 does, and crashes): without this it is told none.
    descriptor.flags.remove(wgpu::InstanceFlags::DEBUG);
    wgpu::Instance::new(descriptor)
}

/// An adapter; without one, the test fails with what to do.
pub(crate) fn adapter(instance: &wgpu::Instance) -> wgpu::Adapter {
    match pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default())) {
        Ok(adapter) => adapter,
        Err(error) => panic!("this test needs a driver; run `cargo xtask setup`.\n{error}"),
    }
}

/// A device with its queue.
pub(crate) struct Gpu {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    // Looks when the two above are gone.
    pub(crate) leaks: leaks::Check,
}

/// A device without features beyond WebGPU.
pub(crate) fn gpu() -> Gpu {
    gpu_with(wgpu::Features::empty())
}

/// A device with these features.
pub(crate) fn gpu_with(features: wgpu::Features) -> Gpu {
    gpu_for(&wgpu::DeviceDescriptor {
        label: Some("test"),
        required_features: features,
        ..Default::default()
    })
}

/// A device of this description.
pub(crate) fn gpu_for(descriptor: &wgpu::DeviceDescriptor<'_>) -> Gpu {
    let instance = instance();
    let request = adapter(&instance).request_device(descriptor);
    let (device, queue) = pollster::block_on(request).expect("a device");
    Gpu { device, queue, leaks: leaks::Check::new(&instance) }
}

/// Another device of the same instance.
pub(crate) fn gpu_beside(gpu: &Gpu) -> Gpu {
    let request = adapter(&gpu.leaks).request_device(&Default::default());
    let (device, queue) = pollster::block_on(request).expect("a device");
    Gpu { device, queue, leaks: gpu.leaks.clone() }
}

impl Gpu {
    /// A buffer with contents.
    pub(crate) fn buffer(&self, contents: &[u32], usage: wgpu::BufferUsages) -> wgpu::Buffer {
        self.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: None,
            contents: bytemuck::cast_slice(contents),
            usage,
        })
    }

    /// A buffer without contents.
    pub(crate) fn empty_buffer(&self, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("empty"),
            size,
            usage,
            mapped_at_creation: false,
        })
    }

    /// A compute pipeline with a layout of its own.
    pub(crate) fn compute_pipeline(&self, wgsl: &str) -> wgpu::ComputePipeline {
        let module = self.shader(wgsl);
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        })
    }

    /// A shader module.
    pub(crate) fn shader(&self, wgsl: &str) -> wgpu::ShaderModule {
        self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(wgsl.into()),
        })
    }

    /// A bind group of buffers, with the layout that the pipeline has made up.
    pub(crate) fn bind_group(
        &self,
        pipeline: &wgpu::ComputePipeline,
        buffers: &[&wgpu::Buffer],
    ) -> wgpu::BindGroup {
        let entries = buffers.iter().zip(0..).map(|(buffer, binding)| wgpu::BindGroupEntry {
            binding,
            resource: buffer.as_entire_binding(),
        });
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries.collect::<Vec<_>>(),
        })
    }

    pub(crate) fn query_set(&self, ty: wgpu::QueryType, count: u32) -> wgpu::QuerySet {
        self.device.create_query_set(&wgpu::QuerySetDescriptor { label: None, ty, count })
    }

    /// An encoder.
    pub(crate) fn encoder(&self) -> wgpu::CommandEncoder {
        self.device.create_command_encoder(&Default::default())
    }

    /// Waits for all that was submitted.
    pub(crate) fn wait(&self) {
        self.device.poll(wgpu::PollType::wait_indefinitely()).expect("waiting works");
    }

    /// The contents of a buffer that can be copied from.
    pub(crate) fn read(&self, buffer: &wgpu::Buffer) -> Vec<u32> {
        bytemuck::pod_collect_to_vec(&self.read_bytes(buffer))
    }

    /// The contents of a buffer that can be copied from.
    pub(crate) fn read_bytes(&self, buffer: &wgpu::Buffer) -> Vec<u8> {
        let bytes = self.read_unrecorded(buffer);
        record_bytes("read", &bytes);
        bytes
    }

    /// The contents of a buffer that can be copied from, for what is not the same each time.
    pub(crate) fn read_unrecorded(&self, buffer: &wgpu::Buffer) -> Vec<u8> {
        let staging = self.empty_buffer(
            buffer.size(),
            wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        );
        let mut encoder = self.encoder();
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, None);
        self.queue.submit([encoder.finish()]);
        staging.map_async(wgpu::MapMode::Read, .., |result| result.expect("mapping works"));
        self.wait();
        staging.get_mapped_range(..).to_vec()
    }

    /// The texels of the first level of a texture with four bytes for each, row by row.
    pub(crate) fn read_texels(&self, texture: &wgpu::Texture) -> Vec<[u8; 4]> {
        let row = texture.width() * 4;
        let stride = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let size = u64::from(stride * texture.height());
        let buffer =
            self.empty_buffer(size, wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC);
        let mut encoder = self.encoder();
        encoder.copy_texture_to_buffer(
            texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(stride),
                    rows_per_image: None,
                },
            },
            texture.size(),
        );
        self.queue.submit([encoder.finish()]);
        let bytes = self.read_bytes(&buffer);
        let rows = bytes.chunks_exact(stride as usize);
        rows.flat_map(|bytes| bytes[..row as usize].as_chunks::<4>().0.to_vec()).collect()
    }

    /// Collects errors that no scope catches.
    pub(crate) fn collect_errors(&self) -> Arc<Mutex<Vec<wgpu::Error>>> {
        let errors = Arc::new(Mutex::new(Vec::new()));
        let log = errors.clone();
        self.device.on_uncaptured_error(Arc::new(move |error| log.lock().unwrap().push(error)));
        errors
    }

    /// The error that `call` leads to, caught by a scope; it has to be a validation error.
    pub(crate) fn validation_error<R>(&self, call: impl FnOnce() -> R) -> String {
        let scope = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let result = call();
        let error = pollster::block_on(scope.pop());
        drop(result);
        match error {
            Some(wgpu::Error::Validation { description, .. }) => {
                record("error", "Validation");
                description
            }
            other => panic!("expected a validation error, got {other:?}"),
        }
    }

    /// Runs `call`, which has to lead to no error.
    pub(crate) fn no_error<R>(&self, call: impl FnOnce() -> R) -> R {
        let scope = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let result = call();
        if let Some(error) = pollster::block_on(scope.pop()) {
            panic!("{error}");
        }
        result
    }
}

/// The message of the panic that `call` ends in.
pub(crate) fn panic_message<R>(call: impl FnOnce() -> R) -> String {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call));
    let panic = match result {
        Ok(_) => panic!("expected a panic"),
        Err(panic) => panic,
    };
    record("call", "Panic");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().expect("a message").to_string(),
    }
}
