//! The trait of a program that draws, and what calls it.

use webgpu as wgpu;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use crate::gpu::{Gpu, Needs};
use crate::options::Options;
use crate::{headless, report};

/// A program that draws, the same in a window and into a file.
pub trait Example: Sized {
    /// The program's name, which is also the window's title.
    const NAME: &'static str;

    /// Whether the picture changes with time. If not, a window draws only when it has to.
    const ANIMATED: bool = false;

    /// How many windows are opened, all with one device and this one example. A picture is that of the first.
    const WINDOWS: u32 = 1;

    /// Features and limits it needs; by default what every adapter has.
    #[must_use]
    fn needs() -> Needs {
        Needs::default()
    }

    /// Makes pipelines, buffers and all else that lasts for longer than a frame.
    ///
    /// # Errors
    ///
    /// What the example cannot do without.
    fn new(gpu: &Gpu, target: Target) -> Result<Self>;

    /// The target has another size from now on. With several windows that is so whenever the next one to draw on has
    /// another size than the one before.
    fn resize(&mut self, _gpu: &Gpu, _target: Target) {}

    /// Draws one frame: records the commands and submits them.
    fn draw(&mut self, gpu: &Gpu, frame: &Frame<'_>);
}

/// What is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Format of the colour attachment.
    pub format: wgpu::TextureFormat,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// One picture in the making.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The colour attachment.
    pub view: &'a wgpu::TextureView,
    /// What the view is a view of.
    pub target: Target,
    /// Time since the first frame. Headless, and where frames are counted, they are a sixtieth of a second apart, so
    /// that pictures repeat.
    pub time: Duration,
    /// Which of the windows it is for, from 0.
    pub window: u32,
}

/// The time of a frame, where frames are counted.
pub(crate) fn time_of(index: u32) -> Duration {
    Duration::from_secs(index.into()) / 60
}

/// The `main` of a program that draws: reads the command line, draws, reports.
pub fn draw<E: Example>() -> ExitCode {
    report::run(E::NAME, |out| {
        let options = Options::parse(std::env::args_os().skip(1))?;
        if options.help {
            return Ok(write!(out, "{}", Options::help_text(E::NAME))?);
        }
        if options.needs {
            return Ok(writeln!(out, "{}", E::needs())?);
        }
        match &options.headless {
            Some(file) => headless::draw::<E>(&options, file, out),
            None => in_window::<E>(&options),
        }
    })
}

#[cfg(feature = "window")]
fn in_window<E: Example>(options: &Options) -> Result<()> {
    crate::window::draw::<E>(options)
}

#[cfg(not(feature = "window"))]
fn in_window<E: Example>(_options: &Options) -> Result<()> {
    let name = E::NAME;
    let message = format!(
        "this build of `{name}` draws no windows: use `--headless FILE.png`, or build it with the Cargo feature `window`"
    );
    Err(report::Usage(message).into())
}
