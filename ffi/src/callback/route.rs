//! A plan read backwards: where a callback finds its arguments, and how it hands back its result.

use super::incoming::refusal;
use crate::abi::{Abi, Extension, Piece, Place, Plan, ResultPlan};
use crate::arch::{place_offset, upper_half_offset};
use crate::c_type::{Described, Kind};
use crate::{Error, Signature, Type};

/// The most words that gathered arguments take: every register of every convention full of pieces.
pub(super) const GATHERED_WORDS: usize = 48;

/// Where a callback of one signature finds its arguments, and how it returns.
#[derive(Debug)]
pub(super) struct Route {
    signature: Signature,
    pub(super) abi: Abi,
    arguments: Box<[Argument]>,
    /// The pieces to be copied together before the arguments can be read.
    pub(super) gathers: Box<[Gather]>,
    pub(super) result: ResultRoute,
    pub(super) result_kind: Kind,
    pub(super) result_described: Described,
}

/// An argument: where it lies, and what it is.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) source: Source,
    pub(super) kind: Kind,
    pub(super) described: Described,
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

impl Source {
    /// The number of bytes, into whatever it is.
    #[inline(always)]
    pub(super) fn offset(self) -> u32 {
        let (Source::Frame(offset) | Source::Gathered(offset) | Source::Referenced(offset)) = self;
        offset
    }
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
    /// Alone in the integer result register: of 8 bytes, or of an odd number.
    Word,
    /// The same, of fewer bytes, to be widened by the sign or by zeros.
    I8,
    I16,
    I32,
    U8,
    U16,
    U32,
    /// A number of at most 8 bytes, alone in the vector result register.
    Float,
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
            let declared = signature.fixed().is_none_or(|fixed| index < fixed);
            let offset = |place| place_offset(plan.abi, looked_at(place, declared)) as u32;
            let first = moves.next_if(|step| usize::from(step.argument) == index);
            let next = moves.peek().filter(|step| usize::from(step.argument) == index);
            let source = match (first, next) {
                (Some(only), None) if only.copy.is_some() => {
                    Source::Referenced(offset(only.piece.place))
                }
                (Some(only), None) if only.piece.offset == 0 && !is_wide(&only.piece) => {
                    Source::Frame(offset(only.piece.place))
                }
                // A value without pieces has no bytes but padding, at most an eightbyte or two of it.
                (None, _) => Source::Gathered(0),
                (first, _) => {
                    let start = gathered;
                    gathered += parameter.ty().size().next_multiple_of(16) as u32;
                    let mut piece = first;
                    while let Some(step) = piece {
                        let Piece { size, place, .. } = step.piece;
                        let (from, to) = (offset(place), start + step.piece.offset);
                        if is_wide(&step.piece) {
                            let upper = upper_half_offset(place) as u32;
                            gathers.push(Gather { from, to, size: 16 });
                            gathers.push(Gather { from: upper, to: to + 16, size: size - 16 });
                        } else {
                            gathers.push(Gather { from, to, size });
                        }
                        piece = moves.next_if(|step| usize::from(step.argument) == index);
                    }
                    Source::Gathered(start)
                }
            };
            let kind = Kind::of(parameter.ty());
            // Reading an argument relies on it.
            assert!(
                kind == Kind::Composite || matches!(source, Source::Frame(_)),
                "every convention passes scalars in one piece"
            );
            arguments.push(Argument { source, kind, described: Described::default() });
        }
        assert!(gathered as usize <= 8 * GATHERED_WORDS, "registers hold no more");
        Route {
            signature: signature.clone(),
            abi: plan.abi,
            arguments: arguments.into(),
            gathers: gathers.into(),
            result_kind: Kind::of(signature.returns()),
            result_described: Described::default(),
            result: ResultRoute::new(plan),
        }
    }

    pub(super) fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The type of an argument that there is.
    pub(super) fn parameter(&self, index: usize) -> &Type {
        self.signature.parameters()[index].ty()
    }

    /// # Errors
    /// [`Error::NoArgument`] past the last one.
    #[inline(always)]
    pub(super) fn argument(&self, index: usize) -> Result<&Argument, Error> {
        match self.arguments.get(index) {
            Some(argument) => Ok(argument),
            None => refusal(self.no_argument(index)),
        }
    }

    #[cold]
    fn no_argument(&self, index: usize) -> Error {
        Error::NoArgument { index, count: self.arguments.len() }
    }

    #[cold]
    pub(super) fn wrong_argument(&self, index: usize, found: Type) -> Error {
        let parameter = &self.signature.parameters()[index];
        let (place, expected) = (parameter.place("argument", index), parameter.ty().clone());
        Error::TypeMismatch { place, expected, found }
    }

    #[cold]
    pub(super) fn wrong_result(&self, found: Type) -> Error {
        let expected = self.signature.returns().clone();
        Error::TypeMismatch { place: "the result".into(), expected, found }
    }
}

/// The one of two registers that callers are sure to fill: for a declared parameter the vector register, for what stands
/// for `...` the integer register.
fn looked_at(place: Place, declared: bool) -> Place {
    match place {
        Place::Both(register) if declared => Place::Vector(register),
        place => place,
    }
}

/// Whether the frame holds a piece in two halves.
fn is_wide(piece: &Piece) -> bool {
    matches!(piece.place, Place::Vector(_)) && piece.size > 16
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
                    match (size, extension) {
                        (1, Extension::Sign) => ResultRoute::I8,
                        (2, Extension::Sign) => ResultRoute::I16,
                        (4, Extension::Sign) => ResultRoute::I32,
                        (1, _) => ResultRoute::U8,
                        (2, _) => ResultRoute::U16,
                        (4, _) => ResultRoute::U32,
                        _ => ResultRoute::Word,
                    }
                }
                [Piece { offset: 0, size: ..=8, place: Place::Vector(0), .. }] => {
                    ResultRoute::Float
                }
                _ => ResultRoute::Pieces {
                    pieces: std::array::from_fn(|index| pieces.get(index).copied()),
                },
            },
        }
    }
}
