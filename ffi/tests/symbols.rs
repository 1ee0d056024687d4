//! The symbols of libraries, held against the tools of whoever made the files.
//!
//! ELF and PE files are made and judged by gcc and binutils. Those of macOS need clang, lld and llvm: `cargo xtask cross
//! libraries` installs them and runs that test.
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::path::{Path, PathBuf};
use std::process::Command;

use ffi::error::LibraryFault;
use ffi::{Error, Library};

const SOURCE: &str = "
    int alpha(int x) { return x + 1; }
    int beta = 3;
    const char *const gamma_text = \"gamma\";
    static int hidden(void) { return beta; }
    int alphabet(int (*f)(void)) { return f() + hidden(); }
    int _underscored(void) { return 4; }
";

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("symbols");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes a file of the test's folder.
fn write(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let file = folder().join(name);
    std::fs::write(&file, content).unwrap();
    file
}

/// Runs a line of words in the test's folder; returns what it printed.
#[track_caller]
fn shell(line: &str) -> String {
    let mut words = line.split_whitespace();
    let program = words.next().unwrap();
    let output = Command::new(program).args(words).current_dir(folder()).output();
    let output = output.unwrap_or_else(|error| {
        panic!("this test needs gcc and binutils, for macOS clang, lld and llvm; {program} does not start ({error})")
    });
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The last words of the lines that `mark` takes, sorted, without versions.
fn last_words(text: &str, mark: impl Fn(&str) -> bool) -> Vec<String> {
    let lines = text.lines().filter(|line| mark(line));
    let mut words: Vec<String> = lines
        .filter_map(|line| line.split_whitespace().last()?.split('@').next())
        .map(str::to_owned)
        .collect();
    words.sort();
    words.dedup();
    words
}

fn listed(file: &Path) -> Vec<String> {
    Library::symbols_in(file).unwrap()
}

fn refused(file: &Path) -> String {
    Library::symbols_in(file).unwrap_err().to_string()
}

#[test]
fn an_open_library_lists_what_it_has() {
    // SAFETY: libm's initialisers do nothing that could go wrong.
    let libm = unsafe { Library::find("m") }.unwrap();
    let symbols = libm.symbols().unwrap();
    assert!(symbols.len() > 300 && symbols.is_sorted(), "{} symbols", symbols.len());
    for name in &symbols {
        libm.address(name).unwrap();
    }
    for name in ["pow", "sin", "fabsl"] {
        assert!(symbols.iter().any(|symbol| symbol == name), "{name}");
    }
    // What it takes from others is not its own.
    assert!(!symbols.iter().any(|symbol| symbol == "printf"));
    assert!(!Library::this().unwrap().symbols().unwrap().iter().any(|symbol| symbol == "pow"));
}

#[test]
fn elf_as_nm_lists_it() {
    write("elf.c", SOURCE);
    shell("cc -shared -fPIC -o elf.so elf.c");
    let names = ["_underscored", "alpha", "alphabet", "beta", "gamma_text"];
    let [file, libc] = [folder().join("elf.so"), "/lib/x86_64-linux-gnu/libc.so.6".into()];
    assert_eq!(listed(&file), names);
    // Names of versions are absolute; old versions, with one @, and variables of each thread are not found by name.
    for file in [file, libc] {
        let judged = shell(&format!("nm -D --defined-only {}", file.display()));
        let mut judged = last_words(&judged, |line| {
            !line.contains(" A ") && (line.contains("@@") || !line.contains('@'))
        });
        let threads = shell(&format!("readelf --dyn-syms -W {}", file.display()));
        let threads = last_words(&threads, |line| line.contains(" TLS "));
        judged.retain(|name| !threads.contains(name));
        assert_eq!(listed(&file), judged, "{}", file.display());
    }
}

/// Makes an object and a library for Windows by the linker of Linux; returns the library.
fn pe(stem: &str) -> PathBuf {
    write(&format!("{stem}.c"), SOURCE);
    let options = "-O1 -fno-asynchronous-unwind-tables -fcf-protection=none";
    shell(&format!("cc -c {options} -o {stem}.o {stem}.c"));
    shell(&format!("objcopy -R .comment -R .note.GNU-stack -O pe-x86-64 {stem}.o {stem}.obj"));
    shell(&format!(
        "ld -m i386pep --image-base 0x400000 -shared --export-all-symbols -o {stem}.dll {stem}.obj"
    ));
    folder().join(format!("{stem}.dll"))
}

#[test]
fn pe_as_objdump_lists_it() {
    let dll = pe("pe");
    let judged = shell("objdump -p pe.dll");
    let judged = last_words(&judged, |line| line.starts_with("\t[ ") && !line.contains("RVA"));
    assert_eq!(judged, ["_underscored", "alpha", "alphabet", "beta", "gamma_text"]);
    assert_eq!(listed(&dll), judged);
    shell("ld -m i386pep --image-base 0x400000 -e alpha -o pe.exe pe.obj");
    assert_eq!(listed(&folder().join("pe.exe")), [] as [&str; 0], "a program exports nothing");
}

#[test]
#[ignore = "needs clang, lld and llvm, which `cargo xtask cross libraries` installs"]
fn mach_o_as_llvm_lists_it() {
    write("mach.c", format!("__thread int per_thread = 3; {SOURCE}"));
    let options = "-nostdlib -dynamiclib -fuse-ld=lld -Wl,-undefined,dynamic_lookup";
    let expected = ["_underscored", "alpha", "alphabet", "beta", "gamma_text"];
    // The older one has its trie where systems before macOS 12 look for it.
    for (target, name) in [("arm64", "arm64"), ("x86_64", "x86"), ("x86_64", "old")] {
        let version = if name == "old" { "10.9" } else { "12" };
        shell(&format!(
            "clang --target={target}-apple-macos{version} {options} -o {name}.dylib mach.c"
        ));
        let judged = shell(&format!("llvm-objdump --macho --exports-trie {name}.dylib"));
        let judged = judged.replace(" [per-thread]", "[per-thread]");
        let judged = last_words(&judged, |line| line.starts_with("0x"));
        let judged: Vec<&str> = judged.iter().filter_map(|name| name.strip_prefix('_')).collect();
        let judged: Vec<&str> =
            judged.into_iter().filter(|name| !name.contains("[per-thread]")).collect();
        assert_eq!(judged, expected);
        let file = folder().join(format!("{name}.dylib"));
        assert_eq!(listed(&file), judged, "{name}");
        survives_damage(&file);
    }
    universal(&["arm64.dylib", "x86.dylib"]);
    assert_eq!(listed(&folder().join("universal.dylib")), expected);
    universal(&["arm64.dylib"]);
    assert!(refused(&folder().join("universal.dylib")).contains("for this processor"));
}

/// Joins libraries, as macOS's `lipo` does: a table in big endian of processor, variant, place, size, alignment, then the
/// files.
fn universal(names: &[&str]) {
    let files: Vec<Vec<u8>> =
        names.iter().map(|name| std::fs::read(folder().join(name)).unwrap()).collect();
    let mut table = vec![0xcafe_babe, names.len() as u32];
    let mut body = Vec::new();
    for file in &files {
        let word = |at: usize| u32::from_le_bytes(*file[at..].first_chunk().unwrap());
        table.extend([word(4), word(8), 4096 + body.len() as u32, file.len() as u32, 12]);
        body.extend(file);
        body.resize(body.len().next_multiple_of(4096), 0);
    }
    let mut bytes: Vec<u8> = table.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.resize(4096, 0);
    bytes.extend(body);
    write("universal.dylib", bytes);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let none = folder().join("none.so");
    assert!(refused(&none).contains("none.so cannot be read: No such file"), "{}", refused(&none));
    let text = write("text.so", "INPUT(libc.so.6)");
    assert!(refused(&text).ends_with("text.so is neither ELF nor PE nor Mach-O"));
    let java = write("some.class", b"\xca\xfe\xba\xbe\0\0\0\x34 and so on");
    assert!(refused(&java).ends_with("some.class is neither ELF nor PE nor Mach-O"));
    write("sections.c", SOURCE);
    shell("cc -shared -fPIC -o sections.so sections.c");
    let mut without_sections = std::fs::read(folder().join("sections.so")).unwrap();
    without_sections[0x3c..0x3e].fill(0);
    for (name, content, what) in [
        ("sections.so", without_sections.as_slice(), "ELF file of 64 bits"),
        ("32.so", b"\x7fELF\x01\x01", "ELF file of 64 bits"),
        (
            "dos.exe",
            b"MZ and whatever follows, long enough for a header of a file",
            "PE file of 64 bits",
        ),
        ("cut.dylib", b"\xcf\xfa\xed\xfe", "Mach-O file of 64 bits for this processor"),
    ] {
        let message = refused(&write(name, content));
        assert!(message.ends_with(&format!("{name} is no {what}, or it is broken")), "{message}");
    }
}

/// Bites and flips, the same for the same seed. Whatever comes of it, it is names or an error.
fn survives_damage(file: &Path) {
    let whole = std::fs::read(file).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % limit.max(1)
    };
    let broken = file.with_extension("broken");
    let (mut read, mut refused) = (0, 0);
    let started = std::time::Instant::now();
    for round in 0..3000 {
        let mut bytes = whole.clone();
        if round % 3 == 0 {
            bytes.truncate(random(whole.len()));
        }
        // Headers and tables lie at both ends more often than in the middle.
        for _ in 0..random(6) {
            let reach = [256, 1024, whole.len()][random(3)].min(bytes.len());
            let at =
                if random(2) == 0 { random(reach) } else { bytes.len() - reach + random(reach) };
            if let Some(byte) = bytes.get_mut(at) {
                *byte =
                    [0, 1, 0x7f, 0x80, 0xff, *byte ^ 1 << random(8), random(256) as u8][random(7)];
            }
        }
        std::fs::write(&broken, bytes).unwrap();
        match Library::symbols_in(&broken) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn damaged_elf_and_pe_files() {
    write("damaged.c", SOURCE);
    shell("cc -shared -fPIC -nostdlib -s -o damaged.so damaged.c");
    survives_damage(&folder().join("damaged.so"));
    survives_damage(&pe("damaged"));
}

/// What `Library::check` finds wrong with a file.
fn fault(file: &Path) -> Option<LibraryFault> {
    match Library::check(file) {
        Ok(()) => None,
        Err(Error::LibraryUnfit { fault, .. }) => Some(fault),
        Err(error) => panic!("{error}"),
    }
}

/// Each length is held against the ends of the segments that readelf shows.
#[test]
fn a_library_that_is_cut_short_is_not_opened() {
    write("cut.c", SOURCE);
    shell("cc -shared -fPIC -o cut.so cut.c");
    let whole = std::fs::read(folder().join("cut.so")).unwrap();
    let hexadecimal =
        |word: &str| usize::from_str_radix(word.trim_start_matches("0x"), 16).unwrap();
    let segments = shell("readelf --segments --wide cut.so");
    let ends = segments.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let of_file = ["LOAD", "DYNAMIC"].contains(words.first()?);
        of_file.then(|| hexadecimal(words[1]) + hexadecimal(words[4]))
    });
    let end = ends.max().unwrap();
    assert!(end < whole.len(), "behind the segments are the names for debuggers");
    for length in (0..64).chain((64..end).step_by(61)).chain([end - 1]) {
        let found = fault(&write("shorter.so", &whole[..length]));
        let expected = if length < 4 { "neither" } else { "cut short" };
        assert!(found.is_some_and(|fault| fault.to_string().contains(expected)), "{length}");
    }
    for length in [end, whole.len()] {
        let file = write("long_enough.so", &whole[..length]);
        assert_eq!(fault(&file), None);
        // SAFETY: the library has no initialisers.
        unsafe { Library::open(file) }.unwrap();
    }
}

#[test]
fn libraries_for_others_are_not_opened() {
    write("own.c", SOURCE);
    shell("cc -shared -fPIC -o own.so own.c");
    assert_eq!(fault(&folder().join("own.so")), None);
    let whole = std::fs::read(folder().join("own.so")).unwrap();
    // Offsets of the class, the byte order, the kind of file, the processor, and the first segment's alignment.
    let machine = |found: &str| LibraryFault::OtherMachine { found: found.into() };
    let table = LibraryFault::Damaged { part: "table of segments" };
    let changes = [
        (4, 1, machine("a processor of 32 bits")),
        (5, 2, machine("a processor of 64 bits, big endian")),
        (16, 2, LibraryFault::NotShared),
        (18, 183, machine("aarch64")),
        (18, 77, machine("a processor of number 77")),
        (64 + 48, 3, table),
    ];
    for (place, byte, expected) in changes {
        let mut changed = whole.clone();
        changed[place] = byte;
        assert_eq!(fault(&write("changed.so", changed)), Some(expected), "{place}");
    }
    let (found, expected) = ("PE (Windows)", "ELF");
    let other = LibraryFault::OtherFormat { found, expected };
    assert_eq!(fault(&pe("for_windows")), Some(other));
    assert_eq!(fault(&write("text.so", "a text\n")), Some(LibraryFault::Unknown));
    let missing = Library::check(folder().join("missing.so"));
    assert!(matches!(missing, Err(Error::LibraryUnreadable { .. })), "{missing:?}");
}
