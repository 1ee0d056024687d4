//! The package `webgpu/peer`: the tests of `webgpu` and the examples, compiled against the `wgpu` crate.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::workspace;

/// Tests that stay with `webgpu`.
const APART: [(&str, &str); 2] = [
    ("beyond", "where the `wgpu` crate itself would end the process"),
    ("engine", "which engine library there is, of which that crate knows nothing"),
];

/// The names of targets in a manifest, by the folder that their `path` lies in.
fn listed(manifest: &str, folder: &str) -> BTreeSet<String> {
    let paths =
        manifest.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix("\""));
    let file = |path: &str| {
        let file = path.strip_prefix(folder)?;
        Some(file.strip_suffix("/main.rs").or(file.strip_suffix(".rs"))?.to_owned())
    };
    paths.filter_map(file).collect()
}

/// The programs or tests in a folder, each with the file that begins it.
fn there(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let target = |path: PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        let main = if path.is_dir() { path.join("main.rs") } else { path };
        main.exists().then_some((name, main))
    };
    entries.filter_map(target).collect()
}

fn manifest(folder: &str) -> String {
    fs::read_to_string(workspace().join(folder).join("Cargo.toml")).unwrap()
}

#[test]
fn every_test_is_listed_or_stays_apart() {
    let found = there(&workspace().join("webgpu/tests")).into_iter().map(|(name, _)| name);
    let mut listed = listed(&manifest("webgpu/peer"), "../tests/");
    for (name, why) in APART {
        assert!(listed.insert(name.into()), "`{name}` is listed in webgpu/peer/Cargo.toml: {why}");
    }
    assert_eq!(found.collect::<BTreeSet<_>>(), listed, "see webgpu/peer/Cargo.toml and `APART`");
}

/// Those that need the feature `engine` look at what the `wgpu` crate does not have.
#[test]
fn every_example_that_draws_or_computes_is_listed() {
    let examples = manifest("examples");
    let needs_engine = |name: &str| {
        examples.contains(&format!("name = \"{name}\"\nrequired-features = [\"engine\"]"))
    };
    let uses_webgpu = |main: &Path| fs::read_to_string(main).unwrap().contains("webgpu");
    let found = there(&workspace().join("examples/src/bin"))
        .into_iter()
        .filter(|(name, main)| !needs_engine(name) && uses_webgpu(main))
        .map(|(name, _)| name);
    let listed = listed(&manifest("webgpu/peer"), "../../examples/src/bin/");
    assert_eq!(found.collect::<BTreeSet<_>>(), listed, "see webgpu/peer/Cargo.toml");
}
