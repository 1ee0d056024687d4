//! A case with the types of `ffi` under one convention.

use std::ops::Deref;

use ffi::{Abi, Signature, Type};

use super::Case;
use super::buffers::{Canaried, Shared};
use super::{Findings, dialect, values};

/// A case under a convention.
#[derive(Debug)]
pub(super) struct Typed<'a> {
    case: &'a Case,
    pub(super) abi: Abi,
    pub(super) index: usize,
    pub(super) parameter_types: Vec<Type>,
    pub(super) return_type: Type,
    pub(super) signature: Signature,
}

impl<'a> Typed<'a> {
    /// Cases, numbered as they are compiled together.
    pub(super) fn all(cases: &[&'a Case], abi: Abi) -> Vec<Typed<'a>> {
        let numbered = cases.iter().enumerate();
        numbered.map(|(index, case)| Typed::new(case, index, abi)).collect()
    }

    fn new(case: &'a Case, index: usize, abi: Abi) -> Typed<'a> {
        let layout = dialect::bit_fields(abi);
        let parameter_types: Vec<Type> =
            case.parameters.iter().map(|spec| spec.ty(layout)).collect();
        let return_type = case.returns.ty(layout);
        let parameters = parameter_types.iter().cloned();
        let signature = match case.fixed {
            None => Signature::new(parameters, return_type.clone()),
            Some(fixed) => Signature::variadic(parameters, fixed, return_type.clone()),
        };
        let signature = signature.unwrap();
        Typed { case, abi, index, parameter_types, return_type, signature }
    }

    /// Where each argument lies in the buffers shared with C, and their length.
    pub(super) fn offsets(&self) -> (Vec<usize>, usize) {
        let mut end = 0;
        let offsets = self.parameter_types.iter().map(|ty| {
            let offset = end;
            end += ty.size();
            offset
        });
        (offsets.collect(), end)
    }

    /// The bytes of the arguments.
    pub(super) fn values(&self) -> Vec<Vec<u8>> {
        let seed = |argument: usize| 1 + (self.index * 300 + argument) as u64;
        let types = self.parameter_types.iter().enumerate();
        types.map(|(argument, ty)| values::pattern(ty, seed(argument))).collect()
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
        for (argument, (offset, value)) in offsets.iter().zip(self.values()).enumerate() {
            let mask = values::mask(&self.parameter_types[argument]);
            let received = &received[*offset..][..value.len()];
            if let Some(difference) = values::difference(&value, received, &mask) {
                findings.push(format!("{who} received another argument {argument}{difference}"));
            }
        }
    }

    /// Compares the numbers that a callee took its integer arguments for.
    pub(super) fn check_widened(&self, shared: &Shared<'_>, findings: &mut Findings) {
        let values = self.parameter_types.iter().zip(self.values()).enumerate();
        for (argument, (ty, value)) in values {
            if !self.parameters[argument].is_integer() {
                continue;
            }
            let (expected, found) = (values::number(ty, &value), shared.widened(argument));
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

impl Deref for Typed<'_> {
    type Target = Case;

    fn deref(&self) -> &Case {
        self.case
    }
}
