//! Draws without a window: into a texture, from there into a buffer, from there into a PNG file.

use webgpu as wgpu;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::example::{self, Example, Frame, Target};
use crate::gpu::Gpu;
use crate::options::Options;
use crate::{engine, readback};

/// Bytes of one pixel of [`FORMAT`].
const BYTES_PER_PIXEL: u32 = 4;
/// The order of channels that PNG has, and the encoding that screens expect.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8UnormSrgb;

/// Draws the example's frames, writes the last one to `file` and says so on `out`.
///
/// # Errors
///
/// There is no device, the size is beyond what it can do, the example fails, or the file cannot be written.
pub fn draw<E: Example>(options: &Options, file: &Path, out: &mut impl Write) -> Result<()> {
    let instance =
        engine::instance(wgpu::InstanceDescriptor::new_without_display_handle_from_env())?;
    let gpu = Gpu::open(instance, None, E::needs())?;

    let (width, height) = options.size.unwrap_or(Options::USUAL_SIZE);
    let canvas = Canvas::new(&gpu, width, height)?;
    let mut example = E::new(&gpu, canvas.target)?;
    gpu.check()?;
    for index in 0..options.frames.unwrap_or(1) {
        let time = example::time_of(index);
        example.draw(&gpu, &Frame { view: &canvas.view, target: canvas.target, time, window: 0 });
        gpu.check()?;
    }

    let png = encode(&canvas.pixels(&gpu)?, width, height)?;
    save(file, &png).with_context(|| format!("cannot write `{}`", file.display()))?;
    writeln!(out, "{}: {width}x{height} pixels drawn on {}", file.display(), gpu.name())?;
    Ok(())
}

/// Writes a file beside its place and puts it there when it is whole: until then, what is there stays.
fn save(file: &Path, content: &[u8]) -> io::Result<()> {
    // A link stays one, and leads to the new file.
    let place = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let Some(name) = place.file_name().filter(|_| place.metadata().map_or(true, |at| at.is_file()))
    else {
        // Devices and pipes take it as it comes; of a folder the system says that it is one.
        return fs::write(file, content);
    };
    let unfinished = format!(".{}.{}", name.display(), std::process::id());
    let unfinished = place.with_file_name(unfinished);
    let written = fs::write(&unfinished, content).and_then(|()| fs::rename(&unfinished, &place));
    if written.is_err() {
        // It is of no use, and there may be nothing to remove.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// A texture to draw on, and the buffer its pixels leave through.
struct Canvas {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    target: Target,
    buffer: wgpu::Buffer,
    /// Copies into buffers need rows of a multiple of 256 bytes.
    bytes_per_row: u32,
}

impl Canvas {
    fn new(gpu: &Gpu, width: u32, height: u32) -> Result<Canvas> {
        let limits = gpu.device.limits();
        let longest = limits.max_texture_dimension_2d;
        ensure!(
            width <= longest && height <= longest,
            "the size {width}x{height} is beyond this adapter: at most {longest}x{longest}"
        );
        let bytes_per_row =
            (width * BYTES_PER_PIXEL).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let size = u64::from(bytes_per_row) * u64::from(height);
        ensure!(
            size <= limits.max_buffer_size,
            "the size {width}x{height} takes {size} bytes: at most {} fit into a buffer",
            limits.max_buffer_size
        );

        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("canvas"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("pixels"),
            size,
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        gpu.check()?;
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Ok(Canvas {
            texture,
            view,
            target: Target { format: FORMAT, width, height },
            buffer,
            bytes_per_row,
        })
    }

    /// The pixels row by row, without the padding that copying needs.
    fn pixels(&self, gpu: &Gpu) -> Result<Vec<u8>> {
        let mut encoder = gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("pixels") });
        encoder.copy_texture_to_buffer(
            self.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &self.buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(self.bytes_per_row),
                    rows_per_image: None,
                },
            },
            self.texture.size(),
        );
        gpu.queue.submit([encoder.finish()]);

        let padded = readback::read(gpu, &self.buffer)?;
        let row = (self.target.width * BYTES_PER_PIXEL) as usize;
        Ok(padded
            .chunks(self.bytes_per_row as usize)
            .flat_map(|padded| &padded[..row])
            .copied()
            .collect())
    }
}

/// A PNG file's content, of RGBA pixels in sRGB encoding.
fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header().context("cannot encode the picture")?;
    writer.write_image_data(pixels).context("cannot encode the picture")?;
    writer.finish().context("cannot encode the picture")?;
    Ok(file)
}
