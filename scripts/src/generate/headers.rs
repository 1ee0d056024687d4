//! Reads the two headers into a [`Model`]: declarations from [`clang`], macros from [`macros`].

use super::model::{CType, Enumeration, Function, INT, Model, SCALARS, Struct, Variable};
use super::{clang, macros, unknown_form};
use crate::failure::Result;
use crate::files;
use std::path::Path;
use syn::{FnArg, ForeignItem, GenericArgument, Item, PathArguments, ReturnType, Type};

/// A result that fails by saying what is of an unknown form.
type Form<T = ()> = std::result::Result<T, String>;

/// The headers in `folder` as a [`Model`], and name and version of what read them.
pub(super) fn read(folder: &Path) -> Result<(Model, String)> {
    let webgpu = files::text(&folder.join("webgpu.h"))?;
    let wgpu = files::text(&folder.join("wgpu.h"))?;
    let (declarations, reader) = clang::declarations(&folder.join("wgpu.h"))?;
    let model = model(&declarations, &webgpu, &wgpu).map_err(unknown_form)?;
    Ok((model, reader))
}

/// Puts together what bindgen read and what the texts say.
fn model(declarations: &syn::File, webgpu: &str, wgpu: &str) -> Form<Model> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let words = webgpu.split(|c| !is_part(c));
    let mut model = Model { standard: words.map(str::to_owned).collect(), ..Model::default() };
    // The values of enumerations find their owners by name: so all types come before the first value.
    for item in &declarations.items {
        add_type(&mut model, item)?;
    }
    for item in &declarations.items {
        add_value_or_function(&mut model, item)?;
    }
    macros::add(&mut model, webgpu)?;
    macros::add(&mut model, wgpu)?;
    check_names(&model)?;
    Ok(model)
}

fn add_type(model: &mut Model, item: &Item) -> Form {
    match item {
        Item::Type(alias) => add_alias(model, &alias.ident.to_string(), &alias.ty),
        Item::Struct(item) => {
            let name = item.ident.to_string();
            // The opaque structs behind the handles are known by their handles.
            if !name.ends_with("Impl") {
                add_struct(model, name, false, item.fields.iter())?;
            }
            Ok(())
        }
        Item::Union(item) => {
            add_struct(model, type_name(&item.ident.to_string()), true, item.fields.named.iter())
        }
        Item::Const(_) | Item::ForeignMod(_) => Ok(()),
        other => Err(format!("unexpected item from bindgen: {other:?}")),
    }
}

fn add_alias(model: &mut Model, name: &str, ty: &Type) -> Form {
    if let Some(function) = function_pointer(ty) {
        let parameters = function.inputs.iter().map(|input| {
            let name = input.name.as_ref().map(|(name, _)| name.to_string());
            variable(&name.unwrap_or_default(), &input.ty)
        });
        model.callbacks.push(Function {
            name: name.to_owned(),
            parameters: parameters.collect::<Form<_>>()?,
            returns: returned(&function.output)?,
        });
        return Ok(());
    }
    match c_type(ty)? {
        CType::Pointer { to, .. } if *to == CType::Named(format!("{name}Impl")) => {
            model.handles.push(name.to_owned());
        }
        CType::Named(base) if base == "WGPUFlags" => {
            model.flags.push(enumeration(name));
        }
        // bindgen gives C enumerations the type that C gives them, and integers their width.
        CType::Scalar(scalar) if *scalar == INT => model.enums.push(enumeration(name)),
        ty => model.integers.push((name.to_owned(), ty)),
    }
    Ok(())
}

fn enumeration(name: &str) -> Enumeration {
    Enumeration { name: name.to_owned(), values: Vec::new() }
}

fn add_struct<'a>(
    model: &mut Model,
    name: String,
    is_union: bool,
    fields: impl Iterator<Item = &'a syn::Field>,
) -> Form {
    let fields = fields.map(|field| {
        let name = field.ident.as_ref().map(ToString::to_string);
        variable(&name.unwrap_or_default(), &field.ty)
    });
    model.structs.push(Struct {
        name,
        is_union,
        fields: fields.collect::<Form<_>>()?,
        initializer: None,
    });
    Ok(())
}

fn add_value_or_function(model: &mut Model, item: &Item) -> Form {
    match item {
        Item::Const(item) => {
            let name = item.ident.to_string();
            let value = integer(&item.expr).ok_or_else(|| format!("{name} is no integer"))?;
            let (owner, own) = model
                .split_enumerator(&name)
                .ok_or_else(|| format!("{name} belongs to no enumeration"))?;
            let target =
                model.enums.iter_mut().chain(&mut model.flags).find(|item| item.name == owner);
            if let Some(target) = target {
                target.values.push((own.to_owned(), value));
            }
            Ok(())
        }
        Item::ForeignMod(block) => {
            for item in &block.items {
                let ForeignItem::Fn(function) = item else {
                    return Err(format!("unexpected foreign item from bindgen: {item:?}"));
                };
                let parameters = function.sig.inputs.iter().map(|input| match input {
                    FnArg::Typed(input) => match &*input.pat {
                        syn::Pat::Ident(name) => variable(&name.ident.to_string(), &input.ty),
                        other => Err(format!("unexpected parameter from bindgen: {other:?}")),
                    },
                    FnArg::Receiver(_) => Err("a C function with `self`".to_owned()),
                });
                model.functions.push(Function {
                    name: function.sig.ident.to_string(),
                    parameters: parameters.collect::<Form<_>>()?,
                    returns: returned(&function.sig.output)?,
                });
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn integer(expression: &syn::Expr) -> Option<u64> {
    match expression {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Int(value) => value.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// The function in `Option<unsafe extern "C" fn(…)>`.
fn function_pointer(ty: &Type) -> Option<&syn::TypeBareFn> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(Type::BareFn(function)) => Some(function),
        _ => None,
    }
}

fn variable(name: &str, ty: &Type) -> Form<Variable> {
    if name.is_empty() {
        return Err("a parameter or field without a name".to_owned());
    }
    Ok(Variable {
        // bindgen marks names that are words of Rust; the writers have their own way.
        name: name.strip_suffix('_').unwrap_or(name).to_owned(),
        ty: c_type(ty)?,
    })
}

fn returned(output: &ReturnType) -> Form<CType> {
    match output {
        ReturnType::Default => Ok(CType::Void),
        ReturnType::Type(_, ty) => c_type(ty),
    }
}

fn c_type(ty: &Type) -> Form<CType> {
    match ty {
        Type::Ptr(pointer) => Ok(CType::Pointer {
            to: Box::new(c_type(&pointer.elem)?),
            is_const: pointer.const_token.is_some(),
        }),
        Type::Path(path) => {
            let last = path.path.segments.last().map(|last| last.ident.to_string());
            let name = match last.unwrap_or_default() {
                name if name == "c_uint" => INT.rust.to_owned(),
                name => name,
            };
            let scalar = SCALARS.iter().find(|scalar| scalar.rust == name);
            Ok(match scalar {
                Some(scalar) => CType::Scalar(scalar),
                None if name == "c_void" => CType::Void,
                None => CType::Named(type_name(&name)),
            })
        }
        other => Err(format!("unexpected type from bindgen: {other:?}")),
    }
}

/// The name to use for a type: C lets a union have none, and bindgen makes one up.
fn type_name(name: &str) -> String {
    match name.split_once("__bindgen_ty_") {
        Some((owner, "1")) => format!("{owner}Data"),
        _ => name.to_owned(),
    }
}

/// Every type that is mentioned must be one that was found.
fn check_names(model: &Model) -> Form {
    let fields = model.structs.iter().flat_map(|item| &item.fields);
    let functions = model.functions.iter().chain(&model.callbacks);
    let types = functions.clone().map(|function| &function.returns).chain(
        fields
            .chain(functions.flat_map(|function| &function.parameters))
            .map(|variable| &variable.ty),
    );
    for ty in types {
        let mut ty = ty;
        while let CType::Pointer { to, .. } = ty {
            ty = to;
        }
        if let CType::Named(name) = ty
            && model.kind(name).is_none()
        {
            return Err(format!("the headers use {name}, and no declaration of it was found"));
        }
    }
    if model.structs.is_empty() || model.functions.is_empty() {
        return Err(
            "no structs or no functions were found: are these the right headers?".to_owned()
        );
    }
    Ok(())
}
