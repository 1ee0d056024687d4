//! The examples on both crates: those that draw make the same pictures, the others write the same lines.

use std::fs;

use sha2::{Digest, Sha256};

use super::difference::Differences;
use super::side::Side;
use crate::failure::{Failure, Result};
use crate::graphics::Graphics;
use crate::{peer, process};

/// The picture of the last frame is compared: what moves has moved by then.
const FRAMES: &str = "3";

/// Builds and runs all of them.
pub(super) fn compare(graphics: &Graphics, differences: &mut Differences) -> Result {
    let programs = peer::programs()?;
    for side in [Side::Peer, Side::Direct] {
        eprintln!("\nbuild the examples on {}:", side.name());
        let mut command = side.examples(graphics, "build");
        command.args(programs.iter().flat_map(|program| ["--bin", program]));
        process::run(&mut command, "see what the compiler says above")?;
    }
    eprintln!();
    for program in &programs {
        let result = |side| result(graphics, side, program);
        let expected = result(Side::Peer)?;
        let before = differences.count();
        for side in [Side::Direct, Side::Engine] {
            let got = result(side)?;
            differences.value(
                side,
                &format!("examples.{program}"),
                expected.0,
                &expected.1,
                &got.1,
            );
        }
        let verdict = if differences.count() == before { "the same" } else { "different" };
        eprintln!("  {program:<17} {}: {verdict}", expected.0);
    }
    Ok(())
}

/// What comes of a program: its picture, as a digest, or its output.
fn result(graphics: &Graphics, side: Side, program: &str) -> Result<(&'static str, String)> {
    let run = |arguments: &[&str]| {
        let mut command = side.examples(graphics, "run");
        command.args(["--quiet", "--bin", program, "--"]).args(arguments);
        // One that reads its shader when it runs looks for it beside its package, which the other one is not.
        let shader = process::workspace().join("shaders").join(format!("{program}.wgsl"));
        if shader.exists() {
            command.env("SHADER", shader);
        }
        let captured = process::capture(&mut command, || ())?;
        if captured.status.success() {
            return Ok(captured.stdout);
        }
        let what = format!(
            "the example {program} failed on {} ({}):\n{}",
            side.name(),
            captured.status,
            captured.tail(20)
        );
        Err(Failure::new(what, format!("run `{}` to see it", process::shown(&command))))
    };
    let picture = side.folder().join(format!("{program}.png"));
    let file = picture.to_string_lossy();
    let help = run(&["--help"])?;
    if help.contains("--headless") {
        run(&["--frames", FRAMES, "--headless", &file])?;
    } else if help.contains("FILE.png") {
        run(&[&file])?;
    } else {
        return Ok(("output", without_times(&run(&[])?)));
    }
    let bytes = fs::read(&picture).map_err(|error| {
        Failure::file("cannot read", &picture, &error, "see what the example has written")
    })?;
    let digest =
        Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(("picture", format!("{} bytes, SHA-256 {digest}", bytes.len())))
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
