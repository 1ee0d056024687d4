//! Calls and time of each function.

use crate::{Callback, Function};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts calls and adds up their time.
#[derive(Debug)]
pub(super) struct Summary {
    functions: [Sum; Function::COUNT],
    callbacks: [Sum; Callback::COUNT],
}

#[derive(Debug)]
struct Sum {
    calls: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Sum {
    const fn zero() -> Sum {
        Sum { calls: AtomicU64::new(0), nanoseconds: AtomicU64::new(0) }
    }

    fn add(&self, duration: Duration) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    fn get(&self) -> (u64, u64) {
        (self.calls.load(Ordering::Relaxed), self.nanoseconds.load(Ordering::Relaxed))
    }
}

impl Summary {
    pub(super) fn new() -> Summary {
        Summary {
            functions: [const { Sum::zero() }; Function::COUNT],
            callbacks: [const { Sum::zero() }; Callback::COUNT],
        }
    }

    pub(super) fn function(&self, function: Function, duration: Duration) {
        self.functions[function as usize].add(duration);
    }

    pub(super) fn callback(&self, callback: Callback, duration: Duration) {
        self.callbacks[callback as usize].add(duration);
    }

    /// A table: what took the most time first, then the sum of the functions. A function's time includes that of the
    /// callbacks it called. The heading says `whose` calls they are.
    pub(super) fn lines(&self, whose: &str) -> Vec<String> {
        let functions = Function::ALL.iter().map(|item| item.name()).zip(&self.functions);
        let callbacks = Callback::ALL.iter().map(|item| item.name()).zip(&self.callbacks);
        let mut rows: Vec<(&str, (u64, u64))> =
            functions.chain(callbacks).map(|(name, sum)| (name, sum.get())).collect();
        rows.retain(|(_, (calls, _))| *calls > 0);
        rows.sort_by_key(|(name, (_, time))| (std::cmp::Reverse(*time), *name));
        let in_all = self.functions.iter().map(Sum::get);
        let in_all = in_all.fold((0, 0), |(calls, time), sum| (calls + sum.0, time + sum.1));

        let row = |name: &str, (calls, time): (u64, u64)| {
            let milliseconds = time as f64 / 1e6;
            let mean = time as f64 / 1e3 / calls.max(1) as f64;
            format!("{calls:>9} {milliseconds:>12.3} {mean:>12.3}  {name}")
        };
        let heading =
            format!("{:>9} {:>12} {:>12}  function, of {whose}", "calls", "ms", "µs a call");
        let mut lines = vec![heading];
        lines.extend(rows.iter().map(|(name, sum)| row(name, *sum)));
        lines.push(row("all functions", in_all));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_time_comes_first() {
        let summary = Summary::new();
        for micros in [100, 300] {
            summary.function(Function::wgpuGetVersion, Duration::from_micros(micros));
        }
        summary.function(Function::wgpuDevicePoll, Duration::from_millis(20));
        summary.callback(Callback::WGPUBufferMapCallback, Duration::from_millis(5));
        let lines = summary.lines("process 4711");
        assert!(lines[0].ends_with("  function, of process 4711"), "{}", lines[0]);
        let lines: Vec<Vec<&str>> =
            lines.iter().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines[1..],
            [
                vec!["1", "20.000", "20000.000", "wgpuDevicePoll"],
                vec!["1", "5.000", "5000.000", "WGPUBufferMapCallback"],
                vec!["2", "0.400", "200.000", "wgpuGetVersion"],
                vec!["3", "20.400", "6800.000", "all", "functions"],
            ]
        );
    }
}
