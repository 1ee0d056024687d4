//! Structs and unions: members, and where the layout puts them.

use std::sync::Arc;

use super::layout::{Bits, Layout};
use super::{BitFieldLayout, DataModel, MAX_SIZE, Name, Type};
use crate::Error;

/// A struct by value: an immutable descriptor, cheap to clone.
///
/// Two descriptors are equal when names, members and layout are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StructType(Arc<Composite>);

/// A union by value: an immutable descriptor, cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnionType(Arc<Composite>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Composite {
    name: Name,
    fields: Vec<FieldLayout>,
    size: usize,
    alignment: usize,
    /// The alignment before the whole was aligned: that of the members, as they were packed.
    natural_alignment: usize,
    /// The alignment asked for by `aligned`, here or in a member.
    required_alignment: usize,
}

/// A member before its layout.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    name: Name,
    ty: Type,
    bits: Option<u32>,
    packed: bool,
    aligned: Option<usize>,
}

/// A member in its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldLayout {
    name: Name,
    ty: Type,
    offset: usize,
    bits: Option<BitRange>,
    /// Whether a bit-field was packed, by itself or with the whole.
    packed: bool,
}

/// The bits of a bit-field, counted from the least significant bit of the byte at the field's offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BitRange {
    /// The first bit, 0 to 7.
    pub first: u32,
    /// The number of bits, 1 to 128.
    pub width: u32,
}

impl Field {
    /// A member; C's anonymous members have the empty name.
    pub fn new(name: impl Into<Name>, ty: impl Into<Type>) -> Field {
        Field { name: name.into(), ty: ty.into(), bits: None, packed: false, aligned: None }
    }

    /// A bit-field of `width` bits. Width 0, which has no name, ends the storage unit as in C.
    pub fn bits(name: impl Into<Name>, ty: impl Into<Type>, width: u32) -> Field {
        Field { bits: Some(width), ..Field::new(name, ty) }
    }

    /// Drops the alignment of the member's type: `__attribute__((packed))` on the member. A bit-field may then straddle
    /// storage units.
    pub fn packed(mut self) -> Field {
        self.packed = true;
        self
    }

    /// Aligns the member by at least `alignment` bytes: `__attribute__((aligned(alignment)))`, `_Alignas`. A packing by more
    /// than 1 limits that too, but not by Microsoft's rule, which has no such bit-fields.
    pub fn aligned(mut self, alignment: usize) -> Field {
        self.aligned = Some(alignment);
        self
    }
}

impl FieldLayout {
    /// The name; empty for an anonymous member.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type; for a bit-field its declared type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Bytes from the start of the struct or union; for a bit-field those before the byte that holds its first bit.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The bits of a bit-field.
    pub fn bits(&self) -> Option<BitRange> {
        self.bits
    }

    /// Whether it is a bit-field that was packed by `__attribute__((packed))`, its own or the whole's.
    pub(crate) fn is_packed(&self) -> bool {
        self.packed
    }
}

impl StructType {
    /// A struct with C's natural layout on this platform. The empty name makes it anonymous.
    ///
    /// # Errors
    /// [`Error::VoidValue`] for a member without a value, [`Error::BadBitField`] for a bit-field that is not an integer
    /// or wider than its type, [`Error::TooLarge`] past [`MAX_SIZE`].
    pub fn new(
        name: impl Into<Name>,
        fields: impl IntoIterator<Item = Field>,
    ) -> Result<StructType, Error> {
        StructType::builder(name).fields(fields).build()
    }

    /// A struct whose layout differs from the natural one: packed, over-aligned, or of another platform.
    pub fn builder(name: impl Into<Name>) -> CompositeBuilder<StructType> {
        CompositeBuilder::new(name.into(), StructType)
    }

    /// The tag; empty for an anonymous struct.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The members in the order of declaration.
    pub fn fields(&self) -> &[FieldLayout] {
        &self.0.fields
    }

    /// The size in bytes, padding at the end included.
    pub fn size(&self) -> usize {
        self.0.size
    }

    /// The alignment in bytes.
    pub fn alignment(&self) -> usize {
        self.0.alignment
    }

    pub(super) fn natural_alignment(&self) -> usize {
        self.0.natural_alignment
    }

    pub(super) fn required_alignment(&self) -> usize {
        self.0.required_alignment
    }
}

impl UnionType {
    /// A union with C's natural layout on this platform. The empty name makes it anonymous.
    ///
    /// # Errors
    /// As [`StructType::new`].
    pub fn new(
        name: impl Into<Name>,
        fields: impl IntoIterator<Item = Field>,
    ) -> Result<UnionType, Error> {
        UnionType::builder(name).fields(fields).build()
    }

    /// A union whose layout differs from the natural one.
    pub fn builder(name: impl Into<Name>) -> CompositeBuilder<UnionType> {
        CompositeBuilder::new(name.into(), UnionType)
    }

    /// The tag; empty for an anonymous union.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The members in the order of declaration, all of them at offset 0 but for later bit-fields' first bits.
    pub fn fields(&self) -> &[FieldLayout] {
        &self.0.fields
    }

    /// The size in bytes, padding at the end included.
    pub fn size(&self) -> usize {
        self.0.size
    }

    /// The alignment in bytes.
    pub fn alignment(&self) -> usize {
        self.0.alignment
    }

    pub(super) fn natural_alignment(&self) -> usize {
        self.0.natural_alignment
    }

    pub(super) fn required_alignment(&self) -> usize {
        self.0.required_alignment
    }
}

/// Collects the members and layout options of a struct or union; made by [`StructType::builder`] and
/// [`UnionType::builder`].
///
/// ```
/// use ffi::{Field, StructType, Type};
/// let packed = StructType::builder("Header").packed(1)
///     .fields([Field::new("kind", Type::U8), Field::new("length", Type::U32)]).build()?;
/// assert_eq!((packed.size(), packed.alignment(), packed.fields()[1].offset()), (5, 1, 1));
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Debug)]
pub struct CompositeBuilder<C> {
    name: Name,
    fields: Vec<Field>,
    packed: Option<usize>,
    aligned: Option<usize>,
    bit_fields: BitFieldLayout,
    finish: Finish<C>,
}

type Finish<C> = fn(Arc<Composite>) -> C;

impl<C> CompositeBuilder<C> {
    fn new(name: Name, finish: Finish<C>) -> CompositeBuilder<C> {
        let bit_fields = DataModel::HOST.bit_fields;
        CompositeBuilder {
            name,
            fields: Vec::new(),
            packed: None,
            aligned: None,
            bit_fields,
            finish,
        }
    }

    /// Adds a member.
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Adds members.
    pub fn fields(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// Aligns no member by more than `limit` bytes: `#pragma pack(limit)`; 1 is `__attribute__((packed))`.
    pub fn packed(mut self, limit: usize) -> Self {
        self.packed = Some(limit);
        self
    }

    /// Aligns the whole by at least `alignment` bytes: `__attribute__((aligned(alignment)))`, `alignas`.
    pub fn aligned(mut self, alignment: usize) -> Self {
        self.aligned = Some(alignment);
        self
    }

    /// Packs bit-fields by the rule of another platform than the host.
    pub fn bit_field_layout(mut self, layout: BitFieldLayout) -> Self {
        self.bit_fields = layout;
        self
    }
}

impl CompositeBuilder<StructType> {
    /// Settles the layout.
    ///
    /// # Errors
    /// As [`StructType::new`], and [`Error::BadAlignment`] for a packing or alignment that is no power of two.
    pub fn build(self) -> Result<StructType, Error> {
        self.lay_out(false)
    }
}

impl CompositeBuilder<UnionType> {
    /// Settles the layout.
    ///
    /// # Errors
    /// As [`StructType::new`], and [`Error::BadAlignment`] for a packing or alignment that is no power of two.
    pub fn build(self) -> Result<UnionType, Error> {
        self.lay_out(true)
    }
}

impl<C> CompositeBuilder<C> {
    fn lay_out(self, overlay: bool) -> Result<C, Error> {
        let members = self.fields.iter().filter_map(|field| field.aligned);
        for alignment in self.packed.into_iter().chain(self.aligned).chain(members) {
            if !alignment.is_power_of_two() || alignment > 1 << 28 {
                return Err(Error::BadAlignment { type_name: self.name.into_owned(), alignment });
            }
        }
        let mut layout = Layout::new(self.bit_fields, overlay, self.packed);
        let mut placed = Vec::with_capacity(self.fields.len());
        for field in self.fields {
            if field.ty.is_void() {
                return Err(Error::VoidValue {
                    place: format!("field {:?} of {:?}", field.name, self.name),
                });
            }
            let size = field.ty.size() as u64;
            let (first_bit, bits) = match field.bits {
                None => {
                    let aligned = field.aligned.unwrap_or(1) as u64;
                    let required = (field.ty.required_alignment() as u64).max(aligned);
                    let natural = if field.packed { 1 } else { field.ty.alignment() as u64 };
                    (layout.place(size, natural, aligned, required), None)
                }
                Some(width) => {
                    check_bit_field(&self.name, &field, width, 0)?;
                    let aligned = field.aligned.map(|aligned| aligned as u64);
                    let bits =
                        Bits { named: !field.name.is_empty(), packed: field.packed, aligned };
                    let first = layout.place_bits(width.into(), size, bits);
                    if width == 0 {
                        continue;
                    }
                    check_bit_field(&self.name, &field, width, (first % 8) as u32)?;
                    (first, Some(BitRange { first: (first % 8) as u32, width }))
                }
            };
            placed.push(FieldLayout {
                name: field.name,
                ty: field.ty,
                offset: (first_bit / 8) as usize,
                bits,
                packed: bits.is_some() && (field.packed || self.packed == Some(1)),
            });
            if layout.end() > 8 * MAX_SIZE as u64 {
                break;
            }
        }
        let extent = layout.finish(self.aligned);
        if extent.size > MAX_SIZE as u64 {
            return Err(Error::TooLarge {
                what: format!("the type {:?}", self.name),
                limit: MAX_SIZE,
            });
        }
        Ok((self.finish)(Arc::new(Composite {
            name: self.name,
            fields: placed,
            size: extent.size as usize,
            alignment: extent.alignment as usize,
            natural_alignment: extent.natural as usize,
            required_alignment: extent.required as usize,
        })))
    }
}

/// `first` is its first bit within a byte: with those before, it is no longer than an `__int128`.
fn check_bit_field(composite: &str, field: &Field, width: u32, first: u32) -> Result<(), Error> {
    let limit = match field.ty.resolve() {
        Type::Bool => 1,
        Type::I8
        | Type::U8
        | Type::I16
        | Type::U16
        | Type::I32
        | Type::U32
        | Type::I64
        | Type::U64
        | Type::I128
        | Type::U128 => 8 * field.ty.size() as u32,
        _ => 0,
    };
    if width > limit
        || first + width > 128
        || (width == 0 && (limit == 0 || !field.name.is_empty()))
    {
        return Err(Error::BadBitField {
            type_name: composite.to_owned(),
            field: field.name.clone().into_owned(),
            ty: field.ty.clone(),
            width,
        });
    }
    Ok(())
}
