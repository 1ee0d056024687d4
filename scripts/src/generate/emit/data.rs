//! The function table, and what the engine has to know of every function, callback and struct.

use super::super::model::{CType, Function, Model};
use super::types::parameters;
use super::{described, rust_type};
use std::fmt::Write;

/// Functions that the headers declare with a 32-bit `WGPUBool` and the library defines with a `bool` of one byte: what
/// the other three bytes hold is left to chance.
const ONE_BYTE_RESULTS: [&str; 2] = ["wgpuDevicePoll", "wgpuDeviceStartGraphicsDebuggerCapture"];

pub(super) fn functions(model: &Model) -> String {
    let mut text = "use super::*;\nuse std::ffi::c_void;\n\n".to_owned();
    text += "/// Passes the declarations of all functions to the macro `$to`, which finds the crate's types in scope.\n";
    text +=
        "#[doc(hidden)]\n#[macro_export]\nmacro_rules! with_functions {\n($to:ident) => { $to! {\n";
    for item in &model.functions {
        let header = model.header(&item.name);
        let (name, parameters) = (&item.name, parameters(&item.parameters));
        let returns = match &item.returns {
            CType::Void => String::new(),
            ty => format!(" -> {}", rust_type(ty)),
        };
        let adjust = if ONE_BYTE_RESULTS.contains(&name.as_str()) { " => low_byte" } else { "" };
        let _ = writeln!(text, "    {header} fn {name}({parameters}){returns}{adjust};");
    }
    text + "} }\n}\n\nwith_functions!(functions);\n"
}

pub(super) fn prototypes(model: &Model) -> Result<String, String> {
    let mut text = "use super::{Callback, Function, Struct::*};\n".to_owned();
    text += "use crate::description::{CType::*, Prototype, Scalar::*};\n";
    list(&mut text, model, "FUNCTIONS", "Function", &model.functions)?;
    list(&mut text, model, "CALLBACKS", "Callback", &model.callbacks)?;
    Ok(text)
}

fn list(
    text: &mut String,
    model: &Model,
    name: &str,
    ids: &str,
    functions: &[Function],
) -> Result<(), String> {
    let _ = writeln!(text, "\npub(crate) static {name}: [Prototype; {ids}::COUNT] = [");
    for item in functions {
        let returns = described(model, &item.returns)?;
        let name = &item.name;
        let _ =
            writeln!(text, "    Prototype {{ name: \"{name}\", returns: {returns}, parameters: &[");
        for parameter in &item.parameters {
            let ty = described(model, &parameter.ty)?;
            let _ = writeln!(text, "        (\"{}\", {ty}),", parameter.name);
        }
        *text += "    ] },\n";
    }
    *text += "];\n";
    Ok(())
}

pub(super) fn layouts(model: &Model) -> Result<String, String> {
    let mut text = "use super::Struct::*;\n".to_owned();
    text += "use crate::description::{Aggregate, AggregateKind, CType::*, Scalar::*};\n\n";
    let names: Vec<&str> = model.structs.iter().map(|item| item.name.as_str()).collect();
    text += "names! {\n    /// A struct or union of the headers, by its C name.\n    pub enum Struct {\n";
    for name in &names {
        let _ = writeln!(text, "        {name},");
    }
    text += "    }\n}\n\npub(crate) static STRUCTS: [Aggregate; Struct::COUNT] = [\n";
    for item in &model.structs {
        let kind = if item.is_union { "Union" } else { "Struct" };
        let name = &item.name;
        let _ = writeln!(
            text,
            "    Aggregate {{ name: \"{name}\", kind: AggregateKind::{kind}, fields: &["
        );
        for field in &item.fields {
            let ty = described(model, &field.ty)?;
            let _ = writeln!(text, "        (\"{}\", {ty}),", field.name);
        }
        text += "    ] },\n";
    }
    Ok(text + "];\n")
}
