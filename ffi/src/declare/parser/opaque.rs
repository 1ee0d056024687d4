//! Types that have a layout here and no more: brain floats, decimal and complex integer numbers, and wider vectors than
//! calls know.

use super::super::lexer::Lexeme;
use super::super::model::{DeclaredType, Definition, Form, TagKind};
use super::attributes::Vector;
use super::words::Words;
use super::{Parsed, Parser};
use crate::types::{Field, StructType, Type};

/// The numbers, by their words, and an integer of their size and alignment.
const NUMBERS: [(&str, Type); 4] = [
    ("__bf16", Type::U16),
    ("_Decimal32", Type::U32),
    ("_Decimal64", Type::U64),
    ("_Decimal128", Type::U128),
];

pub(super) const NUMBERS_ALONE: &str = "`mode` and `vector_size` change types of numbers alone";

/// Whether a word names such a number.
pub(super) fn is_number(word: &str) -> bool {
    NUMBERS.iter().any(|(number, _)| *number == word)
}

impl<'text> Parser<'text, '_> {
    /// The number that words with such a name among them stand for.
    pub(super) fn opaque_number(
        &mut self,
        words: &Words,
        place: Lexeme<'text>,
    ) -> Parsed<DeclaredType> {
        let number = NUMBERS.iter().find(|(number, _)| Some(*number) == words.base);
        match (number, words.complex, words.has_prefixes()) {
            (Some((name, integer)), 0, false) => {
                self.opaque(name, integer, 1, integer.size(), place)
            }
            _ => self.mistake_at(place, "these words together are no type"),
        }
    }

    /// A vector of numbers. One that calls do not know is a type with its layout alone.
    pub(super) fn vector(
        &mut self,
        element: &Type,
        vector: Vector,
        place: Lexeme<'text>,
    ) -> Parsed<DeclaredType> {
        let name = element.to_string();
        let lanes = self.placed(place, lanes(&name, element, vector))?;
        // Lanes that were rounded up are padding: no call passes them as such.
        let padded = matches!(vector, Vector::Lanes(asked) if asked != lanes);
        match self.model.data.vector(element.clone(), lanes) {
            Ok(ty) if !padded => Ok(DeclaredType::basic(ty)),
            _ => self.opaque_vector(&name, element, vector, place),
        }
    }

    /// A vector of what is a layout alone.
    pub(super) fn vector_of_opaque(
        &mut self,
        tag: usize,
        vector: Vector,
        place: Lexeme<'text>,
    ) -> Parsed<DeclaredType> {
        let name = self.model.tags[tag].name.clone();
        match NUMBERS.iter().find(|(number, _)| *number == &*name) {
            Some((name, integer)) => self.opaque_vector(name, integer, vector, place),
            None => self.mistake_at(place, NUMBERS_ALONE),
        }
    }

    fn opaque_vector(
        &mut self,
        element: &str,
        integer: &Type,
        vector: Vector,
        place: Lexeme<'text>,
    ) -> Parsed<DeclaredType> {
        let lanes = self.placed(place, lanes(element, integer, vector))?;
        let size = lanes * integer.size();
        let name = match vector {
            Vector::Bytes(size) => format!("{element} __attribute__((vector_size({size})))"),
            Vector::Lanes(lanes) => format!("{element} __attribute__((ext_vector_type({lanes})))"),
        };
        // AAPCS64 aligns no vector by more than a register.
        let most = if self.model.data.vector_alignment == 16 { 16 } else { size };
        self.opaque(&name, integer, lanes, size.min(most), place)
    }

    /// The type of this name, the same each time, with the layout of so many elements.
    pub(super) fn opaque(
        &mut self,
        name: &str,
        element: &Type,
        lanes: usize,
        alignment: usize,
        place: Lexeme<'text>,
    ) -> Parsed<DeclaredType> {
        if let Some(index) = self.model.tag_names.get(name) {
            return Ok(Form::Tag(*index).into());
        }
        let laid_out = || -> Result<StructType, crate::Error> {
            let elements = Type::array(element.clone(), lanes)?;
            let builder = StructType::builder(name.to_owned()).field(Field::new("", elements));
            builder.aligned(alignment).build()
        };
        let ty = self.placed(place, laid_out().map_err(|error| error.to_string()))?;
        let unpassable = Some(name.into());
        let definition = Definition {
            ty: ty.into(),
            members: Vec::new(),
            enumerators: Vec::new(),
            depth: 1,
            unpassable,
        };
        let model = self.write(place)?;
        let index = model.announce(TagKind::Struct, name);
        model.define(index, definition);
        Ok(Form::Tag(index).into())
    }
}

/// How many elements a vector has.
fn lanes(name: &str, element: &Type, vector: Vector) -> Result<usize, String> {
    let width = element.size();
    let is_number = !matches!(element.resolve(), Type::Bool | Type::Complex(_) | Type::Vector(_));
    match vector.size(width) {
        Some(size) if width > 0 && is_number && size.is_power_of_two() && size % width == 0 => {
            Ok(size / width)
        }
        Some(size) => Err(format!("{size} bytes are no vector of {name}")),
        None => Err(format!("no vector of {name} has so many lanes")),
    }
}
