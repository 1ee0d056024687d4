//! `cargo xtask headers`: headers of Debian's packages and of the kernel, read by `ffi` and by C compilers.

mod corpus;
mod judge;
mod report;
mod unit;

use std::ffi::OsString;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::{files, packages, process};
use report::Total;
use unit::Unit;

#[path = "../../../ffi/tests/layouts/table/mod.rs"]
mod table;

pub(crate) const HELP: Option<&str> = Some(
    "\
Installs headers of Debian's packages and of the kernel, has gcc and two versions of clang preprocess each in three dialects
of C, reads the whole with `ffi`, and compares with each compiler: the size and alignment of all types, the offsets and
bits of all members, and the values of all enumerators.

usage: cargo xtask headers [--few] [--list] [WORD...]

  --few   the dozen that continuous integration reads
  --list  print the headers and read none

Words choose the packages and headers that have one of them in their names: `cargo xtask headers libsdl2 linux/usb`.
What a compiler does not take by itself is told, and not compared. Texts that are not understood are kept in target/headers.",
);

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    let mut arguments = Arguments::of("headers", arguments);
    let (few, list) = (arguments.flag("--few"), arguments.flag("--list"));
    let words = arguments.words()?;
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(Failure::new(
            "the headers are Debian's for x86-64",
            "run this on such a system",
        ));
    }
    let (mut packages, few_units) = corpus::read();
    if few {
        let is_of = |unit: &String, name: &str| unit.split(' ').next() == Some(name);
        packages.retain(|package| few_units.iter().any(|unit| is_of(unit, &package.name)));
    }
    install(&packages)?;
    let mut units = Vec::new();
    for package in &packages {
        units.extend(unit::of(package)?);
    }
    units.retain(|unit| {
        let name = unit.to_string();
        let named = words.is_empty() || words.iter().any(|word| name.contains(word));
        named && (!few || few_units.contains(&name))
    });
    if list {
        units.iter().for_each(|unit| println!("{unit}"));
        return Ok(());
    }
    if units.is_empty() || (few && words.is_empty() && units.len() != few_units.len()) {
        return Err(Failure::usage("there are no such headers", "headers"));
    }
    let started = Instant::now();
    let total = read(&units)?;
    println!("{}", total.closing_line(started.elapsed()));
    total.verdict()
}

/// Installs the compilers and the packages that are not there.
fn install(packages: &[corpus::Package]) -> Result {
    let programs = judge::COMPILERS.map(|compiler| (compiler, compiler));
    let tools = [("pkg-config", "pkg-config"), ("objcopy", "binutils")];
    packages::ensure(&[&programs[..], &tools].concat(), "the compilers are not all there")?;
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    packages::ensure_on_debian(&names, "some of the headers are not there")
}

/// Reads all headers, as many at a time as there are processors, and says of each what came of it.
fn read(units: &[Unit]) -> Result<Total> {
    let folder = process::workspace().join("target").join("headers");
    if folder.exists() {
        files::remove(&folder)?;
    }
    files::make_folder(&folder)?;
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Total::default()));
    let work = || {
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcomes = judge::all(unit, &folder);
            // Nothing panics while the lock is held but printing.
            let mut total = total.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            println!("{}", total.add(unit, &outcomes));
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    Ok(total.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
}
