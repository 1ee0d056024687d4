//! Which variables in the memory of workgroups a function reaches.

use super::module::{Declaration, Function, Module};
use crate::lexer::Kind;
use std::collections::BTreeSet;

/// The names of the variables that this function uses, or that a function uses which it calls.
pub(super) fn workgroup_variables<'a>(
    module: &Module<'a>,
    function: &Function<'a>,
) -> BTreeSet<&'a str> {
    let mut variables = BTreeSet::new();
    let mut seen = vec![false; module.functions.len()];
    let mut left = vec![function];
    while let Some(function) = left.pop() {
        for name in outer_names(module, function) {
            match module.declared.get(name) {
                Some(Declaration::Workgroup(_)) => {
                    variables.insert(name);
                }
                Some(&Declaration::Function(index)) if !seen[index] => {
                    seen[index] = true;
                    left.push(&module.functions[index]);
                }
                _ => {}
            }
        }
    }
    variables
}

/// The names in a function's body that are not those of its own parameters, variables and constants.
fn outer_names<'a>(module: &Module<'a>, function: &Function<'a>) -> Vec<&'a str> {
    let mut scopes = vec![Scope::default()];
    scopes[0].names.extend(function.parameters.iter().map(|parameter| parameter.name));
    // Names that count after the end of the statement that declares them.
    let mut declared = Vec::new();
    let mut outer = Vec::new();
    let mut at = function.body.start;
    while at < function.body.end {
        let token = &module.tokens[at];
        let is_member = at > 0 && module.is(at - 1, ".");
        at += 1;
        match (token.kind, token.text) {
            (Kind::Word, "let" | "const" | "var") => {
                let name = module.template(at).map_or(at, |(_, name)| name);
                declared.extend(module.word(name));
                at = name + 1;
            }
            (Kind::Word, "for") => scopes.push(Scope { of_loop: true, ..Scope::default() }),
            (Kind::Word, name) => {
                let own = scopes.iter().any(|scope| scope.names.contains(&name));
                if !is_member && !own {
                    outer.push(name);
                }
            }
            (_, ";") => {
                if let Some(scope) = scopes.last_mut() {
                    scope.names.append(&mut declared);
                }
            }
            (_, "{") => scopes.push(Scope::default()),
            (_, "}") => {
                scopes.pop();
                if scopes.last().is_some_and(|scope| scope.of_loop) {
                    scopes.pop();
                }
            }
            _ => {}
        }
    }
    outer
}

/// The names that a block declares.
#[derive(Default)]
struct Scope<'a> {
    names: Vec<&'a str>,
    /// Whether they are declared in the head of a loop, and end with its body.
    of_loop: bool,
}
