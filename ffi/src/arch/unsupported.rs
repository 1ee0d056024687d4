//! Processors without stubs: everything compiles, and preparing a call says that it cannot be made.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use super::{Receive, Word};
use crate::abi::{Abi, Place, Plan};
use crate::arg::Arg;
use crate::c_type::CType;
use crate::{CodePtr, Error};

/// The steps of a prepared call; there are none.
#[derive(Debug)]
pub(crate) enum Program {}

impl Program {
    /// # Errors
    /// [`Error::UnsupportedPlatform`], always.
    pub(crate) fn compile(plan: &Plan) -> Result<Program, Error> {
        Err(unsupported(plan))
    }

    /// # Safety
    /// None: there is no program to run.
    pub(crate) unsafe fn run(&self, _: *const c_void, _: *const Arg<'_>, _: *mut u8) {
        match *self {}
    }

    /// # Safety
    /// None: there is no program to run.
    pub(crate) unsafe fn scalar<R: CType>(&self, _: *const c_void, _: *const Arg<'_>) -> R {
        match *self {}
    }
}

/// How to call with a register image; there is no way.
#[derive(Debug)]
pub(crate) enum Image {}

impl Image {
    pub(crate) fn of(_: &Plan) -> Option<Image> {
        None
    }

    pub(crate) fn words(&self) -> usize {
        match *self {}
    }

    pub(crate) fn word(_: Place) -> usize {
        0
    }

    /// # Safety
    /// None: there is no image.
    pub(crate) unsafe fn run(&self, _: *const c_void, _: &mut [MaybeUninit<u64>], _: *mut u8) {
        match *self {}
    }

    /// # Safety
    /// None: there is no image.
    pub(crate) unsafe fn scalar<R: CType>(&self, _: *const c_void, _: &[MaybeUninit<u64>]) -> R {
        match *self {}
    }
}

/// The code that a trampoline continues with.
pub(crate) type Entry = unsafe extern "C" fn();

/// How a typed callback gets its data; there is no way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DataEntry {
    /// As an integer.
    Integer(Entry),
    /// As a double.
    Vector(Entry),
}

impl DataEntry {
    pub(crate) fn code(self) -> Entry {
        let (DataEntry::Integer(entry) | DataEntry::Vector(entry)) = self;
        entry
    }
}

pub(crate) fn data_entry(_: usize, _: usize) -> Option<DataEntry> {
    None
}

/// The address of what an entry calls.
pub(crate) type Handler = *mut ();

pub(crate) fn handler<R: Receive>(_: Abi) -> Handler {
    unsafe extern "C-unwind" fn handler<R: Receive>(
        data: *const (),
        frame: *mut CallbackFrame,
    ) -> Word {
        // SAFETY: an entry passes what `receive` asks for.
        unsafe { R::receive(data, frame) }
    }
    handler::<R> as Handler
}

pub(crate) fn host_handler<R: Receive>() -> Handler {
    handler::<R>(Abi::HOST)
}

/// The arguments of a call from C; none ever comes.
#[derive(Debug)]
pub(crate) struct CallbackFrame(());

impl CallbackFrame {
    pub(crate) fn set_integer_result(&mut self, _: u8, _: Word) {}

    pub(crate) fn set_float_result(&mut self, _: Word) {}

    pub(crate) fn set_vector_result(&mut self, _: u8, _: [Word; 4]) {}

    pub(crate) fn set_x87_result(&mut self, _: u8, _: [Word; 2]) {}
}

/// # Errors
/// [`Error::UnsupportedPlatform`], always.
pub(crate) fn callback_entry(plan: &Plan) -> Result<Entry, Error> {
    Err(unsupported(plan))
}

pub(crate) fn place_offset(_: Abi, _: Place) -> usize {
    0
}

pub(crate) fn upper_half_offset(_: Place) -> usize {
    0
}

pub(crate) fn trampoline(_: usize) -> CodePtr {
    unreachable!("no slot is claimed where no entry can be chosen")
}

fn unsupported(plan: &Plan) -> Error {
    Error::UnsupportedPlatform { abi: plan.abi, architecture: std::env::consts::ARCH }
}
