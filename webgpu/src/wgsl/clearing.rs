//! The text that clears variables.

use super::{
    NotUnderstood,
    module::{Declaration, Field, Function, Module},
    reach,
};
use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write,
    ops::Range,
};

/// What the clearing itself calls: a shader that gives these names another meaning is not understood.
const USED: [&str; 3] = ["u32", "atomicStore", "workgroupBarrier"];

/// The shader with entry points that clear the memory they use; `None` if there is none to clear.
pub(super) fn cleared(module: &Module<'_>) -> Result<Option<String>, NotUnderstood> {
    let prefix = free_name(module.source);
    let mut insertions = Vec::new();
    let mut functions = String::new();
    for (number, entry) in module.functions.iter().enumerate() {
        if entry.attribute("compute").is_none() {
            continue;
        }
        let variables = reach::workgroup_variables(module, entry);
        if variables.is_empty() {
            continue;
        }
        if USED.iter().any(|name| module.declared.contains_key(name)) {
            return Err(NotUnderstood);
        }
        let function = clearing_function(module, entry, &variables, &prefix, number);
        functions += &function.ok_or(NotUnderstood)?;
        let index = index_parameter(module, entry).unwrap_or_else(|| {
            let parameter = format!("@builtin(local_invocation_index) {prefix}_at: u32, ");
            insertions.push((module.tokens[entry.open].end(), parameter));
            format!("{prefix}_at")
        });
        let body = module.tokens[entry.body.start - 1].end();
        insertions.push((body, format!(" {prefix}_{number}_({index});")));
    }
    let Some(last) = module.tokens.last().filter(|_| !insertions.is_empty()) else {
        return Ok(None);
    };
    // After the last token: a comment may follow that never ends.
    insertions.push((last.end(), functions));
    Ok(Some(with_insertions(module.source, &insertions)))
}

fn with_insertions(source: &str, insertions: &[(usize, String)]) -> String {
    let mut text = String::with_capacity(source.len() * 2);
    let mut done = 0;
    for (at, insertion) in insertions {
        text += &source[done..*at];
        text += insertion;
        done = *at;
    }
    text + &source[done..]
}

/// A name that no name in the text begins with.
fn free_name(source: &str) -> String {
    let mut name = String::from("clear_workgroup");
    while source.contains(&name) {
        name += "_x";
    }
    name
}

/// How the entry point calls the index of the invocation in its workgroup, if it has it: the engine allows it only once.
fn index_parameter(module: &Module<'_>, entry: &Function<'_>) -> Option<String> {
    let is_index = |field: &Field<'_>| {
        let builtin = field.attribute("builtin").and_then(|arguments| arguments.first());
        builtin.is_some_and(|builtin| module.text(builtin) == "local_invocation_index")
    };
    entry.parameters.iter().find_map(|parameter| {
        if is_index(parameter) {
            return Some(parameter.name.to_owned());
        }
        let Shape::Struct(_, members) = shape(module, &parameter.of_type)? else {
            return None;
        };
        let member = members.iter().find(|member| is_index(member))?;
        Some(format!("{}.{}", parameter.name, member.name))
    })
}

fn clearing_function(
    module: &Module<'_>,
    entry: &Function<'_>,
    variables: &BTreeSet<&str>,
    prefix: &str,
    number: usize,
) -> Option<String> {
    let mut clearing = Clearing {
        module,
        prefix,
        first: String::new(),
        all: String::new(),
        constructible: HashMap::new(),
        depth: 0,
        steps: 0,
    };
    for name in variables {
        if let Some(Declaration::Workgroup(of_type)) = module.declared.get(name) {
            clearing.variable(name, of_type)?;
        }
    }
    let Clearing { first, all, .. } = clearing;
    let mut text = format!("\nfn {prefix}_{number}_({prefix}_index: u32) {{\n");
    if !first.is_empty() {
        let _ = write!(text, "if {prefix}_index == 0u {{\n{first}}}\n");
    }
    if !all.is_empty() {
        let sizes = entry.attribute("workgroup_size")?.iter();
        let sizes = sizes.map(|size| format!("u32({})", module.text(size))).collect::<Vec<_>>();
        let _ = write!(text, "let {prefix}_count = {};\n{all}", sizes.join(" * "));
    }
    Some(text + "workgroupBarrier();\n}\n")
}

/// What a type is, as far as clearing goes. Ranges are those of types, and of the length of an array.
enum Shape<'m, 'a> {
    /// Neither of these: a number, a vector, a matrix.
    Plain,
    Atomic(Range<usize>),
    Array(Range<usize>, Range<usize>),
    Struct(&'a str, &'m [Field<'a>]),
}

/// What the type is; `None` if it is not understood.
fn shape<'m, 'a>(module: &'m Module<'a>, of_type: &Range<usize>) -> Option<Shape<'m, 'a>> {
    let mut of_type = of_type;
    // An alias of an alias: there are no more of them than declarations.
    for _ in 0..=module.declared.len() {
        let name = module.word(of_type.start)?;
        match module.declared.get(name) {
            Some(Declaration::Alias(other)) => of_type = other,
            Some(Declaration::Struct(members)) => return Some(Shape::Struct(name, members)),
            Some(_) => return None,
            None => {
                let arguments = module.template(of_type.start + 1)?.0;
                return match (name, &*arguments) {
                    ("atomic", [value]) => Some(Shape::Atomic(value.clone())),
                    ("array", [element, length]) => {
                        Some(Shape::Array(element.clone(), length.clone()))
                    }
                    ("atomic" | "array", _) => None,
                    _ => Some(Shape::Plain),
                };
            }
        }
    }
    None
}

/// How far types are followed into each other, and how many are looked at: what is beyond has no room in any memory.
const DEPTH: usize = 32;
const STEPS: usize = 4096;

/// What has been written so far.
struct Clearing<'m, 'a> {
    module: &'m Module<'a>,
    prefix: &'m str,
    /// What the first invocation does.
    first: String,
    /// What all invocations do.
    all: String,
    /// The structs that have been looked at: whether a value of one can be made.
    constructible: HashMap<&'a str, bool>,
    /// How deep in a type it is, and how many have been looked at.
    depth: usize,
    steps: usize,
}

impl<'a> Clearing<'_, 'a> {
    /// Goes one step into a type.
    fn step<R>(&mut self, step: impl FnOnce(&mut Self) -> Option<R>) -> Option<R> {
        if self.depth == DEPTH || self.steps == STEPS {
            return None;
        }
        self.depth += 1;
        self.steps += 1;
        let result = step(self);
        self.depth -= 1;
        result
    }

    /// Clears a variable, or a member of one: arrays by all invocations, what is smaller by the first one.
    fn variable(&mut self, place: &str, of_type: &Range<usize>) -> Option<()> {
        let module = self.module;
        match shape(module, of_type)? {
            Shape::Struct(_, members) => members.iter().try_for_each(|member| {
                let place = format!("{place}.{}", member.name);
                self.step(|this| this.variable(&place, &member.of_type))
            }),
            Shape::Array(element, length) => {
                let text = self.shared_loop(place, element, length)?;
                self.all += &text;
                Some(())
            }
            Shape::Plain | Shape::Atomic(_) => {
                let text = self.value(place, of_type)?;
                self.first += &text;
                Some(())
            }
        }
    }

    /// Clears an array, and the arrays in it as if they were one long array: the invocations take turns.
    fn shared_loop(
        &mut self,
        place: &str,
        mut element: Range<usize>,
        length: Range<usize>,
    ) -> Option<String> {
        let (module, prefix) = (self.module, self.prefix);
        let number = |length: &Range<usize>| format!("u32({})", module.text(length));
        let mut lengths = vec![number(&length)];
        while let Shape::Array(inner, length) = shape(module, &element)? {
            lengths.push(number(&length));
            element = inner;
            if lengths.len() > DEPTH {
                return None;
            }
        }
        let mut place = place.to_owned();
        for (dimension, length) in lengths.iter().enumerate() {
            place += &format!("[{prefix}_i");
            for inner in &lengths[dimension + 1..] {
                place += &format!(" / {inner}");
            }
            if dimension > 0 {
                place += &format!(" % {length}");
            }
            place += "]";
        }
        let body = self.step(|this| this.value(&place, &element))?;
        let total = lengths.join(" * ");
        Some(format!(
            "for (var {prefix}_i = {prefix}_index; {prefix}_i < {total}; {prefix}_i += {prefix}_count) {{\n{body}}}\n"
        ))
    }

    /// Clears what one invocation clears alone.
    fn value(&mut self, place: &str, of_type: &Range<usize>) -> Option<String> {
        let module = self.module;
        if self.is_constructible(of_type)? {
            return Some(format!("{place} = {}();\n", module.text(of_type)));
        }
        match shape(module, of_type)? {
            Shape::Plain => None,
            Shape::Atomic(value) => {
                Some(format!("atomicStore(&{place}, {}());\n", module.text(&value)))
            }
            Shape::Struct(_, members) => {
                let members = members.iter().map(|member| {
                    let place = format!("{place}.{}", member.name);
                    self.step(|this| this.value(&place, &member.of_type))
                });
                members.collect()
            }
            Shape::Array(element, length) => {
                let index = format!("{}_{}_", self.prefix, self.depth);
                let place = format!("{place}[{index}]");
                let body = self.step(|this| this.value(&place, &element))?;
                let length = module.text(&length);
                Some(format!(
                    "for (var {index} = 0u; {index} < u32({length}); {index}++) {{\n{body}}}\n"
                ))
            }
        }
    }

    /// Whether there are values of this type: not if there is something atomic in it.
    fn is_constructible(&mut self, of_type: &Range<usize>) -> Option<bool> {
        match shape(self.module, of_type)? {
            Shape::Plain => Some(true),
            Shape::Atomic(_) => Some(false),
            Shape::Array(element, _) => self.step(|this| this.is_constructible(&element)),
            Shape::Struct(name, members) => {
                if let Some(&known) = self.constructible.get(name) {
                    return Some(known);
                }
                let mut all = true;
                for member in members {
                    all &= self.step(|this| this.is_constructible(&member.of_type))?;
                }
                self.constructible.insert(name, all);
                Some(all)
            }
        }
    }
}
