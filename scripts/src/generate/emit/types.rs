//! Handles, enumerations, flags, constants, structs, callbacks.

use super::super::model::{Enumeration, Model, Struct, Variable};
use super::{identifier, rust_type};
use std::fmt::Write;

pub(super) fn handles(model: &Model) -> String {
    let mut text = "c_handles! {\n".to_owned();
    for name in &model.handles {
        let header = model.header(name);
        let _ = writeln!(text, "    {header} {name} = {name}Impl;");
    }
    text + "}\n"
}

pub(super) fn enums(model: &Model) -> String {
    let mut text = String::new();
    for item in &model.enums {
        let native = model
            .enums
            .iter()
            .find(|other| model.extended_by(&other.name).as_ref() == Some(&item.name));
        let extended =
            native.map_or(String::new(), |native| format!(" extended by {}", native.name));
        enumeration(&mut text, "c_enum!", model, item, &extended);
    }
    text + &shown("ENUMS", "u32", &model.enums)
}

pub(super) fn flags(model: &Model) -> String {
    let mut text = String::new();
    for item in &model.flags {
        enumeration(&mut text, "c_flags!", model, item, "");
    }
    text + &shown("FLAGS", "u64", &model.flags)
}

/// The table of all enumerations, or of all flags, by which their values are shown.
fn shown(table: &str, number: &str, items: &[Enumeration]) -> String {
    let mut text = format!("\nshown! {{\n    {table} of {number}:\n");
    for item in items {
        let _ = writeln!(text, "    {},", item.name);
    }
    text + "}\n"
}

fn enumeration(text: &mut String, with: &str, model: &Model, item: &Enumeration, more: &str) {
    let separator = if text.is_empty() { "" } else { "\n" };
    let (header, name) = (model.header(&item.name), &item.name);
    let _ = writeln!(text, "{separator}{with} {{\n    {header} {name}{more} {{");
    for (value_name, value) in &item.values {
        let _ = writeln!(text, "        {} = 0x{value:x},", identifier(value_name));
    }
    *text += "    }\n}\n";
}

pub(super) fn constants(model: &Model) -> Result<String, String> {
    let mut text = String::new();
    for (name, ty) in &model.integers {
        let _ = writeln!(text, "/// `{name}` of `{}`.", model.header(name));
        let _ = writeln!(text, "pub type {name} = {};", rust_type(ty));
    }
    text += "\n";
    for constant in &model.constants {
        let (ty, value) = match constant.value.as_str() {
            "UINT32_MAX" => ("u32", "u32::MAX"),
            "UINT64_MAX" => ("u64", "u64::MAX"),
            "SIZE_MAX" => ("usize", "usize::MAX"),
            "NAN" => ("f32", "f32::NAN"),
            // `WGPU_TRUE` and `WGPU_FALSE`.
            number @ ("0" | "1") => ("WGPUBool", number),
            other => return Err(format!("{} has the unknown value {other}", constant.name)),
        };
        let name = &constant.name;
        let _ = writeln!(text, "/// `{name}` of `{}`.", model.header(name));
        let _ = writeln!(text, "pub const {name}: {ty} = {value};");
    }
    Ok(text)
}

pub(super) fn structs(model: &Model) -> String {
    let mut text = "use super::*;\nuse std::ffi::{c_char, c_int, c_void};\n".to_owned();
    for item in &model.structs {
        declaration(&mut text, model, item);
    }
    text
}

fn declaration(text: &mut String, model: &Model, item: &Struct) {
    let (header, name) = (model.header(&item.name), &item.name);
    let keyword = if item.is_union { "union" } else { "struct" };
    let _ = writeln!(text, "\nc_{keyword}! {{\n    {header} {name} {{");
    for field in &item.fields {
        let (name, ty) = (identifier(&field.name), rust_type(&field.ty));
        let _ = writeln!(text, "        {name}: {ty},");
    }
    *text += "    }\n}\n";
}

pub(super) fn callbacks(model: &Model) -> String {
    let mut text = "use super::*;\nuse std::ffi::c_void;\n".to_owned();
    for item in &model.callbacks {
        let (name, parameters) = (&item.name, parameters(&item.parameters));
        let _ = writeln!(
            text,
            "\n/// `{name}` of `{}`: a function pointer, null as `None`.",
            model.header(name)
        );
        let _ = writeln!(text, "pub type {name} = Option<unsafe extern \"C\" fn({parameters})>;");
    }
    let names: Vec<&str> = model.callbacks.iter().map(|item| item.name.as_str()).collect();
    text += "\nnames! {\n    /// A function pointer type of the headers, by its C name.\n";
    let _ = writeln!(text, "    pub enum Callback {{ {} }}\n}}", names.join(", "));
    text
}

/// Parameters with their names, as in a declaration.
pub(super) fn parameters(parameters: &[Variable]) -> String {
    let list: Vec<String> = parameters
        .iter()
        .map(|item| format!("{}: {}", identifier(&item.name), rust_type(&item.ty)))
        .collect();
    list.join(", ")
}
