//! What `info` says about the engine and the adapters.

use crate::common::{calls, succeed};

/// The value that stands behind `name` in the first line that begins with it.
fn value<'a>(stdout: &'a str, name: &str) -> &'a str {
    let line =
        stdout.lines().find_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("`{name}` is missing:\n{stdout}")).trim()
}

#[test]
fn the_engine() {
    let direct = succeed("info", &[], &[("WEBGPU_CALLS", "direct")]);
    assert!(std::path::Path::new(value(&direct.stdout, "library")).is_file(), "{}", direct.stdout);
    assert!(value(&direct.stdout, "version").starts_with("29."), "{}", direct.stdout);
    assert!(value(&direct.stdout, "calls").starts_with("direct"), "{}", direct.stdout);

    let engine = succeed("info", &[], &[("WEBGPU_CALLS", "engine")]);
    assert!(value(&engine.stdout, "calls").starts_with("engine"), "{}", engine.stdout);
    assert!(calls(&engine) > 0);
}

#[test]
fn the_adapters() {
    let run = succeed("info", &[], &[]);
    for name in ["name", "backend", "type", "driver"] {
        assert!(!value(&run.stdout, name).is_empty(), "{name}:\n{}", run.stdout);
    }
    // WebGPU promises these to every program.
    let limits: Vec<u64> = value(&run.stdout, "max_texture_dimension_2d")
        .split_whitespace()
        .map(|limit| limit.parse().expect("a number"))
        .collect();
    assert_eq!(limits.len(), 2);
    assert!(limits[0] >= limits[1] && limits[1] == 8192, "{limits:?}");

    let features: usize = value(&run.stdout, "features").parse().expect("a number");
    let listed = run.stdout.lines().skip_while(|line| !line.starts_with("  features")).skip(1);
    assert_eq!(
        listed.take_while(|line| line.starts_with("    ")).count(),
        features,
        "{}",
        run.stdout
    );
}
