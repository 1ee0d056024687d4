//! What has to be tried, and may end the process: the library, the adapters, and what each of them computes and draws.
//!
//! A probe runs in a process of its own and tells what it does and finds as records on standard output, between control
//! characters, so that what a library prints there does no harm.

use webgpu as wgpu;

use std::fmt::Display;
use std::io::{self, Write};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use examples::gpu::{self, Gpu, NO_ADAPTER, Needs};
use examples::{child, engine};

use crate::{checks, library};

/// The argument that makes this program one that tries; what, comes behind it.
pub(crate) const ARGUMENT: &str = "--probe";

/// Before a record, between its fields, behind it.
pub(crate) const MARKS: [char; 3] = ['\u{1e}', '\u{1f}', '\u{1d}'];

/// Says something to the process that asked.
pub(crate) fn tell(fields: &[&dyn Display]) {
    let [begin, between, end] = MARKS;
    let fields = fields.iter().map(|field| field.to_string().replace(MARKS, " "));
    let record = fields.collect::<Vec<_>>().join(&between.to_string());
    let mut out = io::stdout().lock();
    // What cannot be told the other process misses, and says so.
    let _ = write!(out, "{begin}{record}{end}").and_then(|()| out.flush());
}

/// Says what is done next.
pub(crate) fn step(name: &str) {
    tell(&[&"step", &name]);
}

/// Does what `what` names: `library`, `adapters`, or tries the adapter of a number.
pub(crate) fn run(what: &str) -> Result<()> {
    step("start");
    std::panic::set_hook(Box::new(|panic| tell(&[&"problem", &format!("it {panic}")])));
    let outcome =
        child::end_with_parent().context("cannot start a thread").and_then(|()| match what {
            "library" => library::probe(),
            "adapters" => adapters(),
            number => adapter(number.parse().context("no such probe")?),
        });
    match &outcome {
        Ok(()) => {
            tell(&[&"done"]);
            step("end");
        }
        Err(error) => tell(&[&"problem", &format!("{error:#}")]),
    }
    outcome
}

fn instance() -> Result<wgpu::Instance> {
    step("instance");
    engine::instance(wgpu::InstanceDescriptor::new_without_display_handle_from_env())
}

fn all_adapters(instance: &wgpu::Instance) -> Result<Vec<wgpu::Adapter>> {
    step("list");
    let backends = wgpu::Backends::from_env().unwrap_or_default();
    let adapters = pollster::block_on(instance.enumerate_adapters(backends));
    ensure!(!adapters.is_empty(), NO_ADAPTER);
    Ok(adapters)
}

/// Lists the adapters, and tells the one that programs take.
fn adapters() -> Result<()> {
    let instance = instance()?;
    let adapters = all_adapters(&instance)?;
    for adapter in &adapters {
        let info = adapter.get_info();
        let driver = format!("{} {}", info.driver, info.driver_info);
        let kind = format!("{:?}", info.device_type);
        tell(&[&"adapter", &info.name, &info.backend, &kind, &driver.trim(), &software(&info)]);
    }
    step("choose");
    let chosen = gpu::choose_adapter(&instance, None)?.get_info();
    let same = |adapter: &wgpu::Adapter| adapter.get_info() == chosen;
    if let Some(index) = adapters.iter().position(same) {
        tell(&[&"chosen", &index]);
    }
    step("release");
    Ok(())
}

/// Which driver it is that needs no GPU: one name, `llvmpipe`, stands for two of them.
fn software(info: &wgpu::AdapterInfo) -> &'static str {
    let has = |word: &str| info.name.to_lowercase().contains(word);
    match info.backend {
        wgpu::Backend::Vulkan if has("llvmpipe") => "lavapipe, Mesa's Vulkan without a GPU",
        wgpu::Backend::Gl if has("llvmpipe") => "llvmpipe, Mesa's OpenGL without a GPU",
        wgpu::Backend::Gl if has("softpipe") => "softpipe, Mesa's slow OpenGL without a GPU",
        wgpu::Backend::Vulkan if has("swiftshader") => "SwiftShader, Vulkan without a GPU",
        wgpu::Backend::Dx12 if has("basic render") => "WARP, Direct3D without a GPU",
        _ if info.device_type == wgpu::DeviceType::Cpu => "a driver without a GPU",
        _ => "no",
    }
}

/// Has one adapter compute and draw.
fn adapter(index: usize) -> Result<()> {
    let instance = instance()?;
    let adapters = all_adapters(&instance)?;
    let adapter = adapters.into_iter().nth(index).context("the adapter is gone")?;
    step("open");
    let gpu = Gpu::on(instance, adapter, Needs::default())?;
    for (name, check) in
        [("compute", checks::compute as fn(&Gpu) -> Result<()>), ("draw", checks::draw)]
    {
        step(name);
        let started = Instant::now();
        let outcome = check(&gpu).and_then(|()| gpu.check());
        let said = if outcome.is_ok() { "passed" } else { "failed" };
        tell(&[
            &"check",
            &name,
            &said,
            &format!("{:.1} ms", started.elapsed().as_secs_f64() * 1e3),
        ]);
        outcome.with_context(|| format!("the check `{name}` failed"))?;
    }
    step("release");
    drop(gpu);
    Ok(())
}
