//! Error scopes: who gets to know of an error. It goes to the innermost scope that wants errors of its kind, else to the
//! device's handler, and without one the call panics.

use webgpu as wgpu;

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, mpsc};

use anyhow::{Context, Result, ensure};
use examples::Gpu;
use examples::kernel;

const HELP: &str = "\
Makes errors of each kind, and shows who gets them.

Usage: error_scopes
";

fn main() -> ExitCode {
    kernel::main("error_scopes", HELP, |gpu, out| {
        validation(gpu, out)?;
        out_of_memory(gpu, out)?;
        internal(gpu, out)?;
        shader(gpu, out)?;
        nested(gpu, out)?;
        uncaptured(gpu, out)?;
        unhandled(gpu, out)
    })
}

/// A buffer that no adapter makes: it is for nothing.
fn invalid_buffer(device: &wgpu::Device, label: &str) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: 16,
        usage: wgpu::BufferUsages::empty(),
        mapped_at_creation: false,
    })
}

/// A call that is wrong. The object comes anyway; whatever uses it is an error, too.
fn validation(gpu: &Gpu, out: &mut impl Write) -> Result<()> {
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let buffer = invalid_buffer(&gpu.device, "for nothing");
    // The first error of a scope is kept: this one is its consequence.
    gpu.queue.write_buffer(&buffer, 0, &[0; 16]);
    let error = pollster::block_on(scope.pop()).context("nothing was caught")?;
    ensure!(matches!(error, wgpu::Error::Validation { .. }), "another kind: {error:?}");
    show(out, "validation", &error)
}

/// A call that is right, but asks for more than there is: a terabyte. A driver that gives memory only when it is used
/// does not mind.
fn out_of_memory(gpu: &Gpu, out: &mut impl Write) -> Result<()> {
    let limits = gpu.device.limits();
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let _texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("a terabyte"),
        size: wgpu::Extent3d {
            width: limits.max_texture_dimension_2d,
            height: limits.max_texture_dimension_2d,
            depth_or_array_layers: limits.max_texture_array_layers,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba32Float,
        usage: wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    });
    match pollster::block_on(scope.pop()) {
        Some(error) => show(out, "out of memory", &error),
        None => Ok(writeln!(out, "out of memory: nothing happened\n")?),
    }
}

/// A call that is right and fails nevertheless, in the driver. There is none that does so on demand: the scope is empty.
fn internal(gpu: &Gpu, out: &mut impl Write) -> Result<()> {
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Internal);
    let _sampler = gpu.device.create_sampler(&wgpu::SamplerDescriptor::default());
    match pollster::block_on(scope.pop()) {
        Some(error) => show(out, "internal", &error),
        None => Ok(writeln!(out, "internal: nothing happened\n")?),
    }
}

/// A shader that does not compile is a validation error; the compiler's messages have their places in the source.
fn shader(gpu: &Gpu, out: &mut impl Write) -> Result<()> {
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let module =
        gpu.device.create_shader_module(wgpu::include_wgsl!("../../../shaders/error_scopes.wgsl"));
    let error = pollster::block_on(scope.pop()).context("nothing was caught")?;
    let info = pollster::block_on(module.get_compilation_info());
    let location = info.messages.first().and_then(|message| message.location);
    let location = location.context("the message has no place")?;
    let (line, column) = (location.line_number, location.line_position);
    show(out, &format!("shader, line {line}, from byte {column} on"), &error)
}

/// Scopes within scopes: an error passes those that want others.
fn nested(gpu: &Gpu, out: &mut impl Write) -> Result<()> {
    let outer = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let inner = gpu.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let _buffer = invalid_buffer(&gpu.device, "in two scopes");
    let inner = pollster::block_on(inner.pop());
    let outer = pollster::block_on(outer.pop());
    ensure!(inner.is_none() && outer.is_some(), "inner: {inner:?}, outer: {outer:?}");
    writeln!(
        out,
        "nested: the inner scope, for lack of memory, let it pass; the outer one has it\n"
    )?;
    Ok(())
}

/// Without a scope, the handler of the device is called, on the thread and within the call that made the error.
fn uncaptured(gpu: &Gpu, out: &mut impl Write) -> Result<()> {
    let (sender, receiver) = mpsc::channel();
    let sender = Mutex::new(sender);
    gpu.device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        let _ = sender.lock().map(|sender| sender.send(error));
    }));
    let _buffer = invalid_buffer(&gpu.device, "without a scope");
    let error = receiver.try_recv().context("the handler was not called")?;
    show(out, "uncaptured, with a handler", &error)
}

/// Without a handler too, the call panics: an error that nobody looks at does not go unnoticed.
fn unhandled(gpu: &Gpu, out: &mut impl Write) -> Result<()> {
    // `Gpu` sets a handler on its device: this is another one.
    let request = gpu.adapter.request_device(&wgpu::DeviceDescriptor::default());
    let (device, _queue) = pollster::block_on(request)?;
    // What the panic says is shown below, not on stderr.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| invalid_buffer(&device, "unhandled")));
    panic::set_hook(hook);
    let payload = panicked.err().context("the call did not panic")?;
    let message = payload.downcast_ref::<String>().context("the panic has no message")?;
    show(out, "uncaptured, without a handler, it panics", message)
}

/// A heading, and the message a little to the right of it.
fn show(out: &mut impl Write, heading: &str, message: &impl ToString) -> Result<()> {
    writeln!(out, "{heading}:")?;
    for line in message.to_string().trim_end().lines().filter(|line| !line.trim().is_empty()) {
        writeln!(out, "  {line}")?;
    }
    Ok(writeln!(out)?)
}
