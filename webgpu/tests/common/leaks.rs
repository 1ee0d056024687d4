//! Objects that the engine still has when a test is over.

use std::sync::Arc;
use webgpu as wgpu;

/// Looks, when it and all its clones are dropped, whether the engine has released all objects of an instance. So it is
/// declared before them.
#[derive(Clone)]
#[must_use]
pub(crate) struct Check {
    last: Arc<Look>,
}

impl Check {
    /// For the objects of this instance.
    pub(crate) fn new(instance: &wgpu::Instance) -> Self {
        Self { last: Arc::new(Look { instance: instance.clone() }) }
    }

    /// Does not look, for the reason that is given.
    pub(crate) fn waive(&self, _why: &str) {
        std::mem::forget(self.clone());
    }
}

impl std::ops::Deref for Check {
    type Target = wgpu::Instance;

    fn deref(&self) -> &wgpu::Instance {
        &self.last.instance
    }
}

struct Look {
    instance: wgpu::Instance,
}

impl Drop for Look {
    fn drop(&mut self) {
        // What fails has its own message, and may leave things behind; so does a call of the `wgpu` crate that panics.
        if !std::thread::panicking() && env!("CARGO_PKG_NAME") == "webgpu" {
            let left = left(&self.instance);
            assert!(left.is_empty(), "the engine still has objects: {}", left.join(", "));
        }
    }
}

/// What the engine has, kind by kind.
///
/// Command buffers are left out: `libwgpu_native` 29 releases none that was not submitted, and offers no other way to.
pub(crate) fn left(instance: &wgpu::Instance) -> Vec<String> {
    let report = instance.generate_report().expect("a report on the engine's objects");
    let hub = report.hub_report();
    let kinds = [
        ("surfaces", report.surfaces()),
        ("adapters", &hub.adapters),
        ("devices", &hub.devices),
        ("queues", &hub.queues),
        ("pipeline layouts", &hub.pipeline_layouts),
        ("shader modules", &hub.shader_modules),
        ("bind group layouts", &hub.bind_group_layouts),
        ("bind groups", &hub.bind_groups),
        ("command encoders", &hub.command_encoders),
        ("render bundles", &hub.render_bundles),
        ("render pipelines", &hub.render_pipelines),
        ("compute pipelines", &hub.compute_pipelines),
        ("pipeline caches", &hub.pipeline_caches),
        ("query sets", &hub.query_sets),
        ("buffers", &hub.buffers),
        ("textures", &hub.textures),
        ("texture views", &hub.texture_views),
        ("external textures", &hub.external_textures),
        ("samplers", &hub.samplers),
    ];
    let kept = kinds.into_iter().filter(|(_, report)| !report.is_empty());
    kept.map(|(kind, report)| format!("{} {kind}", report.num_allocated)).collect()
}
