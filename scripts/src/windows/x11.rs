//! A screen without a monitor: Xvfb, and what can be seen on it.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::dump;
use crate::failure::{Failure, Result};
use crate::files;
use crate::packages::{self, Need};
use crate::picture::Picture;
use crate::process::{self, Running};
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
    _server: Running,
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
        let mut server = Running::start(&mut command)?;
        let mut number = String::new();
        let said = match server.0.stdout.take() {
            Some(stdout) => BufReader::new(stdout).read_line(&mut number),
            None => Ok(0),
        };
        let screen = Screen { _server: server, display: format!(":{}", number.trim()), folder };
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
        let Some([x, y, width, height]) = place(&geometry) else {
            return Ok(Err(format!("its geometry is {geometry:?}")));
        };
        let shown = self.picture()?.part(x, y, width, height);
        Ok(shown.ok_or_else(|| format!("{width}x{height} at ({x}, {y}) is beyond the screen")))
    }

    /// What is on the screen now.
    fn picture(&self) -> Result<Picture> {
        let path: PathBuf = self.folder.path().join("Xvfb_screen0");
        let picture = dump::parse(&files::read(&path)?);
        picture.ok_or_else(|| {
            let what = format!("{} is no dump of a screen as it is known here", path.display());
            Failure::new(what, "see what this Xvfb makes of the option -fbdir")
        })
    }

    /// Runs xdotool on this screen and gives what it prints; `None` when it fails, as when there is no such window.
    pub(super) fn tool(&self, arguments: &[&str]) -> Result<Option<String>> {
        let mut command = Command::new("xdotool");
        let captured = process::capture(command.args(arguments).env("DISPLAY", &self.display))?;
        Ok(captured.status.success().then_some(captured.stdout))
    }
}

/// Column, row, width and height, as `xdotool getwindowgeometry --shell` prints them.
fn place(geometry: &str) -> Option<[u32; 4]> {
    let value = |name: &str| {
        let value = |line: &str| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok();
        geometry.lines().find_map(value)
    };
    Some([value("X")?, value("Y")?, value("WIDTH")?, value("HEIGHT")?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_geometry() {
        let geometry = "WINDOW=2097153\nX=10\nY=20\nWIDTH=800\nHEIGHT=600\nSCREEN=0\n";
        assert_eq!(place(geometry), Some([10, 20, 800, 600]));
        assert_eq!(place("WINDOW=1\n"), None);
    }
}
