//! Programs that are traced do what they do without.

use crate::common::{Picture, calls, new_file, succeed};

#[test]
fn the_picture_is_the_same_and_every_call_is_a_line() {
    let (plain, traced) = (new_file("plain.png"), new_file("traced.png"));
    let trace = new_file("triangle-trace.txt");
    let draw = |picture: &std::path::Path, trace: &str| {
        let picture = picture.to_str().expect("a path in UTF-8");
        succeed("triangle", &["--headless", picture], &[("WEBGPU_TRACE", trace)])
    };
    draw(&plain, "");
    let run = draw(&traced, trace.to_str().expect("a path in UTF-8"));
    assert!(Picture::read(&plain) == Picture::read(&traced), "the pictures differ");

    let trace = std::fs::read_to_string(trace).expect("the trace was written");
    let lines = trace.lines().filter(|line| line.starts_with("wgpu")).count() as u64;
    let counted = trace.lines().last().expect("there is a summary");
    let counted = counted.strip_suffix("  all functions").expect("the sum comes last");
    assert_eq!(counted.split_whitespace().next(), Some(lines.to_string().as_str()), "{trace}");
    // What the program says at its end comes before its last handles go.
    assert!(calls(&run) > 20 && calls(&run) <= lines, "{lines} lines:\n{}", run.stderr);
    assert!(trace.contains("format=RGBA8UnormSrgb") && trace.contains("topology=TriangleList"));
}
