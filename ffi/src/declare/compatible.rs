//! Which pointers stand for which: types of two texts side by side.

use super::model::{DeclaredType, Form, FunctionType, Model};
use crate::Type;

/// Compares types, each of its own declarations: two texts may declare the same struct.
#[derive(Debug)]
pub(super) struct Comparison<'m> {
    from: &'m Model,
    to: &'m Model,
    /// So many types may still be compared: function types can have each other as parameters, twice each.
    left: usize,
}

/// More types than these are not compared, but taken for different.
const MOST: usize = 10_000;

impl<'m> Comparison<'m> {
    pub(super) fn new(from: &'m Model, to: &'m Model) -> Comparison<'m> {
        Comparison { from, to, left: MOST }
    }

    /// Whether a pointer to `from` may stand for one to `to`, whose qualifiers were compared.
    pub(super) fn converts(&mut self, from: &DeclaredType, to: &DeclaredType) -> bool {
        match (&self.from.resolve(from).form, &self.to.resolve(to).form) {
            // `char **` as `const char *const *`, and further in: nothing else can be stored where it is constant.
            (Form::Pointer(a), Form::Pointer(b)) if self.to.is_constant(to) => {
                (self.to.is_constant(b) || !self.from.is_constant(a)) && self.converts(a, b)
            }
            _ => self.same(from, to),
        }
    }

    /// Whether two types are the same by whatever names, but for their own qualifiers.
    fn same(&mut self, from: &DeclaredType, to: &DeclaredType) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        match (&self.from.resolve(from).form, &self.to.resolve(to).form) {
            (Form::Pointer(a), Form::Pointer(b)) => self.equal(a, b),
            (Form::Array(a, a_length), Form::Array(b, b_length)) => {
                (a_length == b_length || a_length.is_none() || b_length.is_none())
                    && self.equal(a, b)
            }
            (Form::Function(a), Form::Function(b)) => self.same_function(a, b),
            (Form::Tag(a), Form::Tag(b)) => self.same_tag(*a, *b),
            (Form::Basic(_) | Form::Tag(_), Form::Basic(_) | Form::Tag(_)) => {
                match (self.from.value_type(from), self.to.value_type(to)) {
                    (Ok(a), Ok(b)) => same_number(a.resolve(), b.resolve()),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// [`Comparison::same`], with the same qualifiers.
    fn equal(&mut self, from: &DeclaredType, to: &DeclaredType) -> bool {
        self.from.is_constant(from) == self.to.is_constant(to) && self.same(from, to)
    }

    fn same_function(&mut self, from: &FunctionType, to: &FunctionType) -> bool {
        let counted = from.variadic == to.variadic && from.parameters.len() == to.parameters.len();
        from.abi == to.abi
            && (counted || !from.prototyped || !to.prototyped)
            && self.same(&from.returns, &to.returns)
            && from.parameters.iter().zip(&to.parameters).all(|(a, b)| self.same(&a.ty, &b.ty))
    }

    /// In one text, a struct is the one that it is. In two, structs of one name are the same unless their layouts tell them
    /// apart.
    fn same_tag(&self, from: usize, to: usize) -> bool {
        if std::ptr::eq(self.from, self.to) {
            return from == to;
        }
        let (from, to) = (&self.from.tags[from], &self.to.tags[to]);
        let (a, b) = (from.definition.as_ref(), to.definition.as_ref());
        let same_layout = match (a, b) {
            (Some(a), Some(b)) => a.ty.has_layout_of(&b.ty),
            _ => !from.name.is_empty(),
        };
        from.kind == to.kind && from.name == to.name && same_layout
    }
}

/// Numbers of one representation; characters and bytes, of whatever sign.
fn same_number(a: &Type, b: &Type) -> bool {
    a == b || matches!((a, b), (Type::I8 | Type::U8, Type::I8 | Type::U8))
}

impl Model {
    /// Whether a type is constant, or a name on the way to it.
    pub(super) fn is_constant(&self, ty: &DeclaredType) -> bool {
        let mut ty = ty;
        while let (false, Form::Named(index)) = (ty.constant, &ty.form) {
            ty = &self.named[*index].ty;
        }
        ty.constant
    }
}
