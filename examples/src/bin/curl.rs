//! libcurl, whose options are variadic: a file fetched into a closure, and what is known of the transfer.

use std::ffi::c_void;
use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};
use ffi::callback::Locked;
use ffi::declare::{ArgumentList, BoundLibrary};
use ffi::{Argument, Callback, Declarations, Library, Value};

/// What curl.h declares, but for what this program does not use. Options are numbers there too, made by macros.
const CURL: &str = "
    typedef struct Curl_easy CURL;
    typedef long long curl_off_t;
    CURL *curl_easy_init(void);
    int curl_easy_setopt(CURL *handle, unsigned option, ...);
    int curl_easy_perform(CURL *handle);
    int curl_easy_getinfo(CURL *handle, unsigned information, ...);
    void curl_easy_cleanup(CURL *handle);
    const char *curl_easy_strerror(int code);
    enum {
        CURLOPT_PROTOCOLS = 181, CURLOPT_URL = 10002, CURLOPT_WRITEFUNCTION = 20011,
        CURLINFO_SIZE_DOWNLOAD_T = 0x600008,
        CURLPROTO_FILE = 1 << 10,
    };
";

struct Curl(BoundLibrary);

impl Curl {
    /// Calls a function that returns an error code.
    ///
    /// # Safety
    /// libcurl takes these arguments.
    unsafe fn check<'a>(&self, name: &str, arguments: impl ArgumentList<'a>) -> Result<()> {
        // SAFETY: the declarations are libcurl's; for the arguments, the caller answers.
        let code = unsafe { self.0.call(name, arguments) }?;
        if code != Value::I32(0) {
            // SAFETY: it takes any code and returns a text that stays.
            let why = unsafe { self.0.call("curl_easy_strerror", (&code,))?.text(200) }?;
            bail!("{name} returned {code}: {}", why.unwrap_or_default());
        }
        Ok(())
    }

    /// Fetches a file; returns its bytes and the number of them that libcurl counted.
    fn fetch(&self, url: &str) -> Result<(Vec<u8>, i64)> {
        let mut fetched = Vec::new();
        let write = |data: *const u8, size: usize, count: usize, _: *mut c_void| {
            // SAFETY: libcurl passes so many bytes.
            fetched.extend_from_slice(unsafe { std::slice::from_raw_parts(data, size * count) });
            size * count
        };
        let write = Callback::from_fn("write", Locked::new(write))?;
        // SAFETY: it has no parameters.
        let handle = unsafe { self.0.call("curl_easy_init", ()) }?;
        let size = self.transfer(&handle, url, &write);
        // SAFETY: the handle is not used any more.
        unsafe { self.0.call("curl_easy_cleanup", (handle,)) }?;
        drop(write);
        Ok((fetched, size?))
    }

    fn transfer(&self, handle: &Value, url: &str, write: &Callback<'_>) -> Result<i64> {
        // What stands for `...` has no declaration: it has to have the type that the option asks for.
        let files = Argument::cast("long", self.0.constant("CURLPROTO_FILE")?);
        let options = [
            ("CURLOPT_PROTOCOLS", files),
            ("CURLOPT_URL", url.into()),
            ("CURLOPT_WRITEFUNCTION", write.into()),
        ];
        for (option, value) in options {
            let arguments = (handle, self.0.constant(option)?, value);
            // SAFETY: a long, a string, and a function of the type that is asked for.
            unsafe { self.check("curl_easy_setopt", arguments) }?;
        }
        // SAFETY: the callback lives until the handle is cleaned up.
        unsafe { self.check("curl_easy_perform", (handle,)) }?;
        let mut size = [0_i64];
        let arguments = (handle, self.0.constant("CURLINFO_SIZE_DOWNLOAD_T")?, &mut size);
        // SAFETY: it is stored as a `curl_off_t`.
        unsafe { self.check("curl_easy_getinfo", arguments) }?;
        Ok(size[0])
    }
}

fn main() -> ExitCode {
    examples::run("curl", |out| {
        // SAFETY: libcurl has no initialisers of note.
        let library = unsafe { Library::find("curl") }?;
        let curl = Curl(library.bind(&Declarations::parse(CURL)?));
        let file = std::env::current_exe()?;
        let (fetched, size) = curl.fetch(&format!("file://{}", file.display()))?;
        let same = fetched == std::fs::read(&file)?;
        writeln!(out, "fetched {size} bytes of this program, the same as on disk: {same}")?;
        let refused = [curl.fetch("file:///no/such/file"), curl.fetch("http://localhost/")];
        for refused in refused {
            writeln!(out, "a mistake: {}", refused.expect_err("neither is fetched"))?;
        }
        Ok(())
    })
}
