//! `cargo xtask windows`: the examples in windows, on screens without a monitor.

mod dump;
mod look;
mod on_wayland;
mod on_x11;
mod program;
mod wayland;
mod x11;

use std::ffi::OsString;
use std::time::Instant;

use crate::arguments::Arguments;
use crate::examples::{self, Drawn, Example, Programs};
use crate::failure::Result;
use crate::progress::seconds;
use crate::{process, setup};

pub(crate) use x11::{NO_SCREEN, Screen};

pub(crate) const HELP: &str = "\
Opens each example that draws in a window, under Xvfb and under a Wayland compositor without a monitor, draws 60 frames,
compares what the screen shows with what the example draws into a file, and ends it. Under Xvfb each window is resized 200
times at random in between; several windows are closed while frames are drawn; under Wayland one screen has another scale.

usage: cargo xtask windows [EXAMPLE...]

Linux only. On a Debian-like system, what is missing is installed if this user may.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    for unchecked in run(&examples::chosen(Arguments::of("windows", arguments))?)? {
        eprintln!("NOT CHECKED: {unchecked}");
    }
    Ok(())
}

/// Pixels of each window, and of each picture that it is compared with.
const SIZE: (u32, u32) = (400, 300);

/// What an example is asked for, in a window and without one.
fn arguments(size: (u32, u32)) -> [String; 4] {
    let size = format!("{}x{}", size.0, size.1);
    ["--frames".into(), "60".into(), "--size".into(), size]
}

/// Checks these examples. Returns what could not be checked.
pub(crate) fn run(examples: &[Example]) -> Result<Vec<String>> {
    let started = Instant::now();
    let Some(screen) = Screen::start()? else {
        return Ok(vec![NO_SCREEN.into()]);
    };
    setup::run(setup::Options::default())?;
    eprintln!("\nbuild the examples:");
    let mut cargo = process::cargo();
    cargo.args(["build", "--package=examples"]);
    let names = examples.iter().map(|example| example.name.as_str());
    let programs = Programs::build(cargo, names)?;

    let mut unchecked = Vec::new();
    let mut pictures = Vec::new();
    for Example { name, .. } in examples {
        match picture(&programs, name, SIZE)? {
            Drawn::Picture(picture, _) => pictures.push((name.as_str(), picture)),
            Drawn::Lacks(what) => unchecked.push(format!("{name}: {what}")),
        }
    }
    on_x11::check(&programs, &screen, &pictures)?;
    on_wayland::check(&programs, &pictures)?;
    eprintln!("{} examples shown in {}", pictures.len(), seconds(started.elapsed()));
    Ok(unchecked)
}

/// What an example draws without a window.
fn picture(programs: &Programs, name: &str, size: (u32, u32)) -> Result<Drawn> {
    let folder = process::workspace().join("target").join("windows");
    let mut command = programs.command(name)?;
    examples::draw(name, command.args(arguments(size)), &folder.join(format!("{name}.png")))
}
