//! What a line of a trace shows: arguments, results, and what they consist of or point to.

use std::ffi::c_void;

use crate::Signature;
use crate::c_type::AnyValue;
use crate::c_type::bytes::is_value;
use crate::types::{BitRange, FieldLayout, Type};

/// A value in memory that a line of a trace is to show: an argument, a result, a field, an element, or what a pointer
/// points to.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    name: &'a str,
    ty: &'a Type,
    address: *const c_void,
    /// Those of a bit-field, whose type may be larger than what lies there.
    bits: Option<BitRange>,
    siblings: Siblings<'a>,
}

/// What stands beside a value.
#[derive(Clone, Copy, Debug)]
enum Siblings<'a> {
    None,
    Arguments(&'a CallView<'a>),
    /// The fields of a struct, and where it lies.
    Fields(&'a [FieldLayout], *const c_void),
}

/// A call's arguments, and its result once it is there.
#[derive(Debug)]
pub(super) struct CallView<'a> {
    pub(super) signature: &'a Signature,
    pub(super) arguments: Vec<*const c_void>,
    pub(super) result: Option<*const c_void>,
}

impl CallView<'_> {
    pub(super) fn argument(&self, index: usize) -> Operand<'_> {
        let parameter = &self.signature.parameters()[index];
        let (name, ty) = (parameter.name(), parameter.ty());
        let (address, siblings) = (self.arguments[index], Siblings::Arguments(self));
        Operand { name, ty, address, bits: None, siblings }
    }

    pub(super) fn result(&self) -> Option<Operand<'_>> {
        let ty = self.signature.returns();
        let address = self.result.filter(|_| !ty.is_void())?;
        Some(Operand { name: "", ty, address, bits: None, siblings: Siblings::Arguments(self) })
    }
}

impl<'a> Operand<'a> {
    /// The parameter's or field's name; empty for other values.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The type.
    pub fn ty(&self) -> &'a Type {
        self.ty
    }

    /// The name of the type where it has one of its own: that of a [`Type::alias`], a struct or a union.
    pub fn type_name(&self) -> Option<&'a str> {
        let name = match self.ty {
            Type::Alias(alias) => alias.name(),
            Type::Struct(composite) => composite.name(),
            Type::Union(composite) => composite.name(),
            _ => "",
        };
        Some(name).filter(|name| !name.is_empty())
    }

    /// Where the value lies: readable for its size while the line is written, and perhaps less aligned than the type asks
    /// for. Of a bit-field, the byte that its first bit lies in; bytes without a bit of it need not be there.
    pub fn address(&self) -> *const c_void {
        self.address
    }

    /// The value, where `T` is its type by whatever name. None for a bit-field, and where a `bool` is neither 0 nor 1.
    pub fn read<T: AnyValue>(&self) -> Option<T> {
        if self.bits.is_some()
            || T::c_type().resolve() != self.ty.resolve()
            || !is_value(self.ty, self.bytes())
        {
            return None;
        }
        // SAFETY: a value of T's C type lies there, and every such value is a valid `T`.
        Some(unsafe { self.address.cast::<T>().read_unaligned() })
    }

    /// The value as an unsigned number, where it is an unsigned integer of any width up to 8 bytes. None for a bit-field.
    pub fn read_unsigned(&self) -> Option<u64> {
        match self.ty.resolve() {
            Type::U8 => self.read::<u8>().map(u64::from),
            Type::U16 => self.read::<u16>().map(u64::from),
            Type::U32 => self.read::<u32>().map(u64::from),
            Type::U64 => self.read::<u64>(),
            _ => None,
        }
    }

    /// The argument or field of this name beside this one.
    pub fn sibling(&self, name: &str) -> Option<Operand<'a>> {
        match self.siblings {
            Siblings::None => None,
            Siblings::Arguments(call) => {
                let mut parameters = call.signature.parameters().iter();
                let index = parameters.position(|parameter| parameter.name() == name)?;
                Some(call.argument(index))
            }
            Siblings::Fields(fields, start) => {
                let mut fields = (0..fields.len()).map(|index| field_of(fields, start, index));
                fields.find(|field| field.name == name)
            }
        }
    }

    /// The result of the call that this is an argument or the result of; `None` before the call has returned.
    pub fn call_result(&self) -> Option<Operand<'a>> {
        match self.siblings {
            Siblings::Arguments(call) => call.result(),
            _ => None,
        }
    }

    /// The fields, where this is a struct. Those of a union are not told: nothing says which of them is there.
    pub fn fields(&self) -> impl Iterator<Item = Operand<'a>> + use<'a> {
        let fields = match self.ty.resolve() {
            Type::Struct(composite) => composite.fields(),
            _ => &[],
        };
        let start = self.address;
        (0..fields.len()).map(move |index| field_of(fields, start, index))
    }

    /// The field of this name, where this is a struct.
    pub fn field(&self, name: &str) -> Option<Operand<'a>> {
        self.fields().find(|field| field.name == name)
    }

    /// The element at `index` of those that a pointer points to; `None` for a null pointer and for what is no pointer.
    ///
    /// # Safety
    /// A pointer that is not null points to more than `index` values of type `ty`, which are not changed while the line is
    /// written.
    pub unsafe fn pointee<'t>(&self, ty: &'t Type, index: usize) -> Option<Operand<'t>> {
        let start = self.read::<*mut c_void>().filter(|start| !start.is_null())?;
        let address = start.cast_const().wrapping_byte_add(index * ty.size());
        Some(Operand { name: "", ty, address, bits: None, siblings: Siblings::None })
    }

    /// The element at `index` of an array or a vector.
    pub(super) fn element(&self, ty: &'a Type, index: usize) -> Operand<'a> {
        let address = self.address.wrapping_byte_add(index * ty.size());
        Operand { name: "", ty, address, bits: None, siblings: Siblings::None }
    }

    /// The bits, where this is a bit-field.
    pub(super) fn bits(&self) -> Option<BitRange> {
        self.bits
    }

    /// The bytes; not of a bit-field.
    pub(super) fn bytes(&self) -> &'a [u8] {
        // SAFETY: the value lies there and has this size.
        unsafe { std::slice::from_raw_parts(self.address.cast(), self.ty.size()) }
    }
}

fn field_of<'a>(fields: &'a [FieldLayout], start: *const c_void, index: usize) -> Operand<'a> {
    let field = &fields[index];
    Operand {
        name: field.name(),
        ty: field.ty(),
        address: start.wrapping_byte_add(field.offset()),
        bits: field.bits(),
        siblings: Siblings::Fields(fields, start),
    }
}
