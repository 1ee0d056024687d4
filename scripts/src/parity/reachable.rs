//! Which paths a crate has, through modules and what they re-export.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use rustdoc_types::{Crate, Id, Item, ItemEnum};

use crate::failure::{Failure, Result};

/// What a path leads to.
#[derive(Debug)]
pub(super) enum Target {
    /// An item of the crate itself.
    Item(Id),
    /// One of another crate, by its full name.
    Foreign(String),
}

/// All paths of a crate, and the shortest one of each of its own items.
#[derive(Debug, Default)]
pub(super) struct Reachable {
    pub(super) paths: BTreeMap<String, Target>,
    pub(super) public: HashMap<Id, String>,
}

impl Reachable {
    pub(super) fn of(crate_: &Crate, types: &Crate) -> Result<Reachable> {
        let mut reachable = Reachable::default();
        // Short paths come first, so that the first one of an item is the shortest.
        let mut modules = VecDeque::from([(String::new(), crate_.root)]);
        let mut seen = HashSet::new();
        while let Some((prefix, module)) = modules.pop_front() {
            if !seen.insert((prefix.clone(), module)) {
                continue;
            }
            for id in children(crate_, module) {
                let Some(item) = crate_.index.get(&id) else { continue };
                let name = item.name.as_deref().unwrap_or_default();
                match &item.inner {
                    ItemEnum::Use(import) if import.is_glob => match import.id {
                        Some(id) if crate_.index.contains_key(&id) => {
                            modules.push_front((prefix.clone(), id));
                        }
                        id => reachable.foreign_glob(&prefix, id, crate_, types)?,
                    },
                    ItemEnum::Use(import) => match import.id {
                        Some(id) if crate_.index.contains_key(&id) => {
                            reachable.add(join(&prefix, &import.name), id, &crate_.index[&id]);
                            if matches!(crate_.index[&id].inner, ItemEnum::Module(_)) {
                                modules.push_back((join(&prefix, &import.name), id));
                            }
                        }
                        id => {
                            let path = id.and_then(|id| crate_.paths.get(&id));
                            let full =
                                path.map_or(import.source.clone(), |path| path.path.join("::"));
                            let target = Target::Foreign(full);
                            reachable.paths.insert(join(&prefix, &import.name), target);
                        }
                    },
                    ItemEnum::ExternCrate { name: source, rename } => {
                        // Rustdoc mixes the two up where the crate is renamed.
                        let names = [Some(source), rename.as_ref()];
                        let full = names.into_iter().flatten().find(|full| *full != name);
                        let target = Target::Foreign(full.unwrap_or(source).clone());
                        reachable.paths.insert(join(&prefix, name), target);
                    }
                    ItemEnum::Impl(_) => {}
                    inner => {
                        reachable.add(join(&prefix, name), id, item);
                        if matches!(inner, ItemEnum::Module(_)) {
                            modules.push_back((join(&prefix, name), id));
                        }
                    }
                }
            }
        }
        Ok(reachable)
    }

    fn add(&mut self, path: String, id: Id, item: &Item) {
        let path = match item.inner {
            ItemEnum::Macro(_) => path + "!",
            _ => path,
        };
        self.public.entry(id).or_insert_with(|| path.clone());
        self.paths.insert(path, Target::Item(id));
    }

    /// Adds what a glob takes out of the crate of the types.
    fn foreign_glob(
        &mut self,
        prefix: &str,
        id: Option<Id>,
        crate_: &Crate,
        types: &Crate,
    ) -> Result {
        let path = id.and_then(|id| crate_.paths.get(&id)).map(|path| path.path.as_slice());
        let module = types.index.iter().find(|(id, item)| {
            let summary = types.paths.get(id).map(|summary| summary.path.as_slice());
            matches!(item.inner, ItemEnum::Module(_)) && summary == path
        });
        let Some((module, _)) = module else {
            let what = format!("a glob takes in {path:?}, which is not documented");
            return Err(Failure::new(what, "document it, in scripts/src/parity/documents.rs"));
        };
        for id in children(types, *module) {
            if let (Some(name), Some(summary)) = (&types.index[&id].name, types.paths.get(&id)) {
                let target = Target::Foreign(summary.path.join("::"));
                self.paths.insert(join(prefix, name), target);
            }
        }
        Ok(())
    }
}

/// What a module, or an enumeration whose variants are taken in, holds.
fn children(crate_: &Crate, id: Id) -> Vec<Id> {
    match crate_.index.get(&id).map(|item| &item.inner) {
        Some(ItemEnum::Module(module)) => module.items.clone(),
        Some(ItemEnum::Enum(enumeration)) => enumeration.variants.clone(),
        _ => Vec::new(),
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}
