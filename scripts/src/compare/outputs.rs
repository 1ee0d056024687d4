//! The examples that draw no frames, on both crates: they write the same lines, and the same files.

use super::difference::Differences;
use crate::examples::{self, Programs};
use crate::failure::Result;
use crate::sides::Side;
use crate::{files, peer, setup};

/// Builds and runs all of them.
pub(super) fn compare(differences: &mut Differences) -> Result {
    let drawing = examples::that_draw()?;
    let mut names = peer::programs()?;
    names.retain(|name| !drawing.iter().any(|example| example.name == *name));
    let build = |side: Side| {
        eprintln!("\nbuild the examples on {}:", side.name());
        Programs::build(side.examples("build"), names.iter().map(String::as_str))
    };
    let (peer, own) = (build(Side::Peer)?, build(Side::Direct)?);
    eprintln!();
    for name in &names {
        let (kind, expected) = result(Side::Peer, &peer, name)?;
        let before = differences.count();
        for side in [Side::Direct, Side::Engine] {
            let (_, got) = result(side, &own, name)?;
            differences.value(side, &format!("examples.{name}"), kind, &expected, &got);
        }
        let verdict = if differences.count() == before { "the same" } else { "different" };
        eprintln!("  {name:<17} {kind}: {verdict}");
    }
    Ok(())
}

/// What comes of a program: its file, as a digest, or its output.
fn result(side: Side, programs: &Programs, name: &str) -> Result<(&'static str, String)> {
    let run = |arguments: &[&str]| {
        let mut command = programs.command(name)?;
        side.set_calls(command.args(arguments));
        examples::output(name, &mut command)
    };
    if !run(&["--help"])?.contains("FILE.png") {
        return Ok(("output", without_times(&run(&[])?)));
    }
    let picture = super::folder(side).join(format!("{name}.png"));
    files::make_folder(&super::folder(side))?;
    run(&[&picture.to_string_lossy()])?;
    let bytes = files::read(&picture)?;
    Ok(("picture", format!("{} bytes, SHA-256 {}", bytes.len(), setup::sha256(&bytes))))
}

/// Output without how long something took: that differs each time.
fn without_times(output: &str) -> String {
    let is_time = |word: &str| {
        let number = ["ns", "µs", "ms", "s"].iter().find_map(|unit| word.strip_suffix(unit));
        number.is_some_and(|number| number.parse::<f64>().is_ok())
    };
    let word = |word: &str| {
        let bare = word.trim_end_matches([',', ':', '.']);
        if is_time(bare) { word.replace(bare, "…") } else { word.to_owned() }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    output.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_left_out_and_nothing_else() {
        let output = "sum of 1000 elements, in 12.3ms: fine\nin 4s, or 5.0µs.\n  27: 111 steps";
        assert_eq!(
            without_times(output),
            "sum of 1000 elements, in …: fine\nin …, or ….\n  27: 111 steps"
        );
    }
}
