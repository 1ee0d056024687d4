//! What happens to windows of Wayland.

use std::time::{Duration, Instant};

use super::look;
use super::program::Program;
use super::wayland::{Compositor, Shell};
use super::{SIZE, arguments, picture};
use crate::examples::{Drawn, Programs};
use crate::failure::{Failure, Result};
use crate::picture::Picture;

/// By then a window has drawn its first frame.
const FIRST_FRAME: Duration = Duration::from_secs(3);

/// The example that is resized.
const RESIZED: &str = "triangle";

/// Has each example open a window and looks at it, then some on screens that are special.
pub(super) fn check(programs: &Programs, pictures: &[(&str, Picture)]) -> Result {
    eprintln!("\nWayland:");
    let compositor = Compositor::start(Shell::Desktop { scale: 1 })?;
    for (name, picture) in pictures {
        show(programs, &compositor, name, picture, &[])?;
        eprintln!("  {name:<18} 60 frames, the picture");
    }
    if pictures.iter().any(|(name, _)| *name == "hello_windows") {
        several(programs, &compositor)?;
    }
    if let Some((name, picture)) = pictures.iter().find(|(name, _)| *name == RESIZED) {
        resized(programs, &compositor, name, picture)?;
    }
    drop(compositor);
    if pictures.iter().any(|(name, _)| *name == "triangle") {
        scaled(programs, "triangle")?;
        never_shown(programs, "triangle")?;
    }
    Ok(())
}

fn show(
    programs: &Programs,
    compositor: &Compositor,
    name: &str,
    picture: &Picture,
    more: &[&str],
) -> Result {
    let mut command = programs.command(name)?;
    // Where windows are is the compositor's affair: others might cover this one.
    command.args(arguments(SIZE)).args(["--windows", "1", "--hold"]).args(more);
    compositor.show_on(&mut command);
    let mut program = Program::start(name, command)?;
    program.until("the screen shows what the picture shows", || {
        let screen = compositor.picture()?;
        Ok(look::find(&screen, picture).ok_or_else(|| "it shows something else".to_owned()))
    })?;
    program.close();
    program.succeeds()
}

/// Nobody but the program can resize a window here: without a keyboard or pointer, the compositor has no reason to.
fn resized(programs: &Programs, compositor: &Compositor, name: &str, picture: &Picture) -> Result {
    show(programs, compositor, name, picture, &["--resizes", "200"])?;
    eprintln!("  {name:<18} 200 sizes, 60 frames, the picture");
    Ok(())
}

/// All windows of an example at once, to the end of their frames.
fn several(programs: &Programs, compositor: &Compositor) -> Result {
    const NAME: &str = "hello_windows";
    let mut command = programs.command(NAME)?;
    command.args(arguments(SIZE));
    compositor.show_on(&mut command);
    Program::start(NAME, command)?.succeeds()?;
    eprintln!("  {NAME:<18} 60 frames in each of three windows");
    Ok(())
}

/// A window is made before it is known where it will be; on a screen with twice the pixels, it gets twice the pixels.
fn scaled(programs: &Programs, name: &str) -> Result {
    let Drawn::Picture(picture, _) = picture(programs, name, (2 * SIZE.0, 2 * SIZE.1))? else {
        return Err(Failure::new(format!("`{name}` does not draw twice the pixels"), "see why"));
    };
    let compositor = Compositor::start(Shell::Desktop { scale: 2 })?;
    show(programs, &compositor, name, &picture, &[])?;
    eprintln!("  {name:<18} the picture in twice the pixels, on a screen of scale 2");
    Ok(())
}

/// The shell of a kiosk shows nothing to nobody: without a keyboard or pointer no window is ever active. The first frame
/// is in flight for ever, and the window can be closed all the same.
fn never_shown(programs: &Programs, name: &str) -> Result {
    let compositor = Compositor::start(Shell::Kiosk)?;
    let mut command = programs.command(name)?;
    command.arg("--hold");
    compositor.show_on(&mut command);
    let mut program = Program::start(name, command)?;
    // Nobody outside can tell when the frame is in flight; it is long before this.
    let started = Instant::now();
    program.until("its window may be closed", || match started.elapsed() < FIRST_FRAME {
        true => Ok(Err("it is too early".into())),
        false => Ok(Ok(())),
    })?;
    program.close();
    program.succeeds()?;
    eprintln!("  {name:<18} closed without ever being shown");
    Ok(())
}
