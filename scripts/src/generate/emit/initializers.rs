//! The initial value of every struct, as the headers' macros give it.

use super::super::model::{CType, Initializer, Kind, Model, Struct, Value};
use super::{identifier, rust_type};
use std::fmt::Write;

pub(super) fn initializers(model: &Model) -> Result<String, String> {
    let mut text = "use super::*;\nuse std::ptr;\n\ninitializers! {\n".to_owned();
    for item in &model.structs {
        let name = &item.name;
        if let Some(initializer) = &item.initializer {
            let value = literal(model, item, initializer, 1)
                .map_err(|error| format!("initial value of {name}: {error}"))?;
            let _ = writeln!(text, "    {name} = {value};");
        } else if let Some(tag) = chain_tag(model, item) {
            let _ = writeln!(text, "    {name} = {name} {{");
            let _ = writeln!(
                text,
                "        chain: WGPUChainedStruct {{ next: ptr::null_mut(), sType: WGPUSType::{tag} }},"
            );
            let _ = writeln!(text, "        ..{name}::ZERO\n    }};");
        } else {
            let _ = writeln!(text, "    {name} = {name}::ZERO;");
        }
    }
    Ok(text + "}\n")
}

/// The enumerator of `WGPUSType` that belongs to a struct that is chained to others.
///
/// `wgpu.h` has such structs without a macro; a value without its tag would be of no use.
fn chain_tag<'a>(model: &Model, item: &'a Struct) -> Option<&'a str> {
    let first = item.fields.first()?;
    let tag = item.name.strip_prefix("WGPU")?;
    let tags = &model.enums.iter().find(|item| item.name == "WGPUSType")?.values;
    let has_tag = first.name == "chain" && tags.iter().any(|(name, _)| name == tag);
    has_tag.then_some(tag)
}

/// The struct as a Rust expression.
fn literal(
    model: &Model,
    item: &Struct,
    initializer: &Initializer,
    depth: usize,
) -> Result<String, String> {
    let named: Vec<&String> = initializer.fields.iter().map(|(name, _)| name).collect();
    let declared: Vec<&String> = item.fields.iter().map(|field| &field.name).collect();
    if named != declared {
        return Err(format!("the macro sets {named:?}, the struct has {declared:?}"));
    }
    let mut text = format!("{} {{\n", item.name);
    for (field, (_, value)) in item.fields.iter().zip(&initializer.fields) {
        let value = expression(model, &field.ty, value, depth + 1)
            .map_err(|error| format!("{}: {error}", field.name))?;
        let indent = "    ".repeat(depth + 1);
        let _ = writeln!(text, "{indent}{}: {value},", identifier(&field.name));
    }
    Ok(text + &"    ".repeat(depth) + "}")
}

/// The value of a field of type `ty` as a Rust expression.
fn expression(model: &Model, ty: &CType, value: &Value, depth: usize) -> Result<String, String> {
    let kind = match ty {
        CType::Named(name) => model.kind(name),
        _ => None,
    };
    let unfit = || format!("{value:?} does not fit {ty:?}");
    match (value, kind) {
        (Value::Null, Some(Kind::Handle)) => Ok("ptr::null_mut()".to_owned()),
        (Value::Null, Some(Kind::Callback)) => Ok("None".to_owned()),
        (Value::Null, _) => match ty {
            CType::Pointer { is_const: true, .. } => Ok("ptr::null()".to_owned()),
            CType::Pointer { is_const: false, .. } => Ok("ptr::null_mut()".to_owned()),
            _ => Err(unfit()),
        },
        (Value::Zero, Some(Kind::Struct(item))) => Ok(format!("{}::ZERO", item.name)),
        (Value::Zero, Some(Kind::Enum | Kind::Flags)) => Ok(format!("{}(0)", rust_type(ty))),
        (Value::Zero, _) => Err(unfit()),
        (Value::Struct(inner), Some(Kind::Struct(item))) => literal(model, item, inner, depth),
        (Value::Struct(_), _) => Err(unfit()),
        (Value::Number(number), Some(Kind::Enum | Kind::Flags)) => {
            Ok(format!("{}({number})", rust_type(ty)))
        }
        (Value::Number(number), _) if rust_type(ty).starts_with('f') => {
            let digits = number.trim_end_matches('f').trim_end_matches('.');
            Ok(format!("{digits}.0"))
        }
        (Value::Number(number), None | Some(Kind::Integer(_))) => Ok(number.clone()),
        (Value::Number(_), _) => Err(unfit()),
        (Value::Name(name), _) => match kind {
            Some(Kind::Struct(item)) if name.ends_with("_INIT") => {
                Ok(format!("{}::INIT", item.name))
            }
            _ if model.constants.iter().any(|constant| constant.name == *name) => Ok(name.clone()),
            _ => {
                let (owner, own) = model.split_enumerator(name).ok_or_else(unfit)?;
                Ok(format!("{owner}::{}", identifier(own)))
            }
        },
    }
}
