//! examples/README.md: a picture of each example, what it shows and what it needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::Row;
use crate::examples::{self, Drawn, Example};
use crate::failure::{Failure, Result};
use crate::files;
use crate::picture::Picture;
use crate::process::workspace;

const HEAD: &str = "\
# The examples

## Those that draw
`cargo run -p examples --bin NAME` opens a window; with `--headless FILE.png` it draws into a file. What a program needs
beyond what every adapter has is in the last column; where an adapter lacks it, the program says so.

These pictures are the programs' own. `cargo xtask gallery` draws them with the `wgpu` crate as well and compares them, and
with `--readme` writes this page.

| | example | needs |
|---|---|---|
";

/// Above those that draw nothing.
const OTHERS: &str = "
## Those that compute, print and ask

| example | |
|---|---|
";

/// All pictures together: they are part of every copy of the repository.
const MOST_BYTES: u64 = 300 << 10;

const NEXT: &str = "run `cargo xtask gallery --readme`, look at what it changes, and commit it";

fn page() -> PathBuf {
    workspace().join("examples").join("README.md")
}

fn pictures() -> PathBuf {
    workspace().join("docs").join("gallery")
}

/// Writes the page and the pictures; those of examples that are gone go.
pub(super) fn write(rows: &[Row]) -> Result {
    files::write(&page(), text(rows)?)?;
    for row in rows {
        match row.own() {
            Drawn::Picture(picture, _) => picture.halved().write_small(&file(&row.example.name))?,
            Drawn::Lacks(_) if file(&row.example.name).exists() => {}
            Drawn::Lacks(what) => {
                let what = format!("there is no picture of `{}`: {what}", row.example.name);
                return Err(Failure::new(what, "run this where the driver has what it needs"));
            }
        }
    }
    let names = rows.iter().map(|row| row.example.name.clone()).collect();
    for name in pictured()?.difference(&names) {
        files::remove(&file(name))?;
    }
    check_size()?;
    println!("written: {}", page().display());
    Ok(())
}

/// Fails unless the page is what would be written, with pictures that look alike.
pub(super) fn check(rows: &[Row]) -> Result {
    if files::text(&page())? != text(rows)? {
        return Err(Failure::new("examples/README.md does not say what the examples say", NEXT));
    }
    for row in rows {
        let picture = Picture::read(&file(&row.example.name))?;
        if let Drawn::Picture(drawn, _) = row.own()
            && !resembles(&picture, &drawn.halved())
        {
            let what = format!("docs/gallery/{0}.png is not what `{0}` draws", row.example.name);
            return Err(Failure::new(what, NEXT));
        }
    }
    check_size()
}

/// Whether two pictures are the same for a reader: other drivers draw otherwise, but not by much.
fn resembles(a: &Picture, b: &Picture) -> bool {
    const MOST: f32 = 10.0;
    a.mean_difference(b).is_some_and(|mean| mean < MOST)
}

fn check_size() -> Result {
    let mut bytes = 0;
    for name in pictured()? {
        bytes += fs::metadata(file(&name)).map_or(0, |metadata| metadata.len());
    }
    if bytes > MOST_BYTES {
        let what =
            format!("the pictures in docs/gallery take {bytes} bytes, more than {MOST_BYTES}");
        return Err(Failure::new(what, "have an example draw something plainer"));
    }
    Ok(())
}

/// The names of the pictures there are.
fn pictured() -> Result<BTreeSet<String>> {
    Ok(files::entries(&pictures())?.iter().map(|path| files::stem(path)).collect())
}

fn file(name: &str) -> PathBuf {
    pictures().join(format!("{name}.png"))
}

fn text(rows: &[Row]) -> Result<String> {
    let mut text = HEAD.to_owned();
    for Row { example, needs, .. } in rows {
        let needs = match needs.as_str() {
            "nothing" => String::new(),
            needs => {
                let needs: Vec<String> =
                    needs.split(", ").map(|need| format!("`{need}`")).collect();
                needs.join("<br>")
            }
        };
        let (shown, link, about) = (shown(&example.name), link(example), &example.about);
        text += &format!("| {shown} | {link}<br>{about} | {needs} |\n");
    }
    text += OTHERS;
    for example in examples::all()?.iter().filter(|example| !example.draws) {
        text += &format!("| {} | {} |\n", link(example), example.about);
    }
    Ok(text)
}

/// The name of an example, which leads to its source.
fn link(example: &Example) -> String {
    format!("[`{}`](src/bin/{})", example.name, example.file)
}

/// The picture of an example, in the page.
fn shown(name: &str) -> String {
    format!("![{name}](../docs/gallery/{name}.png)")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without drawing: what is in the page and in its folder is all there is.
    #[test]
    fn every_example_that_draws_has_its_row_and_its_picture() {
        let page = files::text(&page()).unwrap();
        let (drawing, others): (Vec<_>, Vec<_>) =
            examples::all().unwrap().into_iter().partition(|example| example.draws);
        let rows = drawing.iter().map(|example| format!("| {} |", shown(&example.name)));
        let rows =
            rows.chain(others.iter().map(|other| format!("| {} | {} |", link(other), other.about)));
        for row in rows {
            assert!(page.lines().any(|line| line.starts_with(&row)), "there is no {row}: {NEXT}");
        }
        let names: BTreeSet<String> = drawing.into_iter().map(|example| example.name).collect();
        assert_eq!(
            page.lines().filter(|line| line.starts_with("| ![")).count(),
            names.len(),
            "{NEXT}"
        );
        assert_eq!(pictured().unwrap(), names, "{NEXT}");
        check_size().unwrap();
    }

    #[test]
    fn pictures_of_another_driver_are_told_from_other_pictures() {
        let ramp = Picture::painted(100, 50, |x, y| [x as u8, y as u8, 90, 255]);
        let near = Picture::painted(100, 50, |x, y| [x as u8 + 9, y as u8, 90, 255]);
        let other = Picture::painted(100, 50, |x, y| [90, y as u8, x as u8, 255]);
        assert!(resembles(&ramp, &near) && !resembles(&ramp, &other));
        assert!(!resembles(&ramp, &ramp.halved()));
    }
}
