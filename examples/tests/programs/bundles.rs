//! The sunflower out of two bundles.

use crate::common::{Picture, draw};

const BACKGROUND: [u8; 4] = [0x17, 0x21, 0x1d, 0xff];

/// How many petals a circle around the middle crosses, near their tips: each begins where the picture becomes bright.
/// The places looked at are some pixels apart, so that none falls back behind an edge that was crossed.
fn petals(picture: &Picture) -> usize {
    let bright: Vec<bool> = (0..600)
        .map(|i| (f64::from(i) / 600.0 * std::f64::consts::TAU).sin_cos())
        .map(|(sin, cos)| ((400.0 + 266.0 * cos) as u32, (300.0 + 266.0 * sin) as u32))
        .map(|(x, y)| picture.pixel(x, y)[0] > 128)
        .collect();
    let next = bright.iter().cycle().skip(1);
    bright.iter().zip(next).filter(|(before, after)| !**before && **after).count()
}

pub(crate) fn shows(picture: &Picture) {
    for corner in [(0, 0), (799, 0), (0, 599), (799, 599)] {
        assert_eq!(picture.pixel(corner.0, corner.1), BACKGROUND);
    }
    assert_eq!(petals(picture), 42);
    // The florets fill the disc in the middle; what circles leave free is seen between them.
    let disc: Vec<[u8; 4]> = (300..500)
        .flat_map(|x| (200..400).map(move |y| (x, y)))
        .filter(|&(x, y)| f64::hypot(f64::from(x) - 400.0, f64::from(y) - 300.0) < 100.0)
        .map(|(x, y)| picture.pixel(x, y))
        .collect();
    let gaps = disc.iter().filter(|&&pixel| pixel == BACKGROUND).count();
    assert!(gaps * 4 < disc.len(), "{gaps} of {} pixels are empty", disc.len());
}

#[test]
fn the_flower_turns_as_a_whole() {
    let (turned, _) = draw("bundles", "bundles-turned.png", &["--frames", "10"], &[]);
    assert_eq!(petals(&turned), 42);
}
