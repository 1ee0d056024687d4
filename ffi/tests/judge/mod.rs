//! The C compiler as judge: test functions generated as C, compiled into a shared library, called through `ffi`, and
//! calling back into it.
//!
//! For each signature there is a callee, which hands out the bytes of the arguments it got and returns the bytes it is
//! told to, and a caller, which calls a function pointer with the bytes it is told to and hands out what it returned.

mod assembly;
mod buffers;
mod compile;
pub(crate) mod dialect;
mod directions;
pub(crate) mod random;
mod scalars;
pub(crate) mod spec;
mod typed;
pub(crate) mod values;

use ffi::{Abi, CallInterface, Callback, Error, Plan, Type};
use spec::Spec;
use typed::Typed;

/// A function to be tested.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) parameters: Vec<Spec>,
    pub(crate) returns: Spec,
    /// For a variadic function, the number of declared parameters.
    pub(crate) fixed: Option<usize>,
}

/// What `ffi` and the C compiler disagree about.
pub(crate) type Findings = Vec<String>;

impl Case {
    pub(crate) fn new<P: Into<Spec>>(
        parameters: impl IntoIterator<Item = P>,
        returns: impl Into<Spec>,
    ) -> Case {
        let parameters = parameters.into_iter().map(Into::into).collect();
        Case { parameters, returns: returns.into(), fixed: None }
    }

    pub(crate) fn variadic<P: Into<Spec>>(
        parameters: impl IntoIterator<Item = P>,
        fixed: usize,
        returns: impl Into<Spec>,
    ) -> Case {
        Case { fixed: Some(fixed), ..Case::new(parameters, returns) }
    }
}

/// Runs all cases under a convention in both directions, and returns the disagreements: those that C has against the C
/// compiler, those of a type without a meaning there against the error, the others against `ffi` itself.
pub(crate) fn run(name: &str, abi: Abi, cases: &[Case]) -> Findings {
    let (meaningless, cases): (Vec<_>, Vec<_>) =
        cases.iter().partition(|case| case.lacks_meaning(abi));
    let (unjudged, judged): (Vec<_>, Vec<_>) =
        cases.into_iter().partition(|case| case.is_unjudged(abi));
    let (judged, unjudged) = (Typed::all(&judged, abi), Typed::all(&unjudged, abi));
    let mut findings = Vec::new();
    let mut found = |case: &Typed, what: Findings| {
        let (index, signature) = (case.index, &case.signature);
        let text = |what| format!("{name} {index}: {signature} under {abi}: {what}");
        findings.extend(what.into_iter().map(text));
    };
    for case in Typed::all(&meaningless, abi) {
        found(&case, refused(&case));
    }
    for case in &unjudged {
        found(case, broken_invariants(case));
        found(case, directions::call_ourselves(case));
    }
    let library = compile::library(name, abi, &judged);
    for case in &judged {
        found(case, broken_invariants(case));
        found(case, directions::layouts(&library, case));
        found(case, directions::call(&library, case));
        found(
            case,
            match case.has_unsound_caller(abi) {
                true => directions::call_ourselves(case),
                false => directions::call_back(&library, case),
            },
        );
    }
    findings
}

/// Fails with all findings, the first few in full.
pub(crate) fn verdict(findings: &Findings) {
    let shown: Vec<_> = findings.iter().take(8).map(String::as_str).collect();
    assert!(
        findings.is_empty(),
        "{} disagreements with the C compiler:\n{}",
        findings.len(),
        shown.join("\n")
    );
}

/// What must hold of every plan, whatever the convention.
fn broken_invariants(case: &Typed) -> Findings {
    match Plan::new(case.abi, &case.signature) {
        Ok(plan) => plan.check(&case.signature).err().into_iter().collect(),
        Err(error) => vec![error.to_string()],
    }
}

/// A type without a meaning is refused, with the error that says so.
fn refused(case: &Typed) -> Findings {
    let mut findings = Vec::new();
    let mut expect = |what: &str, outcome: Result<(), Error>| match outcome {
        Err(Error::Unpromoted { ty: Type::F16, promoted: Type::F64, .. })
            if case.promotes_half(case.abi) => {}
        Err(Error::NoMeaning { abi, .. }) if abi == case.abi => {}
        Err(error) => findings.push(format!("{what} is refused for another reason: {error}")),
        Ok(()) => findings.push(format!("{what} is not refused")),
    };
    let (abi, signature) = (case.abi, &case.signature);
    expect("the plan", Plan::new(abi, signature).map(drop));
    expect("the call", CallInterface::with_abi(abi, signature).map(drop));
    expect("the callback", Callback::with_abi(abi, "refused", signature, |_| Ok(())).map(drop));
    findings
}
