//! What has been opened, declared and kept so far, and what a statement does to it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use examples::c::outcome::Failure;
use examples::c::{self, Builder, Given, show};
use ffi::call::ErrorNumbers;
use ffi::declare::{DeclaredType, FinishedCall, Object};
use ffi::{Callback, Declarations, Declared, Library, Value};

use crate::{HELP, split};

/// What a statement comes to.
pub(crate) enum After {
    /// It has this to show, which may be nothing.
    Shown(String),
    Quit,
}

/// Everything that a statement can name.
pub(crate) struct Session {
    libraries: Vec<Library>,
    declarations: Declarations,
    /// Memory of declared types, which C may write into.
    variables: BTreeMap<String, Object>,
    /// The error number that the last call left behind.
    errno: i32,
    /// What C may still have the addresses of.
    kept: Vec<Kept>,
    /// Variables that others of their names have replaced: C may know where they lie, too.
    replaced: Vec<Object>,
}

/// What one call needs for as long as C may.
#[expect(dead_code, reason = "it is kept for C alone")]
struct Kept {
    arguments: FinishedCall,
    places: Vec<(String, Object)>,
    callbacks: Vec<Callback<'static>>,
}

/// A value, and its type as far as it is declared.
struct Held {
    ty: Option<DeclaredType>,
    value: Value,
}

type Outcome<T> = Result<T, Failure>;

impl Session {
    pub(crate) fn new() -> Outcome<Session> {
        Ok(Session {
            libraries: vec![Library::this()?],
            declarations: Declarations::default(),
            variables: BTreeMap::new(),
            errno: 0,
            kept: Vec::new(),
            replaced: Vec::new(),
        })
    }

    /// Carries a statement out.
    pub(crate) fn run(&mut self, statement: &str) -> Outcome<After> {
        let statement = statement.trim();
        let (word, rest) = split::name(statement).unwrap_or(("", statement));
        let rest = rest.trim();
        let shown = match word {
            "quit" | "exit" if rest.is_empty() => return Ok(After::Quit),
            "help" if rest.is_empty() => format!("{HELP}\n"),
            "names" if rest.is_empty() => self.names(),
            "lib" if !rest.is_empty() && !rest.starts_with(['=', '(']) => self.open(rest)?,
            "include" => self.include(rest)?,
            _ if statement.is_empty() || statement.starts_with("//") => String::new(),
            _ => self.evaluate_or_declare(statement)?,
        };
        Ok(After::Shown(shown))
    }

    fn open(&mut self, name: &str) -> Outcome<String> {
        // SAFETY: whoever names the library wants its initialisers to run.
        self.libraries.push(unsafe { Library::find(name) }?);
        Ok(String::new())
    }

    /// Reads what a header declares, as the C compiler's preprocessor sees it.
    fn include(&mut self, header: &str) -> Outcome<String> {
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".into());
        let failed = |error| Failure::other(format!("{compiler}, which reads headers: {error}"));
        let mut child = Command::new(&compiler)
            .args(["-E", "-P", "-dD", "-x", "c", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            writeln!(stdin, "#include {header}").map_err(failed)?;
        }
        let output = child.wait_with_output().map_err(failed)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::declaration(said.trim().to_owned()));
        }
        let before = self.declarations.functions().count();
        let text = String::from_utf8_lossy(&output.stdout);
        let mistakes = self.declarations.add_lenient(&text).len();
        let functions = self.declarations.functions().count() - before;
        let lost = match mistakes {
            0 => String::new(),
            1 => "; 1 declaration is not understood".to_owned(),
            count => format!("; {count} declarations are not understood"),
        };
        Ok(format!("{functions} new functions{lost}\n"))
    }

    fn names(&self) -> String {
        let mut text = String::new();
        for function in self.declarations.functions() {
            let _ = writeln!(text, "{function}");
        }
        for ty in self.declarations.types() {
            let _ = writeln!(text, "{ty}");
        }
        for (name, variable) in &self.variables {
            let _ = writeln!(text, "{name} = {}", show::view(&variable.view()));
        }
        text
    }

    /// The names that a line may go on with: commands, functions, types, constants, variables.
    pub(crate) fn completions(&self) -> Vec<String> {
        let c = &self.declarations;
        let mut names: Vec<String> =
            ["lib ", "include <", "names", "help", "quit"].map(str::to_owned).into();
        names.extend(c.functions().map(|function| format!("{}(", function.name())));
        names.extend(c.types());
        names.extend(c.constants().map(|(name, _)| name.to_owned()));
        names.extend(c.macros().map(str::to_owned));
        names.extend(self.variables.keys().cloned());
        names.sort();
        names.dedup();
        names
    }

    /// The members of what a path leads to, as far as they can be told without following a pointer.
    pub(crate) fn members(&self, path: &str) -> Vec<String> {
        let members = || {
            let (name, path) = split::path(path)?;
            let view = self.variables.get(name)?.at(&path).ok()?;
            let c = view.declarations();
            let ty = c.pointee(view.ty()).unwrap_or(view.ty());
            let members = c.members(ty).ok()?;
            Some(members.iter().map(|member| member.name().to_owned()).collect())
        };
        members().unwrap_or_default()
    }

    fn evaluate_or_declare(&mut self, statement: &str) -> Outcome<String> {
        let text = statement.trim_end_matches(';').trim_end();
        if let Some((place, value)) = split::assignment(text)
            && split::path(place).is_some()
        {
            return self.assign(place, value).map(|()| String::new());
        }
        let is_known = split::name(text).is_none_or(|(name, rest)| {
            let is_called = rest.trim_start().starts_with('(') && self.is_function(name);
            is_called || self.variables.contains_key(name) || self.is_value(text)
        });
        if is_known {
            let held = self.evaluate(text)?;
            return Ok(match self.shown(&held) {
                shown if shown.is_empty() => shown,
                shown => format!("{shown}\n"),
            });
        }
        if let Some((name, _)) = split::call(text)
            && self.declarations.type_named(name).is_err()
        {
            let how =
                format!("`{name}` is not declared: declare it first, as in `int {name}(int);`");
            return Err(Failure::declaration(how));
        }
        self.declarations.add(statement)?;
        Ok(String::new())
    }

    fn is_function(&self, name: &str) -> bool {
        self.declarations.function(name).is_ok()
    }

    /// Whether a text is an expression without variables.
    fn is_value(&self, text: &str) -> bool {
        text == "errno" || self.declarations.evaluate(&self.with_numbers(text)).is_ok()
    }

    fn shown(&self, held: &Held) -> String {
        match (&held.value, &held.ty) {
            (Value::Void, _) => String::new(),
            (value, Some(ty)) => show::value(&self.declarations, ty, value),
            (value, None) => value.to_string(),
        }
    }

    /// Makes a variable, or changes a part of one.
    fn assign(&mut self, place: &str, value: &str) -> Outcome<()> {
        let none = || Failure::argument(format!("`{place}` is no variable"));
        let (name, path) = split::path(place).ok_or_else(none)?;
        if !path.is_empty() {
            let part = self.part(name, &path)?.ok_or_else(none)?;
            let ty = part.ty().clone();
            let (declarations, part_path) = (self.declarations.clone(), path.clone());
            let mut builder = Builder::new(&declarations);
            let given = self.known(self.written(value)?, &mut builder, None)?;
            let value = builder.value(given, &ty)?;
            let object = self.variables.get(name);
            match object.filter(|object| object.at(&part_path).is_ok()) {
                // The variable keeps copies of strings and lists.
                Some(object) => object.set(&part_path, value)?,
                None => self.part(name, &path)?.ok_or_else(none)?.set("", value)?,
            }
            return Ok(());
        }
        let object = match self.written(value)? {
            Given::Cast(ty, value) if !matches!(*value, Given::Literal(_)) => {
                let declarations = self.declarations.clone();
                let ty = declarations.type_named(&ty)?;
                let mut builder = Builder::new(&declarations);
                let given = self.known(*value, &mut builder, None)?;
                let object = declarations.zeroed_of(&ty, 0)?;
                object.initialise("", builder.value(given, &ty)?)?;
                object
            }
            Given::Text(prefix, bytes) => {
                let unit = match prefix {
                    "L" => "wchar_t",
                    "u" => "char16_t",
                    "U" => "char32_t",
                    _ => "char",
                };
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let length = match prefix {
                    "L" | "U" => text.chars().count(),
                    "u" => text.encode_utf16().count(),
                    _ => text.len(),
                };
                self.declarations.object(&format!("{unit} [{}]", length + 1), text.as_str())?
            }
            _ => {
                let held = self.evaluate(value)?;
                let ty = match held.ty {
                    Some(ty) => ty,
                    None => self.declarations.type_named(&held.value.ty().to_string())?,
                };
                let object = self.declarations.zeroed_of(&ty, 0)?;
                object.initialise("", held.value)?;
                object
            }
        };
        self.replaced.extend(self.variables.insert(name.to_owned(), object));
        Ok(())
    }

    fn written(&self, text: &str) -> Outcome<Given> {
        c::parse(0, text, &|ty| self.declarations.type_named(ty).is_ok())
    }

    fn evaluate(&mut self, text: &str) -> Outcome<Held> {
        if let Some((name, arguments)) = split::call(text)
            && self.is_function(name)
        {
            return self.call(name, &arguments);
        }
        if let Some(target) = text.strip_prefix('*') {
            let pointer = self.evaluate(target.trim())?.value;
            // SAFETY: whoever follows a pointer vouches for it.
            let view = unsafe { pointer.view() }?;
            return Ok(Held { ty: Some(view.ty().clone()), value: view.get("")? });
        }
        if let Some(name) = text.strip_prefix('&')
            && let Some((name, path)) = split::path(name)
            && let Some(part) = self.part(name, &path)?
        {
            return Ok(Held { ty: None, value: part.pointer() });
        }
        if let Some((name, path)) = split::path(text)
            && let Some(part) = self.part(name, &path)?
        {
            return Ok(Held { ty: Some(part.ty().clone()), value: part.get("")? });
        }
        let value = match text {
            "errno" => self.errno.into(),
            text => self.declarations.evaluate(&self.with_numbers(text))?,
        };
        Ok(Held { ty: None, value })
    }

    /// A part of what a variable holds, or of what it leads to.
    fn part(&self, name: &str, path: &str) -> Outcome<Option<ffi::declare::View<'_>>> {
        let Some(variable) = self.variables.get(name) else { return Ok(None) };
        let is_pointer = self.declarations.pointee(variable.view().ty()).is_some();
        if path.is_empty() || !is_pointer {
            return Ok(Some(variable.at(path)?));
        }
        let pointer = variable.get("")?;
        // SAFETY: whoever follows a pointer vouches for it.
        let view = unsafe { pointer.view() }?;
        let first = path.strip_prefix("[0]").unwrap_or(path);
        Ok(Some(view.at(first.trim_start_matches('.'))?))
    }

    /// An expression with the numbers that its variables hold.
    fn with_numbers(&self, text: &str) -> String {
        let (mut rest, mut written) = (text, String::new());
        while let Some(first) = rest.chars().next() {
            let Some((word, behind)) = split::name(rest) else {
                // A number goes on with letters: 0x1f, 1e3.
                let is_number = first.is_numeric();
                let end = rest.find(|c: char| !(is_number && (c.is_alphanumeric() || c == '.')));
                let end = end.filter(|end| *end > 0).unwrap_or(first.len_utf8());
                written += &rest[..end];
                rest = &rest[end..];
                continue;
            };
            let value = self.variables.get(word).and_then(|variable| variable.get("").ok());
            match value {
                Some(value) if value.address().is_none() => {
                    let _ = write!(written, "({value})");
                }
                _ => written += word,
            }
            rest = behind;
        }
        written
    }

    fn call(&mut self, name: &str, arguments: &[&str]) -> Outcome<Held> {
        let declared = self.find(name)?;
        let function = declared.declaration().clone();
        let declarations = function.declarations().clone();
        let mut builder = Builder::new(&declarations);
        let types: Vec<DeclaredType> =
            function.ty().parameters().map(|(_, ty)| ty.clone()).collect();
        let is_type = |text: &str| declarations.type_named(text).is_ok();
        let mut given = Vec::new();
        for (index, text) in arguments.iter().enumerate() {
            let written = c::parse(index, text, &is_type)?;
            given.push(self.known(written, &mut builder, types.get(index))?);
        }
        let arguments = builder.arguments(&function, given)?;
        let mut call = declared.prepare(arguments)?;
        let mut numbers = ErrorNumbers::default();
        // SAFETY: whoever declares the function and calls it here vouches for it.
        let value = unsafe { call.call_with_errno(&mut numbers) };
        let arguments = call.finish();
        self.errno = numbers.errno;
        show::flush()?;
        for (name, object) in &builder.objects {
            let mut line = String::new();
            show::line(&mut line, name, &show::view(&object.view()));
            examples::c::outcome::print(&line)?;
        }
        let Builder { objects, callbacks, .. } = builder;
        self.kept.push(Kept { arguments, places: objects, callbacks });
        Ok(Held { ty: Some(function.ty().returns().clone()), value })
    }

    /// A function in one of the libraries, the last one first.
    fn find(&self, name: &str) -> Outcome<Declared> {
        let function = self.declarations.function(name)?;
        for library in self.libraries.iter().rev() {
            match library.declared(&function) {
                Err(ffi::Error::SymbolMissing { .. }) => {}
                found => return Ok(found?),
            }
        }
        let missing = format!("no open library has `{name}`: `lib NAME` opens another");
        Err(Failure::argument(missing))
    }

    /// An argument whose calls are made and whose variables are looked up; `&new` makes a variable.
    fn known(
        &mut self,
        given: Given,
        builder: &mut Builder<'_>,
        ty: Option<&DeclaredType>,
    ) -> Outcome<Given> {
        Ok(match given {
            Given::Reference(inner) => match *inner {
                Given::Literal(word) if split::path(&word).is_some() => {
                    let (name, path) = split::path(&word).unwrap_or_default();
                    if self.part(name, &path)?.is_none()
                        && path.is_empty()
                        && self.declarations.evaluate(name).is_err()
                    {
                        let target = ty.and_then(|ty| self.declarations.pointee(ty));
                        let unknown = || Failure::argument(format!("`{name}` is no variable"));
                        let object = self.declarations.zeroed_of(target.ok_or_else(unknown)?, 0)?;
                        self.variables.insert(name.to_owned(), object);
                    }
                    match self.part(name, &path)? {
                        Some(part) => held(builder, part.pointer()),
                        None => Given::Reference(Box::new(Given::Literal(word))),
                    }
                }
                inner => Given::Reference(Box::new(self.known(inner, builder, None)?)),
            },
            Given::Literal(word) => {
                let is_call = split::call(&word).is_some_and(|(name, _)| self.is_function(name));
                let is_variable = split::path(&word)
                    .is_some_and(|(name, _)| self.variables.contains_key(name) || name == "errno");
                if is_call || is_variable || word.starts_with('*') {
                    let value = self.evaluate(&word)?.value;
                    held(builder, self.decayed(&word)?.unwrap_or(value))
                } else {
                    Given::Literal(self.with_numbers(&word))
                }
            }
            Given::List(list) => Given::List(self.all_known(list, builder)?),
            Given::Array(list) => Given::Array(self.all_known(list, builder)?),
            Given::Fields(fields) => {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| Ok((name, self.known(value, builder, None)?)));
                Given::Fields(fields.collect::<Outcome<_>>()?)
            }
            Given::Cast(ty, value) => Given::Cast(ty, Box::new(self.known(*value, builder, None)?)),
            other => other,
        })
    }

    /// The pointer to its first element, where a word is an array.
    fn decayed(&self, word: &str) -> Outcome<Option<Value>> {
        let Some((name, path)) = split::path(word) else { return Ok(None) };
        let part = self.part(name, &path)?;
        let array = part.filter(|part| self.declarations.element(part.ty()).is_some());
        Ok(array.map(|array| array.pointer()))
    }

    fn all_known(&mut self, list: Vec<Given>, builder: &mut Builder<'_>) -> Outcome<Vec<Given>> {
        list.into_iter().map(|given| self.known(given, builder, None)).collect()
    }
}

/// The argument that is a value.
fn held(builder: &mut Builder<'_>, value: Value) -> Given {
    builder.held.push(value);
    Given::Held(builder.held.len() - 1)
}
