//! Files that are no libraries of this program.

use std::env::consts::ARCH;
use std::fmt::{self, Display, Formatter};

/// Why a file cannot be a library of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LibraryFault {
    /// It is neither ELF nor PE nor Mach-O.
    Unknown,
    /// It is of another system's format.
    OtherFormat {
        /// The format.
        found: &'static str,
        /// This system's format.
        expected: &'static str,
    },
    /// It is for another processor.
    OtherMachine {
        /// The processor.
        found: String,
    },
    /// It is of this system and processor, but no shared library.
    NotShared,
    /// It ends before what its headers name: half of a copy or a download.
    CutShort {
        /// The length in bytes that its headers ask for.
        needed: u64,
        /// Its length in bytes.
        found: u64,
    },
    /// Its headers contradict themselves.
    Damaged {
        /// The part that does.
        part: &'static str,
    },
}

impl Display for LibraryFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            LibraryFault::Unknown => f.write_str("it is neither ELF nor PE nor Mach-O"),
            LibraryFault::OtherFormat { found, expected } => {
                write!(f, "it is {found}, and libraries of this system are {expected}")
            }
            LibraryFault::OtherMachine { found } => {
                write!(f, "it is for {found}, and this program is for {ARCH}")
            }
            LibraryFault::NotShared => f.write_str("it is no shared library"),
            LibraryFault::CutShort { needed, found } => {
                write!(
                    f,
                    "it is cut short: it has {found} bytes of the {needed} that its headers name"
                )
            }
            LibraryFault::Damaged { part } => {
                write!(f, "it is damaged: its {part} cannot be right")
            }
        }
    }
}
