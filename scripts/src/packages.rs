//! What is needed of the system, and its package manager: installing with it where that is allowed, else saying how.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::lock;
use crate::process::{self, Captured};
use crate::progress::Step;

/// Where apt keeps its lists of packages.
const LISTS: &str = "/var/lib/apt/lists";

/// Something that is needed, and its package on Debian: a program, a shared library (`lib….so…`), a C header (`….h`), or a
/// file by its path.
pub(crate) type Need = (&'static str, &'static str);

/// A package manager of a Linux distribution, and what it calls the packages that users are told of.
#[derive(Debug)]
pub(crate) struct Manager {
    program: &'static str,
    /// What makes it install without asking.
    install: &'static str,
    /// Python's pip.
    pub(crate) pip: &'static str,
    /// Mesa's software driver and Vulkan's loader.
    pub(crate) driver: &'static str,
}

/// The one that is run here: Debian's.
pub(crate) const APT: Manager = Manager {
    program: "apt-get",
    install: "install -y",
    pip: "python3-pip",
    driver: "mesa-vulkan-drivers libvulkan1",
};

#[rustfmt::skip]
const MANAGERS: [Manager; 5] = [
    APT,
    Manager { program: "dnf", install: "install -y", pip: "python3-pip", driver: "mesa-vulkan-drivers vulkan-loader" },
    Manager { program: "pacman", install: "-S --noconfirm", pip: "python-pip", driver: "vulkan-swrast vulkan-icd-loader" },
    Manager { program: "apk", install: "add", pip: "py3-pip", driver: "mesa-vulkan-swrast vulkan-loader" },
    Manager { program: "zypper", install: "--non-interactive install", pip: "python3-pip", driver: "libvulkan_lvp libvulkan1" },
];

/// What a user of this system types to install the packages that `named` names; none where the manager is not known.
pub(crate) fn advice(search_path: &OsStr, named: fn(&Manager) -> &str) -> Option<String> {
    let found = |manager: &&Manager| process::find_program(manager.program, search_path).is_some();
    MANAGERS.iter().find(found).map(|manager| command(manager, named(manager)))
}

fn command(manager: &Manager, packages: &str) -> String {
    let sudo = if is_root() { "" } else { "sudo " };
    let is_bare = manager.program == APT.program && !has_package_lists(Path::new(LISTS));
    let update = if is_bare { format!("{sudo}apt-get update && ") } else { String::new() };
    format!("run `{update}{sudo}{} {} {packages}`", manager.program, manager.install)
}

/// Installs the packages of what is not there, as [`install_on_debian`] does.
pub(crate) fn ensure(needs: &[Need], missing: &str) -> Result {
    let lacking = lacking(needs, &process::search_path(), Path::new("/"));
    let mut packages: Vec<&str> = lacking.into_iter().map(|(_, package)| package).collect();
    packages.dedup();
    if packages.is_empty() { Ok(()) } else { install_on_debian(&packages, missing) }
}

/// What is not there; `root` is "/" but for tests.
pub(crate) fn lacking(needs: &[Need], search_path: &OsStr, root: &Path) -> Vec<Need> {
    let folders = library_folders(root);
    let is_there = |name: &str| match name {
        path if path.starts_with('/') => Path::new(path).is_file(),
        header if header.ends_with(".h") => has_header(header, search_path),
        library if library.contains(".so") => {
            folders.iter().any(|folder| folder.join(library).exists())
        }
        program => process::find_program(program, search_path).is_some(),
    };
    needs.iter().filter(|(name, _)| !is_there(name)).copied().collect()
}

/// Whether the C compiler finds a header.
fn has_header(name: &str, search_path: &OsStr) -> bool {
    let Some(compiler) = process::find_program("cc", search_path) else { return false };
    let mut command = Command::new(compiler);
    command.args(["-fsyntax-only", "-include", name, "-x", "c", "/dev/null"]);
    process::capture(&mut command).is_ok_and(|compiled| compiled.status.success())
}

/// Installs those of Debian's `packages` that are not there, without what they merely recommend, as [`install_on_debian`]
/// does.
#[cfg(feature = "headers")]
pub(crate) fn ensure_on_debian(packages: &[&str], missing: &str) -> Result {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${Package} ${db:Status-Status}\n"]).args(packages);
    let installed = process::capture(&mut query)?.stdout;
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

/// Installs `packages` on a Debian-like system if this user may. Where that is not so, or does not work, the failure
/// says `missing` and how to install them.
pub(crate) fn install_on_debian(packages: &[&str], missing: &str) -> Result {
    let path = process::search_path();
    let names = packages.join(" ");
    if process::find_program(APT.program, &path).is_none() {
        let next = format!("install what Debian calls {names} with your package manager");
        return Err(Failure::new(missing, next));
    }
    let failed = |why: &str| Failure::new(format!("{missing}\n{why}"), command(&APT, &names));
    let Some(prefix) = elevation(&path) else {
        return Err(failed("This user may not install packages without a password."));
    };
    let mut step = Step::start("install", &names);
    let _turn = lock::turn_to_install();
    let update = |step: &mut Step| apt(prefix, &["update"], "reading the package lists", step);
    let install = [&["install", "-y"], packages].concat();
    if !has_package_lists(Path::new(LISTS)) {
        update(&mut step)?;
    }
    let mut outcome = apt(prefix, &install, &names, &mut step)?;
    if !outcome.status.success() {
        // The lists may name versions that are gone from the servers.
        update(&mut step)?;
        outcome = apt(prefix, &install, &names, &mut step)?;
    }
    if !outcome.status.success() {
        return Err(failed(&format!("Installing them failed:\n{}", outcome.tail(6))));
    }
    step.done(&names);
    Ok(())
}

/// Runs apt-get.
fn apt(prefix: &[&str], arguments: &[&str], what: &str, step: &mut Step) -> Result<Captured> {
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", APT.program], arguments];
    let words = words.concat();
    process::watch(Command::new(words[0]).args(&words[1..]), || step.update(what))
}

/// The words before a command that make it run with the rights to install, if this user has them without being asked.
fn elevation(search_path: &OsStr) -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    process::find_program("sudo", search_path)?;
    let asked = process::capture(Command::new("sudo").args(["-n", "true"])).ok()?;
    asked.status.success().then_some(&["sudo", "-n"])
}

fn is_root() -> bool {
    let user = process::capture(Command::new("id").arg("-u"));
    cfg!(unix) && user.is_ok_and(|user| user.stdout.trim() == "0")
}

/// Whether apt's folder of package lists holds any: a bare image has none.
fn has_package_lists(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
}

/// Where the linker of this Linux system finds shared libraries, below `root` ("/" but for tests).
pub(crate) fn library_folders(root: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let configured = fs::read_dir(root.join("etc/ld.so.conf.d")).into_iter().flatten().flatten();
    let files = configured.map(|entry| entry.path()).chain([root.join("etc/ld.so.conf")]);
    for text in files.filter_map(|file| fs::read_to_string(file).ok()) {
        let paths = text.lines().filter_map(|line| line.trim().strip_prefix('/'));
        folders.extend(paths.map(|path| root.join(path)));
    }
    for usual in ["lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib"] {
        folders.push(root.join(usual));
        folders.push(root.join(usual).join(format!("{}-linux-gnu", env::consts::ARCH)));
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn package_lists_are_noticed() {
        let lists = Scratch::new();
        lists.write("lock", "");
        assert!(!has_package_lists(lists.path()) && !has_package_lists(&lists.path().join("none")));
        lists.write("deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages.lz4", "");
        assert!(has_package_lists(lists.path()));
    }

    #[test]
    fn the_documentation_has_each_managers_command() {
        let text = crate::files::text(&process::workspace().join("docs/setup.md")).unwrap();
        for manager in &MANAGERS {
            let command = format!("`{} {} {}`", manager.program, manager.install, manager.driver);
            assert!(text.contains(&command), "docs/setup.md lacks {command}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_lacking_is_told_by_its_kind() {
        let root = Scratch::new();
        root.write("etc/ld.so.conf.d/a.conf", "# comment\n/opt/a/lib\n");
        root.write("etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n/opt/b\n");
        for library in ["opt/a/lib/liba.so.1", "opt/b/libb.so", "usr/lib/libc.so"] {
            root.write(library, "");
        }
        let there = [
            ("liba.so.1", "a"),
            ("libb.so", "b"),
            ("libc.so", "c"),
            ("cargo", "d"),
            ("stddef.h", "e"),
            ("/etc/passwd", "f"),
        ];
        let path = process::search_path();
        assert_eq!(lacking(&there, &path, root.path()), []);
        let not = [("libno.so", "a"), ("no-program", "b"), ("no-header.h", "c"), ("/no/file", "d")];
        assert_eq!(lacking(&not, &path, root.path()), not);
        let nowhere = lacking(&there, OsStr::new(""), Path::new("/no-such-folder"));
        assert_eq!(nowhere, there[..5]);
    }
}
