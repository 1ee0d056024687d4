//! The nightly toolchain: what Rust has not made stable, and some checks need.

use std::process::Command;

use crate::lock;
use crate::process;

/// The command that runs a program of the nightly toolchain with a component, which is installed if it is missing. An error
/// says why there is none.
pub(super) fn program(name: &str, component: &str) -> Result<Command, String> {
    if !has(component) {
        let _turn = lock::turn_to_install();
        let mut rustup = Command::new("rustup");
        rustup.args(["toolchain", "install", "nightly", "--profile", "minimal", "--component"]);
        let said = process::capture(rustup.arg(component));
        if !has(component) {
            let said = said.map_or_else(|failure| failure.to_string(), |said| said.tail(3));
            return Err(format!(
                "Rust's nightly toolchain with {component} is not installed, and cannot be: {said}"
            ));
        }
    }
    let mut command = Command::new("rustup");
    command.current_dir(process::workspace()).args(["run", "nightly", name]);
    // The cargo that runs this program belongs to another toolchain.
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    Ok(command)
}

fn has(component: &str) -> bool {
    let mut list = Command::new("rustup");
    list.args(["component", "list", "--installed", "--toolchain", "nightly"]);
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
    fn components_are_told_by_their_names() {
        assert!(is_named("rust-src", "rust-src"));
        assert!(is_named("miri-x86_64-unknown-linux-gnu", "miri"));
        assert!(!is_named("rust-std-x86_64-unknown-linux-gnu", "rust-src"));
    }
}
