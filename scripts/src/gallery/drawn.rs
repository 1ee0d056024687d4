//! One example, drawn once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::folder;
use crate::examples::{Example, LACKING};
use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::picture::Picture;
use crate::process::{self, Captured};

/// What moves has moved by then. Each picture is as large as the windows that `cargo xtask windows` opens.
const ARGUMENTS: [&str; 4] = ["--frames", "60", "--size", "400x300"];

/// What came of an example.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) time: Duration,
    /// The features and limits it needs.
    pub(super) needs: String,
    pub(super) outcome: Outcome,
}

/// How it ended.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// With a picture, and on which driver.
    Picture(Picture, String),
    /// Without: the adapter lacks something, as the program says.
    Lacks(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Picture(..) => f.write_str("a picture"),
            Outcome::Lacks(what) => f.write_str(what),
        }
    }
}

/// Has one of `programs`, which are built on the crate of this name, draw its picture.
pub(super) fn draw(
    graphics: &Graphics,
    programs: &BTreeMap<String, PathBuf>,
    example: &Example,
    crate_name: &str,
) -> Result<Drawn> {
    let name = &example.name;
    let program = programs.get(name).ok_or_else(|| {
        let what = format!("cargo does not say where it built `{name}` on {crate_name}");
        Failure::new(what, "run `cargo build` by hand and see what it builds")
    })?;
    let failed = |run: &Captured| {
        let what = format!("`{name}` on {crate_name} failed: {}\n{}", run.status, run.tail(8));
        Failure::new(what, format!("run {} by hand", program.display()))
    };

    let needs = process::capture(graphics.program(program).arg("--needs"), || ())?;
    if !needs.status.success() {
        return Err(failed(&needs));
    }
    let file = folder().join(crate_name).join(format!("{name}.png"));
    std::fs::create_dir_all(folder().join(crate_name)).map_err(|error| {
        Failure::file("cannot make the folder of", &file, &error, "see that it can be written to")
    })?;
    let mut command = graphics.program(program);
    let started = Instant::now();
    let run = process::capture(command.args(ARGUMENTS).arg("--headless").arg(&file), || ())?;
    let time = started.elapsed();
    let outcome = match run.status.code() {
        Some(0) => {
            let driver = run.stdout.trim_end().rsplit_once(" drawn on ").map(|(_, driver)| driver);
            let driver = driver.ok_or_else(|| failed(&run))?.to_owned();
            Outcome::Picture(Picture::read(&file)?, driver)
        }
        Some(LACKING) => {
            let line = run.stderr.lines().find_map(|line| line.split_once(": error: "));
            Outcome::Lacks(line.ok_or_else(|| failed(&run))?.1.to_owned())
        }
        _ => return Err(failed(&run)),
    };
    Ok(Drawn { time, needs: needs.stdout.trim_end().to_owned(), outcome })
}
