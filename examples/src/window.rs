//! Draws into windows: the event loop of winit around an [`Example`].

use webgpu as wgpu;

use std::time::Duration;
use std::{io, panic, thread};

use anyhow::{Context, Error, Result, bail};
use winit::application::ApplicationHandler;
use winit::event::{ElementState, KeyEvent, StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::keyboard::{Key, NamedKey};
use winit::window::WindowId;

use crate::engine;
use crate::example::Example;
use crate::options::Options;
use crate::running::{Running, Then};

/// How long to wait before asking again whether a hidden window can be drawn on: not every system tells.
const HIDDEN: Duration = Duration::from_millis(100);

/// Opens the example's windows and draws until they are closed, or until as many frames are drawn as the options say.
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

    if options.hold {
        close_with_input(event_loop.create_proxy());
    }
    let mut app = App::<E> { options, instance, running: None, failure: None };
    event_loop.run_app(&mut app).context("the event loop failed")?;
    app.failure.map_or(Ok(()), Err)
}

/// The program is asked to end.
#[derive(Debug)]
struct Close;

/// Asks for the end when standard input ends. The thread that waits for that may outlive the event loop.
fn close_with_input(event_loop: EventLoopProxy<Close>) {
    thread::spawn(move || {
        // Input that cannot be read has ended too; an event loop that has ended needs no asking.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = event_loop.send_event(Close);
    });
}

/// winit returns an error when there is no display, but panics when one of the window system's libraries is not
/// installed; here that is an error like the other.
fn event_loop() -> Result<EventLoop<Close>> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let made = panic::catch_unwind(|| EventLoop::with_user_event().build());
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
    /// Made when the event loop has started: not before are there windows.
    running: Option<Running<E>>,
    /// Why the event loop was left, when it was not asked to.
    failure: Option<Error>,
}

impl<E: Example> App<'_, E> {
    fn draw(&mut self, event_loop: &ActiveEventLoop, window: WindowId) {
        let Some(running) = &mut self.running else {
            return;
        };
        match running.draw(window) {
            Ok(Then::Wait) => {}
            Ok(Then::Draw) => running.request_redraw(window),
            Ok(Then::DrawLater) => event_loop.set_control_flow(ControlFlow::wait_duration(HIDDEN)),
            Ok(Then::Close) => self.close(event_loop, window),
            Err(error) => self.fail(event_loop, error),
        }
    }

    /// The program ends with its last window.
    fn close(&mut self, event_loop: &ActiveEventLoop, window: WindowId) {
        if let Some(running) = &mut self.running {
            running.close(window);
            if running.is_over() {
                event_loop.exit();
            }
        }
    }

    fn fail(&mut self, event_loop: &ActiveEventLoop, error: Error) {
        self.failure = Some(error);
        event_loop.exit();
    }
}

impl<E: Example> ApplicationHandler<Close> for App<'_, E> {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.running.is_some() {
            return;
        }
        match Running::start(self.instance.clone(), self.options, event_loop) {
            Ok(running) => self.running.insert(running).request_redraws(),
            Err(error) => self.fail(event_loop, error),
        }
    }

    fn new_events(&mut self, event_loop: &ActiveEventLoop, cause: StartCause) {
        if let StartCause::ResumeTimeReached { .. } = cause {
            event_loop.set_control_flow(ControlFlow::Wait);
            self.running.iter().for_each(Running::request_redraws);
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, _: Close) {
        if self.running.as_mut().is_none_or(Running::release) {
            event_loop.exit();
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, window: WindowId, event: WindowEvent) {
        if closes(&event) {
            return self.close(event_loop, window);
        }
        let Some(running) = &mut self.running else {
            return;
        };
        match event {
            // A screen of another scale shows the window with another number of pixels.
            WindowEvent::Resized(_) | WindowEvent::ScaleFactorChanged { .. } => {
                running.outdate(window);
            }
            WindowEvent::Occluded(occluded) => running.occlude(window, occluded),
            WindowEvent::RedrawRequested => self.draw(event_loop, window),
            _ => {}
        }
    }
}

/// Whether the window is closed by this: by its button, by Escape, or by somebody else.
fn closes(event: &WindowEvent) -> bool {
    match event {
        WindowEvent::CloseRequested | WindowEvent::Destroyed => true,
        WindowEvent::KeyboardInput { event: KeyEvent { logical_key, state, .. }, .. } => {
            *logical_key == Key::Named(NamedKey::Escape) && *state == ElementState::Pressed
        }
        _ => false,
    }
}
