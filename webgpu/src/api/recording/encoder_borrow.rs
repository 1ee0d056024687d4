//! The borrow of an encoder by one of its passes.

use std::marker::PhantomData;

/// Borrows the encoder up to the end of the pass, which comes when the pass is dropped: having a `Drop` of its own, this
/// keeps programs from compiling that use the encoder before.
#[derive(Debug)]
pub(in crate::api) struct EncoderBorrow<'encoder>(PhantomData<&'encoder mut ()>);

impl EncoderBorrow<'_> {
    pub(in crate::api) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl Drop for EncoderBorrow<'_> {
    fn drop(&mut self) {}
}
