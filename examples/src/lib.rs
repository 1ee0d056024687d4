//! What the example programs share, so that each of them shows its own subject and little else.
//!
//! A program that computes or prints passes a function to [`run`], which reports its error and chooses the exit code.
//! A program that draws implements [`Example`] and passes it to [`draw`]: it then draws into a window, or with
//! `--headless FILE.png` into a file, from the same code.
//!
//! - [`gpu`]: instance, adapter, device and queue; errors the device reports
//! - [`needs`]: what a program needs of an adapter, and what one lacks
//! - [`example`]: the trait of a program that draws, and its command line
//! - [`headless`]: draws into a texture and saves it as a PNG
//! - [`kernel`]: what the programs that only compute share
//! - `window` (feature `window`): the winit event loop; `running`: an example in its windows; `screen`: the surface of a
//!   window through all it can go through
//! - [`readback`]: brings a buffer's content to the CPU
//! - [`child`]: processes of a program's own, and how they ended
//! - [`c`]: calls of C functions with arguments as text
//! - [`camera`], [`mesh`]: where a scene is seen from, and bodies to put into it
//! - [`resources`]: textures to draw on, uniform buffers, bind groups, attachments
//! - [`report`]: errors with their causes on stderr, and exit codes
//! - [`engine`] (feature `engine`): the few calls that the `wgpu` crate does not have: which engine library, and how it is
//!   called

pub mod c;
pub mod camera;
pub mod child;
#[cfg_attr(not(feature = "engine"), path = "no_engine.rs")]
pub mod engine;
pub mod example;
pub mod gpu;
pub mod headless;
pub mod kernel;
pub mod mesh;
pub mod needs;
pub mod options;
pub mod readback;
pub mod report;
pub mod resources;
#[cfg(feature = "window")]
mod running;
#[cfg(feature = "window")]
pub mod screen;
#[cfg(feature = "window")]
pub mod window;

pub use example::{Example, Frame, Target, draw};
pub use gpu::Gpu;
pub use report::{Usage, run};

/// Has the code in the README compiled with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
