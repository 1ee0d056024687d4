//! Surfaces on windows of X11. They need a display, so they are run on demand:
//! `xvfb-run -a cargo test -p webgpu --test surface -- --ignored`.

#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;
mod orders;
mod x11;

use common::{Outcome, adapter, panic_message, record};
use webgpu as wgpu;
use x11::{Display, Window};

struct Shown<'a> {
    adapter: wgpu::Adapter,
    surface: wgpu::Surface<'a>,
    config: wgpu::SurfaceConfiguration,
    // Dropped last: then it looks whether objects are left.
    gpu: common::Gpu,
}

fn show<'a>(window: &'a Window<'a>, width: u32, height: u32) -> Shown<'a> {
    let instance = common::instance();
    let surface = instance.create_surface(window).unwrap();
    let adapter = adapter(&instance);
    assert!(adapter.is_surface_supported(&surface));
    let (device, queue) = pollster::block_on(adapter.request_device(&Default::default())).unwrap();
    let config = surface.get_default_config(&adapter, width, height).unwrap();
    let gpu = common::Gpu { device, queue, leaks: common::leaks::Check::new(&instance) };
    gpu.no_error(|| surface.configure(&gpu.device, &config));
    Shown { gpu, adapter, surface, config }
}

/// Commands that clear what a view shows.
fn draw_to(gpu: &common::Gpu, view: &wgpu::TextureView) -> wgpu::CommandBuffer {
    let mut encoder = gpu.encoder();
    drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: Default::default(),
        })],
        ..Default::default()
    }));
    encoder.finish()
}

impl Shown<'_> {
    fn frame(&self) -> wgpu::SurfaceTexture {
        match self.surface.get_current_texture() {
            wgpu::CurrentSurfaceTexture::Success(frame)
            | wgpu::CurrentSurfaceTexture::Suboptimal(frame) => frame,
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    fn draw(&self, frame: &wgpu::SurfaceTexture) -> wgpu::CommandBuffer {
        // Its format need not be one for all that the surface is configured for.
        let usage = Some(wgpu::TextureUsages::RENDER_ATTACHMENT);
        let descriptor = wgpu::TextureViewDescriptor { usage, ..Default::default() };
        draw_to(&self.gpu, &frame.texture.create_view(&descriptor))
    }

    fn show_frame(&self) {
        let frame = self.frame();
        self.gpu.queue.submit([self.draw(&frame)]);
        frame.present();
    }
}

#[test]
#[ignore = "needs an X server"]
fn frames_before_and_after_a_resize() {
    let display = Display::open();
    for window in [display.window(320, 240), display.xcb_window(320, 240)] {
        before_and_after_a_resize(&window);
    }
}

fn before_and_after_a_resize(window: &Window<'_>) {
    let mut shown = show(window, 320, 240);
    assert_eq!(shown.surface.get_configuration(), Some(shown.config.clone()));
    let capabilities = shown.surface.get_capabilities(&shown.adapter);
    record("formats", format!("{:?}", capabilities.formats));
    record("present modes", format!("{:?}", capabilities.present_modes));
    record("alpha modes", format!("{:?}", capabilities.alpha_modes));
    record("usages", format!("{:?}", capabilities.usages));
    record("configuration", format!("{:?}", shown.config));
    assert!(capabilities.formats.contains(&shown.config.format));
    assert!(capabilities.present_modes.contains(&wgpu::PresentMode::Fifo));
    shown.gpu.no_error(|| {
        for _ in 0..5 {
            shown.show_frame();
        }
    });
    window.resize(200, 100);
    (shown.config.width, shown.config.height) = (200, 100);
    shown.gpu.no_error(|| {
        shown.surface.configure(&shown.gpu.device, &shown.config);
        let frame = shown.frame();
        assert_eq!((frame.texture.width(), frame.texture.height()), (200, 100));
        drop(frame);
        for _ in 0..5 {
            shown.show_frame();
        }
    });
}

#[test]
#[ignore = "needs an X server"]
fn usages_that_can_be_configured() {
    use wgpu::TextureUsages as Usages;
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    for usage in [
        Usages::RENDER_ATTACHMENT,
        Usages::RENDER_ATTACHMENT | Usages::COPY_SRC,
        Usages::RENDER_ATTACHMENT | Usages::COPY_DST,
        Usages::RENDER_ATTACHMENT | Usages::TEXTURE_BINDING,
        Usages::RENDER_ATTACHMENT | Usages::STORAGE_BINDING,
        Usages::TRANSIENT | Usages::RENDER_ATTACHMENT,
    ] {
        // Storage has no such encoding.
        let format = shown.config.format.remove_srgb_suffix();
        let config = wgpu::SurfaceConfiguration { usage, format, ..shown.config.clone() };
        let configure = || shown.surface.configure(&shown.gpu.device, &config);
        if shown.gpu.outcome(&format!("{usage:?}"), configure) == Outcome::Valid {
            shown.gpu.outcome("shown", || shown.show_frame());
        }
    }
}

#[test]
#[ignore = "needs an X server"]
fn two_hundred_sizes() {
    let display = Display::open();
    for window in [display.window(320, 240), display.xcb_window(320, 240)] {
        let mut shown = show(&window, 320, 240);
        let errors = shown.gpu.collect_errors();
        for round in 1..=200 {
            let size = (1 + round * 7_919 % 640, 1 + round * 104_729 % 480);
            window.resize(size.0, size.1);
            // Now the surface is told, now it has to find out.
            if round % 3 > 0 {
                (shown.config.width, shown.config.height) = size;
                shown.surface.configure(&shown.gpu.device, &shown.config);
            }
            match shown.surface.get_current_texture() {
                wgpu::CurrentSurfaceTexture::Success(frame)
                | wgpu::CurrentSurfaceTexture::Suboptimal(frame) => {
                    shown.gpu.queue.submit([shown.draw(&frame)]);
                    frame.present();
                }
                wgpu::CurrentSurfaceTexture::Outdated => {}
                other => panic!("round {round}: {other:?}"),
            }
        }
        assert!(errors.lock().unwrap().is_empty(), "{errors:?}");
    }
}

#[test]
#[ignore = "needs an X server"]
fn whatever_the_surface_offers() {
    let display = Display::open();
    for window in [display.window(64, 64), display.xcb_window(64, 64)] {
        let shown = show(&window, 64, 64);
        let capabilities = shown.surface.get_capabilities(&shown.adapter);
        let config = || shown.config.clone();
        let mut configs = Vec::new();
        let modes = [wgpu::PresentMode::AutoVsync, wgpu::PresentMode::AutoNoVsync];
        for &present_mode in capabilities.present_modes.iter().chain(&modes) {
            configs.push(wgpu::SurfaceConfiguration { present_mode, ..config() });
        }
        let automatic = [wgpu::CompositeAlphaMode::Auto];
        for &alpha_mode in capabilities.alpha_modes.iter().chain(&automatic) {
            configs.push(wgpu::SurfaceConfiguration { alpha_mode, ..config() });
        }
        for &format in &capabilities.formats {
            configs.push(wgpu::SurfaceConfiguration { format, ..config() });
        }
        for desired_maximum_frame_latency in 1..=3 {
            configs.push(wgpu::SurfaceConfiguration { desired_maximum_frame_latency, ..config() });
        }
        assert!(capabilities.usages.contains(wgpu::TextureUsages::RENDER_ATTACHMENT));
        configs.push(wgpu::SurfaceConfiguration { usage: capabilities.usages, ..config() });
        assert!(configs.len() > 8, "{capabilities:?}");
        for config in configs {
            shown.gpu.no_error(|| {
                shown.surface.configure(&shown.gpu.device, &config);
                let frame = shown.frame();
                assert_eq!(frame.texture.format(), config.format);
                assert_eq!(frame.texture.usage(), config.usage);
                shown.gpu.queue.submit([shown.draw(&frame)]);
                frame.present();
            });
        }
    }
}

#[test]
#[ignore = "needs an X server"]
fn views_in_the_other_encoding() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let capabilities = shown.surface.get_capabilities(&shown.adapter);
    let format = *capabilities.formats.iter().find(|format| format.is_srgb()).unwrap();
    let linear = format.remove_srgb_suffix();
    let config =
        wgpu::SurfaceConfiguration { format, view_formats: vec![linear], ..shown.config.clone() };
    let view = |format| wgpu::TextureViewDescriptor { format: Some(format), ..Default::default() };
    shown.gpu.no_error(|| {
        shown.surface.configure(&shown.gpu.device, &config);
        let frame = shown.frame();
        drop(frame.texture.create_view(&view(linear)));
        shown.gpu.queue.submit([shown.draw(&frame)]);
        frame.present();
    });
    shown.gpu.no_error(|| shown.surface.configure(&shown.gpu.device, &shown.config));
    let frame = shown.frame();
    shown.gpu.validation_error(|| {
        let other = shown.config.format;
        frame.texture.create_view(&view(if other == linear { format } else { linear }))
    });
    drop(frame);
    shown.gpu.validation_error(|| {
        let view_formats = vec![wgpu::TextureFormat::R32Float];
        let config = wgpu::SurfaceConfiguration { view_formats, ..shown.config.clone() };
        shown.surface.configure(&shown.gpu.device, &config);
    });
    shown.show_frame();
}

#[test]
#[ignore = "needs an X server"]
fn modes_that_the_surface_has_not() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let capabilities = shown.surface.get_capabilities(&shown.adapter);
    let all = [
        wgpu::CompositeAlphaMode::Opaque,
        wgpu::CompositeAlphaMode::PreMultiplied,
        wgpu::CompositeAlphaMode::PostMultiplied,
        wgpu::CompositeAlphaMode::Inherit,
    ];
    let missing: Vec<_> =
        all.into_iter().filter(|mode| !capabilities.alpha_modes.contains(mode)).collect();
    assert!(!missing.is_empty(), "{capabilities:?}");
    for alpha_mode in missing {
        let config = wgpu::SurfaceConfiguration { alpha_mode, ..shown.config.clone() };
        shown.gpu.validation_error(|| shown.surface.configure(&shown.gpu.device, &config));
    }
    shown.show_frame();
}

#[test]
#[ignore = "needs an X server"]
fn a_window_that_is_not_seen() {
    let display = Display::open();
    for window in [display.window(64, 64), display.xcb_window(64, 64)] {
        let shown = show(&window, 64, 64);
        shown.gpu.no_error(|| {
            for visible in [true, false, true, false] {
                window.set_visible(visible);
                shown.show_frame();
            }
        });
    }
}

#[test]
#[ignore = "needs an X server"]
fn the_window_goes_before_the_surface() {
    let display = Display::open();
    for window in [display.window(64, 64), display.xcb_window(64, 64)] {
        let shown = show(&window, 64, 64);
        shown.gpu.leaks.waive("the engine keeps the number of a texture where it finds no frame");
        shown.show_frame();
        window.destroy();
        // A frame may be left, not more; then the surface says that it is lost, whatever else is asked of it.
        let errors = shown.gpu.collect_errors();
        let mut current = shown.surface.get_current_texture();
        if let wgpu::CurrentSurfaceTexture::Success(frame)
        | wgpu::CurrentSurfaceTexture::Suboptimal(frame) = current
        {
            frame.present();
            current = shown.surface.get_current_texture();
        }
        assert!(matches!(current, wgpu::CurrentSurfaceTexture::Lost), "{current:?}");
        assert!(errors.lock().unwrap().is_empty(), "{errors:?}");
        assert_eq!(shown.surface.get_default_config(&shown.adapter, 64, 64), None);
        let message = shown
            .gpu
            .validation_error(|| shown.surface.configure(&shown.gpu.device, &shown.config));
        assert!(message.contains("not in list of supported formats"), "{message}");
        let current = shown.surface.get_current_texture();
        assert!(matches!(current, wgpu::CurrentSurfaceTexture::Lost), "{current:?}");
        drop(shown);
    }
    // With a frame in hand.
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let errors = shown.gpu.collect_errors();
    let frame = shown.frame();
    shown.gpu.queue.submit([shown.draw(&frame)]);
    window.destroy();
    frame.present();
    drop((shown, errors));
    // The connection goes on.
    show(&display.window(64, 64), 64, 64).show_frame();
}

#[test]
#[ignore = "needs an X server"]
fn several_windows_on_one_device() {
    let display = Display::open();
    let windows = [display.window(64, 64), display.xcb_window(80, 60), display.window(32, 32)];
    let instance = common::instance();
    let _leaks = common::leaks::Check::new(&instance);
    let mut surfaces: Vec<_> =
        windows.iter().map(|window| instance.create_surface(window).unwrap()).collect();
    let adapter = adapter(&instance);
    let (device, queue) = pollster::block_on(adapter.request_device(&Default::default())).unwrap();
    for surface in &surfaces {
        surface.configure(&device, &surface.get_default_config(&adapter, 64, 64).unwrap());
    }
    let clear = |frame: &wgpu::SurfaceTexture| {
        let view = frame.texture.create_view(&Default::default());
        let mut encoder = device.create_command_encoder(&Default::default());
        drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: Default::default(),
            })],
            ..Default::default()
        }));
        queue.submit([encoder.finish()]);
    };
    for _ in 0..3 {
        // All frames are in flight at once, and presented in another order.
        let frames = surfaces.iter().map(|surface| match surface.get_current_texture() {
            wgpu::CurrentSurfaceTexture::Success(frame)
            | wgpu::CurrentSurfaceTexture::Suboptimal(frame) => frame,
            other => panic!("expected a frame, got {other:?}"),
        });
        let mut frames: Vec<_> = frames.collect();
        frames.iter().for_each(clear);
        // One window is closed with its frame unpresented.
        if frames.len() == 2 {
            surfaces.remove(0);
            frames.remove(0);
        }
        frames.into_iter().rev().for_each(wgpu::SurfaceTexture::present);
        surfaces.pop();
    }
}

#[test]
#[ignore = "needs an X server"]
fn mistakes_are_errors() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let configure = |config: wgpu::SurfaceConfiguration| {
        shown.gpu.validation_error(|| shown.surface.configure(&shown.gpu.device, &config))
    };
    let config = || shown.config.clone();
    let message = configure(wgpu::SurfaceConfiguration { width: 0, ..config() });
    assert!(message.contains("In Surface::configure") && message.contains("non-zero"), "{message}");
    configure(wgpu::SurfaceConfiguration { height: 1 << 20, ..config() });
    configure(wgpu::SurfaceConfiguration { format: wgpu::TextureFormat::R8Uint, ..config() });
    configure(wgpu::SurfaceConfiguration { usage: wgpu::TextureUsages::empty(), ..config() });
    shown.show_frame();

    let frame = shown.frame();
    let message = shown.gpu.validation_error(|| {
        let second = shown.surface.get_current_texture();
        assert!(matches!(second, wgpu::CurrentSurfaceTexture::Validation), "{second:?}");
    });
    assert!(message.contains("already acquired"), "{message}");
    let message = configure(config());
    assert!(message.contains("must be dropped"), "{message}");
    frame.texture.destroy();
    drop(frame);
    shown.show_frame();

    let frame = shown.frame();
    let late = shown.draw(&frame);
    frame.present();
    let message = shown.gpu.validation_error(|| shown.gpu.queue.submit([late]));
    assert!(message.contains("has been destroyed"), "{message}");
    shown.show_frame();
}

#[test]
#[ignore = "needs an X server"]
fn textures_of_old_frames_may_be_kept() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let errors = shown.gpu.collect_errors();
    let mut kept = Vec::new();
    for round in 0..6 {
        let frame = shown.frame();
        shown.gpu.queue.submit([shown.draw(&frame)]);
        kept.push(frame.texture.clone());
        kept.push(frame.texture.create_view(&Default::default()).texture().clone());
        frame.present();
        if round == 3 {
            shown.surface.configure(&shown.gpu.device, &shown.config);
            kept.drain(..3);
        }
        // The driver has no way to take back a frame, so only a few can be discarded before the next configuration.
        if round == 1 || round == 4 {
            let discarded = shown.frame();
            drop(kept.pop());
            drop(discarded);
        }
    }
    shown.show_frame();
    drop(kept);
    shown.show_frame();
    assert!(errors.lock().unwrap().is_empty());
}

#[test]
#[ignore = "needs an X server"]
fn frames_outlive_the_surface() {
    let display = Display::open();
    let window = display.window(64, 64);
    let Shown { gpu, surface, .. } = show(&window, 64, 64);
    let frame = match surface.get_current_texture() {
        wgpu::CurrentSurfaceTexture::Success(frame) => frame,
        other => panic!("{other:?}"),
    };
    let texture = frame.texture.clone();
    drop(surface);
    frame.present();
    drop(texture);
    gpu.wait();
}

#[test]
#[ignore = "needs an X server"]
fn a_lost_device() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    let frame = shown.frame();
    shown.gpu.device.destroy();
    drop(frame);
    shown.gpu.wait();
    let nothing = shown.surface.get_current_texture();
    assert!(matches!(nothing, wgpu::CurrentSurfaceTexture::Validation), "{nothing:?}");
    shown.surface.configure(&shown.gpu.device, &shown.config);

    // The frame was given back before its device went, so that the surface is free for another one.
    let (device, queue) =
        pollster::block_on(shown.adapter.request_device(&Default::default())).unwrap();
    let leaks = shown.gpu.leaks.clone();
    let shown = Shown { gpu: common::Gpu { device, queue, leaks }, ..shown };
    shown.gpu.no_error(|| {
        shown.surface.configure(&shown.gpu.device, &shown.config);
        shown.show_frame();
    });
}

#[test]
#[ignore = "needs an X server"]
fn another_device() {
    let display = Display::open();
    let window = display.window(64, 64);
    let shown = show(&window, 64, 64);
    shown.show_frame();
    shown.gpu.device.destroy();
    shown.gpu.wait();
    let (device, queue) =
        pollster::block_on(shown.adapter.request_device(&Default::default())).unwrap();
    let leaks = shown.gpu.leaks.clone();
    let shown = Shown { gpu: common::Gpu { device, queue, leaks }, ..shown };
    shown.gpu.no_error(|| {
        shown.surface.configure(&shown.gpu.device, &shown.config);
        shown.show_frame();
    });
}

#[test]
#[ignore = "needs an X server"]
fn without_a_configuration() {
    let display = Display::open();
    let window = display.window(64, 64);
    let instance = common::instance();
    let surface = instance.create_surface(&window).unwrap();
    let message = panic_message(|| surface.get_current_texture());
    assert!(message.contains("not configured"), "{message}");
    let options =
        wgpu::RequestAdapterOptions { compatible_surface: Some(&surface), ..Default::default() };
    let adapter = pollster::block_on(instance.request_adapter(&options)).unwrap();
    assert!(adapter.is_surface_supported(&surface));
    let other = common::instance();
    let message = panic_message(|| drop(other.request_adapter(&options)));
    assert!(message.contains("different instances"), "{message}");
}
