//! Signatures as text, in a form in which two crates can be compared.
//!
//! Names of parameters are left out, names of generics are replaced by the order of their declaration, aliases by what
//! they stand for, and every type is called by one path however it was written.

use std::collections::{BTreeSet, HashMap};

use rustdoc_types::{
    Abi, AssocItemConstraintKind, Constant, Crate, Function, FunctionHeader, FunctionSignature,
    GenericArg, GenericArgs, GenericBound, GenericParamDefKind, Generics, Id, ItemEnum, Path,
    PreciseCapturingArg, Term, TraitBoundModifier, Type, TypeAlias, WherePredicate,
};

use super::scope::Scope;

/// Writes signatures of one crate.
#[derive(Clone, Debug)]
pub(super) struct Writer<'a> {
    crate_: &'a Crate,
    /// The crate of the types that both crates share, and where it has which alias.
    types: &'a Crate,
    aliases: HashMap<&'a [String], &'a TypeAlias>,
    /// What the crate's own items are called by its users.
    public: &'a HashMap<Id, String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        crate_: &'a Crate,
        types: &'a Crate,
        public: &'a HashMap<Id, String>,
    ) -> Self {
        let aliases = types.index.iter().filter_map(|(id, item)| match &item.inner {
            ItemEnum::TypeAlias(alias) => Some((types.paths.get(id)?.path.as_slice(), alias)),
            _ => None,
        });
        Self { crate_, types, aliases: aliases.collect(), public }
    }

    /// Writer for what is written in the crate of shared types.
    fn of_types(&self) -> Writer<'a> {
        Writer { crate_: self.types, ..self.clone() }
    }

    /// Declares generics: their list in angle brackets, the bounds on them after `where`, and the scope for the rest.
    pub(super) fn generics(&self, generics: &Generics, outer: &Scope) -> (String, String, Scope) {
        let mut scope = outer.clone();
        let declared = scope.declare(&generics.params, self);
        let list = match declared.is_empty() {
            true => String::new(),
            false => format!("<{}>", declared.join(", ")),
        };
        let bounds = self.where_clause(generics, &scope);
        (list, bounds, scope)
    }

    /// All bounds, wherever they are written, in one order.
    fn where_clause(&self, generics: &Generics, scope: &Scope) -> String {
        let mut all = BTreeSet::new();
        let outlives = |name: &str, longer: &[String]| {
            let longer = longer.iter().map(|longer| scope.name(longer));
            longer.map(|longer| format!("{}: {longer}", scope.name(name))).collect::<Vec<_>>()
        };
        for param in &generics.params {
            match &param.kind {
                GenericParamDefKind::Lifetime { outlives: longer } => {
                    all.extend(outlives(&param.name, longer));
                }
                GenericParamDefKind::Type { bounds, is_synthetic: false, .. } => {
                    let name = scope.name(&param.name);
                    let bounds = bounds.iter().map(|bound| self.bound(bound, scope));
                    all.extend(bounds.map(|bound| format!("{name}: {bound}")));
                }
                _ => {}
            }
        }
        for predicate in &generics.where_predicates {
            match predicate {
                WherePredicate::BoundPredicate { type_, bounds, generic_params } => {
                    let mut inner = scope.clone();
                    let declared = inner.declare(generic_params, self);
                    let (binder, name) = (binder(&declared), self.of_type(type_, &inner));
                    let bounds = bounds.iter().map(|bound| self.bound(bound, &inner));
                    all.extend(bounds.map(|bound| format!("{binder}{name}: {bound}")));
                }
                WherePredicate::LifetimePredicate { lifetime, outlives: longer } => {
                    all.extend(outlives(lifetime, longer));
                }
                WherePredicate::EqPredicate { lhs, rhs } => {
                    let (lhs, rhs) = (self.of_type(lhs, scope), self.term(rhs, scope));
                    all.insert(format!("{lhs} = {rhs}"));
                }
            }
        }
        match all.is_empty() {
            true => String::new(),
            false => format!(" where {}", all.into_iter().collect::<Vec<_>>().join(", ")),
        }
    }

    /// A function called `name`.
    pub(super) fn function(&self, name: &str, function: &Function, outer: &Scope) -> String {
        let (list, bounds, scope) = self.generics(&function.generics, outer);
        let header = header(&function.header);
        format!("{header}fn {name}{list}{}{bounds}", self.call(&function.sig, &scope))
    }

    /// Parameters and result.
    fn call(&self, signature: &FunctionSignature, scope: &Scope) -> String {
        let mut inputs: Vec<String> = signature
            .inputs
            .iter()
            .map(|(name, type_)| match name.as_str() {
                "self" => self.receiver(type_, scope),
                _ => self.of_type(type_, scope),
            })
            .collect();
        if signature.is_c_variadic {
            inputs.push("...".into());
        }
        format!("({}){}", inputs.join(", "), self.output(signature.output.as_ref(), scope))
    }

    /// What stands behind the parameters.
    fn output(&self, output: Option<&Type>, scope: &Scope) -> String {
        output.map_or(String::new(), |type_| format!(" -> {}", self.of_type(type_, scope)))
    }

    /// Types in parentheses.
    fn list(&self, types: &[Type], scope: &Scope) -> String {
        let types: Vec<String> = types.iter().map(|type_| self.of_type(type_, scope)).collect();
        format!("({})", types.join(", "))
    }

    fn receiver(&self, type_: &Type, scope: &Scope) -> String {
        let is_self = |type_: &Type| matches!(type_, Type::Generic(name) if name == "Self");
        match type_ {
            _ if is_self(type_) => "self".into(),
            Type::BorrowedRef { lifetime, is_mutable, type_ } if is_self(type_) => {
                format!("{}self", reference(lifetime.as_deref(), *is_mutable, scope))
            }
            _ => format!("self: {}", self.of_type(type_, scope)),
        }
    }

    /// A type.
    pub(super) fn of_type(&self, type_: &Type, scope: &Scope) -> String {
        match type_ {
            Type::ResolvedPath(path) => self.path(path, scope),
            Type::DynTrait(dynamic) => {
                let traits = dynamic.traits.iter().map(|bound| {
                    let mut inner = scope.clone();
                    let declared = inner.declare(&bound.generic_params, self);
                    format!("{}{}", binder(&declared), self.path(&bound.trait_, &inner))
                });
                let lifetime = dynamic.lifetime.iter().map(|lifetime| scope.name(lifetime));
                format!("dyn {}", sum(traits.chain(lifetime)))
            }
            Type::Generic(name) => scope.name(name),
            Type::Primitive(name) if name == "never" => "!".into(),
            Type::Primitive(name) => name.clone(),
            Type::FunctionPointer(pointer) => {
                let mut inner = scope.clone();
                let declared = inner.declare(&pointer.generic_params, self);
                let header = header(&pointer.header);
                format!("{}{header}fn{}", binder(&declared), self.call(&pointer.sig, &inner))
            }
            Type::Tuple(types) => self.list(types, scope),
            Type::Slice(type_) => format!("[{}]", self.of_type(type_, scope)),
            Type::Array { type_, len } => format!("[{}; {len}]", self.of_type(type_, scope)),
            Type::Pat { type_, .. } => self.of_type(type_, scope),
            Type::ImplTrait(bounds) => format!("impl {}", self.bounds(bounds, scope)),
            Type::Infer => "_".into(),
            Type::RawPointer { is_mutable, type_ } => {
                let kind = if *is_mutable { "mut" } else { "const" };
                format!("*{kind} {}", self.of_type(type_, scope))
            }
            Type::BorrowedRef { lifetime, is_mutable, type_ } => {
                let target = self.of_type(type_, scope);
                format!("{}{target}", reference(lifetime.as_deref(), *is_mutable, scope))
            }
            Type::QualifiedPath { name, self_type, trait_, .. } => {
                let type_ = self.of_type(self_type, scope);
                match trait_ {
                    Some(trait_) => format!("<{type_} as {}>::{name}", self.path(trait_, scope)),
                    None => format!("{type_}::{name}"),
                }
            }
        }
    }

    /// A type or trait by its name.
    pub(super) fn path(&self, path: &Path, scope: &Scope) -> String {
        if let Some((alias, writer)) = self.alias(path.id) {
            return writer.of_type(&alias.type_, &self.expansion(alias, path, scope));
        }
        let args = path.args.as_deref().map_or(String::new(), |args| self.args(args, scope));
        self.name(path.id).unwrap_or_else(|| path.path.clone()) + &args
    }

    /// What the type or trait `id` is called, from whichever crate it is.
    pub(super) fn name(&self, id: Id) -> Option<String> {
        let public = || self.public.get(&id).filter(|_| self.is_main()).cloned();
        public().or_else(|| Some(self.crate_.paths.get(&id)?.path.join("::")))
    }

    fn is_main(&self) -> bool {
        !std::ptr::eq(self.crate_, self.types)
    }

    /// The alias that `id` is, and who can write what it stands for.
    fn alias(&self, id: Id) -> Option<(&'a TypeAlias, Writer<'a>)> {
        if let Some(item) = self.crate_.index.get(&id) {
            let ItemEnum::TypeAlias(alias) = &item.inner else { return None };
            return Some((alias, self.clone()));
        }
        let path = self.crate_.paths.get(&id)?.path.as_slice();
        Some((*self.aliases.get(path)?, self.of_types()))
    }

    /// The scope in which the alias that `path` names stands for what it does there.
    fn expansion(&self, alias: &TypeAlias, path: &Path, scope: &Scope) -> Scope {
        let mut given: Vec<String> = Vec::new();
        if let Some(GenericArgs::AngleBracketed { args, .. }) = path.args.as_deref() {
            given = args.iter().map(|arg| self.arg(arg, scope)).collect();
        }
        let lifetimes_given = given.first().is_some_and(|first| first.starts_with('\''));
        let mut given = given.into_iter();
        let mut expansion = Scope::default();
        for param in &alias.generics.params {
            let is_lifetime = matches!(param.kind, GenericParamDefKind::Lifetime { .. });
            let value = match &param.kind {
                GenericParamDefKind::Lifetime { .. } if !lifetimes_given => None,
                GenericParamDefKind::Type { default: Some(default), .. } => {
                    given.next().or_else(|| Some(self.of_type(default, &expansion)))
                }
                _ => given.next(),
            };
            let unknown = if is_lifetime { "'_" } else { "_" };
            expansion.bind(&param.name, value.unwrap_or_else(|| unknown.into()));
        }
        expansion
    }

    fn args(&self, args: &GenericArgs, scope: &Scope) -> String {
        match args {
            GenericArgs::AngleBracketed { args, constraints } => {
                let args = args.iter().map(|arg| self.arg(arg, scope));
                let constraints = constraints.iter().map(|constraint| match &constraint.binding {
                    AssocItemConstraintKind::Equality(term) => {
                        format!("{} = {}", constraint.name, self.term(term, scope))
                    }
                    AssocItemConstraintKind::Constraint(bounds) => {
                        format!("{}: {}", constraint.name, self.bounds(bounds, scope))
                    }
                });
                let list: Vec<String> = args.chain(constraints).filter(|arg| arg != "'_").collect();
                if list.is_empty() { String::new() } else { format!("<{}>", list.join(", ")) }
            }
            GenericArgs::Parenthesized { inputs, output } => {
                self.list(inputs, scope) + &self.output(output.as_ref(), scope)
            }
            GenericArgs::ReturnTypeNotation => "(..)".into(),
        }
    }

    fn arg(&self, arg: &GenericArg, scope: &Scope) -> String {
        match arg {
            GenericArg::Lifetime(lifetime) => scope.name(lifetime),
            GenericArg::Type(type_) => self.of_type(type_, scope),
            GenericArg::Const(constant) => constant_value(constant),
            GenericArg::Infer => "_".into(),
        }
    }

    fn term(&self, term: &Term, scope: &Scope) -> String {
        match term {
            Term::Type(type_) => self.of_type(type_, scope),
            Term::Constant(constant) => constant_value(constant),
        }
    }

    /// Bounds, as they stand after `impl` or a colon.
    pub(super) fn bounds(&self, bounds: &[GenericBound], scope: &Scope) -> String {
        sum(bounds.iter().map(|bound| self.bound(bound, scope)))
    }

    fn bound(&self, bound: &GenericBound, scope: &Scope) -> String {
        match bound {
            GenericBound::TraitBound { trait_, generic_params, modifier } => {
                let mut inner = scope.clone();
                let declared = inner.declare(generic_params, self);
                let modifier = match modifier {
                    TraitBoundModifier::None => "",
                    TraitBoundModifier::Maybe => "?",
                    TraitBoundModifier::MaybeConst => "~const ",
                };
                format!("{}{modifier}{}", binder(&declared), self.path(trait_, &inner))
            }
            GenericBound::Outlives(lifetime) => scope.name(lifetime),
            GenericBound::Use(captured) => {
                let lifetimes = captured.iter().filter_map(|captured| match captured {
                    PreciseCapturingArg::Lifetime(lifetime) => Some(scope.name(lifetime)),
                    PreciseCapturingArg::Param(_) => None,
                });
                let lifetimes: Vec<String> = lifetimes.collect();
                // Types are captured always; without lifetimes this says what leaving it out said before edition 2024.
                match lifetimes.is_empty() {
                    true => String::new(),
                    false => format!("use<{}>", lifetimes.join(", ")),
                }
            }
        }
    }
}

/// `for<'a> `, if anything was declared.
fn binder(declared: &[String]) -> String {
    if declared.is_empty() { String::new() } else { format!("for<{}> ", declared.join(", ")) }
}

/// `&'a mut `.
fn reference(lifetime: Option<&str>, is_mutable: bool, scope: &Scope) -> String {
    let lifetime = lifetime.map(|lifetime| scope.name(lifetime)).filter(|name| name != "'_");
    let lifetime = lifetime.map_or(String::new(), |name| name + " ");
    format!("&{lifetime}{}", if is_mutable { "mut " } else { "" })
}

/// Bounds joined by `+`, in one order.
fn sum(bounds: impl Iterator<Item = String>) -> String {
    let bounds: BTreeSet<String> = bounds.filter(|bound| !bound.is_empty()).collect();
    bounds.into_iter().collect::<Vec<_>>().join(" + ")
}

/// The value of a constant, as far as it is known.
pub(super) fn constant_value(constant: &Constant) -> String {
    constant.value.as_ref().unwrap_or(&constant.expr).clone()
}

/// What stands before `fn`.
fn header(header: &FunctionHeader) -> String {
    let mut text = String::new();
    for (is_set, word) in
        [(header.is_const, "const "), (header.is_async, "async "), (header.is_unsafe, "unsafe ")]
    {
        text += if is_set { word } else { "" };
    }
    match &header.abi {
        Abi::Rust => text,
        abi => format!("{text}extern {abi:?} "),
    }
}
