//! The examples with real libraries.

use crate::command::{self, run};

#[track_caller]
fn prints(program: &str, expected: &str) {
    let run = run(program, &[]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, expected, ""));
}

#[test]
fn sqlite3() {
    prints(
        env!("CARGO_BIN_EXE_sqlite3"),
        "4 planets: Earth, Mars, Mercury, Venus\n\
         Venus has a radius of 6051.8 km\n\
         Earth has a radius of 6371 km\n\
         a mistake: sqlite3 says 1: no such column: mass\n",
    );
}

#[test]
fn libuv() {
    prints(
        env!("CARGO_BIN_EXE_libuv"),
        "the timer ticked 3 times\n\
         the sum is 500000500000, found on another thread: true\n\
         the work ended with 0\n\
         a mistake: uv_timer_start returned -22: invalid argument\n",
    );
}

#[test]
fn zlib() {
    let run = run(env!("CARGO_BIN_EXE_zlib"), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = run.stdout.lines().collect();
    let [crc, packed, back, mistake] = lines[..] else { panic!("{}", run.stdout) };
    assert_eq!(
        crc,
        format!("crc32 {:08x}", crc32("the same again and again, ".repeat(40).as_bytes()))
    );
    let size: usize = packed.strip_prefix("1040 bytes packed into ").unwrap().parse().unwrap();
    assert!(size < 60, "{packed}");
    assert_eq!((back, mistake), ("and back", "a mistake: inflate ended with -3"));
}

/// The checksum, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

#[test]
fn curl() {
    let program = env!("CARGO_BIN_EXE_curl");
    let size = std::fs::metadata(program).unwrap().len();
    prints(
        program,
        &format!(
            "fetched {size} bytes of this program, the same as on disk: true\n\
             a mistake: curl_easy_perform returned 37: Couldn't read a file:// file\n\
             a mistake: curl_easy_perform returned 1: Unsupported protocol\n"
        ),
    );
}

#[test]
fn sdl() {
    prints(
        env!("CARGO_BIN_EXE_sdl"),
        "...........###..\n\
         .########..###..\n\
         .########..###..\n\
         .########..###..\n\
         ...........###..\n\
         a struct by value, there and back: true\n\
         ticks on another thread: [(1, true), (2, true), (3, true)]\n",
    );
}

/// The judge is git itself.
#[test]
fn libgit2() {
    let folder = command::folder().join("repository");
    let path = folder.to_str().expect("a path in UTF-8");
    let git = |arguments: &[&str]| {
        let identity =
            ["-C", path, "-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        let run = run("git", &[&identity[..], arguments].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        run.stdout
    };
    std::fs::create_dir_all(&folder).unwrap();
    git(&["init", "-q"]);
    for index in 0..12 {
        git(&[
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            &format!("commit {index}, grüße\n\nnot shown"),
        ]);
    }
    let log = git(&["log", "-n", "10", "--format=%H %s"]);
    let program = env!("CARGO_BIN_EXE_libgit2");
    let found = run(program, &[path]);
    assert_eq!((found.code, found.stdout, found.stderr.as_str()), (0, log, ""));
    let missing = run(program, &["/no/such/folder"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (1, ""));
    assert!(
        missing.stderr.contains("/no/such/folder is no repository that libgit2 can open"),
        "{}",
        missing.stderr
    );
}

#[test]
fn libc() {
    let run = run(env!("CARGO_BIN_EXE_libc"), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(
        lines[0].starts_with("sorted [-1.0, 0.125, 2.5, 42.0, 1000000000.0] with "),
        "{}",
        lines[0]
    );
    assert_eq!(
        lines[1..],
        [
            "Thursday, 29 February 2024",
            "the cat has 4 legs and weighs 4.2 kg",
            "strtol(99999999999999999999) = 9223372036854775807: Numerical result out of range (os error 34)",
            "strtol(\"12 apples\") = 12, and then \" apples\"",
            "refused: argument 2 (base): 1099511627776 does not fit int",
        ]
    );
}
