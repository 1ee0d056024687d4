//! What around the program can be in the way: limits of memory, a missing `/proc`, containers, displays elsewhere.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::value::Value;

/// A limit above this is none that a small program on the engine meets.
const PLENTY: u64 = 2 << 30;

/// The system around the program.
pub(crate) struct Machine<'a> {
    /// The root of its file system: "/" but for tests.
    pub(crate) root: &'a Path,
    /// The environment.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Machine<'_> {
    /// Names and values of what is out of the ordinary, and the system itself.
    pub(crate) fn look(&self) -> Value {
        let system = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        let mut members = vec![("system", system.into())];
        if cfg!(target_os = "linux") {
            members.extend(self.memory().map(|limit| ("memory", limit.into())));
            members.extend(self.proc().map(|said| ("/proc", said.into())));
            members.extend(self.container().map(|name| ("container", name.into())));
            members.extend(self.nodes().map(|said| ("/dev/dri", said.into())));
        }
        members.extend(self.display().map(|said| ("display", said.into())));
        Value::Group(members)
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn set(&self, name: &str) -> Option<String> {
        let value = (self.variable)(name)?.to_string_lossy().into_owned();
        Some(value).filter(|value| !value.is_empty())
    }

    /// The lowest limit of memory, and who sets it.
    pub(crate) fn memory(&self) -> Option<String> {
        let own = fs::read_to_string(self.at("proc/self/limits")).unwrap_or_default();
        let own = own.lines().find_map(|line| line.strip_prefix("Max address space"));
        let own = own.and_then(|line| line.split_whitespace().next()?.parse().ok());
        let group = fs::read_to_string(self.at("proc/self/cgroup")).unwrap_or_default();
        let group = group.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
        // The limit of each group above holds too.
        let groups = Path::new(group)
            .ancestors()
            .map(|group| self.at("sys/fs/cgroup").join(group).join("memory.max"));
        let older = [self.at("sys/fs/cgroup/memory/memory.limit_in_bytes")];
        let files = groups.chain(older);
        let groups = files.filter_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok());
        let limits = own.map(|limit: u64| (limit, "of addresses (`ulimit -v`)"));
        let limits = limits.into_iter().chain(groups.map(|limit| (limit, "of memory (cgroup)")));
        let (limit, what) = limits.min().filter(|(limit, _)| *limit < PLENTY)?;
        Some(format!("limited to {} MiB {what}", limit >> 20))
    }

    fn proc(&self) -> Option<String> {
        let missing = !self.at("proc/self").exists();
        missing
            .then(|| "not mounted: programs and drivers that read it fail in odd ways".to_owned())
    }

    fn container(&self) -> Option<String> {
        let marks = [(".dockerenv", "docker"), ("run/.containerenv", "podman")];
        let marked = marks.iter().find(|(file, _)| self.at(file).exists());
        if self.set("KUBERNETES_SERVICE_HOST").is_some() {
            return Some("kubernetes".to_owned());
        }
        let named = || {
            self.set("container")
                .or_else(|| fs::read_to_string(self.at("run/systemd/container")).ok())
        };
        marked.map(|(_, name)| (*name).to_owned()).or_else(named).map(|name| name.trim().to_owned())
    }

    /// What keeps programs from GPUs.
    fn nodes(&self) -> Option<String> {
        let entries = match fs::read_dir(self.at("dev/dri")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Some(
                    "not there: no GPU can be opened, software drivers alone work".to_owned(),
                );
            }
            Err(error) => return Some(error.to_string()),
        };
        let mut nodes: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        nodes.retain(|node| {
            node.file_name().is_some_and(|name| name.to_string_lossy().starts_with("render"))
        });
        let mut refused = nodes.iter().filter_map(|node| {
            let error = fs::OpenOptions::new().read(true).write(true).open(node).err()?;
            Some(format!("{}: {error}; its group can open it", node.display()))
        });
        refused.next()
    }

    /// A display on another machine, whose windows no GPU of this one draws.
    fn display(&self) -> Option<String> {
        let display = self.set("DISPLAY").filter(|display| {
            let host = display.split(':').next().unwrap_or_default();
            !host.is_empty() && host != "unix" && !host.starts_with('/')
        });
        let from = self
            .set("SSH_CONNECTION")
            .map(|connection| connection.split_whitespace().next().unwrap_or_default().to_owned());
        match (display, from) {
            (Some(display), _) => {
                Some(format!("remote: {display}; windows may be refused or slow there"))
            }
            (None, Some(from)) => Some(format!("none of its own: a session from {from} by ssh")),
            (None, None) => None,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// What is found on a system of these files and variables.
    fn found(name: &str, files: &[(&str, &str)], variables: &[(&str, &str)]) -> String {
        let root = std::env::temp_dir().join(format!("doctor-{}-{name}", std::process::id()));
        for (file, content) in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let variable = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let text = Machine { root: &root, variable: &variable }.look().text();
        let _ = fs::remove_dir_all(root);
        text
    }

    #[test]
    fn nothing_out_of_the_ordinary() {
        let limits = "Limit   Soft Limit   Hard Limit   Units\nMax address space   unlimited   unlimited   bytes\n";
        let files = [
            ("proc/self/limits", limits),
            ("proc/self/cgroup", "0::/\n"),
            ("sys/fs/cgroup/memory.max", "max\n"),
            ("dev/dri/card0", ""),
        ];
        let text = found("usual", &files, &[("DISPLAY", ":0")]);
        assert_eq!(text.lines().count(), 1, "{text}");
    }

    #[test]
    fn limits_of_memory() {
        let own = "Max address space         1073741824           unlimited            bytes\n";
        let text = found("own", &[("proc/self/limits", own)], &[]);
        assert!(text.contains("limited to 1024 MiB of addresses (`ulimit -v`)"), "{text}");
        let files = [
            ("proc/self/limits", own),
            ("proc/self/cgroup", "0::/a/b\n"),
            ("sys/fs/cgroup/a/b/memory.max", "max\n"),
            ("sys/fs/cgroup/a/memory.max", "209715200\n"),
        ];
        let text = found("group", &files, &[]);
        assert!(text.contains("limited to 200 MiB of memory (cgroup)"), "{text}");
    }

    #[test]
    fn containers_and_displays_elsewhere() {
        let text = found("bare", &[(".dockerenv", "")], &[("DISPLAY", "localhost:10.0")]);
        for part in
            ["container        docker", "/proc            not mounted", "remote: localhost:10.0"]
        {
            assert!(text.contains(part), "{part:?} is not in:\n{text}");
        }
        let text = found(
            "ssh",
            &[("a", "")],
            &[("SSH_CONNECTION", "10.0.0.7 4711 10.0.0.1 22"), ("container", "lxc")],
        );
        assert!(
            text.contains("from 10.0.0.7 by ssh") && text.contains("container        lxc"),
            "{text}"
        );
    }
}
