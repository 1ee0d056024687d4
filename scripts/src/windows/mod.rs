//! `cargo xtask windows`: the examples in windows, on screens without a monitor.

mod dump;
mod look;
mod on_wayland;
mod on_x11;
mod program;
mod wayland;
mod x11;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use crate::examples::{self, Example};
use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::picture::Picture;
use crate::progress::seconds;
use crate::{process, setup};

pub(crate) use x11::{NO_SCREEN, Screen};

const HELP: &str = "\
Opens each example that draws in a window, under Xvfb and under a Wayland compositor without a monitor, draws 60 frames,
compares what the screen shows with what the example draws into a file, and ends it. Under Xvfb each window is resized 200
times at random in between; several windows are closed while frames are drawn; under Wayland one screen has another scale.

usage: cargo xtask windows [EXAMPLE...]

Linux only. On a Debian-like system, what is missing is installed if this user may.";

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    use lexopt::Arg::{Long, Short, Value};
    let usage = |error: lexopt::Error| Failure::usage(error, "windows");
    let mut names = Vec::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("help") | Short('h') => {
                println!("{HELP}");
                return Ok(());
            }
            Value(name) => names.push(name.to_string_lossy().into_owned()),
            other => return Err(usage(other.unexpected())),
        }
    }
    for unchecked in run(&examples::chosen(&names, "windows")?)? {
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
    let graphics = Graphics::new()?;
    eprintln!("\nbuild the examples:");
    let mut cargo = graphics.cargo();
    cargo.args(["build", "--package=examples"]);
    let stage = Stage { programs: examples::build(cargo, examples)?, graphics };

    let mut unchecked = Vec::new();
    let mut pictures = Vec::new();
    for example in examples {
        match stage.picture(&example.name, SIZE)? {
            Ok(picture) => pictures.push((example.name.as_str(), picture)),
            Err(lacking) => unchecked.push(format!("{}: {lacking}", example.name)),
        }
    }
    on_x11::check(&stage, &screen, &pictures)?;
    on_wayland::check(&stage, &pictures)?;
    eprintln!("{} examples shown in {}", pictures.len(), seconds(started.elapsed()));
    Ok(unchecked)
}

/// The programs, and what they are run with.
struct Stage {
    graphics: Graphics,
    programs: BTreeMap<String, PathBuf>,
}

impl Stage {
    /// A command that runs an example.
    fn command(&self, name: &str) -> Result<std::process::Command> {
        let program = self.programs.get(name).ok_or_else(|| {
            let next = "run `cargo build -p examples` by hand and see what it builds";
            Failure::new(format!("cargo does not say where it built `{name}`"), next)
        })?;
        Ok(self.graphics.program(program))
    }

    /// What an example draws without a window; or what the adapter lacks for it, in its own words.
    fn picture(
        &self,
        name: &str,
        size: (u32, u32),
    ) -> Result<std::result::Result<Picture, String>> {
        let folder = process::workspace().join("target").join("windows");
        let file = folder.join(format!("{name}.png"));
        std::fs::create_dir_all(&folder).map_err(|error| {
            Failure::file("cannot make", &folder, &error, "see that it can be written to")
        })?;
        let mut command = self.command(name)?;
        command.args(arguments(size)).arg("--headless").arg(&file);
        let run = process::capture(&mut command, || ())?;
        match run.status.code() {
            Some(0) => Picture::read(&file).map(Ok),
            Some(examples::LACKING) => Ok(Err(run.tail(1))),
            _ => {
                let what = format!("`{name}` failed: {}\n{}", run.status, run.tail(8));
                Err(Failure::new(what, format!("run `{}` by hand", process::shown(&command))))
            }
        }
    }
}
