//! Several windows, headless: the picture of the first, and its time.

use crate::common::{Picture, new_file, succeed};

fn draw(file: &str, frames: &str) -> Picture {
    let file = new_file(file);
    let path = file.to_str().expect("a path in UTF-8");
    let arguments = ["--headless", path, "--size", "400x300", "--frames", frames];
    succeed("hello_windows", &arguments, &[]);
    Picture::read(&file)
}

#[test]
fn the_first_window() {
    let picture = draw("hello_windows.png", "1");
    // At the start the brightest disc of three is at a third of a turn before the one on the right.
    let [red, green, blue, _] = picture.pixel(200 - 41, 150 + 71);
    assert!(red > 200 && red > green && green.abs_diff(blue) <= 2, "{red} {green} {blue}");
    assert_eq!(picture.pixel(200, 150), [0x20, 0x24, 0x2c, 0xff]);
}

#[test]
fn frames_are_counted_as_sixtieths_of_a_second() {
    // A wheel of three turns once in eight seconds; the colours tell the discs apart.
    let start = draw("start.png", "1");
    assert_ne!(start, draw("moved.png", "2"));
    assert_eq!(draw("again.png", "20"), draw("once-more.png", "20"));
    let turned = draw("turned.png", "481");
    let changed = start.pixels.iter().zip(&turned.pixels).filter(|(a, b)| a.abs_diff(**b) > 4);
    assert_eq!(changed.count(), 0);
}
