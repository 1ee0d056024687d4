//! The C compiler as judge: test functions generated as C, compiled into a shared library, called through `ffi`, and
//! calling back into it.
//!
//! For each signature there is a callee, which hands out the bytes of the arguments it got and returns the bytes it is
//! told to, and a caller, which calls a function pointer with the bytes it is told to and hands out what it returned.

mod assembly;
mod buffers;
pub(crate) mod campaign;
mod compile;
pub(crate) mod dialect;
mod differences;
mod directions;
mod halves;
pub(crate) mod random;
mod readings;
mod scalars;
mod source;
pub(crate) mod spec;
mod typed;
pub(crate) mod values;

use dialect::{Build, Compiler, Judge};
use ffi::abi::Plan;
use ffi::{Abi, CallInterface, Callback, Error, Type};
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

impl Case {
    /// The case without some parameters, if it is one then: a variadic function declares one at least.
    pub(crate) fn without(&self, dropped: &[usize]) -> Option<Case> {
        let kept = |range: std::ops::Range<usize>| range.filter(|index| !dropped.contains(index));
        let fixed = self.fixed.map(|fixed| kept(0..fixed).count());
        let parameters = kept(0..self.parameters.len());
        let parameters = parameters.map(|index| self.parameters[index].clone()).collect();
        (fixed != Some(0)).then(|| Case { parameters, returns: self.returns.clone(), fixed })
    }
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

/// Runs all cases under a convention in both directions, and returns the disagreements: those that C has against each of
/// its compilers, those of a type without a meaning there against the error, the others against `ffi` itself.
pub(crate) fn run(name: &str, abi: Abi, cases: &[Case]) -> Findings {
    let mut findings = Vec::new();
    for &compiler in Compiler::of(abi) {
        let judge = Judge { compiler, abi, optimises: true };
        findings.extend(
            Batch::begin(name, judge, cases, 0).finish(|_| ()).into_iter().map(|(_, text)| text),
        );
    }
    findings
}

/// Cases that are compiled together.
pub(crate) struct Batch {
    name: String,
    judge: Judge,
    meaningless: Vec<Typed>,
    unjudged: Vec<Typed>,
    judged: Vec<Typed>,
    build: Build,
}

impl Batch {
    /// Begins to compile cases, which are numbered from `first` on.
    pub(crate) fn begin(name: &str, judge: Judge, cases: &[Case], first: usize) -> Batch {
        let (mut meaningless, mut unjudged, mut judged) = (Vec::new(), Vec::new(), Vec::new());
        for (index, case) in cases.iter().enumerate() {
            let kind = if case.lacks_meaning(judge.abi) {
                &mut meaningless
            } else if differences::unjudged(case, judge) {
                &mut unjudged
            } else {
                &mut judged
            };
            kind.push(Typed::new(case.clone(), first + index, judge.abi));
        }
        let build = compile::begin(name, judge, &judged);
        Batch { name: name.to_owned(), judge, meaningless, unjudged, judged, build }
    }

    /// Runs the cases once they are compiled; `at` is told the number of each before. Returns each disagreement with the
    /// number of its case.
    pub(crate) fn finish(self, mut at: impl FnMut(usize)) -> Vec<(usize, String)> {
        let Batch { name, judge, .. } = self;
        let mut findings = Vec::new();
        let mut found = |case: &Typed, what: Findings| {
            let (index, signature) = (case.index, &case.signature);
            let text = |what| (index, format!("{name} {index}: {signature} under {judge}: {what}"));
            findings.extend(what.into_iter().map(text));
        };
        for case in &self.meaningless {
            found(case, refused(case));
        }
        for case in &self.unjudged {
            found(case, broken_invariants(case));
            found(case, directions::call_ourselves(case));
        }
        let library = compile::finish(self.build);
        for case in &self.judged {
            at(case.index);
            found(case, broken_invariants(case));
            let layouts = directions::layouts(&library, case);
            // Called with another layout, either side would write where nothing is its own.
            let same = layouts.is_empty();
            found(case, layouts);
            if !same {
                continue;
            }
            found(case, directions::call(&library, case));
            found(
                case,
                match differences::only_functions(case, judge) {
                    true => directions::call_ourselves(case),
                    false => directions::call_back(&library, case),
                },
            );
        }
        findings
    }
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
