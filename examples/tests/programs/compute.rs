//! The computations: their printed results.

use crate::common::{calls, run, succeed};

/// The steps that `compute` printed, in order.
fn steps(stdout: &str) -> Vec<(&str, &str)> {
    let table = stdout.lines().skip_while(|line| !line.starts_with("Collatz")).skip(1);
    table.map_while(|line| line.trim().split_once(": ")).collect()
}

#[test]
fn the_numbers_it_chooses_itself() {
    let run = succeed("compute", &[], &[]);
    let expected = [
        ("1", "0"),
        ("2", "1"),
        ("3", "7"),
        ("4", "2"),
        ("5", "5"),
        ("6", "8"),
        ("7", "16"),
        ("8", "3"),
        ("9", "19"),
        ("10", "6"),
        ("27", "111"),
        ("97", "118"),
        ("871", "178"),
    ];
    assert_eq!(steps(&run.stdout), expected);
    assert!(run.stdout.contains("vector addition of 1000000 elements"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("the CPU agrees").count(), 2, "{}", run.stdout);
}

#[test]
fn numbers_of_the_user_and_paths_that_leave_32_bits() {
    let run = succeed("compute", &["837799", "159487", "113383", "4294967295"], &[]);
    let expected = [
        ("837799", "524"),
        ("159487", "leaves 32 bits"),
        ("113383", "247"),
        ("4294967295", "leaves 32 bits"),
    ];
    assert_eq!(steps(&run.stdout), expected);
}

#[test]
fn more_numbers_than_a_workgroup_has_invocations() {
    let numbers: Vec<String> = (1..=1000).map(|number| number.to_string()).collect();
    let arguments: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let run = succeed("compute", &arguments, &[]);
    let steps = steps(&run.stdout);
    assert_eq!(steps.len(), 1000);
    assert_eq!((steps[702], steps[870]), (("703", "170"), ("871", "178")));
}

#[test]
fn the_same_through_the_engine() {
    let direct = succeed("compute", &[], &[("WEBGPU_CALLS", "direct")]);
    let engine = succeed("compute", &[], &[("WEBGPU_CALLS", "engine")]);
    assert_eq!(steps(&direct.stdout), steps(&engine.stdout));
    assert!(calls(&engine) > 20, "{}", engine.stderr);
}

#[test]
fn wrong_numbers() {
    for argument in ["0", "4294967296", "1.5", "many", "", "-5", "--number"] {
        let run = run("compute", &[argument], &[]);
        assert_eq!(run.code, 2, "{argument}: {}", run.stderr);
        assert!(run.stderr.contains("--help"), "{argument}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    assert!(run("compute", &["4294967296"], &[]).stderr.contains("4294967295"));
}
