//! The quilt: which layer is where.

use crate::common::{Picture, draw};

const CREAM: [u8; 3] = [0xf4, 0xe9, 0xd8];
const NAVY: [u8; 3] = [0x1f, 0x3a, 0x5f];
const CORAL: [u8; 3] = [0xe7, 0x6f, 0x51];

/// What is in the middle of a layer, where that is no edge: between dots, the middle of rings, a crossing, a diamond, a
/// flower.
const MIDDLES: [(u32, [u8; 3]); 5] = [(1, NAVY), (4, CORAL), (5, NAVY), (7, CORAL), (11, CREAM)];

/// The middle of a patch, in a picture of this height and four thirds of it as width.
fn middle(patch: u32, height: f32) -> (u32, u32) {
    let (column, row) = ((patch % 4) as f32 + 0.5, (patch / 4) as f32 + 0.5);
    let from_middle = |cell: f32, cells: f32| 0.95 * (cell - cells / 2.0) * height / 3.0;
    let x = height * 2.0 / 3.0 + from_middle(column, 4.0);
    (x as u32, (height / 2.0 + from_middle(row, 3.0)) as u32)
}

pub(crate) fn shows(picture: &Picture) {
    for (layer, color) in MIDDLES {
        picture.assert_pixel(middle(layer, 600.0), color, 2);
    }
    // Between the patches, and where their corners are rounded off:
    for place in [(2, 2), (400, 2), (400, 205), (210, 300), (29, 24)] {
        picture.assert_pixel(place, [0x20, 0x24, 0x2c], 0);
    }
}

#[test]
fn after_a_second_the_layers_have_moved_on_by_one() {
    let arguments = ["--frames", "61", "--size", "400x300"];
    let (picture, _) = draw("texture_arrays", "texture_arrays-later.png", &arguments, &[]);
    for (layer, color) in MIDDLES {
        picture.assert_pixel(middle(layer - 1, 300.0), color, 2);
    }
}
