//! The environment of programs that draw.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process;
use crate::scratch::Scratch;

/// What programs that draw are run with.
///
/// Mesa complains on every start where `XDG_RUNTIME_DIR` is not set, as on a server without a session; they are given
/// a folder that lives as long as this value.
#[derive(Debug)]
pub(crate) struct Graphics {
    runtime_dir: Option<Scratch>,
}

impl Graphics {
    /// Looks at the environment and makes what is missing.
    pub(crate) fn new() -> Result<Graphics> {
        if !cfg!(target_os = "linux") || env::var_os("XDG_RUNTIME_DIR").is_some() {
            return Ok(Graphics { runtime_dir: None });
        }
        let folder = Scratch::temporary().map_err(|error| {
            Failure::file(
                "cannot make a folder in",
                &env::temp_dir(),
                &error,
                "set TMPDIR to one that can be written to",
            )
        })?;
        Ok(Graphics { runtime_dir: Some(folder) })
    }

    /// A command for cargo, in the root of the workspace.
    pub(crate) fn cargo(&self) -> Command {
        self.with_runtime_dir(process::cargo())
    }

    /// A command for a program that was built.
    pub(crate) fn program(&self, program: &Path) -> Command {
        self.with_runtime_dir(Command::new(program))
    }

    fn with_runtime_dir(&self, mut command: Command) -> Command {
        if let Some(folder) = &self.runtime_dir {
            command.env("XDG_RUNTIME_DIR", folder.path());
        }
        command
    }
}
