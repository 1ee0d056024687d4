//! The bytes of a value: few of them without an allocation.

use std::mem::MaybeUninit;
use std::ops::{Deref, DerefMut};
use std::slice;

/// Bytes, whose number does not change.
#[derive(Clone)]
pub(super) enum Buffer {
    /// The first so many bytes of these, which are initialised. Not `[u64; 2]`: to move integers takes from a pointer's
    /// bytes what they may be dereferenced as. Not bytes: words are moved at once.
    Few(u8, Words),
    Many(Box<[u8]>),
}

pub(super) type Words = [MaybeUninit<u64>; 2];

/// As many as [`Value`](super::Value) has room for without being larger.
const FEW: usize = size_of::<Words>();

impl Deref for Buffer {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            // SAFETY: each variant is made of `count` initialised bytes, of which there are at most `FEW`.
            Buffer::Few(count, bytes) => unsafe {
                slice::from_raw_parts(bytes.as_ptr().cast(), usize::from(*count))
            },
            Buffer::Many(bytes) => bytes,
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            // SAFETY: as for `deref`; whoever writes leaves initialised bytes.
            Buffer::Few(count, bytes) => unsafe {
                slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), usize::from(*count))
            },
            Buffer::Many(bytes) => bytes,
        }
    }
}

impl From<&[u8]> for Buffer {
    #[inline]
    fn from(bytes: &[u8]) -> Buffer {
        if bytes.len() > FEW {
            return Buffer::Many(bytes.into());
        }
        let mut few = [MaybeUninit::uninit(); 2];
        // SAFETY: `few` has room for these bytes, and is nobody else's.
        unsafe {
            few.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())
        };
        Buffer::Few(bytes.len() as u8, few)
    }
}

impl From<Box<[u8]>> for Buffer {
    fn from(bytes: Box<[u8]>) -> Buffer {
        if bytes.len() > FEW { Buffer::Many(bytes) } else { Buffer::from(&*bytes) }
    }
}

impl PartialEq for Buffer {
    fn eq(&self, other: &Buffer) -> bool {
        **self == **other
    }
}

impl Eq for Buffer {}
