//! The objects that random operations are done with.

use crate::common::{self, dice::Dice};
use crate::wgpu;
use crate::x11::{Display, Window};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How many of each kind there are at most; the oldest one goes.
const ROOM: usize = 3;

#[derive(Clone)]
struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

/// A surface on a window, which it keeps.
struct Shown {
    surface: Arc<wgpu::Surface<'static>>,
    window: Arc<Window<'static>>,
}

/// All objects.
pub(crate) struct World {
    display: &'static Display,
    instance: wgpu::Instance,
    adapter: wgpu::Adapter,
    pub(crate) frames_shown: usize,
    shown: Vec<Shown>,
    frames: Vec<wgpu::SurfaceTexture>,
    textures: Vec<wgpu::Texture>,
    views: Vec<wgpu::TextureView>,
    encoders: Vec<wgpu::CommandEncoder>,
    passes: Vec<wgpu::RenderPass<'static>>,
    commands: Vec<wgpu::CommandBuffer>,
    gpus: Vec<Gpu>,
}

/// Something to do.
pub(crate) type Operation = fn(&mut World, &mut Dice);

/// What can be done; what is done more often stands there more than once.
#[rustfmt::skip]
pub(crate) const OPERATIONS: &[(&str, Operation)] = &[
    ("open", open), ("open", open),
    ("configure", configure), ("configure", configure), ("configure", configure),
    ("acquire", acquire), ("acquire", acquire), ("acquire", acquire), ("acquire", acquire),
    ("view", view), ("view", view), ("view", view),
    ("draw", draw), ("draw", draw), ("draw", draw), ("begin", begin), ("end", end), ("copy", copy),
    ("finish", finish), ("finish", finish), ("finish", finish),
    ("submit", submit), ("submit", submit), ("submit", submit), ("submit twice", submit_all),
    ("present", present), ("present", present), ("present", present), ("present", present),
    ("show", show), ("show", show), ("show", show), ("show", show),
    ("clone frame", clone_frame), ("keep texture", keep_texture), ("destroy texture", destroy_texture),
    ("drop frame", drop_frame), ("drop frame", drop_frame), ("drop some", drop_some), ("drop some", drop_some),
    ("drop surface", drop_surface), ("use in callback", use_in_callback),
    ("window", change_window), ("window", change_window), ("ask", ask),
    ("device", new_device), ("destroy device", destroy_device), ("poll", poll),
];

/// Adds it, and lets the oldest one go if there are many.
fn add<T>(items: &mut Vec<T>, item: T) {
    if items.len() == ROOM {
        items.remove(0);
    }
    items.push(item);
}

fn any<'a, T>(items: &'a [T], dice: &mut Dice) -> Option<&'a T> {
    (!items.is_empty()).then(|| &items[dice.below(items.len())])
}

fn take<T>(items: &mut Vec<T>, dice: &mut Dice) -> Option<T> {
    (!items.is_empty()).then(|| items.swap_remove(dice.below(items.len())))
}

fn gpu(adapter: &wgpu::Adapter) -> Gpu {
    let (device, queue) =
        pollster::block_on(adapter.request_device(&Default::default())).expect("a device");
    device.on_uncaptured_error(Arc::new(|_| ()));
    Gpu { device, queue }
}

impl World {
    pub(crate) fn new(display: &'static Display, instance: &wgpu::Instance) -> Self {
        let adapter = common::adapter(instance);
        let gpus = vec![gpu(&adapter)];
        Self {
            display,
            instance: instance.clone(),
            adapter,
            frames_shown: 0,
            shown: Vec::new(),
            frames: Vec::new(),
            textures: Vec::new(),
            views: Vec::new(),
            encoders: Vec::new(),
            passes: Vec::new(),
            commands: Vec::new(),
            gpus,
        }
    }

    /// Mostly the newest device.
    fn gpu(&self, dice: &mut Dice) -> &Gpu {
        let last = self.gpus.len() - 1;
        &self.gpus[if dice.percent(80) { last } else { dice.below(last + 1) }]
    }

    /// Drops everything, in one of many orders.
    pub(crate) fn drop_all(mut self, dice: &mut Dice) {
        for _ in 0..200 {
            let _ = catch_unwind(AssertUnwindSafe(|| drop_some(&mut self, dice)));
        }
        let (gpus, instance) = (std::mem::take(&mut self.gpus), self.instance.clone());
        let _ = catch_unwind(AssertUnwindSafe(|| drop(self)));
        for gpu in gpus {
            let wait = || gpu.device.poll(wgpu::PollType::wait_indefinitely());
            while catch_unwind(AssertUnwindSafe(wait)).is_err() {}
            // Callbacks that are called when the device goes may panic.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(gpu)));
        }
        // Callbacks that became due before a panic are called by the next call.
        while catch_unwind(AssertUnwindSafe(|| instance.poll_all(false))).is_err() {}
    }
}

fn open(world: &mut World, dice: &mut Dice) {
    let window = match dice.percent(50) {
        true => world.display.window(64, 48),
        false => world.display.xcb_window(64, 48),
    };
    let window = Arc::new(window);
    let surface = world.instance.create_surface(window.clone()).expect("a surface");
    add(&mut world.shown, Shown { surface: Arc::new(surface), window });
    let shown = world.shown.last().expect("it was added");
    configure_sanely(world, shown, dice);
}

fn configure_sanely(world: &World, shown: &Shown, dice: &mut Dice) {
    if let Some(config) = shown.surface.get_default_config(&world.adapter, 64, 48) {
        shown.surface.configure(&world.gpu(dice).device, &config);
    }
}

fn configure(world: &mut World, dice: &mut Dice) {
    use wgpu::{PresentMode, TextureUsages as Usages};
    let Some(shown) = any(&world.shown, dice) else { return };
    if dice.percent(60) {
        return configure_sanely(world, shown, dice);
    }
    let Some(mut config) = shown.surface.get_default_config(&world.adapter, 64, 48) else { return };
    config.width = dice.pick(&[1, 64, 64, 65, 320, 0, 20_000, u32::MAX]);
    config.height = dice.pick(&[1, 48, 48, 47, 240, 0, u32::MAX]);
    config.desired_maximum_frame_latency = dice.pick(&[0, 1, 2, 2, 3, 16, u32::MAX]);
    config.present_mode = dice.pick(&[
        PresentMode::AutoVsync,
        PresentMode::AutoNoVsync,
        PresentMode::Fifo,
        PresentMode::Immediate,
        PresentMode::Mailbox,
        PresentMode::FifoRelaxed,
    ]);
    config.usage |= dice.pick(&[
        Usages::empty(),
        Usages::COPY_SRC,
        Usages::COPY_DST,
        Usages::TEXTURE_BINDING,
        Usages::STORAGE_BINDING,
        Usages::all(),
    ]);
    if dice.percent(10) {
        config.format =
            dice.pick(&[wgpu::TextureFormat::R8Unorm, wgpu::TextureFormat::Depth32Float]);
    }
    shown.surface.configure(&world.gpu(dice).device, &config);
}

fn acquire(world: &mut World, dice: &mut Dice) {
    let Some(shown) = any(&world.shown, dice) else { return };
    use wgpu::CurrentSurfaceTexture::{Suboptimal, Success};
    if let Success(frame) | Suboptimal(frame) = shown.surface.get_current_texture() {
        add(&mut world.frames, frame);
    }
}

fn view(world: &mut World, dice: &mut Dice) {
    let of_frame = any(&world.frames, dice).map(|frame| &frame.texture);
    let texture = of_frame.filter(|_| dice.percent(80)).or(any(&world.textures, dice));
    if let Some(texture) = texture {
        add(&mut world.views, texture.create_view(&Default::default()));
    }
}

fn encoder(world: &World, dice: &mut Dice) -> wgpu::CommandEncoder {
    world.gpu(dice).device.create_command_encoder(&Default::default())
}

fn begin_pass<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: Default::default(),
        })],
        ..Default::default()
    })
}

fn draw(world: &mut World, dice: &mut Dice) {
    let mut encoder = encoder(world, dice);
    if let Some(view) = any(&world.views, dice) {
        drop(begin_pass(&mut encoder, view));
    }
    add(&mut world.encoders, encoder);
}

fn begin(world: &mut World, dice: &mut Dice) {
    let mut encoder = encoder(world, dice);
    if let Some(view) = any(&world.views, dice) {
        let pass = begin_pass(&mut encoder, view).forget_lifetime();
        add(&mut world.passes, pass);
    }
    add(&mut world.encoders, encoder);
}

fn end(world: &mut World, dice: &mut Dice) {
    drop(take(&mut world.passes, dice));
}

fn copy(world: &mut World, dice: &mut Dice) {
    let Some(frame) = any(&world.frames, dice) else { return };
    let gpu = world.gpu(dice);
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 256 * 64,
        usage: wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let layout = wgpu::TexelCopyBufferLayout { bytes_per_row: Some(256), ..Default::default() };
    let to = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout };
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(frame.texture.as_image_copy(), to, frame.texture.size());
    gpu.queue.write_texture(
        frame.texture.as_image_copy(),
        &[0; 256 * 64],
        layout,
        frame.texture.size(),
    );
    add(&mut world.encoders, encoder);
}

fn finish(world: &mut World, dice: &mut Dice) {
    if let Some(encoder) = take(&mut world.encoders, dice) {
        add(&mut world.commands, encoder.finish());
    }
}

fn submit(world: &mut World, dice: &mut Dice) {
    let commands = take(&mut world.commands, dice);
    world.gpu(dice).queue.submit(commands);
}

fn submit_all(world: &mut World, dice: &mut Dice) {
    let commands = std::mem::take(&mut world.commands);
    world.gpu(dice).queue.submit(commands);
}

fn present(world: &mut World, dice: &mut Dice) {
    if let Some(frame) = take(&mut world.frames, dice) {
        frame.present();
        world.frames_shown += 1;
    }
}

/// A frame as a program shows it, from beginning to end.
fn show(world: &mut World, dice: &mut Dice) {
    let Some(shown) = any(&world.shown, dice) else { return };
    use wgpu::CurrentSurfaceTexture::{Suboptimal, Success};
    let frame = match shown.surface.get_current_texture() {
        Success(frame) | Suboptimal(frame) => frame,
        _ => return configure_sanely(world, shown, dice),
    };
    let gpu = world.gpu(dice);
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    let view = frame.texture.create_view(&Default::default());
    drop(begin_pass(&mut encoder, &view));
    gpu.queue.submit([encoder.finish()]);
    frame.present();
    world.frames_shown += 1;
}

fn clone_frame(world: &mut World, dice: &mut Dice) {
    if let Some(frame) = any(&world.frames, dice).cloned() {
        add(&mut world.frames, frame);
    }
}

fn keep_texture(world: &mut World, dice: &mut Dice) {
    if let Some(frame) = any(&world.frames, dice) {
        add(&mut world.textures, frame.texture.clone());
    }
}

fn destroy_texture(world: &mut World, dice: &mut Dice) {
    if let Some(frame) = any(&world.frames, dice) {
        frame.texture.destroy();
    }
}

fn drop_frame(world: &mut World, dice: &mut Dice) {
    drop(take(&mut world.frames, dice));
}

fn drop_some(world: &mut World, dice: &mut Dice) {
    match dice.below(8) {
        0 => drop(take(&mut world.frames, dice)),
        1 => drop(take(&mut world.textures, dice)),
        2 => drop(take(&mut world.views, dice)),
        3 => drop(take(&mut world.encoders, dice)),
        4 => drop(take(&mut world.passes, dice)),
        5 => drop(take(&mut world.commands, dice)),
        6 if world.gpus.len() > 1 => drop(take(&mut world.gpus, dice)),
        _ => {}
    }
}

fn drop_surface(world: &mut World, dice: &mut Dice) {
    drop(take(&mut world.shown, dice));
}

fn use_in_callback(world: &mut World, dice: &mut Dice) {
    let Some(shown) = any(&world.shown, dice) else { return };
    let gpu = world.gpu(dice);
    let (surface, device) = (shown.surface.clone(), gpu.device.clone());
    let what = dice.below(3);
    gpu.queue.on_submitted_work_done(move || match what {
        0 => drop(surface.get_current_texture()),
        1 => {
            if let Some(config) = surface.get_configuration() {
                surface.configure(&device, &config);
            }
        }
        _ => drop(surface),
    });
}

fn change_window(world: &mut World, dice: &mut Dice) {
    let Some(shown) = any(&world.shown, dice) else { return };
    match dice.below(8) {
        0 => shown.window.set_visible(false),
        1 => shown.window.set_visible(true),
        2 => shown.window.destroy(),
        _ => shown.window.resize(dice.pick(&[1, 64, 100, 640]), dice.pick(&[1, 48, 50, 480])),
    }
}

fn ask(world: &mut World, dice: &mut Dice) {
    if let Some(shown) = any(&world.shown, dice) {
        let _ = shown.surface.get_capabilities(&world.adapter);
        let _ = shown.surface.get_configuration();
        let _ = world.adapter.is_surface_supported(&shown.surface);
    }
}

fn new_device(world: &mut World, _: &mut Dice) {
    let gpu = gpu(&world.adapter);
    add(&mut world.gpus, gpu);
}

fn destroy_device(world: &mut World, dice: &mut Dice) {
    world.gpu(dice).device.destroy();
    if dice.percent(70) {
        new_device(world, dice);
    }
}

fn poll(world: &mut World, dice: &mut Dice) {
    let _ = world.gpu(dice).device.poll(match dice.percent(50) {
        true => wgpu::PollType::Poll,
        false => wgpu::PollType::wait_indefinitely(),
    });
}
