//! Pointers that know what they point to.

use std::any::Any;
use std::ffi::c_void;
use std::fmt::{self, Debug, Display, Formatter};
use std::sync::Arc;

/// A pointer with the type that a declaration gives it: what a declared function returns, or stores through an
/// out-parameter.
///
/// A declared function refuses it where another pointer is wanted. Its [`address`](TypedPointer::address) alone is of no
/// particular type, as [`Value::Pointer`](crate::Value::Pointer) is: any parameter that is a pointer takes that.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use ffi::{Library, Value};
/// let libc = Library::this()?;
/// let getenv = libc.declare("char *getenv(const char *name)")?;
/// let fclose = libc.declare("typedef struct file FILE; int fclose(FILE *file)")?;
/// // SAFETY: no other thread changes the environment.
/// let path = unsafe { getenv.call(("PATH",)) }?;
/// let Value::TypedPointer(text) = &path else { panic!("{path} has a type") };
/// assert_eq!(text.type_name(), "char *");
/// // SAFETY: refused before the call.
/// let error = unsafe { fclose.call((path,)) }.unwrap_err().to_string();
/// assert!(error.starts_with("argument 0 (file): (char *) 0x") && error.ends_with(" is no FILE *"));
/// # }
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone)]
pub struct TypedPointer {
    pub(crate) address: *mut c_void,
    pub(crate) ty: Arc<dyn PointerType>,
}

/// What a declaration says of a pointer.
pub(crate) trait PointerType: Any + Debug + Send + Sync {
    /// The type in C notation.
    fn name(&self) -> String;
}

impl TypedPointer {
    /// Where it points.
    pub fn address(&self) -> *mut c_void {
        self.address
    }

    /// The type in C notation: `struct stat *`.
    pub fn type_name(&self) -> String {
        self.ty.name()
    }
}

/// Equal are pointers to the same place of types with one name.
impl PartialEq for TypedPointer {
    fn eq(&self, other: &TypedPointer) -> bool {
        let same_type =
            || Arc::ptr_eq(&self.ty, &other.ty) || self.type_name() == other.type_name();
        self.address == other.address && same_type()
    }
}

impl Display for TypedPointer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.address.is_null() {
            true => f.write_str("null"),
            false => write!(f, "({}) {:#x}", self.type_name(), self.address.addr()),
        }
    }
}

impl Debug for TypedPointer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "({}) {:?}", self.type_name(), self.address)
    }
}
