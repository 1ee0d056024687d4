//! Enumerators, flags and constants.

use super::{header_text, run};
use std::fmt::Write;

/// The generated sources: what they say can be read like what the headers say.
const GENERATED: [&str; 2] =
    [include_str!("../generated/enums.rs"), include_str!("../generated/flags.rs")];

/// C name and value of everything in the generated sources.
fn generated() -> Vec<(String, u64)> {
    let mut values = Vec::new();
    let mut owner = "";
    for line in GENERATED.iter().flat_map(|text| text.lines()) {
        if let Some((_, rest)) = line.split_once(".h ") {
            owner = rest.split_whitespace().next().unwrap_or_default();
        } else if let Some((name, value)) = line.trim().trim_end_matches(',').split_once(" = 0x") {
            let value = u64::from_str_radix(value, 16).expect("values are written in hexadecimal");
            values.push((format!("{owner}_{}", name.trim_start_matches('_')), value));
        }
    }
    values
}

#[test]
fn values_are_those_of_c() {
    let values = generated();
    let mut code = "#include <stdio.h>\nint main(void) {\n".to_owned();
    for (name, _) in &values {
        let _ = writeln!(code, "printf(\"{name} %llx\\n\", (unsigned long long){name});");
    }
    let printed = run("values", &(code + "return 0; }"));
    let of_c: Vec<&str> = printed.lines().collect();
    let of_rust: Vec<String> =
        values.iter().map(|(name, value)| format!("{name} {value:x}")).collect();
    assert_eq!(of_rust, of_c, "Rust, then C");
}

#[test]
fn no_value_is_left_out() {
    let generated: Vec<String> = generated().into_iter().map(|(name, _)| name).collect();
    let text = header_text();
    let mut count = 0;
    for line in text.lines().map(str::trim) {
        let line = match line.strip_prefix("static const ").and_then(|line| line.split_once(' ')) {
            Some((_, rest)) => rest,
            None => line,
        };
        let Some((name, _)) = line.split_once(" = ") else {
            continue;
        };
        if name.starts_with("WGPU") && !name.contains(' ') {
            count += 1;
            assert!(generated.iter().any(|other| other == name), "{name} is not generated");
        }
    }
    assert_eq!(count, generated.len());
    assert!(count > 600, "only {count} values were found in the headers");
}
