//! What is logged, under which targets, at which levels.

mod common;

use common::{gpu, record};
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::{collections::BTreeMap, sync::Mutex};
use webgpu as wgpu;

/// Keeps level, target and text of each message.
struct Collector(Mutex<Vec<(Level, String, String)>>);

static COLLECTOR: Collector = Collector(Mutex::new(Vec::new()));

impl Log for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let message = (record.level(), record.target().into(), record.args().to_string());
        self.0.lock().unwrap().push(message);
    }

    fn flush(&self) {}
}

impl Collector {
    fn take(&self) -> Vec<(Level, String, String)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Something of all parts: an instance, a device, a shader, a pipeline, a mistake, a submission.
fn work() {
    let gpu = gpu();
    let pipeline = gpu.compute_pipeline(
        "@group(0) @binding(0) var<storage, read_write> out: array<u32>;
        fn double(x: u32) -> u32 { return x * 2; }
        @compute @workgroup_size(1) fn main() { out[0] = double(out[0]); }",
    );
    let buffer = gpu.buffer(&[4], wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC);
    let group = gpu.bind_group(&pipeline, &[&buffer]);
    let mut encoder = gpu.encoder();
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&pipeline);
    pass.set_bind_group(0, &group, &[]);
    pass.dispatch_workgroups(1, 1, 1);
    drop(pass);
    gpu.queue.submit([encoder.finish()]);
    assert_eq!(gpu.read(&buffer), [8]);
    gpu.validation_error(|| gpu.shader("fn f() { let x = y; }"));
    let texture = wgpu::TextureDescriptor {
        label: None,
        size: Default::default(),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::empty(),
        view_formats: &[],
    };
    gpu.validation_error(|| gpu.device.create_texture(&texture));
}

/// Alone in its file: the logger is that of the process.
#[test]
fn messages_by_part_and_level() {
    log::set_logger(&COLLECTOR).unwrap();
    for filter in [LevelFilter::Trace, LevelFilter::Debug, LevelFilter::Warn, LevelFilter::Off] {
        log::set_max_level(filter);
        work();
        let messages = COLLECTOR.take();
        let mut counts = BTreeMap::<_, usize>::new();
        for (level, target, _) in &messages {
            let part = target.split("::").next().unwrap();
            // Objects that others leave to the end are dropped then.
            if *level <= Level::Debug {
                *counts.entry(format!("{part} {level}")).or_default() += 1;
            }
        }
        for (name, count) in counts {
            record(&format!("{filter}: {name}"), count);
        }
        let said = |level, part: &str, words: &str| {
            messages.iter().any(|(of, target, text)| {
                *of == level && target.starts_with(part) && text.starts_with(words)
            })
        };
        let traces = filter == LevelFilter::Trace;
        assert_eq!(said(Level::Trace, "wgpu_core", "Device::create_buffer"), traces, "{filter}");
        assert_eq!(said(Level::Trace, "naga", "tracing function"), traces, "{filter}");
        let details = filter >= LevelFilter::Debug;
        assert_eq!(said(Level::Debug, "wgpu_hal", "Instance version"), details, "{filter}");
        assert_eq!(said(Level::Debug, "wgpu_core", "Request adapter result"), details, "{filter}");
        assert_eq!(said(Level::Debug, "naga", "Resolving"), details, "{filter}");
        assert!(messages.iter().all(|(level, ..)| *level <= filter), "{filter}");
    }
}
