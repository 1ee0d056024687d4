//! The C library by declarations: `qsort` with a closure, `strftime` with a struct, `snprintf` with what stands for `...`.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use ffi::call::ErrorNumbers;
use ffi::{Argument, Library, Value};

const TIME: &str = "
    struct tm { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
                long tm_gmtoff; const char *tm_zone; };
    size_t strftime(char *to, size_t size, const char *format, const struct tm *time);
";

fn main() -> ExitCode {
    examples::run("libc", |out| {
        // SAFETY: this program is running it already.
        let libc = unsafe { Library::find("c") }?;

        let qsort = libc.declare("void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))")?;
        let comparisons = AtomicUsize::new(0);
        let compare = qsort.callback("compare", |call| {
            comparisons.fetch_add(1, Ordering::Relaxed);
            let (a, b) = (call.argument::<*const f64>(0)?, call.argument::<*const f64>(1)?);
            // SAFETY: qsort passes pointers to elements.
            let order = unsafe { (*a).total_cmp(&*b) };
            call.set_result(order as i32)
        })?;
        let mut numbers = [2.5, -1.0, 1e9, 0.125, 42.0];
        let (count, size) = (numbers.len() as u64, size_of::<f64>() as u64);
        // SAFETY: count and size are those of the slice, and the closure compares its elements.
        unsafe { qsort.call((&mut numbers, count, size, &compare)) }?;
        drop(compare);
        writeln!(out, "sorted {numbers:?} with {} comparisons", comparisons.into_inner().min(99))?;

        let strftime = libc.declare(TIME)?;
        let mut text = [0_u8; 64];
        let day =
            Argument::fields([("tm_year", 124), ("tm_mon", 1), ("tm_mday", 29), ("tm_wday", 4)]);
        // SAFETY: the size is that of the buffer.
        let length = unsafe { strftime.call((&mut text, 64, "%A, %d %B %Y", day)) }?;
        writeln!(
            out,
            "{}",
            String::from_utf8_lossy(&text[..usize::try_from(u64::try_from(length)?)?])
        )?;

        let snprintf =
            libc.declare("int snprintf(char *to, size_t size, const char *format, ...)")?;
        // SAFETY: the size is that of the buffer, and the format asks for what follows it.
        let length = unsafe {
            snprintf.call((&mut text, 64, "%s has %d legs and weighs %.1f kg", "the cat", 4, 4.25))
        }?;
        writeln!(out, "{}", String::from_utf8_lossy(&text[..i32::try_from(length)? as usize]))?;

        let strtol = libc.declare("long strtol(const char *text, char **end, int base)")?;
        let mut numbers = ErrorNumbers::default();
        let huge = "99999999999999999999";
        // SAFETY: the end may be null.
        let result = unsafe { strtol.call_with_errno((huge, Argument::Null, 10), &mut numbers) }?;
        writeln!(
            out,
            "strtol({huge}) = {result}: {}",
            std::io::Error::from_raw_os_error(numbers.errno)
        )?;
        let (source, mut end) = (c"12 apples", Value::Void);
        // SAFETY: the text lives as long as the end that points into it.
        let twelve = unsafe { strtol.call((source, Argument::out(&mut end), 10)) }?;
        // SAFETY: it points into the text.
        let rest = unsafe { end.c_string(100) }?.unwrap_or_default();
        writeln!(out, "strtol({source:?}) = {twelve}, and then {rest:?}")?;
        // SAFETY: refused.
        let refused = unsafe { strtol.call(("1", Argument::Null, 1_u64 << 40)) };
        writeln!(out, "refused: {}", refused.expect_err("no int is so large"))?;
        Ok(())
    })
}
