//! The set-up where its output, its settings or its folder are against it: its work is done, or the true reason told.
#![cfg(unix)]

#[path = "../../wgpu-native-sys-dyn/src/release.rs"]
mod release;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A set-up that has little to do: the library is there, whatever it is.
fn setup() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    command.args(["setup", "--no-driver"]).env("WGPU_NATIVE_LIB", library);
    command
}

/// Says so past the harness, which keeps what tests print.
fn not_checked(why: &str) {
    std::io::stderr().write_all(format!("NOT CHECKED: {why}\n").as_bytes()).unwrap();
}

/// A pipe whose reader is gone.
fn closed() -> Stdio {
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let writer = reader.stdin.take().unwrap();
    assert!(reader.wait().unwrap().success());
    writer.into()
}

#[test]
fn a_closed_pipe() {
    let status = setup().stdout(closed()).stderr(closed()).status().unwrap();
    assert!(status.success(), "{status}");
    let output = setup().arg("--help").stdout(closed()).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_full_disk() {
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else {
        return not_checked("this system has no /dev/full");
    };
    let status = setup().stdout(full.try_clone().unwrap()).stderr(full).status().unwrap();
    assert!(status.success(), "{status}");
}

/// A new folder of the test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Each of the settings alone makes pip fail otherwise, and the file is run where Python starts in the working folder.
#[test]
fn settings_and_files_against_pip() {
    let folder = folder("settings");
    fs::write(folder.join("pip.py"), "raise SystemExit('planted')").unwrap();
    let settings = "[global]\nrequire-virtualenv = true\nquiet = 3\nplatform = win_amd64\n";
    fs::write(folder.join("pip.conf"), settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["setup", "--no-driver"]).current_dir(&folder).env_remove("WGPU_NATIVE_LIB");
    command.env("WEBGPU_SETUP_DIR", folder.join("cache")).env("PYTHONPATH", &folder);
    for name in ["PIP_REQUIRE_VIRTUALENV", "PIP_REQUIRE_HASHES", "PIP_NO_CACHE_DIR"] {
        command.env(name, "1");
    }
    command.env("PIP_RETRIES", "0").env("PIP_CONFIG_FILE", folder.join("pip.conf"));
    // Nobody listens there.
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        command.env(name, "http://127.0.0.1:9");
    }
    let said = said(&mut command);
    assert!(said.contains("error: cannot reach the package index"), "{said}");
    assert_eq!(fs::read_dir(folder.join("cache/wgpu-native")).unwrap().count(), 1);
    let version = fs::read_dir(folder.join("cache/wgpu-native")).unwrap().next().unwrap().unwrap();
    assert_eq!(fs::read_dir(version.path()).unwrap().count(), 0, "nothing is left");
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_without_execution_or_open_to_others() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder("place");
    let (version, arch) = (release::ENGINE_VERSION, std::env::consts::ARCH);
    let below = format!("wgpu-native/{version}/linux-{arch}");
    let make = format!("mkdir -p \"$1/$2\" && echo planted >\"$1/$2/{}\"", release::LIBRARY_FILE);
    let mount = "mount -t tmpfs -o noexec,mode=755 none \"$1\" || exit 99";
    let setup = "exec \"$0\" setup --no-driver";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", &format!("{mount}; {make}; {setup}")]);
    command.arg(env!("CARGO_BIN_EXE_xtask")).args([folder.as_os_str(), below.as_ref()]);
    command.env("WEBGPU_SETUP_DIR", &folder).env_remove("WGPU_NATIVE_LIB");
    let output = command.output();
    match output {
        Ok(output) if output.status.code() == Some(1) && !output.stderr.starts_with(b"unshare") => {
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(
                said.contains("mounted with noexec") && said.contains("next: set WEBGPU_SETUP_DIR"),
                "{said}"
            );
        }
        other => not_checked(&format!("this system lets no test mount a file system: {other:?}")),
    }

    let mut command = Command::new("sh");
    command.args(["-c", &format!("{make}; chmod 777 \"$1/wgpu-native\"; {setup}")]);
    command.arg(env!("CARGO_BIN_EXE_xtask")).args([folder.as_os_str(), below.as_ref()]);
    command.env("WEBGPU_SETUP_DIR", &folder).env_remove("WGPU_NATIVE_LIB");
    let said = said(&mut command);
    assert!(said.contains("wgpu-native can be written to by every user"), "{said}");
    let open = fs::metadata(folder.join("wgpu-native")).unwrap().permissions().mode();
    assert_eq!(open & 0o777, 0o777, "it is the user's to change");
}
