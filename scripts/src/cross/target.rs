//! Rust's standard library for other platforms.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::lock;
use crate::process;
use crate::progress::Step;

/// Has rustup add the standard library of `target`, unless it is there.
pub(crate) fn ensure_target(target: &str) -> Result {
    if libraries()?.join(target).join("lib").is_dir() {
        return Ok(());
    }
    let mut step = Step::start("rustup", target);
    let _turn = lock::turn_to_install();
    let mut rustup = Command::new("rustup");
    let added = process::watch(rustup.args(["target", "add", target]), || step.update(target));
    let missing = format!("Rust's standard library for {target} is missing");
    let next = format!("run `rustup target add {target}`");
    match added {
        Ok(added) if added.status.success() => {
            step.done(target);
            Ok(())
        }
        Ok(added) => {
            let what = format!("{missing}\nAdding it failed:\n{}", added.tail(6));
            Err(Failure::new(what, next))
        }
        Err(_) => Err(Failure::new(
            format!("{missing}, and there is no rustup to add it"),
            "install it the way this Rust was installed, or install Rust from https://rustup.rs",
        )),
    }
}

/// Where the standard libraries lie, one folder for each target.
fn libraries() -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = process::capture(Command::new(rustc).args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(sysroot.stdout.trim()).join("lib").join("rustlib"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_own_library_is_there() {
        let host = process::capture(Command::new("rustc").arg("-vV")).unwrap().stdout;
        let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        ensure_target(host).unwrap();
    }

    #[test]
    fn a_target_that_does_not_exist_is_named() {
        let text = ensure_target("arm64-no-such-system").unwrap_err().to_string();
        assert!(text.contains("arm64-no-such-system"), "{text}");
    }
}
