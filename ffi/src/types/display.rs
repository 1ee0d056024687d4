//! Types in C notation.

use std::fmt::{self, Display, Formatter};

use super::{Float, StructType, Type, UnionType};

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Type::Void => f.write_str("void"),
            Type::Bool => f.write_str("bool"),
            Type::I8 => f.write_str("int8_t"),
            Type::I16 => f.write_str("int16_t"),
            Type::I32 => f.write_str("int32_t"),
            Type::I64 => f.write_str("int64_t"),
            Type::I128 => f.write_str("__int128"),
            Type::U8 => f.write_str("uint8_t"),
            Type::U16 => f.write_str("uint16_t"),
            Type::U32 => f.write_str("uint32_t"),
            Type::U64 => f.write_str("uint64_t"),
            Type::U128 => f.write_str("unsigned __int128"),
            Type::F16 | Type::F32 | Type::F64 | Type::F80 | Type::F128 => {
                f.write_str(float_name(self))
            }
            Type::Complex(part) => write!(f, "{part} _Complex"),
            Type::Pointer => f.write_str("void *"),
            Type::Array(array) => write!(f, "{}[{}]", array.element(), array.length()),
            Type::Vector(vector) => {
                write!(f, "{} __attribute__((vector_size({})))", vector.element(), vector.size())
            }
            Type::Struct(composite) => composite.fmt(f),
            Type::Union(composite) => composite.fmt(f),
            Type::Alias(alias) => f.write_str(alias.name()),
        }
    }
}

fn float_name(ty: &Type) -> &'static str {
    match ty {
        Type::F16 => "_Float16",
        Type::F32 => "float",
        Type::F64 => "double",
        Type::F80 => "_Float64x",
        _ => "_Float128",
    }
}

impl Display for Float {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Type::from(*self).fmt(f)
    }
}

impl Display for StructType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        composite(f, "struct", self.name(), self.fields())
    }
}

impl Display for UnionType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        composite(f, "union", self.name(), self.fields())
    }
}

/// The tag where there is one; the members of an anonymous composite.
fn composite(
    f: &mut Formatter<'_>,
    keyword: &str,
    name: &str,
    fields: &[super::FieldLayout],
) -> fmt::Result {
    if !name.is_empty() {
        return write!(f, "{keyword} {name}");
    }
    write!(f, "{keyword} {{")?;
    for field in fields {
        f.write_str(" ")?;
        declare(f, field.ty(), field.name())?;
        if let Some(bits) = field.bits() {
            write!(f, " : {}", bits.width)?;
        }
        f.write_str(";")?;
    }
    f.write_str(" }")
}

/// `ty name`, with the dimensions of arrays behind the name and no blank after a pointer's star.
fn declare(f: &mut Formatter<'_>, ty: &Type, name: &str) -> fmt::Result {
    let mut element = ty;
    while let Type::Array(array) = element {
        element = array.element();
    }
    write!(f, "{element}")?;
    if !name.is_empty() && !matches!(element, Type::Pointer) {
        f.write_str(" ")?;
    }
    f.write_str(name)?;
    let mut dimension = ty;
    while let Type::Array(array) = dimension {
        write!(f, "[{}]", array.length())?;
        dimension = array.element();
    }
    Ok(())
}
