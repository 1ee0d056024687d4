//! Everything that can go wrong, one variant per cause.

mod declaration;
mod library_fault;

use std::error::Error as StdError;
use std::fmt::{self, Display, Formatter};

use crate::convention::Abi;
use crate::types::Type;
pub use declaration::DeclarationError;
pub use library_fault::LibraryFault;

/// Why a type, signature, call, callback or library could not be made or used.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// `void`, or a type without values, where a value is needed.
    VoidValue {
        /// Where it stands.
        place: String,
    },
    /// An array as parameter or result: C passes a pointer to its first element.
    ArrayByValue {
        /// Where it stands.
        place: String,
        /// The array.
        ty: Type,
    },
    /// More than the engine can describe or pass.
    TooLarge {
        /// What is too large.
        what: String,
        /// The most there may be: bytes, or parameters.
        limit: usize,
    },
    /// A packing or alignment that is no power of two.
    BadAlignment {
        /// The struct or union.
        type_name: String,
        /// The number given.
        alignment: usize,
    },
    /// A bit-field of a type or width that C does not have.
    BadBitField {
        /// The struct or union.
        type_name: String,
        /// The bit-field.
        field: String,
        /// Its declared type.
        ty: Type,
        /// Its width in bits.
        width: u32,
    },
    /// A SIMD vector that no processor has.
    BadVector {
        /// The type of the lanes.
        element: Type,
        /// Their number.
        lanes: usize,
    },
    /// A variadic call with fewer arguments than declared parameters.
    FixedCount {
        /// The number of declared parameters.
        fixed: usize,
        /// The number of arguments.
        parameters: usize,
    },
    /// A variadic argument of a type that C promotes before passing it.
    Unpromoted {
        /// The argument.
        index: usize,
        /// Its type.
        ty: Type,
        /// The type to use.
        promoted: Type,
    },
    /// The calling convention gives this type no meaning.
    NoMeaning {
        /// Where it stands.
        place: String,
        /// The type.
        ty: Type,
        /// The calling convention.
        abi: Abi,
    },
    /// A call with too many or too few arguments.
    ArgumentCount {
        /// The number of parameters.
        expected: usize,
        /// The number of arguments.
        found: usize,
    },
    /// An argument index past the last one.
    NoArgument {
        /// The index asked for.
        index: usize,
        /// The number of arguments.
        count: usize,
    },
    /// A value of one type where the signature has another.
    TypeMismatch {
        /// Where it stands.
        place: String,
        /// The signature's type.
        expected: Type,
        /// The value's type.
        found: Type,
    },
    /// Another number of bytes than a type has.
    WrongSize {
        /// What has the wrong size.
        what: String,
        /// The type's size in bytes.
        expected: usize,
        /// The number of bytes given.
        found: usize,
    },
    /// All trampolines are taken by live callbacks.
    CallbacksExhausted {
        /// How many there are.
        limit: usize,
    },
    /// This calling convention cannot be called on this processor.
    UnsupportedPlatform {
        /// The calling convention.
        abi: Abi,
        /// The architecture of this program.
        architecture: &'static str,
    },
    /// The system's loader did not open a library.
    LibraryOpen {
        /// The name or path given.
        path: String,
        /// The loader's own words.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// No library of a name was found.
    LibraryNotFound {
        /// The name given.
        name: String,
        /// What was tried, each with the loader's own words.
        tried: Vec<(String, String)>,
    },
    /// A library has no such symbol.
    SymbolMissing {
        /// The symbol.
        symbol: String,
        /// The library, by the name or path it was opened with.
        library: String,
        /// The loader's own words.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A symbol whose address is null.
    SymbolNull {
        /// The symbol.
        symbol: String,
        /// The library.
        library: String,
    },
    /// A file cannot be a library of this program.
    LibraryUnfit {
        /// The file.
        library: String,
        /// What is wrong with it.
        fault: LibraryFault,
    },
    /// The file of a library cannot be read.
    LibraryUnreadable {
        /// The file.
        library: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The symbols of a library cannot be listed.
    SymbolsUnknown {
        /// The library, by the name or path it was opened with.
        library: String,
        /// What stands in the way.
        why: String,
    },
    /// The deadline was there before the call began, or before it ended.
    DeadlineExceeded,
    /// The call was cancelled before it began.
    Cancelled,
    /// All threads of a pool are at work, and its queue is full.
    PoolFull {
        /// How many calls a pool of this size takes.
        limit: usize,
    },
    /// The pool was closed before the call began.
    PoolClosed,
    /// The system started no thread for a pool.
    ThreadNotStarted {
        /// The system's own words.
        source: std::io::Error,
    },
    /// Work on a pool panicked.
    WorkPanicked {
        /// The panic's message.
        message: String,
    },
    /// A mistake in C declarations.
    Declaration(Box<DeclarationError>),
    /// A name whose declaration could not be read.
    Lost {
        /// The name.
        name: String,
        /// The mistake in its declaration.
        mistake: Box<DeclarationError>,
    },
    /// A declared function that cannot be called.
    NotCallable {
        /// The function.
        function: String,
        /// What stands in the way.
        why: String,
    },
    /// A declared type without what is asked of it: a size, members.
    DeclaredType {
        /// The type in C notation.
        ty: String,
        /// What it does not have, and why.
        why: String,
    },
    /// A value that a conversion would change.
    Conversion {
        /// Where it stands.
        place: String,
        /// The value.
        value: String,
        /// Why it cannot be kept.
        why: String,
    },
    /// A struct or union has no such member.
    NoMember {
        /// The type.
        ty: Type,
        /// The member asked for.
        member: String,
    },
    /// A name that was not declared, or not as what is needed.
    NotDeclared {
        /// The name.
        name: String,
        /// What it should be.
        wanted: &'static str,
    },
}

/// The family of an [`Error`]: which part of the work it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorFamily {
    /// A call interface or callback that cannot be prepared or used so.
    CallInterface,
    /// A library or symbol.
    Library,
    /// A calling convention that has no way to pass this.
    CallingConvention,
    /// A type that C does not have, or a value of the wrong one.
    Type,
    /// A text of C declarations.
    Declaration,
    /// A deadline, a cancellation, or a pool of threads.
    Worker,
    /// The processor or system.
    UnsupportedPlatform,
}

impl Error {
    /// Which part of the work it stopped.
    pub fn family(&self) -> ErrorFamily {
        match self {
            Error::FixedCount { .. }
            | Error::ArgumentCount { .. }
            | Error::NoArgument { .. }
            | Error::NotCallable { .. }
            | Error::CallbacksExhausted { .. } => ErrorFamily::CallInterface,
            Error::LibraryOpen { .. }
            | Error::LibraryNotFound { .. }
            | Error::SymbolMissing { .. }
            | Error::SymbolNull { .. }
            | Error::LibraryUnfit { .. }
            | Error::LibraryUnreadable { .. }
            | Error::SymbolsUnknown { .. } => ErrorFamily::Library,
            Error::NoMeaning { .. } => ErrorFamily::CallingConvention,
            Error::DeadlineExceeded
            | Error::Cancelled
            | Error::PoolFull { .. }
            | Error::PoolClosed
            | Error::ThreadNotStarted { .. }
            | Error::WorkPanicked { .. } => ErrorFamily::Worker,
            Error::Declaration(_)
            | Error::Lost { .. }
            | Error::DeclaredType { .. }
            | Error::NotDeclared { .. } => ErrorFamily::Declaration,
            Error::VoidValue { .. }
            | Error::ArrayByValue { .. }
            | Error::TooLarge { .. }
            | Error::BadAlignment { .. }
            | Error::BadBitField { .. }
            | Error::BadVector { .. }
            | Error::Unpromoted { .. }
            | Error::WrongSize { .. }
            | Error::Conversion { .. }
            | Error::NoMember { .. }
            | Error::TypeMismatch { .. } => ErrorFamily::Type,
            Error::UnsupportedPlatform { .. } => ErrorFamily::UnsupportedPlatform,
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::VoidValue { place } => {
                write!(f, "{place} cannot be void: it has to hold a value")
            }
            Error::ArrayByValue { place, ty } => write!(
                f,
                "{place} has the array type {ty}, which C does not pass by value: pass a pointer to the first element, or a \
                 struct that holds the array"
            ),
            Error::TooLarge { what, limit } => write!(f, "{what} is past the limit of {limit}"),
            Error::BadAlignment { type_name, alignment } => {
                write!(
                    f,
                    "{type_name:?} cannot be packed or aligned to {alignment} bytes: use a power of two up to 2^28"
                )
            }
            Error::BadBitField { type_name, field, ty, width } => write!(
                f,
                "bit-field {field:?} of {type_name:?}: a {ty} cannot have {width} bits (width 0 has no name, and a bit-field is an \
                 integer or bool no wider than its type)"
            ),
            Error::BadVector { element, lanes } => write!(
                f,
                "no processor has a vector of {lanes} × {element}: lanes are numbers of up to 8 bytes, 8, 16 or 32 bytes together"
            ),
            Error::FixedCount { fixed, parameters } => {
                write!(
                    f,
                    "the variadic function declares {fixed} parameters, but the call passes {parameters}"
                )
            }
            Error::Unpromoted { index, ty, promoted } => {
                write!(
                    f,
                    "variadic argument {index} is {ty}, which C passes as {promoted}: use that type"
                )
            }
            Error::NoMeaning { place, ty, abi } => {
                write!(f, "{place}: {ty} cannot be passed under {abi}")
            }
            Error::ArgumentCount { expected, found } => {
                write!(f, "the function takes {expected} arguments, but {found} were given")
            }
            Error::NoArgument { index, count } => {
                write!(f, "there is no argument {index}: the function takes {count}")
            }
            Error::TypeMismatch { place, expected, found } => {
                write!(f, "{place} is {expected} in the signature, not {found}")
            }
            Error::WrongSize { what, expected, found } => {
                write!(f, "{what} has {expected} bytes, but {found} were given")
            }
            Error::CallbacksExhausted { limit } => {
                write!(
                    f,
                    "all {limit} trampolines are taken by live callbacks: drop some before making more"
                )
            }
            Error::UnsupportedPlatform { abi, architecture } => {
                write!(f, "functions of {abi} cannot be called on {architecture}")
            }
            Error::LibraryOpen { path, source } => {
                write!(f, "cannot open the library {path:?}: {}", words(&**source))
            }
            Error::LibraryNotFound { name, tried } => {
                write!(f, "no library {name:?} was found; tried")?;
                for (candidate, why) in tried {
                    write!(f, "\n  {candidate}: {why}")?;
                }
                Ok(())
            }
            Error::SymbolMissing { symbol, library, source } => {
                write!(f, "{library:?} has no symbol {symbol:?}: {}", words(&**source))
            }
            Error::SymbolNull { symbol, library } => {
                write!(f, "the symbol {symbol:?} of {library:?} is null: it cannot be called")
            }
            Error::LibraryUnfit { library, fault } => {
                write!(f, "{library:?} cannot be opened: {fault}")
            }
            Error::LibraryUnreadable { library, source } => {
                write!(f, "{library:?} cannot be read: {source}")
            }
            Error::SymbolsUnknown { library, why } => {
                write!(f, "the symbols of {library:?} cannot be listed: {why}")
            }
            Error::DeadlineExceeded => f.write_str("the deadline passed before the call came back"),
            Error::Cancelled => f.write_str("the call was cancelled before it began"),
            Error::PoolFull { limit } => {
                write!(f, "the pool has its {limit} calls: wait for one of them, or make it larger")
            }
            Error::PoolClosed => f.write_str("the pool was closed before the call began"),
            Error::ThreadNotStarted { source } => write!(f, "no thread could be started: {source}"),
            Error::WorkPanicked { message } => {
                write!(f, "the work on the pool panicked: {message}")
            }
            Error::Declaration(error) => error.fmt(f),
            Error::Lost { name, mistake } => {
                write!(f, "the declaration of `{name}` could not be read: {mistake}")
            }
            Error::NotCallable { function, why } => {
                write!(f, "`{function}` cannot be called: {why}")
            }
            Error::DeclaredType { ty, why } => write!(f, "`{ty}` has no value here: {why}"),
            Error::Conversion { place, value, why } => write!(f, "{place}: {value} {why}"),
            Error::NoMember { ty, member } => write!(f, "{ty} has no member `{member}`"),
            Error::NotDeclared { name, wanted } => {
                write!(f, "`{name}` was not declared as {wanted}")
            }
        }
    }
}

/// An error and its sources on one line: the loader's own words are the innermost.
pub(crate) fn words(error: &(dyn StdError + 'static)) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        source = inner.source();
    }
    words
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::LibraryOpen { source, .. } | Error::SymbolMissing { source, .. } => {
                Some(source.as_ref())
            }
            Error::ThreadNotStarted { source } | Error::LibraryUnreadable { source, .. } => {
                Some(source)
            }
            _ => None,
        }
    }
}
