//! Values out of the registers and places where declared calls leave them.

use std::mem::MaybeUninit;

use super::buffer::{Buffer, Words};
use super::small::Small;
use super::{Bytes, Value};
use crate::Type;
use crate::c_type::Kind;

impl Small {
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
