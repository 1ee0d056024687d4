//! Tests in child processes, which may end too early or hang.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Runs the test `child` of this file in a process with this variable, and hands each line of words that it prints to `hear`.
///
/// # Errors
/// If it prints nothing for `limit`, other than because the machine is busy, and is killed then; or if it ends otherwise than well after the line `through`: how it
/// ended, and the first panic in it.
pub(crate) fn run(
    (variable, value): (&str, &str),
    limit: Duration,
    mut hear: impl FnMut(&[&str]),
) -> Result<(), String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]).env(variable, value);
    command.env("RUST_BACKTRACE", "0").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let errors = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    let (mut through, mut failed) = (false, None);
    let mut waited = Duration::ZERO;
    let hangs = loop {
        let line = match lines.recv_timeout(limit) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                let before = std::mem::replace(&mut waited, waited_for_processors(child.id()));
                if waited.saturating_sub(before) > limit / 2 {
                    continue;
                }
                break true;
            }
            Err(RecvTimeoutError::Disconnected) => break false,
        };
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["through"] => through = true,
            ["failed", ..] => failed = Some(line),
            ref words => hear(words),
        }
    };
    if hangs {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    reader.join().unwrap();
    let errors = errors.join().unwrap();
    // The first panic, or what a sanitizer says; what follows a panic is that it could not leave the engine.
    let tells = |line: &str| line.contains("panicked at") || line.contains("ERROR: ");
    let panic = errors.lines().skip_while(|line| !tells(line)).take(8);
    let panic = panic.collect::<Vec<_>>().join("\n    ");
    match failed {
        _ if hangs => Err(format!("hangs\n    {panic}")),
        Some(failed) => Err(failed),
        None if through && status.success() => Ok(()),
        None => Err(format!("{status}\n    {panic}")),
    }
}

/// How long the threads of a process were ready to run, and others ran; zero where the system does not tell.
fn waited_for_processors(process: u32) -> Duration {
    let threads = std::fs::read_dir(format!("/proc/{process}/task"));
    let of_thread = |thread: std::fs::DirEntry| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').nth(1)?.parse().ok().map(Duration::from_nanos)
    };
    threads.into_iter().flatten().flatten().filter_map(of_thread).sum()
}
