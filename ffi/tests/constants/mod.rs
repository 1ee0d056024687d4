//! Texts with constant expressions: their values as `ffi` computes them, and as a C compiler does.
#![allow(dead_code, reason = "each test uses some of it")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use ffi::Declarations;

/// Texts, and the values of expressions that follow them.
pub(crate) type Entries = [(&'static str, &'static [(&'static str, i128)])];

/// Parses a text that has no mistake.
pub(crate) fn parse(text: &str) -> Declarations {
    Declarations::parse(text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

/// Asserts that `ffi` computes these values.
pub(crate) fn assert_computed(entries: &Entries) {
    for (text, expressions) in entries {
        let mut c = parse(text);
        for (index, (expression, value)) in expressions.iter().enumerate() {
            c.add(&format!("enum {{ r{index} = {expression} }};"))
                .unwrap_or_else(|error| panic!("{text}\n{error}"));
            assert_eq!(c.constant(&format!("r{index}")), Some(*value), "{expression} of {text}");
        }
    }
}

/// Asserts that a compiler with these options computes them.
pub(crate) fn assert_compiled(compiler: &str, options: &[&str], entries: &Entries) {
    for (text, expressions) in entries {
        let assertion = |(expression, value): &(&str, i128)| {
            format!("_Static_assert(({expression}) == {value}, \"\");\n")
        };
        let assertions: String = expressions.iter().map(assertion).collect();
        let mut child = Command::new(compiler)
            .args(["-std=gnu2x", "-w", "-fsyntax-only", "-x", "c", "-"])
            .args(options)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs {compiler}: {error}"));
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(format!("{text}\n{assertions}").as_bytes()).expect("it is read");
        drop(stdin);
        assert!(child.wait().expect("it ends").success(), "{compiler}: {text}\n{assertions}");
    }
}
