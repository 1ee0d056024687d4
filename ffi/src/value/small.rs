//! Numbers in registers, on their way to whoever makes a [`Value`] of them.

use std::mem::MaybeUninit;

use super::buffer::{Buffer, Words};
use super::{Bytes, Value};
use crate::Type;
use crate::c_type::Kind;

/// A number of at most 8 bytes: its kind, and a word of which it is the low bytes.
///
/// It is returned in registers. A [`Value`] is stored in pieces, and whoever moves it at once has to wait until these have
/// reached the cache; made of a number where it is needed, it is not moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Small {
    kind: Kind,
    word: u64,
}

impl Small {
    /// No number: the value is elsewhere.
    pub(crate) const ELSEWHERE: Small = Small { kind: Kind::Composite, word: 0 };

    #[inline(always)]
    pub(crate) fn new(kind: Kind, word: u64) -> Small {
        Small { kind, word }
    }

    /// The number of a kind that lies at an address, aligned or not, read at its own width: a wider read would wait for what
    /// was just stored there. Elsewhere is what is no number.
    ///
    /// # Safety
    /// Where the kind is one of numbers, one can be read there.
    #[inline(always)]
    pub(crate) unsafe fn at(kind: Kind, start: *const u8) -> Small {
        macro_rules! read {
            ($ty:ty) => {
                // SAFETY: the caller's contract; the number has this size.
                unsafe { start.cast::<$ty>().read_unaligned() }
            };
        }
        let word = match kind {
            Kind::I32 | Kind::U32 | Kind::F32 => read!(u32).into(),
            Kind::I64 | Kind::U64 | Kind::F64 => read!(u64),
            Kind::I16 | Kind::U16 => read!(u16).into(),
            Kind::I8 | Kind::U8 | Kind::Bool => read!(u8).into(),
            Kind::Composite | Kind::Void | Kind::Pointer => return Small::ELSEWHERE,
        };
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

    /// Whether [`Small::common`] has a value for a kind.
    #[inline(always)]
    pub(crate) fn is_common(kind: Kind) -> bool {
        Small::new(kind, 0).common().is_some()
    }

    /// The value; none where that is elsewhere, a pointer or nothing.
    #[inline]
    pub(crate) fn value(self) -> Option<Value> {
        let Small { kind, word } = self;
        Some(match kind {
            // C may have set other bits than the lowest of a `bool` that it returned: only the low byte counts.
            Kind::Bool => Value::Bool(word as u8 != 0),
            Kind::I8 => Value::I8(word as i8),
            Kind::U8 => Value::U8(word as u8),
            Kind::I16 => Value::I16(word as i16),
            Kind::U16 => Value::U16(word as u16),
            Kind::U32 => Value::U32(word as u32),
            Kind::F32 => Value::F32(f32::from_bits(word as u32)),
            _ => return self.common(),
        })
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

/// Stores the value of a type with which two words begin. The size is that of the type, 16 at most.
///
/// # Safety
/// So many bytes are initialised, and a valid value of the type.
// Apart, and in one step: what is handed on in between is moved byte by byte.
#[inline(never)]
pub(crate) unsafe fn store_words<E>(
    ty: &Type,
    size: usize,
    words: Words,
    stored: &mut MaybeUninit<Result<Value, E>>,
) {
    let stored = stored.as_mut_ptr();
    if let Type::Struct(_) | Type::Union(_) = ty.resolve() {
        let (ty, bytes) = (ty.clone(), Buffer::Few(size as u8, words));
        // SAFETY: it is a place for a result.
        unsafe { stored.write(Ok(Value::Bytes(Bytes { ty, bytes }))) };
        return;
    }
    // SAFETY: by the caller's contract, so many are initialised.
    let bytes = unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), size) };
    // SAFETY: the caller's contract.
    let value = unsafe { Value::from_bytes(ty, bytes) };
    // SAFETY: it is a place for a result.
    unsafe { stored.write(Ok(value)) };
}
