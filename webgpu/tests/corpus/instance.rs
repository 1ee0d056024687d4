//! Instances, adapters, devices: what they are and what they can do.

use crate::common::{self, Gpu, Outcome, gpu, gpu_for, record};
use crate::kit::names;
use webgpu as wgpu;

fn adapter() -> wgpu::Adapter {
    common::adapter(&common::instance())
}

#[test]
fn adapter_info() {
    let info = adapter().get_info();
    record("name", &info.name);
    record("ids", format!("{:#x} {:#x}", info.vendor, info.device));
    record("device type", format!("{:?}", info.device_type));
    record("backend", format!("{:?}", info.backend));
    record("driver", format!("{}, {}", info.driver, info.driver_info));
    record("bus", &info.device_pci_bus_id);
    record("subgroups", format!("{} {}", info.subgroup_min_size, info.subgroup_max_size));
    record("transient", info.transient_saves_memory);
    assert!(!info.name.is_empty());
}

#[test]
fn adapter_features() {
    let features = adapter().features();
    for (name, feature) in wgpu::Features::all().iter_names() {
        record(name, features.contains(feature));
    }
    assert!(features.contains(wgpu::Features::DEPTH_CLIP_CONTROL));
}

/// Each limit is a line of what `Debug` prints.
fn record_limits(limits: &wgpu::Limits) {
    for line in format!("{limits:#?}").lines().filter_map(|line| line.trim().strip_suffix(',')) {
        let (name, value) = line.split_once(": ").expect("a name and a value");
        record(name, value);
    }
}

#[test]
fn adapter_limits() {
    let limits = adapter().limits();
    record_limits(&limits);
    assert!(limits.check_limits(&limits));
}

#[test]
fn device_limits_and_features_by_default() {
    let gpu = gpu();
    record_limits(&gpu.device.limits());
    record("features", names(gpu.device.features()));
    assert_eq!(gpu.device.limits(), wgpu::Limits::default());
    assert!(gpu.device.features().is_empty());
}

#[test]
fn device_limits_as_asked_for() {
    let adapter = adapter();
    let base = wgpu::Limits::default();
    let all = [
        ("defaults", base.clone()),
        ("downlevel", wgpu::Limits::downlevel_defaults()),
        ("webgl2", wgpu::Limits::downlevel_webgl2_defaults()),
        ("all of the adapter", adapter.limits()),
        ("fewer", wgpu::Limits { max_bind_groups: 1, max_vertex_buffers: 2, ..base.clone() }),
        ("none", wgpu::Limits { max_storage_buffers_per_shader_stage: 0, ..base.clone() }),
        (
            "small alignment",
            wgpu::Limits { min_uniform_buffer_offset_alignment: 64, ..base.clone() },
        ),
        (
            "odd alignment",
            wgpu::Limits { min_uniform_buffer_offset_alignment: 100, ..base.clone() },
        ),
        ("tiny alignment", wgpu::Limits { min_storage_buffer_offset_alignment: 1, ..base.clone() }),
        ("too large", wgpu::Limits { max_texture_dimension_1d: 1 << 20, ..base.clone() }),
        ("too many", wgpu::Limits { max_bind_groups: 1000, ..base.clone() }),
        ("immediates without the feature", wgpu::Limits { max_immediate_size: 64, ..base }),
    ];
    for (name, required_limits) in all {
        let request = adapter
            .request_device(&wgpu::DeviceDescriptor { required_limits, ..Default::default() });
        match pollster::block_on(request) {
            Ok((device, _)) => {
                record(name, "a device");
                record_limits(&device.limits());
            }
            Err(_) => record(name, "refused"),
        }
    }
}

#[test]
fn features_one_by_one() {
    let adapter = adapter();
    let offered = adapter.features() - wgpu::Features::all_experimental_mask();
    let mut as_offered = true;
    for (name, feature) in wgpu::Features::all().iter_names() {
        let request = adapter.request_device(&wgpu::DeviceDescriptor {
            required_features: feature,
            ..Default::default()
        });
        match pollster::block_on(request) {
            Ok((device, _)) => {
                as_offered &= offered.contains(feature);
                assert_eq!(device.features(), feature);
            }
            Err(_) => assert!(!offered.contains(feature), "{name}"),
        }
    }
    record("what is offered and nothing else", as_offered);
}

#[test]
fn experimental_features_need_a_token() {
    let adapter = adapter();
    let experimental = adapter.features() & wgpu::Features::all_experimental_mask();
    record("offered", names(experimental));
    let request = adapter.request_device(&wgpu::DeviceDescriptor {
        required_features: wgpu::Features::EXPERIMENTAL_RAY_QUERY,
        ..Default::default()
    });
    assert!(pollster::block_on(request).is_err());
}

#[test]
fn downlevel_capabilities() {
    let capabilities = adapter().get_downlevel_capabilities();
    for (name, flag) in wgpu::DownlevelFlags::all().iter_names() {
        record(name, capabilities.flags.contains(flag));
    }
    record("shader model", format!("{:?}", capabilities.shader_model));
    assert!(capabilities.is_webgpu_compliant());
}

#[test]
fn memory_hints() {
    for memory_hints in [
        wgpu::MemoryHints::Performance,
        wgpu::MemoryHints::MemoryUsage,
        wgpu::MemoryHints::Manual { suballocated_device_memory_block_size: 1 << 20..1 << 24 },
    ] {
        let name = format!("{memory_hints:?}");
        let descriptor = wgpu::DeviceDescriptor { memory_hints, ..Default::default() };
        let gpu = gpu_for(&descriptor);
        let usage = wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        record(&name, format!("{:?}", gpu.read(&gpu.buffer(&[1, 2], usage))));
    }
}

#[test]
fn two_devices_of_an_adapter() {
    let instance = common::instance();
    let leaks = common::leaks::Check::new(&instance);
    let adapter = common::adapter(&instance);
    let device = || {
        let request = adapter.request_device(&Default::default());
        let (device, queue) = pollster::block_on(request).unwrap();
        Gpu { device, queue, leaks: leaks.clone() }
    };
    let (one, other) = (device(), device());
    assert_ne!(one.device, other.device);
    let usage = wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
    let buffers = [one.buffer(&[1], usage), other.buffer(&[2], usage)];
    let copy = |gpu: &Gpu, from: usize, to: usize| {
        gpu.submit(|encoder| {
            encoder.copy_buffer_to_buffer(&buffers[from], 0, &buffers[to], 0, 4);
        });
    };
    for (name, gpu, from, to) in
        [("from there", &one, 1, 0), ("to there", &one, 0, 1), ("all there", &one, 1, 1)]
    {
        assert_eq!(gpu.outcome(name, || copy(gpu, from, to)), Outcome::Validation);
    }
    assert_eq!(other.read(&buffers[1]), [2]);
}

#[test]
fn an_adapter_gives_one_device_after_another() {
    let instance = common::instance();
    let leaks = common::leaks::Check::new(&instance);
    let adapter = common::adapter(&instance);
    for _ in 0..3 {
        let request = adapter.request_device(&Default::default());
        let (device, queue) = pollster::block_on(request).unwrap();
        let gpu = Gpu { device, queue, leaks: leaks.clone() };
        assert_eq!(gpu.read(&gpu.buffer(&[3], wgpu::BufferUsages::COPY_SRC)), [3]);
        gpu.device.destroy();
    }
}

#[test]
fn adapters_for_backends() {
    let instance = common::instance();
    for backends in
        [wgpu::Backends::VULKAN, wgpu::Backends::empty(), wgpu::Backends::BROWSER_WEBGPU]
    {
        let adapters = pollster::block_on(instance.enumerate_adapters(backends));
        let names = adapters.iter().map(|adapter| adapter.get_info().name).collect::<Vec<_>>();
        record(&format!("{backends:?}"), names.join(", "));
    }
}

#[test]
fn shading_language_features() {
    let features = common::instance().wgsl_language_features();
    record("features", format!("{features:?}"));
    assert!(!features.is_empty());
}

#[test]
fn power_preferences() {
    let instance = common::instance();
    for power_preference in [
        wgpu::PowerPreference::None,
        wgpu::PowerPreference::LowPower,
        wgpu::PowerPreference::HighPerformance,
    ] {
        let options = wgpu::RequestAdapterOptions { power_preference, ..Default::default() };
        let adapter = pollster::block_on(instance.request_adapter(&options)).unwrap();
        record(&format!("{power_preference:?}"), adapter.get_info().name);
    }
}
