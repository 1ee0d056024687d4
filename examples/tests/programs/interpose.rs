//! The trace of `qsort`.

use crate::common::run;

/// What stands before the time in each line of the trace, and the line behind it.
fn trace(arguments: &[&str]) -> (Vec<String>, String) {
    let run = run("interpose", arguments, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    let sorted = lines.pop().expect("the sorted numbers").to_owned();
    let cut = |line: &&str| {
        let (call, time) = line.rsplit_once(" [").expect("the time of the call");
        assert!(time.ends_with("s]"), "{line}");
        call.to_owned()
    };
    (lines.iter().map(cut).collect(), sorted)
}

#[test]
fn every_call_of_qsort_and_of_its_comparator() {
    let (calls, sorted) = trace(&["--", "30", "-10", "20"]);
    assert_eq!(sorted, "[-10, 20, 30]");
    let (qsort, compares) = calls.split_last().expect("qsort was called");
    assert!(qsort.starts_with("qsort(base=[30, -10, 20], count=3, size=4, compare=0x"), "{qsort}");
    assert!((2..=3).contains(&compares.len()), "{compares:?}");
    for call in compares {
        // The call is made while qsort runs: it is indented.
        let (arguments, result) =
            call.strip_prefix("  compare(").and_then(|call| call.split_once(") = ")).expect(call);
        let numbers: Vec<i32> = arguments
            .split(", ")
            .zip(["left=&", "right=&"])
            .map(|(argument, name)| argument.strip_prefix(name).expect(call).parse().expect(call))
            .collect();
        assert_eq!(result, (numbers[0].cmp(&numbers[1]) as i32).to_string(), "{call}");
    }
}

#[test]
fn many_numbers_are_cut_short() {
    let numbers: Vec<String> = (0..100).rev().map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let (calls, _) = trace(&numbers);
    let qsort = calls.last().expect("qsort was called");
    assert!(qsort.contains("base=[99, 98, 97, 96, 95, 94, 93, 92, … 100 in all]"), "{qsort}");
}

#[test]
fn what_is_no_number_is_refused() {
    let run = run("interpose", &["three"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`three` is not an int"), "{}", run.stderr);
}
