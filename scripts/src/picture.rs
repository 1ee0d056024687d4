//! Pictures: PNG files, what differs between two of them, and new ones made of them.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, Result};

/// Red, green, blue and alpha, as a PNG file has them.
pub(crate) type Pixel = [u8; 4];

/// A picture with eight bits for each channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Row by row, from the top.
    pixels: Vec<Pixel>,
}

/// Writes a PNG file into memory.
type Encoder<'a> = png::Encoder<'a, &'a mut Vec<u8>>;

/// How far two pictures of the same size are apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// How many pixels are not the same.
    pub(crate) pixels: usize,
    /// How much the most different channel differs.
    pub(crate) most: u8,
}

impl Picture {
    /// A picture whose pixels are `color` of their column and row.
    pub(crate) fn painted(width: u32, height: u32, color: impl Fn(u32, u32) -> Pixel) -> Picture {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Picture { width, height, pixels: places.map(|(x, y)| color(x, y)).collect() }
    }

    /// Reads a PNG file.
    pub(crate) fn read(file: &Path) -> Result<Picture> {
        let next = "see what wrote it";
        let bytes =
            fs::read(file).map_err(|error| Failure::file("cannot read", file, &error, next))?;
        Picture::decode(&bytes)
            .map_err(|what| Failure::new(format!("{}: {what}", file.display()), next))
    }

    fn decode(bytes: &[u8]) -> std::result::Result<Picture, String> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
        let mut bytes = vec![0; reader.output_buffer_size().ok_or("too large")?];
        let info = reader.next_frame(&mut bytes).map_err(|error| error.to_string())?;
        let pixels = match info.color_type {
            png::ColorType::Rgba => {
                bytes.chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]).collect()
            }
            png::ColorType::Rgb => {
                bytes.chunks_exact(3).map(|p| [p[0], p[1], p[2], u8::MAX]).collect()
            }
            other => return Err(format!("its colours are {other:?}")),
        };
        Ok(Picture { width: info.width, height: info.height, pixels })
    }

    /// Writes a PNG file, without alpha.
    pub(crate) fn write(&self, file: &Path) -> Result {
        let bytes: Vec<u8> = self.pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
        self.write_as(file, |encoder| encoder.set_color(png::ColorType::Rgb), &bytes)
    }

    /// Writes a PNG file of a third of the size, with 256 colours.
    pub(crate) fn write_small(&self, file: &Path) -> Result {
        let bytes: Vec<u8> = self.pixels.iter().flatten().copied().collect();
        // Every third pixel is looked at.
        let colors = color_quant::NeuQuant::new(3, 256, &bytes);
        let indices: Vec<u8> =
            self.pixels.iter().map(|pixel| colors.index_of(pixel) as u8).collect();
        let palette = |encoder: &mut Encoder<'_>| {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(colors.color_map_rgb());
        };
        self.write_as(file, palette, &indices)
    }

    fn write_as(&self, file: &Path, kind: impl FnOnce(&mut Encoder<'_>), bytes: &[u8]) -> Result {
        let failed = |error: &std::io::Error| {
            Failure::file("cannot write", file, error, "see that it can be written to")
        };
        let bytes = self.encode(kind, bytes).map_err(|error| failed(&error.into()))?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        fs::write(file, bytes).map_err(|error| failed(&error))
    }

    fn encode(
        &self,
        kind: impl FnOnce(&mut Encoder<'_>),
        bytes: &[u8],
    ) -> std::result::Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        kind(&mut encoder);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(bytes)?;
        writer.finish()?;
        Ok(file)
    }

    /// The pixel at a place; `None` beyond the picture.
    pub(crate) fn pixel(&self, x: u32, y: u32) -> Option<Pixel> {
        if x >= self.width || y >= self.height {
            return None;
        }
        self.pixels.get(y as usize * self.width as usize + x as usize).copied()
    }

    /// The part at a place; `None` if it reaches beyond the picture.
    pub(crate) fn part(&self, x: u32, y: u32, width: u32, height: u32) -> Option<Picture> {
        if x.checked_add(width)? > self.width || y.checked_add(height)? > self.height {
            return None;
        }
        let color = |column, row| self.pixel(x + column, y + row).unwrap_or_default();
        Some(Picture::painted(width, height, color))
    }

    /// What differs from another picture; `None` if that has another size.
    pub(crate) fn difference(&self, other: &Picture) -> Option<Difference> {
        if (self.width, self.height) != (other.width, other.height) {
            return None;
        }
        let mut difference = Difference::default();
        for (a, b) in self.pixels.iter().zip(&other.pixels) {
            let most = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or_default();
            difference.pixels += usize::from(most > 0);
            difference.most = difference.most.max(most);
        }
        Some(difference)
    }

    /// How much the colours of another picture differ on average; `None` if that has another size.
    pub(crate) fn mean_difference(&self, other: &Picture) -> Option<f32> {
        if (self.width, self.height) != (other.width, other.height) {
            return None;
        }
        let channels = |picture: &Picture| -> Vec<u8> {
            picture.pixels.iter().flat_map(|pixel| pixel[..3].to_vec()).collect()
        };
        let (a, b) = (channels(self), channels(other));
        let sum: u64 = a.iter().zip(&b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        Some(sum as f32 / a.len() as f32)
    }

    /// A picture of half the width and height; each pixel has the light of four.
    pub(crate) fn halved(&self) -> Picture {
        Picture::painted(self.width / 2, self.height / 2, |x, y| {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)]
                .map(|(dx, dy)| self.pixel(2 * x + dx, 2 * y + dy).unwrap_or_default());
            let channel = |index: usize| {
                let light: f32 = four.iter().map(|pixel| linear(pixel[index])).sum();
                encoded(light / 4.0)
            };
            [channel(0), channel(1), channel(2), u8::MAX]
        })
    }

    /// Copies `other` to a place in this picture, as far as it fits.
    pub(crate) fn put(&mut self, other: &Picture, x: u32, y: u32) {
        for row in 0..other.height.min(self.height.saturating_sub(y)) {
            for column in 0..other.width.min(self.width.saturating_sub(x)) {
                let at = (y + row) as usize * self.width as usize + (x + column) as usize;
                self.pixels[at] = other.pixel(column, row).unwrap_or_default();
            }
        }
    }
}

/// The light of a channel in sRGB encoding.
fn linear(channel: u8) -> f32 {
    let value = f32::from(channel) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The sRGB encoding of light.
fn encoded(light: f32) -> u8 {
    let value =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn sample() -> Picture {
        Picture::painted(20, 10, |x, y| [x as u8, 10 * y as u8, 200, 255])
    }

    #[test]
    fn files_are_read_as_they_were_written() {
        let folder = Scratch::new();
        let file = folder.path().join("new/sample.png");
        sample().write(&file).unwrap();
        assert_eq!(Picture::read(&file).unwrap(), sample());
        sample().write_small(&file).unwrap();
        assert!(sample().mean_difference(&Picture::read(&file).unwrap()).unwrap() < 4.0);
        let text = Picture::read(&folder.write("text.png", "no picture")).unwrap_err().to_string();
        assert!(text.contains("text.png"), "{text}");
    }

    #[test]
    fn what_differs_is_counted() {
        let mut other = sample();
        assert_eq!(sample().difference(&other), Some(Difference::default()));
        other.put(&Picture::painted(1, 1, |_, _| [3, 40, 203, 255]), 3, 4);
        assert_eq!(sample().difference(&other), Some(Difference { pixels: 1, most: 3 }));
        assert_eq!(sample().difference(&sample().halved()), None);
    }

    #[test]
    fn parts_lie_within() {
        let part = sample().part(5, 2, 15, 8).unwrap();
        assert_eq!((part.width, part.height, part.pixel(0, 0)), (15, 8, Some([5, 20, 200, 255])));
        assert_eq!((part.pixel(15, 0), sample().part(5, 2, 16, 8)), (None, None));
    }

    #[test]
    fn halves_keep_the_light() {
        // Half of the light, which is not half of the number.
        let stripes = Picture::painted(2, 2, |x, _| [255 * x as u8, 0, 255, 255]);
        assert_eq!(stripes.halved(), Picture::painted(1, 1, |_, _| [188, 0, 255, 255]));
        let mean =
            sample().mean_difference(&Picture::painted(20, 10, |_, y| [0, 10 * y as u8, 200, 0]));
        assert_eq!((mean, sample().mean_difference(&stripes)), (Some(9.5 / 3.0), None));
    }
}
