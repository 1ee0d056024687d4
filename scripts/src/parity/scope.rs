//! Names of generics: the order of their declaration makes them.

use std::collections::HashMap;

use rustdoc_types::{GenericParamDef, GenericParamDefKind};

use super::signature::Writer;

/// How the generics in scope are called.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    names: HashMap<String, String>,
    lifetimes: u8,
    types: u8,
}

impl Scope {
    /// The scope of an implementation for a type.
    pub(super) fn with_self(mut self, name: String) -> Self {
        self.bind("Self", name);
        self
    }

    /// Says what the generic `name` stands for.
    pub(super) fn bind(&mut self, name: &str, value: String) {
        self.names.insert(name.to_owned(), value);
    }

    /// Adds what `params` declare; returns them as they are declared, without bounds.
    pub(super) fn declare(
        &mut self,
        params: &[GenericParamDef],
        writer: &Writer<'_>,
    ) -> Vec<String> {
        let mut declared = Vec::new();
        for param in params {
            let name = match &param.kind {
                GenericParamDefKind::Type { is_synthetic: true, .. } => continue,
                GenericParamDefKind::Lifetime { .. } => {
                    self.lifetimes += 1;
                    format!("'{}", char::from(b'a' + self.lifetimes - 1))
                }
                _ => {
                    self.types += 1;
                    char::from(b'T' + self.types - 1).to_string()
                }
            };
            self.names.insert(param.name.clone(), name.clone());
            declared.push(match &param.kind {
                GenericParamDefKind::Const { type_, .. } => {
                    format!("const {name}: {}", writer.of_type(type_, self))
                }
                GenericParamDefKind::Type { default: Some(default), .. } => {
                    format!("{name} = {}", writer.of_type(default, self))
                }
                _ => name,
            });
        }
        declared
    }

    /// What the generic `name` is called here.
    pub(super) fn name(&self, name: &str) -> String {
        self.names.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }
}
