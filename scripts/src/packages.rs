//! The system's package manager: which one it is, and installing with it where that is allowed.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::lock;
use crate::process::{self, Captured};
use crate::progress::Step;

/// Where apt keeps its lists of packages.
const LISTS: &str = "/var/lib/apt/lists";

/// A package manager of a Linux distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    /// Debian, Ubuntu and what is made from them.
    Apt,
    /// Fedora and its like.
    Dnf,
    /// Arch.
    Pacman,
    /// Alpine.
    Apk,
    /// openSUSE.
    Zypper,
}

impl Manager {
    const ALL: [Manager; 5] =
        [Manager::Apt, Manager::Dnf, Manager::Pacman, Manager::Apk, Manager::Zypper];

    /// The one whose program is in `search_path`.
    pub(crate) fn find(search_path: &OsStr) -> Option<Manager> {
        Manager::ALL
            .into_iter()
            .find(|manager| process::find_program(manager.program(), search_path).is_some())
    }

    fn program(self) -> &'static str {
        match self {
            Manager::Apt => "apt-get",
            Manager::Dnf => "dnf",
            Manager::Pacman => "pacman",
            Manager::Apk => "apk",
            Manager::Zypper => "zypper",
        }
    }

    /// The command that installs `packages` without asking, without what gives the rights to.
    fn install_command(self, packages: &[&str]) -> Vec<String> {
        let verb: &[&str] = match self {
            Manager::Apt | Manager::Dnf => &["install", "-y"],
            Manager::Pacman => &["-S", "--noconfirm"],
            Manager::Apk => &["add"],
            Manager::Zypper => &["--non-interactive", "install"],
        };
        [self.program()].iter().chain(verb).chain(packages).map(|word| (*word).to_owned()).collect()
    }

    /// The command a user types to install `packages`.
    pub(crate) fn advice(self, packages: &[&str]) -> String {
        let sudo = if is_root() { "" } else { "sudo " };
        let lists = match self {
            Manager::Apt if !has_package_lists(Path::new(LISTS)) => {
                format!("{sudo}apt-get update && ")
            }
            _ => String::new(),
        };
        format!("`{lists}{sudo}{}`", self.install_command(packages).join(" "))
    }
}

/// Installs `packages` on a Debian-like system if this user may. Where that is not so, or does not work, the failure
/// says `missing` and how to install them.
pub(crate) fn install_on_debian(packages: &[&str], missing: &str) -> Result {
    let path = process::search_path();
    let advice = |what: &str| Failure::new(what, format!("run {}", Manager::Apt.advice(packages)));
    if Manager::find(&path) != Some(Manager::Apt) {
        let next =
            format!("install what Debian calls {} with your package manager", packages.join(", "));
        return Err(Failure::new(missing, next));
    }
    let Some(prefix) = elevation(&path) else {
        return Err(advice(&format!(
            "{missing}\nThis user may not install packages without a password."
        )));
    };
    let names = packages.join(" ");
    let mut step = Step::start("install", &names);
    let _turn = lock::turn_to_install();
    if !has_package_lists(Path::new(LISTS)) {
        apt(prefix, &["update".into()], "reading the package lists", &mut step)?;
    }
    let install = || Manager::Apt.install_command(packages)[1..].to_vec();
    let mut outcome = apt(prefix, &install(), &names, &mut step)?;
    if !outcome.status.success() {
        // The lists may name versions that are gone from the servers.
        apt(prefix, &["update".into()], "reading the package lists", &mut step)?;
        outcome = apt(prefix, &install(), &names, &mut step)?;
    }
    if !outcome.status.success() {
        return Err(advice(&format!("{missing}\nInstalling them failed:\n{}", outcome.tail(6))));
    }
    step.done(&names);
    Ok(())
}

/// Something that is needed, a program or a shared library, and its package on Debian.
pub(crate) type Need = (&'static str, &'static str);

/// Installs the packages of those programs and shared libraries that are not there, as [`install_on_debian`] does.
pub(crate) fn ensure(programs: &[Need], libraries: &[Need], missing: &str) -> Result {
    let path = process::search_path();
    let folders = library_folders(Path::new("/"));
    let programs = programs.iter().filter(|(name, _)| process::find_program(name, &path).is_none());
    let libraries = libraries
        .iter()
        .filter(|(name, _)| !folders.iter().any(|folder| folder.join(name).exists()));
    let packages: Vec<&str> = programs.chain(libraries).map(|&(_, package)| package).collect();
    if packages.is_empty() { Ok(()) } else { install_on_debian(&packages, missing) }
}

/// Installs those of Debian's `packages` that are not there, without what they merely recommend, as [`install_on_debian`]
/// does.
#[cfg(feature = "headers")]
pub(crate) fn ensure_on_debian(packages: &[&str], missing: &str) -> Result {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${Package} ${db:Status-Status}\n"]).args(packages);
    let installed = process::capture(&mut query, || ())?.stdout;
    let is_installed = |package: &str| {
        installed.lines().any(|line| line.strip_prefix(package) == Some(" installed"))
    };
    let mut words: Vec<&str> =
        packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if words.is_empty() {
        return Ok(());
    }
    words.insert(0, "--no-install-recommends");
    install_on_debian(&words, missing)
}

/// Runs apt-get.
fn apt(prefix: &[&str], arguments: &[String], what: &str, step: &mut Step) -> Result<Captured> {
    let words: Vec<&str> = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]].concat();
    process::capture(Command::new(words[0]).args(&words[1..]).args(arguments), || step.update(what))
}

/// The words before a command that make it run with the rights to install, if this user has them without being asked.
fn elevation(search_path: &OsStr) -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    process::find_program("sudo", search_path)?;
    let asked = process::capture(Command::new("sudo").args(["-n", "true"]), || ()).ok()?;
    asked.status.success().then_some(&["sudo", "-n"])
}

#[cfg(unix)]
fn is_root() -> bool {
    let user = process::capture(Command::new("id").arg("-u"), || ());
    user.is_ok_and(|user| user.stdout.trim() == "0")
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// Whether apt's folder of package lists holds any: a bare image has none.
fn has_package_lists(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
}

/// Where the linker of this Linux system finds shared libraries, below `root` ("/" but for tests).
pub(crate) fn library_folders(root: &Path) -> Vec<std::path::PathBuf> {
    let mut folders = Vec::new();
    let configured = fs::read_dir(root.join("etc/ld.so.conf.d")).into_iter().flatten().flatten();
    let files = configured.map(|entry| entry.path()).chain([root.join("etc/ld.so.conf")]);
    for text in files.filter_map(|file| fs::read_to_string(file).ok()) {
        folders.extend(
            text.lines()
                .filter_map(|line| line.trim().strip_prefix('/'))
                .map(|line| root.join(line)),
        );
    }
    let arch = env::consts::ARCH;
    for usual in ["lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib"] {
        folders.push(root.join(usual));
        folders.push(root.join(usual).join(format!("{arch}-linux-gnu")));
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn each_manager_has_its_command() {
        let shown = Manager::ALL.map(|manager| manager.install_command(&["a", "b"]).join(" "));
        assert_eq!(
            shown,
            [
                "apt-get install -y a b",
                "dnf install -y a b",
                "pacman -S --noconfirm a b",
                "apk add a b",
                "zypper --non-interactive install a b",
            ]
        );
    }

    #[test]
    fn package_lists_are_noticed() {
        let lists = Scratch::new();
        lists.write("lock", "");
        assert!(!has_package_lists(lists.path()) && !has_package_lists(&lists.path().join("none")));
        lists.write("deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages.lz4", "");
        assert!(has_package_lists(lists.path()));
    }

    #[test]
    fn library_folders_come_from_the_configuration_too() {
        let root = Scratch::new();
        root.write("etc/ld.so.conf.d/a.conf", "# comment\n/opt/a/lib\n");
        root.write("etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n/opt/b\n");
        let folders = library_folders(root.path());
        assert!(
            folders.contains(&root.path().join("opt/a/lib"))
                && folders.contains(&root.path().join("opt/b"))
        );
        assert!(folders.contains(&root.path().join("usr/lib")));
    }
}
