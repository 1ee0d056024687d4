//! The sides of the comparison, and how each runs the tests of a file.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use super::record::Seen;
use super::surfaces;
use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::windows::Screen;
use crate::{peer, process};

/// What the tests run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The `wgpu` crate.
    Peer,
    /// `webgpu`.
    Direct,
    /// `webgpu`, with every call through the FFI engine.
    Engine,
}

impl Side {
    pub(super) const ALL: [Side; 3] = [Side::Peer, Side::Direct, Side::Engine];

    /// What it is called in messages, and its folder.
    pub(super) fn name(self) -> &'static str {
        match self {
            Side::Peer => "wgpu",
            Side::Direct => "webgpu",
            Side::Engine => "webgpu-through-ffi",
        }
    }

    /// Where it leaves what it saw.
    pub(super) fn folder(self) -> PathBuf {
        super::folder().join(self.name())
    }

    /// A cargo `command` on the tests.
    fn tests(self, graphics: &Graphics, command: &str) -> Command {
        match self {
            Side::Peer => peer::cargo(graphics, command),
            Side::Direct | Side::Engine => {
                let mut cargo = graphics.cargo();
                // Those of modules of `naga` are among them.
                cargo.args([command, "--package", "webgpu", "--features", "naga-ir"]);
                cargo
            }
        }
    }

    /// A build of the library that the tests use under the name `webgpu`.
    pub(super) fn library(self, graphics: &Graphics) -> Command {
        self.tests(graphics, "build")
    }

    /// What that library is called.
    pub(super) fn library_name(self) -> &'static str {
        match self {
            Side::Peer => "wgpu",
            Side::Direct | Side::Engine => "webgpu",
        }
    }

    /// A cargo `command` on the examples, without windows.
    pub(super) fn examples(self, graphics: &Graphics, command: &str) -> Command {
        let mut cargo = match self {
            Side::Peer => peer::cargo(graphics, command),
            Side::Direct | Side::Engine => {
                let mut cargo = graphics.cargo();
                cargo.args([
                    command,
                    "--package=examples",
                    "--no-default-features",
                    "--features=engine",
                ]);
                cargo
            }
        };
        self.set_calls(&mut cargo);
        cargo
    }

    /// A mode that the caller has set would make two sides the same.
    fn set_calls(self, command: &mut Command) {
        command.env_remove("WEBGPU_TRACE");
        command.env("WEBGPU_CALLS", if self == Side::Engine { "engine" } else { "direct" });
    }

    /// Runs the tests of one file, with a screen those of surfaces.
    pub(super) fn run(
        self,
        graphics: &Graphics,
        file: &str,
        screen: Option<&Screen>,
    ) -> Result<Seen> {
        // One thread would be the main one, and no test would have a name there.
        let threads = thread::available_parallelism().map_or(2, |count| count.get().max(2));
        let mut command = self.tests(graphics, "test");
        self.set_calls(&mut command);
        command.args(["--test", file, "--", "--test-threads", &threads.to_string()]);
        // Where a panic ends the process, its message is to be among the last lines.
        command.env("WEBGPU_RECORD", self.folder()).env("RUST_BACKTRACE", "0");
        if let Some(screen) = screen {
            surfaces::run_on(screen, &mut command);
        }
        let captured = process::capture(&mut command, || ())?;
        let seen = Seen::read(&captured.stdout, file, &self.folder())?.ok_or_else(|| {
            let what = format!(
                "the tests of {file} on {} did not come to their end ({}):\n{}",
                self.name(),
                captured.status,
                captured.tail(20)
            );
            Failure::new(what, "mend what ends the process")
        })?;
        if screen.is_some() {
            surfaces::check(&seen)?;
        }
        Ok(seen)
    }
}

/// Builds the tests on both crates and makes the folders anew.
pub(super) fn build(graphics: &Graphics, files: &[String]) -> Result {
    let tests = files.iter().flat_map(|file| ["--test", file]).collect::<Vec<_>>();
    for side in [Side::Peer, Side::Direct] {
        eprintln!("\nbuild the tests on {}:", side.name());
        let mut command = side.tests(graphics, "test");
        command.arg("--no-run").args(&tests);
        process::run(&mut command, "see what the compiler says above")?;
    }
    let failed = |doing: &str, error| {
        Failure::file(doing, &super::folder(), &error, "see that it can be written to")
    };
    if super::folder().exists() {
        fs::remove_dir_all(super::folder()).map_err(|error| failed("cannot remove", error))?;
    }
    for side in Side::ALL {
        fs::create_dir_all(side.folder()).map_err(|error| failed("cannot make", error))?;
    }
    Ok(())
}
