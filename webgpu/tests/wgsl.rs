//! The text that clears memory of workgroups, in shaders as people write them: the engine takes it.

mod common;
#[path = "../src/lexer.rs"]
mod lexer;
#[path = "../src/wgsl/mod.rs"]
mod wgsl;

use common::gpu;
use std::{fs, path::Path};

/// The shader with memory of workgroups that each of its compute shaders uses, and one more does.
fn with_memory(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some(entry) = rest.find("@compute") {
        let body = entry + rest[entry..].find('{').expect("a body") + 1;
        text = text + &rest[..body] + " atomicAdd(&added_memory[1], 1u);";
        rest = &rest[body..];
    }
    text + rest
        + "\nvar<workgroup> added_memory: array<atomic<u32>, 7>;
        @compute @workgroup_size(3) fn added() { atomicAdd(&added_memory[0], 1u); }"
}

#[test]
fn shaders_of_the_repository() {
    let gpu = gpu();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shaders");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "wgsl"));
    let (mut all, mut own) = (0, 0);
    for path in paths {
        let source = fs::read_to_string(&path).unwrap();
        // What needs a feature that this device has not cannot be judged.
        if gpu.end_of(|| gpu.shader(&source)).0 != common::Outcome::Valid {
            continue;
        }
        all += 1;
        if let Some(cleared) = wgsl::zeroed(&source).unwrap() {
            own += 1;
            gpu.no_error(|| gpu.shader(&cleared));
        }
        let more = with_memory(&source);
        gpu.no_error(|| gpu.shader(&more));
        let cleared = wgsl::zeroed(&more).unwrap();
        let cleared = cleared.unwrap_or_else(|| panic!("{} has none", path.display()));
        gpu.no_error(|| gpu.shader(&cleared));
    }
    assert!(all > 20 && own >= 2, "{all} shaders, {own} of them with memory of workgroups");
}

#[test]
fn texts_that_hide_where_they_end() {
    let gpu = gpu();
    let shader = "var<workgroup> a: u32; @compute @workgroup_size(8) fn main() { a += 1u; }";
    for end in ["", "\n", "// end", "/* end */", "/* no end", "/* /* */ no end", " ;", ";// end\n;"]
    {
        let source = format!("{shader}{end}");
        gpu.no_error(|| gpu.shader(&source));
        let cleared = wgsl::zeroed(&source).unwrap().expect("something to clear");
        gpu.no_error(|| gpu.shader(&cleared));
    }
}
