//! The library is open as long as somebody uses it, and no longer. A program of its own: no other test may hold it.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use wgpu_native_sys_dyn::*;

fn is_mapped(library: &Path) -> bool {
    let maps = fs::read_to_string("/proc/self/maps").expect("Linux tells what is mapped");
    let library = fs::canonicalize(library).expect("the library is a file");
    maps.lines().any(|line| line.ends_with(library.to_str().expect("the path is text")))
}

#[test]
fn the_last_handle_closes_the_library() {
    for calls in [Calls::Direct, Calls::Engine, Calls::Direct] {
        // SAFETY: What the set-up fetches is the engine.
        let first = unsafe { Api::load(&LoadOptions::new().calls(calls)) };
        let first = first.unwrap_or_else(|error| panic!("{error}"));
        let path = first.path().to_path_buf();
        // SAFETY: It was loaded before.
        let second = unsafe { Api::load(&LoadOptions::new().calls(calls)) }.expect("it is there");
        let clone = second.clone();
        drop((first, second));
        assert!(is_mapped(&path), "{calls:?}: a handle is left");
        // SAFETY: The function takes nothing and reads a constant.
        assert_eq!(unsafe { clone.wgpuGetVersion() }, ENGINE_VERSION_CODE);
        drop(clone);
        assert!(!is_mapped(&path), "{calls:?}: no handle is left");
    }
}
