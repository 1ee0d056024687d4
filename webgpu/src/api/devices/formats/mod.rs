//! What an adapter can do with textures of each format.
//!
//! The engine's C interface has no function for it. But a device with
//! [`Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES`](crate::Features) checks what it is asked for against what the
//! adapter can do, and says in a refusal what was missing. So a device is opened and asked, format by format, for what no
//! device can give: whether the engine minds the format, or comes as far as what it is sure to refuse, tells the two apart.
//! Nothing is made but a shader module, and the driver is asked for nothing that it may not have.

mod probe;
mod table;

pub(crate) use table::FormatTable;
