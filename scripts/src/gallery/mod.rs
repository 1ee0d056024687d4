//! `cargo xtask gallery`: the pictures of all examples, on `webgpu` and on the `wgpu` crate.

mod document;
mod sheet;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::examples::{self, Drawn, Example, Programs};
use crate::failure::{Failure, Result};
use crate::picture::Picture;
use crate::progress::seconds;
use crate::sides::Side;
use crate::{process, setup};

pub(crate) const HELP: &str = "\
Builds the examples that draw twice, on `webgpu` and on the `wgpu` crate, has both draw on the same driver, `webgpu` also with
WEBGPU_CALLS=engine, and compares the pictures, which have to be identical. target/gallery/NAME.png shows those of both crates
side by side, target/gallery.png all.

usage: cargo xtask gallery [--readme | --check] [EXAMPLE...]

  --readme  write examples/README.md and its pictures anew
  --check   fail where examples/README.md is not what --readme would write, or its pictures look otherwise";

/// What moves has moved by then. Each picture is as large as the windows that `cargo xtask windows` opens.
const OPTIONS: [&str; 4] = ["--frames", "60", "--size", "400x300"];

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
    let mut arguments = Arguments::of("gallery", arguments);
    let document = match (arguments.flag("--readme"), arguments.flag("--check")) {
        (true, _) => Document::Write,
        (false, true) => Document::Check,
        (false, false) => Document::Leave,
    };
    let examples = examples::chosen(arguments)?;
    if document != Document::Leave && examples != examples::that_draw()? {
        return Err(Failure::usage("examples/README.md holds all examples or none", "gallery"));
    }
    run(examples, document).map(drop)
}

/// One example on all sides, in their order.
struct Row {
    example: Example,
    /// The features and limits it needs.
    needs: String,
    drawn: [Drawn; 3],
    times: [Duration; 3],
}

/// Draws and compares these examples. Returns those that could not be drawn, for the adapter lacks what they need.
pub(crate) fn run(examples: Vec<Example>, document: Document) -> Result<Vec<String>> {
    let started = Instant::now();
    setup::run(setup::Options::default())?;
    let build = |side: Side| {
        eprintln!("\nbuild the examples on {}:", side.name());
        Programs::build(side.examples("build"), examples.iter().map(|example| &*example.name))
    };
    let (peer, own) = (build(Side::Peer)?, build(Side::Direct)?);

    println!("\n{:<18} {:>7} {:>7} {:>7}  pixels", "example", "wgpu", "webgpu", "ffi");
    let mut rows = Vec::new();
    for example in &examples {
        let row = Row::draw(example, &peer, &own)?;
        println!("{}", row.line());
        if let Some(pair) = row.pair() {
            pair.write(&folder().join(format!("{}.png", example.name)))?;
        }
        rows.push(row);
    }
    let sheet = folder().with_extension("png");
    sheet::all(rows.iter().filter_map(Row::pair)).write(&sheet)?;
    println!("\nall pictures: {}", sheet.display());

    let different = rows.iter().filter(|row| !row.is_same());
    let different: Vec<&str> = different.map(|row| row.example.name.as_str()).collect();
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
    fn draw(example: &Example, peer: &Programs, own: &Programs) -> Result<Row> {
        let name = &example.name;
        let needs = examples::output(name, own.command(name)?.arg("--needs"))?;
        let mut times = [Duration::ZERO; 3];
        let mut draw = |index: usize, programs: &Programs| {
            let side = Side::ALL[index];
            let mut command = programs.command(name)?;
            side.set_calls(command.args(OPTIONS));
            let started = Instant::now();
            let file = folder().join(side.name()).join(format!("{name}.png"));
            let drawn = examples::draw(name, &mut command, &file);
            times[index] = started.elapsed();
            drawn
        };
        let drawn = [draw(0, peer)?, draw(1, own)?, draw(2, own)?];
        Ok(Row { example: example.clone(), needs: needs.trim_end().to_owned(), drawn, times })
    }

    /// What `webgpu` draws.
    fn own(&self) -> &Drawn {
        &self.drawn[1]
    }

    /// Whether all came to the same, on the same driver.
    fn is_same(&self) -> bool {
        self.drawn.iter().all(|drawn| *drawn == self.drawn[0])
    }

    /// A line of the table.
    fn line(&self) -> String {
        let [peer, ..] = &self.drawn;
        let other = self.drawn.iter().find(|drawn| *drawn != peer).unwrap_or(peer);
        let verdict = match (peer, other) {
            (Drawn::Lacks(what), Drawn::Lacks(other)) if what == other => {
                format!("not drawn: {what}")
            }
            (Drawn::Picture(_, on), Drawn::Picture(_, other_on)) if on != other_on => {
                format!("not comparable: drawn on {on} and on {other_on}")
            }
            (Drawn::Picture(peer, _), Drawn::Picture(other, _)) => match peer.difference(other) {
                Some(difference) if difference.pixels == 0 => "identical".into(),
                Some(difference) => {
                    format!("{} DIFFER, by up to {}", difference.pixels, difference.most)
                }
                None => "OTHER SIZE".into(),
            },
            (peer, other) => format!("DIFFERENT: wgpu {}, webgpu {}", shown(peer), shown(other)),
        };
        let times = self.times.map(|time| format!("{:>7}", seconds(time))).join(" ");
        format!("{:<18} {times}  {verdict}", self.example.name)
    }

    /// The pictures of both crates side by side, where there are two.
    fn pair(&self) -> Option<Picture> {
        match &self.drawn {
            [Drawn::Picture(peer, _), Drawn::Picture(own, _), _] => Some(sheet::beside(own, peer)),
            _ => None,
        }
    }

    /// What the adapter lacks for this example.
    fn lacking(&self) -> Option<String> {
        match self.own() {
            Drawn::Lacks(what) => Some(format!("{}: {what}", self.example.name)),
            Drawn::Picture(..) => None,
        }
    }
}

fn shown(drawn: &Drawn) -> &str {
    match drawn {
        Drawn::Picture(..) => "a picture",
        Drawn::Lacks(what) => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(red: u8, on: &str) -> Drawn {
        Drawn::Picture(Picture::painted(2, 1, |x, _| [red * x as u8, 0, 0, 255]), on.into())
    }

    #[test]
    fn only_identical_pictures_of_one_driver_are_the_same() {
        let lacks = || Drawn::Lacks("it lacks X".into());
        for (drawn, same, verdict) in [
            ([picture(1, "a"), picture(1, "a"), picture(1, "a")], true, "identical"),
            ([picture(1, "a"), picture(1, "a"), picture(4, "a")], false, "1 DIFFER, by up to 3"),
            (
                [picture(1, "a"), picture(1, "b"), picture(1, "b")],
                false,
                "not comparable: drawn on a and on b",
            ),
            ([lacks(), lacks(), lacks()], true, "not drawn: it lacks X"),
            (
                [picture(1, "a"), lacks(), lacks()],
                false,
                "DIFFERENT: wgpu a picture, webgpu it lacks X",
            ),
        ] {
            let [name, file, about, needs] = ["cube", "", "", ""].map(String::from);
            let example = Example { name, file, about, draws: true };
            let row = Row { example, needs, drawn, times: [Duration::from_millis(1500); 3] };
            assert_eq!(row.is_same(), same);
            let times = "  1.5 s   1.5 s   1.5 s";
            assert_eq!(row.line(), format!("cube               {times}  {verdict}"));
        }
    }
}
