//! Which declarations say the same.

use std::cell::Cell;

use super::model::{DeclaredType, Definition, Form, Model, TagKind};
use crate::value::parts::fields;

/// Two types are compared in so many steps at most.
const MAX_COMPARED: usize = 10_000;

impl Model {
    /// Whether two types are the same, by whatever names.
    pub(super) fn same(&self, a: &DeclaredType, b: &DeclaredType) -> bool {
        self.same_within(a, b, &Cell::new(MAX_COMPARED))
    }

    fn same_within(&self, a: &DeclaredType, b: &DeclaredType, steps: &Cell<usize>) -> bool {
        let (a, b) = (self.resolve(a), self.resolve(b));
        if std::ptr::eq(a, b) {
            return true;
        }
        // Names for names can make types whose comparison would never end.
        let Some(left) = steps.get().checked_sub(1) else { return false };
        steps.set(left);
        let same = |a: &DeclaredType, b: &DeclaredType| self.same_within(a, b, steps);
        match (&a.form, &b.form) {
            (Form::Basic(a), Form::Basic(b)) => a.resolve() == b.resolve(),
            (Form::Pointer(a), Form::Pointer(b)) => same(a, b),
            (Form::Array(a, a_length), Form::Array(b, b_length)) => {
                (a_length == b_length || a_length.is_none() || b_length.is_none()) && same(a, b)
            }
            (Form::Function(a), Form::Function(b)) => {
                let parameters = || a.parameters.iter().zip(&b.parameters);
                let counted = a.parameters.len() == b.parameters.len() && a.variadic == b.variadic;
                a.abi == b.abi
                    && (!a.prototyped || !b.prototyped || counted)
                    && same(&a.returns, &b.returns)
                    && parameters().all(|(a, b)| same(&a.ty, &b.ty))
            }
            (Form::Tag(a), Form::Tag(b)) => {
                a == b || (self.tags[*a].name.is_empty() && self.tags_agree(*a, *b, steps))
            }
            _ => false,
        }
    }

    /// Whether two definitions say the same, as C23 lets them.
    pub(super) fn definitions_agree(&self, kind: TagKind, a: &Definition, b: &Definition) -> bool {
        self.agree(kind, a, b, &Cell::new(MAX_COMPARED))
    }

    fn tags_agree(&self, a: usize, b: usize, steps: &Cell<usize>) -> bool {
        let (a, b) = (&self.tags[a], &self.tags[b]);
        match (&a.definition, &b.definition) {
            (Some(one), Some(other)) if a.kind == b.kind && a.name == b.name => {
                self.agree(a.kind, one, other, steps)
            }
            _ => false,
        }
    }

    fn agree(&self, kind: TagKind, a: &Definition, b: &Definition, steps: &Cell<usize>) -> bool {
        let same_layout = a.ty.size() == b.ty.size() && a.ty.alignment() == b.ty.alignment();
        // Enumerators of one name have one value anyway.
        if kind == TagKind::Enum || !same_layout {
            return same_layout;
        }
        let fields = || fields(&a.ty).iter().zip(fields(&b.ty));
        let members = || a.members.iter().zip(&b.members);
        a.members.len() == b.members.len()
            && fields().all(|(a, b)| {
                a.name() == b.name() && a.offset() == b.offset() && a.bits() == b.bits()
            })
            && members().all(|(a, b)| self.same_within(a, b, steps))
    }
}
