//! Whether small crates that are the same to a program have the same surface, and others do not.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use rustdoc_types::Crate;

use super::documents;
use super::surface::{Entry, Surface};
use crate::process;
use crate::scratch::Scratch;

/// Reads what rustdoc writes of a crate with this source.
fn document(source: &str) -> Crate {
    let scratch = Scratch::new();
    let file = scratch.write("trial.rs", source);
    let mut command = Command::new(std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into()));
    command.arg(file).args(["--edition", "2024", "--crate-type", "lib", "--output"]);
    command.arg(scratch.path());
    command.args(["-Z", "unstable-options", "--output-format", "json"]).env("RUSTC_BOOTSTRAP", "1");
    let captured = process::capture(&mut command).unwrap();
    assert!(captured.status.success(), "{}", captured.tail(20));
    documents::parse(&fs::read_to_string(scratch.path().join("trial.json")).unwrap()).unwrap()
}

type Entries = BTreeMap<String, Entry>;

/// The surface of each of these sources: they become modules of one crate.
fn surfaces<'a>(sources: impl Iterator<Item = &'a str>) -> Vec<Entries> {
    let modules = sources.enumerate();
    let modules =
        modules.map(|(number, source)| format!("pub mod number_{number} {{ {source} }}\n"));
    let modules: Vec<String> = modules.collect();
    let entries = Surface::new(&document(&modules.concat()), &document("")).unwrap().entries;
    (0..modules.len()).map(|number| inside(&format!("number_{number}"), &entries)).collect()
}

/// The entries of one module, without its name.
fn inside(module: &str, entries: &Entries) -> Entries {
    let own = entries.iter().filter(|(name, _)| name.split(':').next() == Some(module));
    let renamed = own.map(|(name, entry)| {
        let signature = entry.signature.replace(module, "");
        (name.replace(module, ""), Entry { kind: entry.kind, signature })
    });
    renamed.collect()
}

/// Calls `check` with each pair of sources and their surfaces.
fn compare(pairs: &[(&str, &str)], check: impl Fn(&(&str, &str), Entries, Entries)) {
    let ones = surfaces(pairs.iter().map(|pair| pair.0));
    let others = surfaces(pairs.iter().map(|pair| pair.1));
    for (pair, (one, other)) in pairs.iter().zip(ones.into_iter().zip(others)) {
        check(pair, one, other);
    }
}

#[test]
fn what_is_the_same_to_a_program() {
    let pairs = [
        // Names of generics, and where bounds are written.
        (
            "pub fn f<'a, T: Clone + Send>(first: &'a T) -> Option<&'a T> { Some(first) }",
            "pub fn f<'x, U>(other: &'x U) -> Option<&'x U> where U: Send, U: Clone { Some(other) }",
        ),
        // Aliases, and the path to a type.
        (
            "pub type Label<'a> = Option<&'a str>; pub fn f(_: Label<'_>) {}",
            "pub type Label<'b> = std::option::Option<&'b str>; pub fn f(_: Option<&str>) {}",
        ),
        // Where it is defined.
        (
            "pub struct S { pub field: u8 } impl S { pub fn new() -> Self { S { field: 0 } } }",
            "mod inner { pub struct S { pub field: u8 } } pub use inner::S;
             impl inner::S { pub fn new() -> S { S { field: 0 } } }",
        ),
        // A future that captures nothing.
        (
            "pub struct S; impl S { pub fn f(&self) -> impl Future<Output = ()> + use<> { async {} } }",
            "pub struct S; impl S { pub fn f(&self) -> impl use<> + Future<Output = ()> { async {} } }",
        ),
        // Names that do not say anything.
        (
            "pub struct S<'a>(pub &'a u8); impl std::fmt::Debug for S<'_> {
                 fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }",
            "#[derive(Debug)] pub struct S<'a>(pub &'a u8);",
        ),
    ];
    compare(&pairs, |pair, one, other| {
        assert!(!one.is_empty(), "{pair:?}");
        assert_eq!(one, other, "{pair:?}");
    });
}

#[test]
fn what_differs_to_a_program() {
    let pairs = [
        ("pub fn f(_: u8) {}", "pub fn f(_: u16) {}"),
        ("pub fn f(_: u8) {}", "pub fn f(_: u8, _: u8) {}"),
        ("pub fn f(_: u8) {}", "pub unsafe fn f(_: u8) {}"),
        ("pub fn f() {}", "pub async fn f() {}"),
        ("pub fn f() {}", "pub const fn f() {}"),
        ("pub fn f() {}", "fn f() {}"),
        ("pub fn f<T: Send>(_: T) {}", "pub fn f<T: Sync>(_: T) {}"),
        ("pub fn f<T: Send>(_: T) {}", "pub fn f<T: Send + ?Sized>(_: &T) {}"),
        ("pub fn f(_: impl FnOnce(u8)) {}", "pub fn f(_: impl FnOnce(u8) -> u8) {}"),
        ("pub fn f(_: impl FnOnce(u8)) {}", "pub fn f<F: FnOnce(u8)>(_: F) {}"),
        (
            "pub struct S; impl S { pub fn f(&self) {} }",
            "pub struct S; impl S { pub fn f(&mut self) {} }",
        ),
        ("pub struct S { pub a: u8 }", "pub struct S { pub a: u8, b: u8 }"),
        ("pub struct S { pub a: u8 }", "pub struct S { pub a: i8 }"),
        ("pub struct S { pub a: u8 }", "pub struct S<'a> { pub a: &'a u8 }"),
        ("pub struct S { pub a: u8 }", "pub struct S { pub a: *const u8 }"),
        ("pub struct S;", "#[derive(Clone)] pub struct S;"),
        ("pub struct S;", "#[non_exhaustive] pub struct S;"),
        ("pub enum E { A, B }", "pub enum E { A, B, C }"),
        ("pub enum E { A(u8) }", "pub enum E { A { a: u8 } }"),
        ("pub trait T { fn f(&self); }", "pub trait T { fn f(&self) {} }"),
        ("pub trait T {}", "pub trait T: Send {}"),
        ("pub const C: u8 = 1;", "pub const C: u8 = 2;"),
        ("pub mod m { pub struct S; }", "mod m { pub struct S; }"),
        ("pub use std::time::Duration;", "pub use std::time::Instant as Duration;"),
    ];
    compare(&pairs, |pair, one, other| assert_ne!(one, other, "{pair:?}"));
}

#[test]
fn macros_are_told_by_what_they_take() {
    let signature = |text: &str| {
        let crate_ = document(&format!("#[macro_export] macro_rules! m {{ {text} }}"));
        Surface::new(&crate_, &document("")).unwrap().entries["m!"].signature.clone()
    };
    let one = signature("($a:expr) => { $a };");
    assert_eq!(one, signature("($a:expr) => { ($a, $a) };"));
    assert_ne!(one, signature("($a:expr, $b:expr) => { $a };"));
}
