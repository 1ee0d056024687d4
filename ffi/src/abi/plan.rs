//! The plan of a call, as data.

use super::Abi;
use crate::types::Type;
use crate::{Error, Signature};

/// Where every piece of every argument, and of the result, travels in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The calling convention.
    pub abi: Abi,
    /// The pieces of the arguments, in the order of the arguments.
    pub moves: Vec<ArgumentMove>,
    /// How the result comes back.
    pub result: ResultPlan,
    /// Bytes of stack that the arguments take.
    pub stack_size: u32,
    /// The alignment of the stack arguments: 16, or more for an over-aligned argument.
    pub stack_alignment: u32,
    /// Bytes of stack that the copies of arguments passed by reference take, beside the arguments.
    pub copies_size: u32,
    /// How many vector registers carry arguments.
    pub vector_registers: u8,
    /// Whether the callee is variadic.
    pub variadic: bool,
}

/// One piece of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArgumentMove {
    /// The index of the argument.
    pub argument: u16,
    /// The piece; of an argument passed by reference, the 8 bytes of the address.
    pub piece: Piece,
    /// For an argument passed by reference: the copy of the value whose address travels.
    pub copy: Option<Copied>,
}

/// A copy that the caller makes of an argument, so that the callee can change it unnoticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its bytes.
    pub size: u32,
    /// Its alignment in bytes.
    pub alignment: u32,
}

/// Adjoining bytes of a value that travel together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where the bytes begin in the value.
    pub offset: u32,
    /// Their number; in a register at most the register's size, on the stack any.
    pub size: u32,
    /// How the bytes fill a place that is larger.
    pub extension: Extension,
    /// Where they go.
    pub place: Place,
}

/// How bytes fill a register or stack word that is larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// What lies above is undefined.
    None,
    /// Zeros above: an unsigned integer.
    Zero,
    /// Copies of the sign bit above: a signed integer.
    Sign,
}

/// A place of one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An integer register, counted from the convention's first argument (or result) register.
    Integer(u8),
    /// A vector register, counted likewise.
    Vector(u8),
    /// The integer and the vector register of one number: a floating-point argument of a variadic Win64 function.
    Both(u8),
    /// The x87 stack, counted from its top; results only.
    X87(u8),
    /// Bytes from the lowest stack argument.
    Stack(u32),
}

/// How the result of a call comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultPlan {
    /// There is none, or it has no bytes.
    Void,
    /// In registers: one piece after another, at most four.
    Registers(ResultPieces),
    /// In memory that the caller provides, whose address travels as a hidden argument in this place.
    Memory {
        /// Where the address travels.
        pointer: Place,
    },
}

/// The pieces of a result in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultPieces {
    pieces: [Piece; 4],
    count: u8,
}

impl ResultPieces {
    pub(super) const EMPTY: Piece =
        Piece { offset: 0, size: 0, extension: Extension::None, place: Place::Integer(0) };

    /// At most four pieces.
    pub(super) fn new(pieces: &[Piece]) -> ResultPieces {
        let mut all = [ResultPieces::EMPTY; 4];
        all[..pieces.len()].copy_from_slice(pieces);
        ResultPieces { pieces: all, count: pieces.len() as u8 }
    }
}

impl std::ops::Deref for ResultPieces {
    type Target = [Piece];

    #[inline]
    fn deref(&self) -> &[Piece] {
        &self.pieces[..usize::from(self.count)]
    }
}

impl Plan {
    /// The most bytes of stack that arguments may take: well within the smallest default stack of a thread.
    pub const MAX_STACK: usize = 1 << 19;

    /// The largest alignment of a stack argument: no call may step over the guard page of a stack.
    pub const MAX_ALIGNMENT: usize = 1024;

    /// The plan of a call without arguments and result, with room for those of a signature.
    pub(crate) fn empty(abi: Abi, signature: &Signature) -> Plan {
        Plan {
            abi,
            moves: Vec::with_capacity(signature.parameters().len() + 2),
            result: ResultPlan::Void,
            stack_size: 0,
            stack_alignment: 16,
            copies_size: 0,
            vector_registers: 0,
            variadic: signature.fixed().is_some(),
        }
    }

    /// Reserves `size` bytes of stack at `alignment`; returns where they begin.
    pub(super) fn push_stack(&mut self, size: usize, alignment: usize) -> Result<Place, Error> {
        let offset = (self.stack_size as usize).next_multiple_of(alignment);
        let end = offset + size;
        if alignment > Plan::MAX_ALIGNMENT {
            return Err(Error::TooLarge {
                what: "the alignment of an argument".into(),
                limit: Plan::MAX_ALIGNMENT,
            });
        }
        if end > Plan::MAX_STACK {
            return Err(Error::TooLarge {
                what: "the stack space of the arguments".into(),
                limit: Plan::MAX_STACK,
            });
        }
        self.stack_size = end as u32;
        self.stack_alignment = self.stack_alignment.max(alignment as u32);
        Ok(Place::Stack(offset as u32))
    }

    /// The copy of an argument passed by reference, above the copies before it.
    pub(super) fn push_copy(&mut self, ty: &Type) -> Result<Copied, Error> {
        let alignment = ty.alignment().max(16);
        if alignment > Plan::MAX_ALIGNMENT {
            return Err(Error::TooLarge {
                what: "the alignment of an argument".into(),
                limit: Plan::MAX_ALIGNMENT,
            });
        }
        let end = (self.copies_size as usize).next_multiple_of(alignment) + ty.size();
        if end > Plan::MAX_STACK {
            return Err(Error::TooLarge {
                what: "the stack space of the arguments passed by reference".into(),
                limit: Plan::MAX_STACK,
            });
        }
        self.copies_size = end as u32;
        Ok(Copied { size: ty.size() as u32, alignment: alignment as u32 })
    }

    /// The bytes of the copies of the arguments before the `before`th, and of the padding to its own.
    pub(crate) fn copied_bytes(&self, before: usize) -> u32 {
        let mut end = 0_u32;
        for step in &self.moves {
            if let Some(copy) = step.copy {
                let start = end.next_multiple_of(copy.alignment);
                if usize::from(step.argument) >= before {
                    return start;
                }
                end = start + copy.size;
            }
        }
        end
    }

    /// The pieces of one argument.
    pub fn pieces(&self, argument: usize) -> impl Iterator<Item = &Piece> {
        self.moves
            .iter()
            .filter(move |step| usize::from(step.argument) == argument)
            .map(|step| &step.piece)
    }
}
