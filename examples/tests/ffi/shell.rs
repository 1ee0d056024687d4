//! `ffi-shell`, through a pipe.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::command::{Run, library};

/// What the shell says to these lines.
fn shell(lines: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ffi-shell"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the shell starts");
    child.stdin.take().expect("it is piped").write_all(lines.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    let code = output.status.code().unwrap_or_else(|| panic!("{lines}\n{}", output.status));
    Run { code, stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[track_caller]
fn shows(lines: &str, expected: &str) {
    let Run { code, stdout, stderr } = shell(lines);
    assert_eq!((stdout.as_str(), stderr.as_str(), code), (expected, "", 0), "{lines}");
}

/// The first line that goes wrong is told, and the exit code says that one did.
#[track_caller]
fn refuses(lines: &str, expected: &str) {
    let Run { code, stderr, .. } = shell(lines);
    assert!(stderr.starts_with(&format!("error: {expected}")), "{lines}\n{stderr}");
    assert_eq!(code, 1, "{lines}");
}

#[test]
fn calls_and_expressions() {
    shows("int abs(int n);\nabs(-3)\n", "3\n");
    shows("unsigned long strlen(const char *);\nstrlen(\"a\\tb\")\nstrlen(\"\")", "3\n0\n");
    shows("int abs(int);\nabs(abs(-3))\n1 << 4\nsizeof(long)\n", "3\n16\n8\n");
    shows("enum { ONE = 1, TWO };\nTWO\nONE | TWO\n", "2\n3\n");
    shows("// nothing\n\n", "");
    shows("struct s {\n  int a;\n};\nsizeof(struct s)\nquit\nnonsense", "4\n");
}

#[test]
fn variables() {
    shows("int abs(int);\nx = abs(-4)\nx\nx + 1\nabs(-x)\n", "4\n5\n4\n");
    shows("double frexp(double, int *);\nfrexp(8.0, &e)\ne\n", "0.5\n4\n");
    let point = "struct point { int x, y[2]; };\np = (struct point){1, {2, 3}}\n";
    shows(&format!("{point}p\np.y[1]\np.x = 7\np\n"), "{x: 1, y: [2, 3]}\n3\n{x: 7, y: [2, 3]}\n");
    shows("unsigned long strlen(const char *);\ns = \"abc\"\ns\nstrlen(s)\n", "\"abc\"\n3\n");
    let strtol = "long strtol(const char *, char **, int);\nstrtol(\"42x\", &end, 10)\nend\n";
    shows(strtol, "42\n\"x\"\n");
    let gmtime = "struct tm { int sec, min, hour, day, mon, year; int rest[8]; };
        struct tm *gmtime(const long *);\nt = (long)86400\ng = gmtime(&t)\n";
    shows(&format!("{gmtime}g->day\ng->rest[0]\n"), "2\n5\n");
    refuses("long *labs(const long *);\nt = 3\nlabs(&t)", "argument 0: (int32_t *)");
}

#[test]
fn libraries_and_headers() {
    let lib = library();
    shows(&format!("lib {lib}\n"), "");
    shows("lib m\ndouble cos(double);\ncos(0)\n", "1\n");
    let run = shell("include <stdlib.h>\nr = div(7, 2)\nr.quot\nRAND_MAX\n");
    let (first, rest) = run.stdout.split_once('\n').expect("more than a line");
    assert!(first.ends_with(" new functions") && run.code == 0, "{run:?}");
    assert_eq!(rest, "3\n2147483647\n");
}

#[test]
fn mistakes_are_told_and_stop_nothing() {
    refuses("f(1)", "`f` is not declared");
    refuses("int f(duble);", "line 1, column 7: `duble` is not a type that was declared\n");
    refuses("int abs(int);\nabs(\"x\")", "argument 0: \"x\" is no int");
    refuses("int no_such_function(void);\nno_such_function()", "no open library has");
    refuses("lib no_such_library", "");
    refuses("y.x = 3", "`y.x` is no variable");
    refuses("include <no/such/header.h>", "");
    let run = shell("f(1)\n1 + 1\n");
    assert_eq!((run.stdout.as_str(), run.code), ("2\n", 1));
    assert!(run.stderr.ends_with("not all lines could be carried out\n"), "{}", run.stderr);
    assert_eq!(shell("int f(\n").code, 1);
}

#[test]
fn help_says_what_there_is() {
    let run = shell("help\n");
    assert!(run.stdout.contains("include <zlib.h>") && run.code == 0);
    shows("int abs(int n);\nx = 3\nnames\n", "int abs(int n)\nx = 3\n");
}
