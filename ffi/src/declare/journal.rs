//! What a text does to a model, so that it can be taken back: a text with a mistake declares nothing.

use std::sync::{Arc, OnceLock};

use super::model::{Definition, Entity, Macro, Meaning, Model, Named, Tag, TagKind};

/// One change, by what was there before.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    Meaning(Arc<str>, Option<Meaning>),
    Macro(Arc<str>, Option<Macro>),
    TagName(Arc<str>),
    Tag(usize, Tag),
    Function(usize, Entity),
    Variable(usize, Entity),
}

/// How much there was at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    tags: usize,
    named: usize,
    functions: usize,
    variables: usize,
    mistakes: usize,
}

impl Model {
    /// Begins a text that may have to be taken back.
    pub(super) fn begin(&mut self) -> Mark {
        self.journal.clear();
        Mark {
            tags: self.tags.len(),
            named: self.named.len(),
            functions: self.functions.len(),
            variables: self.variables.len(),
            mistakes: self.mistakes.len(),
        }
    }

    /// Keeps what was declared since the text began.
    pub(super) fn keep(&mut self) {
        self.journal = Vec::new();
        for known in self.macros.values_mut() {
            known.value.take();
        }
    }

    /// Takes back what was declared since the text began.
    pub(super) fn take_back(&mut self, mark: Mark) {
        for undo in std::mem::take(&mut self.journal).into_iter().rev() {
            match undo {
                Undo::Meaning(name, Some(before)) => {
                    self.meanings.insert(name, before);
                }
                Undo::Meaning(name, None) => {
                    self.meanings.remove(&name);
                }
                Undo::Macro(name, Some(before)) => {
                    self.macros.insert(name, before);
                }
                Undo::Macro(name, None) => {
                    self.macros.remove(&name);
                }
                Undo::TagName(name) => {
                    self.tag_names.remove(&name);
                }
                Undo::Tag(index, before) => self.tags[index] = before,
                Undo::Function(index, before) => self.functions[index] = before,
                Undo::Variable(index, before) => self.variables[index] = before,
            }
        }
        self.tags.truncate(mark.tags);
        self.named.truncate(mark.named);
        self.functions.truncate(mark.functions);
        self.variables.truncate(mark.variables);
        self.mistakes.truncate(mark.mistakes);
    }

    /// Gives a name a meaning.
    pub(super) fn mean(&mut self, name: Arc<str>, meaning: Meaning) {
        let before = self.meanings.insert(name.clone(), meaning);
        self.journal.push(Undo::Meaning(name, before));
    }

    /// Defines a macro, or takes it away.
    pub(super) fn define_macro(&mut self, name: &str, body: Option<&str>) {
        let name = Arc::<str>::from(name);
        let before = match body {
            Some(body) => {
                let defined = Macro { body: body.into(), value: OnceLock::new() };
                self.macros.insert(Arc::clone(&name), defined)
            }
            None => self.macros.remove(&name),
        };
        self.journal.push(Undo::Macro(name, before));
    }

    /// Adds a tag without a definition.
    pub(super) fn announce(&mut self, kind: TagKind, name: &str) -> usize {
        let (index, name) = (self.tags.len(), Arc::from(name));
        self.tags.push(Tag { kind, name: Arc::clone(&name), definition: None, lost: None });
        if !name.is_empty() {
            self.tag_names.insert(Arc::clone(&name), index);
            self.journal.push(Undo::TagName(name));
        }
        index
    }

    /// Gives a tag its definition.
    pub(super) fn define(&mut self, index: usize, definition: Definition) {
        self.journal.push(Undo::Tag(index, self.tags[index].clone()));
        self.tags[index].definition = Some(definition);
        self.tags[index].lost = None;
    }

    /// Says for which mistake a tag has no definition.
    pub(super) fn lose(&mut self, index: usize, mistake: usize) {
        self.journal.push(Undo::Tag(index, self.tags[index].clone()));
        self.tags[index].lost = Some(mistake);
    }

    /// Adds a name for a type.
    pub(super) fn name_type(&mut self, named: Named) {
        let (index, name) = (self.named.len(), Arc::clone(&named.name));
        self.named.push(named);
        self.mean(name, Meaning::Type(index));
    }

    /// Adds a function or variable.
    pub(super) fn add_entity(&mut self, is_function: bool, entity: Entity) {
        let name = Arc::clone(&entity.name);
        let entities = if is_function { &mut self.functions } else { &mut self.variables };
        entities.push(entity);
        let index = entities.len() - 1;
        let meaning = if is_function { Meaning::Function(index) } else { Meaning::Variable(index) };
        self.mean(name, meaning);
    }

    /// Puts a better known declaration of a function or variable in the place of the one before.
    pub(super) fn replace_entity(&mut self, is_function: bool, index: usize, entity: Entity) {
        let entities = if is_function { &mut self.functions } else { &mut self.variables };
        let before = std::mem::replace(&mut entities[index], entity);
        let undo = if is_function { Undo::Function } else { Undo::Variable };
        self.journal.push(undo(index, before));
    }
}
