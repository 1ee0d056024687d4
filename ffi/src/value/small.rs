//! Numbers in registers, on their way to whoever makes a [`Value`] of them.

use std::mem::MaybeUninit;

use super::Value;
use crate::c_type::Kind;

/// A number of at most 8 bytes: its kind, and a word of which it is the low bytes.
///
/// It is returned in registers. A [`Value`] is stored in pieces, and whoever moves it at once has to wait until these have
/// reached the cache; made of a number where it is needed, it is not moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Small {
    pub(super) kind: Kind,
    pub(super) word: u64,
}

impl Small {
    /// No number: the value is elsewhere.
    pub(crate) const ELSEWHERE: Small = Small { kind: Kind::Composite, word: 0 };

    #[inline(always)]
    pub(crate) fn new(kind: Kind, word: u64) -> Small {
        Small { kind, word }
    }

    /// The value of the kinds that are met most: this is compiled into every caller.
    #[inline(always)]
    pub(crate) fn common(self) -> Option<Value> {
        match self.kind {
            Kind::I32 => Some(Value::I32(self.word as i32)),
            Kind::I64 => Some(Value::I64(self.word as i64)),
            Kind::U64 => Some(Value::U64(self.word)),
            Kind::F64 => Some(Value::F64(f64::from_bits(self.word))),
            _ => None,
        }
    }
}

/// The result that `find` returns as a number, or else stores.
///
/// # Safety
/// It stores one where what it returns has no common value.
#[inline(always)]
pub(crate) unsafe fn returned_or_stored<E>(
    find: impl FnOnce(&mut MaybeUninit<Result<Value, E>>) -> Small,
) -> Result<Value, E> {
    let mut stored = MaybeUninit::uninit();
    match find(&mut stored).common() {
        Some(value) => Ok(value),
        // SAFETY: by the caller's contract, it was stored.
        None => unsafe { stored.assume_init() },
    }
}
