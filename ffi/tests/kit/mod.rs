//! What tests of declared functions share.
#![allow(dead_code, unused_macros, reason = "every test binary uses a part of it")]

use ffi::{Declared, Library};

/// A function of the libraries that this program runs with.
pub(crate) fn declare(declaration: &str) -> Declared {
    let library = Library::this().unwrap();
    library.declare(declaration).unwrap_or_else(|error| panic!("{declaration}\n{error}"))
}

/// Calls a function that the test knows to be sound with these arguments.
macro_rules! call {
    ($function:expr, $($argument:expr),* $(,)?) => {
        // SAFETY: the declaration is the function's, and it takes these arguments.
        unsafe { $function.call(($($argument,)*)) }
    };
}
