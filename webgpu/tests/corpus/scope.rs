//! Error scopes, handlers, and the end of a device.

use crate::common::Outcome::{Valid, Validation};
use crate::common::{Gpu, gpu, record};
use crate::kit::TEXTURE;
use std::sync::{Arc, Mutex, mpsc};
use webgpu as wgpu;
use wgpu::{BufferUsages as Usages, ErrorFilter};

/// A call that is not valid.
fn mistake(gpu: &Gpu) {
    drop(gpu.empty_buffer(16, Usages::empty()));
}

fn kind(error: &Option<wgpu::Error>) -> &'static str {
    match error {
        None => "none",
        Some(wgpu::Error::Validation { .. }) => "validation",
        Some(wgpu::Error::OutOfMemory { .. }) => "out of memory",
        Some(wgpu::Error::Internal { .. }) => "internal",
    }
}

#[test]
fn filters() {
    let gpu = gpu();
    let uncaptured = gpu.collect_errors();
    for filter in [ErrorFilter::Validation, ErrorFilter::OutOfMemory, ErrorFilter::Internal] {
        let scope = gpu.device.push_error_scope(filter);
        mistake(&gpu);
        record(&format!("{filter:?}"), kind(&pollster::block_on(scope.pop())));
    }
    record("uncaptured", uncaptured.lock().unwrap().len());
    assert_eq!(uncaptured.lock().unwrap().len(), 2);
}

#[test]
fn nested() {
    let gpu = gpu();
    let uncaptured = gpu.collect_errors();
    use ErrorFilter::{Internal, OutOfMemory, Validation};
    for filters in [
        [Validation, Validation, Validation],
        [Validation, OutOfMemory, Internal],
        [OutOfMemory, Validation, Internal],
        [OutOfMemory, Internal, Validation],
        [OutOfMemory, OutOfMemory, Internal],
    ] {
        let scopes = filters.map(|filter| gpu.device.push_error_scope(filter));
        mistake(&gpu);
        mistake(&gpu);
        let caught = scopes.into_iter().rev().map(|scope| pollster::block_on(scope.pop()));
        let kinds = caught.map(|error| kind(&error)).collect::<Vec<_>>();
        record(&format!("{filters:?}"), format!("{kinds:?}"));
    }
    record("uncaptured", uncaptured.lock().unwrap().len());
}

#[test]
fn a_scope_keeps_the_first_error() {
    let gpu = gpu();
    let scope = gpu.device.push_error_scope(ErrorFilter::Validation);
    drop(gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("the first"),
        size: 4,
        usage: Usages::empty(),
        mapped_at_creation: false,
    }));
    mistake(&gpu);
    let error = pollster::block_on(scope.pop()).unwrap().to_string();
    record("the first", error.contains("the first"));
    assert!(error.contains("the first"), "{error}");
}

#[test]
fn dropped_and_awaited_late() {
    let gpu = gpu();
    let uncaptured = gpu.collect_errors();
    let scope = gpu.device.push_error_scope(ErrorFilter::Validation);
    mistake(&gpu);
    drop(scope);
    record("after a scope that was dropped", uncaptured.lock().unwrap().len());
    mistake(&gpu);
    record("without a scope", uncaptured.lock().unwrap().len());
    let scope = gpu.device.push_error_scope(ErrorFilter::Validation);
    mistake(&gpu);
    let popped = scope.pop();
    mistake(&gpu);
    record("popped", uncaptured.lock().unwrap().len());
    record("awaited", kind(&pollster::block_on(popped)));
}

#[test]
fn scopes_of_two_devices() {
    let (one, other) = (gpu(), gpu());
    let of_one = one.device.push_error_scope(ErrorFilter::Validation);
    let of_other = other.device.push_error_scope(ErrorFilter::Validation);
    mistake(&one);
    // Scopes of different devices do not nest.
    record("one", kind(&pollster::block_on(of_one.pop())));
    record("other", kind(&pollster::block_on(of_other.pop())));
}

#[test]
fn scopes_of_threads() {
    let gpu = gpu();
    let uncaptured = gpu.collect_errors();
    let scope = gpu.device.push_error_scope(ErrorFilter::Validation);
    let there = std::thread::scope(|threads| {
        let thread = threads.spawn(|| {
            mistake(&gpu);
            let scope = gpu.device.push_error_scope(ErrorFilter::Validation);
            mistake(&gpu);
            kind(&pollster::block_on(scope.pop()))
        });
        thread.join().unwrap()
    });
    record("there", there);
    record("here", kind(&pollster::block_on(scope.pop())));
    record("uncaptured", uncaptured.lock().unwrap().len());
}

#[test]
fn handlers_are_replaced() {
    let gpu = gpu();
    let first = gpu.collect_errors();
    mistake(&gpu);
    let second = gpu.collect_errors();
    mistake(&gpu);
    mistake(&gpu);
    record("errors", format!("{} {}", first.lock().unwrap().len(), second.lock().unwrap().len()));
    assert_eq!((first.lock().unwrap().len(), second.lock().unwrap().len()), (1, 2));
}

#[test]
fn without_a_handler() {
    let gpu = gpu();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| mistake(&gpu)));
    record("panics", result.is_err());
    assert!(result.is_err());
    assert_eq!(gpu.outcome("afterwards", || gpu.empty_buffer(16, Usages::COPY_DST)), Valid);
}

#[test]
fn invalid_objects_lead_to_errors_where_they_are_used() {
    let gpu = gpu();
    let (_, buffer) = gpu.attempt("a buffer", || gpu.empty_buffer(16, Usages::empty()));
    let buffer = buffer.unwrap();
    let (_, texture) = gpu.attempt("a texture", || {
        gpu.device.create_texture(&wgpu::TextureDescriptor { mip_level_count: 0, ..TEXTURE })
    });
    let texture = texture.unwrap();
    let (_, sampler) = gpu.attempt("a sampler", || {
        gpu.device
            .create_sampler(&wgpu::SamplerDescriptor { anisotropy_clamp: 0, ..Default::default() })
    });
    let sampler = sampler.unwrap();
    gpu.outcome("a view", || texture.create_view(&Default::default()));
    gpu.outcome("writing a buffer", || gpu.queue.write_buffer(&buffer, 0, &[0; 4]));
    gpu.outcome("writing with", || {
        gpu.queue.write_buffer_with(&buffer, 0, wgpu::BufferSize::new(4).unwrap()).is_some()
    });
    gpu.outcome("clearing a buffer", || {
        gpu.submit(|encoder| encoder.clear_buffer(&buffer, 0, None))
    });
    gpu.outcome("copying", || {
        gpu.submit(|encoder| {
            encoder.copy_texture_to_texture(
                texture.as_image_copy(),
                texture.as_image_copy(),
                TEXTURE.size,
            )
        });
    });
    gpu.outcome("mapping", || {
        buffer.map_async(wgpu::MapMode::Read, .., |result| record("mapped", result.is_ok()));
        gpu.wait();
    });
    gpu.outcome("destroying a buffer", || buffer.destroy());
    gpu.outcome("destroying a texture", || texture.destroy());
    gpu.outcome("unmapping", || buffer.unmap());
    let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
            count: None,
        }],
    });
    let outcome = gpu.outcome("binding", || {
        gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &layout,
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::Sampler(&sampler),
            }],
        })
    });
    assert_eq!(outcome, Validation);
}

#[test]
fn the_end_of_a_device() {
    let gpu = gpu();
    let (sender, receiver) = mpsc::channel();
    gpu.device.set_device_lost_callback(move |reason, message| {
        sender.send(format!("{reason:?} {message:?}")).unwrap();
    });
    let buffer = gpu.empty_buffer(16, Usages::MAP_READ | Usages::COPY_DST);
    let encoder = gpu.encoder();
    gpu.device.destroy();
    gpu.wait();
    record("told", format!("{:?}", receiver.try_iter().collect::<Vec<_>>()));
    gpu.outcome("a buffer", || gpu.empty_buffer(16, Usages::COPY_DST));
    gpu.outcome("a texture", || gpu.device.create_texture(&TEXTURE));
    gpu.outcome("a sampler", || gpu.device.create_sampler(&Default::default()));
    gpu.outcome("a shader", || gpu.shader("@compute @workgroup_size(1) fn main() {}"));
    gpu.outcome("a mistake", || mistake(&gpu));
    gpu.outcome("an encoder", || gpu.encoder().finish());
    gpu.outcome("an encoder of before", || encoder.finish());
    gpu.outcome("a write", || gpu.queue.write_buffer(&buffer, 0, &[0; 4]));
    gpu.outcome("a submission", || gpu.queue.submit([]));
    gpu.outcome("mapping", || {
        buffer.map_async(wgpu::MapMode::Read, .., |result| record("mapped", result.is_ok()));
        gpu.wait();
    });
    gpu.outcome("destroying what is gone", || buffer.destroy());
    gpu.outcome("destroying again", || gpu.device.destroy());
    let (sender, receiver) = mpsc::channel();
    gpu.outcome("a callback that comes late", || {
        gpu.device
            .set_device_lost_callback(move |reason, _| sender.send(format!("{reason:?}")).unwrap());
        gpu.wait();
    });
    record("told late", format!("{:?}", receiver.try_iter().collect::<Vec<_>>()));
}

#[test]
fn a_device_that_is_dropped() {
    let gpu = gpu();
    let log = Arc::new(Mutex::new(Vec::new()));
    let told = log.clone();
    gpu.device.set_device_lost_callback(move |reason, _| told.lock().unwrap().push(reason));
    drop(gpu);
    record("told", format!("{:?}", log.lock().unwrap()));
}
