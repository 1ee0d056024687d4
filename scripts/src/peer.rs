//! The package `webgpu/peer`: the tests of `webgpu` and the examples, compiled against the `wgpu` crate.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Result;
use crate::files;
use crate::graphics::Graphics;
use crate::process::{self, workspace};

/// Where the sources of its tests and of its programs lie, as its manifest has it.
const TESTS: &str = "../tests/";
const PROGRAMS: &str = "../../examples/src/bin/";

/// A cargo `command` on that package.
pub(crate) fn cargo(_: &Graphics, command: &str) -> Command {
    let mut cargo = process::cargo();
    cargo.args([command, "--locked", "--manifest-path"]).arg(manifest());
    // What it builds is thrown away with the rest.
    cargo.arg("--target-dir").arg(workspace().join("target").join("peer"));
    cargo
}

/// The names of its tests.
pub(crate) fn tests() -> Result<Vec<String>> {
    targets(TESTS)
}

/// The names of its programs.
pub(crate) fn programs() -> Result<Vec<String>> {
    targets(PROGRAMS)
}

fn manifest() -> PathBuf {
    workspace().join("webgpu").join("peer").join("Cargo.toml")
}

/// The names of the targets in the manifest whose sources lie in this folder.
fn targets(folder: &str) -> Result<Vec<String>> {
    let path = |line: &str| line.strip_prefix("path = \"")?.strip_suffix("\"").map(str::to_owned);
    let name = |path: String| {
        let file = path.strip_prefix(folder)?;
        Some(file.strip_suffix("/main.rs").or(file.strip_suffix(".rs"))?.to_owned())
    };
    Ok(files::text(&manifest())?.lines().filter_map(path).filter_map(name).collect())
}

#[cfg(test)]
mod the_lists {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Tests that stay with `webgpu`.
    const APART: [(&str, &str); 9] = [
        ("beyond", "where the `wgpu` crate itself would end the process"),
        ("chaos", "what it calls and how that ends is random"),
        ("closures", "what closures own and do when they go, over which that crate hangs"),
        ("engine", "which engine library there is, of which that crate knows nothing"),
        ("mutants", "shaders over which that crate panics"),
        ("vetted", "a feature that the crate does not have"),
        ("nesting", "texts and modules over which that crate overflows its stack"),
        ("surface_chaos", "as `chaos`, with surfaces"),
        ("wgsl", "how shaders are rewritten, which that crate does not do"),
    ];

    #[test]
    fn have_every_test_but_those_that_stay_apart() {
        let found = files::targets(&workspace().join("webgpu/tests"))
            .unwrap()
            .into_iter()
            .map(|(name, _)| name);
        let mut listed = tests().unwrap();
        for (name, why) in APART {
            assert!(!listed.contains(&name.to_owned()), "`{name}` cannot be listed: {why}");
            listed.push(name.into());
        }
        let (found, listed) = (found.collect::<BTreeSet<_>>(), BTreeSet::from_iter(listed));
        assert_eq!(found, listed, "see webgpu/peer/Cargo.toml and `APART`");
    }

    /// Those that need the feature `engine` look at what the `wgpu` crate does not have.
    #[test]
    fn have_every_example_that_draws_or_computes() {
        let examples = fs::read_to_string(workspace().join("examples/Cargo.toml")).unwrap();
        let needs_engine = |name: &str| {
            examples.contains(&format!("name = \"{name}\"\nrequired-features = [\"engine\"]"))
        };
        let uses_webgpu = |main: &Path| fs::read_to_string(main).unwrap().contains("webgpu");
        let found = files::targets(&workspace().join("examples/src/bin"))
            .unwrap()
            .into_iter()
            .filter(|(name, main)| !needs_engine(name) && uses_webgpu(main))
            .map(|(name, _)| name);
        let (found, listed) =
            (found.collect::<BTreeSet<_>>(), BTreeSet::from_iter(programs().unwrap()));
        assert_eq!(found, listed, "see webgpu/peer/Cargo.toml");
    }
}
