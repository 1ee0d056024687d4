//! What the headers declare, free of how they were read and of how it is written down.

use std::collections::BTreeSet;

/// Everything that `webgpu.h` and `wgpu.h` declare, in their order.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// Opaque objects: the name of the handle; the C struct behind it has `Impl` at its end.
    pub(super) handles: Vec<String>,
    /// Names for integers that are no enumerations: `WGPUBool`.
    pub(super) integers: Vec<(String, CType)>,
    pub(super) enums: Vec<Enumeration>,
    pub(super) flags: Vec<Enumeration>,
    /// Structs and, among them, the unions they contain.
    pub(super) structs: Vec<Struct>,
    pub(super) callbacks: Vec<Function>,
    pub(super) functions: Vec<Function>,
    pub(super) constants: Vec<Constant>,
    /// Every word of `webgpu.h`: what is not among them comes from `wgpu.h`.
    pub(super) standard: BTreeSet<String>,
}

/// A C enumeration, or a set of flags.
#[derive(Debug)]
pub(super) struct Enumeration {
    pub(super) name: String,
    /// Names without the prefix, such as `RGBA8Unorm`, and values.
    pub(super) values: Vec<(String, u64)>,
}

#[derive(Debug)]
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) is_union: bool,
    pub(super) fields: Vec<Variable>,
    pub(super) initializer: Option<Initializer>,
}

/// A field or a parameter.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) ty: CType,
}

/// A function, or what a function pointer points to.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: Vec<Variable>,
    pub(super) returns: CType,
}

/// A `#define` with a number.
#[derive(Debug)]
pub(super) struct Constant {
    pub(super) name: String,
    /// What it says, such as `UINT32_MAX`.
    pub(super) value: String,
}

/// The macro that initialises a struct.
#[derive(Debug)]
pub(super) struct Initializer {
    pub(super) fields: Vec<(String, Value)>,
}

/// The initial value of one field.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    /// A number as C writes it: `0xFFFFFFFF`, `32.f`.
    Number(String),
    /// A `#define` or an enumerator.
    Name(String),
    /// Zero, of an enumeration or of a whole struct.
    Zero,
    /// A struct initialised in place.
    Struct(Initializer),
}

/// The part of C's types that the headers use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CType {
    Void,
    Scalar(&'static Scalar),
    Pointer {
        to: Box<CType>,
        is_const: bool,
    },
    /// One of the types that the headers define.
    Named(String),
}

/// An arithmetic type.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    /// In Rust, as bindgen has it.
    pub(super) rust: &'static str,
    pub(super) c: &'static str,
    /// The crate's `Scalar` for it; none for what only pointers lead to.
    pub(super) described: Option<&'static str>,
}

/// What C gives enumerations: unsigned on some systems and signed on others, one name for both here.
pub(super) const INT: Scalar = Scalar { rust: "c_int", c: "int", described: Some("I32") };

pub(super) static SCALARS: [Scalar; 10] = [
    INT,
    Scalar { rust: "c_char", c: "char", described: None },
    Scalar { rust: "u8", c: "uint8_t", described: None },
    Scalar { rust: "u16", c: "uint16_t", described: Some("U16") },
    Scalar { rust: "u32", c: "uint32_t", described: Some("U32") },
    Scalar { rust: "u64", c: "uint64_t", described: Some("U64") },
    Scalar { rust: "i32", c: "int32_t", described: Some("I32") },
    Scalar { rust: "usize", c: "size_t", described: Some("Size") },
    Scalar { rust: "f32", c: "float", described: Some("F32") },
    Scalar { rust: "f64", c: "double", described: Some("F64") },
];

/// What kind of type a name of the headers stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    Handle,
    Integer(&'a CType),
    Enum,
    Flags,
    Struct(&'a Struct),
    Callback,
}

impl Model {
    /// What `name` stands for; `None` where the headers do not define it.
    pub(super) fn kind(&self, name: &str) -> Option<Kind<'_>> {
        let is = |item: &Enumeration| item.name == name;
        if self.handles.iter().any(|handle| handle == name) {
            Some(Kind::Handle)
        } else if let Some((_, ty)) = self.integers.iter().find(|(integer, _)| integer == name) {
            Some(Kind::Integer(ty))
        } else if self.enums.iter().any(is) {
            Some(Kind::Enum)
        } else if self.flags.iter().any(is) {
            Some(Kind::Flags)
        } else if let Some(item) = self.structs.iter().find(|item| item.name == name) {
            Some(Kind::Struct(item))
        } else if self.callbacks.iter().any(|item| item.name == name) {
            Some(Kind::Callback)
        } else {
            None
        }
    }

    /// The header that declares `name`.
    pub(super) fn header(&self, name: &str) -> &'static str {
        if self.standard.contains(name) { "webgpu.h" } else { "wgpu.h" }
    }

    /// The enumeration that owns the enumerator of this C name, and the enumerator's own part of the name.
    ///
    /// Its name says so, and not where it is declared: `WGPUSType_DeviceExtras` is declared in `WGPUNativeSType`.
    pub(super) fn split_enumerator<'a>(&self, name: &'a str) -> Option<(&'a str, &'a str)> {
        name.match_indices('_')
            .map(|(at, _)| (&name[..at], &name[at + 1..]))
            .rfind(|(prefix, _)| matches!(self.kind(prefix), Some(Kind::Enum | Kind::Flags)))
    }

    /// The enumeration whose values `native`, one of those of `wgpu.h`, adds to.
    pub(super) fn extended_by(&self, native: &str) -> Option<String> {
        let rest = native.strip_prefix("WGPUNative")?;
        [format!("WGPU{rest}"), format!("WGPU{rest}Name")]
            .into_iter()
            .find(|name| matches!(self.kind(name), Some(Kind::Enum)))
    }
}
