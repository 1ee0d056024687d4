//! Libraries that were written for `wgpu`, on `webgpu`.

use super::Outcome;
use crate::failure::Result;
use crate::outside::{self, WGPU_VERSION};
use crate::process;

/// The libraries: what draws user interfaces, text, vectors, pixels, and what measures it.
const LIBRARIES: &str = r#"
egui-wgpu = "=0.35.0"
glyphon = "=0.11.0"
pixels = "=0.17.2"
vello = "=0.10.0"
vello_hybrid = "=0.2.0"
wgpu-profiler = "=0.27.0"
"#;

/// The features of `wgpu` that they ask for, or may. None changes anything: all that they bring is there.
const FEATURES: [&str; 12] = [
    "dx12",
    "fragile-send-sync-non-atomic-wasm",
    "gles",
    "glsl",
    "metal",
    "parking_lot",
    "spirv",
    "std",
    "vulkan",
    "webgl",
    "webgpu",
    "wgsl",
];

/// Compiles them, unchanged, with a package in the place of `wgpu` that is `webgpu` by another name.
pub(super) fn check() -> Result<Outcome> {
    let features: String = FEATURES.iter().map(|feature| format!("{feature} = []\n")).collect();
    let webgpu = outside::webgpu();
    let stand_in = format!(
        "[package]\nname = \"wgpu\"\nversion = \"{WGPU_VERSION}\"\nedition = \"2024\"\n\n\
         [features]\n{features}\n\
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
    command.current_dir(package).args(["check", "--target-dir", "target"]);
    process::run(&mut command, "give `webgpu` what the library misses, with wgpu's signature")?;
    Ok(Outcome::Passed)
}
