//! Pixels, as an X server keeps them.

use crate::picture::Picture;

/// Reads the X window dump (version 7, all numbers big-endian) that Xvfb keeps up to date.
pub(super) fn parse(bytes: &[u8]) -> std::result::Result<Picture, String> {
    let number = |index: usize| -> std::result::Result<u32, String> {
        let field = bytes.get(4 * index..4 * index + 4).and_then(|field| field.try_into().ok());
        field.map(u32::from_be_bytes).ok_or_else(|| "ends within its header".to_owned())
    };
    let (header, version, format) = (number(0)?, number(1)?, number(2)?);
    let (width, height, byte_order, bits_per_pixel) =
        (number(4)?, number(5)?, number(7)?, number(11)?);
    let (bytes_per_line, masks, colors) =
        (number(12)?, [number(14)?, number(15)?, number(16)?], number(19)?);
    const LITTLE_ENDIAN: u32 = 0;
    const Z_PIXMAP: u32 = 2;
    if (version, format, byte_order, bits_per_pixel) != (7, Z_PIXMAP, LITTLE_ENDIAN, 32) {
        return Err(format!(
            "version {version}, format {format}, byte order {byte_order}, {bits_per_pixel} bits"
        ));
    }
    if masks != [0xff_0000, 0xff00, 0xff] {
        return Err(format!("red, green and blue are {masks:x?}"));
    }
    // Each entry of the colour map takes 12 bytes.
    let start = header as usize + 12 * colors as usize;
    let length = bytes_per_line as usize * height as usize;
    let pixels = bytes.get(start..start + length).ok_or("ends within its pixels")?;
    if bytes_per_line < 4 * width {
        return Err(format!("{bytes_per_line} bytes are a line of {width} pixels"));
    }
    Ok(Picture::painted(width, height, |x, y| {
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
    fn reads_colors_at_their_place() {
        let picture = parse(&dump()).unwrap();
        assert_eq!(picture.pixel(0, 0), Some([100, 0, 0, 255]));
        assert_eq!(picture.pixel(2, 1), Some([102, 1, 2, 255]));
        assert_eq!((picture.pixel(3, 0), picture.pixel(0, 2)), (None, None));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for length in [0, 50, 107, dump().len() - 1] {
            parse(&dump()[..length]).unwrap_err();
        }
        for index in [1, 2, 7, 11, 14] {
            let mut other = dump();
            other[4 * index + 3] ^= 1;
            parse(&other).unwrap_err();
        }
    }
}
