//! Mistakes, and calls at the edge of what is allowed: each gives the kind of error that `wgpu` gives.
//!
//! Among them is everything that `libwgpu_native` 29 ends the process over.

mod binding;
mod buffers;
#[path = "../common/mod.rs"]
mod common;
mod mapping;
mod passes;
mod pipelines;
mod recording;
mod textures;
mod transfers;

use common::Gpu;
use std::panic::{AssertUnwindSafe, catch_unwind};
use webgpu as wgpu;

/// What a call leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing is wrong.
    Valid,
    /// A validation error, in the innermost scope.
    Invalid,
    /// An error for lack of memory.
    OutOfMemory,
    /// A panic with this in its message.
    Panic(&'static str),
    /// A validation error, as WebGPU has it; or a panic in `wgpu`, which does not look for the mistake.
    Refused,
}

pub(crate) use Outcome::{Invalid, OutOfMemory, Panic, Refused, Valid};

/// A call, and what it leads to.
pub(crate) struct Row(pub(crate) &'static str, pub(crate) Outcome, pub(crate) fn(&Gpu));

/// Makes the calls of a table, each on a device of its own.
pub(crate) fn check(table: &[Row]) {
    if std::env::var_os("LOUD").is_none() {
        std::panic::set_hook(Box::new(|_| ()));
    }
    let wrong = table.iter().filter_map(|row| wrong(row).err());
    let wrong = wrong.collect::<Vec<_>>();
    drop(std::panic::take_hook());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

fn wrong(Row(name, expected, call): &Row) -> Result<(), String> {
    let gpu = common::gpu();
    let [internal, memory, validation] = [
        wgpu::ErrorFilter::Internal,
        wgpu::ErrorFilter::OutOfMemory,
        wgpu::ErrorFilter::Validation,
    ]
    .map(|filter| gpu.device.push_error_scope(filter));
    let panic = catch_unwind(AssertUnwindSafe(|| call(&gpu))).err();
    let panic = panic.map(|panic| match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("?").to_owned(),
    });
    let errors = [validation, memory, internal].map(|scope| pollster::block_on(scope.pop()));
    match catch_unwind(AssertUnwindSafe(|| drop(gpu))) {
        // What panics may leave something behind.
        Err(_) if panic.is_some() => {}
        Err(left) => {
            let left = left.downcast::<String>();
            return Err(format!("{name}: {}", left.as_deref().map_or("?", String::as_str)));
        }
        Ok(()) => {}
    }
    let kind = match (expected, &panic, &errors) {
        (Refused, ..) => "Refused",
        (_, Some(_), _) => "Panic",
        (_, None, [Some(_), ..]) => "Validation",
        (_, None, [_, Some(_), _]) => "OutOfMemory",
        (_, None, [_, _, Some(_)]) => "Internal",
        (_, None, _) => "Valid",
    };
    common::record(name, kind);
    match (expected, &panic, &errors) {
        (Valid, None, [None, None, None])
        | (Invalid | Refused, None, [Some(wgpu::Error::Validation { .. }), None, None])
        | (OutOfMemory, None, [None, Some(wgpu::Error::OutOfMemory { .. }), None])
        | (Refused, Some(_), [_, None, None]) => return Ok(()),
        (Panic(part), Some(message), [_, None, None]) if message.contains(part) => return Ok(()),
        _ => {}
    }
    let errors = errors.iter().flatten().map(ToString::to_string).collect::<Vec<_>>();
    Err(format!("{name}: expected {expected:?}, got the panic {panic:?} and the errors {errors:?}"))
}
