//! The doctor where something is wrong: engines and drivers that abort, exit, hang or are half there, limits, and output that
//! nobody takes. Engines and drivers are built here from C; what a system does not let a test do is printed.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wgpu_native_sys_dyn::{ENGINE_VERSION, ENGINE_VERSION_CODE, Function};

use crate::common::{needs_engine, program};
use crate::waiting::in_time;

/// What the doctor says, in both forms.
struct Findings {
    text: String,
    json: String,
    stderr: String,
}

impl Findings {
    #[track_caller]
    fn say(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.text.contains(part), "{part:?} is not in:\n{}", self.text);
        }
        // What the text says on several lines is one string there.
        let first = parts[0].lines().next().unwrap_or_default().replace('"', "\\\"");
        assert!(self.json.contains(&first), "{first:?} is not in:\n{}", self.json);
    }
}

fn doctor(library: Option<&Path>) -> Command {
    let mut command = program("doctor");
    if let Some(library) = library {
        command.env("WGPU_NATIVE_LIB", library);
    }
    command.env_remove("WGPU_BACKEND").env_remove("VK_DRIVER_FILES").env_remove("VK_ICD_FILENAMES");
    command
}

/// Runs the doctor twice, whose machine is not well: that it ends by itself, with exit code 1 and valid JSON, is part of
/// every test.
#[track_caller]
fn ill(prepare: impl Fn(&mut Command)) -> Findings {
    let run = |json: bool| {
        let mut command = doctor(None);
        prepare(&mut command);
        // A script has its own way to pass it on.
        command.args(json.then_some("--json"));
        let output = command.output().expect("the doctor starts");
        let (out, stderr) = (output.stdout, String::from_utf8_lossy(&output.stderr).into_owned());
        let out = String::from_utf8(out).expect("the doctor writes UTF-8");
        assert_eq!(output.status.code(), Some(1), "{}\n{out}\n{stderr}", output.status);
        assert!(!stderr.contains("panicked at examples/src/bin/doctor"), "{stderr}");
        (out, stderr)
    };
    let ((text, stderr), (json, _)) = (run(false), run(true));
    assert!(text.contains("\nhealthy          no\nproblem          "), "{text}");
    assert!(
        text.lines().last().is_some_and(|line| line.starts_with("verdict          not well: ")),
        "{text}"
    );
    assert!(is_json(json.trim_end()) && json.contains("\"healthy\": false, "), "{json}");
    Findings { text, json, stderr }
}

/// The doctor's findings about an engine of this C code; `wgpuGetVersion` is among it, or usual.
#[track_caller]
fn about_engine(name: &str, code: &str, arguments: &[&str]) -> Findings {
    let library = engine(name, code);
    ill(|command| {
        command.env("WGPU_NATIVE_LIB", &library).args(arguments);
    })
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doctor");
    fs::create_dir_all(&folder).expect("the temporary folder can be written to");
    folder
}

/// A shared library of this C code.
fn shared(name: &str, code: &str) -> PathBuf {
    let (source, library) =
        (folder().join(format!("{name}.c")), folder().join(format!("lib{name}.so")));
    fs::write(&source, code).expect("the temporary folder can be written to");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let compiled = Command::new(compiler)
        .args(["-w", "-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status();
    assert!(compiled.expect("these tests need a C compiler").success());
    library
}

/// An engine whose functions do nothing, but for those of the code.
fn engine(name: &str, code: &str) -> PathBuf {
    let mut all = format!("#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n{code}\n");
    if !code.contains("wgpuGetVersion") {
        all += &format!("unsigned wgpuGetVersion(void) {{ return {ENGINE_VERSION_CODE}u; }}\n");
    }
    for function in Function::ALL {
        let name = function.name();
        if !all.contains(&format!("{name}(")) {
            all += &format!("void *{name}(void) {{ return 0; }}\n");
        }
    }
    shared(name, &all)
}

/// Whether a text is one JSON value and nothing else.
fn is_json(text: &str) -> bool {
    fn value(text: &str) -> Option<&str> {
        let text = text.trim_start();
        if let Some(rest) = text.strip_prefix('"') {
            return string(rest);
        }
        if let Some(rest) = text.strip_prefix(['{', '[']) {
            let (close, named) = if text.starts_with('{') { ('}', true) } else { (']', false) };
            let mut rest = rest.trim_start();
            if let Some(behind) = rest.strip_prefix(close) {
                return Some(behind);
            }
            loop {
                if named {
                    rest = string(rest.trim_start().strip_prefix('"')?)?
                        .trim_start()
                        .strip_prefix(':')?;
                }
                rest = value(rest)?.trim_start();
                match rest.strip_prefix(',') {
                    Some(behind) => rest = behind,
                    None => return rest.strip_prefix(close),
                }
            }
        }
        let end = text.find([',', '}', ']']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        let known =
            ["true", "false", "null"].contains(&word.trim()) || word.trim().parse::<f64>().is_ok();
        known.then_some(rest)
    }
    /// What comes behind a string that has begun.
    fn string(text: &str) -> Option<&str> {
        let mut characters = text.char_indices();
        loop {
            match characters.next()? {
                (at, '"') => return Some(&text[at + 1..]),
                (_, '\\') => drop(characters.next()?),
                (_, control) if control < ' ' => return None,
                _ => {}
            }
        }
    }
    value(text).is_some_and(|rest| rest.trim().is_empty())
}

#[test]
fn the_judge_of_json_judges() {
    for good in ["{}", r#"{"a": [1, {"b": "c\"]"}, true], "d": []}"#, "[]"] {
        assert!(is_json(good), "{good}");
    }
    for bad in ["", "{", r#"{"a" 1}"#, r#"["a" "b"]"#, "[1,]", "{} {}", "\"a\nb\"", "[tru]"] {
        assert!(!is_json(bad), "{bad}");
    }
}

#[test]
fn an_engine_that_is_cut_short() {
    let whole = fs::read(engine("whole", "const char large[3000000] = {1};")).expect("it was made");
    let half = folder().join("libhalf.so");
    fs::write(&half, &whole[..whole.len() / 2]).expect("the temporary folder can be written to");
    let findings = ill(|command| {
        command.env("WGPU_NATIVE_LIB", &half);
    });
    findings.say(&[
        "cut short",
        "unset it",
        "ended            with an error",
        "step             load",
    ]);
}

#[test]
fn an_engine_whose_constructor_aborts() {
    let code = "__attribute__((constructor)) void begin(void) { fputs(\"no\\nluck\\n\", stderr); abort(); }";
    let findings = about_engine("constructor", code, &[]);
    findings.say(&[
        "library: the probe ended in the step `load` with SIGABRT, an abort",
        "\n    no\n    luck\n",
        "what to do       the library is damaged, or not the engine: unset WGPU_NATIVE_LIB",
    ]);
}

#[test]
fn an_engine_that_exits_at_once_as_if_all_were_well() {
    let code = "__attribute__((constructor)) void begin(void) { _exit(0); }";
    about_engine("exits", code, &[]).say(&["in the step `load` with exit code 0"]);
    let code = "void *wgpuCreateInstance(void) { exit(0); }";
    about_engine("exits_later", code, &[])
        .say(&["adapters: the probe ended in the step `instance` with exit code 0"]);
}

#[test]
fn an_engine_whose_version_aborts_or_that_aborts_when_it_is_closed() {
    let code = "unsigned wgpuGetVersion(void) { abort(); }";
    about_engine("version", code, &[]).say(&["in the step `load` with SIGABRT"]);
    let code = "__attribute__((destructor)) void end(void) { abort(); }";
    let findings = about_engine("destructor", code, &[]);
    findings.say(&[
        "in the step `unload` with SIGABRT",
        &format!("\n  version          {ENGINE_VERSION}\n"),
        "when their work is done",
    ]);
}

#[test]
fn an_engine_that_hangs() {
    let code = "unsigned wgpuGetVersion(void) { for (;;) pause(); }";
    let started = Instant::now();
    let findings = about_engine("hangs", code, &["--timeout", "1"]);
    findings.say(&["library: the probe did not end within 1 s, in the step `load`", "`--timeout`"]);
    assert!(started.elapsed() < Duration::from_secs(15));
}

#[test]
fn an_engine_that_prints_much_and_closes_its_streams() {
    let code = "__attribute__((constructor)) void begin(void) {
        for (int i = 0; i < 100000; i++) { puts(\"{\\\"adapter\\\": \\036\"); fputs(\"talk\\n\", stderr); }
        fflush(stdout); fclose(stdout); close(1); close(2); }";
    about_engine("talks", code, &[]).say(&["in the step `"]);
}

#[test]
fn an_engine_that_makes_no_instance() {
    let findings = about_engine("nothing", "", &[]);
    findings.say(&["healthy"]);
    assert!(!findings.text.contains("passed"), "{}", findings.text);
}

#[test]
fn the_whole_error_is_kept_beside_a_trace() {
    let code = "void *wgpuCreateInstance(void) { fputs(\"first\\nlast\\n\", stderr); abort(); }";
    let library = engine("traced", code);
    let findings = ill(|command| {
        command.env("WGPU_NATIVE_LIB", &library).env("WEBGPU_TRACE", "1");
    });
    findings.say(&["with SIGABRT, an abort", "first", "last"]);
    let backend = if cfg!(target_vendor = "apple") { "dx12" } else { "metal" };
    needs_engine();
    let findings = ill(|command| {
        command.env("WEBGPU_TRACE", "1").env("WGPU_BACKEND", backend);
    });
    findings.say(&["no adapter found", "\nproblem          no adapter found"]);
    assert!(
        findings.stderr.contains("wgpuCreateInstance(")
            && findings.stderr.contains("all functions")
    );
}

/// A driver of Vulkan of this C code, by its manifest.
fn driver(name: &str, code: &str) -> PathBuf {
    let library = shared(name, &format!("#include <stdlib.h>\n#include <unistd.h>\n{code}"));
    let manifest = folder().join(format!("{name}.json"));
    let library = library.to_str().expect("temporary paths are text");
    let text = format!(
        "{{\"file_format_version\": \"1.0.0\", \"ICD\": {{\"library_path\": \"{library}\", \"api_version\": \"1.1.0\"}}}}"
    );
    fs::write(&manifest, text).expect("the temporary folder can be written to");
    manifest
}

/// Mesa's software driver of Vulkan, where it is.
fn lavapipe() -> Option<PathBuf> {
    let folder = fs::read_dir("/usr/share/vulkan/icd.d").ok()?;
    folder
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().contains("lvp_icd"))
}

#[test]
fn a_bad_driver_does_not_hide_a_good_one() {
    needs_engine();
    let Some(good) = lavapipe() else {
        return say("NOT CHECKED: a bad driver beside a good one: lavapipe is not there");
    };
    let abort = "__attribute__((constructor)) void begin(void) { abort(); }";
    let hang = "__attribute__((constructor)) void begin(void) { for (;;) pause(); }";
    for (name, code, how) in
        [("bad", abort, "ended in the step `"), ("slow", hang, "did not end within ")]
    {
        let both = std::env::join_paths([driver(name, code), good.clone()])
            .expect("no colon is in the paths");
        let findings = ill(|command| {
            command.env("VK_DRIVER_FILES", &both).args(["--timeout", "4"]);
        });
        let way = format!("VK_DRIVER_FILES={}", good.display());
        let which = format!("/{name}.json); until then programs work with llvmpipe");
        findings.say(&[
            how,
            "lavapipe, Mesa's Vulkan without a GPU",
            &way,
            &which,
            "outcome          passed",
        ]);
    }
}

/// A layer of Vulkan that ends whoever opens a device, as far as it needs the headers of Vulkan.
const LAYER: &str = r#"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
typedef void *(*Find)(void *instance, const char *name);
struct link { struct link *next; Find find; Find physical; };
struct info { uint32_t type; struct info *next; uint32_t function; struct link *link; };
struct negotiation { uint32_t type; void *next; uint32_t version; Find instance, device, physical; };
static Find next;
static int create_device(void) { abort(); }
static int create_instance(struct info *create, void *allocator, void **instance) {
    struct info *info = create->next;
    while (info && !(info->type == 47 && info->function == 0)) info = info->next;
    if (!info) return -3;
    next = info->link->find;
    info->link = info->link->next;
    return ((int (*)(void *, void *, void **))next(0, "vkCreateInstance"))(create, allocator, instance);
}
static void *find(void *instance, const char *name) {
    if (!strcmp(name, "vkCreateInstance")) return create_instance;
    if (!strcmp(name, "vkCreateDevice")) return create_device;
    if (!strcmp(name, "vkGetInstanceProcAddr")) return find;
    return next(instance, name);
}
static void *find_nothing(void *device, const char *name) { return 0; }
int vkNegotiateLoaderLayerInterfaceVersion(struct negotiation *negotiation) {
    negotiation->version = 2;
    negotiation->instance = find;
    negotiation->device = find_nothing;
    negotiation->physical = 0;
    return 0;
}
"#;

#[test]
fn an_adapter_that_ends_who_opens_it_does_not_hide_another() {
    needs_engine();
    let library = shared("layer", LAYER);
    let manifest = format!(
        "{{\"file_format_version\": \"1.1.2\", \"layer\": {{\"name\": \"VK_LAYER_TEST_abort\", \"type\": \"GLOBAL\",
           \"library_path\": \"{}\", \"api_version\": \"1.3.0\", \"implementation_version\": \"1\",
           \"description\": \"aborts\"}}}}",
        library.display()
    );
    let layers = folder().join("layers");
    fs::create_dir_all(&layers).expect("the temporary folder can be written to");
    fs::write(layers.join("layer.json"), manifest).expect("the temporary folder can be written to");
    let mut command = doctor(None);
    command
        .env("VK_LAYER_PATH", &layers)
        .env("VK_INSTANCE_LAYERS", "VK_LAYER_TEST_abort")
        .arg("--json");
    let json = String::from_utf8(command.output().expect("it starts").stdout)
        .expect("the doctor writes UTF-8");
    if !json.contains("\"backend\": \"vulkan\"") || !json.contains("\"backend\": \"gl\"") {
        return say(&format!("NOT CHECKED: one bad adapter of two: they are not here: {json}"));
    }
    let findings = ill(|command| {
        command.env("VK_LAYER_PATH", &layers).env("VK_INSTANCE_LAYERS", "VK_LAYER_TEST_abort");
    });
    findings.say(&[
        "(vulkan): the probe ended in the step `open` with SIGABRT, an abort",
        "the driver ends programs that use it",
        "(gl): set WGPU_BACKEND=gl ",
        "software         llvmpipe, Mesa's OpenGL without a GPU\n  well             yes",
        "software         lavapipe, Mesa's Vulkan without a GPU\n  well             no",
    ]);
    // Who asks for the good one alone is well.
    let mut command = doctor(None);
    command.env("VK_LAYER_PATH", &layers).env("VK_INSTANCE_LAYERS", "VK_LAYER_TEST_abort");
    assert!(command.env("WGPU_BACKEND", "gl").output().expect("it starts").status.success());
}

#[test]
fn little_memory() {
    needs_engine();
    let doctor = doctor(None).get_program().to_owned();
    let findings = ill(|command| {
        *command = Command::new("sh");
        command.args(["-c", "ulimit -v 150000; exec \"$0\" \"$@\""]).arg(&doctor);
        command.env("WEBGPU_TRACE", "1");
    });
    findings.say(&[
        "limited to 146 MiB of addresses (`ulimit -v`)",
        "what to do       memory is limited to 146 MiB of addresses (`ulimit -v`): raise that first",
    ]);
}

#[test]
fn no_proc() {
    needs_engine();
    let doctor = doctor(None).get_program().to_owned();
    let without = "mount -t tmpfs none /proc || exit 99; exec \"$0\" \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", without]).arg(doctor).arg("--json");
    let output = match command.output() {
        Ok(output) if output.status.code() != Some(99) && !output.stdout.is_empty() => output,
        other => {
            return say(&format!("NOT CHECKED: no /proc: no test may hide it here: {other:?}"));
        }
    };
    let json = String::from_utf8(output.stdout).expect("the doctor writes UTF-8");
    assert!(is_json(json.trim_end()), "{json}");
    assert!(json.contains("\"/proc\": \"not mounted"), "{json}");
    let healthy = json.contains("\"healthy\": true");
    assert_eq!(output.status.code(), Some(if healthy { 0 } else { 1 }), "{json}");
    assert!(json.contains("\"version\": \"29."), "the library is found all the same: {json}");
}

#[test]
fn the_probes_end_with_the_doctor() {
    let mark = folder().join("mark");
    let _ = fs::remove_file(&mark);
    let code = format!(
        "void *wgpuCreateInstance(void) {{ FILE *mark = fopen(\"{}\", \"w\"); fprintf(mark, \"%d\", getpid()); fclose(mark);
           for (;;) {{}} }}",
        mark.display()
    );
    let mut doctor =
        doctor(Some(&engine("orphan", &code))).stdout(Stdio::null()).spawn().expect("it starts");
    let probe = in_time("the probe begins", || {
        fs::read_to_string(&mark).ok().filter(|text| !text.is_empty())
    });
    doctor.kill().expect("it is a child");
    doctor.wait().expect("it is a child");
    let is_there = || Command::new("kill").args(["-0", &probe]).stderr(Stdio::null()).status();
    in_time("the probe ends", || (!is_there().expect("every Unix has it").success()).then_some(()));
}

#[test]
fn findings_that_cannot_be_written() {
    let library = folder().join("no-such-library.so");
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    match full {
        Ok(full) => {
            needs_engine();
            let output = doctor(None).arg("--json").stdout(full).output().expect("it starts");
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{stderr}");
            assert!(stderr.contains("the findings cannot be written: No space left"), "{stderr}");
        }
        Err(error) => say(&format!("NOT CHECKED: findings on a full disk: {error}")),
    }
    // A reader that has seen enough does not change the verdict.
    let mut child = doctor(Some(&library))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("it has one").read_to_string(&mut stderr).expect("it is UTF-8");
    assert_eq!(child.wait().expect("it is a child").code(), Some(1));
    assert_eq!(stderr, "");
}

/// Says it past the harness, which keeps what tests print.
fn say(what: &str) {
    // `eprintln!` goes to the harness.
    let _ = writeln!(std::io::stderr(), "{what}");
}
