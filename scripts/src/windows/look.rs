//! Whether what is on a screen looks like a picture.

use crate::picture::{Picture, Pixel};

/// How far the channels of pixels may be apart that are as good as the same.
const AS_GOOD_AS: u8 = 4;

/// Whether two pictures of the same size look alike: all but one in 200 pixels are as good as the same, whatever their
/// alpha is.
pub(super) fn alike(a: &Picture, b: &Picture) -> bool {
    (a.width, a.height) == (b.width, b.height) && is_at(a, b, 0, 0)
}

/// Whether all pixels of a picture are the same.
pub(super) fn is_plain(picture: &Picture) -> bool {
    let first = picture.pixel(0, 0);
    places(picture).all(|(x, y)| same(picture.pixel(x, y), first))
}

/// Where on the screen the picture is.
pub(super) fn find(screen: &Picture, picture: &Picture) -> Option<(u32, u32)> {
    let (columns, rows) =
        (screen.width.checked_sub(picture.width)?, screen.height.checked_sub(picture.height)?);
    // A few places tell nearly everything apart.
    let step = (picture.width * picture.height / 61).max(1);
    let probes: Vec<(u32, u32)> = (0..picture.width * picture.height)
        .step_by(step as usize)
        .map(|index| (index % picture.width, index / picture.width))
        .collect();
    let probable = |x, y| {
        let misses = probes.iter().filter(|&&(column, row)| {
            !same(picture.pixel(column, row), screen.pixel(x + column, y + row))
        });
        misses.take(3).count() < 3
    };
    (0..=rows)
        .flat_map(|y| (0..=columns).map(move |x| (x, y)))
        .find(|&(x, y)| probable(x, y) && is_at(screen, picture, x, y))
}

fn is_at(screen: &Picture, picture: &Picture, x: u32, y: u32) -> bool {
    let most = (picture.width * picture.height / 200) as usize;
    let apart = places(picture).filter(|&(column, row)| {
        !same(picture.pixel(column, row), screen.pixel(x + column, y + row))
    });
    apart.take(most + 1).count() <= most
}

fn places(picture: &Picture) -> impl Iterator<Item = (u32, u32)> {
    let width = picture.width;
    (0..picture.height).flat_map(move |y| (0..width).map(move |x| (x, y)))
}

fn same(a: Option<Pixel>, b: Option<Pixel>) -> bool {
    a.zip(b)
        .is_some_and(|(a, b)| (0..3).all(|channel| a[channel].abs_diff(b[channel]) <= AS_GOOD_AS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Picture {
        Picture::painted(20, 10, |x, y| [10 * x as u8, 20 * y as u8, 200, 255])
    }

    fn spot(width: u32) -> Picture {
        Picture::painted(width, 1, |_, _| [255, 255, 255, 0])
    }

    #[test]
    fn one_pixel_of_two_hundred_may_be_anything() {
        let mut other = sample();
        other.put(&spot(1), 0, 0);
        assert!(alike(&sample(), &other));
        other.put(&spot(2), 0, 0);
        assert!(!alike(&sample(), &other));
        assert!(!alike(&sample(), &sample().halved()));
    }

    #[test]
    fn a_picture_is_found_where_it_is() {
        let mut screen = Picture::painted(60, 50, |_, _| [9, 9, 9, 255]);
        assert!(is_plain(&screen));
        assert_eq!(find(&screen, &sample()), None);
        for place in [(0, 0), (17, 31), (40, 40)] {
            let mut screen = screen.clone();
            screen.put(&sample(), place.0, place.1);
            screen.put(&spot(1), place.0 + 3, place.1 + 3);
            assert_eq!(find(&screen, &sample()), Some(place));
            assert!(!is_plain(&screen));
        }
        screen.put(&sample(), 41, 40);
        assert_eq!(find(&screen, &sample()), None, "it is not there as a whole");
        assert_eq!(find(&spot(3), &sample()), None, "it is larger than the screen");
    }
}
