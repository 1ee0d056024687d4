//! What the trampolines read.

use std::sync::atomic::{AtomicPtr, AtomicU32};

/// How many callbacks can live at once.
pub(crate) const SLOT_COUNT: usize = 8192;

/// What the trampolines read. The code of each is fixed; its slot says where it leads.
pub(crate) static SLOTS: [Slot; SLOT_COUNT] = [const { Slot::FREE }; SLOT_COUNT];

/// What one trampoline leads to.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Slot {
    /// Saves the registers and calls the handler: an [`Entry`](super::Entry).
    pub(crate) entry: AtomicPtr<()>,
    /// A [`Handler`](super::Handler).
    pub(crate) handler: AtomicPtr<()>,
    /// The handler's data.
    pub(crate) data: AtomicPtr<()>,
    /// While the slot is free: the next free slot, as one more than its index, or 0.
    pub(crate) next: AtomicU32,
}

impl Slot {
    #[expect(clippy::declare_interior_mutable_const, reason = "it only initialises the table")]
    const FREE: Slot = Slot {
        entry: AtomicPtr::new(std::ptr::null_mut()),
        handler: AtomicPtr::new(std::ptr::null_mut()),
        data: AtomicPtr::new(std::ptr::null_mut()),
        next: AtomicU32::new(0),
    };
}
