//! What happens to windows of X11.

use std::thread;
use std::time::Duration;

use super::look;
use super::program::Program;
use super::x11::Screen;
use super::{SIZE, arguments};
use crate::examples::Programs;
use crate::failure::{Failure, Result};
use crate::picture::Picture;

/// How often a window is resized.
const RESIZES: usize = 200;
/// Chosen once, so that each run is the same.
const SEED: u64 = 1_789;

/// Examples whose picture depends on how many frames were drawn before, not on the time alone.
const MOVED_BY_EACH_FRAME: &[&str] = &["boids"];

/// Has each example open its windows, looks at the first one, resizes it many times and looks again.
pub(super) fn check(programs: &Programs, screen: &Screen, pictures: &[(&str, Picture)]) -> Result {
    eprintln!("\nX11:");
    for (name, picture) in pictures {
        let mut command = programs.command(name)?;
        command.args(arguments(SIZE)).arg("--hold");
        screen.show_on(&mut command);
        let mut program = Program::start(name, command)?;

        let window = program.until("its window opens", || screen.window(name))?;
        program.until("the window shows what the picture shows", || {
            // Others of the same program may have been opened above it.
            screen.tool(&["windowraise", &window])?;
            Ok(screen.shown(&window)?.and_then(|shown| compare(&shown, picture)))
        })?;

        resize_at_random(screen, &[&window])?;
        let moved = MOVED_BY_EACH_FRAME.contains(name);
        program.until("it shows the same after it was resized", || {
            Ok(screen.shown(&window)?.and_then(|shown| match moved {
                true => not_plain(&shown),
                false => compare(&shown, picture),
            }))
        })?;
        program.close();
        program.succeeds()?;
        let again = if moved { "another one" } else { "the picture again" };
        eprintln!("  {name:<18} 60 frames, the picture, {RESIZES} sizes, {again}");
    }
    if pictures.iter().any(|(name, _)| *name == "hello_windows") {
        several(programs, screen)?;
    }
    Ok(())
}

/// Windows that draw without an end: resized together, closed one after the other, destroyed by somebody else.
fn several(programs: &Programs, screen: &Screen) -> Result {
    const NAME: &str = "hello_windows";
    let mut command = programs.command(NAME)?;
    screen.show_on(&mut command);
    let mut program = Program::start(NAME, command)?;
    let titles = [NAME.to_owned(), format!("{NAME} 2"), format!("{NAME} 3")];
    let mut windows = Vec::new();
    for title in &titles {
        windows.push(program.until("all windows are open", || screen.window(title))?);
    }
    let [first, second, third] = [&*windows[0], &*windows[1], &*windows[2]];
    for (window, x) in [(first, "0"), (second, "420"), (third, "840")] {
        screen.tool(&["windowmove", window, x, "0"])?;
    }
    resize_at_random(screen, &[first, second, third])?;
    for window in [first, second, third] {
        let drawn = || Ok(screen.shown(window)?.and_then(|shown| not_plain(&shown)));
        program.until("each window is drawn", drawn)?;
    }

    // What minimising is where nobody manages windows.
    screen.tool(&["windowunmap", "--sync", first])?;
    thread::sleep(Duration::from_millis(300));
    screen.tool(&["windowmap", "--sync", first])?;

    screen.tool(&["windowfocus", "--sync", second, "key", "Escape"])?;
    let closed = || Ok(screen.shown(second)?.err().ok_or("it is there".to_owned()));
    program.until("the second window is closed", closed)?;
    screen.tool(&["windowclose", third])?;
    // The last one goes on: nothing stands still where it turns.
    let before = program.until("the first window is drawn", || screen.shown(first))?;
    program.until("the first window goes on", || {
        let shown = screen.shown(first)?;
        Ok(shown
            .and_then(|shown| if shown == before { Err("it stands still".into()) } else { Ok(()) }))
    })?;
    screen.tool(&["windowfocus", "--sync", first, "key", "Escape"])?;
    program.succeeds()?;
    eprintln!(
        "  {NAME:<18} three windows resized at once, one closed, one destroyed, one unmapped and mapped"
    );
    Ok(())
}

/// Gives the windows many sizes, in the end the one that they had at first.
fn resize_at_random(screen: &Screen, windows: &[&str]) -> Result {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut arguments = Vec::new();
    for _ in 0..RESIZES / windows.len() {
        for window in windows {
            let (width, height) = match random.u32(0..20) {
                0 => (1, 1),
                _ => (random.u32(1..900), random.u32(1..700)),
            };
            arguments.extend(resize(window, width, height));
        }
        arguments.extend(["sleep".into(), "0.005".into()]);
    }
    arguments.extend(windows.iter().flat_map(|window| resize(window, SIZE.0, SIZE.1)));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match screen.tool(&arguments)? {
        Some(_) => Ok(()),
        None => Err(Failure::new(
            "a window was gone while it was resized",
            "see what the program says above",
        )),
    }
}

fn resize(window: &str, width: u32, height: u32) -> [String; 4] {
    ["windowsize".into(), window.into(), width.to_string(), height.to_string()]
}

fn compare(shown: &Picture, picture: &Picture) -> std::result::Result<(), String> {
    if (shown.width, shown.height) != (picture.width, picture.height) {
        return Err(format!("it is {} by {}", shown.width, shown.height));
    }
    let count = picture.difference(shown).map_or(0, |difference| difference.pixels);
    if look::alike(shown, picture) { Ok(()) } else { Err(format!("{count} pixels differ")) }
}

/// For what has no picture to be compared with: that something is drawn, at the size it should have.
fn not_plain(shown: &Picture) -> std::result::Result<(), String> {
    if (shown.width, shown.height) != SIZE {
        return Err(format!("it is {} by {}", shown.width, shown.height));
    }
    if look::is_plain(shown) { Err("all of it has one colour".into()) } else { Ok(()) }
}
