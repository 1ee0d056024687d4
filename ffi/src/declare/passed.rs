//! How values of declared types are passed: signatures of declared functions.

use std::sync::Arc;

use super::model::{DeclaredType, Definition, Form, FunctionType, Model, Tag, TagKind};
use crate::{Error, Parameter, Signature, Type};

impl Model {
    /// Refuses a transparent union that is passed otherwise than its first member.
    pub(super) fn check_transparent(
        &self,
        kind: TagKind,
        definition: &Definition,
    ) -> Result<(), String> {
        let like_a_pointer = |ty: &DeclaredType| {
            let value = self.value_type(ty);
            value.is_ok_and(|ty| matches!(ty.resolve(), Type::Pointer | Type::I64 | Type::U64))
        };
        if kind == TagKind::Union && definition.members.iter().all(like_a_pointer) {
            return Ok(());
        }
        Err("how a transparent union with these members is passed is not known here".into())
    }

    /// As [`Model::check_transparent`], for a type that was defined before.
    pub(super) fn check_transparent_type(&self, ty: &DeclaredType) -> Result<(), String> {
        let Form::Tag(index) = self.resolve(ty).form else { return Ok(()) };
        let Tag { kind, definition, .. } = &self.tags[index];
        match definition {
            Some(definition) => self.check_transparent(*kind, definition),
            None => Err(self.not_defined(index)),
        }
    }

    /// What a type holds that has a layout but cannot be passed.
    pub(super) fn unpassable(&self, ty: &DeclaredType) -> Option<Arc<str>> {
        match &self.resolve(ty).form {
            Form::Array(element, _) => self.unpassable(element),
            Form::Tag(index) => {
                let definition = self.tags[*index].definition.as_ref();
                definition.and_then(|definition| definition.unpassable.clone())
            }
            _ => None,
        }
    }

    /// The type of a parameter or result, under its C name.
    pub(super) fn passed_type(&self, ty: &DeclaredType) -> Result<Type, String> {
        let value = self.value_type(ty)?;
        if let Some(part) = self.unpassable(ty) {
            return Err(format!("a value of {part} cannot be passed"));
        }
        if let Some(alignment) = self.requested_alignment(ty)
            && alignment != value.alignment()
        {
            return Err(format!(
                "a value of the over-aligned type name `{}` cannot be passed: align a struct instead",
                self.show(ty, "")
            ));
        }
        Ok(match self.resolve(ty).form {
            Form::Pointer(_) => Type::alias(self.show(ty, ""), Type::Pointer),
            _ => value,
        })
    }

    /// The signature of a call with these further, variadic arguments.
    ///
    /// # Errors
    /// As [`Signature::new`] and [`Signature::variadic`]; [`Error::NotCallable`] for what has no size.
    pub(super) fn signature(
        &self,
        name: &str,
        function: &FunctionType,
        variadic: &[Type],
    ) -> Result<Signature, Error> {
        let refused = |place: String| {
            move |why: String| Error::NotCallable { function: name.to_owned(), why: place + &why }
        };
        let mut parameters = Vec::with_capacity(function.parameters.len() + variadic.len());
        for (index, parameter) in function.parameters.iter().enumerate() {
            let place = format!("parameter {index}: ");
            let ty = self.passed_type(&parameter.ty).map_err(refused(place))?;
            parameters.push(Parameter::new(parameter.name.clone(), ty));
        }
        let returns =
            self.passed_type(&function.returns).map_err(refused("the result: ".into()))?;
        if !function.prototyped {
            // C passes any arguments, promoted, as to a function that declares them.
            let fixed = parameters.len();
            parameters.extend(variadic.iter().map(|ty| Parameter::new("", ty.clone())));
            Signature::variadic(parameters.clone(), fixed, returns.clone())?;
            return Signature::new(parameters, returns);
        }
        if function.variadic {
            let fixed = parameters.len();
            parameters.extend(variadic.iter().map(|ty| Parameter::new("", ty.clone())));
            return Signature::variadic(parameters, fixed, returns);
        }
        if !variadic.is_empty() {
            let expected = parameters.len();
            return Err(Error::ArgumentCount { expected, found: expected + variadic.len() });
        }
        Signature::new(parameters, returns)
    }
}
