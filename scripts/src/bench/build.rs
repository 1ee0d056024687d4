//! `cargo xtask bench build`: what it costs to build `webgpu`, and the `wgpu` crate, from nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::outside::{self, WGPU_VERSION};
use crate::process;
use crate::scratch::Scratch;

/// What a clean build costs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    /// Of all processes, in user and system mode.
    cpu_seconds: f64,
    /// How many packages are compiled.
    packages: usize,
}

/// Builds a program's dependencies for release, each into an empty folder, and prints what that takes.
pub(super) fn run() -> Result {
    let wgpu = measure("wgpu", &format!("{{ version = \"={WGPU_VERSION}\" }}"), "webgpu/peer")?;
    let webgpu = measure("webgpu", &format!("{{ path = {} }}", outside::webgpu()), "")?;
    println!("{}", table(wgpu, webgpu));
    Ok(())
}

fn table(wgpu: Cost, webgpu: Cost) -> String {
    let row = |name: &str, cost: Cost| {
        format!("{name:<8}{:>13.1}{:>10}\n", cost.cpu_seconds, cost.packages)
    };
    let ratio = wgpu.cpu_seconds / webgpu.cpu_seconds;
    format!(
        "{:<8}{:>13}{:>10}\n{}{}`webgpu` takes 1/{ratio:.1} of the CPU seconds",
        "",
        "CPU seconds",
        "packages",
        row("wgpu", wgpu),
        row("webgpu", webgpu)
    )
}

/// Builds a crate with its features as they are by default, with the versions of the lock file in the folder `locked` of the
/// workspace.
fn measure(name: &str, source: &str, locked: &str) -> Result<Cost> {
    let manifest = format!(
        "[package]\nname = \"builds-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{name} = {source}\n"
    );
    let lock = process::workspace().join(locked).join("Cargo.lock");
    let lock = fs::read_to_string(&lock)
        .map_err(|error| Failure::file("cannot read", &lock, &error, "check the clone"))?;
    let files = [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &lock), ("src/lib.rs", "")];
    let package = outside::package(&format!("builds/{name}"), &files)?;
    let cargo = |arguments: &[&str]| {
        let mut cargo = process::cargo();
        cargo.current_dir(&package).args(arguments);
        cargo
    };
    let mut fetch = cargo(&["fetch"]);
    process::run(&mut fetch, "see that the registry of crates can be reached")?;
    let mut tree = cargo(&["tree", "--edges=normal,build", "--prefix=none"]);
    let tree = process::capture(&mut tree)?.stdout;
    let target = Scratch::inside(&package, "target-")
        .map_err(|error| Failure::file("cannot write", &package, &error, "make room there"))?;
    let build = cargo(&["build", "--release", "--offline", "--target-dir"]);
    let cpu_seconds = cpu_seconds(build, target.path())?;
    // The first line is the package that is made for this.
    Ok(Cost { cpu_seconds, packages: packages(&tree) - 1 })
}

/// How many packages `cargo tree` lists, each of which may occur several times.
fn packages(tree: &str) -> usize {
    let mut names: Vec<&str> = tree
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// The time that a build into the folder `target` takes of all processors, as the shell tells it.
fn cpu_seconds(mut build: Command, target: &Path) -> Result<f64> {
    build.arg(target);
    let mut shell = Command::new("sh");
    shell.args(["-c", r#""$@" && times"#, "sh"]).arg(build.get_program()).args(build.get_args());
    if let Some(folder) = build.get_current_dir() {
        shell.current_dir(folder);
    }
    for (name, value) in build.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let output = shell.stderr(Stdio::inherit()).output().map_err(|error| {
        Failure::new(format!("cannot start `sh`, which takes the time: {error}"), "install it")
    })?;
    if !output.status.success() {
        let what = format!("`{}` failed: {}", process::shown(&build), output.status);
        return Err(Failure::new(what, "see what cargo says above"));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    of_children(&said).ok_or_else(|| {
        Failure::new(format!("the shell's times make no sense: {said:?}"), "try another `sh`")
    })
}

/// The second line of what `times` prints: the user and system time of what the shell has run, as `1m2.5s`.
fn of_children(times: &str) -> Option<f64> {
    let seconds = |word: &str| {
        let (minutes, seconds) = word.strip_suffix('s')?.split_once('m')?;
        Some(60.0 * minutes.parse::<f64>().ok()? + seconds.parse::<f64>().ok()?)
    };
    times.lines().nth(1)?.split_whitespace().map(seconds).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_children_are_added() {
        assert_eq!(of_children("0m0.00s 0m0.01s\n1m2.50s 0m3.25s\n"), Some(65.75));
        assert_eq!(of_children("0m0.00s 0m0.01s\n"), None);
        assert_eq!(of_children("a\nb c\n"), None);
    }

    #[test]
    fn the_shell_tells_times() {
        let seconds = cpu_seconds(Command::new("true"), Path::new("x"));
        assert!(!cfg!(unix) || seconds.is_ok_and(|seconds| seconds < 10.0));
    }

    #[test]
    fn packages_are_counted_once() {
        assert_eq!(packages("a v1\nb v1\nc v1 (proc-macro)\nb v1 (*)\n\nb v2\n"), 4);
    }

    #[test]
    fn the_ratio_is_that_of_the_seconds() {
        let cost = |cpu_seconds, packages| Cost { cpu_seconds, packages };
        let table = table(cost(289.0, 88), cost(35.9, 15));
        assert!(table.contains("wgpu            289.0        88\n"), "{table}");
        assert!(table.ends_with("`webgpu` takes 1/8.1 of the CPU seconds"), "{table}");
    }
}
