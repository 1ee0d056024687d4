//! The command line of the programs that draw.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::Usage;

/// What a program that draws was asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Draw into this file instead of a window.
    pub headless: Option<PathBuf>,
    /// Width and height in pixels of the picture, or of the window at first.
    pub size: Option<(u32, u32)>,
    /// Stop after this many frames.
    pub frames: Option<u32>,
    /// How many windows to open; what the example opens by itself if not told.
    pub windows: Option<u32>,
    /// Give each window so many sizes before its frames are counted.
    pub resizes: u32,
    /// Close the windows when standard input ends; where frames are counted, not before the last one.
    pub hold: bool,
    /// Only say what the program needs of an adapter.
    pub needs: bool,
    /// Only explain the options.
    pub help: bool,
}

impl Options {
    /// The size where none is given: pixels of a picture; in a window, times the scale of the screen.
    pub const USUAL_SIZE: (u32, u32) = (800, 600);

    /// What the options are, for a program of this name.
    #[must_use]
    pub fn help_text(name: &str) -> String {
        format!(
            "\
Usage: {name} [OPTIONS]

Options:
  --headless FILE.png  draw into a file instead of a window
  --size WIDTHxHEIGHT  pixels of the picture, or of the window at first (800x600)
  --frames N           close the window after N frames; headless: draw N frames, keep the last.
                       Frames that are counted are a sixtieth of a second apart, however long they take
  --windows N          open N windows on one device
  --resizes N          give each window N sizes, then the first one again, before frames are counted
  --hold               close the window when standard input ends; with --frames, keep the last one until then
  --needs              say which features and limits the program needs, and stop
  -h, --help           show this text

Environment:
  WGPU_NATIVE_LIB      the engine library to load
  WGPU_BACKEND         vulkan, metal, dx12 or gl (several with commas)
  WGPU_ADAPTER_NAME    part of the name of the adapter to use
  WEBGPU_CALLS         `engine` makes every call through the FFI engine
"
        )
    }

    /// Reads the arguments that follow the program's name.
    ///
    /// # Errors
    ///
    /// [`Usage`], for an unknown option and a missing or wrong value.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Options, Usage> {
        use lexopt::prelude::*;

        let mut options = Options::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("headless") => options.headless = Some(file(parser.value()?)?),
                Long("size") => options.size = Some(size(&parser.value()?.string()?)?),
                Long("frames") => {
                    options.frames = Some(count("--frames", &parser.value()?.string()?)?)
                }
                Long("windows") => {
                    options.windows = Some(count("--windows", &parser.value()?.string()?)?);
                }
                Long("resizes") => {
                    options.resizes = count("--resizes", &parser.value()?.string()?)?;
                }
                Long("hold") => options.hold = true,
                Long("needs") => options.needs = true,
                Short('h') | Long("help") => options.help = true,
                _ => return Err(argument.unexpected().into()),
            }
        }
        Ok(options)
    }
}

fn file(value: OsString) -> Result<PathBuf, Usage> {
    // `--headless --frames 3` forgot the file; nobody means a picture of the name `--frames`.
    if value.is_empty() || value.as_encoded_bytes().starts_with(b"--") {
        return Err(Usage(format!(
            "`--headless` needs a file to write, not `{}`",
            value.display()
        )));
    }
    Ok(value.into())
}

fn size(value: &str) -> Result<(u32, u32), Usage> {
    value
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .filter(|&(width, height)| width > 0 && height > 0)
        .ok_or_else(|| Usage(format!("`--size` is two numbers like 800x600, not `{value}`")))
}

fn count(option: &str, value: &str) -> Result<u32, Usage> {
    value
        .parse()
        .ok()
        .filter(|&count| count > 0)
        .ok_or_else(|| Usage(format!("`{option}` is a number from 1, not `{value}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(OsString::from)).map_err(|usage| usage.0)
    }

    #[test]
    fn reads_every_option() {
        assert_eq!(parse(""), Ok(Options::default()));
        assert_eq!(parse("--help").unwrap(), parse("-h").unwrap());
        assert_eq!(
            parse(
                "--size 1x2 --headless a/b.png --frames=3 --windows 2 --resizes 9 --needs --hold"
            ),
            Ok(Options {
                headless: Some("a/b.png".into()),
                size: Some((1, 2)),
                frames: Some(3),
                windows: Some(2),
                resizes: 9,
                hold: true,
                needs: true,
                help: false
            })
        );
    }

    #[test]
    fn names_the_argument_that_is_wrong() {
        for (line, named) in [
            ("--headless", "--headless"),
            ("--headless --frames 3", "--frames"),
            ("--headless=", "--headless"),
            ("--size 800", "800"),
            ("--size 0x600", "0x600"),
            ("--size -1x600", "-1x600"),
            ("--size 99999999999x1", "99999999999x1"),
            ("--frames 0", "`0`"),
            ("--frames many", "many"),
            ("--windows 0", "--windows"),
            ("--frame 3", "--frame"),
            ("picture.png", "picture.png"),
            ("-x", "-x"),
        ] {
            let message = parse(line).expect_err(line);
            assert!(message.contains(named), "{line}: {message}");
        }
    }
}
