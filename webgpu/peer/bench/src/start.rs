//! From the start of a process to a device, in processes made for it.

use crate::table::row;
use crate::{on_webgpu, on_wgpu};
use std::env;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const NAME: &str = "process start to device";

/// Tells a process what it is for.
const CRATE: &str = "LAYER_START";

/// Whether this process is one of those made here: then it has opened its device, and said so.
pub(crate) fn is_asked_for() -> bool {
    match env::var(CRATE).as_deref() {
        Err(_) => return false,
        Ok("wgpu") => ready(on_wgpu::open(&on_wgpu::instance())),
        Ok(_) => ready(on_webgpu::open(&on_webgpu::instance())),
    }
    true
}

/// Says so. What the end of the process costs does not count.
fn ready<D>(device: D) {
    println!("ready");
    drop(device);
}

/// Prints the row.
pub(crate) fn measure() {
    row(
        NAME,
        &mut [
            ("wgpu", contestant("wgpu", "direct")),
            ("webgpu", contestant("webgpu", "direct")),
            ("through ffi", contestant("webgpu", "engine")),
        ],
    );
}

fn contestant(name: &'static str, calls: &'static str) -> Box<dyn FnMut(u32) -> Duration> {
    Box::new(move |n| (0..n).map(|_| once(name, calls)).sum())
}

fn once(name: &str, calls: &str) -> Duration {
    let program = env::current_exe().expect("the program knows its path");
    let mut command = Command::new(program);
    command.env(CRATE, name).env("WEBGPU_CALLS", calls).stdout(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().expect("it is this program");
    let mut said = [0];
    let read = child.stdout.as_mut().expect("it is piped").read_exact(&mut said);
    let time = start.elapsed();
    read.expect("it says that it is ready");
    assert!(child.wait().is_ok_and(|status| status.success()));
    time
}
