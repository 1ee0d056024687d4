//! The examples that draw, headless: what each picture must show, and that it is the same in whichever way it is drawn.

use crate::common::{Picture, Run, calls, new_file, succeed};

/// An example and what it draws.
struct Case {
    name: &'static str,
    /// Whether the picture changes with time.
    moves: bool,
    /// Asserts what the first frame must show, 800x600 pixels large.
    shows: fn(&Picture),
}

const CASES: [Case; 1] = [Case { name: "cube", moves: true, shows: cube }];

/// Draws a picture into a file whose name contains `how`.
fn draw(
    case: &Case,
    how: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> (Picture, Run) {
    let file = new_file(&format!("{}-{how}.png", case.name));
    let path = file.to_str().expect("a path in UTF-8");
    let run = succeed(case.name, &[&["--headless", path], arguments].concat(), environment);
    (Picture::read(&file), run)
}

#[test]
fn each_picture_shows_its_subject() {
    for case in &CASES {
        let (picture, _) = draw(case, "first", &[], &[]);
        assert_eq!((picture.width, picture.height), (800, 600), "{}", case.name);
        assert!(picture.pixels.chunks(4).all(|pixel| pixel[3] == 255), "{}", case.name);
        (case.shows)(&picture);
    }
}

#[test]
fn the_same_pixels_directly_and_through_the_engine() {
    for case in &CASES {
        let (direct, _) = draw(case, "direct", &[], &[("WEBGPU_CALLS", "direct")]);
        let (engine, run) = draw(case, "engine", &[], &[("WEBGPU_CALLS", "engine")]);
        assert!(calls(&run) > 20, "{}: {}", case.name, run.stderr);
        assert!(direct == engine, "{}: the pictures differ", case.name);
    }
}

#[test]
fn pictures_of_odd_sizes() {
    for case in &CASES {
        for (size, expected) in [("301x77", (301, 77)), ("1x1", (1, 1))] {
            let (picture, _) = draw(case, "odd", &["--size", size], &[]);
            assert_eq!((picture.width, picture.height), expected, "{}", case.name);
        }
    }
}

#[test]
fn pictures_change_with_time_if_they_are_animated() {
    for case in &CASES {
        let size = ["--size", "200x150"];
        let (first, _) = draw(case, "early", &size, &[]);
        let (later, _) = draw(case, "late", &[&size[..], &["--frames", "8"]].concat(), &[]);
        assert_eq!(first != later, case.moves, "{}", case.name);
    }
}

fn cube(picture: &Picture) {
    assert_eq!(picture.pixel(0, 0), [0x1b, 0x2a, 0x38, 0xff]);
    assert_eq!(picture.pixel(799, 599), [0x1b, 0x2a, 0x38, 0xff]);
    // The face that the lamp shines on has the texture's colours, cream and teal.
    let face = region(picture, 380..530, 220..340);
    assert!(share(&face, |[r, _, b]| r > 180 && b > 160) > 0.25, "cream is missing");
    assert!(share(&face, |[r, _, b]| r < 80 && b < 140) > 0.25, "teal is missing");
    // No cube behind it, of which some are yellow, comes through.
    assert!(share(&face, |[_, g, b]| g > 2 * b) == 0.0, "the middle cube is not in front");
    // Hues go round in the ring: green is on the left, pink on the right.
    let reddish = |region: &[[u32; 3]]| share(region, |[r, g, _]| r > g);
    assert!(reddish(&region(picture, 40..120, 270..320)) == 0.0, "the left cube is not green");
    assert!(reddish(&region(picture, 690..760, 280..320)) > 0.3, "the right cube is not pink");
}

/// The colours of a rectangle.
fn region(
    picture: &Picture,
    columns: std::ops::Range<u32>,
    rows: std::ops::Range<u32>,
) -> Vec<[u32; 3]> {
    let pixels = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
    pixels.map(|(x, y)| picture.pixel(x, y)).map(|[r, g, b, _]| [r, g, b].map(u32::from)).collect()
}

/// Which part of the pixels, from 0 to 1, has such a colour.
fn share(pixels: &[[u32; 3]], is: impl Fn([u32; 3]) -> bool) -> f64 {
    pixels.iter().filter(|&&pixel| is(pixel)).count() as f64 / pixels.len() as f64
}
