//! Every order in which frames, surfaces and devices can end.

use crate::common::{Gpu, Outcome};
use crate::x11::{Display, Window};
use crate::{Shown, draw_to, show, wgpu};
use std::sync::Arc;

/// A copy of a frame into a buffer and a draw to it, both of which are errors when the frame is over.
fn uses_are_errors(gpu: &Gpu, texture: &wgpu::Texture, recorded: wgpu::CommandBuffer) {
    let message = gpu.validation_error(|| gpu.queue.submit([recorded]));
    assert!(message.contains("has been destroyed"), "{message}");
    let message = gpu.validation_error(|| texture.create_view(&Default::default()));
    assert!(message.contains("destroyed"), "{message}");
    gpu.validation_error(|| {
        let layout = wgpu::TexelCopyBufferLayout { bytes_per_row: Some(256), ..Default::default() };
        gpu.queue.write_texture(texture.as_image_copy(), &[0; 256 * 64], layout, texture.size());
    });
    let message = gpu.validation_error(|| {
        let buffer = gpu.empty_buffer(256 * 64, wgpu::BufferUsages::COPY_DST);
        let layout = wgpu::TexelCopyBufferLayout { bytes_per_row: Some(256), ..Default::default() };
        let to = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout };
        let mut encoder = gpu.encoder();
        encoder.copy_texture_to_buffer(texture.as_image_copy(), to, texture.size());
        gpu.queue.submit([encoder.finish()])
    });
    assert!(message.contains("destroyed"), "{message}");
    texture.destroy();
}

#[test]
#[ignore = "needs an X server"]
fn the_surface_goes_before_its_frame_is_used() {
    let display = Display::open();
    for recorded_before in [true, false] {
        let window = display.window(64, 64);
        let shown = show(&window, 64, 64);
        let frame = shown.frame();
        let view = frame.texture.create_view(&Default::default());
        let before = shown.draw(&frame);
        let Shown { gpu, surface, adapter, .. } = shown;
        drop((surface, adapter));
        let before = recorded_before.then_some(before);
        let recorded = before.unwrap_or_else(|| draw_to(&gpu, &view));
        uses_are_errors(&gpu, &frame.texture, recorded);
        frame.present();
        gpu.wait();
        drop(view);
    }
}

#[test]
#[ignore = "needs an X server"]
fn the_device_is_destroyed_with_a_frame_in_hand() {
    let display = Display::open();
    // What happens to the frame, and whether the surface goes first.
    for surface_first in [true, false] {
        for end in 0..3 {
            let window = display.window(64, 64);
            let shown = show(&window, 64, 64);
            let frame = shown.frame();
            let recorded = shown.draw(&frame);
            shown.gpu.device.destroy();
            let Shown { surface, gpu, adapter, .. } = shown;
            let mut surface = Some(surface);
            if surface_first {
                surface = None;
            }
            gpu.queue.submit([recorded]);
            let kept = match end {
                0 => {
                    frame.present();
                    None
                }
                1 => Some(frame),
                _ => {
                    let texture = frame.texture.clone();
                    drop(frame);
                    drop(texture);
                    None
                }
            };
            drop(surface);
            gpu.wait();
            drop((kept, adapter));
        }
    }
}

#[test]
#[ignore = "needs an X server"]
fn a_dropped_frame_is_given_back_whatever_uses_it() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let usage = wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING;
    let config = wgpu::SurfaceConfiguration { usage, ..shown.config.clone() };
    shown.gpu.no_error(|| shown.surface.configure(&shown.gpu.device, &config));
    let layout = shown.gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: None,
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Float { filterable: true },
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled: false,
            },
            count: None,
        }],
    });
    let frame = shown.frame();
    let view = frame.texture.create_view(&Default::default());
    let group = shown.gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &layout,
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::TextureView(&view),
        }],
    });
    let recorded = shown.draw(&frame);
    let texture = frame.texture.clone();
    drop(frame);
    shown.gpu.no_error(|| {
        shown.surface.configure(&shown.gpu.device, &config);
        shown.show_frame();
    });
    uses_are_errors(&shown.gpu, &texture, recorded);
    let message =
        shown.gpu.validation_error(|| shown.gpu.queue.submit([draw_to(&shown.gpu, &view)]));
    assert!(message.contains("destroyed"), "{message}");
    shown.gpu.no_error(|| shown.show_frame());
    drop((view, group, texture));
    shown.gpu.no_error(|| shown.show_frame());
}

#[test]
#[ignore = "needs an X server"]
fn a_clone_keeps_the_frame() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let frame = shown.frame();
    drop(frame.clone());
    shown.gpu.no_error(|| {
        shown.gpu.queue.submit([shown.draw(&frame)]);
        frame.present();
        shown.show_frame();
    });
}

#[test]
#[ignore = "needs an X server"]
fn latencies() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    for (latency, expected) in [
        (0, Outcome::Valid),
        (16, Outcome::Valid),
        (100, Outcome::Valid),
        (u32::MAX - 1, Outcome::OutOfMemory),
        (u32::MAX, Outcome::OutOfMemory),
    ] {
        let desired_maximum_frame_latency = latency;
        let config =
            wgpu::SurfaceConfiguration { desired_maximum_frame_latency, ..shown.config.clone() };
        let configure = || shown.surface.configure(&shown.gpu.device, &config);
        assert_eq!(shown.gpu.outcome(&format!("latency {latency}"), configure), expected);
    }
    shown.gpu.no_error(|| shown.show_frame());
}

#[test]
#[ignore = "needs an X server"]
fn the_last_device_goes_with_a_configuration() {
    let display: &'static Display = Box::leak(Box::new(Display::open()));
    let window: &'static Window<'static> = Box::leak(Box::new(display.window(64, 64)));
    let Shown { surface, config, adapter, gpu: Gpu { device, queue, leaks } } =
        show(window, 64, 64);
    let (next, next_queue) =
        pollster::block_on(adapter.request_device(&Default::default())).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let surface = Arc::new(surface);
        let used = surface.clone();
        queue.on_submitted_work_done(move || {
            drop(used.get_current_texture());
            assert!(used.get_configuration().is_some());
        });
        drop((device, queue));
        // The callback is called when the device goes, and uses the surface that lets it go.
        surface.configure(&next, &config);
        sender.send(()).unwrap();
    });
    let ended = receiver.recv_timeout(std::time::Duration::from_secs(20));
    assert!(ended.is_ok(), "the surface hangs in a callback of its last device");
    thread.join().unwrap();
    drop((next_queue, adapter, leaks));
}
