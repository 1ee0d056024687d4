//! The three cards are one picture.

use crate::common::Picture;

pub(crate) fn shows(picture: &Picture) {
    // 242 by 525 pixels each, 260 apart, from (19, 37) on.
    for (x, y) in (0..242).flat_map(|x| (0..525).map(move |y| (19 + x, 37 + y))) {
        let [r, g, b, _] = picture.pixel(x, y);
        for (card, language) in [(1, "SPIR-V"), (2, "GLSL")] {
            let other = picture.pixel(x + card * 260, y);
            let near =
                other.iter().zip([r, g, b]).all(|(found, wanted)| found.abs_diff(wanted) <= 1);
            assert!(near, "{language} has {other:?} where WGSL has {:?}", picture.pixel(x, y));
        }
    }
    for card in [0, 260, 520] {
        // The middle of the flower, a petal around it, and the frame.
        picture.assert_pixel((card + 140, 300), [0xe7, 0x6f, 0x51], 2);
        picture.assert_pixel((card + 140 + 25, 300), [0xf3, 0xe6, 0xd0], 2);
        picture.assert_pixel((card + 10, 300), [0x20, 0x24, 0x2c], 0);
        // Up is where the light is.
        assert!(picture.pixel(card + 140, 120)[2] > picture.pixel(card + 140, 480)[2] + 20);
    }
}
