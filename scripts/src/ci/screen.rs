//! A screen without a monitor: Xvfb, and what can be seen on it.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::picture::Picture;
use crate::failure::{Failure, Result};
use crate::packages;
use crate::process;
use crate::scratch::Scratch;

/// Programs that are used here, and shared libraries that windows on X11 need, each with its package on Debian.
const PROGRAMS: [(&str, &str); 2] = [("Xvfb", "xvfb"), ("xdotool", "xdotool")];
const LIBRARIES: [(&str, &str); 5] = [
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libXcursor.so.1", "libxcursor1"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
];

/// Why there is no screen on other systems.
pub(super) const NO_SCREEN: &str = "windows are looked at on Linux only, where Xvfb is the screen";

/// An X server that draws into memory. It ends when this value goes.
#[derive(Debug)]
pub(super) struct Screen {
    server: Child,
    /// What `DISPLAY` has to be for programs to appear on it.
    display: String,
    /// The server keeps the pixels in a file here.
    folder: Scratch,
}

impl Screen {
    /// Starts one, installing what it needs; `None` on systems that have no such server.
    pub(super) fn start() -> Result<Option<Screen>> {
        if env::consts::OS != "linux" {
            return Ok(None);
        }
        let missing = missing_packages();
        if !missing.is_empty() {
            packages::install_on_debian(&missing, "a screen to test windows on is missing")?;
        }
        let next = "run `Xvfb :99` by hand to see why it does not start";
        let folder = Scratch::temporary()
            .map_err(|error| Failure::new(format!("no temporary folder: {error}"), next))?;
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
    pub(super) fn show_on(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display);
        // A Wayland session would be preferred.
        command.env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    }

    /// What is on the screen now.
    pub(super) fn picture(&self) -> Result<Picture> {
        let path: PathBuf = self.folder.path().join("Xvfb_screen0");
        let next = "see that this Xvfb knows the option -fbdir";
        let bytes =
            fs::read(&path).map_err(|error| Failure::file("cannot read", &path, &error, next))?;
        Picture::parse(&bytes)
            .map_err(|what| Failure::new(format!("{}: {what}", path.display()), next))
    }

    /// Runs xdotool on this screen and gives what it prints; `None` when it fails, as when there is no such window.
    pub(super) fn tool(&self, arguments: &[&str]) -> Result<Option<String>> {
        let mut command = Command::new("xdotool");
        let captured =
            process::capture(command.args(arguments).env("DISPLAY", &self.display), || ())?;
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

/// Debian's packages for what is not there.
fn missing_packages() -> Vec<&'static str> {
    let path = process::search_path();
    let folders = packages::library_folders(Path::new("/"));
    let programs = PROGRAMS.iter().filter(|(name, _)| process::find_program(name, &path).is_none());
    let libraries = LIBRARIES
        .iter()
        .filter(|(name, _)| !folders.iter().any(|folder| folder.join(name).exists()));
    programs.chain(libraries).map(|&(_, package)| package).collect()
}
