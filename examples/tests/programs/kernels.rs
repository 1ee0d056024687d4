//! The programs that only compute: what they print. Each checks its whole result against the CPU and fails if it differs.

use crate::common::{Picture, new_file, run, succeed};

/// Without a file to write.
const PROGRAMS: [&str; 4] = ["histogram", "matmul", "nbody", "prefix_sum"];

/// The numbers in a line that begins with this word.
fn numbers(stdout: &str, first: &str) -> Vec<u64> {
    let line = stdout.lines().find(|line| line.split_whitespace().next() == Some(first));
    let line = line.unwrap_or_else(|| panic!("there is no line `{first}`:\n{stdout}"));
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn prefix_sum() {
    let stdout = succeed("prefix_sum", &[], &[]).stdout;
    let (numbers, sums) = (numbers(&stdout, "numbers"), numbers(&stdout, "sums"));
    assert_eq!((numbers.len(), sums.len()), (12, 12), "{stdout}");
    for i in 0..sums.len() {
        assert_eq!(sums[i], numbers[..=i].iter().sum::<u64>(), "{stdout}");
    }
    assert!(stdout.contains("1000003 numbers") && stdout.contains("the CPU agrees"), "{stdout}");
}

#[test]
fn matmul() {
    let stdout = succeed("matmul", &[], &[]).stdout;
    assert!(stdout.contains("250x180 by 180x200"), "{stdout}");
    for kernel in ["simple", "tiled"] {
        let line = stdout.lines().find(|line| line.trim_start().starts_with(kernel));
        assert!(line.is_some_and(|line| line.ends_with("the CPU agrees")), "{kernel}: {stdout}");
    }
}

#[test]
fn histogram() {
    let stdout = succeed("histogram", &[], &[]).stdout;
    let counts: Vec<u64> = stdout
        .lines()
        .filter_map(|line| line.split_once(" to ")?.1.split_whitespace().nth(1)?.parse().ok())
        .collect();
    assert_eq!((counts.len(), counts.iter().sum::<u64>()), (32, 1_000_000), "{stdout}");
    // The ground is twice the sky. Between them lies next to nothing.
    let (ground, sky) = counts.split_at(15);
    let (ground, sky): (u64, u64) = (ground.iter().sum(), sky.iter().sum());
    assert!(ground.abs_diff(2 * sky) < 1000 && counts[14] + counts[15] < 5000, "{stdout}");
    assert!(stdout.contains("the CPU agrees"), "{stdout}");
}

#[test]
fn nbody() {
    let stdout = succeed("nbody", &[], &[]).stdout;
    assert!(stdout.contains("one step of 1000 bodies: the CPU agrees"), "{stdout}");
    assert!(stdout.contains("200 steps") && stdout.contains("% of change"), "{stdout}");
}

#[test]
fn mandelbrot() {
    let file = new_file("mandelbrot.png");
    let path = file.to_str().expect("a path in UTF-8");
    let stdout = succeed("mandelbrot", &[path], &[]).stdout;
    assert!(stdout.contains("800x600") && stdout.contains("the CPU agrees"), "{stdout}");

    let picture = Picture::read(&file);
    assert_eq!((picture.width, picture.height), (800, 600));
    // What never leaves is black, what leaves soon is not.
    let (mut inside, mut black) = (0, 0);
    for (x, y) in (0..600).step_by(7).flat_map(|y| (0..800).step_by(7).map(move |x| (x, y))) {
        let pixel = picture.pixel(x, y);
        match steps(x, y) {
            LIMIT => {
                inside += 1;
                black += u32::from(pixel == [0, 0, 0, 255]);
            }
            ..100 => assert_ne!(pixel, [0, 0, 0, 255], "at ({x}, {y})"),
            _ => {}
        }
    }
    assert!(inside > 100 && black * 10 > inside * 9, "{black} of {inside} are black");
}

const LIMIT: u32 = 5000;

/// Steps of the middle of a pixel, in the part of the plane that the picture shows.
fn steps(x: u32, y: u32) -> u32 {
    let at = |pixel: u32, size: f64| (f64::from(pixel) + 0.5 - size / 2.0) * 0.0078 / 800.0;
    let (cx, cy) = (-0.7453 + at(x, 800.0), 0.1127 - at(y, 600.0));
    let (mut zx, mut zy, mut steps) = (0.0, 0.0, 0);
    while steps < LIMIT && zx * zx + zy * zy < 4.0 {
        (zx, zy) = (zx * zx - zy * zy + cx, 2.0 * zx * zy + cy);
        steps += 1;
    }
    steps
}

#[test]
fn a_wrong_command_line() {
    let wrong = PROGRAMS.map(|program| (program, &["--fast"][..]));
    for (program, arguments) in wrong.into_iter().chain([
        ("mandelbrot", &[][..]),
        ("mandelbrot", &["one.png", "two.png"]),
        ("mandelbrot", &["--fast"]),
    ]) {
        let run = run(program, arguments, &[]);
        assert_eq!(run.code, 2, "{program} {arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(&format!("Try `{program} --help`")), "{}", run.stderr);
    }
}

#[test]
fn help_needs_no_engine() {
    for program in PROGRAMS.into_iter().chain(["mandelbrot"]) {
        let run = run(program, &["--help"], &[("WGPU_NATIVE_LIB", "/no/such/library.so")]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains(&format!("Usage: {program}")), "{}", run.stdout);
    }
}

#[test]
fn a_picture_that_cannot_be_written() {
    let run = run("mandelbrot", &["/no/such/folder/picture.png"], &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("cannot write `/no/such/folder/picture.png`"), "{}", run.stderr);
}
