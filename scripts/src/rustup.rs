//! Targets and toolchains, which rustup installs where there is one.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::lock;
use crate::process;
use crate::progress::Step;

/// Has rustup add the standard library of `target`, unless it is there.
pub(crate) fn ensure_target(target: &str) -> Result {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = process::capture(Command::new(rustc).args(["--print", "sysroot"]))?.stdout;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    let mut step = Step::start("rustup", target);
    let _turn = lock::turn_to_install();
    let mut rustup = Command::new("rustup");
    let added = process::watch(rustup.args(["target", "add", target]), || step.update(target));
    let missing = format!("Rust's standard library for {target} is missing");
    match added {
        Ok(added) if added.status.success() => {
            step.done(target);
            Ok(())
        }
        Ok(added) => {
            let what = format!("{missing}\nAdding it failed:\n{}", added.tail(6));
            Err(Failure::new(what, format!("run `rustup target add {target}`")))
        }
        Err(_) => Err(Failure::new(
            format!("{missing}, and there is no rustup to add it"),
            "install it the way this Rust was installed, or install Rust from https://rustup.rs",
        )),
    }
}

/// A command that runs a program of another toolchain, in the root of the workspace. The toolchain is installed if it is
/// missing, with a component, as `rustc` is one; an error says why there is none.
pub(crate) fn program(
    toolchain: &str,
    component: &str,
    name: &str,
) -> std::result::Result<Command, String> {
    if !has(toolchain, component) {
        let _turn = lock::turn_to_install();
        let mut rustup = Command::new("rustup");
        rustup.args(["toolchain", "install", toolchain, "--profile", "minimal", "--component"]);
        let said = process::capture(rustup.arg(component));
        if !has(toolchain, component) {
            let said = said.map_or_else(|failure| failure.to_string(), |said| said.tail(3));
            return Err(format!(
                "Rust {toolchain} with {component} is not installed, and cannot be: {said}"
            ));
        }
    }
    let mut command = Command::new("rustup");
    command.current_dir(process::workspace()).args(["run", toolchain, name]);
    // The cargo that runs this program belongs to another toolchain.
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    Ok(command)
}

fn has(toolchain: &str, component: &str) -> bool {
    let mut list = Command::new("rustup");
    list.args(["component", "list", "--installed", "--toolchain", toolchain]);
    process::capture(&mut list).is_ok_and(|list| {
        list.status.success() && list.stdout.lines().any(|line| is_named(line, component))
    })
}

/// Whether a line of the list names a component; of some, it names their target too.
fn is_named(line: &str, component: &str) -> bool {
    line.strip_prefix(component).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_there_or_named() {
        let host = process::capture(Command::new("rustc").arg("-vV")).unwrap().stdout;
        let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        ensure_target(host).unwrap();
        let text = ensure_target("arm64-no-such-system").unwrap_err().to_string();
        assert!(text.contains("arm64-no-such-system"), "{text}");
    }

    #[test]
    fn components_are_told_by_their_names() {
        assert!(is_named("rust-src", "rust-src"));
        assert!(is_named("miri-x86_64-unknown-linux-gnu", "miri"));
        assert!(!is_named("rust-std-x86_64-unknown-linux-gnu", "rust-src"));
    }
}
