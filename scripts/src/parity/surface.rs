//! What a crate offers: every public path, with its signature.

use std::collections::{BTreeMap, HashMap};

use rustdoc_types::{
    Attribute, Crate, Enum, Id, Impl, ItemEnum, Struct, StructKind, Trait, Type, VariantKind,
};

use super::reachable::{Reachable, Target};
use super::scope::Scope;
use super::signature::{Writer, constant_value};
use crate::failure::Result;

/// Traits that say nothing to a program: the compiler's own, those of unwinding, and what happens on drop.
const UNNAMED_TRAITS: [&str; 6] =
    ["Drop", "Freeze", "RefUnwindSafe", "StructuralPartialEq", "UnsafeUnpin", "UnwindSafe"];

/// The public paths of a crate and what they lead to.
///
/// A path is `Object::method`, `Struct.field`, `Enum::Variant`, `macro!` or `Type: Trait`.
#[derive(Debug, Default)]
pub(super) struct Surface {
    pub(super) entries: BTreeMap<String, Entry>,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) signature: String,
}

/// The kinds of entries that are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Definition,
    Function,
    Member,
    Import,
    Implementation,
}

impl Kind {
    pub(super) const ALL: [Kind; 5] =
        [Kind::Definition, Kind::Function, Kind::Member, Kind::Import, Kind::Implementation];

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Definition => "types, aliases, traits, constants, macros, modules",
            Kind::Function => "functions and methods",
            Kind::Member => "fields and variants",
            Kind::Import => "items of other crates, re-exported",
            Kind::Implementation => "implementations of traits",
        }
    }
}

impl Surface {
    /// Reads it out of rustdoc's JSON; `types` is the crate whose types all others share.
    pub(super) fn new(crate_: &Crate, types: &Crate) -> Result<Surface> {
        let reachable = Reachable::of(crate_, types)?;
        let writer = Writer::new(crate_, types, &reachable.public);
        let mut collector = Collector { crate_, writer: &writer, surface: Surface::default() };
        for (path, target) in &reachable.paths {
            match target {
                Target::Item(id) if reachable.public[id] == *path => collector.item(path, *id),
                Target::Item(id) => {
                    collector.add(Kind::Definition, path, format!("= {}", reachable.public[id]));
                }
                Target::Foreign(name) => collector.add(Kind::Import, path, format!("= {name}")),
            }
        }
        for item in crate_.index.values() {
            if let ItemEnum::Impl(implementation) = &item.inner {
                collector.implementation(implementation, &reachable.public);
            }
        }
        Ok(collector.surface)
    }
}

/// Writes down signatures.
struct Collector<'a> {
    crate_: &'a Crate,
    writer: &'a Writer<'a>,
    surface: Surface,
}

impl Collector<'_> {
    fn add(&mut self, kind: Kind, path: &str, signature: String) {
        self.surface.entries.insert(path.to_owned(), Entry { kind, signature });
    }

    /// An item that is not inside of another one but of a module.
    fn item(&mut self, path: &str, id: Id) {
        let item = &self.crate_.index[&id];
        let scope = Scope::default();
        let mark =
            if item.attrs.contains(&Attribute::NonExhaustive) { "non-exhaustive " } else { "" };
        match &item.inner {
            ItemEnum::Module(_) => self.add(Kind::Definition, path, "mod".into()),
            ItemEnum::Struct(struct_) => self.structure(path, mark, struct_),
            ItemEnum::Enum(enumeration) => self.enumeration(path, mark, enumeration),
            ItemEnum::Trait(trait_) => self.interface(path, trait_),
            ItemEnum::Function(function) => {
                self.add(Kind::Function, path, self.writer.function("", function, &scope));
            }
            ItemEnum::TypeAlias(alias) => {
                let (list, bounds, scope) = self.writer.generics(&alias.generics, &scope);
                let target = self.writer.of_type(&alias.type_, &scope);
                self.add(Kind::Definition, path, format!("type{list} = {target}{bounds}"));
            }
            ItemEnum::Constant { type_, const_ } => {
                let type_ = self.writer.of_type(type_, &scope);
                self.add(
                    Kind::Definition,
                    path,
                    format!("const: {type_} = {}", constant_value(const_)),
                );
            }
            ItemEnum::Static(static_) => {
                let type_ = self.writer.of_type(&static_.type_, &scope);
                self.add(Kind::Definition, path, format!("static: {type_}"));
            }
            ItemEnum::Macro(text) => self.add(Kind::Definition, path, one_line(text)),
            other => self.add(Kind::Definition, path, format!("{:?}", other.item_kind())),
        }
    }

    fn structure(&mut self, path: &str, mark: &str, struct_: &Struct) {
        let (list, bounds, scope) = self.writer.generics(&struct_.generics, &Scope::default());
        let shape = match &struct_.kind {
            StructKind::Unit => ";",
            StructKind::Tuple(fields) if fields.iter().any(Option::is_none) => "(..)",
            StructKind::Tuple(_) => "()",
            StructKind::Plain { has_stripped_fields: true, .. } => " { .. }",
            StructKind::Plain { .. } => " {}",
        };
        self.add(Kind::Definition, path, format!("{mark}struct{list}{shape}{bounds}"));
        match &struct_.kind {
            StructKind::Unit => {}
            StructKind::Tuple(fields) => self.fields(path, fields.iter().flatten(), &scope),
            StructKind::Plain { fields, .. } => self.fields(path, fields, &scope),
        }
    }

    fn enumeration(&mut self, path: &str, mark: &str, enumeration: &Enum) {
        let (list, bounds, scope) = self.writer.generics(&enumeration.generics, &Scope::default());
        self.add(Kind::Definition, path, format!("{mark}enum{list}{bounds}"));
        for id in &enumeration.variants {
            let item = &self.crate_.index[id];
            let ItemEnum::Variant(variant) = &item.inner else { continue };
            let path = format!("{path}::{}", item.name.as_deref().unwrap_or_default());
            let value = variant.discriminant.as_ref();
            let value = value.map_or(String::new(), |value| format!(" = {}", value.value));
            let (shape, fields) = match &variant.kind {
                VariantKind::Plain => ("", Vec::new()),
                VariantKind::Tuple(fields) => ("()", fields.iter().flatten().copied().collect()),
                VariantKind::Struct { fields, .. } => (" {}", fields.clone()),
            };
            self.add(Kind::Member, &path, format!("variant{shape}{value}"));
            self.fields(&path, &fields, &scope);
        }
    }

    fn fields<'i>(&mut self, path: &str, fields: impl IntoIterator<Item = &'i Id>, scope: &Scope) {
        for id in fields {
            let Some(item) = self.crate_.index.get(id) else { continue };
            let ItemEnum::StructField(type_) = &item.inner else { continue };
            let name = item.name.as_deref().unwrap_or_default();
            let type_ = self.writer.of_type(type_, scope);
            self.add(Kind::Member, &format!("{path}.{name}"), format!(": {type_}"));
        }
    }

    fn interface(&mut self, path: &str, trait_: &Trait) {
        let (list, bounds, scope) = self.writer.generics(&trait_.generics, &Scope::default());
        let mark = if trait_.is_unsafe { "unsafe " } else { "" };
        let above = self.writer.bounds(&trait_.bounds, &scope);
        let above = if above.is_empty() { above } else { format!(": {above}") };
        self.add(Kind::Definition, path, format!("{mark}trait{list}{above}{bounds}"));
        for id in &trait_.items {
            let item = &self.crate_.index[id];
            let path = format!("{path}::{}", item.name.as_deref().unwrap_or_default());
            match &item.inner {
                ItemEnum::Function(function) => {
                    let body = if function.has_body { " {}" } else { ";" };
                    let signature = self.writer.function("", function, &scope);
                    self.add(Kind::Function, &path, signature + body);
                }
                ItemEnum::AssocType { bounds, .. } => {
                    let bounds = self.writer.bounds(bounds, &scope);
                    self.add(Kind::Definition, &path, format!("type: {bounds}"));
                }
                ItemEnum::AssocConst { type_, .. } => {
                    let type_ = self.writer.of_type(type_, &scope);
                    self.add(Kind::Definition, &path, format!("const: {type_}"));
                }
                _ => {}
            }
        }
    }

    /// An `impl`: methods, or a trait.
    fn implementation(&mut self, implementation: &Impl, public: &HashMap<Id, String>) {
        let is_public = |id: &Id| public.contains_key(id) || !self.crate_.index.contains_key(id);
        if implementation.blanket_impl.is_some() || implementation.is_negative {
            return;
        }
        let type_ = &implementation.for_;
        if matches!(type_, Type::ResolvedPath(path) if !is_public(&path.id)) {
            return;
        }
        let (_, bounds, scope) = self.writer.generics(&implementation.generics, &Scope::default());
        let for_ = self.writer.of_type(type_, &scope);
        let name = self.bare_name(type_).unwrap_or_else(|| for_.clone());
        let Some(trait_) = &implementation.trait_ else {
            let scope = scope.with_self(for_);
            self.members(&name, implementation, &bounds, &scope);
            return;
        };
        if !is_public(&trait_.id) || UNNAMED_TRAITS.contains(&last(&trait_.path)) {
            return;
        }
        let scope = scope.with_self(for_.clone());
        let trait_ = self.writer.path(trait_, &scope);
        // A lifetime that nothing else depends on need not have a name.
        let named = [&trait_, &bounds].into_iter().any(|text| text.contains('\''));
        let for_ = if named { for_ } else { name.clone() };
        let mut signature = format!("impl {for_}{bounds}");
        for id in &implementation.items {
            let Some(item) = self.crate_.index.get(id) else { continue };
            if let ItemEnum::AssocType { type_: Some(type_), .. } = &item.inner {
                let type_ = self.writer.of_type(type_, &scope);
                signature += &format!(", {} = {type_}", item.name.as_deref().unwrap_or_default());
            }
        }
        self.add(Kind::Implementation, &format!("{name}: {trait_}"), signature);
    }

    fn members(&mut self, name: &str, implementation: &Impl, bounds: &str, scope: &Scope) {
        for id in &implementation.items {
            let Some(item) = self.crate_.index.get(id) else { continue };
            let path = format!("{name}::{}", item.name.as_deref().unwrap_or_default());
            match &item.inner {
                ItemEnum::Function(function) => {
                    let signature = self.writer.function("", function, scope) + bounds;
                    self.add(Kind::Function, &path, signature);
                }
                ItemEnum::AssocConst { type_, value } => {
                    let type_ = self.writer.of_type(type_, scope);
                    let value = value.as_deref().unwrap_or("_");
                    self.add(Kind::Definition, &path, format!("const: {type_} = {value}{bounds}"));
                }
                _ => {}
            }
        }
    }

    /// A type's name without its parameters.
    fn bare_name(&self, type_: &Type) -> Option<String> {
        match type_ {
            Type::ResolvedPath(path) => self.writer.name(path.id),
            _ => None,
        }
    }
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// A macro in one line: rustdoc leaves out what its rules expand to.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
