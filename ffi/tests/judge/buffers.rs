//! Memory that the tests share with C.

use std::ffi::c_void;

use ffi::{Abi, Library, Type};

/// Bytes of the buffers shared with C.
const SIZE: usize = 1 << 18;

/// The most arguments whose numbers C tells.
const NUMBERS: usize = 256;

/// What functions of the convention are declared with where others are usual.
pub(super) fn convention(abi: Abi) -> &'static str {
    match abi {
        Abi::Win64 => "__attribute__((ms_abi)) ",
        _ => "",
    }
}

/// The C text that declares the buffers and what callees call.
pub(super) fn declarations(abi: Abi) -> String {
    let convention = convention(abi);
    format!(
        "#define HIDDEN __attribute__((visibility(\"hidden\")))\n\
         extern HIDDEN unsigned char given[], received[], returned[];\n\
         extern HIDDEN long long widened[];\n\
         extern HIDDEN {convention}void begin(void *), take(void *, long long, long long, long long);\n"
    )
}

/// The C text of the buffers, as aligned as any argument. A generated function reaches them by the shortest way, this
/// program through `shared`. A callee owns its parameters and may spoil them: nobody else may notice.
///
/// A large frame made for Windows asks for its pages first: Linux needs no asking.
pub(super) fn text(abi: Abi) -> String {
    let declarations = declarations(abi);
    let convention = convention(abi);
    format!(
        "{declarations}\
         #define BUFFER __attribute__((aligned(4096))) unsigned char\n\
         BUFFER given[{SIZE}], received[{SIZE}], returned[{SIZE}];\n\
         static unsigned char misaligned;\n\
         long long widened[{NUMBERS}];\n\
         void *const shared[] = {{ given, received, returned, &misaligned, widened }};\n\
         {convention}void begin(void *stack) {{ misaligned = (__UINTPTR_TYPE__)stack % 16 != 0; }}\n\
         {convention}void take(void *value, long long offset, long long size, long long alignment) {{\n\
           misaligned |= (__UINTPTR_TYPE__)value % alignment != 0;\n\
           __builtin_memcpy(received + offset, value, size);\n\
           __builtin_memset(value, 0x5c, size);\n\
         }}\n\
         #ifdef __aarch64__\n\
         __asm__(\".hidden __chkstk\\n.globl __chkstk\\n__chkstk: ret\");\n\
         #endif\n"
    )
}

/// The buffers of a generated library.
pub(super) struct Shared<'library> {
    table: *const *mut u8,
    library: std::marker::PhantomData<&'library Library>,
}

impl<'library> Shared<'library> {
    pub(super) fn of(library: &'library Library) -> Shared<'library> {
        let table = library.symbol("shared").unwrap().as_ptr().cast();
        Shared { table, library: std::marker::PhantomData }
    }

    fn buffer(&self, number: usize) -> *mut u8 {
        // SAFETY: the table has five addresses.
        unsafe { self.table.add(number).read() }
    }

    fn fill(&self, number: usize, bytes: &[u8]) {
        assert!(bytes.len() <= SIZE, "{} bytes do not fit into the shared buffer", bytes.len());
        // SAFETY: the buffer has this size, and no C function runs.
        unsafe { self.buffer(number).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }

    /// Has callers pass these bytes.
    pub(super) fn set_given(&self, bytes: &[u8]) {
        self.fill(0, bytes);
    }

    /// Has callees return these bytes.
    pub(super) fn set_returned(&self, bytes: &[u8]) {
        self.fill(2, bytes);
    }

    /// The first bytes of what the last callee received.
    pub(super) fn received(&self, length: usize) -> &[u8] {
        assert!(length <= SIZE, "{length} bytes do not fit into the shared buffer");
        // SAFETY: the buffer has this size, and no C function runs while it is read.
        unsafe { std::slice::from_raw_parts(self.buffer(1), length) }
    }

    /// The number that the last callee took an integer argument for, or the last caller the result.
    pub(super) fn widened(&self, argument: usize) -> i64 {
        assert!(argument < NUMBERS, "C tells the numbers of {NUMBERS} arguments");
        // SAFETY: the list is as long, and no C function runs while it is read.
        unsafe { self.buffer(4).cast::<i64>().add(argument).read() }
    }

    /// Forgets the first bytes of what the last callee received, and all numbers.
    pub(super) fn clear(&self, length: usize) {
        assert!(length <= SIZE, "{length} bytes do not fit into the shared buffer");
        // SAFETY: the buffer has this size, and no C function runs.
        unsafe { self.buffer(1).write_bytes(0, length) };
        // SAFETY: as above.
        unsafe { self.buffer(4).write_bytes(0, 8 * NUMBERS) };
    }

    /// Whether the last callee's stack, or one of its parameters, was not aligned.
    pub(super) fn misaligned(&self) -> bool {
        // SAFETY: a byte that the callee has written.
        unsafe { self.buffer(3).read() != 0 }
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
