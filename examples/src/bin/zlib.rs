//! zlib by its declarations: a checksum, and a text through the stream struct, compressed and back.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use ffi::declare::BoundLibrary;
use ffi::{Argument, Declarations, Library, Value};

/// What zlib.h declares, but for what this program does not use.
const ZLIB: &str = "
    #define Z_FINISH 4
    #define Z_STREAM_END 1
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

/// Sends bytes through `deflate` or `inflate`, into at most `room` bytes.
fn through(
    zlib: &BoundLibrary,
    name: &str,
    level: Option<i32>,
    input: &[u8],
    room: usize,
) -> Result<Vec<u8>> {
    let mut output = vec![0; room];
    let stream = zlib.declarations().zeroed("z_stream")?;
    stream.set("next_in", input.as_ptr())?;
    stream.set("avail_in", input.len())?;
    stream.set("next_out", output.as_mut_ptr())?;
    stream.set("avail_out", room)?;
    // SAFETY: it has no parameters.
    let version = unsafe { zlib.call("zlibVersion", ()) }?;
    let mut arguments: Vec<Argument<'_>> = vec![(&stream).into()];
    arguments.extend(level.map(Argument::from));
    arguments.extend([version.into(), zlib.declarations().size_of("z_stream")?.into()]);
    // SAFETY: these are its arguments, and zlib asks for zeros where nothing is set.
    let status = unsafe { zlib.call(&format!("{name}Init_"), arguments) }?;
    ensure!(status == Value::I32(0), "zlib does not begin: {status}");
    // SAFETY: the stream has begun, and input and output are where it says.
    let status = unsafe { zlib.call(name, (&stream, zlib.constant("Z_FINISH")?)) }?;
    // SAFETY: the stream has begun.
    unsafe { zlib.call(&format!("{name}End"), (&stream,)) }?;
    ensure!(status == zlib.constant("Z_STREAM_END")?, "{name} ended with {status}");
    output.truncate(stream.get("total_out")?.convert()?);
    Ok(output)
}

fn main() -> ExitCode {
    examples::run("zlib", |out| {
        // SAFETY: zlib has no initialisers of note.
        let library = unsafe { Library::find("z") }?;
        let zlib = library.bind(&Declarations::parse(ZLIB)?);
        let text = "the same again and again, ".repeat(40);
        let (bytes, length) = (text.as_bytes(), text.len() as u64);
        // SAFETY: the slice is as long as it says.
        let crc = unsafe { zlib.call("crc32", (0, bytes, length)) }?;
        writeln!(out, "crc32 {:08x}", crc.convert::<u64>()?)?;
        let packed = through(&zlib, "deflate", Some(9), bytes, 1000)?;
        writeln!(out, "{} bytes packed into {}", text.len(), packed.len())?;
        let unpacked = through(&zlib, "inflate", None, &packed, text.len())?;
        ensure!(unpacked == bytes, "it came back changed");
        writeln!(out, "and back")?;
        let broken = through(&zlib, "inflate", None, b"not packed at all", 100);
        Ok(writeln!(out, "a mistake: {}", broken.expect_err("these bytes are no stream"))?)
    })
}
