//! arm64.

mod callback;
mod compile;
mod image;
mod program;
mod returns;
mod stubs;
mod unwind;

pub(crate) use callback::{
    CallbackFrame, DataEntry, Entry, Handler, callback_entry, data_entry, handler, host_handler,
    place_offset, trampoline, upper_half_offset,
};
pub(crate) use image::Image;
pub(crate) use program::Program;
