//! A dynamic FFI engine in pure Rust: call any C function whose signature is known only at run time, and let C call
//! back.
//!
//! No C compiler, no libffi, no build script, and no memory is made executable at run time.
//!
//! # From signature to call
//! A [`Type`] describes a C value, a [`Signature`] a function. [`CallInterface`] prepares calls of a signature under a
//! calling convention ([`Abi`]); [`Callback`] makes a C function pointer of a signature out of a Rust closure;
//! [`Interposer`](interpose::Interposer) stands between a C function and its callers. [`Library`] finds symbols;
//! [`Function`] is the short way where the signature is known at compile time, [`Library::declare`] where it is C text.
//! The [`guide`] walks one task through all of them.
//!
//! The names that most programs use stand here; the rest stands in the modules, each of one subject.
//!
//! # Features
//! All are on by default. Without any of them there are types, signatures, calls, callbacks, interposers, libraries and the
//! functions whose signature is known at compile time.
//!
//! | feature | what it adds |
//! |---|---|
//! | `declare` | C declarations as text: [`Declarations`], [`Library::declare`], [`BoundLibrary`](declare::BoundLibrary), [`View`](declare::View); includes `value` |
//! | `symbols` | the names that a library exports: [`Library::symbols`], [`Library::symbols_in`] |
//! | `trace` | the module [`trace`]: a line for each call |
//! | `value` | values whose type is known at run time: [`Value`], [`CallInterface::call_values`] |
//! | `worker` | the module [`worker`]: calls with a deadline, calls on other threads |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))),
    allow(dead_code, unused_imports, reason = "on a processor without stubs nothing is called")
)]

pub mod abi;
mod arch;
mod arg;
pub mod c_type;
pub mod call;
pub mod callback;
mod code;
mod convention;
#[cfg(feature = "declare")]
pub mod declare;
pub mod error;
pub mod function;
#[doc = include_str!("guide.md")]
pub mod guide {}
pub mod interpose;
pub mod library;
mod object;
pub mod signature;
#[cfg(feature = "trace")]
pub mod trace;
pub mod types;
mod unwinding;
#[cfg(feature = "value")]
pub mod value;
#[cfg(feature = "worker")]
pub mod worker;

pub use arg::Arg;
#[doc(inline)]
pub use c_type::CType;
#[doc(inline)]
pub use call::CallInterface;
#[doc(inline)]
pub use callback::{Callback, Incoming};
pub use code::CodePtr;
pub use convention::Abi;
#[cfg(feature = "declare")]
#[doc(inline)]
pub use declare::{Argument, Declarations, Declared};
#[doc(inline)]
pub use error::Error;
#[doc(inline)]
pub use function::{Function, FunctionPointer};
#[doc(inline)]
pub use library::Library;
#[doc(inline)]
pub use signature::{Parameter, Signature};
#[doc(inline)]
pub use types::{Field, StructType, Type};
#[cfg(feature = "value")]
#[doc(inline)]
pub use value::Value;
