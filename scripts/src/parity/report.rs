//! The result, for the terminal and as a page of the documentation.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::comparison::{Comparison, Count, Path};
use super::reasons::STAND_INS;
use super::surface::Kind;
use crate::outside::WGPU_VERSION;

/// A few lines for the terminal.
pub(super) fn summary(comparison: &Comparison) -> String {
    let total = comparison.total();
    let inapplicable: usize = comparison.inapplicable.iter().map(|(_, paths)| paths.len()).sum();
    format!(
        "{} of {} paths have the same signature ({:.1} %); {} differ, {} are missing; {inapplicable} do not apply\n",
        total.same,
        total.applicable(),
        total.share(),
        total.different,
        total.missing,
    )
}

/// The page.
pub(super) fn page(comparison: &Comparison) -> String {
    let total = comparison.total();
    let mut page = format!(
        "# Parity with `wgpu` {WGPU_VERSION}\n\n\
         Written by `cargo xtask parity`. Every path that rustdoc finds in `wgpu` {WGPU_VERSION} on Linux (default features, \
         `spirv`, `glsl`, `naga-ir`) is looked up in `webgpu` (`naga-ir`), with its signature: generics and bounds, types of \
         parameters and results, fields, variants, implemented traits. Aliases are resolved; names of parameters and generics do not count. A type that \
         both crates re-export from `wgpu-types` counts once, whatever it has inside.\n\n\
         Without `naga-ir`, `webgpu` compiles nothing of the crate `naga`: `ShaderSource::Naga` is not there, and \
         `webgpu::naga` has types of its own in place of the two that other signatures need, `ShaderStage` and \
         `StorageFormat`.\n\n\
         **{} of {} paths have the same signature: {:.1} %.**\n\n",
        total.same,
        total.applicable(),
        total.share(),
    );
    kinds(&mut page, comparison);
    different(&mut page, comparison);
    missing(&mut page, comparison);
    inapplicable(&mut page, comparison);
    owners(&mut page, comparison);
    added(&mut page, comparison);
    page
}

fn kinds(page: &mut String, comparison: &Comparison) {
    *page += "| paths | same | different | missing | share |\n|---|---|---|---|---|\n";
    for kind in Kind::ALL {
        count(page, kind.name(), comparison.count_kind(kind));
    }
    count(page, "all", comparison.total());
}

fn count(page: &mut String, name: &str, count: Count) {
    let Count { same, different, missing } = count;
    let _ =
        writeln!(page, "| {name} | {same} | {different} | {missing} | {:.1} % |", count.share());
}

fn different(page: &mut String, comparison: &Comparison) {
    let rows = comparison.different.iter().map(|(path, own)| {
        let (theirs, own) = (code(&path.entry.signature), code(&own.signature));
        format!("| {} | {theirs} | {own} |\n", path_code(&path.name))
    });
    section(page, "Different", "| path | `wgpu` | `webgpu` |\n|---|---|---|\n", rows);
}

fn missing(page: &mut String, comparison: &Comparison) {
    let row =
        |path: &Path| format!("| {} | {} |\n", path_code(&path.name), code(&path.entry.signature));
    let rows = comparison.missing.iter().map(row);
    section(page, "Missing", "| path | `wgpu` |\n|---|---|\n", rows);
}

/// A table under its title, or the word that there is nothing.
fn section(page: &mut String, title: &str, head: &str, rows: impl Iterator<Item = String>) {
    let rows: String = rows.collect();
    *page += &format!("\n## {title}\n\n");
    *page += &if rows.is_empty() { "Nothing.\n".to_owned() } else { head.to_owned() + &rows };
}

fn inapplicable(page: &mut String, comparison: &Comparison) {
    *page +=
        "\n## What does not apply\n\nThese paths are not counted.\n\n| paths | why |\n|---|---|\n";
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for (reason, paths) in &comparison.inapplicable {
        let paths = paths.iter().map(|path| path_code(&path.name));
        match reasons.iter_mut().find(|(why, _)| *why == reason.why) {
            Some((_, all)) => all.extend(paths),
            None => reasons.push((reason.why, paths.collect())),
        }
    }
    for (why, paths) in reasons {
        let _ = writeln!(page, "| {} | {why} |", paths.join(", "));
    }
    if !STAND_INS.is_empty() {
        *page += "\nWhere a signature needs a type of such a crate, `webgpu` has its own at the same path:\n\n";
        for (_, own) in STAND_INS {
            let _ = writeln!(page, "- `{own}`");
        }
    }
}

fn owners(page: &mut String, comparison: &Comparison) {
    let name = |path: &Path| match path.entry.kind {
        Kind::Import => "items of other crates, re-exported".to_owned(),
        _ => code(path.owner()),
    };
    let mut counts = BTreeMap::<String, [usize; 2]>::new();
    for path in comparison.applicable() {
        counts.entry(name(path)).or_default()[1] += 1;
    }
    for path in &comparison.same {
        counts.entry(name(path)).or_default()[0] += 1;
    }
    *page += "\n## By type and module\n\n| | same | of |\n|---|---|---|\n";
    for (owner, [same, all]) in counts {
        let _ = writeln!(page, "| {owner} | {same} | {all} |");
    }
}

fn added(page: &mut String, comparison: &Comparison) {
    *page += "\n## What only `webgpu` has\n\n";
    let added = comparison.added.iter().filter(|path| path.entry.kind != Kind::Implementation);
    let names: Vec<String> = added.map(|path| path_code(&path.name)).collect();
    let _ = writeln!(page, "{}.", names.join(", "));
}

/// A path as code: in full, but for the modules of a trait.
fn path_code(path: &str) -> String {
    match path.split_once(": ") {
        Some((type_, trait_)) => format!("`{type_}: {}`", short(trait_)),
        None => format!("`{path}`"),
    }
}

/// Text as code in a cell of a table, without the modules that names are in.
fn code(text: &str) -> String {
    format!("`{}`", short(text).replace('|', "\\|"))
}

/// Takes the modules off all names: `core::option::Option<u8>` becomes `Option<u8>`.
fn short(text: &str) -> String {
    let is_name = |character: char| character.is_alphanumeric() || "_:".contains(character);
    let mut rest = text;
    let mut short = String::new();
    while let Some(start) = rest.find(is_name) {
        short += &rest[..start];
        rest = &rest[start..];
        let (name, after) =
            rest.split_at(rest.find(|character| !is_name(character)).unwrap_or(rest.len()));
        let is_module = |part: &&str| part.starts_with(char::is_lowercase);
        let mut parts: Vec<&str> = name.split("::").collect();
        let modules = parts.iter().rev().skip(1).rev().take_while(|part| is_module(part)).count();
        // A name that ends in a colon is followed by a bound or a trait; one that begins with it goes on from `<T as X>`.
        parts.drain(..modules);
        short += &parts.join("::");
        rest = after;
    }
    short + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_modules() {
        for (long, wanted) in [
            ("fn (&'a core::option::Option<util::Belt>, u8)", "fn (&'a Option<Belt>, u8)"),
            ("<T as wgpu_hal::Api>::Buffer", "<T as Api>::Buffer"),
            ("Blas: core::clone::Clone", "Blas: Clone"),
            ("wgpu_types::texture::Format: Ext", "Format: Ext"),
            ("BindingResource::Buffer.0", "BindingResource::Buffer.0"),
            ("const: u64 = 4", "const: u64 = 4"),
        ] {
            assert_eq!(short(long), wanted);
        }
    }

    #[test]
    fn paths_keep_their_modules() {
        assert_eq!(path_code("util::Belt::new"), "`util::Belt::new`");
        assert_eq!(path_code("util::Belt: core::fmt::Debug"), "`util::Belt: Debug`");
    }

    #[test]
    fn bars_do_not_end_a_cell() {
        assert_eq!(code("a | b"), "`a \\| b`");
    }
}
