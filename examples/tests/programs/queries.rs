//! What the queries say, in words and in the picture.

use crate::common::{Picture, draw};

/// The numbers in the line that begins with this word.
fn numbers(stdout: &str, first: &str) -> Vec<f64> {
    let line = stdout.lines().find(|line| line.starts_with(first));
    let line = line.unwrap_or_else(|| panic!("there is no line `{first}`:\n{stdout}"));
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

pub(crate) fn shows(picture: &Picture) {
    // Middles of the balls and, straight below, of the lamps: red, amber, and a ring that is off.
    let is_red = |[r, g, b, _]: [u8; 4]| r > 130 && r / 2 > g && r / 2 > b;
    let is_amber = |[r, g, b, _]: [u8; 4]| r > 130 && g > r / 2 && g / 2 > b;
    assert!(is_red(picture.pixel(160, 260)) && is_red(picture.pixel(160, 485)));
    assert!(is_amber(picture.pixel(380, 260)) && is_amber(picture.pixel(400, 485)));
    picture.assert_pixel((640, 485), [0x20, 0x24, 0x2c], 0);
    let [r, g, b, _] = picture.pixel(640, 260);
    assert!(r.abs_diff(g) < 20 && g.abs_diff(b) < 30, "the board hides the right ball");
    // Light goes out from lamps that are on.
    assert!(picture.pixel(160, 460)[0] > picture.pixel(640, 460)[0] + 40);
}

#[test]
fn seen_and_hidden_balls() {
    let (_, run) = draw("queries", "queries.png", &[], &[]);
    let said = "occlusion   left ball seen, middle ball seen, right ball hidden\n";
    assert!(run.stdout.contains(said), "{}", run.stdout);

    // Four corners of the board and of each ball, two triangles each; some hardware runs shaders a few times more.
    let counts = numbers(&run.stdout, "statistics");
    assert!(counts.len() == 3 && counts[0] >= 16.0 && counts[1] >= 8.0, "{}", run.stdout);
    // The board alone has 375 by 252 pixels, the picture 800 by 600.
    assert!((94_000.0..=480_000.0).contains(&counts[2]), "{}", run.stdout);
    let milliseconds = numbers(&run.stdout, "timestamps");
    assert!((0.0..60_000.0).contains(&milliseconds[0]), "{}", run.stdout);
}

#[test]
fn answers_are_printed_once_a_second() {
    let arguments = ["--frames", "122", "--size", "80x60"];
    let (_, run) = draw("queries", "queries-later.png", &arguments, &[]);
    assert_eq!(run.stdout.matches("occlusion").count(), 3, "{}", run.stdout);
}
