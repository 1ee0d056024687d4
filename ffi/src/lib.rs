//! A dynamic FFI engine in pure Rust: call any C function whose signature is known only at run time, and let C call
//! back.
//!
//! No C compiler, no libffi, no build script, and no memory is made executable at run time.
//!
//! # From signature to call
//! A [`Type`] describes a C value, a [`Signature`] a function. [`CallInterface`] prepares calls of a signature under a
//! calling convention ([`Abi`]); [`Callback`] makes a C function pointer of a signature out of a Rust closure;
//! [`Interposer`] stands between a C function and its callers. [`Library`] finds symbols; [`Function`] is the short way
//! where the signature is known at compile time, [`Library::declare`] where it is C text. The [`guide`] walks one task
//! through all of them.
//!
//! # Features
//! All are on by default. Without any of them there are types, signatures, calls, callbacks, interposers, libraries and the
//! functions whose signature is known at compile time.
//!
//! | feature | what it adds |
//! |---|---|
//! | `declare` | C declarations as text: [`Declarations`], [`Library::declare`], [`BoundLibrary`], [`View`]; includes `value` |
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
mod c_type;
mod call;
mod callback;
mod code;
mod convention;
#[cfg(feature = "declare")]
mod declare;
mod errno;
mod error;
mod frame;
mod function;
#[doc = include_str!("guide.md")]
pub mod guide {}
mod half;
mod interpose;
mod library;
mod object;
mod signature;
#[cfg(feature = "trace")]
pub mod trace;
mod types;
mod unwinding;
#[cfg(feature = "value")]
mod value;
#[cfg(feature = "worker")]
pub mod worker;

pub use abi::Plan;
pub use arg::Arg;
pub use c_type::{AnyValue, CType, Initialised};
pub use call::CallInterface;
pub use callback::{
    Arguments, Callback, CallbackBuilder, CallbackInterface, Handle, Incoming, Locked, OnPanic,
    OnceCallback, Rest, TypedFn, Unsynchronised, resuming,
};
pub use code::CodePtr;
pub use convention::Abi;
#[cfg(feature = "declare")]
pub use declare::{
    Argument, ArgumentList, BoundLibrary, CallbackType, Code, Declarations, Declared, DeclaredCall,
    DeclaredType, FinishedCall, FunctionDeclaration, FunctionType, Member, Object, PreparedCall,
    Slice, View,
};
pub use errno::ErrorNumbers;
pub use error::{DeclarationError, Error, ErrorFamily, LibraryFault};
pub use frame::{Frame, Slot};
pub use function::{Function, FunctionPointer, UnsafeFunctionPointer};
pub use half::F16;
pub use interpose::{Interposer, Invocation};
pub use library::{Library, Symbol};
pub use signature::{MAX_PARAMETERS, Parameter, Signature};
pub use types::{
    AliasType, ArrayType, BitFieldLayout, BitRange, CompositeBuilder, DataModel, Field,
    FieldLayout, Float, LongDouble, MAX_SIZE, Name, StructType, Type, UnionType, VectorType,
};
#[cfg(feature = "value")]
pub use value::{Bytes, FromValue, TypedPointer, Value};
