//! Whether a file can be a library of this program, by what its headers say, before it is mapped.
//!
//! A system's loader maps the parts of a file that its headers name. Where the file ends before them, the first access to
//! what is missing ends the process.

use std::env::consts::ARCH;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::Library;
use super::bytes::number;
use crate::Error;
use crate::error::LibraryFault;

impl Library {
    /// Looks at the headers of a file and tells whether it can be opened as a library of this program: format, processor,
    /// and whether the file is as long as its segments ask for. Nothing of it is mapped or run.
    ///
    /// Opening a file that ends early can end the process: with SIGBUS on Linux, at the first access to what is missing.
    ///
    /// ```
    /// # let file = std::env::temp_dir().join("ffi-check.txt");
    /// # std::fs::write(&file, "a text")?;
    /// use ffi::error::LibraryFault;
    /// use ffi::{Error, Library};
    /// let checked = Library::check(&file);
    /// assert!(matches!(checked, Err(Error::LibraryUnfit { fault: LibraryFault::Unknown, .. })));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LibraryUnfit`] with what is wrong, and [`Error::LibraryUnreadable`].
    pub fn check(path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let library = || path.to_string_lossy().into_owned();
        let fault = File::open(path).and_then(|file| fault(file, Format::HOST, ARCH));
        match fault {
            Ok(None) => Ok(()),
            Ok(Some(fault)) => Err(Error::LibraryUnfit { library: library(), fault }),
            Err(source) => Err(Error::LibraryUnreadable { library: library(), source }),
        }
    }
}

/// A format of shared libraries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Elf,
    Pe,
    MachO,
}

impl Format {
    const HOST: Format = if cfg!(windows) {
        Format::Pe
    } else if cfg!(target_vendor = "apple") {
        Format::MachO
    } else {
        Format::Elf
    };

    const fn name(self) -> &'static str {
        match self {
            Format::Elf => "ELF",
            Format::Pe => "PE (Windows)",
            Format::MachO => "Mach-O (macOS)",
        }
    }

    fn of(magic: &[u8]) -> Option<Format> {
        match magic {
            [0x7f, b'E', b'L', b'F', ..] => Some(Format::Elf),
            [b'M', b'Z', ..] => Some(Format::Pe),
            _ if magic == MACH_O || magic == MACH_O_32 || magic == UNIVERSAL => Some(Format::MachO),
            _ => None,
        }
    }
}

/// The beginning of Mach-O files of 64 bits.
pub(super) const MACH_O: [u8; 4] = [0xcf, 0xfa, 0xed, 0xfe];

/// The beginning of several Mach-O files in one, with numbers in big endian.
pub(super) const UNIVERSAL: [u8; 4] = [0xca, 0xfe, 0xba, 0xbe];

/// The processor of this program, of those that macOS has run on, in Mach-O files.
pub(super) const PROCESSOR: u32 =
    if cfg!(target_arch = "aarch64") { 0x0100_000c } else { 0x0100_0007 };

/// The beginning of Mach-O files of 32 bits.
const MACH_O_32: [u8; 4] = [0xce, 0xfa, 0xed, 0xfe];

/// A file, or one of the files within a universal one, of which nothing is believed.
struct Image {
    file: File,
    start: u64,
    length: u64,
}

/// Why the rest of the headers is not looked at.
enum Stop {
    Fault(LibraryFault),
    Io(io::Error),
}

impl From<LibraryFault> for Stop {
    fn from(fault: LibraryFault) -> Stop {
        Stop::Fault(fault)
    }
}

impl Image {
    /// Some bytes, which a file that is whole has.
    fn part(&mut self, offset: u64, size: usize) -> Result<Vec<u8>, Stop> {
        self.reaches(offset, size as u64)?;
        let mut bytes = vec![0; size];
        let read = self.file.seek(SeekFrom::Start(self.start + offset));
        let read = read.and_then(|_| self.file.read_exact(&mut bytes));
        read.map(|()| bytes).map_err(Stop::Io)
    }

    /// Fails where the file ends before this.
    fn reaches(&self, offset: u64, size: u64) -> Result<(), Stop> {
        let damaged = LibraryFault::Damaged { part: "header" };
        let needed =
            offset.checked_add(size).and_then(|end| end.checked_add(self.start)).ok_or(damaged)?;
        let found = self.start + self.length;
        if needed > found { Err(LibraryFault::CutShort { needed, found }.into()) } else { Ok(()) }
    }
}

/// What is wrong with a file for programs of this format and processor.
fn fault(file: File, format: Format, arch: &str) -> io::Result<Option<LibraryFault>> {
    let length = file.metadata()?.len();
    let mut image = Image { file, start: 0, length };
    let outcome = match image.part(0, 4).map(|magic| Format::of(&magic)) {
        Err(Stop::Io(error)) => return Err(error),
        Err(Stop::Fault(_)) | Ok(None) => Err(LibraryFault::Unknown.into()),
        Ok(Some(found)) if found != format => {
            Err(LibraryFault::OtherFormat { found: found.name(), expected: format.name() }.into())
        }
        Ok(Some(Format::Elf)) => elf(&mut image, arch),
        Ok(Some(Format::Pe)) => pe(&mut image, arch),
        Ok(Some(Format::MachO)) => mach_o(&mut image),
    };
    match outcome {
        Ok(()) => Ok(None),
        Err(Stop::Fault(fault)) => Ok(Some(fault)),
        Err(Stop::Io(error)) => Err(error),
    }
}

/// A number of a header that was read whole.
fn field(bytes: &[u8], offset: usize, size: usize) -> u64 {
    number(bytes, offset, size).map_or(u64::MAX, |number| number as u64)
}

/// Fails unless `found` is the number of this program's processor in a table of numbers and names.
fn machine(found: u64, arch: &str, table: &[(u64, &'static str)]) -> Result<(), Stop> {
    let name = table.iter().find(|(number, _)| *number == found).map(|(_, name)| *name);
    // Of a processor that is not in the table nothing is said.
    let known = table.iter().any(|(_, name)| *name == arch);
    if !known || name == Some(arch) {
        return Ok(());
    }
    let found = name.map_or_else(|| format!("a processor of number {found}"), str::to_owned);
    Err(LibraryFault::OtherMachine { found }.into())
}

/// `e_machine` by Rust's names of the processors.
const ELF_MACHINES: [(u64, &str); 8] = [
    (3, "x86"),
    (8, "mips64"),
    (21, "powerpc64"),
    (40, "arm"),
    (62, "x86_64"),
    (183, "aarch64"),
    (243, "riscv64"),
    (258, "loongarch64"),
];

/// ELF: the segments that are loaded, and the one that tells the loader the rest.
fn elf(image: &mut Image, arch: &str) -> Result<(), Stop> {
    const SHARED: u64 = 3;
    const LOADED: u64 = 1;
    const DYNAMIC: u64 = 2;
    let class = image.part(4, 2)?;
    let bits = if cfg!(target_pointer_width = "64") { 2 } else { 1 };
    if class != [bits, if cfg!(target_endian = "little") { 1 } else { 2 }] {
        let bits = if class[0] == 1 { "32" } else { "64" };
        let order = if class[1] == 2 { ", big endian" } else { "" };
        return Err(LibraryFault::OtherMachine {
            found: format!("a processor of {bits} bits{order}"),
        }
        .into());
    }
    // Of 32 bits and of big endian the fields lie elsewhere: the system's loader looks at them.
    if class != [2, 1] {
        return Ok(());
    }
    let header = image.part(0, 64)?;
    machine(field(&header, 18, 2), arch, &ELF_MACHINES)?;
    if field(&header, 16, 2) != SHARED {
        return Err(LibraryFault::NotShared.into());
    }
    let (count, size) = (field(&header, 56, 2), field(&header, 54, 2));
    let damaged = |part| Stop::from(LibraryFault::Damaged { part });
    if size != 56 || count == 0 {
        return Err(damaged("table of segments"));
    }
    let segments = image.part(field(&header, 32, 8), 56 * count as usize)?;
    let (mut end, mut dynamic) = (0_u64, false);
    for segment in segments.chunks_exact(56) {
        let (kind, offset, address) =
            (field(segment, 0, 4), field(segment, 8, 8), field(segment, 16, 8));
        let (in_file, in_memory, align) =
            (field(segment, 32, 8), field(segment, 40, 8), field(segment, 48, 8));
        if kind != LOADED && kind != DYNAMIC {
            continue;
        }
        if in_file > in_memory
            || (align > 1 && (!align.is_power_of_two() || (offset ^ address) & (align - 1) != 0))
        {
            return Err(damaged("table of segments"));
        }
        dynamic |= kind == DYNAMIC;
        end = end.max(offset.checked_add(in_file).ok_or_else(|| damaged("table of segments"))?);
    }
    image.reaches(end, 0)?;
    if dynamic { Ok(()) } else { Err(LibraryFault::NotShared.into()) }
}

/// `Machine` by Rust's names of the processors.
const PE_MACHINES: [(u64, &str); 4] =
    [(0x14c, "x86"), (0x1c4, "arm"), (0x8664, "x86_64"), (0xaa64, "aarch64")];

/// PE: the sections.
fn pe(image: &mut Image, arch: &str) -> Result<(), Stop> {
    const LIBRARY: u64 = 0x2000;
    const SECTION_HEADER: usize = 40;
    let start = field(&image.part(0x3c, 4)?, 0, 4);
    let coff = image.part(start, 24)?;
    if !coff.starts_with(b"PE\0\0") {
        return Err(LibraryFault::Damaged { part: "header" }.into());
    }
    machine(field(&coff, 4, 2), arch, &PE_MACHINES)?;
    if field(&coff, 22, 2) & LIBRARY == 0 {
        return Err(LibraryFault::NotShared.into());
    }
    let (count, optional) = (field(&coff, 6, 2) as usize, field(&coff, 20, 2));
    let sections = image.part(start + 24 + optional, count * SECTION_HEADER)?;
    let ends = sections
        .chunks_exact(SECTION_HEADER)
        .map(|section| field(section, 20, 4) + field(section, 16, 4));
    image.reaches(ends.max().unwrap_or(0), 0)
}

/// `cputype` by Rust's names of the processors.
const MACH_O_MACHINES: [(u64, &str); 4] =
    [(7, "x86"), (12, "arm"), (0x0100_0007, "x86_64"), (0x0100_000c, "aarch64")];

/// Mach-O: the segments, of the file for this processor where there are several in one.
fn mach_o(image: &mut Image) -> Result<(), Stop> {
    const SEGMENT: u64 = 0x19;
    const LIBRARY_OR_BUNDLE: [u64; 2] = [6, 8];
    if image.part(0, 4)? == UNIVERSAL {
        *image = chosen(image)?;
    }
    let header = image.part(0, 32)?;
    let arch = machine_name(u64::from(PROCESSOR));
    machine(field(&header, 4, 4), arch, &MACH_O_MACHINES)?;
    if !LIBRARY_OR_BUNDLE.contains(&field(&header, 12, 4)) {
        return Err(LibraryFault::NotShared.into());
    }
    let (count, size) = (field(&header, 16, 4), field(&header, 20, 4));
    let commands = image.part(32, size as usize)?;
    let mut rest = commands.as_slice();
    for _ in 0..count {
        let damaged = LibraryFault::Damaged { part: "list of load commands" };
        let size = field(rest, 4, 4) as usize;
        if size < 8 || size > rest.len() {
            return Err(damaged.into());
        }
        let (command, behind) = rest.split_at(size);
        if field(command, 0, 4) == SEGMENT {
            image.reaches(field(command, 40, 8), field(command, 48, 8))?;
        }
        rest = behind;
    }
    Ok(())
}

fn machine_name(number: u64) -> &'static str {
    MACH_O_MACHINES.iter().find(|(other, _)| *other == number).map_or("", |(_, name)| *name)
}

/// The file for this processor within a universal one, whose numbers are big endian.
fn chosen(image: &mut Image) -> Result<Image, Stop> {
    let big = |bytes: &[u8], offset: usize| {
        let bytes = bytes.get(offset..offset + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    };
    let count = big(&image.part(4, 4)?, 0) as usize;
    let entries = image.part(8, 20 * count)?;
    let mut found = Vec::new();
    for entry in entries.chunks_exact(20) {
        let (processor, start, length) = (big(entry, 0), big(entry, 8), big(entry, 12));
        if processor == PROCESSOR {
            image.reaches(start.into(), length.into())?;
            let file = image.file.try_clone().map_err(Stop::Io)?;
            return Ok(Image { file, start: start.into(), length: length.into() });
        }
        found.push(machine_name(processor.into()));
    }
    Err(LibraryFault::OtherMachine { found: found.join(" and ") }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a file of these bytes.
    fn wrong(name: &str, bytes: &[u8], format: Format, arch: &str) -> Option<LibraryFault> {
        let path = std::env::temp_dir().join(format!("ffi-image-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        let fault = fault(File::open(&path).unwrap(), format, arch).unwrap();
        std::fs::remove_file(&path).unwrap();
        fault
    }

    /// Puts a number into bytes, little endian.
    fn put(bytes: &mut [u8], offset: usize, size: usize, number: u64) {
        bytes[offset..offset + size].copy_from_slice(&number.to_le_bytes()[..size]);
    }

    /// A library for Windows of one section, as far as its headers go.
    fn dll() -> Vec<u8> {
        let mut bytes = vec![0; 0x400];
        bytes[..2].copy_from_slice(b"MZ");
        put(&mut bytes, 0x3c, 4, 0x80);
        bytes[0x80..0x84].copy_from_slice(b"PE\0\0");
        put(&mut bytes, 0x84, 2, 0x8664);
        put(&mut bytes, 0x86, 2, 1);
        put(&mut bytes, 0x94, 2, 240);
        put(&mut bytes, 0x96, 2, 0x2022);
        put(&mut bytes, 0x80 + 24 + 240 + 16, 4, 0x200);
        put(&mut bytes, 0x80 + 24 + 240 + 20, 4, 0x200);
        bytes
    }

    /// A library for macOS of one segment, as far as its headers go.
    fn dylib(processor: u64) -> Vec<u8> {
        let mut bytes = vec![0; 0x200];
        bytes[..4].copy_from_slice(&MACH_O);
        put(&mut bytes, 4, 4, processor);
        for (offset, number) in [(12, 6), (16, 1), (20, 72), (32, 0x19), (36, 72)] {
            put(&mut bytes, offset, 4, number);
        }
        put(&mut bytes, 32 + 48, 8, 0x200);
        bytes
    }

    #[test]
    fn windows() {
        let check = |bytes: &[u8], arch| wrong("dll", bytes, Format::Pe, arch);
        assert_eq!(check(&dll(), "x86_64"), None);
        let other = LibraryFault::OtherMachine { found: "x86_64".into() };
        assert_eq!(check(&dll(), "aarch64"), Some(other));
        let cut = LibraryFault::CutShort { needed: 0x400, found: 0x3ff };
        assert_eq!(check(&dll()[..0x3ff], "x86_64"), Some(cut));
        assert!(matches!(check(&dll()[..0x90], "x86_64"), Some(LibraryFault::CutShort { .. })));
        let mut program = dll();
        put(&mut program, 0x96, 2, 0x22);
        assert_eq!(check(&program, "x86_64"), Some(LibraryFault::NotShared));
        let (found, expected) = ("PE (Windows)", "ELF");
        let found = Some(LibraryFault::OtherFormat { found, expected });
        assert_eq!(wrong("dll", &dll(), Format::Elf, "x86_64"), found);
    }

    #[test]
    fn macos() {
        let own = u64::from(PROCESSOR);
        let check = |bytes: &[u8]| wrong("dylib", bytes, Format::MachO, ARCH);
        assert_eq!(check(&dylib(own)), None);
        let cut = LibraryFault::CutShort { needed: 0x200, found: 0x1ff };
        assert_eq!(check(&dylib(own)[..0x1ff]), Some(cut));
        assert!(matches!(check(&dylib(7)), Some(LibraryFault::OtherMachine { .. })));
        let mut broken = dylib(own);
        put(&mut broken, 36, 4, 0);
        let damaged = LibraryFault::Damaged { part: "list of load commands" };
        assert_eq!(check(&broken), Some(damaged));

        // Two in one: for another processor and for this one.
        let mut universal = vec![0; 0x600];
        universal[..4].copy_from_slice(&UNIVERSAL);
        universal[7] = 2;
        for (index, (processor, start)) in
            [(7, 0x200_u32), (PROCESSOR, 0x400)].into_iter().enumerate()
        {
            for (offset, number) in [(0, processor), (8, start), (12, 0x200)] {
                let place = 8 + 20 * index + offset;
                universal[place..place + 4].copy_from_slice(&number.to_be_bytes());
            }
        }
        universal[0x400..].copy_from_slice(&dylib(own));
        assert_eq!(check(&universal), None);
        let cut = LibraryFault::CutShort { needed: 0x600, found: 0x5ff };
        assert_eq!(check(&universal[..0x5ff]), Some(cut));
        universal[28..32].copy_from_slice(&12_u32.to_be_bytes());
        let other = LibraryFault::OtherMachine { found: "x86 and arm".into() };
        assert_eq!(check(&universal), Some(other));
    }

    #[test]
    fn no_byte_that_is_changed_ends_the_process() {
        for (bytes, format) in [(dll(), Format::Pe), (dylib(u64::from(PROCESSOR)), Format::MachO)] {
            for place in 0..0x1c0 {
                let mut changed = bytes.clone();
                changed[place] ^= 0xff;
                wrong("changed", &changed, format, ARCH);
            }
        }
    }
}
