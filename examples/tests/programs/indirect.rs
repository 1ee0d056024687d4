//! What the kernel decides to draw, against the same decision made here.

use crate::common::Picture;

const BACKGROUND: [u8; 3] = [0x17, 0x1a, 0x21];

/// A channel in sRGB encoding.
fn srgb(linear: f64) -> u8 {
    (255.0 * (1.055 * linear.powf(1.0 / 2.4) - 0.055)).round() as u8
}

pub(crate) fn shows(picture: &Picture) {
    let shapes = [[0.02, 0.23, 0.29], [0.91, 0.40, 0.06], [0.96, 0.86, 0.66]];
    let mut drawn = [0; 3];
    for (row, column) in (0..36).flat_map(|row| (0..48).map(move |column| (row, column))) {
        let place = |cell: i32, cells: i32| (f64::from(cell - cells / 2) + 0.5) / 18.0;
        let (x, y) = (place(column, 48), place(row, 36));
        let near = (x + 0.35).hypot(y - 0.1);
        let far = (x - 0.75).hypot(y + 0.35);
        let height = 0.5 * ((9.0 * near).sin() + (7.0 * far).sin()) + 0.45;
        let shape = height * 3.0 / 1.45;
        // Where it is close, rounding may decide otherwise.
        if (shape - shape.round()).abs() < 0.001 {
            continue;
        }
        let color = match shape {
            ..0.0 => BACKGROUND,
            _ => {
                let shape = (shape as usize).min(2);
                drawn[shape] += 1;
                shapes[shape].map(srgb)
            }
        };
        // The grid is 96 % as high as the picture.
        picture.assert_pixel(((400.0 + 288.0 * x) as u32, (300.0 - 288.0 * y) as u32), color, 1);
    }
    assert!(drawn.iter().all(|&count| count > 200), "{drawn:?}");
}
