//! Rustdoc's JSON of the crates that are compared.

use std::path::{Path, PathBuf};

use rustdoc_types::{Crate, FORMAT_VERSION};

use crate::failure::{Failure, Result};
use crate::files;
use crate::outside::{self, WGPU_VERSION};
use crate::process::{self, shown};
use crate::progress::Step;

/// The packages that are documented.
const PACKAGES: [&str; 3] = ["wgpu-types", "wgpu", "webgpu"];

/// A package that depends on both crates: so they see the same `wgpu-types`, and nothing of `wgpu` gets into the
/// workspace's own lock file.
fn manifest() -> String {
    let webgpu = outside::webgpu();
    format!(
        r#"[package]
name = "parity"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
webgpu = {{ path = {webgpu}, features = ["naga-ir"] }}
wgpu = {{ version = "={WGPU_VERSION}", features = ["glsl", "naga-ir", "spirv"] }}
wgpu-types = "={WGPU_VERSION}"
"#
    )
}

/// Where the JSON lies.
#[derive(Debug)]
pub(super) struct Documents {
    folder: PathBuf,
}

/// Lets rustdoc write the JSON of all crates.
pub(super) fn write() -> Result<Documents> {
    let manifest = manifest();
    let package =
        outside::package("parity/crates", &[("Cargo.toml", &manifest), ("src/lib.rs", "")])?;
    for name in PACKAGES {
        document(&package, name)?;
    }
    Ok(Documents { folder: package.join("target").join("doc") })
}

fn document(package: &Path, name: &str) -> Result {
    let mut step = Step::start("document", name);
    let mut command = process::cargo();
    command.current_dir(package).args(["rustdoc", "--lib", "--package", name]);
    command.args(["--target-dir", "target", "--", "-Z", "unstable-options"]);
    command.args(["--output-format", "json"]);
    // The output format is not stable yet; the version of the format tells whether it is the one that is understood here.
    command.env("RUSTC_BOOTSTRAP", "1");
    let captured = process::watch(&mut command, || step.update(name))?;
    if !captured.status.success() {
        let what = format!("`{}` failed:\n{}", shown(&command), captured.tail(12));
        return Err(Failure::new(what, "mend what the compiler says"));
    }
    step.done(name);
    Ok(())
}

impl Documents {
    /// Reads the JSON of the crate `name`.
    pub(super) fn read(&self, name: &str) -> Result<Crate> {
        let path = self.folder.join(format!("{name}.json"));
        parse(&files::text(&path)?).map_err(|what| {
            let next = "use the Rust release that the workspace is checked with, or teach this command the other format \
                (the dependency `rustdoc-types` of scripts/Cargo.toml)";
            Failure::new(format!("{}: {what}", path.display()), next)
        })
    }
}

/// Reads JSON of rustdoc.
pub(super) fn parse(text: &str) -> std::result::Result<Crate, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let format = &value["format_version"];
    if *format != FORMAT_VERSION {
        return Err(format!("has format {format}, and {FORMAT_VERSION} is understood"));
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_format_is_told_before_it_is_read() {
        let error = parse(r#"{"format_version": 1}"#).expect_err("the format is an old one");
        assert!(error.contains("has format 1"), "{error}");
    }

    #[test]
    fn the_packages_share_one_version_of_the_types() {
        let manifest = manifest();
        assert_eq!(manifest.matches(&format!("={WGPU_VERSION}")).count(), 2, "{manifest}");
        assert!(manifest.contains("[workspace]"), "it belongs to no other workspace");
    }
}
