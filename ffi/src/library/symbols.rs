//! The symbols that a library exports, read from its file.

use super::Library;
use crate::Error;

impl Library {
    /// The names of all functions and variables that the library exports, sorted. Read from its file; for ELF, the format
    /// of Linux, alone.
    ///
    /// ```
    /// # #[cfg(all(target_os = "linux", target_env = "gnu"))] {
    /// use ffi::Library;
    /// // SAFETY: libm's initialisers do nothing that could go wrong.
    /// let symbols = unsafe { Library::find("m") }?.symbols()?;
    /// assert!(symbols.binary_search(&"pow".to_owned()).is_ok());
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SymbolsUnknown`] where the file is not found, cannot be read, or is not ELF.
    pub fn symbols(&self) -> Result<Vec<String>, Error> {
        let unknown = |why: String| Error::SymbolsUnknown { library: self.path().to_owned(), why };
        let path = match self.0.is_program {
            true => std::env::current_exe().map_err(|error| unknown(error.to_string()))?,
            false => file::of(self).map_err(unknown)?,
        };
        let bytes = std::fs::read(&path)
            .map_err(|error| unknown(format!("{} cannot be read: {error}", path.display())))?;
        let mut symbols = elf::exports(&bytes)
            .ok_or_else(|| unknown(format!("{} is no ELF file of 64 bits", path.display())))?;
        symbols.sort();
        symbols.dedup();
        Ok(symbols)
    }
}

#[cfg(target_os = "linux")]
mod file {
    use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;
    use std::ptr::null;

    use libloading::os::unix::{Library as Handle, RTLD_LAZY};

    /// What the loader keeps of a library; more fields follow.
    #[repr(C)]
    struct LinkMap {
        base: usize,
        name: *const c_char,
    }

    unsafe extern "C" {
        fn dlinfo(handle: *mut c_void, request: c_int, information: *mut c_void) -> c_int;
    }

    const RTLD_NOLOAD: c_int = 4;
    const RTLD_DI_LINKMAP: c_int = 2;

    /// The file that a library was loaded from.
    pub(super) fn of(library: &super::Library) -> Result<PathBuf, String> {
        // SAFETY: the library is open already: nothing is initialised.
        let handle = unsafe { Handle::open(Some(library.path()), RTLD_LAZY | RTLD_NOLOAD) };
        let handle = handle.map_err(|error| crate::error::words(&error))?.into_raw();
        let mut map: *const LinkMap = null();
        // SAFETY: the handle is open, and this request stores one pointer.
        let status = unsafe { dlinfo(handle, RTLD_DI_LINKMAP, (&raw mut map).cast()) };
        let path = if status == 0 && !map.is_null() {
            // SAFETY: the loader keeps the entry, and its name, while the library is open.
            let name = unsafe { CStr::from_ptr((*map).name) };
            Ok(OsStr::from_bytes(name.to_bytes()).into())
        } else {
            Err("the loader does not say where it is".to_owned())
        };
        // SAFETY: it is the handle from above.
        drop(unsafe { Handle::from_raw(handle) });
        path
    }
}

#[cfg(not(target_os = "linux"))]
mod file {
    pub(super) fn of(_: &super::Library) -> Result<std::path::PathBuf, String> {
        Err("only ELF files are read, on Linux".to_owned())
    }
}

mod elf {
    //! ELF of 64 bits, little endian ("Tool Interface Standard, Executable and Linking Format").

    const DYNAMIC_SYMBOLS: u32 = 11;

    /// A number of `size` bytes.
    fn number(bytes: &[u8], offset: usize, size: usize) -> Option<u64> {
        let mut word = [0; 8];
        word[..size].copy_from_slice(bytes.get(offset..offset.checked_add(size)?)?);
        Some(u64::from_le_bytes(word))
    }

    /// Part of the file, as a section header says.
    struct Section<'a> {
        kind: u32,
        link: usize,
        bytes: &'a [u8],
    }

    fn section(file: &[u8], index: usize) -> Option<Section<'_>> {
        let table = usize::try_from(number(file, 0x28, 8)?).ok()?;
        let header = table.checked_add(index.checked_mul(64)?)?;
        let field = |offset: usize, size| number(file, header.checked_add(offset)?, size);
        let (start, size) =
            (usize::try_from(field(0x18, 8)?).ok()?, usize::try_from(field(0x20, 8)?).ok()?);
        let kind = field(4, 4)? as u32;
        // A section without content in the file has a size all the same.
        let bytes = file.get(start..start.checked_add(size)?).unwrap_or(&[]);
        Some(Section { kind, link: field(0x28, 4)? as usize, bytes })
    }

    /// The names of the defined dynamic symbols; none for another format.
    pub(super) fn exports(file: &[u8]) -> Option<Vec<String>> {
        if file.get(..6)? != b"\x7fELF\x02\x01" || number(file, 0x3a, 2)? != 64 {
            return None;
        }
        let count = usize::try_from(number(file, 0x3c, 2)?).ok()?;
        let sections = (0..count).filter_map(|index| section(file, index));
        let mut names = Vec::new();
        for symbols in sections.filter(|section| section.kind == DYNAMIC_SYMBOLS) {
            let strings = section(file, symbols.link)?.bytes;
            for symbol in symbols.bytes.chunks_exact(24) {
                let (name, info, section) =
                    (number(symbol, 0, 4)? as usize, symbol[4], number(symbol, 6, 2)?);
                // Defined here, global, weak or unique, and a function, variable or something that chooses a function.
                let exported = section != 0
                    && matches!(info >> 4, 1 | 2 | 10)
                    && matches!(info & 15, 0 | 1 | 2 | 10);
                let text = strings.get(name..)?.split(|byte| *byte == 0).next()?;
                if exported && !text.is_empty() {
                    names.push(String::from_utf8_lossy(text).into_owned());
                }
            }
        }
        Some(names)
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn broken_files_are_refused_or_read_as_far_as_they_go() {
            let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
            for length in [0, 5, 6, 63, 64, 1000, program.len() / 2] {
                let _ = super::exports(&program[..length]);
            }
            assert_eq!(
                super::exports(b"MZ and whatever follows, long enough for a header of a file"),
                None
            );
            // Every byte of the header and of the first section headers, changed.
            let table = super::number(&program, 0x28, 8).unwrap_or(0) as usize;
            for at in (0..64).chain(table..(table + 640).min(program.len())) {
                let mut broken = program.clone();
                broken[at] ^= 0xff;
                let _ = super::exports(&broken);
            }
        }
    }
}
