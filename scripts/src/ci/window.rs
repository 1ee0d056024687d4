//! The triangle in a window: opened, drawn, looked at, resized, looked at again, closed.

use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use super::Outcome;
use super::picture::Picture;
use super::screen::{NO_SCREEN, Screen};
use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::process;
use crate::setup::Options;

/// How long anything in a window may take; the software driver starts in a second or two.
const PATIENCE: Duration = Duration::from_secs(60);

/// The size the window gets after it was opened.
const RESIZED: (u32, u32) = (500, 700);

pub(super) fn check() -> Result<Outcome> {
    let Some(screen) = Screen::start()? else {
        return Ok(Outcome::NotChecked(NO_SCREEN.into()));
    };
    crate::setup::run(Options::default())?;
    let graphics = Graphics::new()?;
    let triangle = ["--package", "examples", "--bin", "triangle"];
    process::run(graphics.cargo().arg("build").args(triangle), "see what the compiler says above")?;

    let start = |arguments: &[&str]| {
        let mut command = graphics.cargo();
        command.args(["run", "--quiet"]).args(triangle).arg("--").args(arguments);
        screen.show_on(&mut command);
        Program::start(command)
    };

    start(&["--frames", "60"])?.succeeds("`triangle --frames 60`")?;
    eprintln!("  drew 60 frames and ended");

    let mut program = start(&[])?;
    let window = until("the window opens", &mut program, || window(&screen))?;
    until("the window shows the triangle", &mut program, || {
        shows_triangle(&screen, &window, None)
    })?;
    eprintln!("  the window shows the triangle");
    let (width, height) = RESIZED;
    let size = [width.to_string(), height.to_string()];
    screen.tool(&["windowsize", &window, &size[0], &size[1]])?;
    let resized = || shows_triangle(&screen, &window, Some(RESIZED));
    until("the resized window shows the triangle", &mut program, resized)?;
    eprintln!("  the window of {width} by {height} shows the triangle");
    screen.tool(&["windowfocus", "--sync", &window, "key", "Escape"])?;
    program.succeeds("the triangle, closed by Escape,")?;
    eprintln!("  closed by Escape");
    Ok(Outcome::Passed)
}

/// The id of the triangle's window.
fn window(screen: &Screen) -> Result<std::result::Result<String, String>> {
    let found = screen.tool(&["search", "--onlyvisible", "--name", "^triangle$"])?;
    let window = found.and_then(|ids| ids.lines().next().map(str::to_owned));
    Ok(window.ok_or_else(|| "xdotool finds no visible window called triangle".into()))
}

/// Whether the window, of the given size if one is given, shows the triangle; otherwise what it shows.
fn shows_triangle(
    screen: &Screen,
    window: &str,
    size: Option<(u32, u32)>,
) -> Result<std::result::Result<(), String>> {
    let Some(geometry) = screen.tool(&["getwindowgeometry", "--shell", window])? else {
        return Ok(Err("the window is gone".into()));
    };
    let Some(place) = Place::parse(&geometry) else {
        return Ok(Err(format!("its geometry is {geometry:?}")));
    };
    if size.is_some_and(|size| size != (place.width, place.height)) {
        return Ok(Err(format!("it is {} by {}", place.width, place.height)));
    }
    Ok(look(&screen.picture()?, &place))
}

/// Where a window is on the screen.
struct Place {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl Place {
    /// Reads what `xdotool getwindowgeometry --shell` prints.
    fn parse(geometry: &str) -> Option<Place> {
        let value = |name: &str| {
            geometry
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
        };
        Some(Place {
            x: value("X")?,
            y: value("Y")?,
            width: value("WIDTH")?,
            height: value("HEIGHT")?,
        })
    }
}

/// Compares the window at `place` with the triangle: red above, green left, blue right, on a plain dark ground.
fn look(picture: &Picture, place: &Place) -> std::result::Result<(), String> {
    // In clip space, y up; a little inside of the corners (0, 0.8), (-0.8, -0.8) and (0.8, -0.8).
    let at = |x: f64, y: f64| {
        let column = place.x + ((x + 1.0) / 2.0 * f64::from(place.width)) as u32;
        let row = place.y + ((1.0 - y) / 2.0 * f64::from(place.height)) as u32;
        picture.color(column, row).ok_or_else(|| format!("({column}, {row}) is beyond the screen"))
    };
    let corners = [("upper", 0.0, 0.72, 0), ("left", -0.74, -0.77, 1), ("right", 0.74, -0.77, 2)];
    for (name, x, y, channel) in corners {
        let color = at(x, y)?;
        let others =
            (0..3).filter(|&other| other != channel).map(|other| color[other]).max().unwrap_or(255);
        if color[channel] < 200 || color[channel] < others.saturating_add(60) {
            return Err(format!("the {name} corner is {color:?}"));
        }
    }
    let middle = at(0.0, -0.27)?;
    if middle.iter().any(|&channel| channel < 60) {
        return Err(format!("the middle is {middle:?}, not a mixture of all three"));
    }
    let ground = at(-0.95, 0.95)?;
    if ground == [0; 3] || ground.iter().any(|&channel| channel > 80) {
        return Err(format!("the ground is {ground:?}"));
    }
    for (x, y) in [(0.95, 0.95), (-0.95, -0.95), (0.95, -0.95), (-0.6, 0.3), (0.6, 0.3)] {
        if at(x, y)? != ground {
            return Err(format!("the ground is {ground:?} and {:?}", at(x, y)?));
        }
    }
    Ok(())
}

/// Waits until `condition`, which says what there is instead, holds; fails if `program` ends before.
fn until<T>(
    what: &str,
    program: &mut Program,
    mut condition: impl FnMut() -> Result<std::result::Result<T, String>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        let instead = match condition()? {
            Ok(value) => return Ok(value),
            Err(instead) => instead,
        };
        let next = "run the triangle in a window by hand: `cargo run -p examples --bin triangle`";
        if let Some(status) = program.ended()? {
            return Err(Failure::new(format!("the triangle ended ({status}) before {what}"), next));
        }
        if started.elapsed() > PATIENCE {
            let seconds = PATIENCE.as_secs();
            return Err(Failure::new(format!("waited {seconds} s until {what}: {instead}"), next));
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// A running program; ended with this value.
struct Program {
    child: Child,
}

impl Program {
    fn start(mut command: std::process::Command) -> Result<Program> {
        let child = command.spawn().map_err(|error| {
            Failure::new(
                format!("cannot start `{}`: {error}", process::shown(&command)),
                "run it by hand",
            )
        })?;
        Ok(Program { child })
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().map_err(|error| {
            Failure::new(format!("lost the triangle: {error}"), "run the step again")
        })
    }

    /// Waits for the end, which has to be a success.
    fn succeeds(mut self, what: &str) -> Result {
        let started = Instant::now();
        let next = "see what it says above";
        loop {
            match self.ended()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(Failure::new(format!("{what} failed: {status}"), next)),
                None if started.elapsed() > PATIENCE => {
                    return Err(Failure::new(
                        format!("{what} does not end within {} s", PATIENCE.as_secs()),
                        next,
                    ));
                }
                None => thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already if this fails.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUND: [u8; 3] = [32, 36, 44];

    /// A screen with a window of 200 by 100 at (30, 20), painted by `color` in clip space.
    fn screen(color: impl Fn(f64, f64) -> [u8; 3]) -> (Picture, Place) {
        let place = Place { x: 30, y: 20, width: 200, height: 100 };
        let picture = Picture::painted(300, 150, |x, y| {
            if !(30..230).contains(&x) || !(20..120).contains(&y) {
                return [0; 3];
            }
            color((f64::from(x - 30) + 0.5) / 100.0 - 1.0, 1.0 - (f64::from(y - 20) + 0.5) / 50.0)
        });
        (picture, place)
    }

    /// The triangle at a place in clip space.
    fn triangle(x: f64, y: f64) -> [u8; 3] {
        let upper = (y + 0.8) / 1.6;
        let right = (x + 0.8 - 0.8 * upper) / 1.6;
        let weights = [upper, 1.0 - upper - right, right];
        if weights.iter().any(|&weight| weight < 0.0) {
            return GROUND;
        }
        // Linear to sRGB, nearly.
        weights.map(|weight| (255.0 * weight.powf(1.0 / 2.2)) as u8)
    }

    #[test]
    fn knows_the_triangle() {
        let (picture, place) = screen(triangle);
        look(&picture, &place).unwrap();
    }

    #[test]
    fn knows_what_is_not_the_triangle() {
        type Paint = fn(f64, f64) -> [u8; 3];
        let others: [(&str, Paint); 7] = [
            ("nothing", |_, _| [0; 3]),
            ("the ground alone", |_, _| GROUND),
            ("upside down", |x, y| triangle(x, -y)),
            ("mirrored", |x, y| triangle(-x, y)),
            ("red and blue exchanged", |x, y| {
                let [red, green, blue] = triangle(x, y);
                [blue, green, red]
            }),
            ("not stretched to the window", |x, y| triangle(2.0 * x + 1.0, 2.0 * y - 1.0)),
            ("garbage in a corner", |x, y| if x > 0.9 { [1, 2, 3] } else { triangle(x, y) }),
        ];
        for (name, paint) in others {
            let (picture, place) = screen(paint);
            look(&picture, &place).expect_err(name);
        }
    }

    #[test]
    fn reads_the_geometry() {
        let place =
            Place::parse("WINDOW=2097153\nX=10\nY=20\nWIDTH=800\nHEIGHT=600\nSCREEN=0\n").unwrap();
        assert_eq!((place.x, place.y, place.width, place.height), (10, 20, 800, 600));
        assert!(Place::parse("WINDOW=1\n").is_none());
    }
}
