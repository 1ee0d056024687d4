//! Shaders that change while the program runs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::common::{Picture, draw, needs_engine, new_file, program};

/// A shader that fills the picture with this colour.
fn filled(color: &str) -> String {
    format!(
        "@vertex fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {{
            return vec4f(select(-1.0, 3.0, index == 1u), select(-1.0, 3.0, index == 2u), 0.0, 1.0);
        }}
        @fragment fn fragment() -> @location(0) vec4f {{ return {color}; }}"
    )
}

/// Puts a file there at once, as editors do, and not at the same time as the one before.
fn save(file: &Path, content: &str) {
    std::thread::sleep(Duration::from_millis(20));
    let new = file.with_extension("new");
    std::fs::write(&new, content).expect("the file can be written");
    std::fs::rename(&new, file).expect("the file can be replaced");
}

pub(crate) fn shows(picture: &Picture) {
    // The sun, the sky above it, and the nearest hill.
    picture.assert_pixel((514, 295), [0xff, 0xe4, 0xaa], 3);
    let ([r, _, b, _], hill) = (picture.pixel(514, 20), picture.pixel(450, 580));
    assert!(b > r && hill[..3].iter().all(|&channel| channel < 60), "{hill:?}");
}

#[test]
fn a_mistake_is_explained_and_the_picture_stays() {
    needs_engine();
    let (shader, file) = (new_file("reloaded.wgsl"), new_file("reloaded.png"));
    save(&shader, &filled("vec4f(0.0, 1.0, 0.0, 1.0)"));
    // Enough frames for all that follows; each takes about a millisecond.
    let mut child = program("hot_reload")
        .args(["--size", "16x16", "--frames", "4000", "--headless"])
        .arg(&file)
        .env("SHADER", &shader)
        .stderr(Stdio::piped())
        .spawn()
        .expect("hot_reload can be run");
    let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    let mut wait_for = |text: &str| {
        let mut said = String::new();
        for line in &mut lines {
            said += &(line.expect("a line in UTF-8") + "\n");
            if said.contains(text) {
                return;
            }
        }
        panic!("`{text}` was not said:\n{said}");
    };
    wait_for("is loaded");
    save(&shader, &filled("vec4f(0.0, unheard_of, 0.0, 1.0)"));
    wait_for("cannot be used");
    wait_for("unheard_of");
    save(&shader, &filled("vec4f(0.0, 0.0, 1.0, 1.0)"));
    wait_for("is loaded");
    std::fs::remove_file(&shader).expect("the file can be removed");
    wait_for("cannot be used");
    assert!(lines.by_ref().all(|line| line.is_ok()) && child.wait().expect("it ends").success());
    Picture::read(&file).assert_pixel((8, 8), [0, 0, 255], 0);
}

#[test]
fn without_a_shader_there_is_a_picture_too() {
    let environment = [("SHADER", "/no/such/shader.wgsl")];
    let (picture, run) =
        draw("hot_reload", "hot_reload-none.png", &["--frames", "3"], &environment);
    assert_eq!(run.stderr.matches("cannot be used").count(), 1, "{}", run.stderr);
    picture.assert_pixel((400, 300), [0x50, 0x14, 0x14], 1);
}
