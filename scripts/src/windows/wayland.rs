//! A Wayland compositor without a monitor: weston, and what can be seen on its screen.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::files;
use crate::packages::{self, Need};
use crate::picture::Picture;
use crate::process::{self, Running};
use crate::scratch::Scratch;

/// What is used here, and shared libraries that windows on Wayland need, each with its package on Debian.
const NEEDS: [Need; 4] = [
    ("weston", "weston"),
    ("weston-screenshooter", "weston"),
    ("libwayland-client.so.0", "libwayland-client0"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
];

/// How the clients find it.
const SOCKET: &str = "wayland-xtask";

/// Large enough for one window, small enough to be searched.
const SIZE: (u32, u32) = (640, 480);

/// How long weston may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Nothing but windows, where they are put, on a ground that no picture has.
const CONFIGURATION: &str = "\
[shell]
panel-position=none
background-color=0xff8060a0
animation=none
startup-animation=none
close-animation=none
locking=false
";

/// What arranges the windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shell {
    /// Windows of a desktop, with so many pixels for each of their own units.
    Desktop { scale: u32 },
    /// One window at a time, if anybody is there to use it.
    Kiosk,
}

/// A compositor that draws into memory. It ends when this value goes.
#[derive(Debug)]
pub(super) struct Compositor {
    _server: Running,
    /// Its socket is here, and the pictures that it takes.
    folder: Scratch,
}

impl Compositor {
    /// Starts one, installing what it needs.
    pub(super) fn start(shell: Shell) -> Result<Compositor> {
        packages::ensure(&NEEDS, "a Wayland compositor to test windows on is missing")?;
        let next = "run weston by hand to see why it does not start";
        let folder = Scratch::temporary()?;
        let configuration = folder.path().join("weston.ini");
        files::write(&configuration, CONFIGURATION)?;

        let help = process::capture(Command::new("weston").arg("--help"))?.stdout;
        let mut command = Command::new("weston");
        command.args(options(shell, &help)).arg("--config").arg(&configuration);
        command.env("XDG_RUNTIME_DIR", folder.path());
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Running::start(&mut command)?;
        let started = Instant::now();
        while !folder.path().join(SOCKET).exists() {
            if let Some(status) = server.ended(&command)? {
                let what = format!("`{}` ended: {status}", process::shown(&command));
                return Err(Failure::new(what, next));
            }
            if started.elapsed() > PATIENCE {
                let what = format!("`{}` opens no socket", process::shown(&command));
                return Err(Failure::new(what, next));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Compositor { _server: server, folder })
    }

    /// Has `command` show its windows here.
    pub(super) fn show_on(&self, command: &mut Command) {
        command.env("XDG_RUNTIME_DIR", self.folder.path()).env("WAYLAND_DISPLAY", SOCKET);
        command.env_remove("DISPLAY").env_remove("WAYLAND_SOCKET");
    }

    /// What is on the screen now.
    pub(super) fn picture(&self) -> Result<Picture> {
        let next = "run weston-screenshooter by hand; weston allows it with the option --debug";
        let mut command = Command::new("weston-screenshooter");
        command.current_dir(self.folder.path()).env("XDG_PICTURES_DIR", self.folder.path());
        self.show_on(&mut command);
        let captured = process::capture(&mut command)?;
        let made = files::entries(self.folder.path())?;
        let Some(file) = made.iter().find(|path| files::ends_in(path, "png")) else {
            let (status, said) = (captured.status, captured.tail(4));
            let what = format!("weston-screenshooter made no picture: {status}\n{said}");
            return Err(Failure::new(what, next));
        };
        let picture = Picture::read(file)?;
        files::remove(file)?;
        Ok(picture)
    }
}

/// What weston is started with; its help tells the spelling of its version.
fn options(shell: Shell, help: &str) -> Vec<String> {
    let (scale, name) = match shell {
        Shell::Desktop { scale } => (scale, "desktop-shell.so"),
        Shell::Kiosk => (1, "kiosk-shell.so"),
    };
    // Its other renderer, pixman, ends weston 10 by a segmentation fault where the scale is not 1, and where windows grow
    // larger than the screen.
    let renderer = match help.contains("--renderer") {
        true => "--renderer=gl",
        false => "--use-gl",
    };
    let backend =
        if help.contains("headless-backend.so") { "headless-backend.so" } else { "headless" };
    let (width, height) = SIZE;
    vec![
        format!("--backend={backend}"),
        renderer.into(),
        format!("--socket={SOCKET}"),
        format!("--shell={name}"),
        format!("--scale={scale}"),
        format!("--width={width}"),
        format!("--height={height}"),
        "--idle-time=0".into(),
        // Others may take pictures of the screen.
        "--debug".into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_the_spelling_of_the_version() {
        let old = options(Shell::Kiosk, "  headless-backend.so\n --use-gl  Use the GL renderer");
        assert_eq!(old[..2], ["--backend=headless-backend.so", "--use-gl"]);
        let new = options(Shell::Desktop { scale: 2 }, "  headless\n --renderer=NAME");
        assert_eq!(new[..2], ["--backend=headless", "--renderer=gl"]);
        assert!(
            new.contains(&"--scale=2".into()) && old.contains(&"--shell=kiosk-shell.so".into())
        );
    }
}
