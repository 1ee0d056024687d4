//! Pixels, as an X server keeps them.

use crate::picture::Picture;

/// Reads the X window dump (all numbers big-endian) that Xvfb keeps up to date; none where it is of another kind.
pub(super) fn parse(bytes: &[u8]) -> Option<Picture> {
    let number = |index: usize| {
        let field = bytes.get(4 * index..4 * index + 4)?;
        Some(u32::from_be_bytes(field.try_into().ok()?))
    };
    // Version 7 of the format, whole pixels, the order of their bytes, their bits, and the masks of red, green and blue.
    let kind = [1, 2, 7, 11, 14, 15, 16].map(number);
    if kind != [7, 2, 0, 32, 0xff_0000, 0xff00, 0xff].map(Some) {
        return None;
    }
    let (header, width, height) = (number(0)?, number(4)?, number(5)?);
    let (bytes_per_line, colors) = (number(12)?, number(19)?);
    // Each entry of the colour map takes 12 bytes.
    let start = header as usize + 12 * colors as usize;
    let length = bytes_per_line as usize * height as usize;
    let pixels = bytes.get(start..start + length).filter(|_| bytes_per_line >= 4 * width)?;
    Some(Picture::painted(width, height, |x, y| {
        let at = (y * bytes_per_line + 4 * x) as usize;
        [pixels[at + 2], pixels[at + 1], pixels[at], u8::MAX]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dump of 3 by 2 pixels with a padded line, a longer header and one colour.
    fn dump() -> Vec<u8> {
        let mut header = [0_u32; 27];
        header[0] = 108;
        (header[1], header[2], header[3]) = (7, 2, 24);
        (header[4], header[5], header[11], header[12]) = (3, 2, 32, 16);
        [header[14], header[15], header[16]] = [0xff_0000, 0xff00, 0xff];
        header[19] = 1;
        let mut bytes: Vec<u8> = header.iter().flat_map(|number| number.to_be_bytes()).collect();
        bytes.extend([0; 12]);
        bytes.extend((0..2).flat_map(|y| (0..4).flat_map(move |x| [x, y, 100 + x, 0])));
        bytes
    }

    #[test]
    fn reads_colors_at_their_place_and_nothing_else() {
        let picture = parse(&dump()).unwrap();
        assert_eq!(picture.pixel(0, 0), Some([100, 0, 0, 255]));
        assert_eq!(picture.pixel(2, 1), Some([102, 1, 2, 255]));
        assert_eq!((picture.pixel(3, 0), picture.pixel(0, 2)), (None, None));
        for length in [0, 50, 107, dump().len() - 1] {
            assert_eq!(parse(&dump()[..length]), None);
        }
        for index in [1, 2, 7, 11, 14] {
            let mut other = dump();
            other[4 * index + 3] ^= 1;
            assert_eq!(parse(&other), None);
        }
    }
}
