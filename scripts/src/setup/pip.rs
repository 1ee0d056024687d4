//! Python and pip, started so that what is set or lies around on a machine does not change what they do.
//!
//! Of the user's settings those count that say where packages come from and how they are reached.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::failure::Result;
use crate::process;

/// The settings that are kept, as pip's options are called.
const KEPT: [&str; 13] = [
    "index-url",
    "extra-index-url",
    "find-links",
    "no-index",
    "cert",
    "client-cert",
    "proxy",
    "trusted-host",
    "timeout",
    "default-timeout",
    "cache-dir",
    "no-cache-dir",
    "use-feature",
];

/// Where a setting may come from, in the order in which later ones win.
const SCOPES: [&str; 3] = ["global", "download", ":env:"];

/// Without tries, pip does not say that it could not reach the index, but that the index has no such package.
const RETRIES: &str = "2";

/// Runs pip, and ends it when the process that started it is gone: its parent is another one then.
const RUN: &str = "
import os, runpy, sys, threading, time
def watch(parent):
    while os.getppid() == parent:
        time.sleep(0.05)
    os._exit(1)
if os.name == 'posix':
    threading.Thread(target=watch, args=(os.getppid(),), daemon=True).start()
sys.argv[0] = 'pip'
runpy.run_module('pip', run_name='__main__', alter_sys=True)
";

/// Pip by this Python, started in `folder`, which is new: Python looks for modules where it is started.
pub(super) fn command(python: &Path, folder: &Path) -> Result<Command> {
    let mut asked = isolated(python, folder);
    asked.args(["-m", "pip", "config", "list"]);
    let settings = kept(&process::capture(&mut asked)?.stdout);
    let mut command = isolated(python, folder);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("PIP_") {
            command.env_remove(name);
        }
    }
    // Pip reads no file of settings then.
    command.env("PIP_CONFIG_FILE", if cfg!(windows) { "nul" } else { "/dev/null" });
    command.env("PIP_RETRIES", RETRIES).envs(settings);
    command.args(["-c", RUN]);
    Ok(command)
}

/// A Python that minds no variable of its own.
fn isolated(python: &Path, folder: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg("-E").current_dir(folder);
    command
}

/// The variables for those settings that are kept, of what `pip config list` prints. Where it prints nothing there are none.
fn kept(list: &str) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for scope in SCOPES {
        for line in list.lines() {
            let Some((name, value)) = line.split_once('=') else { continue };
            let Some(option) = name.strip_prefix(scope).and_then(|name| name.strip_prefix('.'))
            else {
                continue;
            };
            if let (true, Some(value)) = (KEPT.contains(&option), unquoted(value)) {
                let variable = format!("PIP_{}", option.to_uppercase().replace('-', "_"));
                variables.push((variable, value));
            }
        }
    }
    variables
}

/// The text that Python shows in quotes. Several values stand on lines of one.
fn unquoted(shown: &str) -> Option<String> {
    let quote = shown.chars().next().filter(|quote| ['\'', '"'].contains(quote))?;
    let inner = shown[1..].strip_suffix(quote)?;
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next()? {
                'n' | 't' | 'r' => ' ',
                other => other,
            },
            other => other,
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_packages_come_from_is_kept_and_the_nearest_wins() {
        let list = "
:env:.index-url='https://own.example/simple'
:env:.require-virtualenv='1'
download.platform='win_amd64'
download.trusted-host='a\\nb'
global.cert=\"/it's/here.pem\"
global.index-url='https://all.example/simple'
global.retries='0'
install.find-links='/elsewhere'
a line of another kind";
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            kept(list),
            [
                pair("PIP_CERT", "/it's/here.pem"),
                pair("PIP_INDEX_URL", "https://all.example/simple"),
                pair("PIP_TRUSTED_HOST", "a b"),
                pair("PIP_INDEX_URL", "https://own.example/simple"),
            ]
        );
    }

    #[test]
    fn what_lies_around_is_not_run() {
        let scratch = crate::scratch::Scratch::new();
        let empty = scratch.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        for planted in ["planted/pip.py", "planted/sitecustomize.py", "planted/runpy.py"] {
            scratch.write(planted, "raise SystemExit('planted')");
        }
        let Some(python) = process::find_program("python3", &process::search_path()) else {
            return eprintln!("NOT CHECKED: what Python runs: there is none");
        };
        let mut command = command(&python, &empty).unwrap();
        // As if this user had all of it set.
        command.env("PYTHONPATH", scratch.path().join("planted")).env("PYTHONWARNINGS", "error");
        let captured = process::capture(command.arg("--version")).unwrap();
        assert!(captured.status.success() && captured.stdout.starts_with("pip "), "{captured:?}");
    }
}
