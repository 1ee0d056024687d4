//! Types and signatures of the headers as data.

use crate::Struct;

/// A function's or callback's C declaration.
#[derive(Debug)]
pub(crate) struct Prototype {
    pub(crate) name: &'static str,
    pub(crate) returns: CType,
    pub(crate) parameters: &'static [(&'static str, CType)],
}

/// A struct's or union's C declaration.
#[derive(Debug)]
pub(crate) struct Aggregate {
    pub(crate) name: &'static str,
    pub(crate) kind: AggregateKind,
    pub(crate) fields: &'static [(&'static str, CType)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AggregateKind {
    Struct,
    Union,
}

/// A C type, by its name in C.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CType {
    Void,
    Scalar(&'static str, Scalar),
    /// A pointer, a handle or a function pointer.
    Pointer(&'static str),
    Struct(Struct),
}

/// How an arithmetic type is represented.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar {
    U8,
    U16,
    U32,
    U64,
    I32,
    /// As wide as a pointer, unsigned.
    Size,
    F32,
    F64,
}
