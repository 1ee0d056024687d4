//! Writes the [`Model`] down as Rust: one file for each subject, in the order of the headers.
//!
//! The files are data for the macros of the crate's `macros.rs` wherever that is shorter than the code itself.

mod data;
mod initializers;
mod types;

use super::model::{CType, Kind, Model};

/// A file to be written: its name and its text.
pub(super) type File = (&'static str, String);

/// All generated files. `origin` names the tools and versions for the first line.
pub(super) fn files(model: &Model, origin: &str) -> Result<Vec<File>, String> {
    let mut files = vec![
        ("callbacks.rs", types::callbacks(model)),
        ("constants.rs", types::constants(model)?),
        ("enums.rs", types::enums(model)),
        ("flags.rs", types::flags(model)),
        ("functions.rs", data::functions(model)),
        ("handles.rs", types::handles(model)),
        ("initializers.rs", initializers::initializers(model)?),
        ("layouts.rs", data::layouts(model)?),
        ("prototypes.rs", data::prototypes(model)?),
        ("structs.rs", types::structs(model)),
    ];
    files.push(("mod.rs", index(&files)));
    for (_, text) in &mut files {
        *text = format!("// @generated {origin}. Do not edit.\n\n{text}");
    }
    files.sort_by_key(|(name, _)| *name);
    Ok(files)
}

/// `mod.rs`: the modules, whose items all have distinct names.
fn index(files: &[File]) -> String {
    let mut modules = String::new();
    let mut uses = String::new();
    for (name, _) in files {
        let module = name.trim_end_matches(".rs");
        modules += &format!("mod {module};\n");
        match module {
            // An impl for each struct, and what the tests make of them.
            "initializers" => uses += "#[cfg(test)]\npub(crate) use initializers::*;\n",
            "prototypes" => uses += &format!("pub(crate) use {module}::*;\n"),
            _ => uses += &format!("pub use {module}::*;\n"),
        }
    }
    format!("{modules}\n{uses}")
}

/// `name` as a Rust identifier.
fn identifier(name: &str) -> String {
    if syn::parse_str::<syn::Ident>(name).is_ok() {
        name.to_owned()
    } else if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{name}")
    } else {
        format!("r#{name}")
    }
}

/// The type in Rust.
fn rust_type(ty: &CType) -> String {
    match ty {
        CType::Void => "c_void".to_owned(),
        CType::Scalar(scalar) => scalar.rust.to_owned(),
        CType::Pointer { to, is_const } => {
            let mutability = if *is_const { "const" } else { "mut" };
            format!("*{mutability} {}", rust_type(to))
        }
        CType::Named(name) => name.clone(),
    }
}

/// The type in C.
fn c_notation(ty: &CType) -> String {
    match ty {
        CType::Void => "void".to_owned(),
        CType::Scalar(scalar) => scalar.c.to_owned(),
        CType::Pointer { to, is_const } => {
            let qualifier = if *is_const { " const" } else { "" };
            let space = if matches!(**to, CType::Pointer { .. }) { "" } else { " " };
            format!("{}{qualifier}{space}*", c_notation(to))
        }
        CType::Named(name) => name.clone(),
    }
}

/// The type as a value of the crate's `CType`.
fn described(model: &Model, ty: &CType) -> Result<String, String> {
    let name = c_notation(ty);
    let unknown = || format!("{ty:?} is no type that the crate describes");
    let described = |ty: &CType| match ty {
        CType::Scalar(scalar) => scalar.described.ok_or_else(unknown),
        _ => Err(unknown()),
    };
    let representation = match ty {
        CType::Void => return Ok("Void".to_owned()),
        CType::Pointer { .. } => return Ok(format!("Pointer(\"{name}\")")),
        CType::Scalar(_) => described(ty)?,
        CType::Named(type_name) => match model.kind(type_name).ok_or_else(unknown)? {
            Kind::Handle | Kind::Callback => return Ok(format!("Pointer(\"{name}\")")),
            Kind::Struct(item) => return Ok(format!("Struct({})", item.name)),
            Kind::Enum => "U32",
            Kind::Flags => "U64",
            Kind::Integer(base) => described(base)?,
        },
    };
    Ok(format!("Scalar(\"{name}\", {representation})"))
}
