//! Looking for a Vulkan driver, the way Vulkan's loader does: manifests in known folders, each naming a library.
//!
//! Nothing is loaded. A driver is what has a manifest whose library exists and is built for this machine.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::files;
use crate::packages::library_folders;

/// File name of Vulkan's loader, which the engine opens.
pub(crate) const LOADER: &str = "libvulkan.so.1";

/// The variables that name the drivers to use, and no others. The first one that is set counts.
pub(crate) const CHOICES: [&str; 2] = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];

/// What there is of Vulkan.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Whether Vulkan's loader is there.
    pub(crate) loader: bool,
    /// Names of the drivers, taken from their manifests.
    pub(crate) drivers: Vec<String>,
}

/// A Linux system to look at.
pub(crate) struct System<'a> {
    /// The root of its file system.
    pub(crate) root: &'a Path,
    /// Its environment.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl System<'_> {
    /// Looks for the loader and for drivers.
    pub(crate) fn look(&self) -> Found {
        let mut drivers: Vec<String> =
            self.manifests().iter().filter_map(|path| self.driver(path)).collect();
        drivers.sort();
        drivers.dedup();
        Found { loader: self.library_exists(LOADER), drivers }
    }

    /// All manifests, in the loader's order.
    fn manifests(&self) -> Vec<PathBuf> {
        let chosen = CHOICES.iter().find_map(|name| self.set(name));
        let (places, more) = match chosen {
            Some(places) => (env::split_paths(&places).collect(), None),
            None => (self.manifest_folders(), self.set("VK_ADD_DRIVER_FILES")),
        };
        let more = more.map(|more| env::split_paths(&more).collect::<Vec<_>>()).unwrap_or_default();
        let in_place = |place: PathBuf| match place.is_file() {
            true => vec![place],
            false => files::entries(&place).unwrap_or_default(),
        };
        let manifests = more.into_iter().chain(places).flat_map(in_place);
        manifests.filter(|path| files::ends_in(path, "json")).collect()
    }

    fn manifest_folders(&self) -> Vec<PathBuf> {
        let home = |below: &str| self.set("HOME").map(|home| PathBuf::from(home).join(below));
        let own =
            |name: &str, below: &str| self.set(name).map(PathBuf::from).or_else(|| home(below));
        let list = |name: &str, usual: &[&str]| match self.set(name) {
            Some(paths) => env::split_paths(&paths).collect(),
            None => usual.iter().map(|path| self.root.join(path)).collect::<Vec<_>>(),
        };
        let mut bases = Vec::new();
        bases.extend(own("XDG_CONFIG_HOME", ".config"));
        bases.extend(list("XDG_CONFIG_DIRS", &["etc/xdg"]));
        bases.extend([self.root.join("usr/local/etc"), self.root.join("etc")]);
        bases.extend(own("XDG_DATA_HOME", ".local/share"));
        bases.extend(list("XDG_DATA_DIRS", &["usr/local/share", "usr/share"]));
        bases.into_iter().map(|base| base.join("vulkan/icd.d")).collect()
    }

    /// The name of the driver that `manifest` describes, if its library is there.
    fn driver(&self, manifest: &Path) -> Option<String> {
        let text = fs::read_to_string(manifest).ok()?;
        let library = library_path(&text)?;
        let exists = if library.contains('/') {
            // An absolute path replaces what it is joined to.
            is_for_this_machine(&manifest.parent()?.join(&library))
        } else {
            self.library_exists(&library)
        };
        // `lvp_icd.x86_64.json` describes `lvp`.
        let name = manifest.file_name()?.to_string_lossy();
        let stem = name.split('.').next().unwrap_or_default();
        exists.then(|| stem.strip_suffix("_icd").unwrap_or(stem).to_owned())
    }

    /// Whether the linker would find the library `name`.
    fn library_exists(&self, name: &str) -> bool {
        let chosen = self.set("LD_LIBRARY_PATH").unwrap_or_default();
        let folders = env::split_paths(&chosen).chain(library_folders(self.root));
        folders.into_iter().any(|folder| is_for_this_machine(&folder.join(name)))
    }

    /// The value of an environment variable that is not empty.
    fn set(&self, name: &str) -> Option<OsString> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}

/// The value of `library_path` in a manifest.
fn library_path(manifest: &str) -> Option<String> {
    let (_, rest) = manifest.split_once("\"library_path\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let mut path = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some(path),
            // Of JSON's escapes, a path on Linux has use for those that stand for themselves.
            '\\' => path.push(characters.next()?),
            other => path.push(other),
        }
    }
}

/// Whether `path` is a shared library for the processor this program runs on: 32-bit drivers often lie beside the
/// others.
fn is_for_this_machine(path: &Path) -> bool {
    let mut header = [0_u8; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    // In an ELF header, `e_machine` are the bytes 18 and 19.
    let machine = match env::consts::ARCH {
        "x86_64" => Some([62, 0]),
        "aarch64" => Some([183, 0]),
        _ => None,
    };
    read.is_ok()
        && header.starts_with(b"\x7fELF")
        && machine.is_none_or(|machine| header[18..] == machine)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    /// The beginning of a shared library for this machine.
    fn library() -> Vec<u8> {
        let own = fs::read(env::current_exe().unwrap()).unwrap();
        own[..64].to_vec()
    }

    fn look(root: &Scratch, variables: &[(&str, &Path)]) -> Found {
        let variable = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.as_os_str().to_owned())
        };
        System { root: root.path(), variable: &variable }.look()
    }

    fn manifest(library: &str) -> String {
        format!(
            "{{ \"file_format_version\": \"1.0.0\", \"ICD\": {{ \"library_path\" : \"{library}\" }} }}"
        )
    }

    #[test]
    fn drivers_by_name_by_relative_and_by_absolute_path() {
        let root = Scratch::new();
        root.write("usr/lib/libvulkan.so.1", library());
        root.write("usr/lib64/libbare.so", library());
        root.write("usr/share/vulkan/icd.d/bare_icd.x86_64.json", manifest("libbare.so"));
        root.write("usr/share/vulkan/icd.d/relative.json", manifest("../../../lib64/libbare.so"));
        let absolute = root.write("opt/libabsolute.so", library());
        root.write("etc/vulkan/icd.d/absolute_icd.json", manifest(absolute.to_str().unwrap()));
        let found = look(&root, &[]);
        assert_eq!(
            found,
            Found {
                loader: true,
                drivers: ["absolute", "bare", "relative"].map(String::from).into()
            }
        );
    }

    #[test]
    fn manifests_without_a_library_for_this_machine_do_not_count() {
        let root = Scratch::new();
        let mut other = library();
        other[18] ^= 0xff;
        root.write("usr/lib/libvulkan.so.1", &other);
        root.write("usr/lib/libother.so", &other);
        for (name, library) in
            [("gone", "/no/such/library.so"), ("bare", "libgone.so"), ("other", "libother.so")]
        {
            root.write(&format!("usr/share/vulkan/icd.d/{name}_icd.json"), manifest(library));
        }
        root.write("usr/share/vulkan/icd.d/broken_icd.json", "{ \"library_path\": \"lib");
        assert_eq!(look(&root, &[]), Found { loader: false, drivers: Vec::new() });
    }

    #[test]
    fn variables_choose_and_add() {
        let root = Scratch::new();
        root.write("usr/lib/libdriver.so", library());
        root.write("usr/share/vulkan/icd.d/usual_icd.json", manifest("libdriver.so"));
        let file = root.write("mine/chosen_icd.json", manifest("libdriver.so"));
        let drivers = |name: &str, value: &Path| look(&root, &[(name, value)]).drivers;
        assert_eq!(drivers("VK_DRIVER_FILES", &file), ["chosen"]);
        assert_eq!(drivers("VK_ICD_FILENAMES", file.parent().unwrap()), ["chosen"]);
        assert_eq!(drivers("VK_ADD_DRIVER_FILES", &file), ["chosen", "usual"]);
        root.write("home/.local/share/vulkan/icd.d/own_icd.json", manifest("libdriver.so"));
        assert_eq!(drivers("HOME", &root.path().join("home")), ["own", "usual"]);
    }

    #[test]
    fn escapes_in_paths_are_undone() {
        assert_eq!(
            library_path(r#"{"library_path": "\/usr\/lib\/a.so"}"#).unwrap(),
            "/usr/lib/a.so"
        );
    }
}
