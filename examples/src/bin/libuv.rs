//! libuv by its declarations: an event loop that calls closures, from a timer and from a thread that works beside it.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};
use ffi::declare::{ArgumentList, BoundLibrary, Object};
use ffi::{Argument, Declarations, Library, Value};

/// The part of uv.h that this program uses. How large a loop, a handle and a request are, the library tells at run time.
const UV: &str = "
    typedef struct uv_loop_s { void *data; long long rest[]; } uv_loop_t;
    typedef struct uv_timer_s { void *data; long long rest[]; } uv_timer_t;
    typedef struct uv_work_s { void *data; long long rest[]; } uv_work_t;
    typedef void (*uv_timer_cb)(uv_timer_t *timer);
    typedef void (*uv_work_cb)(uv_work_t *work);
    typedef void (*uv_after_work_cb)(uv_work_t *work, int status);
    enum { UV_RUN_DEFAULT, UV_TIMER = 13, UV_WORK = 7 };
    size_t uv_loop_size(void);
    size_t uv_handle_size(int type);
    size_t uv_req_size(int type);
    int uv_loop_init(uv_loop_t *loop);
    int uv_loop_close(uv_loop_t *loop);
    int uv_run(uv_loop_t *loop, int mode);
    int uv_timer_init(uv_loop_t *loop, uv_timer_t *timer);
    int uv_timer_start(uv_timer_t *timer, uv_timer_cb tick, unsigned long long timeout, unsigned long long repeat);
    int uv_timer_stop(uv_timer_t *timer);
    int uv_queue_work(uv_loop_t *loop, uv_work_t *work, uv_work_cb run, uv_after_work_cb after);
    void uv_close(void *handle, void (*closed)(void *handle));
    const char *uv_strerror(int code);
";

struct Uv(BoundLibrary);

impl Uv {
    /// Calls a function that returns zero or an error code.
    ///
    /// # Safety
    /// libuv takes these arguments.
    unsafe fn check<'a>(&self, name: &str, arguments: impl ArgumentList<'a>) -> Result<()> {
        // SAFETY: the declarations are libuv's; for the arguments, the caller answers.
        let code = unsafe { self.0.call(name, arguments) }?;
        if code != Value::I32(0) {
            // SAFETY: it takes any code and returns a text that stays.
            let why = unsafe { self.0.call("uv_strerror", (&code,))?.text(200) }?;
            bail!("{name} returned {code}: {}", why.unwrap_or_default());
        }
        Ok(())
    }

    /// Memory for something of libuv's that takes `size` bytes.
    fn room(&self, ty: &str, size: &Value) -> Result<Object> {
        let words = size.convert::<usize>()?.div_ceil(8);
        Ok(self.0.declarations().zeroed_with(ty, words)?)
    }
}

fn main() -> ExitCode {
    examples::run("libuv", |out| {
        // SAFETY: libuv's initialisers do nothing that could go wrong.
        let library = unsafe { Library::find("uv") }?;
        let uv = Uv(library.bind(&Declarations::parse(UV)?));
        let size = |name: &str, kind: &str| -> Result<Value> {
            // SAFETY: it takes any kind.
            Ok(unsafe { uv.0.call(name, (uv.0.constant(kind)?,)) }?)
        };
        // SAFETY: it has no parameters.
        let events = uv.room("uv_loop_t", &unsafe { uv.0.call("uv_loop_size", ()) }?)?;
        let timer = uv.room("uv_timer_t", &size("uv_handle_size", "UV_TIMER")?)?;
        let work = uv.room("uv_work_t", &size("uv_req_size", "UV_WORK")?)?;

        let mut ticks = 0;
        let tick = uv.0.callback_type("uv_timer_cb")?.locked("tick", |call| {
            ticks += 1;
            if ticks == 3 {
                // SAFETY: the loop passes its timer.
                unsafe { uv.0.call("uv_timer_stop", (call.get("timer")?,)) }?;
            }
            Ok(())
        })?;
        let (mut sum, mut on) = (0_u64, None);
        let run = uv.0.callback_type("uv_work_cb")?.locked("run", |_| {
            sum = (1..=1_000_000).sum();
            on = Some(std::thread::current().id());
            Ok(())
        })?;
        let mut status = -1;
        let after = uv.0.callback_type("uv_after_work_cb")?.locked("after", |call| {
            status = call.get("status")?.convert()?;
            Ok(())
        })?;
        // SAFETY: each object is as large as libuv says, and stays, as the callbacks do, until the loop is closed.
        unsafe {
            uv.check("uv_loop_init", (&events,))?;
            uv.check("uv_timer_init", (&events, &timer))?;
            uv.check("uv_timer_start", (&timer, &tick, 0, 5))?;
            uv.check("uv_queue_work", (&events, &work, &run, &after))?;
            uv.check("uv_run", (&events, uv.0.constant("UV_RUN_DEFAULT")?))?;
        }
        // SAFETY: the timer is there, and libuv refuses to call nothing.
        let mistake = unsafe { uv.check("uv_timer_start", (&timer, Argument::Null, 0, 0)) };
        // SAFETY: the loop forgets the timer in its last turn.
        unsafe {
            uv.0.call("uv_close", (&timer, Argument::Null))?;
            uv.check("uv_run", (&events, uv.0.constant("UV_RUN_DEFAULT")?))?;
            uv.check("uv_loop_close", (&events,))?;
        }
        drop((tick, run, after));
        let elsewhere = on.is_some_and(|thread| thread != std::thread::current().id());
        writeln!(out, "the timer ticked {ticks} times")?;
        writeln!(out, "the sum is {sum}, found on another thread: {elsewhere}")?;
        writeln!(out, "the work ended with {status}")?;
        writeln!(out, "a mistake: {}", mistake.expect_err("there is no callback"))?;
        Ok(())
    })
}
