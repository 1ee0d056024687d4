//! Whether two types are the same but for their names.

use super::{FieldLayout, Type};

impl Type {
    /// Whether values of the other type have the same representation: the same numbers at the same offsets, whatever the
    /// names of types and members.
    ///
    /// ```
    /// use ffi::{Field, StructType, Type};
    /// let declared = StructType::new("point", [Field::new("x", Type::alias("int", Type::I32))])?;
    /// let other = StructType::new("Point", [Field::new("left", Type::I32)])?;
    /// assert!(Type::from(declared) != Type::from(other.clone()));
    /// assert!(Type::from(other.clone()).has_layout_of(&other.into()));
    /// # Ok::<(), ffi::Error>(())
    /// ```
    pub fn has_layout_of(&self, other: &Type) -> bool {
        match (self.resolve(), other.resolve()) {
            (Type::Array(a), Type::Array(b)) => {
                a.length() == b.length() && a.element().has_layout_of(b.element())
            }
            (Type::Vector(a), Type::Vector(b)) => {
                a.lanes() == b.lanes() && a.element().has_layout_of(b.element())
            }
            (Type::Struct(a), Type::Struct(b)) => {
                a == b
                    || (a.size() == b.size()
                        && a.alignment() == b.alignment()
                        && same_fields(a.fields(), b.fields()))
            }
            (Type::Union(a), Type::Union(b)) => {
                a == b
                    || (a.size() == b.size()
                        && a.alignment() == b.alignment()
                        && same_fields(a.fields(), b.fields()))
            }
            (a, b) => a == b,
        }
    }
}

fn same_fields(a: &[FieldLayout], b: &[FieldLayout]) -> bool {
    let same = |(a, b): (&FieldLayout, &FieldLayout)| {
        a.offset() == b.offset() && a.bits() == b.bits() && a.ty().has_layout_of(b.ty())
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}
