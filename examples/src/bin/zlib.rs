//! zlib by its declarations: a checksum, and a text through the stream struct, compressed and back.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use ffi::{Argument, ArgumentList, CType, Declarations, Library, Value};

/// What zlib.h declares, but for what this program does not use.
const ZLIB: &str = "
    typedef unsigned char Bytef;
    typedef unsigned int uInt;
    typedef unsigned long uLong;
    typedef struct z_stream_s {
        const Bytef *next_in;   uInt avail_in;   uLong total_in;
        Bytef *next_out;        uInt avail_out;  uLong total_out;
        const char *msg;
        struct internal_state *state;
        void *(*zalloc)(void *opaque, uInt items, uInt size);
        void (*zfree)(void *opaque, void *address);
        void *opaque;
        int data_type;
        uLong adler;
        uLong reserved;
    } z_stream;
    const char *zlibVersion(void);
    uLong crc32(uLong crc, const Bytef *buffer, uInt length);
    int deflateInit_(z_stream *stream, int level, const char *version, int stream_size);
    int deflate(z_stream *stream, int flush);
    int deflateEnd(z_stream *stream);
    int inflateInit_(z_stream *stream, const char *version, int stream_size);
    int inflate(z_stream *stream, int flush);
    int inflateEnd(z_stream *stream);
";

ffi::c_struct! {
    /// `z_stream` as Rust sees it: what C keeps pointers to has to stay where it is.
    struct Stream {
        next_in: *const u8, avail_in: u32, total_in: u64,
        next_out: *mut u8, avail_out: u32, total_out: u64,
        msg: *const std::ffi::c_char,
        state: *mut std::ffi::c_void,
        zalloc: *const std::ffi::c_void, zfree: *const std::ffi::c_void, opaque: *mut std::ffi::c_void,
        data_type: i32, adler: u64, reserved: u64,
    }
}

const FINISH: i32 = 4;
const STREAM_END: i32 = 1;

struct Zlib {
    library: Library,
    declarations: Declarations,
}

impl Zlib {
    /// # Safety
    /// zlib takes these arguments.
    unsafe fn call<'a>(&self, name: &str, arguments: impl ArgumentList<'a>) -> Result<Value> {
        let function = self.library.declared(&self.declarations.function(name)?)?;
        // SAFETY: the declarations are zlib's; the caller's contract.
        Ok(unsafe { function.call(arguments) }?)
    }

    /// Sends bytes through `deflate` or `inflate`, into at most `room` bytes.
    fn through(
        &self,
        name: &str,
        level: Option<i32>,
        input: &[u8],
        room: usize,
    ) -> Result<Vec<u8>> {
        let mut output = vec![0; room];
        // SAFETY: zlib asks for zeros where nothing is set.
        let mut stream: Stream = unsafe { std::mem::zeroed() };
        (stream.next_in, stream.avail_in) = (input.as_ptr(), input.len().try_into()?);
        (stream.next_out, stream.avail_out) = (output.as_mut_ptr(), room.try_into()?);
        let stream = &raw mut stream;
        // SAFETY: it has no parameters.
        let version = unsafe { self.call("zlibVersion", ()) }?;
        let mut arguments: Vec<Argument<'_>> = vec![stream.into()];
        arguments.extend(level.map(Argument::from));
        arguments.extend([version.into(), (size_of::<Stream>() as u64).into()]);
        // SAFETY: the stream has the layout that the declarations say, which `main` has compared.
        let status = unsafe { self.call(&format!("{name}Init_"), arguments) }?;
        ensure!(status == Value::I32(0), "zlib does not begin: {status}");
        // SAFETY: the stream has begun, and input and output are where it says.
        let status = unsafe { self.call(name, (stream, FINISH)) }?;
        // SAFETY: the stream has begun.
        unsafe { self.call(&format!("{name}End"), (stream,)) }?;
        ensure!(status == Value::I32(STREAM_END), "{name} ended with {status}");
        // SAFETY: the stream lives.
        let written = unsafe { (*stream).total_out };
        output.truncate(written.try_into()?);
        Ok(output)
    }
}

fn main() -> ExitCode {
    examples::run("zlib", |out| {
        // SAFETY: zlib has no initialisers of note.
        let library = unsafe { Library::find("z") }?;
        let zlib = Zlib { library, declarations: Declarations::parse(ZLIB)? };
        let declared = zlib.declarations.value_type_named("z_stream")?;
        ensure!(Stream::c_type().has_layout_of(&declared), "the two streams differ");

        let text = "the same again and again, ".repeat(40);
        let (bytes, length) = (text.as_bytes(), text.len() as u64);
        // SAFETY: the slice is as long as it says.
        let crc = unsafe { zlib.call("crc32", (0, bytes, length)) }?;
        writeln!(out, "crc32 {:08x}", u64::try_from(crc)?)?;
        let packed = zlib.through("deflate", Some(9), bytes, 1000)?;
        writeln!(out, "{} bytes packed into {}", text.len(), packed.len())?;
        let unpacked = zlib.through("inflate", None, &packed, text.len())?;
        ensure!(unpacked == bytes, "it came back changed");
        writeln!(out, "and back")?;
        let broken = zlib.through("inflate", None, b"not packed at all", 100);
        Ok(writeln!(out, "a mistake: {}", broken.expect_err("these bytes are no stream"))?)
    })
}
