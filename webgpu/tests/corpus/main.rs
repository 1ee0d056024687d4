//! Every object of the API, on the `wgpu` crate too: `cargo xtask compare` runs these tests on both and compares what they
//! write down. A module is about one object, a test about one subject.

#[path = "../common/mod.rs"]
mod common;
mod drawing;
mod kit;

mod binding;
mod blending;
mod buffer;
mod bundle;
mod bundle_mistakes;
mod bundle_resources;
mod bundle_targets;
mod compute;
mod depth_stencil;
mod draws;
mod encoder;
mod features;
mod formats;
mod instance;
mod query;
mod queue;
mod random_types;
mod render_pass;
mod render_pipeline;
mod sampler;
mod scope;
mod shader;
mod targets;
mod texture;
mod util;
mod vertices;
mod view;
mod workgroup_pipelines;
mod workgroups;
