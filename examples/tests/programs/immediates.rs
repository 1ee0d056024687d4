//! Squares within squares.

use crate::common::Picture;

const BACKGROUND: [u8; 4] = [0x16, 0x1b, 0x35, 0xff];

pub(crate) fn shows(picture: &Picture) {
    // The outermost square is 94 % as high as the picture.
    for (x, y, outside) in
        [(116, 300, true), (120, 300, false), (683, 300, true), (679, 300, false)]
    {
        assert_eq!(picture.pixel(x, y) == BACKGROUND, outside, "at ({x}, {y})");
    }
    assert_eq!(picture.pixel(0, 0), BACKGROUND);

    // From the edge to the middle it becomes lighter, in many steps.
    let mut reds: Vec<u8> = (120..=400).map(|x| picture.pixel(x, 300)[0]).collect();
    reds.dedup();
    assert!(reds.len() > 20 && reds.last() == Some(&255), "{reds:?}");

    // A quarter of a turn changes nothing.
    for (i, j) in (0..290).step_by(3).flat_map(|i| (0..290).step_by(7).map(move |j| (i, j))) {
        let [r, g, b, _] = picture.pixel(400 + i, 300 + j);
        picture.assert_pixel((399 - j, 300 + i), [r, g, b], 3);
    }
}
