//! C types as the generator of test functions sees them: one description, from which both the C text and the `ffi` type
//! are made, by different code.

use std::fmt::Write;

use ffi::types::{BitFieldLayout, CompositeBuilder, Float, UnionType};
use ffi::{Field, StructType, Type};

/// A C type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spec {
    Void,
    Scalar(Type),
    Struct(Composite),
    Union(Composite),
    /// Only as a member.
    Array(Box<Spec>, usize),
}

/// The members and layout options of a struct or union.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Composite {
    pub(crate) members: Vec<Member>,
    pub(crate) packed: Option<usize>,
    pub(crate) aligned: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) spec: Spec,
    /// The width of a bit-field; one of width 0 has no name.
    pub(crate) bits: Option<u32>,
    /// A bit-field without a name.
    pub(crate) unnamed: bool,
    pub(crate) packed: bool,
    pub(crate) aligned: Option<usize>,
}

impl From<Spec> for Member {
    fn from(spec: Spec) -> Member {
        Member { spec, bits: None, unnamed: false, packed: false, aligned: None }
    }
}

impl Member {
    pub(crate) fn is_named(&self) -> bool {
        !self.unnamed && self.bits != Some(0)
    }
}

impl From<Type> for Spec {
    fn from(ty: Type) -> Spec {
        if ty == Type::Void { Spec::Void } else { Spec::Scalar(ty) }
    }
}

pub(crate) fn structure(members: impl IntoIterator<Item = impl Into<Spec>>) -> Spec {
    Spec::Struct(composite(members))
}

pub(crate) fn union(members: impl IntoIterator<Item = impl Into<Spec>>) -> Spec {
    Spec::Union(composite(members))
}

pub(crate) fn array(element: impl Into<Spec>, length: usize) -> Spec {
    Spec::Array(Box::new(element.into()), length)
}

fn composite(members: impl IntoIterator<Item = impl Into<Spec>>) -> Composite {
    Composite {
        members: members.into_iter().map(|member| member.into().into()).collect(),
        ..Composite::default()
    }
}

impl Spec {
    pub(crate) fn packed(self, limit: usize) -> Spec {
        self.with(|composite| composite.packed = Some(limit))
    }

    pub(crate) fn aligned(self, alignment: usize) -> Spec {
        self.with(|composite| composite.aligned = Some(alignment))
    }

    /// Adds a bit-field.
    pub(crate) fn bits(self, ty: Type, width: u32) -> Spec {
        self.and(Member { bits: Some(width), ..Spec::from(ty).into() })
    }

    /// Adds a bit-field without a name.
    pub(crate) fn padding(self, ty: Type, width: u32) -> Spec {
        self.and(Member { bits: Some(width), unnamed: true, ..Spec::from(ty).into() })
    }

    /// Adds a member.
    pub(crate) fn and(self, member: impl Into<Member>) -> Spec {
        self.with(|composite| composite.members.push(member.into()))
    }

    fn with(mut self, change: impl FnOnce(&mut Composite)) -> Spec {
        match &mut self {
            Spec::Struct(composite) | Spec::Union(composite) => change(composite),
            _ => panic!("only structs and unions have layout options"),
        }
        self
    }

    /// The `ffi` type, with a platform's layout of bit-fields.
    pub(crate) fn ty(&self, layout: BitFieldLayout) -> Type {
        match self {
            Spec::Void => Type::Void,
            Spec::Scalar(ty) => ty.clone(),
            Spec::Array(element, length) => Type::array(element.ty(layout), *length).unwrap(),
            Spec::Struct(composite) => {
                composite.lay_out(StructType::builder(""), layout).build().unwrap().into()
            }
            Spec::Union(composite) => {
                composite.lay_out(UnionType::builder(""), layout).build().unwrap().into()
            }
        }
    }

    /// Whether this or a part of it has the property.
    pub(crate) fn any(&self, property: &dyn Fn(&Spec) -> bool) -> bool {
        property(self)
            || match self {
                Spec::Void | Spec::Scalar(_) => false,
                Spec::Array(element, _) => element.any(property),
                Spec::Struct(composite) | Spec::Union(composite) => {
                    composite.members.iter().any(|member| member.spec.any(property))
                }
            }
    }

    /// Whether it is a number without a fraction, of at most 8 bytes.
    pub(crate) fn is_integer(&self) -> bool {
        use Type::{Bool, I8, I16, I32, I64, U8, U16, U32, U64};
        matches!(self, Spec::Scalar(Bool | I8 | I16 | I32 | I64 | U8 | U16 | U32 | U64))
    }

    /// The type and the definitions it needs, in C.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let ty = self.c(&mut text, "T");
        format!("{text}{ty}")
    }

    /// Writes the definitions that the type needs to `text`, each under a name that begins with `prefix`; returns the
    /// type in C, without a declarator.
    pub(crate) fn c(&self, text: &mut String, prefix: &str) -> String {
        match self {
            Spec::Void => "void".into(),
            Spec::Scalar(ty) => scalar(ty),
            Spec::Struct(composite) => composite.define(text, "struct", prefix),
            Spec::Union(composite) => composite.define(text, "union", prefix),
            Spec::Array(..) => panic!("an array needs a declarator"),
        }
    }
}

impl Composite {
    fn lay_out<C>(
        &self,
        mut builder: CompositeBuilder<C>,
        layout: BitFieldLayout,
    ) -> CompositeBuilder<C> {
        for (index, member) in self.members.iter().enumerate() {
            let ty = member.spec.ty(layout);
            let mut field = match member.bits {
                None => Field::new(format!("m{index}"), ty),
                Some(width) if !member.is_named() => Field::bits("", ty, width),
                Some(width) => Field::bits(format!("m{index}"), ty, width),
            };
            if member.packed {
                field = field.packed();
            }
            if let Some(alignment) = member.aligned {
                field = field.aligned(alignment);
            }
            builder = builder.field(field);
        }
        if let Some(limit) = self.packed {
            builder = builder.packed(limit);
        }
        if let Some(alignment) = self.aligned {
            builder = builder.aligned(alignment);
        }
        builder.bit_field_layout(layout)
    }

    fn define(&self, text: &mut String, keyword: &str, name: &str) -> String {
        let mut body = String::new();
        for (index, member) in self.members.iter().enumerate() {
            let (mut spec, mut dimensions) = (&member.spec, String::new());
            while let Spec::Array(element, length) = spec {
                write!(dimensions, "[{length}]").unwrap();
                spec = element;
            }
            let ty = spec.c(text, &format!("{name}_m{index}"));
            match member.bits {
                Some(width) if !member.is_named() => write!(body, "{ty} : {width}; ").unwrap(),
                Some(width) => write!(body, "{ty} m{index} : {width}; ").unwrap(),
                None => {
                    write!(body, "{ty} m{index}{dimensions}").unwrap();
                    if member.packed {
                        body.push_str(" __attribute__((packed))");
                    }
                    if let Some(alignment) = member.aligned {
                        write!(body, " __attribute__((aligned({alignment})))").unwrap();
                    }
                    body.push_str("; ");
                }
            }
        }
        if let Some(limit) = self.packed.filter(|limit| *limit > 1) {
            writeln!(text, "#pragma pack(push, {limit})").unwrap();
        }
        write!(text, "typedef {keyword} {{ {body}}}").unwrap();
        if self.packed == Some(1) {
            text.push_str(" __attribute__((packed))");
        }
        if let Some(alignment) = self.aligned {
            write!(text, " __attribute__((aligned({alignment})))").unwrap();
        }
        writeln!(text, " {name};").unwrap();
        if self.packed.is_some_and(|limit| limit > 1) {
            text.push_str("#pragma pack(pop)\n");
        }
        name.to_owned()
    }
}

fn scalar(ty: &Type) -> String {
    match ty {
        Type::Bool => "_Bool".into(),
        Type::I8 => "signed char".into(),
        Type::I16 => "short".into(),
        Type::I32 => "int".into(),
        Type::I64 => "long long".into(),
        Type::I128 => "__int128".into(),
        Type::U8 => "unsigned char".into(),
        Type::U16 => "unsigned short".into(),
        Type::U32 => "unsigned int".into(),
        Type::U64 => "unsigned long long".into(),
        Type::U128 => "unsigned __int128".into(),
        Type::F16 => "_Float16".into(),
        Type::F32 => "float".into(),
        Type::F64 => "double".into(),
        Type::F80 => "long double".into(),
        Type::F128 if cfg!(target_arch = "x86_64") => "__float128".into(),
        Type::F128 => "long double".into(),
        Type::Complex(Float::F16) => "_Complex _Float16".into(),
        Type::Complex(Float::F32) => "_Complex float".into(),
        Type::Complex(Float::F64) => "_Complex double".into(),
        // The two compilers have no name in common for it: the text of a library begins with this one.
        Type::Complex(Float::F128) if cfg!(target_arch = "x86_64") => "complex_quad".into(),
        Type::Complex(_) => "_Complex long double".into(),
        Type::Pointer => "void *".into(),
        // The text of a library begins with their definitions: gcc applies `packed` to a member before `vector_size`.
        Type::Vector(vector) => {
            format!("v{}_{}", vector.size(), scalar(vector.element()).replace(' ', "_"))
        }
        other => panic!("{other} is no scalar"),
    }
}
