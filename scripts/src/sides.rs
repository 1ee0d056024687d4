//! What the tests of `webgpu` and the examples run on: both crates, and `webgpu` through the FFI engine.

use std::process::Command;

use crate::graphics::Graphics;
use crate::{peer, process};

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The `wgpu` crate.
    Peer,
    /// `webgpu`.
    Direct,
    /// `webgpu`, with every call through the FFI engine.
    Engine,
}

impl Side {
    pub(crate) const ALL: [Side; 3] = [Side::Peer, Side::Direct, Side::Engine];
    /// Those that are built; the third one is the second with another environment.
    pub(crate) const BUILT: [Side; 2] = [Side::Peer, Side::Direct];

    /// What it is called in messages, and its folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Side::Peer => "wgpu",
            Side::Direct => "webgpu",
            Side::Engine => "webgpu-through-ffi",
        }
    }

    /// A cargo `command` on the tests of `webgpu`, those of modules of `naga` among them.
    pub(crate) fn tests(self, command: &str) -> Command {
        self.cargo(command, &["--package=webgpu", "--features=naga-ir"])
    }

    /// A cargo `command` on the examples, without windows.
    pub(crate) fn examples(self, command: &str) -> Command {
        self.cargo(command, &["--package=examples", "--no-default-features", "--features=engine"])
    }

    fn cargo(self, command: &str, arguments: &[&str]) -> Command {
        if self == Side::Peer {
            return peer::cargo(&Graphics, command);
        }
        let mut cargo = process::cargo();
        cargo.arg(command).args(arguments);
        cargo
    }

    /// Has `command` run on this side. A mode that the caller has set would make two sides the same.
    pub(crate) fn set_calls(self, command: &mut Command) {
        command.env_remove("WEBGPU_TRACE");
        command.env("WEBGPU_CALLS", if self == Side::Engine { "engine" } else { "direct" });
    }
}
