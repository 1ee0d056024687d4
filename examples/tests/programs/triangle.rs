//! The triangle, headless: its pixels.

use crate::common::{self, Picture, Run, calls};

/// `BACKGROUND` of the example in sRGB encoding.
const BACKGROUND: [u8; 4] = [0x20, 0x24, 0x2c, 0xff];

fn draw(file: &str, arguments: &[&str], environment: &[(&str, &str)]) -> (Picture, Run) {
    common::draw("triangle", file, arguments, environment)
}

/// Asserts that one channel is far above the two others.
fn assert_mostly(channel: usize, pixel: [u8; 4]) {
    for other in (0..3).filter(|&other| other != channel) {
        assert!(
            pixel[channel] > 200 && pixel[other] < 100,
            "channel {channel} should dominate {pixel:?}"
        );
    }
    assert_eq!(pixel[3], 255);
}

#[test]
fn corners_centre_and_background() {
    let (picture, run) = draw("triangle.png", &[], &[]);
    assert_eq!((picture.width, picture.height), (800, 600));
    assert!(run.stdout.contains("800x600"), "{}", run.stdout);

    // The corners are at 1/10 and 9/10 of each side; a few pixels inside of them:
    assert_mostly(0, picture.pixel(400, 66));
    assert_mostly(1, picture.pixel(90, 536));
    assert_mostly(2, picture.pixel(709, 536));

    // At the centroid each colour has a third of the light: 156 in sRGB.
    for channel in &picture.pixel(400, 380)[..3] {
        assert!(channel.abs_diff(156) <= 2, "{:?}", picture.pixel(400, 380));
    }

    for (x, y) in [
        (0, 0),
        (799, 0),
        (0, 599),
        (799, 599),
        (400, 50),
        (60, 540),
        (740, 540),
        (400, 545),
        (150, 200),
    ] {
        assert_eq!(picture.pixel(x, y), BACKGROUND, "at ({x}, {y})");
    }
}

#[test]
fn a_size_whose_rows_need_padding() {
    let (picture, _) = draw("odd.png", &["--size", "301x77"], &[]);
    assert_eq!((picture.width, picture.height), (301, 77));
    for (x, y) in [(0, 0), (300, 0), (0, 76), (300, 76)] {
        assert_eq!(picture.pixel(x, y), BACKGROUND, "at ({x}, {y})");
    }
    // The picture is symmetric: a row that slipped would show here. Green and blue change places.
    for y in 10..68 {
        let left = (0..301).find(|&x| picture.pixel(x, y) != BACKGROUND);
        let right = (0..301).rev().find(|&x| picture.pixel(x, y) != BACKGROUND);
        let (left, right) = left.zip(right).unwrap_or_else(|| panic!("row {y} is empty"));
        assert!(left.abs_diff(300 - right) <= 1, "row {y} reaches from {left} to {right}");
    }
}

#[test]
fn one_pixel() {
    let (picture, _) = draw("one.png", &["--size", "1x1"], &[]);
    assert_eq!((picture.width, picture.height), (1, 1));
}

#[test]
fn every_frame_is_the_same() {
    assert_eq!(draw("first.png", &[], &[]).0, draw("fifth.png", &["--frames", "5"], &[]).0);
}

#[test]
fn the_same_pixels_through_the_engine() {
    let (direct, run) = draw("direct.png", &[], &[("WEBGPU_CALLS", "direct")]);
    assert!(!run.stderr.contains("calls went through the engine"), "{}", run.stderr);
    let (engine, run) = draw("engine.png", &[], &[("WEBGPU_CALLS", "engine")]);
    assert!(calls(&run) > 20, "{}", run.stderr);
    assert_eq!(direct, engine);
}
