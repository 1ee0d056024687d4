//! Types that have a layout here and no more: brain floats and decimal numbers, and wider vectors than calls know.

use super::super::model::{DeclaredType, Definition, Form, Tag, TagKind};
use super::Parser;
use super::specifiers::Words;
use crate::types::{Field, StructType, Type};

/// The numbers, by their words, and an integer of their size and alignment.
const NUMBERS: [(&str, Type); 4] = [
    ("__bf16", Type::U16),
    ("_Decimal32", Type::U32),
    ("_Decimal64", Type::U64),
    ("_Decimal128", Type::U128),
];

/// Whether a word names such a number.
pub(super) fn is_number(word: &str) -> bool {
    NUMBERS.iter().any(|(number, _)| *number == word)
}

impl Parser<'_, '_> {
    /// The number that words with such a name among them stand for.
    pub(super) fn opaque_number(&mut self, words: &Words) -> Result<DeclaredType, String> {
        let number = NUMBERS.iter().find(|(number, _)| Some(*number) == words.base);
        match (number, words.complex, words.has_prefixes()) {
            (Some((name, integer)), 0, false) => self.opaque(name, integer, 1, integer.size()),
            _ => Err("these words together are no type".into()),
        }
    }

    /// A vector of numbers, in words if it cannot be. One that calls do not know is a type with its layout alone.
    pub(super) fn vector(&mut self, element: &Type, size: usize) -> Result<DeclaredType, String> {
        let lanes = lanes(&element.to_string(), element, size)?;
        match self.model.data.vector(element.clone(), lanes) {
            Ok(vector) => Ok(DeclaredType::basic(vector)),
            Err(_) => self.opaque_vector(&element.to_string(), element, size),
        }
    }

    /// A vector of what is a layout alone.
    pub(super) fn vector_of_opaque(
        &mut self,
        tag: usize,
        size: usize,
    ) -> Result<DeclaredType, String> {
        let name = self.model.tags[tag].name.clone();
        match NUMBERS.iter().find(|(number, _)| *number == name) {
            Some((name, integer)) => self.opaque_vector(name, integer, size),
            None => Err("`mode` and `vector_size` change types of numbers alone".into()),
        }
    }

    fn opaque_vector(
        &mut self,
        element: &str,
        integer: &Type,
        size: usize,
    ) -> Result<DeclaredType, String> {
        let lanes = lanes(element, integer, size)?;
        let name = format!("{element} __attribute__((vector_size({size})))");
        self.opaque(&name, integer, lanes, size)
    }

    /// The type of this name, the same each time, with the layout of so many elements.
    fn opaque(
        &mut self,
        name: &str,
        element: &Type,
        lanes: usize,
        alignment: usize,
    ) -> Result<DeclaredType, String> {
        if let Some(index) = self.model.tag_names.get(name) {
            return Ok(Form::Tag(*index).into());
        }
        let error = |error: crate::Error| error.to_string();
        let elements = Type::array(element.clone(), lanes).map_err(error)?;
        let builder = StructType::builder(name.to_owned()).field(Field::new("", elements));
        let ty = builder.aligned(alignment).build().map_err(error)?;
        let unpassable = Some(name.to_owned());
        let definition = Definition { ty: ty.into(), members: Vec::new(), depth: 1, unpassable };
        let index = self.model.tags.len();
        let (kind, name) = (TagKind::Struct, name.to_owned());
        self.model.tag_names.insert(name.clone(), index);
        self.model.tags.push(Tag { kind, name, definition: Some(definition) });
        Ok(Form::Tag(index).into())
    }
}

/// How many elements a vector of this size has.
fn lanes(name: &str, element: &Type, size: usize) -> Result<usize, String> {
    let width = element.size();
    if width == 0 || !size.is_multiple_of(width) || !size.is_power_of_two() {
        return Err(format!("{size} bytes are no vector of {name}"));
    }
    Ok(size / width)
}
