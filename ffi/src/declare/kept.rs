//! Prepared calls of a variadic function, kept for the next ones with arguments of the same types.

use std::sync::OnceLock;

use crate::c_type::Kind;
use crate::{CallInterface, Type};

/// So many lists begin here, each for some keys.
const LISTS: usize = 16;

/// So many interfaces are kept in a list at most.
const LENGTH: usize = 32;

/// One interface for each list of types that further arguments had. They stay as long as this does, so that who finds one
/// needs no lock while C runs. Past so many, calls are prepared each time.
#[derive(Debug, Default)]
pub(super) struct Kept {
    lists: [Place; LISTS],
}

type Place = OnceLock<Box<Node>>;

#[derive(Debug)]
struct Node {
    key: Key,
    interface: CallInterface,
    next: Place,
}

/// The kinds of the further arguments, where each of them has one and they are few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u64);

/// So many kinds have room in a key.
const KINDS: u32 = 15;

impl Key {
    /// Of no arguments.
    pub(super) const EMPTY: Key = Key(1);

    /// Of what can only be told apart by types.
    const OTHER: Key = Key(0);

    /// With one more argument of a kind, which is no composite. There are at most [`KINDS`].
    #[inline(always)]
    pub(super) fn and(self, kind: Kind) -> Key {
        Key(self.0 << 4 | kind as u64)
    }

    fn of<'t>(mut types: impl Iterator<Item = &'t Type>) -> Key {
        let key = types.try_fold(Key::EMPTY, |key, ty| match Kind::of(ty) {
            Kind::Composite => None,
            // The one that an empty key begins with has arrived at the top.
            _ if key.0 >> (4 * KINDS) != 0 => None,
            kind => Some(key.and(kind)),
        });
        key.unwrap_or(Key::OTHER)
    }

    #[inline(always)]
    fn list(self) -> usize {
        // The high bits of a product depend on all bits of its factor.
        (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as usize % LISTS
    }
}

impl Node {
    /// The types of the further arguments, behind `fixed` others.
    fn types(&self, fixed: usize) -> impl Iterator<Item = &Type> + Clone {
        self.interface.signature().parameters()[fixed..].iter().map(|parameter| parameter.ty())
    }

    fn is_for<'t>(
        &self,
        key: Key,
        fixed: usize,
        types: impl Iterator<Item = &'t Type> + Clone,
    ) -> bool {
        let all_same = || {
            let kept = self.types(fixed);
            kept.clone().count() == types.clone().count() && kept.zip(types.clone()).all(same)
        };
        self.key == key && (key != Key::OTHER || all_same())
    }
}

/// Whether two types are equal, or numbers of one kind by whatever names.
fn same((a, b): (&Type, &Type)) -> bool {
    let kind = Kind::of(a);
    kind == Kind::of(b) && (kind != Kind::Composite || a == b)
}

impl Kept {
    /// The nodes of the list that a key belongs to.
    #[inline(always)]
    fn nodes(&self, key: Key) -> impl Iterator<Item = &Node> {
        let first = self.lists[key.list()].get();
        std::iter::successors(first, |node| node.next.get()).map(|node| &**node)
    }

    /// The interface for further arguments of these kinds.
    #[inline(always)]
    pub(super) fn of_kinds(&self, key: Key) -> Option<&CallInterface> {
        self.nodes(key).find(|node| node.key == key).map(|node| &node.interface)
    }

    /// The interface for further arguments of these types, behind `fixed` others.
    pub(super) fn of_types<'t>(
        &self,
        fixed: usize,
        types: impl Iterator<Item = &'t Type> + Clone,
    ) -> Option<&CallInterface> {
        let key = Key::of(types.clone());
        if key != Key::OTHER {
            return self.of_kinds(key);
        }
        self.nodes(key)
            .find(|node| node.is_for(key, fixed, types.clone()))
            .map(|node| &node.interface)
    }

    /// Keeps an interface, unless there are too many of its list.
    pub(super) fn keep(&self, fixed: usize, interface: CallInterface) {
        let mut node = Box::new(Node { key: Key::OTHER, interface, next: Place::new() });
        node.key = Key::of(node.types(fixed));
        let mut place = &self.lists[node.key.list()];
        for _ in 0..LENGTH {
            // Where there is one already, it is given back.
            let Err(back) = place.set(node) else { return };
            let Some(kept) = place.get() else { return };
            if kept.is_for(back.key, fixed, back.types(fixed)) {
                return;
            }
            (node, place) = (back, &kept.next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Field, Signature, StructType};

    #[test]
    fn keys_tell_kinds_apart() {
        let (int, long, double) = (&Type::I32, &Type::I64, &Type::F64);
        let lists: [&[&Type]; 7] =
            [&[], &[int], &[long], &[int, long], &[long, int], &[double], &[int, int]];
        let keys = lists.map(|list| Key::of(list.iter().copied()));
        for (index, key) in keys.iter().enumerate() {
            assert!(*key != Key::OTHER && !keys[..index].contains(key), "{:?}", lists[index]);
        }
        assert_eq!(keys[3], Key::EMPTY.and(Kind::I32).and(Kind::I64));
        let named = Type::alias("number", Type::I32);
        assert_eq!(Key::of([&named].into_iter()), keys[1]);
        assert_eq!(
            Key::of([int; 15].into_iter()),
            [Kind::I32; 15].into_iter().fold(Key::EMPTY, Key::and)
        );
        assert_eq!(Key::of([int; 16].into_iter()), Key::OTHER);
        assert_eq!(Key::of([int, &Type::F80].into_iter()), Key::OTHER);
    }

    /// A function of so many structs, which only their names tell apart.
    #[cfg(all(not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn structs(count: usize) -> Vec<Type> {
        let one = |index| StructType::new(format!("s{index}"), [Field::new("a", Type::I32)]);
        (0..count).map(|index| one(index).unwrap().into()).collect()
    }

    #[test]
    #[cfg(all(not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn each_list_has_one_interface_and_not_too_many_are_kept() {
        let interface = |types: &[&Type]| {
            let parameters = [&Type::Pointer].into_iter().chain(types.iter().copied()).cloned();
            let signature = Signature::variadic(parameters, 1, Type::Void).unwrap();
            CallInterface::new(&signature).unwrap()
        };
        let kept = Kept::default();
        let count = |kept: &Kept| kept.nodes(Key::OTHER).count();
        let structs = structs(LENGTH + 3);
        for round in 0..2 {
            for (index, ty) in structs.iter().enumerate() {
                kept.keep(1, interface(&[ty]));
                let found = kept.of_types(1, [ty].into_iter());
                assert_eq!(found.is_some(), index < LENGTH);
                let is_its = |found: &CallInterface| found.signature().parameters()[1].ty() == ty;
                assert!(found.is_none_or(is_its), "{index}");
                let expected = if round == 0 { (index + 1).min(LENGTH) } else { LENGTH };
                assert_eq!(count(&kept), expected);
            }
        }
        assert!(kept.of_types(1, [&structs[0], &structs[1]].into_iter()).is_none());
        // What numbers are called does not matter, how many there are does.
        let named = Type::alias("number", Type::I32);
        kept.keep(1, interface(&[&named]));
        let before = count(&kept);
        kept.keep(1, interface(&[&Type::I32]));
        assert_eq!(count(&kept), before);
        assert!(kept.of_kinds(Key::EMPTY.and(Kind::I32)).is_some());
        assert!(kept.of_types(1, [&Type::I32].into_iter()).is_some());
        assert!(kept.of_kinds(Key::EMPTY).is_none());
        assert!(kept.of_types(1, [&Type::I32, &named].into_iter()).is_none());
    }
}
