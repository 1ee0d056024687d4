//! Which error arrives where.

use crate::common::{run, succeed};

#[test]
fn every_error_arrives_where_it_should() {
    let stdout = succeed("error_scopes", &[], &[]).stdout;
    let parts: Vec<&str> = stdout.split("\n\n").collect();
    for (part, expected) in [
        ("validation:", "label = 'for nothing'\n      Invalid usage flags"),
        ("out of memory:", "Out of Memory"),
        ("internal: nothing happened", ""),
        ("shader, line 5, from byte 28 on:", "`blue`"),
        ("nested: the inner scope, for lack of memory, let it pass; the outer one has it", ""),
        ("uncaptured, with a handler:", "label = 'without a scope'"),
        ("uncaptured, without a handler, it panics:", "label = 'unhandled'"),
    ] {
        let found = parts.iter().find_map(|text| {
            let (_, rest) = text.split_once(part)?;
            Some(rest)
        });
        let rest = found.unwrap_or_else(|| panic!("{part:?} is not in:\n{stdout}"));
        assert!(rest.contains(expected), "{expected:?} is not behind {part:?}:\n{stdout}");
    }
}

#[test]
fn a_wrong_command_line() {
    let run = run("error_scopes", &["--all"], &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
}
