//! Shared libraries and their symbols.

mod bytes;
mod image;
mod search;
#[cfg(feature = "symbols")]
mod symbols;

use std::ffi::{OsStr, c_void};
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use crate::{CodePtr, Error};

/// An open shared library. Clones share it; the last one to go closes it.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use ffi::Library;
/// // SAFETY: libm's initialisers do nothing that could go wrong.
/// let libm = unsafe { Library::open("libm.so.6") }?;
/// // SAFETY: this is pow's signature.
/// let pow = unsafe { libm.function::<unsafe extern "C" fn(f64, f64) -> f64>("pow") }?;
/// // SAFETY: pow takes any numbers.
/// assert_eq!(unsafe { pow(2.0, 10.0) }, 1024.0);
/// # }
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// What was found in a library borrows it: neither a [`Symbol`] nor a [`Function`](crate::Function) can be kept for longer.
///
/// ```compile_fail,E0505
/// let libm = unsafe { ffi::Library::open("libm.so.6") }?;
/// let pow = unsafe { libm.function::<unsafe extern "C" fn(f64, f64) -> f64>("pow") }?;
/// drop(libm);
/// unsafe { pow(2.0, 10.0) };
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// ```compile_fail,E0515
/// fn pow() -> ffi::library::Symbol<'static> {
///     let libm = unsafe { ffi::Library::open("libm.so.6") }.expect("every system has it");
///     libm.symbol("pow").expect("it is one of its functions")
/// }
/// ```
#[derive(Clone)]
pub struct Library(Arc<Open>);

struct Open {
    library: libloading::Library,
    /// None for the program itself.
    path: Option<String>,
}

/// What stands for the path of the program.
const PROGRAM: &str = "the program itself";

/// The address of something in a library, which cannot outlive it.
#[derive(Clone, Copy, Debug)]
pub struct Symbol<'library> {
    code: CodePtr,
    library: std::marker::PhantomData<&'library Library>,
}

impl Library {
    /// Opens a library by path, or by a name that the system's loader searches for.
    ///
    /// # Errors
    /// [`Error::LibraryOpen`] with the loader's own words.
    ///
    /// # Safety
    /// The library's initialisers run now, and its finalisers when the last clone is dropped.
    pub unsafe fn open(path: impl AsRef<OsStr>) -> Result<Library, Error> {
        let path = path.as_ref();
        // SAFETY: the caller's contract.
        let library = unsafe { libloading::Library::new(path) };
        let path = path.to_string_lossy().into_owned();
        match library {
            Ok(library) => Ok(Library(Arc::new(Open { library, path: Some(path) }))),
            Err(error) => Err(Error::LibraryOpen { path, source: Box::new(error) }),
        }
    }

    /// The program itself, with the libraries it is linked to.
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// let program = ffi::Library::this()?;
    /// // SAFETY: this is abs's signature.
    /// let abs = unsafe { program.function::<unsafe extern "C" fn(i32) -> i32>("abs") }?;
    /// // SAFETY: the number has a positive counterpart.
    /// assert_eq!(unsafe { abs(-3) }, 3);
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LibraryOpen`] with the system's own words.
    pub fn this() -> Result<Library, Error> {
        #[cfg(unix)]
        let library = Ok(libloading::os::unix::Library::this());
        #[cfg(windows)]
        let library = libloading::os::windows::Library::this();
        match library {
            Ok(library) => {
                let library = library.into();
                Ok(Library(Arc::new(Open { library, path: None })))
            }
            Err::<_, libloading::Error>(error) => {
                Err(Error::LibraryOpen { path: PROGRAM.into(), source: Box::new(error) })
            }
        }
    }

    /// The name or path it was opened with.
    pub fn path(&self) -> &str {
        self.0.path.as_deref().unwrap_or(PROGRAM)
    }

    /// The address of a symbol.
    ///
    /// It is valid while the library is open, which is the caller's to see to; [`Library::symbol`] has the compiler see
    /// to it.
    ///
    /// # Errors
    /// [`Error::SymbolMissing`] and [`Error::SymbolNull`], which name symbol and library.
    pub fn address(&self, symbol: &str) -> Result<CodePtr, Error> {
        // SAFETY: the address is read as an address, which fits any symbol.
        let found = unsafe { self.0.library.get::<*const c_void>(symbol) };
        let library = || self.path().to_owned();
        match found {
            Ok(address) => CodePtr::new(*address)
                .ok_or_else(|| Error::SymbolNull { symbol: symbol.to_owned(), library: library() }),
            Err(error) => Err(Error::SymbolMissing {
                symbol: symbol.to_owned(),
                library: library(),
                source: Box::new(error),
            }),
        }
    }

    /// A symbol that borrows the library.
    ///
    /// # Errors
    /// As [`Library::address`].
    pub fn symbol(&self, symbol: &str) -> Result<Symbol<'_>, Error> {
        self.address(symbol).map(|code| Symbol { code, library: std::marker::PhantomData })
    }
}

impl Symbol<'_> {
    /// The address, as that of a function.
    pub fn code(self) -> CodePtr {
        self.code
    }

    /// The address, as that of a variable.
    pub fn as_ptr(self) -> *mut c_void {
        self.code.as_ptr().cast_mut()
    }
}

impl Debug for Library {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Library").field(&self.path()).finish()
    }
}
