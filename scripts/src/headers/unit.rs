//! What is compiled at a time: a header, or several in order, with what they need.

use std::fmt::{self, Display, Formatter};
use std::process::Command;

use super::corpus::Package;
use crate::failure::{Failure, Result};
use crate::process;

/// Headers that are read together.
#[derive(Debug)]
pub(super) struct Unit {
    package: String,
    /// By the names that a program includes them by.
    headers: Vec<String>,
    /// The compilers' options for it.
    pub(super) options: Vec<String>,
}

impl Display for Unit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.package, self.headers.join(","))
    }
}

impl Unit {
    /// The program that includes the headers.
    pub(super) fn source(&self) -> String {
        self.headers.iter().map(|header| format!("#include <{header}>\n")).collect()
    }

    /// A name for its files.
    pub(super) fn file_name(&self) -> String {
        self.to_string().replace(['/', ' ', ','], "-").replace(".h", "")
    }
}

/// All of a package.
pub(super) fn of(package: &Package) -> Result<Vec<Unit>> {
    let options = options(&package.needs)?;
    let mut units = Vec::new();
    let mut push = |headers: Vec<String>| {
        units.push(Unit { package: package.name.clone(), headers, options: options.clone() });
    };
    let mut files = None;
    for word in package.headers.split_whitespace() {
        let Some(folder) = word.strip_suffix("*.h") else {
            push(word.split(',').map(str::to_owned).collect());
            continue;
        };
        if files.is_none() {
            files = Some(headers_of(&package.name, &options)?);
        }
        let files = files.iter().flatten();
        let inside =
            files.filter(|file| file.strip_prefix(folder).is_some_and(|rest| !rest.contains('/')));
        let before = inside.clone().count();
        inside.for_each(|header| push(vec![header.clone()]));
        if before == 0 {
            let what = format!("{} has no headers {word}", package.name);
            return Err(Failure::new(what, "correct scripts/src/headers/corpus.rs"));
        }
    }
    Ok(units)
}

/// The compilers' options that stand for what a package needs.
fn options(needs: &str) -> Result<Vec<String>> {
    let (mut options, modules): (Vec<&str>, Vec<&str>) =
        needs.split_whitespace().partition(|word| word.starts_with('-'));
    let mut asked = String::new();
    if !modules.is_empty() {
        let mut command = Command::new("pkg-config");
        let captured = process::capture(command.arg("--cflags").args(&modules))?;
        if !captured.status.success() {
            let what = format!("pkg-config does not know {needs}: {}", captured.tail(3));
            return Err(Failure::new(what, "install these packages again"));
        }
        asked = captured.stdout;
    }
    options.extend(asked.split_whitespace());
    Ok(options.into_iter().map(str::to_owned).collect())
}

/// The headers that a package has installed, as they are included with these options, in order.
fn headers_of(package: &str, options: &[String]) -> Result<Vec<String>> {
    let captured = process::capture(Command::new("dpkg").args(["-L", package]))?;
    let folders = options.iter().filter_map(|option| option.strip_prefix("-I"));
    let folders: Vec<&str> =
        folders.chain(["/usr/include/x86_64-linux-gnu", "/usr/include"]).collect();
    let included = |file: &str| {
        let name = folders.iter().find_map(|folder| file.strip_prefix(folder))?;
        let name = name.strip_prefix('/')?;
        name.ends_with(".h").then(|| name.to_owned())
    };
    let mut headers: Vec<String> = captured.stdout.lines().filter_map(included).collect();
    headers.sort();
    headers.dedup();
    Ok(headers)
}
