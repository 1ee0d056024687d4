//! The tests of surfaces, which need a screen: those that the `wgpu` crate comes through.

use std::process::Command;

use super::record::Seen;
use crate::failure::{Failure, Result};
use crate::windows::{NO_SCREEN, Screen};

/// The file that they are in.
pub(super) const FILE: &str = "surface";

/// The others are about lost devices, windows that are gone and frames that are kept, over which that crate ends the
/// process or panics, or about what the engine library answers in another way.
const TESTS: [&str; 8] = [
    "a_window_that_is_not_seen",
    "another_device",
    "frames_before_and_after_a_resize",
    "modes_that_the_surface_has_not",
    "textures_of_old_frames_may_be_kept",
    "two_hundred_sizes",
    "usages_that_can_be_configured",
    "views_in_the_other_encoding",
];

/// A screen, or none and a line that says why.
pub(super) fn screen() -> Option<Screen> {
    let why = match Screen::start() {
        Ok(Some(screen)) => return Some(screen),
        Ok(None) => NO_SCREEN.to_owned(),
        Err(failure) => failure.to_string(),
    };
    eprintln!("\nthe tests of surfaces are NOT COMPARED: {why}");
    None
}

/// Has `command`, which runs the tests of the file, run these on the screen.
pub(super) fn run_on(screen: &Screen, command: &mut Command) {
    command.args(["--ignored", "--exact"]).args(TESTS);
    screen.show_on(command);
}

/// Fails unless all of them were run.
pub(super) fn check(seen: &Seen) -> Result {
    let missing =
        TESTS.into_iter().filter(|test| !seen.tests.contains_key(&format!("{FILE}.{test}")));
    let missing = missing.collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("no tests of surfaces are called {}", missing.join(", ")),
        "put their present names into scripts/src/compare/surfaces.rs",
    ))
}
