//! A plan read backwards: where a callback finds its arguments, and how it hands back its result.

use crate::abi::{Extension, Piece, Place, Plan, ResultPlan};
use crate::arch::place_offset;
use crate::{Error, Signature};

/// The most words that gathered arguments take: every register of every convention full of pieces.
pub(super) const GATHERED_WORDS: usize = 32;

/// Where a callback of one signature finds its arguments, and how it returns.
#[derive(Debug)]
pub(super) struct Route {
    signature: Signature,
    pub(super) arguments: Box<[Source]>,
    /// The pieces to be copied together before the arguments can be read.
    pub(super) gathers: Box<[Gather]>,
    pub(super) result: ResultRoute,
}

/// Where the bytes of one argument lie.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// In one piece, this many bytes into the frame.
    Frame(u32),
    /// In the gathered words, this many bytes into them.
    Gathered(u32),
    /// At the address that lies this many bytes into the frame.
    Referenced(u32),
}

/// A piece that was passed apart from the others of its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gather {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) size: u32,
}

/// How a result is handed back.
#[derive(Clone, Copy, Debug)]
pub(super) enum ResultRoute {
    Void,
    /// An integer of this many bytes, alone in the integer result register.
    Integer {
        size: u8,
        signed: bool,
    },
    /// In registers, in the plan's pieces.
    Pieces {
        pieces: [Option<Piece>; 4],
    },
    /// In the caller's memory, whose address lies this many bytes into the frame.
    Memory {
        pointer: u32,
    },
}

impl Route {
    pub(super) fn new(signature: &Signature, plan: &Plan) -> Route {
        let mut gathers = Vec::new();
        let mut gathered = 0;
        let mut arguments = Vec::with_capacity(signature.parameters().len());
        let mut moves = plan.moves.iter().peekable();
        for (index, parameter) in signature.parameters().iter().enumerate() {
            let first = moves.next_if(|step| usize::from(step.argument) == index);
            let next = moves.peek().filter(|step| usize::from(step.argument) == index);
            arguments.push(match (first, next) {
                (Some(only), None) if only.copy.is_some() => {
                    Source::Referenced(place_offset(plan.abi, only.piece.place) as u32)
                }
                (Some(only), None) if only.piece.offset == 0 => {
                    Source::Frame(place_offset(plan.abi, only.piece.place) as u32)
                }
                // A value without pieces has no bytes but padding.
                (first, _) => {
                    let start = gathered;
                    gathered += parameter.ty().size().next_multiple_of(16) as u32;
                    let mut piece = first;
                    while let Some(step) = piece {
                        let Piece { offset, size, place, .. } = step.piece;
                        gathers.push(Gather {
                            from: place_offset(plan.abi, place) as u32,
                            to: start + offset,
                            size,
                        });
                        piece = moves.next_if(|step| usize::from(step.argument) == index);
                    }
                    Source::Gathered(start)
                }
            });
        }
        Route {
            signature: signature.clone(),
            arguments: arguments.into(),
            gathers: gathers.into(),
            result: ResultRoute::new(plan),
        }
    }

    pub(super) fn signature(&self) -> &Signature {
        &self.signature
    }

    /// # Errors
    /// [`Error::NoArgument`] past the last one.
    pub(super) fn argument(&self, index: usize) -> Result<Source, Error> {
        self.arguments
            .get(index)
            .copied()
            .ok_or(Error::NoArgument { index, count: self.arguments.len() })
    }
}

impl ResultRoute {
    fn new(plan: &Plan) -> ResultRoute {
        match &plan.result {
            ResultPlan::Void => ResultRoute::Void,
            ResultPlan::Memory { pointer } => {
                ResultRoute::Memory { pointer: place_offset(plan.abi, *pointer) as u32 }
            }
            ResultPlan::Registers(pieces) => match **pieces {
                [Piece { offset: 0, size, extension, place: Place::Integer(0) }] => {
                    ResultRoute::Integer { size: size as u8, signed: extension == Extension::Sign }
                }
                _ => ResultRoute::Pieces {
                    pieces: std::array::from_fn(|index| pieces.get(index).copied()),
                },
            },
        }
    }
}
