//! Side-by-side measurement: the contestants of a row take turns in short rounds, so that a change of the machine's
//! speed hits all of them; ratios are taken round by round.

use std::time::Instant;

/// Many, and short: on a busy machine most of them still run without interruption.
const ROUNDS: usize = 301;

/// A way to do the same thing, as a closure that does it so many times.
pub(crate) type Contestant<'a> = (&'static str, Box<dyn FnMut(u32) + 'a>);

/// A contestant that does `$once` over and over. Where in memory a loop lies changes the time of a call by up to a third: so
/// there are four copies of it, which take turns.
macro_rules! repeated {
    ($once:block) => {{
        let mut round = 0_u32;
        Box::new(move |n: u32| {
            round += 1;
            match round % 4 {
                0 => repeated!(@ n, $once, "0"),
                1 => repeated!(@ n, $once, "16"),
                2 => repeated!(@ n, $once, "32"),
                _ => repeated!(@ n, $once, "48"),
            }
        })
    }};
    (@ $n:ident, $once:block, $padding:literal) => {{
        // SAFETY: it does nothing, a few times.
        unsafe {
            std::arch::asm!(
                ".p2align 6",
                concat!(".skip ", $padding, ", 0x90"),
                options(nomem, nostack, preserves_flags)
            )
        };
        for _ in 0..$n $once
    }};
}
pub(crate) use repeated;

/// Measures contestants; prints ns per repetition and, for all but the first, the ratio to the first (medians).
/// Returns the medians in ns.
pub(crate) fn row(name: &str, contestants: &mut [Contestant<'_>]) -> Vec<f64> {
    let repetitions = calibrate(contestants);
    let mut times = vec![Vec::with_capacity(ROUNDS); contestants.len()];
    for _ in 0..ROUNDS {
        for ((_, run), times) in contestants.iter_mut().zip(&mut times) {
            let start = Instant::now();
            run(repetitions);
            times.push(start.elapsed().as_nanos() as f64 / f64::from(repetitions));
        }
    }
    print!("{name:26}");
    for (index, (label, _)) in contestants.iter().enumerate() {
        let ratios = times[index].iter().zip(&times[0]).map(|(time, first)| time / first).collect();
        print!("  {label} {:7.2}", median(times[index].clone()));
        if index > 0 {
            print!(" ({:5.2}x)", median(ratios));
        }
    }
    println!();
    times.into_iter().map(median).collect()
}

/// So many repetitions that the slowest contestant takes about 0.2 ms.
fn calibrate(contestants: &mut [Contestant<'_>]) -> u32 {
    let slowest = contestants.iter_mut().map(|(_, run)| {
        run(2000);
        let start = Instant::now();
        run(2000);
        start.elapsed().as_nanos() / 2000
    });
    let slowest = slowest.max().unwrap_or(1).max(1);
    (200_000 / slowest).clamp(100, 100_000) as u32
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
