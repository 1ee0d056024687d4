//! Random calls on devices, queues, buffers and mapped memory.

use crate::{
    common::dice::Dice,
    record::{copy_size, layout},
    world::{Call, Owed, World},
};
use std::sync::{Arc, atomic::Ordering};
use std::time::Duration;
use webgpu as wgpu;

pub(crate) const ALL: &[Call] = &[
    submit,
    submit,
    submit,
    write_buffer,
    write_texture,
    write_with,
    done,
    poll,
    poll,
    map,
    map,
    open_view,
    open_view,
    use_views,
    unmap,
    destroy,
    scope,
    handlers,
    drop_one,
    drop_one,
];

fn submit(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let count = dice.mostly(&[1, 2], &[0, 3]);
    let buffers = (0..count).map_while(|_| world.command_buffers.take(dice)).collect::<Vec<_>>();
    world.submissions.add(gpu.queue.submit(buffers));
}

/// Numbers that are harmless as vertices, as indices and as counts.
const DATA: [u8; 64] = {
    let mut data = [0; 64];
    data[0] = 1;
    data[8] = 2;
    data
};

fn write_buffer(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let Some(buffer) = world.buffers.any(dice) else { return };
    let data = &DATA[..dice.mostly(&[4, 16, 64], &[0, 1, 3])];
    gpu.queue.write_buffer(buffer, dice.edge(buffer.size()), data);
}

fn write_with(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let Some(buffer) = world.buffers.any(dice) else { return };
    let Some(size) = wgpu::BufferSize::new(dice.edge(buffer.size())) else { return };
    if let Some(mut view) = gpu.queue.write_buffer_with(buffer, dice.edge(buffer.size()), size) {
        let part = dice.below(view.len() + 2);
        if part <= view.len() {
            view.slice(part..).fill(0);
        }
        world.write_views.add(view);
    }
}

fn write_texture(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let Some(texture) = world.textures.any(dice) else { return };
    let data = vec![0; dice.mostly(&[16, 1024, 16384], &[0, 1, 255])];
    let size = copy_size(dice, texture);
    let mut side = texture.as_image_copy();
    side.mip_level = dice.mostly(&[0], &[1, 31, 32, u32::MAX]);
    side.origin.x = dice.mostly(&[0], &[1, u32::MAX]);
    gpu.queue.write_texture(side, &data, layout(dice), size);
}

fn done(world: &mut World, dice: &mut Dice) {
    let errand = errand(world, dice);
    world.gpu(dice).queue.on_submitted_work_done(errand);
}

/// Panics when it goes, unless that would end the process.
struct Grudge;

impl Drop for Grudge {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("in a destructor");
        }
    }
}

/// What a callback does: to be called is mostly all. Others call back into the API, panic, or own what panics when it goes.
fn errand(world: &World, dice: &mut Dice) -> impl FnOnce() + Send + use<> {
    let owed = Owed::new(&world.tally);
    let (gpu, buffer) = (world.gpu(dice), world.buffers.any(dice).cloned());
    let (grudge, what) = (dice.percent(5).then_some(Grudge), dice.below(10));
    move || {
        owed.paid();
        match what {
            0 => {
                buffer.inspect(wgpu::Buffer::unmap);
                let _ = gpu.device.poll(wgpu::PollType::Poll);
                drop(gpu.device.create_buffer(&wgpu::BufferDescriptor {
                    label: None,
                    size: 3,
                    usage: wgpu::BufferUsages::empty(),
                    mapped_at_creation: false,
                }));
            }
            1 => {
                gpu.queue.on_submitted_work_done(|| ());
                gpu.queue.submit([]);
                buffer.inspect(|buffer| buffer.map_async(wgpu::MapMode::Read, .., |_| ()));
            }
            2 => panic!("in a callback"),
            _ => {}
        }
        drop(grudge);
    }
}

fn poll(world: &mut World, dice: &mut Dice) {
    let gpu = world.gpu(dice);
    let submission_index = world.submissions.any(dice).cloned();
    let timeout = dice.mostly(&[None], &[Some(Duration::ZERO), Some(Duration::from_millis(5))]);
    let _ = gpu.device.poll(match dice.below(3) {
        0 => wgpu::PollType::Poll,
        1 => wgpu::PollType::Wait { submission_index: None, timeout },
        _ => wgpu::PollType::Wait { submission_index, timeout },
    });
}

fn map(world: &mut World, dice: &mut Dice) {
    let Some(buffer) = world.buffers.any(dice) else { return };
    let size = buffer.size();
    let start = dice.mostly(&[0, 0, 8], &[1, 4, size, u64::MAX]);
    let end = dice.mostly(&[size], &[0, 4, 8, 9, u64::MAX]);
    let mode = dice.pick(&[wgpu::MapMode::Read, wgpu::MapMode::Write]);
    let slice = match dice.percent(60) {
        true => buffer.slice(..),
        false => buffer.slice(start..end),
    };
    let errand = errand(world, dice);
    slice.map_async(mode, move |_| errand());
    if dice.percent(70) {
        let _ = world.gpus[0].device.poll(wgpu::PollType::wait_indefinitely());
    }
}

fn open_view(world: &mut World, dice: &mut Dice) {
    let Some(buffer) = world.buffers.any(dice) else { return };
    let size = buffer.size();
    let start = dice.mostly(&[0, 0, 8], &[1, 4, size, u64::MAX]);
    let end = dice.mostly(&[size], &[0, 4, 8, 9, u64::MAX]);
    match dice.percent(50) {
        true => {
            let view = buffer.get_mapped_range(start..end);
            world.views.add(view);
        }
        false => {
            let view = buffer.get_mapped_range_mut(start..end);
            world.views_mut.add(view);
        }
    }
}

fn use_views(world: &mut World, dice: &mut Dice) {
    if let Some(view) = world.views.any(dice) {
        std::hint::black_box(view.iter().fold(0_u8, |sum, byte| sum ^ byte));
    }
    if let Some(view) = world.views_mut.any_mut(dice) {
        view.slice(..).fill(0);
    }
    drop(world.views.take(dice));
    drop(world.views_mut.take(dice));
    drop(world.write_views.take(dice));
}

fn unmap(world: &mut World, dice: &mut Dice) {
    if let Some(buffer) = world.buffers.any(dice) {
        buffer.unmap();
    }
}

fn destroy(world: &mut World, dice: &mut Dice) {
    if dice.percent(2) {
        world.gpu(dice).device.destroy();
    } else if dice.percent(50) {
        if let Some(buffer) = world.buffers.any(dice) {
            buffer.destroy();
        }
    } else if let Some(texture) = world.textures.any(dice) {
        texture.destroy();
    }
}

fn scope(world: &mut World, dice: &mut Dice) {
    if dice.percent(50) && world.scopes.len() < 5 {
        let filter = dice.pick(&[
            wgpu::ErrorFilter::Validation,
            wgpu::ErrorFilter::OutOfMemory,
            wgpu::ErrorFilter::Internal,
        ]);
        let scope = world.gpu(dice).device.push_error_scope(filter);
        world.scopes.push(scope);
    } else if let Some(scope) = world.scopes.pop() {
        match dice.percent(70) {
            true => drop(pollster::block_on(scope.pop())),
            false => drop(scope),
        }
    }
}

fn handlers(world: &mut World, dice: &mut Dice) {
    let device = world.gpu(dice).device;
    let tally = world.tally.clone();
    let grudge = dice.percent(5).then_some(Grudge);
    match dice.below(4) {
        0 => device.set_device_lost_callback(move |_, _| {
            tally.callbacks.fetch_add(1, Ordering::Relaxed);
            let _ = &grudge;
        }),
        // The first device keeps the second one, and not the other way round.
        1 => {
            let other = world.gpus[1].device.clone();
            world.gpus[0].device.on_uncaptured_error(Arc::new(move |_: wgpu::Error| {
                let _ = other.poll(wgpu::PollType::Poll);
                other.on_uncaptured_error(Arc::new(|_| ()));
            }));
        }
        2 => device.on_uncaptured_error(Arc::new(|error: wgpu::Error| panic!("{error}"))),
        _ => device.on_uncaptured_error(Arc::new(move |_: wgpu::Error| {
            tally.errors.fetch_add(1, Ordering::Relaxed);
        })),
    }
}

fn drop_one(world: &mut World, dice: &mut Dice) {
    world.drop_one(dice);
}
