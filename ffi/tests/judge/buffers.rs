//! Memory that the tests share with C.

use std::ffi::c_void;

use ffi::{Library, Type};

/// Bytes of the buffers shared with C.
pub(super) const SIZE: usize = 1 << 16;

/// Where the numbers begin that C took for the integer arguments.
pub(super) const WIDENED: usize = SIZE - 8 * 256;

/// The C text of the buffers. A generated function reaches them by the shortest way, this program through `shared`.
///
/// A large frame made for Windows asks for its pages first: Linux needs no asking.
pub(super) fn text() -> String {
    format!(
        "#define HIDDEN __attribute__((visibility(\"hidden\")))\n\
         HIDDEN unsigned char received[{SIZE}], returned[{SIZE}], misaligned;\n\
         void *const shared[] = {{ received, returned, &misaligned }};\n\
         #ifdef __aarch64__\n\
         __asm__(\".hidden __chkstk\\n.globl __chkstk\\n__chkstk: ret\");\n\
         #endif\n"
    )
}

/// The buffers of a generated library.
pub(super) struct Shared<'library> {
    library: &'library Library,
}

impl<'library> Shared<'library> {
    pub(super) fn of(library: &'library Library) -> Shared<'library> {
        Shared { library }
    }

    fn buffer(&self, number: usize) -> *mut u8 {
        let table = self.library.symbol("shared").unwrap().as_ptr().cast::<*mut u8>();
        // SAFETY: the table has three addresses.
        unsafe { table.add(number).read() }
    }

    /// Has callees return these bytes.
    pub(super) fn set_returned(&self, bytes: &[u8]) {
        // SAFETY: the buffer is as large as the largest result.
        unsafe { self.buffer(1).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }

    /// What the last callee received.
    pub(super) fn received(&self) -> &[u8] {
        // SAFETY: the buffer has this size, and no C function runs while it is read.
        unsafe { std::slice::from_raw_parts(self.buffer(0), SIZE) }
    }

    /// The number that the last callee took an integer argument for, or the last caller the result.
    pub(super) fn widened(&self, argument: usize) -> i64 {
        let bytes = &self.received()[WIDENED + 8 * argument..];
        i64::from_le_bytes(bytes.first_chunk().copied().unwrap())
    }

    pub(super) fn clear_received(&self) {
        // SAFETY: the buffer has this size, and no C function runs.
        unsafe { self.buffer(0).write_bytes(0, SIZE) };
    }

    /// Whether the last callee's stack, or one of its parameters, was not aligned.
    pub(super) fn misaligned(&self) -> bool {
        // SAFETY: a byte that the callee has written.
        unsafe { self.buffer(2).read() != 0 }
    }
}

const CANARY: u8 = 0xa5;
const CANARIES: usize = 64;

/// A buffer for a value between canaries, as aligned as its type asks for and no more.
pub(super) struct Canaried {
    bytes: Vec<u8>,
    start: usize,
    size: usize,
}

impl Canaried {
    pub(super) fn new(ty: &Type) -> Canaried {
        let bytes = vec![CANARY; ty.size() + 2 * CANARIES + ty.alignment()];
        let start = CANARIES + bytes[CANARIES..].as_ptr().align_offset(ty.alignment());
        Canaried { bytes, start, size: ty.size() }
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut c_void {
        self.bytes[self.start..].as_mut_ptr().cast()
    }

    pub(super) fn value(&self) -> &[u8] {
        &self.bytes[self.start..][..self.size]
    }

    /// What was written beside the value, as text.
    pub(super) fn written_beyond(&self) -> Option<String> {
        let (before, rest) = self.bytes.split_at(self.start);
        let after = &rest[self.size..];
        let intact = before.iter().chain(after).all(|byte| *byte == CANARY);
        (!intact).then(|| format!("{before:02x?} … {after:02x?}"))
    }
}
