//! What a user reads when something is missing or wrong; that nothing panics or aborts is checked in each run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::{ended, needs_engine, new_file, program, run};

const PROGRAMS: [&str; 3] = ["compute", "info", "triangle"];

/// A way to call each program that gets as far as the engine.
fn arguments<'a>(program: &str, picture: &'a str) -> Vec<&'a str> {
    if program == "triangle" { vec!["--headless", picture] } else { vec![] }
}

/// Every program, with this library, ends with exit code 1 and says all of `parts`.
fn assert_refused(library: &Path, parts: &[&str]) {
    let library = library.to_str().expect("a path in UTF-8");
    for program in PROGRAMS {
        let picture = new_file(&format!("refused-{program}.png"));
        let run = run(
            program,
            &arguments(program, picture.to_str().expect("a path in UTF-8")),
            &[("WGPU_NATIVE_LIB", library)],
        );
        assert_eq!(run.code, 1, "{program} with {library}: {}", run.stderr);
        for part in parts.iter().chain(&[library]) {
            assert!(run.stderr.contains(part), "{program} should say `{part}`:\n{}", run.stderr);
        }
        assert!(!picture.exists(), "{program} wrote a picture");
    }
}

/// A shared library made of this Rust source.
pub(crate) fn shared_library(name: &str, source: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("{name}.rs"));
    let library = folder.join(format!(
        "{}{name}{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ));
    std::fs::write(&file, source).expect("the source can be written");
    let status = Command::new("rustc")
        .args(["--edition=2024", "--crate-type=cdylib", "-o"])
        .args([&library, &file])
        .status()
        .expect("rustc can be run");
    assert!(status.success());
    library
}

#[test]
fn a_library_that_is_not_there() {
    assert_refused(Path::new("/no/such/library.so"), &["does not exist", "WGPU_NATIVE_LIB"]);
}

#[test]
fn no_library_anywhere() {
    let nowhere = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nowhere");
    for name in PROGRAMS {
        let output = program(name)
            .args(arguments(name, "unused.png"))
            .env_remove("WGPU_NATIVE_LIB")
            .env("WEBGPU_SETUP_DIR", &nowhere)
            .output()
            .unwrap_or_else(|error| panic!("cannot run {name}: {error}"));
        let run = ended(name, output);
        assert_eq!(run.code, 1, "{name}: {}", run.stderr);
        let nowhere = nowhere.to_str().expect("a path in UTF-8");
        for part in ["cargo xtask setup", "WGPU_NATIVE_LIB", nowhere] {
            assert!(run.stderr.contains(part), "{name} should say `{part}`:\n{}", run.stderr);
        }
    }
}

#[test]
fn a_file_that_is_no_library() {
    assert_refused(&Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"), &[]);
}

#[test]
fn a_folder() {
    assert_refused(Path::new(env!("CARGO_MANIFEST_DIR")), &[]);
}

#[test]
fn a_library_of_something_else() {
    let library =
        shared_library("something_else", "#[unsafe(no_mangle)] pub extern \"C\" fn other() {}");
    assert_refused(&library, &["not the engine"]);
}

#[test]
fn a_library_of_another_version() {
    let library = shared_library(
        "another_version",
        "#[unsafe(no_mangle)] pub extern \"C\" fn wgpuGetVersion() -> u32 { 0x1b00_0203 }",
    );
    assert_refused(&library, &["27.0.2.3", "29."]);
}

#[test]
fn a_way_to_call_that_does_not_exist() {
    for program in PROGRAMS {
        let run = run(program, &arguments(program, "unused.png"), &[("WEBGPU_CALLS", "sometimes")]);
        assert_eq!(run.code, 1, "{program}: {}", run.stderr);
        for part in ["WEBGPU_CALLS", "sometimes", "`engine`"] {
            assert!(run.stderr.contains(part), "{program} should say `{part}`:\n{}", run.stderr);
        }
    }
}

#[test]
fn no_adapter() {
    needs_engine();
    // No machine has both.
    let backend = if cfg!(target_vendor = "apple") { "dx12" } else { "metal" };
    for program in PROGRAMS {
        let picture = new_file(&format!("no-adapter-{program}.png"));
        let run = run(
            program,
            &arguments(program, picture.to_str().expect("a path in UTF-8")),
            &[("WGPU_BACKEND", backend)],
        );
        assert_eq!(run.code, 1, "{program}: {}", run.stderr);
        for part in ["no adapter found", "WGPU_BACKEND", "cargo xtask setup"] {
            assert!(run.stderr.contains(part), "{program} should say `{part}`:\n{}", run.stderr);
        }
        assert!(!picture.exists());
    }
}

#[test]
fn an_adapter_of_another_name() {
    needs_engine();
    let run = run("compute", &[], &[("WGPU_ADAPTER_NAME", "abacus")]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("abacus"), "{}", run.stderr);
}

#[test]
fn a_picture_that_cannot_be_written() {
    needs_engine();
    let missing = new_file("no-such-folder").join("triangle.png");
    for place in [missing.as_path(), Path::new(env!("CARGO_TARGET_TMPDIR"))] {
        let place = place.to_str().expect("a path in UTF-8");
        let run = run("triangle", &["--headless", place], &[]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        for part in ["cannot write", place, "because"] {
            assert!(run.stderr.contains(part), "it should say `{part}`:\n{}", run.stderr);
        }
    }
}

/// The disk is one of the test's own.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_keeps_the_old_picture() {
    needs_engine();
    let folder = new_file("full-disk");
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written to");
    let script = "mount -t tmpfs -o size=64k none \"$1\" || exit 99; cd \"$1\"; echo old >p.png; \
                  head -c 100000 /dev/zero >rest 2>/dev/null; \"$2\" --headless p.png; code=$?; cat p.png; ls -A; exit $code";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    let output = command.arg(&folder).arg(program("triangle").get_program()).output();
    std::fs::remove_dir(&folder).expect("it is empty");
    let run = match output {
        // Without a mount of its own there are no two lines.
        Ok(output) if !output.stdout.is_empty() => ended("triangle", output),
        other => {
            let said = format!("NOT CHECKED: a picture on a full disk: {other:?}\n");
            // Past the harness, which keeps what tests print.
            return std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes())
                .expect("it is open");
        }
    };
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.stdout, "old\np.png\nrest\n");
    assert!(run.stderr.contains("because: No space left on device"), "{}", run.stderr);
}

#[test]
fn a_picture_that_is_too_large() {
    needs_engine();
    for size in ["4294967295x1", "1x1000000"] {
        let picture = new_file("large.png");
        let run = run(
            "triangle",
            &["--headless", picture.to_str().expect("a path in UTF-8"), "--size", size],
            &[],
        );
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stderr.contains(size) && run.stderr.contains("at most"), "{}", run.stderr);
        assert!(!picture.exists());
    }
}

#[test]
fn a_wrong_command_line() {
    for (program, arguments) in [
        ("triangle", &["--frames", "0"][..]),
        ("triangle", &["--size", "800"]),
        ("triangle", &["--headless"]),
        ("triangle", &["picture.png"]),
        ("info", &["everything"]),
        ("compute", &["--fast"]),
    ] {
        let run = run(program, arguments, &[]);
        assert_eq!(run.code, 2, "{program} {arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(&format!("Try `{program} --help`")), "{}", run.stderr);
    }
}

#[test]
fn a_reader_that_has_seen_enough() {
    needs_engine();
    for name in ["compute", "info"] {
        let mut child = program(name)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {name}: {error}"));
        drop(child.stdout.take());
        let run = ended(name, child.wait_with_output().expect("it ends"));
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert!(!run.stderr.contains(&format!("{name}: error")), "{name}: {}", run.stderr);
    }
}

#[test]
fn help_needs_no_engine() {
    for program in PROGRAMS {
        let run = run(program, &["--help"], &[("WGPU_NATIVE_LIB", "/no/such/library.so")]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains(&format!("Usage: {program}")), "{}", run.stdout);
        assert_eq!(run.stderr, "");
    }
}

#[test]
#[cfg(all(feature = "window", target_os = "linux"))]
fn no_display() {
    for environment in [
        &[("DISPLAY", ""), ("WAYLAND_DISPLAY", ""), ("WAYLAND_SOCKET", "")][..],
        &[("DISPLAY", ":4711"), ("WAYLAND_DISPLAY", "")],
        &[("DISPLAY", ""), ("WAYLAND_DISPLAY", "wayland-4711")],
    ] {
        let run = run("triangle", &[], environment);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stderr.contains("--headless"), "{environment:?}: {}", run.stderr);
    }
}

#[test]
#[cfg(not(feature = "window"))]
fn no_windows_in_this_build() {
    let run = run("triangle", &[], &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("--headless") && run.stderr.contains("`window`"), "{}", run.stderr);
}
