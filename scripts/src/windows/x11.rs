//! A screen without a monitor: Xvfb, and what can be seen on it.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::dump;
use crate::failure::{Failure, Result};
use crate::files;
use crate::packages::{self, Need};
use crate::picture::Picture;
use crate::process;
use crate::scratch::Scratch;

/// Programs that are used here, and shared libraries that windows on X11 need, each with its package on Debian.
const NEEDS: [Need; 7] = [
    ("Xvfb", "xvfb"),
    ("xdotool", "xdotool"),
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libXcursor.so.1", "libxcursor1"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
];

/// Why there is no screen on other systems.
pub(crate) const NO_SCREEN: &str = "windows are looked at on Linux only, where Xvfb is the screen";

/// An X server that draws into memory. It ends when this value goes.
#[derive(Debug)]
pub(crate) struct Screen {
    server: Child,
    /// What `DISPLAY` has to be for programs to appear on it.
    display: String,
    /// The server keeps the pixels in a file here.
    folder: Scratch,
}

impl Screen {
    /// Starts one, installing what it needs; `None` on systems that have no such server.
    pub(crate) fn start() -> Result<Option<Screen>> {
        if env::consts::OS != "linux" {
            return Ok(None);
        }
        packages::ensure(&NEEDS, "a screen to test windows on is missing")?;
        let next = "run `Xvfb :99` by hand to see why it does not start";
        let folder = Scratch::temporary()?;
        let mut command = Command::new("Xvfb");
        // It chooses a free number and says it on standard output.
        command
            .args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-fbdir"])
            .arg(folder.path());
        // Without the first it starts anew whenever the last program leaves, and refuses those that come meanwhile.
        command.args(["-noreset", "-nolisten", "tcp"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command
            .spawn()
            .map_err(|error| Failure::new(format!("cannot start Xvfb: {error}"), next))?;
        let mut number = String::new();
        let said = match server.stdout.take() {
            Some(stdout) => BufReader::new(stdout).read_line(&mut number),
            None => Ok(0),
        };
        let screen = Screen { server, display: format!(":{}", number.trim()), folder };
        match said {
            Ok(length) if length > 0 => Ok(Some(screen)),
            _ => Err(Failure::new("Xvfb ended without saying which display it serves", next)),
        }
    }

    /// Has `command` show its windows here.
    pub(crate) fn show_on(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display);
        // A Wayland session would be preferred.
        command.env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    }

    /// The id of the visible window with this title; otherwise that there is none.
    pub(super) fn window(&self, title: &str) -> Result<std::result::Result<String, String>> {
        let found = self.tool(&["search", "--onlyvisible", "--name", &format!("^{title}$")])?;
        let window = found.and_then(|ids| ids.lines().next().map(str::to_owned));
        Ok(window.ok_or_else(|| format!("xdotool finds no visible window called {title}")))
    }

    /// What is on the screen where the window is; otherwise why that is not known.
    pub(super) fn shown(&self, window: &str) -> Result<std::result::Result<Picture, String>> {
        let Some(geometry) = self.tool(&["getwindowgeometry", "--shell", window])? else {
            return Ok(Err("the window is gone".into()));
        };
        let Some(Place { x, y, width, height }) = Place::parse(&geometry) else {
            return Ok(Err(format!("its geometry is {geometry:?}")));
        };
        let shown = self.picture()?.part(x, y, width, height);
        Ok(shown.ok_or_else(|| format!("{width}x{height} at ({x}, {y}) is beyond the screen")))
    }

    /// What is on the screen now.
    fn picture(&self) -> Result<Picture> {
        let path: PathBuf = self.folder.path().join("Xvfb_screen0");
        let next = "see that this Xvfb knows the option -fbdir";
        dump::parse(&files::read(&path)?)
            .map_err(|what| Failure::new(format!("{}: {what}", path.display()), next))
    }

    /// Runs xdotool on this screen and gives what it prints; `None` when it fails, as when there is no such window.
    pub(super) fn tool(&self, arguments: &[&str]) -> Result<Option<String>> {
        let mut command = Command::new("xdotool");
        let captured = process::capture(command.args(arguments).env("DISPLAY", &self.display))?;
        Ok(captured.status.success().then_some(captured.stdout))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It has ended already if this fails.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Where a window is on the screen.
#[derive(Debug)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_geometry() {
        let place =
            Place::parse("WINDOW=2097153\nX=10\nY=20\nWIDTH=800\nHEIGHT=600\nSCREEN=0\n").unwrap();
        assert_eq!((place.x, place.y, place.width, place.height), (10, 20, 800, 600));
        assert!(Place::parse("WINDOW=1\n").is_none());
    }
}
