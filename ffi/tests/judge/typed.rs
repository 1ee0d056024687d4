//! A case with the types of `ffi` under one convention.

use std::ops::Deref;

use ffi::abi::{ArgumentMove, Plan};
use ffi::{Abi, Signature, Type};

use super::buffers::{Canaried, Shared};
use super::{Case, Findings, dialect, values};

/// A case under a convention.
#[derive(Debug)]
pub(super) struct Typed {
    case: Case,
    pub(super) abi: Abi,
    pub(super) index: usize,
    pub(super) parameter_types: Vec<Type>,
    pub(super) return_type: Type,
    pub(super) signature: Signature,
    /// The bytes of the arguments.
    pub(super) values: Vec<Vec<u8>>,
    masks: Vec<Vec<u8>>,
}

impl Typed {
    /// A case under the number by which it is compiled.
    pub(super) fn new(case: Case, index: usize, abi: Abi) -> Typed {
        let layout = dialect::bit_fields(abi);
        let parameter_types: Vec<Type> =
            case.parameters.iter().map(|spec| spec.ty(layout)).collect();
        let return_type = case.returns.ty(layout);
        let signature = case.signature(abi);
        let seed = |argument: usize| 1 + (index * 300 + argument) as u64;
        let types = parameter_types.iter().enumerate();
        let values = types.map(|(argument, ty)| values::pattern(ty, seed(argument))).collect();
        let masks = parameter_types.iter().map(values::mask).collect();
        Typed { case, abi, index, parameter_types, return_type, signature, values, masks }
    }

    /// Where each argument lies in the buffers shared with C, as in a struct, and their length.
    pub(super) fn offsets(&self) -> (Vec<usize>, usize) {
        let mut end = 0;
        let offsets = self.parameter_types.iter().map(|ty| {
            let offset = usize::next_multiple_of(end, ty.alignment());
            end = offset + ty.size();
            offset
        });
        (offsets.collect(), end)
    }

    /// How a callee finds a declared argument aligned. On arm64 nothing but the copy of one that travels by reference is
    /// aligned by more than the stack, and gcc moves a copy of 32 bytes to where it keeps what came in registers.
    pub(super) fn kept_alignment(&self, argument: usize) -> usize {
        let ty = &self.parameter_types[argument];
        let alignment = ty.alignment();
        if alignment <= 16 || matches!(self.abi, Abi::SysV64 | Abi::Win64) {
            return alignment;
        }
        let plan = Plan::new(self.abi, &self.signature).unwrap();
        let is_copied =
            |step: &ArgumentMove| usize::from(step.argument) == argument && step.copy.is_some();
        let is_moved = self.abi == Abi::Aapcs64 && ty.size() == 32;
        if plan.moves.iter().any(is_copied) && !is_moved { alignment } else { 16 }
    }

    /// How many bytes of the buffers shared with C the arguments take.
    pub(super) fn length(&self) -> usize {
        self.offsets().1
    }

    /// Values as they lie in the buffers shared with C.
    pub(super) fn laid_out(&self, values: &[Vec<u8>]) -> Vec<u8> {
        let (offsets, length) = self.offsets();
        let mut bytes = vec![0; length];
        for (offset, value) in offsets.into_iter().zip(values) {
            bytes[offset..][..value.len()].copy_from_slice(value);
        }
        bytes
    }

    /// The bytes of a result, others for each direction.
    pub(super) fn returned(&self, direction: u64) -> Vec<u8> {
        values::pattern(&self.return_type, 1000 * direction + self.index as u64)
    }

    /// Compares the arguments that `who` received.
    pub(super) fn check_arguments(&self, received: &[u8], who: &str, findings: &mut Findings) {
        let (offsets, length) = self.offsets();
        if received.len() < length {
            findings.push(format!("{who} received {} bytes of {length}", received.len()));
            return;
        }
        let values = offsets.into_iter().zip(&self.values).zip(&self.masks).enumerate();
        for (argument, ((offset, value), mask)) in values {
            let received = &received[offset..][..value.len()];
            if let Some(difference) = values::difference(value, received, mask) {
                findings.push(format!("{who} received another argument {argument}{difference}"));
            }
        }
    }

    /// Compares the numbers that a callee took its declared integer parameters for.
    pub(super) fn check_widened(&self, shared: &Shared<'_>, findings: &mut Findings) {
        for (argument, spec) in self.named().iter().enumerate() {
            if !spec.is_integer() {
                continue;
            }
            let (ty, value) = (&self.parameter_types[argument], &self.values[argument][..]);
            let (expected, found) = (values::number(ty, value), shared.widened(argument));
            if expected != found {
                let what = format!("the callee took {expected}, argument {argument}, for {found}");
                findings.push(what);
            }
        }
    }

    /// Compares the result that `who` stored.
    pub(super) fn check_result(
        &self,
        returned: &[u8],
        result: &Canaried,
        who: &str,
        findings: &mut Findings,
    ) {
        let mask = values::mask(&self.return_type);
        if let Some(difference) = values::difference(returned, result.value(), &mask) {
            findings.push(format!("{who} returned another value{difference}"));
        }
        if let Some(beyond) = result.written_beyond() {
            findings.push(format!("{who} wrote beyond the result: {beyond}"));
        }
    }
}

impl Deref for Typed {
    type Target = Case;

    fn deref(&self) -> &Case {
        &self.case
    }
}
