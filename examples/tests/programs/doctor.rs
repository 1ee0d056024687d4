//! What `doctor` says of a machine that is well, and of several that are not.

use wgpu_native_sys_dyn::{ENGINE_VERSION_CODE, Function};

use crate::common::{Run, run, succeed};
use crate::errors::shared_library;

/// The doctor's problem in full, where there is one: the lines before the last.
fn problem(run: &Run) -> &str {
    assert_eq!(run.code, 1, "{}\n{}", run.stdout, run.stderr);
    let (_, rest) = run.stdout.split_once("\nhealthy          no\nproblem ").expect(&run.stdout);
    let (problem, verdict) = rest.split_once("\nverdict          not well: ").expect(rest);
    assert!(verdict.trim_end().lines().count() == 1 && verdict.len() > 10, "{verdict}");
    problem.trim()
}

#[test]
fn a_machine_that_is_well() {
    let run = succeed("doctor", &[], &[("WGPU_POWER_PREF", "low")]);
    for part in [
        "\n  WGPU_POWER_PREF  low\n",
        "\n  version          29.",
        "\n  missing          0\n",
        "\n  unimplemented    40\n",
        "\n  backend          ",
        "\n  name             compute\n  outcome          passed\n",
        "\n  name             draw\n  outcome          passed\n",
        "\nhealthy          yes\nverdict          all is well\n",
    ] {
        assert!(run.stdout.contains(part), "{part:?} is not in:\n{}", run.stdout);
    }
}

#[test]
fn json_has_the_same_and_all_of_it() {
    let run = succeed("doctor", &["--json"], &[("WEBGPU_CALLS", "engine")]);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    for part in [
        r#"{"environment": {"#,
        r#""WEBGPU_CALLS": "engine""#,
        r#""calls": "through the engine of ffi""#,
        r#""wgpuTextureViewSetLabel"]"#,
        r#"{"name": "draw", "outcome": "passed", "time": ""#,
        r#""software": ""#,
        r#""healthy": true, "verdict": "all is well"}"#,
    ] {
        assert!(run.stdout.contains(part), "{part:?} is not in:\n{}", run.stdout);
    }
}

#[test]
fn no_library() {
    let run = run("doctor", &[], &[("WGPU_NATIVE_LIB", "/no/such/library.so")]);
    let problem = problem(&run);
    assert!(problem.contains("does not exist") && problem.contains("WGPU_NATIVE_LIB"), "{problem}");
}

#[test]
fn no_library_anywhere() {
    let run = run("doctor", &[], &[("WGPU_NATIVE_LIB", ""), ("WEBGPU_SETUP_DIR", "/nonexistent")]);
    let problem = problem(&run);
    assert!(problem.contains("by the system's search") && problem.contains("cargo xtask setup"));
    assert!(run.stdout.ends_with("verdict          not well: no engine library was found\n"));
}

#[test]
fn no_adapter() {
    let backend = if cfg!(target_vendor = "apple") { "dx12" } else { "metal" };
    let run = run("doctor", &[], &[("WGPU_BACKEND", backend)]);
    let problem = problem(&run);
    assert!(problem.starts_with("no adapter found"), "{problem}");
    assert!(run.stdout.contains("\nadapters         0\n"), "{}", run.stdout);
}

#[test]
fn an_engine_that_ends_the_process() {
    let mut source = format!(
        "#[unsafe(no_mangle)] pub extern \"C\" fn wgpuGetVersion() -> u32 {{ {ENGINE_VERSION_CODE} }}\n"
    );
    for function in Function::ALL.iter().filter(|item| **item != Function::wgpuGetVersion) {
        source += &format!(
            "#[unsafe(no_mangle)] pub extern \"C\" fn {function}() {{ eprintln!(\"{function} is ill\"); std::process::abort() }}\n"
        );
    }
    let library = shared_library("ill", &source);
    let library = library.to_str().expect("a path in UTF-8");
    let run = run("doctor", &[], &[("WGPU_NATIVE_LIB", library)]);
    let problem = problem(&run);
    assert!(
        problem.starts_with("adapters: the probe ended in the step `instance` with ")
            && problem.contains(" is ill"),
        "{problem}"
    );
    assert!(run.stdout.contains(library), "{}", run.stdout);
}
