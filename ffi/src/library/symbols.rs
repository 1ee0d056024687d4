//! The symbols that a library exports, read from its file.

mod elf;
mod file;
mod mach;
mod name;
mod pe;

use std::path::Path;

use super::Library;
use crate::Error;

impl Library {
    /// The names of all functions and variables that the library exports, sorted. Read from its file, as
    /// [`Library::symbols_in`] does.
    ///
    /// Thread-local variables are not among them, although [`Library::address`] finds those: it answers with the address of the
    /// calling thread's own, which is gone when that thread ends.
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
    /// [`Error::SymbolsUnknown`] where the system does not say which file it is, and as [`Library::symbols_in`]. macOS has
    /// no files of its own libraries.
    pub fn symbols(&self) -> Result<Vec<String>, Error> {
        let path = match self.0.path {
            None => std::env::current_exe().map_err(|error| error.to_string()),
            Some(_) => file::of(self),
        };
        path.and_then(|path| read(&path)).map_err(|why| unknown(self.path(), why))
    }

    /// The names of all functions and variables that the library in a file exports, sorted. It is not opened, and may be
    /// one of another system or processor: ELF, PE or Mach-O of 64 bits.
    ///
    /// Names are those that [`Library::address`] takes: without the underscore that macOS puts in front. A Mach-O file for
    /// several processors is read for that of this program.
    ///
    /// # Errors
    /// [`Error::SymbolsUnknown`] where the file cannot be read, is of another format, or is broken.
    pub fn symbols_in(path: impl AsRef<Path>) -> Result<Vec<String>, Error> {
        let path = path.as_ref();
        read(path).map_err(|why| unknown(&path.to_string_lossy(), why))
    }
}

fn unknown(library: &str, why: String) -> Error {
    Error::SymbolsUnknown { library: library.to_owned(), why }
}

fn read(path: &Path) -> Result<Vec<String>, String> {
    let file = std::fs::read(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let (what, names) = match file.as_slice() {
        [0x7f, b'E', b'L', b'F', ..] => ("ELF file of 64 bits", elf::exports(&file)),
        [b'M', b'Z', ..] => ("PE file of 64 bits", pe::exports(&file)),
        bytes if mach::is_magic(bytes) => {
            ("Mach-O file of 64 bits for this processor", mach::exports(&file))
        }
        _ => return Err(format!("{} is neither ELF nor PE nor Mach-O", path.display())),
    };
    let mut names =
        names.ok_or_else(|| format!("{} is no {what}, or it is broken", path.display()))?;
    names.sort();
    names.dedup();
    Ok(names)
}
