//! Which rooms of a crate import which: as the tables in `docs/architecture.md` allow, and none in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::files;
use crate::process;

/// What imports are held to.
const DOCUMENT: &str = "docs/architecture.md";

pub(super) fn check() -> Result {
    let root = process::workspace();
    let document = files::text(&root.join(DOCUMENT))?;
    let tables = tables(&document);
    let mut mistakes = Vec::new();
    for (name, table) in &tables {
        let krate = Crate::read(&root.join(name).join("src"))?;
        let found = krate.mistakes(table);
        eprintln!("{name}: {} rooms, {} imports", krate.rooms.len(), krate.imports.len());
        mistakes.extend(found.into_iter().map(|mistake| format!("{name}: {mistake}")));
    }
    if tables.is_empty() {
        mistakes.push(format!("{DOCUMENT} has no table of layers"));
    }
    match mistakes.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(
            mistakes.join("\n"),
            format!("move what is imported to a lower room, or change the table in {DOCUMENT}"),
        )),
    }
}

/// The layers of a crate, lowest first; rooms that may import each other share a set.
type Table = Vec<Vec<BTreeSet<String>>>;

/// The tables of a document by crate: blocks of code in the language `layers CRATE`.
fn tables(document: &str) -> Vec<(String, Table)> {
    let blocks = document.split("```layers ").skip(1);
    let block = |text: &str| {
        let (name, rest) = text.split_once('\n')?;
        let lines = rest.split("```").next()?.lines();
        // What a room is for stands behind two spaces.
        let rooms =
            lines.filter_map(|line| line.split("  ").next()).filter(|line| !line.is_empty());
        let set = |set: &str| set.split('+').map(|room| room.trim().to_owned()).collect();
        Some((name.to_owned(), rooms.map(|line| line.split(',').map(set).collect()).collect()))
    };
    blocks.filter_map(block).collect()
}

/// A crate, as its imports show it.
struct Crate {
    rooms: BTreeSet<String>,
    /// From room to room, with a file that does it.
    imports: BTreeMap<(String, String), String>,
}

impl Crate {
    fn read(sources: &Path) -> Result<Crate> {
        let root = code(&files::text(&sources.join("lib.rs"))?);
        // Those that are more than documentation have files.
        let has_file = |room: &&str| {
            sources.join(room).is_dir() || sources.join(room).with_extension("rs").is_file()
        };
        let rooms: BTreeSet<String> =
            after(&root, "mod ").filter(has_file).map(str::to_owned).collect();
        let mut names = exported(&root, &rooms);
        for room in after(&root, "pub use ").filter(|room| root.contains(&format!("{room}::*;"))) {
            names.extend(declared(sources, room)?.into_iter().map(|name| (name, room.to_owned())));
        }
        let mut imports = BTreeMap::new();
        for file in self::sources(sources)? {
            let within = file.strip_prefix(sources).unwrap_or(&file);
            let room = within.components().next().map(|part| Path::new(part.as_os_str()));
            let Some(room) = room.and_then(Path::file_stem).and_then(|room| room.to_str()) else {
                continue;
            };
            if !rooms.contains(room) {
                continue;
            }
            // From the modules above it, the root is so far away.
            let depth = within.iter().count() - usize::from(within.ends_with("mod.rs"));
            let text = code(&files::text(&file)?).replace(&"super::".repeat(depth), "crate::");
            for name in paths(&text) {
                let target = names.get(&name).unwrap_or(&name);
                if target != room && rooms.contains(target) {
                    let shown = within.display().to_string();
                    imports.entry((room.to_owned(), target.clone())).or_insert(shown);
                }
            }
        }
        Ok(Crate { rooms, imports })
    }

    fn mistakes(&self, table: &Table) -> Vec<String> {
        let mut layer_of = BTreeMap::new();
        for (layer, sets) in table.iter().enumerate() {
            for (index, set) in sets.iter().enumerate() {
                layer_of.extend(set.iter().map(|room| (room.as_str(), (layer, index))));
            }
        }
        let missing = self.rooms.iter().filter(|room| !layer_of.contains_key(room.as_str()));
        let mut mistakes: Vec<String> =
            missing.map(|room| format!("`{room}` stands in no line of the table")).collect();
        let gone = layer_of.keys().filter(|room| !self.rooms.contains(**room));
        mistakes.extend(gone.map(|room| format!("there is no module `{room}`")));
        for ((from, to), file) in &self.imports {
            let places = (layer_of.get(from.as_str()), layer_of.get(to.as_str()));
            if let (Some(from_place), Some(to_place)) = places
                && to_place.0 >= from_place.0
                && to_place != from_place
            {
                mistakes.push(format!("`{from}` imports `{to}`, which is not below it: {file}"));
            }
        }
        mistakes
    }
}

/// All source files below a folder.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in files::entries(folder)? {
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if files::ends_in(&path, "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
    Ok(found)
}

/// A source without its comments and without the unit tests at its end, which may import what they like, as those in files
/// of their own may.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    // Modules of tests alone are no rooms.
    let source = source.replace("#[cfg(test)]\nmod ", "");
    let lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The word behind each `mark`.
fn after<'text>(text: &'text str, mark: &'text str) -> impl Iterator<Item = &'text str> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(mark).filter_map(move |(place, _)| {
        let is_start = text[..place].chars().next_back().is_none_or(|before| !is_word(before));
        let word = text[place + mark.len()..].split(|character| !is_word(character)).next()?;
        (is_start && !word.is_empty()).then_some(word)
    })
}

/// The names that the root exports, with the rooms that they come from.
fn exported(root: &str, rooms: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for statement in root.split(';').filter_map(|statement| statement.split_once("use ")) {
        let Some((room, list)) = statement.1.split_once("::") else { continue };
        if rooms.contains(room.trim()) {
            let list = list.trim_matches(|bracket| "{} \n".contains(bracket)).split(',');
            let last = |path: &str| path.rsplit([' ', ':']).next().map(str::to_owned);
            names
                .extend(list.filter_map(|path| Some((last(path.trim())?, room.trim().to_owned()))));
        }
    }
    names
}

/// The names that the files of a room declare for others.
fn declared(sources: &Path, room: &str) -> Result<BTreeSet<String>> {
    const KINDS: [&str; 8] =
        ["struct", "enum", "union", "trait", "type", "const", "fn", "unsafe fn"];
    let folder = sources.join(room);
    let sources = match folder.is_dir() {
        true => self::sources(&folder)?,
        false => vec![folder.with_extension("rs")],
    };
    let mut names = BTreeSet::new();
    for file in sources {
        let code = code(&files::text(&file)?);
        // Methods are indented.
        let lines = code.lines().filter_map(|line| line.strip_prefix("pub "));
        for line in lines {
            let name = KINDS.iter().find_map(|kind| line.strip_prefix(kind)?.strip_prefix(' '));
            names.extend(name.and_then(|name| after(name, "").next()).map(str::to_owned));
        }
    }
    Ok(names)
}

/// The first names of paths from the crate's root: `a` and `b` of `crate::a::x`, `crate::{b, a::{c, d}}`.
fn paths(code: &str) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = after(code, "crate::").map(str::to_owned).collect();
    for (place, mark) in code.match_indices("crate::{") {
        let (mut depth, mut start) = (0, place + mark.len());
        for (at, character) in
            code[start..].char_indices().map(|(at, c)| (place + mark.len() + at, c))
        {
            let is_end = depth == 0 && "},".contains(character);
            if is_end {
                let word = code[start..at].trim().split([':', ' ', '{']).next();
                names.extend(word.filter(|word| !word.is_empty()).map(str::to_owned));
                start = at + 1;
            }
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "text\n```layers one\na + b   two rooms\nc, d\n```\nmore";

    fn krate(imports: &[(&str, &str)]) -> Crate {
        let rooms = ["a", "b", "c", "d"].map(str::to_owned).into();
        let import =
            |(from, to): &(&str, &str)| ((from.to_string(), to.to_string()), String::new());
        Crate { rooms, imports: imports.iter().map(import).collect() }
    }

    #[test]
    fn imports_run_one_way() {
        let (name, table) = &tables(DOCUMENT)[0];
        assert_eq!(name, "one");
        let mistakes = |imports: &[(&str, &str)]| krate(imports).mistakes(table);
        assert_eq!(mistakes(&[("c", "a"), ("d", "b"), ("a", "b"), ("b", "a")]), [""; 0]);
        assert_eq!(mistakes(&[("a", "c")]).len(), 1);
        assert_eq!(mistakes(&[("c", "d")]).len(), 1);
    }

    #[test]
    fn every_room_is_in_the_table() {
        let (_, table) = &tables("```layers one\na, b, c, e\n```")[0];
        let mistakes = krate(&[]).mistakes(table);
        assert_eq!(mistakes, ["`d` stands in no line of the table", "there is no module `e`"]);
    }

    #[test]
    fn paths_begin_at_the_root() {
        let text = "use crate::{a::{self, x}, B, c::d};\nuse crate::e::f; crate::g::h() $crate::i";
        let names = ["B", "a", "c", "e", "g", "i"].map(str::to_owned);
        assert_eq!(paths(&code(text)), names.into());
        let rooms = ["a", "b"].map(str::to_owned).into();
        let root = "pub use a::{X, y::Z,\n W as V};\npub use b::U;";
        let names = exported(root, &rooms);
        let names: Vec<(&str, &str)> =
            names.iter().map(|(name, room)| (name.as_str(), room.as_str())).collect();
        assert_eq!(names, [("U", "b"), ("V", "a"), ("X", "a"), ("Z", "a")]);
    }
}
