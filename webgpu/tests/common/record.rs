//! What a test has seen, written down: `cargo xtask compare` runs the same tests on the `wgpu` crate and compares.
//!
//! With `WEBGPU_RECORD` in the environment, a folder, each test has a file there. An entry is one line, `name: value`; the
//! further lines of a long value are indented.

use super::Gpu;
use std::{
    env,
    fmt::Display,
    fs::File,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    thread,
};
use webgpu as wgpu;

/// Writes down a value of this test. What other threads of a test see comes in no order, and is left out.
pub(crate) fn record(name: &str, value: impl Display) {
    let Some(folder) = env::var_os("WEBGPU_RECORD") else {
        return;
    };
    // The harness names the threads of tests after them.
    let thread = thread::current();
    let Some(test) = thread.name() else {
        return;
    };
    assert_ne!(test, "main", "recorded tests run on threads of their own: use `--test-threads=2`");
    let file = format!("{}.{}.txt", env!("CARGO_CRATE_NAME"), test.replace("::", "."));
    let path = Path::new(&folder).join(file);
    let value = value.to_string().trim_end().replace('\n', "\n  ");
    let written = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| writeln!(file, "{name}: {value}"));
    if let Err(error) = written {
        panic!("cannot write {}: {error}", path.display());
    }
}

/// Writes down bytes, 32 in a row; of equal rows the first one, and how many there are.
pub(crate) fn record_bytes(name: &str, bytes: &[u8]) {
    let mut text = format!("{} bytes", bytes.len());
    for equal in bytes.chunks(32).collect::<Vec<_>>().chunk_by(PartialEq::eq) {
        let row = equal[0].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        text += &match equal.len() {
            1 => format!("\n{row}"),
            count => format!("\n{row} x{count}"),
        };
    }
    record(name, text);
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Valid,
    Validation,
    OutOfMemory,
    Internal,
    Panic,
}

impl Outcome {
    fn of(error: &wgpu::Error) -> Self {
        match error {
            wgpu::Error::Validation { .. } => Self::Validation,
            wgpu::Error::OutOfMemory { .. } => Self::OutOfMemory,
            wgpu::Error::Internal { .. } => Self::Internal,
        }
    }
}

impl Gpu {
    /// How `call` ends, with what it returned; written down.
    pub(crate) fn attempt<R>(&self, name: &str, call: impl FnOnce() -> R) -> (Outcome, Option<R>) {
        let (outcome, result) = self.end_of(call);
        record(name, format!("{outcome:?}"));
        (outcome, result)
    }

    /// How `call` ends, with what it returned.
    pub(crate) fn end_of<R>(&self, call: impl FnOnce() -> R) -> (Outcome, Option<R>) {
        use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
        let scopes = [Validation, OutOfMemory, Internal];
        let scopes = scopes.map(|filter| self.device.push_error_scope(filter));
        let result = catch_unwind(AssertUnwindSafe(call));
        let errors = scopes.into_iter().rev().filter_map(|scope| pollster::block_on(scope.pop()));
        let errors = errors.collect::<Vec<_>>();
        let outcome = match (&result, errors.first()) {
            (Err(_), _) => Outcome::Panic,
            (Ok(_), Some(error)) => Outcome::of(error),
            (Ok(_), None) => Outcome::Valid,
        };
        (outcome, result.ok())
    }

    /// How `call` ends; written down. What it returns is dropped afterwards.
    pub(crate) fn outcome<R>(&self, name: &str, call: impl FnOnce() -> R) -> Outcome {
        self.attempt(name, call).0
    }
}
