//! Draws into a window: the event loop of winit around an [`Example`].

use webgpu as wgpu;

use std::panic;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, bail};
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event::{ElementState, KeyEvent, StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::keyboard::{Key, NamedKey};
use winit::window::{Window, WindowId};

use crate::engine;
use crate::example::{Example, Frame, Target};
use crate::gpu::Gpu;
use crate::options::Options;
use crate::screen::{Next, Screen};

/// How long to wait before asking again whether a hidden window can be drawn on: not every system tells.
const HIDDEN: Duration = Duration::from_millis(100);

/// Opens a window and draws until it is closed, or until as many frames are drawn as the options say.
///
/// # Errors
///
/// There is no display, no device for it, or the device reports an error.
pub fn draw<E: Example>(options: &Options) -> Result<()> {
    let event_loop = event_loop().context(
        "cannot open a window: no display can be reached; `--headless FILE.png` draws into a file",
    )?;
    let display = Box::new(event_loop.owned_display_handle());
    let instance =
        engine::instance(wgpu::InstanceDescriptor::new_with_display_handle_from_env(display))?;

    let mut app = App::<E> { options, instance, running: None, failure: None };
    event_loop.run_app(&mut app).context("the event loop failed")?;
    app.failure.map_or(Ok(()), Err)
}

/// winit returns an error when there is no display, but panics when one of the window system's libraries is not
/// installed; here that is an error like the other.
fn event_loop() -> Result<EventLoop<()>> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let made = panic::catch_unwind(EventLoop::new);
    panic::set_hook(hook);
    match made {
        Ok(made) => Ok(made?),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
            bail!("winit gave up: {}", message.unwrap_or("it does not say why"))
        }
    }
}

struct App<'a, E> {
    options: &'a Options,
    instance: wgpu::Instance,
    /// Made when the event loop has started: not before is there a window.
    running: Option<Running<E>>,
    /// Why the event loop was left, when it was not asked to.
    failure: Option<Error>,
}

/// An open window with an example in it.
struct Running<E> {
    example: E,
    /// What the example was told that it draws on.
    target: Target,
    screen: Screen,
    gpu: Gpu,
    start: Instant,
    frames_left: Option<u32>,
}

/// What follows a frame.
enum Then {
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
    fn start(
        instance: wgpu::Instance,
        options: &Options,
        event_loop: &ActiveEventLoop,
    ) -> Result<Running<E>> {
        let (width, height) = options.size;
        let attributes = Window::default_attributes()
            .with_title(E::NAME)
            .with_inner_size(PhysicalSize::new(width, height));
        let window =
            Arc::new(event_loop.create_window(attributes).context("cannot open a window")?);
        let (gpu, screen) = Screen::open(instance, window, E::needs())?;
        let target = screen.target();
        let example = E::new(&gpu, target)?;
        gpu.check()?;
        Ok(Running {
            example,
            target,
            screen,
            gpu,
            start: Instant::now(),
            frames_left: options.frames,
        })
    }

    fn draw(&mut self) -> Result<Then> {
        let picture = match self.screen.next(&self.gpu)? {
            Next::Picture(picture) => picture,
            Next::Again => return Ok(Then::Draw),
            Next::Hidden => return Ok(Then::DrawLater),
        };
        let target = self.screen.target();
        if target != self.target {
            self.target = target;
            self.example.resize(&self.gpu, target);
        }
        let view = picture.texture.create_view(&wgpu::TextureViewDescriptor::default());
        self.example.draw(&self.gpu, &Frame { view: &view, target, time: self.start.elapsed() });
        self.gpu.check()?;
        self.screen.window().pre_present_notify();
        picture.present();
        self.gpu.check()?;

        if let Some(frames) = &mut self.frames_left {
            *frames -= 1;
            return Ok(if *frames == 0 { Then::Close } else { Then::Draw });
        }
        Ok(if E::ANIMATED { Then::Draw } else { Then::Wait })
    }
}

impl<E: Example> App<'_, E> {
    fn draw(&mut self, event_loop: &ActiveEventLoop) {
        let Some(running) = &mut self.running else {
            return;
        };
        match running.draw() {
            Ok(Then::Wait) => {}
            Ok(Then::Draw) => running.screen.window().request_redraw(),
            Ok(Then::DrawLater) => event_loop.set_control_flow(ControlFlow::wait_duration(HIDDEN)),
            Ok(Then::Close) => event_loop.exit(),
            Err(error) => self.fail(event_loop, error),
        }
    }

    fn request_redraw(&self) {
        if let Some(running) = &self.running {
            running.screen.window().request_redraw();
        }
    }

    fn fail(&mut self, event_loop: &ActiveEventLoop, error: Error) {
        self.failure = Some(error);
        event_loop.exit();
    }
}

impl<E: Example> ApplicationHandler for App<'_, E> {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.running.is_some() {
            return;
        }
        match Running::start(self.instance.clone(), self.options, event_loop) {
            Ok(running) => self.running = Some(running),
            Err(error) => self.fail(event_loop, error),
        }
        self.request_redraw();
    }

    fn new_events(&mut self, event_loop: &ActiveEventLoop, cause: StartCause) {
        if let StartCause::ResumeTimeReached { .. } = cause {
            event_loop.set_control_flow(ControlFlow::Wait);
            self.request_redraw();
        }
    }

    fn window_event(
        &mut self,
        event_loop: &ActiveEventLoop,
        _window: WindowId,
        event: WindowEvent,
    ) {
        match event {
            WindowEvent::CloseRequested => event_loop.exit(),
            WindowEvent::KeyboardInput {
                event:
                    KeyEvent {
                        logical_key: Key::Named(NamedKey::Escape),
                        state: ElementState::Pressed,
                        ..
                    },
                ..
            } => event_loop.exit(),
            WindowEvent::Resized(_) => {
                if let Some(running) = &mut self.running {
                    running.screen.outdate();
                }
                self.request_redraw();
            }
            WindowEvent::Occluded(false) => self.request_redraw(),
            WindowEvent::RedrawRequested => self.draw(event_loop),
            _ => {}
        }
    }
}
