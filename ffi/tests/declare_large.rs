//! Large texts: what they cost grows with their length alone, and a name is looked up without a copy of what is declared.
// Elsewhere this runs in emulators, whose clock says nothing.
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ffi::Declarations;

/// Counts the bytes that this thread allocates.
struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: it leaves the work to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get() + layout.size());
        // SAFETY: the caller keeps to the allocator's contract, which is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What work costs this thread, whatever else the machine does.
#[derive(Clone, Copy, Debug)]
struct Cost {
    bytes: usize,
    /// Of the processor.
    nanoseconds: i64,
}

/// Nanoseconds for which this thread has had a processor.
fn worked() -> i64 {
    #[derive(Default)]
    #[repr(C)]
    struct Time {
        seconds: i64,
        nanoseconds: i64,
    }
    unsafe extern "C" {
        fn clock_gettime(clock: i32, time: &mut Time) -> i32;
    }
    const THREAD: i32 = 3;
    let mut time = Time::default();
    // SAFETY: the function has this signature, and writes a time.
    assert_eq!(unsafe { clock_gettime(THREAD, &mut time) }, 0);
    time.seconds * 1_000_000_000 + time.nanoseconds
}

fn cost_of<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let (bytes, started) = (ALLOCATED.get(), worked());
    let result = work();
    let cost = Cost { bytes: ALLOCATED.get() - bytes, nanoseconds: worked() - started };
    (result, cost)
}

/// Asserts that eight times as much costs not much more than eight times as much.
fn assert_linear(what: &str, cost: impl Fn(usize) -> Cost) {
    // What is new to this thread costs once.
    cost(10);
    let (small, large) = (cost(1_500), cost(12_000));
    let is_linear = large.bytes < 12 * small.bytes.max(10_000)
        && large.nanoseconds < 24 * small.nanoseconds.max(4_000_000);
    assert!(is_linear, "{what}: {small:?}, then {large:?}");
}

/// [`assert_linear`] of the declarations in a text of so many parts.
fn assert_parses_linearly(what: &str, text: impl Fn(usize) -> String) {
    assert_linear(what, |count| {
        let text = text(count);
        let (parsed, cost) = cost_of(|| Declarations::parse(&text));
        parsed.unwrap_or_else(|error| panic!("{what}: {error}"));
        cost
    });
}

#[test]
fn parsing_is_linear() {
    let list =
        |count: usize, item: fn(usize) -> String| -> String { (0..count).map(item).collect() };
    assert_parses_linearly("members", |count| {
        format!("struct s {{ {} }};", list(count, |n| format!("int m{n};")))
    });
    assert_parses_linearly("members in one declaration", |count| {
        format!("struct s {{ int {} last; }};", list(count, |n| format!("m{n} : 3,")))
    });
    assert_parses_linearly("enumerators", |count| {
        format!("enum e {{ {} }};", list(count, |n| format!("E{n},")))
    });
    assert_parses_linearly("type names", |count| {
        format!("typedef int t0; {}", list(count, |n| format!("typedef t{n} t{};", n + 1)))
    });
    assert_parses_linearly("functions", |count| {
        list(count, |n| format!("int f{n}(int a, char *b);\n"))
    });
    assert_parses_linearly("redeclarations", |count| {
        list(count, |_| "int f(int a, char *b);\n".into())
    });
    assert_parses_linearly("structs", |count| {
        list(count, |n| format!("struct s{n} {{ int a; struct s{n} *next; char text[{n}]; }};"))
    });
    assert_parses_linearly("variables", |count| {
        format!("int {} last;", list(count, |n| format!("v{n},")))
    });
    assert_parses_linearly("a body", |count| {
        format!("int f(void) {{ {} }}", list(count, |n| format!("if (a) {{ b({n}); }}")))
    });
    assert_parses_linearly("an initialiser", |count| {
        format!("int a[] = {{ {} }};", list(count, |n| format!("{n}, ")))
    });
    assert_parses_linearly("a sum", |count| {
        format!("enum {{ E = {} 0 }};", list(count, |_| "1 + ".into()))
    });
    assert_parses_linearly("strings", |count| {
        format!("enum {{ E = sizeof({}) }};", list(count, |_| "\"text\" ".into()))
    });
    assert_parses_linearly("packings", |count| {
        list(count, |_| "#pragma pack(push, 1)\nstruct s;\n#pragma pack(pop)\n".into())
    });
}

#[test]
fn mistakes_cost_no_more_than_what_is_right() {
    for separator in ["\n", " "] {
        assert_linear("mistakes", |count| {
            let text = format!("int f(oops);{separator}").repeat(count);
            let ((_, mistakes), cost) = cost_of(|| Declarations::parse_lenient(&text));
            // No more than these are told.
            assert_eq!(mistakes.len(), count.min(10_000));
            cost
        });
    }
}

/// A declaration of several names and sizes.
fn declared(count: usize) -> Declarations {
    let text: String = (0..count)
        .map(|n| format!("typedef struct s{n} {{ int a; }} t{n}; enum {{ E{n} }};\n"))
        .collect();
    Declarations::parse(&text).unwrap()
}

#[test]
fn names_are_looked_up_without_a_copy() {
    let look_up = |c: &Declarations| {
        assert_eq!(c.size_of("t49").unwrap() + c.size_of("struct s7").unwrap(), 8);
        assert_eq!(c.offset_of("t1", "a").unwrap() + c.size_of("const t5 *").unwrap(), 8);
        assert_eq!(c.constant("E9"), Some(0));
    };
    let bytes = |count| {
        let c = declared(count);
        cost_of(|| look_up(&c)).1.bytes
    };
    assert_eq!(bytes(50), bytes(20_000));
}

#[test]
fn what_is_added_costs_what_it_is_long() {
    let added = |count| {
        let mut c = declared(count);
        cost_of(|| {
            for n in 0..50 {
                c.add(&format!("int f{n}(t{n});")).unwrap();
                // A mistake costs no more.
                c.add(&format!("int g{n}(t{n}, oops);")).unwrap_err();
            }
        })
    };
    let (((), few), ((), many)) = (added(50), added(20_000));
    // Tables may grow meanwhile; a copy of them for each addition would take a hundred times that.
    assert!(many.bytes < few.bytes + (16 << 20), "{few:?}, then {many:?}");
}
