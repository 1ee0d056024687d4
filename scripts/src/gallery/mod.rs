//! `cargo xtask gallery`: the pictures of all examples, on `webgpu` and on the `wgpu` crate.

mod document;
mod drawn;
mod sheet;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use crate::examples::{self, Example};
use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::picture::Picture;
use crate::progress::seconds;
use crate::{peer, process, setup};
use drawn::{Drawn, Outcome};

const HELP: &str = "\
Builds the examples that draw twice, on `webgpu` and on the `wgpu` crate, has both draw on the same driver and compares
the pictures, which have to be identical. target/gallery/NAME.png shows both side by side, target/gallery.png all.

usage: cargo xtask gallery [--readme | --check] [EXAMPLE...]

  --readme  write examples/README.md and its pictures anew
  --check   fail where examples/README.md is not what --readme would write, or its pictures look otherwise";

/// What is done with examples/README.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// Nothing.
    Leave,
    /// It is written.
    Write,
    /// It is compared with what would be written.
    Check,
}

/// The command line's way in.
pub(crate) fn command(arguments: Vec<OsString>) -> Result {
    use lexopt::Arg::{Long, Short, Value};
    let usage = |error: lexopt::Error| Failure::usage(error, "gallery");
    let mut names = Vec::new();
    let mut document = Document::Leave;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("readme") => document = Document::Write,
            Long("check") => document = Document::Check,
            Long("help") | Short('h') => {
                println!("{HELP}");
                return Ok(());
            }
            Value(name) => names.push(name.to_string_lossy().into_owned()),
            other => return Err(usage(other.unexpected())),
        }
    }
    if document != Document::Leave && !names.is_empty() {
        return Err(Failure::usage("examples/README.md holds all examples or none", "gallery"));
    }
    run(&examples::chosen(&names, "gallery")?, document).map(drop)
}

/// One example on both crates.
struct Row {
    example: Example,
    webgpu: Drawn,
    wgpu: Drawn,
}

/// Draws and compares these examples. Returns those that could not be drawn, for the adapter lacks what they need.
pub(crate) fn run(examples: &[Example], document: Document) -> Result<Vec<String>> {
    let started = Instant::now();
    setup::run(setup::Options::default())?;
    let graphics = Graphics::new()?;

    eprintln!("\nbuild the examples on webgpu:");
    let mut cargo = graphics.cargo();
    cargo.args(["build", "--package=examples", "--no-default-features", "--features=engine"]);
    let webgpu = examples::build(cargo, examples)?;
    eprintln!("\nbuild the examples on wgpu:");
    let wgpu = examples::build(peer::cargo(&graphics, "build"), examples)?;

    println!("\n{:<18} {:>7} {:>7}  pixels", "example", "webgpu", "wgpu");
    let mut rows = Vec::new();
    for example in examples {
        let draw = |crate_name, programs| drawn::draw(&graphics, programs, example, crate_name);
        let row = Row {
            example: example.clone(),
            webgpu: draw("webgpu", &webgpu)?,
            wgpu: draw("wgpu", &wgpu)?,
        };
        println!("{}", row.line());
        if let Some(pair) = row.pair() {
            pair.write(&folder().join(format!("{}.png", example.name)))?;
        }
        rows.push(row);
    }
    let sheet = folder().with_extension("png");
    sheet::all(rows.iter().filter_map(Row::pair)).write(&sheet)?;
    println!("\nall pictures: {}", sheet.display());

    let different: Vec<&str> =
        rows.iter().filter(|row| !row.is_same()).map(|row| row.example.name.as_str()).collect();
    if !different.is_empty() {
        return Err(Failure::new(
            format!("not the same on webgpu and on wgpu: {}", different.join(", ")),
            format!("look at the pairs in {}", folder().display()),
        ));
    }
    match document {
        Document::Leave => {}
        Document::Write => document::write(&rows)?,
        Document::Check => document::check(&rows)?,
    }
    eprintln!("{} examples drawn in {}", rows.len(), seconds(started.elapsed()));
    Ok(rows.iter().filter_map(Row::lacking).collect())
}

/// Where the pairs go; the sheet of all lies beside it.
fn folder() -> PathBuf {
    process::workspace().join("target").join("gallery")
}

impl Row {
    /// Whether both came to the same, on the same driver.
    fn is_same(&self) -> bool {
        self.webgpu.outcome == self.wgpu.outcome
    }

    /// A line of the table.
    fn line(&self) -> String {
        let verdict = match (&self.webgpu.outcome, &self.wgpu.outcome) {
            (Outcome::Lacks(what), other) if self.webgpu.outcome == *other => {
                format!("not drawn: {what}")
            }
            (Outcome::Picture(_, on), Outcome::Picture(_, wgpu_on)) if on != wgpu_on => {
                format!("not comparable: drawn on {on} and on {wgpu_on}")
            }
            (Outcome::Picture(webgpu, _), Outcome::Picture(wgpu, _)) => {
                match webgpu.difference(wgpu) {
                    Some(difference) if difference.pixels == 0 => "identical".into(),
                    Some(difference) => {
                        format!("{} DIFFER, by up to {}", difference.pixels, difference.most)
                    }
                    None => "OTHER SIZE".into(),
                }
            }
            (webgpu, wgpu) => format!("DIFFERENT: webgpu {webgpu}, wgpu {wgpu}"),
        };
        let name = &self.example.name;
        let (webgpu, wgpu) = (seconds(self.webgpu.time), seconds(self.wgpu.time));
        format!("{name:<18} {webgpu:>7} {wgpu:>7}  {verdict}")
    }

    /// Both pictures side by side, where there are two.
    fn pair(&self) -> Option<Picture> {
        match (&self.webgpu.outcome, &self.wgpu.outcome) {
            (Outcome::Picture(webgpu, _), Outcome::Picture(wgpu, _)) => {
                Some(sheet::beside(webgpu, wgpu))
            }
            _ => None,
        }
    }

    /// What the adapter lacks for this example.
    fn lacking(&self) -> Option<String> {
        match &self.webgpu.outcome {
            Outcome::Lacks(what) => Some(format!("{}: {what}", self.example.name)),
            Outcome::Picture(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(webgpu: Outcome, wgpu: Outcome) -> Row {
        let drawn =
            |outcome| Drawn { time: Duration::from_millis(1500), needs: String::new(), outcome };
        let example = Example { name: "cube".into(), file: "cube.rs".into(), about: String::new() };
        Row { example, webgpu: drawn(webgpu), wgpu: drawn(wgpu) }
    }

    fn picture(red: u8, on: &str) -> Outcome {
        Outcome::Picture(Picture::painted(2, 1, |x, _| [red * x as u8, 0, 0, 255]), on.into())
    }

    #[test]
    fn only_identical_pictures_of_one_driver_are_the_same() {
        let lacks = || Outcome::Lacks("it lacks X".into());
        for (webgpu, wgpu, same, verdict) in [
            (picture(1, "a"), picture(1, "a"), true, "identical"),
            (picture(1, "a"), picture(4, "a"), false, "1 DIFFER, by up to 3"),
            (picture(1, "a"), picture(1, "b"), false, "not comparable: drawn on a and on b"),
            (lacks(), lacks(), true, "not drawn: it lacks X"),
            (lacks(), picture(1, "a"), false, "DIFFERENT: webgpu it lacks X, wgpu a picture"),
        ] {
            let row = row(webgpu, wgpu);
            assert_eq!(row.is_same(), same);
            assert_eq!(row.line(), format!("cube                 1.5 s   1.5 s  {verdict}"));
        }
    }
}
