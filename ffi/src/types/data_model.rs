//! What C leaves to the platform: the sizes of its named types.

use super::{Float, Type, VectorType};
use crate::Error;

/// The widths of C's named types on one platform.
///
/// A calling convention does not settle them: `long` has 8 bytes in a Win64 function that Linux's gcc compiled.
///
/// ```
/// use ffi::Type;
/// use ffi::types::DataModel;
/// assert_eq!(DataModel::LINUX_X86_64.long(), Type::I64);
/// assert_eq!(DataModel::WINDOWS.long(), Type::I32);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DataModel {
    /// Bytes of `long`: 8, or 4 on Windows.
    pub long_size: usize,
    /// Whether plain `char` is signed.
    pub char_signed: bool,
    /// Bytes of `wchar_t`: 4, or 2 on Windows.
    pub wchar_size: usize,
    /// Whether `wchar_t` is signed.
    pub wchar_signed: bool,
    /// The format of `long double`.
    pub long_double: LongDouble,
    /// The rule by which bit-fields are packed.
    pub bit_fields: BitFieldLayout,
    /// The largest alignment of a SIMD vector: 32, or 16 on arm64.
    pub vector_alignment: usize,
}

/// The format of `long double`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LongDouble {
    /// The same as `double` (Windows msvc, Apple arm64).
    F64,
    /// x87 extended, 16 bytes (x86-64 systems, Windows gnu too).
    F80,
    /// IEEE quadruple, 16 bytes (Linux arm64).
    F128,
}

/// The rule by which bit-fields are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BitFieldLayout {
    /// System V and Apple: a bit-field takes the next free bits, unless it would straddle a storage unit of its type.
    Packed,
    /// AAPCS64: as [`Packed`](BitFieldLayout::Packed), and bit-fields without a name align the whole too.
    Aapcs64,
    /// Microsoft: neighbours share a storage unit only when their types have the same size. (And members whose type was
    /// aligned keep that alignment under packing.)
    Microsoft,
}

impl DataModel {
    /// Linux and FreeBSD on x86-64.
    pub const LINUX_X86_64: DataModel = DataModel {
        long_size: 8,
        char_signed: true,
        wchar_size: 4,
        wchar_signed: true,
        long_double: LongDouble::F80,
        bit_fields: BitFieldLayout::Packed,
        vector_alignment: 32,
    };
    /// Linux on arm64.
    pub const LINUX_ARM64: DataModel = DataModel {
        char_signed: false,
        wchar_signed: false,
        long_double: LongDouble::F128,
        bit_fields: BitFieldLayout::Aapcs64,
        vector_alignment: 16,
        ..DataModel::LINUX_X86_64
    };
    /// macOS on Intel processors.
    pub const MACOS_X86_64: DataModel = DataModel::LINUX_X86_64;
    /// macOS and iOS on arm64.
    pub const APPLE_ARM64: DataModel =
        DataModel { long_double: LongDouble::F64, vector_alignment: 16, ..DataModel::LINUX_X86_64 };
    /// Windows on x86-64, as Microsoft's compilers have it.
    pub const WINDOWS: DataModel = DataModel {
        long_size: 4,
        char_signed: true,
        wchar_size: 2,
        wchar_signed: false,
        long_double: LongDouble::F64,
        bit_fields: BitFieldLayout::Microsoft,
        vector_alignment: 32,
    };
    /// Windows on arm64.
    pub const WINDOWS_ARM64: DataModel = DataModel { vector_alignment: 16, ..DataModel::WINDOWS };
    /// The platform this program was compiled for; Linux's where the platform is not known.
    pub const HOST: DataModel = if cfg!(all(windows, target_arch = "aarch64")) {
        DataModel::WINDOWS_ARM64
    } else if cfg!(windows) {
        DataModel::WINDOWS
    } else if cfg!(all(target_vendor = "apple", target_arch = "aarch64")) {
        DataModel::APPLE_ARM64
    } else if cfg!(target_arch = "aarch64") {
        DataModel::LINUX_ARM64
    } else {
        DataModel::LINUX_X86_64
    };

    /// C's `char`.
    pub fn char(self) -> Type {
        if self.char_signed { Type::I8 } else { Type::U8 }
    }

    /// C's `int`.
    pub fn int(self) -> Type {
        Type::I32
    }

    /// C's `unsigned int`.
    pub fn unsigned_int(self) -> Type {
        Type::U32
    }

    /// C's `long`.
    pub fn long(self) -> Type {
        if self.long_size == 4 { Type::I32 } else { Type::I64 }
    }

    /// C's `unsigned long`.
    pub fn unsigned_long(self) -> Type {
        if self.long_size == 4 { Type::U32 } else { Type::U64 }
    }

    /// C's `size_t`.
    pub fn size_t(self) -> Type {
        Type::U64
    }

    /// C's `ptrdiff_t`, and POSIX's `ssize_t`.
    pub fn ptrdiff_t(self) -> Type {
        Type::I64
    }

    /// C's `wchar_t`.
    pub fn wchar_t(self) -> Type {
        match (self.wchar_size, self.wchar_signed) {
            (2, true) => Type::I16,
            (2, false) => Type::U16,
            (_, true) => Type::I32,
            (_, false) => Type::U32,
        }
    }

    /// C's `long double`.
    pub fn long_double(self) -> Type {
        self.long_double_format().into()
    }

    /// C's `_Complex long double`.
    pub fn complex_long_double(self) -> Type {
        Type::Complex(self.long_double_format())
    }

    /// A SIMD vector of `lanes` numbers.
    ///
    /// # Errors
    /// As [`Type::vector`].
    pub fn vector(self, element: impl Into<Type>, lanes: usize) -> Result<Type, Error> {
        VectorType::new(element.into(), lanes, self.vector_alignment).map(Type::Vector)
    }

    fn long_double_format(self) -> Float {
        match self.long_double {
            LongDouble::F64 => Float::F64,
            LongDouble::F80 => Float::F80,
            LongDouble::F128 => Float::F128,
        }
    }
}
