//! Side-by-side measurement: the contestants of a row take turns in short rounds, so that a change of the machine's
//! speed hits all of them; ratios are taken round by round.

use std::time::Duration;

const ROUNDS: usize = 301;

/// How long a round should be, and how many repetitions it has at most.
const ROUND: Duration = Duration::from_micros(200);
const MOST: u32 = 100_000;

/// A way to do the same thing, as a closure that does it so many times and says how long that took.
pub(crate) type Contestant<'a> = (&'static str, Box<dyn FnMut(u32) -> Duration + 'a>);

/// A contestant that does `$once` over and over. Where that piles something up, it begins anew every `$pile` times: what
/// `$before` makes ready, and `$after` puts away, does not count.
///
/// Where in memory a loop lies changes the time of a call by up to a third: so there are four copies of it, which take turns.
macro_rules! repeated {
    ($once:block) => {
        repeated!(u32::MAX, {} $once {})
    };
    ($pile:expr, { $($before:tt)* } $once:block { $($after:tt)* }) => {{
        let mut round = 0_u32;
        Box::new(move |repetitions: u32| {
            round += 1;
            let mut left = repetitions;
            let mut time = std::time::Duration::ZERO;
            while left > 0 {
                let n = left.min($pile);
                left -= n;
                $($before)*
                let start = $crate::table::processor_time();
                match round % 4 {
                    0 => repeated!(@ n, $once, "0"),
                    1 => repeated!(@ n, $once, "16"),
                    2 => repeated!(@ n, $once, "32"),
                    _ => repeated!(@ n, $once, "48"),
                }
                time += $crate::table::processor_time() - start;
                $($after)*
            }
            time
        })
    }};
    (@ $n:ident, $once:block, $padding:literal) => {{
        // SAFETY: it does nothing, a few times.
        #[cfg(target_arch = "x86_64")]
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

/// The processor time that this thread has used: what else runs on the machine does not count.
pub(crate) fn processor_time() -> Duration {
    unsafe extern "C" {
        fn clock_gettime(clock: i32, time: *mut [i64; 2]) -> i32;
    }
    const THREAD: i32 = 3;
    let mut time = [0; 2];
    // SAFETY: on 64-bit Linux, the time consists of two such numbers.
    let failed = unsafe { clock_gettime(THREAD, &raw mut time) };
    assert_eq!(failed, 0, "every thread has such a clock");
    let [seconds, nanoseconds] = time.map(|part| part as u64);
    Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds)
}

/// Measures contestants; prints ns per repetition and, for all but the first, the ratio to the first (medians).
/// Returns the medians in ns.
pub(crate) fn row(name: &str, contestants: &mut [Contestant<'_>]) -> Vec<f64> {
    let (repetitions, rounds) = calibrate(contestants);
    let mut times = vec![Vec::with_capacity(rounds); contestants.len()];
    for _ in 0..rounds {
        let turns = contestants.iter_mut().zip(&repetitions).zip(&mut times);
        for (((_, run), repetitions), times) in turns {
            times.push(run(*repetitions).as_nanos() as f64 / f64::from(*repetitions));
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

/// So many repetitions of each contestant that a round takes about as long as it should: asking for the time takes a
/// microsecond or more, which a short round would count. And the number of rounds: many, as on a busy machine most short ones
/// still run without interruption, but fewer where one repetition alone takes longer than a round. One, where cargo runs the
/// benchmark as a test: then all that counts is that it runs.
fn calibrate(contestants: &mut [Contestant<'_>]) -> (Vec<u32>, usize) {
    if !std::env::args().any(|argument| argument == "--bench") {
        return (vec![1; contestants.len()], 1);
    }
    let fitting = contestants.iter_mut().map(|(_, run)| {
        let mut repetitions = 1;
        while run(repetitions) < ROUND / 4 && repetitions < MOST {
            repetitions *= 2;
        }
        // The last one may have met cold caches.
        ROUND.as_secs_f64() * f64::from(repetitions) / run(repetitions).as_secs_f64()
    });
    let fitting = fitting.collect::<Vec<_>>();
    let least = fitting.iter().copied().fold(f64::from(MOST), f64::min);
    let rounds = ROUNDS as f64 * (least * 20.0).clamp(0.1, 1.0);
    let repetitions = fitting.iter().map(|fitting| fitting.clamp(1.0, f64::from(MOST)) as u32);
    (repetitions.collect(), rounds as usize)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
