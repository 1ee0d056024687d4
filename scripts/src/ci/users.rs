//! Libraries that were written for `wgpu`, on `webgpu`.

use std::path::Path;

use crate::failure::{Failure, Result};
use crate::files;
use crate::outside::{self, WGPU_VERSION};
use crate::process;

/// The libraries: what draws games, user interfaces, text, vectors, pixels, and what measures it.
const LIBRARIES: &str = r#"
bevy_render = "=0.19.1"
egui-wgpu = "=0.35.0"
femtovg = { version = "=0.25.1", features = ["wgpu"] }
glyphon = "=0.11.0"
pixels = "=0.17.2"
vello = "=0.10.0"
vello_hybrid = "=0.2.0"
wgpu-profiler = "=0.27.0"
wgpu_text = "=29.0.3"
"#;

/// The features of `wgpu` that they ask for, or may, without `naga-ir`. None of these changes anything: all that they bring
/// is there.
const FEATURES: [&str; 16] = [
    "default",
    "dx12",
    "fragile-send-sync-non-atomic-wasm",
    "gles",
    "glsl",
    "metal",
    "parking_lot",
    "spirv",
    "static-dxc",
    "std",
    "vulkan",
    "vulkan-portability",
    "web",
    "webgl",
    "webgpu",
    "wgsl",
];

/// Compiles them, unchanged, with a package in the place of `wgpu` that is `webgpu` by another name.
pub(super) fn check() -> Result {
    let features: String = FEATURES.iter().map(|feature| format!("{feature} = []\n")).collect();
    let webgpu = outside::webgpu();
    let stand_in = format!(
        "[package]\nname = \"wgpu\"\nversion = \"{WGPU_VERSION}\"\nedition = \"2024\"\n\n\
         [features]\n{features}naga-ir = [\"other-name/naga-ir\"]\n\n\
         [dependencies]\nother-name = {{ package = \"webgpu\", path = {webgpu} }}\n"
    );
    let manifest = format!(
        "[package]\nname = \"users\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]{LIBRARIES}\n[patch.crates-io]\nwgpu = {{ path = \"wgpu\" }}\n"
    );
    let package = outside::package(
        "users",
        &[
            ("Cargo.toml", &manifest),
            ("src/lib.rs", ""),
            ("wgpu/Cargo.toml", &stand_in),
            ("wgpu/src/lib.rs", "pub use other_name::*;\n"),
        ],
    )?;
    let mut command = process::cargo();
    command.current_dir(&package).args(["check", "--target-dir", "target"]);
    process::run(&mut command, "give `webgpu` what the library misses, with wgpu's signature")?;
    only_ours(&package.join("Cargo.lock"))
}

/// Fails where cargo has taken the `wgpu` of the registry all the same: it does so in silence where the stand-in lacks a
/// feature that is asked for.
fn only_ours(lock: &Path) -> Result {
    let next = "see which of them asks for a feature of `wgpu` that is not in `FEATURES`";
    if only_ours_in(&files::text(lock)?) {
        return Ok(());
    }
    Err(Failure::new("the libraries were compiled on `wgpu` itself", next))
}

/// Whether every `wgpu` in the text of a lock file is the stand-in, and `webgpu` is there.
fn only_ours_in(lock: &str) -> bool {
    let mut packages = lock.split("\n[[");
    let of_registry =
        |package: &str| package.contains("name = \"wgpu\"\n") && package.contains("\nsource = ");
    lock.contains("name = \"webgpu\"\n") && !packages.any(of_registry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wgpu_of_the_registry_is_noticed() {
        let package = |name: &str, rest: &str| {
            format!("\n[[package]]\nname = \"{name}\"\nversion = \"29.0.4\"\n{rest}")
        };
        let ours = package("webgpu", "") + &package("wgpu", "") + &package("x", "source = \"r\"\n");
        assert!(only_ours_in(&ours));
        assert!(!only_ours_in(&package("wgpu", "")));
        assert!(!only_ours_in(&(ours + &package("wgpu", "source = \"registry\"\n"))));
    }
}
