//! The tests of surfaces, which need a screen.

use super::Outcome;
use crate::failure::Result;
use crate::process;
use crate::setup::Options;
use crate::windows::{NO_SCREEN, Screen};

/// Runs them, with direct calls and through the FFI engine.
pub(super) fn check() -> Result<Outcome> {
    let Some(screen) = Screen::start()? else {
        return Ok(Outcome::NotChecked(NO_SCREEN.into()));
    };
    crate::setup::run(Options::default())?;
    for calls in ["direct", "engine"] {
        eprintln!("\nWEBGPU_CALLS={calls}:");
        let mut command = process::cargo();
        command.args(["test", "--package", "webgpu", "--test", "surface", "--", "--ignored"]);
        command.env("WEBGPU_CALLS", calls);
        screen.show_on(&mut command);
        process::run(&mut command, "see the failing tests above")?;
    }
    Ok(Outcome::Passed)
}
