//! Pictures beside each other, for eyes.

use crate::picture::{Picture, Pixel};

/// Between the pictures.
const GAP: u32 = 8;
const GROUND: Pixel = [255, 255, 255, 255];
/// Pairs in a row of the sheet.
const COLUMNS: usize = 3;

/// Two pictures side by side.
pub(super) fn beside(left: &Picture, right: &Picture) -> Picture {
    let (width, height) = (left.width + GAP + right.width, left.height.max(right.height));
    let mut pair = Picture::painted(width, height, |_, _| GROUND);
    pair.put(left, 0, 0);
    pair.put(right, left.width + GAP, 0);
    pair
}

/// All pairs at half their size, in rows, in the order of the table.
pub(super) fn all(pairs: impl Iterator<Item = Picture>) -> Picture {
    let pairs: Vec<Picture> = pairs.map(|pair| pair.halved()).collect();
    let cell =
        |side: fn(&Picture) -> u32| pairs.iter().map(side).max().unwrap_or_default() + 2 * GAP;
    let (width, height) = (cell(|pair| pair.width), cell(|pair| pair.height));
    let rows = pairs.len().div_ceil(COLUMNS);
    let mut sheet =
        Picture::painted(width * COLUMNS as u32, height * rows.max(1) as u32, |_, _| GROUND);
    for (index, pair) in pairs.iter().enumerate() {
        let (row, column) = ((index / COLUMNS) as u32, (index % COLUMNS) as u32);
        sheet.put(pair, column * width + GAP, row * height + GAP);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_has_its_place() {
        let plain = |red| Picture::painted(40, 30, move |_, _| [red, 0, 0, 255]);
        let pair = beside(&plain(1), &plain(2));
        assert_eq!((pair.width, pair.height), (88, 30));
        assert_eq!(pair.pixel(0, 0), Some([1, 0, 0, 255]));
        assert_eq!((pair.pixel(40, 0), pair.pixel(48, 29)), (Some(GROUND), Some([2, 0, 0, 255])));

        let sheet = all((0..4).map(|_| beside(&plain(1), &plain(2))));
        assert_eq!((sheet.width, sheet.height), (3 * 60, 2 * 31));
        // The fourth pair begins the second row.
        assert_eq!(sheet.pixel(8, 31 + 8), Some([1, 0, 0, 255]));
        assert_eq!(sheet.pixel(60 + 8, 31 + 8), Some(GROUND));
    }
}
