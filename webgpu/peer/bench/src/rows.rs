//! The table.

use crate::start;
use crate::table::row;
use crate::{on_webgpu, on_wgpu};

/// Prints all rows, or those whose names contain what the command line says.
pub fn all() {
    if start::is_asked_for() {
        return;
    }
    let asked_for = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let mut found = false;
    let mut wanted = |name: &str| {
        let wanted = asked_for.as_ref().is_none_or(|part| name.contains(part));
        found |= wanted;
        wanted
    };
    println!("ns each, and the ratio to the `wgpu` crate");
    // The variable is read when an instance is made. Drivers start their threads with the first device.
    let instances = [on_webgpu_as("direct"), on_webgpu_as("engine")];
    let peer = on_wgpu::Gpu::new(&on_wgpu::instance());
    let [direct, engine] = instances.map(|instance| on_webgpu::Gpu::new(&instance));
    let rows = peer.rows().into_iter().zip(direct.rows()).zip(engine.rows());
    for (((name, peer), (_, direct)), (_, engine)) in rows {
        if wanted(name) {
            row(name, &mut [("wgpu", peer), ("webgpu", direct), ("through ffi", engine)]);
        }
    }
    if wanted(start::NAME) {
        start::measure();
    }
    assert!(found, "no row has that in its name");
}

fn on_webgpu_as(calls: &str) -> webgpu::Instance {
    // SAFETY: no other thread runs yet.
    unsafe { std::env::set_var("WEBGPU_CALLS", calls) };
    on_webgpu::instance()
}
