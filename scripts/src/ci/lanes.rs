//! Two lanes of steps: beside those that build in the one target folder and are heard while they run, one after the other,
//! those that have a folder of their own. No step keeps all processors busy all the time.

use std::sync::mpsc;
use std::thread;

use super::Step;
use super::row::Row;

/// Runs the steps; the rows are in their order. `run_apart` runs one that is apart, and returns what it said as well.
pub(super) fn run(
    steps: &[&'static Step],
    run_apart: impl Fn(&Step) -> (Row, String) + Send,
) -> Vec<Row> {
    let (apart, together): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step.apart);
    // Alone, a step can be heard.
    if together.is_empty() || apart.is_empty() {
        return steps.iter().map(|step| Row::of(step)).collect();
    }
    let mut rows = Vec::new();
    thread::scope(|scope| {
        let (ended, all_ended) = mpsc::channel();
        scope.spawn(move || {
            for step in apart {
                // Nobody waits any more only where this process panics.
                drop(ended.send(run_apart(step)));
            }
        });
        let told = |(row, said): (Row, String)| {
            eprint!("{said}");
            row
        };
        for step in together {
            rows.push(Row::of(step));
            // Heard between two steps, not in the middle of one.
            rows.extend(all_ended.try_iter().map(told));
        }
        rows.extend(all_ended.iter().map(told));
    });
    let place = |row: &Row| steps.iter().position(|step| step.name == row.name);
    rows.sort_by_key(place);
    rows
}

#[cfg(test)]
mod tests {
    use super::super::System;
    use super::*;
    use crate::failure::Failure;

    static FAILING: Step = Step {
        name: "x",
        about: "",
        system: System::Any,
        apart: false,
        run: || Err(Failure::new("no", "go on")),
    };
    static PASSING: Step = Step { name: "y", run: || Ok(Vec::new()), ..FAILING };
    static APART: Step = Step { name: "z", apart: true, ..PASSING };

    #[test]
    fn a_failing_step_does_not_hide_the_others() {
        let apart = |step: &Step| (Row::of(step), String::new());
        for steps in [&[&FAILING, &PASSING, &APART], &[&APART, &PASSING, &FAILING]] {
            let rows = run(steps, apart);
            let ended = rows.iter().map(|row| (row.name, row.failed));
            assert!(ended.eq(steps.iter().map(|step| (step.name, step.name == "x"))));
        }
        let rows = run(&[&APART, &APART], |_| panic!("alone it is heard: it need not be apart"));
        assert_eq!(rows.len(), 2);
    }
}
