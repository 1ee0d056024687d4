//! The words that a declaration is made of, in all their spellings.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::model::TagKind;

/// A word with a meaning of its own in every dialect that is read here: it names nothing else.
///
/// Words that some dialects leave to the program (`bool`, `true`, `_Float32`) are none: the parser takes them for what
/// they mean where nothing was declared under that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Const,
    /// Nothing that changes layout or call: `volatile`, `restrict`, what is said of null.
    Qualifier,
    Atomic,
    Typedef,
    /// `extern`, `static`, `inline` and the like.
    Storage,
    Constexpr,
    Tag(TagKind),
    Signed,
    Unsigned,
    Short,
    Long,
    Complex,
    /// `char`, `int`, `double` and the like, by its plain name.
    Base(&'static str),
    Typeof {
        unqualified: bool,
    },
    /// A type that cannot be had here, and why.
    Refused(&'static str),
    Extension,
    Attribute,
    Declspec,
    Alignas,
    Asm,
    /// A convention that 64-bit processors do not tell from C's own.
    Convention,
    /// A convention that is not known here.
    UnknownConvention,
    StaticAssert,
    Sizeof,
    Alignof,
    Offsetof,
    ChooseExpression,
    Generic,
    /// `_Pragma` and `__pragma`, which the lexer reads.
    Pragma,
}

const SPELLINGS: &[(Keyword, &[&str])] = &[
    (Keyword::Const, &["const", "__const", "__const__"]),
    (
        Keyword::Qualifier,
        &[
            "volatile",
            "__volatile",
            "__volatile__",
            "restrict",
            "__restrict",
            "__restrict__",
            "_Nonnull",
            "_Nullable",
            "_Nullable_result",
            "_Null_unspecified",
            "__nonnull",
            "__nullable",
            "__null_unspecified",
            "__ptr64",
            "__sptr",
            "__uptr",
            "__unaligned",
            "__w64",
        ],
    ),
    (Keyword::Atomic, &["_Atomic"]),
    (Keyword::Typedef, &["typedef"]),
    (
        Keyword::Storage,
        &[
            "extern",
            "static",
            "register",
            "auto",
            "inline",
            "__inline",
            "__inline__",
            "__forceinline",
            "_Noreturn",
            "_Thread_local",
            "__thread",
            "thread_local",
        ],
    ),
    (Keyword::Constexpr, &["constexpr"]),
    (Keyword::Tag(TagKind::Struct), &["struct"]),
    (Keyword::Tag(TagKind::Union), &["union"]),
    (Keyword::Tag(TagKind::Enum), &["enum"]),
    (Keyword::Signed, &["signed", "__signed", "__signed__"]),
    (Keyword::Unsigned, &["unsigned"]),
    (Keyword::Short, &["short"]),
    (Keyword::Long, &["long"]),
    (Keyword::Complex, &["_Complex", "__complex__", "__complex"]),
    (Keyword::Base("void"), &["void"]),
    (Keyword::Base("char"), &["char"]),
    (Keyword::Base("int"), &["int"]),
    (Keyword::Base("float"), &["float"]),
    (Keyword::Base("double"), &["double"]),
    (Keyword::Base("_Bool"), &["_Bool"]),
    (Keyword::Base("__int128"), &["__int128"]),
    (Keyword::Typeof { unqualified: false }, &["typeof", "__typeof", "__typeof__"]),
    (Keyword::Typeof { unqualified: true }, &["typeof_unqual", "__typeof_unqual__"]),
    (Keyword::Refused("`__auto_type` needs a compiler: write the type itself"), &["__auto_type"]),
    (Keyword::Refused("`_BitInt` is not supported"), &["_BitInt", "_ExtInt"]),
    (Keyword::Refused("imaginary numbers are not supported"), &["_Imaginary"]),
    (Keyword::Refused("pointers of 4 bytes are not supported"), &["__ptr32"]),
    (Keyword::Refused("fixed-point numbers are not supported"), &["_Fract", "_Accum", "_Sat"]),
    (Keyword::Extension, &["__extension__"]),
    (Keyword::Attribute, &["__attribute__", "__attribute"]),
    (Keyword::Declspec, &["__declspec", "_declspec"]),
    (Keyword::Alignas, &["_Alignas", "alignas"]),
    (Keyword::Asm, &["asm", "__asm", "__asm__"]),
    (
        Keyword::Convention,
        &[
            "__cdecl",
            "_cdecl",
            "__stdcall",
            "_stdcall",
            "__fastcall",
            "_fastcall",
            "__thiscall",
            "_thiscall",
        ],
    ),
    (
        Keyword::UnknownConvention,
        &["__vectorcall", "_vectorcall", "__regcall", "__pascal", "_pascal", "__clrcall"],
    ),
    (Keyword::StaticAssert, &["_Static_assert", "static_assert"]),
    (Keyword::Sizeof, &["sizeof"]),
    (Keyword::Alignof, &["_Alignof", "alignof", "__alignof__", "__alignof"]),
    (Keyword::Offsetof, &["__builtin_offsetof", "offsetof"]),
    (Keyword::ChooseExpression, &["__builtin_choose_expr"]),
    (Keyword::Generic, &["_Generic"]),
    (Keyword::Pragma, &["_Pragma", "__pragma"]),
];

static KEYWORDS: LazyLock<HashMap<&str, Keyword>> = LazyLock::new(|| {
    let spellings = SPELLINGS.iter();
    spellings.flat_map(|(keyword, words)| words.iter().map(|word| (*word, *keyword))).collect()
});

impl Keyword {
    pub(super) fn of(word: &str) -> Option<Keyword> {
        KEYWORDS.get(word).copied()
    }

    /// Whether a type may begin with it.
    pub(super) fn begins_type(self) -> bool {
        matches!(
            self,
            Keyword::Const
                | Keyword::Qualifier
                | Keyword::Atomic
                | Keyword::Tag(_)
                | Keyword::Signed
                | Keyword::Unsigned
                | Keyword::Short
                | Keyword::Long
                | Keyword::Complex
                | Keyword::Base(_)
                | Keyword::Typeof { .. }
                | Keyword::Refused(_)
                | Keyword::Extension
                | Keyword::Attribute
                | Keyword::Alignas
        )
    }
}

/// Numbers whose names a program may give itself, as the C library does for clang.
const NUMBERS: [&str; 17] = [
    "_Float16",
    "__fp16",
    "__bf16",
    "_Float32",
    "_Float64",
    "_Float32x",
    "_Float64x",
    "_Float128",
    "__float128",
    "__float80",
    "_Decimal32",
    "_Decimal64",
    "_Decimal128",
    "__int8",
    "__int16",
    "__int32",
    "__int64",
];

/// The number that a word names where nothing was declared under that name.
pub(super) fn number(word: &str) -> Option<&'static str> {
    NUMBERS.iter().copied().find(|number| *number == word)
}
