//! The examples with real libraries.

use crate::command::run;

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
