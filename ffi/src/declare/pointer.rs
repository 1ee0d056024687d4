//! Declared types of pointers: what conversions ask about them, and which pointer may stand for which.

use std::any::Any;
use std::ffi::c_void;
use std::sync::Arc;

use super::compatible::Comparison;
use super::model::{DeclaredType, Form};
use super::{Declarations, FunctionDeclaration, FunctionType};
use crate::c_type::Kind;
use crate::value::TypedPointer;
use crate::value::pointer::PointerType;
use crate::{Abi, Callback, Signature, Type, Value};

/// A declared type of pointers, with what conversions ask about it.
#[derive(Debug)]
pub(super) struct PointerTo {
    declarations: Declarations,
    ty: DeclaredType,
    pub(super) target: DeclaredType,
    /// Whether C does not write through it.
    pub(super) constant: bool,
    /// The type of what it points to; none for what has no values: functions, structs that are only announced.
    pub(super) value: Option<Type>,
    /// How many elements there are at least, of a parameter that was declared as an array.
    pub(super) length: Option<usize>,
    /// What an out-parameter brings back: the array that was declared, or one value.
    pub(super) whole: Option<Type>,
    /// Whether it points to bytes or characters, which strings consist of.
    pub(super) is_byte: bool,
    /// The size of the characters that it points to; 0 for what is no character.
    pub(super) unit: usize,
    pub(super) is_void: bool,
    /// Of what kind the value is that it points to.
    pub(super) kind: Kind,
    /// The pointer that it points to, if it does.
    pub(super) inner: Option<Arc<PointerTo>>,
    /// The function that it points to, if it does.
    pub(super) function: Option<Callable>,
}

/// What is known of a function that a pointer leads to.
#[derive(Debug)]
pub(super) struct Callable {
    abi: Abi,
    /// Whether its parameters are declared.
    prototyped: bool,
    /// None where it cannot be called.
    signature: Option<Signature>,
}

/// Why a pointer is refused.
#[derive(Debug)]
pub(super) enum Mismatch {
    /// It points to something constant, and C may write through the parameter.
    Constant,
    /// It points to something else.
    Other,
}

impl PointerTo {
    /// None for a type that is no pointer.
    pub(super) fn new(
        declarations: &Declarations,
        ty: &DeclaredType,
        length: Option<usize>,
    ) -> Option<Arc<PointerTo>> {
        let model = &declarations.0;
        let Form::Pointer(target) = &model.resolve(ty).form else { return None };
        let function = match &model.resolve(target).form {
            Form::Function(function) => Some(Callable::new(declarations, function)),
            _ => None,
        };
        let value = model.value_type(target).ok();
        let whole = match (&value, length) {
            (Some(value), Some(length)) => Type::array(value.clone(), length).ok(),
            (value, _) => value.clone(),
        };
        let is_byte = matches!(value.as_ref().map(Type::resolve), Some(Type::I8 | Type::U8));
        let unit = model.text_unit(target).unwrap_or(0);
        let is_void = value.as_ref().is_some_and(Type::is_void);
        let kind = value.as_ref().map_or(Kind::Composite, Kind::of);
        Some(Arc::new(PointerTo {
            declarations: declarations.clone(),
            ty: ty.clone(),
            target: DeclaredType::clone(target),
            constant: model.is_constant(target),
            value,
            length,
            whole,
            is_byte,
            unit,
            is_void,
            kind,
            inner: PointerTo::new(declarations, target, None),
            function,
        }))
    }

    pub(super) fn declarations(&self) -> &Declarations {
        &self.declarations
    }

    /// Whether a string of any length may stand here.
    #[inline]
    pub(super) fn is_text(&self) -> bool {
        (self.is_byte || self.is_void) && self.length.is_none()
    }

    /// The type in C notation; that of the array, where one was declared.
    pub(super) fn shown(&self) -> String {
        let model = &self.declarations.0;
        if self.length.is_some() {
            let array = Form::Array(Arc::new(self.target.clone()), self.length);
            return model.show(&array.into(), "");
        }
        model.show(&self.ty, "")
    }

    /// Whether a pointer of a declared type may stand where this one is wanted, as C has it (C11, 6.5.16.1).
    pub(super) fn takes(&self, given: &PointerTo) -> Result<(), Mismatch> {
        if std::ptr::eq(self, given) {
            return Ok(());
        }
        if given.constant && !self.constant {
            return Err(Mismatch::Constant);
        }
        let same = self.is_void
            || given.is_void
            || Comparison::new(&given.declarations.0, &self.declarations.0)
                .converts(&given.target, &self.target);
        if same { Ok(()) } else { Err(Mismatch::Other) }
    }

    /// Whether a callback is a function of the type that this points to.
    pub(super) fn takes_callback(&self, callback: &Callback<'_>) -> bool {
        let Some(function) = &self.function else { return self.is_void };
        let Ok((abi, found)) = callback.signature() else { return false };
        abi == function.abi && function.takes(&found)
    }

    /// A value of this type: a plain address, where nothing is known of what it points to.
    pub(super) fn value_at(self: &Arc<PointerTo>, address: *mut c_void) -> Value {
        if self.is_void && !self.constant {
            return Value::Pointer(address);
        }
        Value::TypedPointer(TypedPointer { address, ty: self.clone() })
    }

    /// The function that it leads to; none for another pointer.
    pub(super) fn declaration(&self) -> Option<FunctionDeclaration> {
        FunctionDeclaration::pointed_to(&self.declarations, &self.ty)
    }

    /// The declared type of a pointer.
    pub(super) fn of(pointer: &TypedPointer) -> Option<&PointerTo> {
        let ty: &dyn Any = &*pointer.ty;
        ty.downcast_ref()
    }
}

impl PointerType for PointerTo {
    fn name(&self) -> String {
        self.declarations.show(&self.ty)
    }
}

impl Callable {
    pub(super) fn new(declarations: &Declarations, function: &FunctionType) -> Callable {
        Callable {
            abi: function.abi().unwrap_or(Abi::HOST),
            prototyped: function.prototyped,
            signature: declarations.signature(function).ok(),
        }
    }

    /// Whether a function of a signature is one of this type, as far as it is known.
    pub(super) fn takes(&self, found: &Signature) -> bool {
        let Some(expected) = &self.signature else { return false };
        match self.prototyped {
            true => same_layout(found, expected),
            false => found.returns().has_layout_of(expected.returns()),
        }
    }
}

/// Whether functions of two signatures take and return values of the same representations.
fn same_layout(one: &Signature, other: &Signature) -> bool {
    let (a, b) = (one.parameters(), other.parameters());
    one.fixed() == other.fixed()
        && a.len() == b.len()
        && one.returns().has_layout_of(other.returns())
        && a.iter().zip(b).all(|(a, b)| a.ty().has_layout_of(b.ty()))
}
