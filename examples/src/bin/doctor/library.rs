//! What can be seen before anything is drawn: the environment, the engine library, the drivers.

use std::env;
use std::path::PathBuf;

use wgpu_native_sys_dyn as sys;

use anyhow::Result;
use sys::{Api, Calls, Capability, Function, LoadOptions, Origin};

use crate::probe::{step, tell};
use crate::trial::Trial;
use crate::value::Value;

/// The variables that decide about the library, the calls and the adapter.
const VARIABLES: [&str; 15] = [
    sys::LIBRARY_VARIABLE,
    sys::ALLOW_VERSION_VARIABLE,
    sys::SETUP_DIR_VARIABLE,
    sys::CALLS_VARIABLE,
    sys::TRACE_VARIABLE,
    "WGPU_BACKEND",
    "WGPU_ADAPTER_NAME",
    "WGPU_POWER_PREF",
    "VK_DRIVER_FILES",
    "VK_ICD_FILENAMES",
    "VK_LOADER_DRIVERS_SELECT",
    "LD_LIBRARY_PATH",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
];

/// Those of the variables that are set.
pub(crate) fn environment() -> Value {
    let set = VARIABLES.iter().filter_map(|name| Some((*name, env::var_os(name)?)));
    Value::Group(set.map(|(name, value)| (name, value.to_string_lossy().as_ref().into())).collect())
}

/// The probe of the library: loads it, asks what it is, and unloads it.
pub(crate) fn probe() -> Result<()> {
    let calls = match Calls::from_environment()? {
        Calls::Direct => "direct",
        Calls::Engine => "through the engine of ffi",
    };
    // Looking at it is not to be traced.
    let options = LoadOptions::new().calls(Calls::Direct);
    step("load");
    // SAFETY: what the search finds, or the user's environment names, is the engine; its version is checked.
    let api = unsafe { Api::load(&options) }?;
    step("look");
    let found = match api.origin() {
        Origin::Program => "named by the program",
        Origin::Variable => "named by WGPU_NATIVE_LIB",
        Origin::Executable => "beside the executable",
        Origin::SetupDir => "from `cargo xtask setup`",
        Origin::System => "by the system's search for libraries",
        _ => "by other means",
    };
    let version = api.version().map_or("not told".to_owned(), |version| version.to_string());
    let made_by = format!("{:?}", api.implementation());
    tell(&[&"library", &api.path().display(), &found, &made_by, &version, &calls]);
    for (name, capability) in CAPABILITIES {
        for function in Function::ALL.iter().filter(|item| api.capability(**item) == capability) {
            tell(&[&name, function]);
        }
    }
    step("unload");
    drop(api);
    Ok(())
}

/// What the functions are that cannot be called for what they say.
const CAPABILITIES: [(&str, Capability); 3] = [
    ("missing", Capability::Absent),
    ("unimplemented", Capability::Aborts),
    ("without effect", Capability::NoEffect),
];

/// What the probe of the library has told; none where it did not come so far.
pub(crate) fn finding(trial: &Trial) -> Option<Value> {
    let names = ["path", "found", "made by", "version", "calls"];
    let told = trial.all("library").next()?;
    let mut members: Vec<_> =
        names.into_iter().zip(told).map(|(name, value)| (name, value.as_str().into())).collect();
    for (name, _) in CAPABILITIES {
        let functions = trial.all(name).flatten().map(|function| function.as_str().into());
        members.push((name, Value::List(functions.collect())));
    }
    Some(Value::Group(members))
}

/// The manifests of Vulkan drivers, where the system has such files.
pub(crate) fn drivers() -> Vec<String> {
    let named = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].iter().find_map(env::var_os);
    let mut manifests: Vec<PathBuf> = match named {
        Some(list) => env::split_paths(&list).collect(),
        None if cfg!(any(target_os = "linux", target_os = "freebsd")) => {
            let folders = ["/etc", "/usr/local/etc", "/usr/local/share", "/usr/share"];
            let folders = folders.map(|folder| PathBuf::from(folder).join("vulkan/icd.d"));
            let entries = folders.iter().filter_map(|folder| folder.read_dir().ok()).flatten();
            entries.flatten().map(|entry| entry.path()).collect()
        }
        None => Vec::new(),
    };
    manifests.sort();
    manifests.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}
