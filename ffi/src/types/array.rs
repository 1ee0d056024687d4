//! Repeated elements: fixed arrays and SIMD vectors.

use std::sync::Arc;

use super::{MAX_SIZE, Type};
use crate::Error;

/// A fixed array inside a struct or union; made by [`Type::array`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArrayType(Arc<Repeated>);

/// A SIMD vector; made by [`Type::vector`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VectorType(Arc<Repeated>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Repeated {
    element: Type,
    length: usize,
    size: usize,
    alignment: usize,
}

impl ArrayType {
    pub(super) fn new(element: Type, length: usize) -> Result<ArrayType, Error> {
        if element.is_void() {
            return Err(Error::VoidValue { place: "the element of an array".into() });
        }
        let size = element.size().checked_mul(length).filter(|size| *size <= MAX_SIZE);
        let size = size.ok_or_else(|| Error::TooLarge {
            what: format!("an array of {length} elements of {element}"),
            limit: MAX_SIZE,
        })?;
        let alignment = element.alignment();
        Ok(ArrayType(Arc::new(Repeated { element, length, size, alignment })))
    }

    /// The type of the elements.
    pub fn element(&self) -> &Type {
        &self.0.element
    }

    pub(super) fn alignment(&self) -> usize {
        self.0.alignment
    }

    /// The number of elements; 0 for C's flexible array members.
    pub fn length(&self) -> usize {
        self.0.length
    }

    /// The size in bytes.
    pub fn size(&self) -> usize {
        self.0.size
    }
}

impl VectorType {
    pub(super) fn new(
        element: Type,
        lanes: usize,
        most_aligned: usize,
    ) -> Result<VectorType, Error> {
        let scalar = matches!(
            element.resolve(),
            Type::I8
                | Type::I16
                | Type::I32
                | Type::I64
                | Type::U8
                | Type::U16
                | Type::U32
                | Type::U64
                | Type::F32
                | Type::F64
        );
        match element.size().checked_mul(lanes) {
            Some(size @ (8 | 16 | 32)) if scalar => {
                let alignment = size.min(most_aligned);
                Ok(VectorType(Arc::new(Repeated { element, length: lanes, size, alignment })))
            }
            _ => Err(Error::BadVector { element, lanes }),
        }
    }

    /// The type of the lanes.
    pub fn element(&self) -> &Type {
        &self.0.element
    }

    /// The number of lanes.
    pub fn lanes(&self) -> usize {
        self.0.length
    }

    /// The size in bytes: 8, 16 or 32.
    pub fn size(&self) -> usize {
        self.0.size
    }

    /// The alignment in bytes: the size, or less where that is more than the platform's vectors have.
    pub fn alignment(&self) -> usize {
        self.0.alignment
    }
}
