//! Signatures of functions and callbacks.

use super::{check, header_text};
use crate::{Callback, Function};
use ffi::Signature;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The C type of a pointer to a function of this signature.
fn pointer_type(signature: &Signature) -> String {
    let parameters: Vec<String> =
        signature.parameters().iter().map(|parameter| parameter.ty().to_string()).collect();
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    format!("{} (*)({parameters})", signature.returns())
}

#[test]
fn signatures_are_those_of_c() {
    let mut code = String::new();
    let mut types = BTreeSet::new();
    let functions =
        Function::ALL.iter().map(|item| (format!("__typeof__(&{item})"), item.signature()));
    let callbacks = Callback::ALL.iter().map(|item| (item.to_string(), item.signature()));
    for (declared, signature) in functions.chain(callbacks) {
        let described = pointer_type(signature);
        let _ = writeln!(
            code,
            "_Static_assert(__builtin_types_compatible_p({declared}, {described}), \"{declared} and {described}\");"
        );
        let used =
            signature.parameters().iter().map(ffi::Parameter::ty).chain([signature.returns()]);
        types.extend(used.filter(|ty| !ty.is_void()).map(|ty| (ty.to_string(), ty.size())));
    }
    for (name, size) in types {
        let _ = writeln!(code, "_Static_assert(sizeof({name}) == {size}, \"size of {name}\");");
    }
    check("signatures", &code);
}

#[test]
fn no_function_is_left_out() {
    // Every declaration, whichever of the two headers' styles it has, is a line with the name and a semicolon.
    let text = header_text();
    let mut found = BTreeSet::new();
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| line.ends_with(';') || line.contains("WGPU_FUNCTION_ATTRIBUTE;"))
    {
        let Some((before, _)) = line.split_once('(') else {
            continue;
        };
        let name = before.rsplit([' ', '*']).next().unwrap_or_default();
        if name.starts_with("wgpu") && !before.starts_with('*') {
            found.insert(name.to_owned());
        }
    }
    let generated: BTreeSet<String> = Function::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(found, generated);
}
