//! An example in its windows: one device, one example, a surface for each window.

use webgpu as wgpu;

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use winit::dpi::{LogicalSize, PhysicalSize, Size};
use winit::event_loop::ActiveEventLoop;
use winit::window::{Window, WindowId};

use crate::example::{Example, Frame, Target, time_of};
use crate::gpu::Gpu;
use crate::options::Options;
use crate::screen::{Next, Screen};

/// An example with its device and the windows that are still open.
#[derive(Debug)]
pub(crate) struct Running<E> {
    example: E,
    /// What the example was told that it draws on.
    target: Target,
    open: Vec<Shown>,
    gpu: Gpu,
    start: Instant,
    /// How many frames each window shows, where they are counted.
    frames: Option<u32>,
    hold: bool,
    /// How many sizes each window is given before.
    resizes: u32,
}

/// One window.
#[derive(Debug)]
struct Shown {
    screen: Screen,
    /// Its number among the windows that were opened.
    index: u32,
    /// The size that it was opened with.
    size: PhysicalSize<u32>,
    resized: u32,
    drawn: u32,
    /// Other windows cover it wholly, or it is minimised.
    occluded: bool,
}

/// What follows a frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Wait for events.
    Wait,
    /// Draw again.
    Draw,
    /// Draw when the window may be visible again.
    DrawLater,
    /// All frames are drawn.
    Close,
}

impl<E: Example> Running<E> {
    /// Opens the windows, a device that can present to them, and the example.
    pub(crate) fn start(
        instance: wgpu::Instance,
        options: &Options,
        event_loop: &ActiveEventLoop,
    ) -> Result<Running<E>> {
        let open = |index| open_window(event_loop, &title::<E>(index), options.size);
        let (gpu, first) = Screen::open(instance, open(0)?, E::needs())?;
        let target = first.target();
        let mut screens = vec![first];
        for index in 1..options.windows.unwrap_or(E::WINDOWS) {
            screens.push(screens[0].another(&gpu, open(index)?)?);
        }
        let example = E::new(&gpu, target)?;
        gpu.check()?;

        let shown = |(index, screen): (u32, Screen)| {
            let size = screen.window().inner_size();
            Shown { screen, index, size, resized: 0, drawn: 0, occluded: false }
        };
        Ok(Running {
            example,
            target,
            open: (0..).zip(screens).map(shown).collect(),
            gpu,
            start: Instant::now(),
            frames: options.frames,
            hold: options.hold,
            resizes: options.resizes,
        })
    }

    /// Draws the next frame of a window.
    pub(crate) fn draw(&mut self, window: WindowId) -> Result<Then> {
        let Some(shown) = self.open.iter_mut().find(|shown| shown.is(window)) else {
            return Ok(Then::Wait);
        };
        // Nobody sees it; but frames that are counted are all drawn.
        if shown.occluded && self.frames.is_none() {
            return Ok(Then::Wait);
        }
        let picture = match shown.screen.next(&self.gpu)? {
            Next::Picture(picture) => picture,
            Next::Again => return Ok(Then::Draw),
            Next::Hidden => return Ok(Then::DrawLater),
        };
        let target = shown.screen.target();
        if target != self.target {
            self.target = target;
            self.example.resize(&self.gpu, target);
        }
        let time = match self.frames {
            // A frame that is held may have to be drawn again.
            Some(frames) => time_of(shown.drawn.min(frames - 1)),
            None => self.start.elapsed(),
        };
        let view = picture.texture.create_view(&wgpu::TextureViewDescriptor::default());
        self.example.draw(&self.gpu, &Frame { view: &view, target, time, window: shown.index });
        self.gpu.check()?;
        shown.screen.window().pre_present_notify();
        picture.present();
        self.gpu.check()?;

        if shown.resized <= self.resizes && self.resizes > 0 {
            shown.resize(self.resizes);
            return Ok(Then::Draw);
        }
        shown.drawn = shown.drawn.saturating_add(1);
        Ok(match self.frames {
            Some(frames) if shown.drawn < frames => Then::Draw,
            Some(_) if self.hold => Then::Wait,
            Some(_) => Then::Close,
            None if E::ANIMATED => Then::Draw,
            None => Then::Wait,
        })
    }
}

impl<E> Running<E> {
    /// Has a window drawn with the next round of events.
    pub(crate) fn request_redraw(&self, window: WindowId) {
        if let Some(shown) = self.open.iter().find(|shown| shown.is(window)) {
            shown.screen.window().request_redraw();
        }
    }

    /// Has all windows drawn with the next round of events.
    pub(crate) fn request_redraws(&self) {
        self.open.iter().for_each(|shown| shown.screen.window().request_redraw());
    }

    /// A window has, or may have, another size.
    pub(crate) fn outdate(&mut self, window: WindowId) {
        if let Some(shown) = self.open.iter_mut().find(|shown| shown.is(window)) {
            shown.screen.outdate();
            shown.screen.window().request_redraw();
        }
    }

    /// A window went out of sight, or came back.
    pub(crate) fn occlude(&mut self, window: WindowId, occluded: bool) {
        if let Some(shown) = self.open.iter_mut().find(|shown| shown.is(window)) {
            shown.occluded = occluded;
            shown.screen.window().request_redraw();
        }
    }

    /// Closes a window. What was submitted for it may still be running: the engine waits where it has to.
    pub(crate) fn close(&mut self, window: WindowId) {
        self.open.retain(|shown| !shown.is(window));
    }

    /// Holds the last frames no longer. Returns whether all that are counted are drawn; else each window closes after its
    /// last one.
    pub(crate) fn release(&mut self) -> bool {
        self.hold = false;
        self.frames.is_none_or(|frames| self.open.iter().all(|shown| shown.drawn >= frames))
    }

    /// Whether no window is left.
    pub(crate) fn is_over(&self) -> bool {
        self.open.is_empty()
    }
}

impl Shown {
    /// Asks for the next of so many sizes, and after them for the first one.
    fn resize(&mut self, sizes: u32) {
        self.resized += 1;
        let size = if self.resized > sizes {
            self.size
        } else {
            // As good as random, and the same each time.
            PhysicalSize::new(1 + self.resized * 7_919 % 900, 1 + self.resized * 104_729 % 700)
        };
        // Where a window has its new size at once, no event tells of it.
        if self.screen.window().request_inner_size(size).is_some() {
            self.screen.outdate();
        }
    }

    fn is(&self, window: WindowId) -> bool {
        self.screen.window().id() == window
    }
}

/// What stands above a window.
fn title<E: Example>(index: u32) -> String {
    if index == 0 { E::NAME.into() } else { format!("{} {}", E::NAME, index + 1) }
}

/// Opens a window of so many pixels, or else of a size that suits the screen.
fn open_window(
    event_loop: &ActiveEventLoop,
    title: &str,
    size: Option<(u32, u32)>,
) -> Result<Arc<Window>> {
    let size: Size = match size {
        Some((width, height)) => PhysicalSize::new(width, height).into(),
        None => {
            let (width, height) = Options::USUAL_SIZE;
            LogicalSize::new(width, height).into()
        }
    };
    let attributes = Window::default_attributes().with_title(title).with_inner_size(size);
    Ok(Arc::new(event_loop.create_window(attributes).context("cannot open a window")?))
}
