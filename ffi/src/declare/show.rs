//! Declared types in C notation.

use super::model::{DeclaredParameter, DeclaredType, Form, FunctionType, Model};
use crate::Abi;

impl Model {
    /// The declaration of `name` with a type; of the type alone where the name is empty.
    pub(super) fn show(&self, ty: &DeclaredType, name: &str) -> String {
        let mut inside = name.to_owned();
        let mut ty = ty;
        loop {
            match &ty.form {
                Form::Pointer(target) => {
                    let constant = if ty.constant { "const " } else { "" };
                    inside = format!("*{constant}{inside}");
                    if matches!(target.form, Form::Array(..) | Form::Function(_)) {
                        inside = format!("({inside})");
                    }
                    ty = target;
                }
                Form::Array(element, length) => {
                    let length = length.map(|length| length.to_string()).unwrap_or_default();
                    inside = format!("{inside}[{length}]");
                    ty = element;
                }
                Form::Function(function) => {
                    inside = format!("{inside}({})", self.show_parameters(function));
                    ty = &function.returns;
                }
                Form::Basic(_) | Form::Tag(_) | Form::Named(_) => break,
            }
        }
        let base = match &ty.form {
            Form::Tag(index) => {
                let tag = &self.tags[*index];
                match &*tag.name {
                    name if tag.is_opaque() => name.to_owned(),
                    "" => format!("{} {{…}}", tag.kind.keyword()),
                    name => format!("{} {name}", tag.kind.keyword()),
                }
            }
            Form::Named(index) => self.named[*index].name.to_string(),
            Form::Basic(ty) => ty.to_string(),
            Form::Pointer(_) | Form::Array(..) | Form::Function(_) => unreachable!("taken apart"),
        };
        let constant = if ty.constant { "const " } else { "" };
        let gap = if inside.is_empty() { "" } else { " " };
        format!("{constant}{base}{gap}{inside}")
    }

    fn show_parameters(&self, function: &FunctionType) -> String {
        let mut shown: Vec<String> =
            function.parameters.iter().map(|parameter| self.show_parameter(parameter)).collect();
        if function.variadic {
            shown.push("...".into());
        }
        if shown.is_empty() && function.prototyped { "void".into() } else { shown.join(", ") }
    }

    /// A parameter, with the length that it was declared with.
    fn show_parameter(&self, parameter: &DeclaredParameter) -> String {
        let DeclaredParameter { name, ty, length } = parameter;
        match &self.resolve(ty).form {
            Form::Pointer(element) if length.is_some() => {
                self.show(&Form::Array(element.clone(), *length).into(), name)
            }
            _ => self.show(ty, name),
        }
    }

    /// The declaration of a function.
    pub(super) fn show_function(&self, function: &FunctionType, name: &str) -> String {
        let attribute = match function.abi {
            Some(Abi::Win64) => "__attribute__((ms_abi)) ",
            Some(Abi::SysV64) => "__attribute__((sysv_abi)) ",
            _ => "",
        };
        let inside = format!("{name}({})", self.show_parameters(function));
        format!("{attribute}{}", self.show(&function.returns, &inside))
    }
}
