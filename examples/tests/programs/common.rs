//! Runs the example programs as a user does, and looks at what they leave behind.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// What a program that has ended wrote, and its exit code.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Variables that change what the programs do: a test sets what it needs and inherits none.
///
/// Two are inherited: `WGPU_NATIVE_LIB` may be where the library is, and `WEBGPU_CALLS` decides for all tests that do
/// not set it: they hold either way.
const VARIABLES: [&str; 4] = ["WEBGPU_TRACE", "WGPU_ADAPTER_NAME", "RUST_BACKTRACE", "SHADER"];

/// One of the programs, ready to run.
pub(crate) fn program(name: &str) -> Command {
    // All programs lie in the same folder, and are built before the tests.
    let program = Path::new(env!("CARGO_BIN_EXE_triangle"))
        .with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "there is no example `{name}`");
    let mut command = Command::new(program);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command
}

/// Runs one of the programs. That it ended by itself, without a panic, is part of every test.
pub(crate) fn run(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let output = program(name)
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .unwrap_or_else(|error| panic!("cannot run {name}: {error}"));
    ended(name, output)
}

/// What a program that has ended wrote, checked for panics and signals.
pub(crate) fn ended(name: &str, output: Output) -> Run {
    let stdout = String::from_utf8(output.stdout).expect("stdout is UTF-8");
    let stderr = String::from_utf8(output.stderr).expect("stderr is UTF-8");
    let code = output
        .status
        .code()
        .unwrap_or_else(|| panic!("{name} was ended by a signal: {}\n{stderr}", output.status));
    assert!(!stderr.contains("panicked"), "{name} panicked:\n{stderr}");
    Run { code, stdout, stderr }
}

/// Runs one of the programs, which must succeed.
pub(crate) fn succeed(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    needs_engine();
    let run = run(name, arguments, environment);
    assert_eq!(run.code, 0, "{name} {arguments:?} failed:\n{}", run.stderr);
    run
}

/// Has one of the programs draw into a new file of this name.
pub(crate) fn draw(
    name: &str,
    file: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> (Picture, Run) {
    let file = new_file(file);
    let path = file.to_str().expect("a path in UTF-8");
    let run = succeed(name, &[&["--headless", path], arguments].concat(), environment);
    (Picture::read(&file), run)
}

/// Fails the test where there is no engine library or no adapter: nothing can be tested there.
pub(crate) fn needs_engine() {
    static MISSING: OnceLock<Option<String>> = OnceLock::new();
    let missing = MISSING.get_or_init(|| {
        let info = run("info", &[], &[]);
        (info.code != 0).then_some(info.stderr)
    });
    if let Some(reason) = missing {
        panic!(
            "these tests need the engine library and an adapter: run `cargo xtask setup`\n{reason}"
        );
    }
}

/// A file for a test to write, which is not there yet.
pub(crate) fn new_file(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            panic!("cannot remove {}: {error}", file.display())
        }
        _ => file,
    }
}

/// An RGBA picture.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

impl Picture {
    pub(crate) fn read(file: &Path) -> Picture {
        let bytes =
            std::fs::read(file).unwrap_or_else(|e| panic!("cannot read {}: {e}", file.display()));
        let mut reader =
            png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG file");
        let mut pixels =
            vec![0; reader.output_buffer_size().expect("a picture that fits into memory")];
        let info = reader.next_frame(&mut pixels).expect("a whole PNG file");
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgba, png::BitDepth::Eight));
        Picture { width: info.width, height: info.height, pixels }
    }

    pub(crate) fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        assert!(x < self.width && y < self.height, "({x}, {y}) is outside of the picture");
        let start = 4 * (y as usize * self.width as usize + x as usize);
        self.pixels[start..start + 4].try_into().expect("four bytes")
    }

    /// Asserts that a pixel has this colour, each channel up to `tolerance`.
    pub(crate) fn assert_pixel(&self, (x, y): (u32, u32), color: [u8; 3], tolerance: u8) {
        let pixel = self.pixel(x, y);
        let near =
            pixel.iter().zip(color).all(|(found, wanted)| found.abs_diff(wanted) <= tolerance);
        assert!(near && pixel[3] == 255, "{color:?} expected at ({x}, {y}), found {pixel:?}");
    }
}

/// How many calls went through the engine, as a program says at its end.
pub(crate) fn calls(run: &Run) -> u64 {
    let words: Vec<&str> = run.stderr.split_whitespace().collect();
    let at = words.windows(2).position(|pair| pair == ["calls", "went"]);
    at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok())
        .unwrap_or_else(|| panic!("the number of calls is missing:\n{}", run.stderr))
}
