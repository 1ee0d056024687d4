//! What must hold of every plan.

use super::{Piece, Place, Plan, ResultPlan};
use crate::Signature;

impl Plan {
    /// Checks the plan against its signature: pieces lie within their values and do not overlap there, no register or
    /// stack byte is used twice, the stack space is large enough.
    ///
    /// # Errors
    /// The first thing that does not hold, in words.
    pub fn check(&self, signature: &Signature) -> Result<(), String> {
        let mut places: Vec<(Place, u32)> = Vec::new();
        if let ResultPlan::Memory { pointer } = self.result {
            places.push((pointer, 8));
        }
        for (index, parameter) in signature.parameters().iter().enumerate() {
            let pieces: Vec<&Piece> = self.pieces(index).collect();
            let copied = self
                .moves
                .iter()
                .any(|step| usize::from(step.argument) == index && step.copy.is_some());
            let size = if copied { 8 } else { parameter.ty().size() };
            within(&pieces, size, &format!("argument {index}"))?;
            places.extend(pieces.iter().map(|piece| (piece.place, piece.size)));
        }
        for (index, (place, size)) in places.iter().enumerate() {
            if let Some((other, _)) =
                places[..index].iter().find(|other| overlap(**other, (*place, *size)))
            {
                return Err(format!("{place:?} and {other:?} overlap"));
            }
            if let Place::Stack(offset) = place
                && offset + size > self.stack_size
            {
                return Err(format!(
                    "{place:?} of {size} bytes lies beyond {} bytes of stack",
                    self.stack_size
                ));
            }
        }
        if let ResultPlan::Registers(pieces) = &self.result {
            within(&pieces.iter().collect::<Vec<_>>(), signature.returns().size(), "the result")?;
        }
        Ok(())
    }
}

fn within(pieces: &[&Piece], size: usize, what: &str) -> Result<(), String> {
    let mut end = 0;
    for piece in pieces {
        if piece.offset < end || piece.size == 0 {
            return Err(format!("the pieces of {what} overlap or are empty"));
        }
        end = piece.offset + piece.size;
    }
    if end as usize > size {
        Err(format!("a piece of {what} lies beyond its {size} bytes"))
    } else {
        Ok(())
    }
}

fn overlap((a, a_size): (Place, u32), (b, b_size): (Place, u32)) -> bool {
    match (a, b) {
        (Place::Stack(a), Place::Stack(b)) => a < b + b_size && b < a + a_size,
        (Place::Both(both), Place::Integer(one) | Place::Vector(one))
        | (Place::Integer(one) | Place::Vector(one), Place::Both(both)) => both == one,
        _ => a == b,
    }
}
