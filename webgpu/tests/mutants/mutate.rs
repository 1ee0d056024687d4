//! Shaders to begin with, and changes of their tokens.

use crate::common::dice::Dice;
use std::fs;
use std::path::Path;
use webgpu as wgpu;
use wgpu::naga::{self, ShaderStage};

/// The languages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Wgsl,
    Glsl,
    Spirv,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Wgsl, Self::Glsl, Self::Spirv];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Wgsl => "wgsl",
            Self::Glsl => "glsl",
            Self::Spirv => "spirv",
        }
    }
}

/// Shaders as people write them, in one language.
pub(crate) enum Sources {
    Wgsl(Vec<Vec<String>>),
    Glsl(Vec<(ShaderStage, Vec<String>)>),
    Spirv(Vec<Vec<u32>>),
}

/// Numbers and words at the edges of what there is.
const EDGES: [&str; 20] = [
    "0",
    "1",
    "-1",
    "2147483647",
    "2147483648u",
    "4294967295u",
    "1e38",
    "0x1p127",
    "65536",
    "()",
    "[0]",
    ".x",
    "f16",
    "ptr",
    "array",
    "vec4",
    "workgroup",
    "atomic",
    "discard",
    "true",
];

impl Sources {
    pub(crate) fn read(kind: Kind) -> Self {
        match kind {
            Kind::Wgsl => {
                Self::Wgsl(files(&["wgsl"]).iter().map(|(_, text)| split(text)).collect())
            }
            Kind::Glsl => {
                let stage = |extension: &str| match extension {
                    "vert" => ShaderStage::Vertex,
                    "frag" => ShaderStage::Fragment,
                    _ => ShaderStage::Compute,
                };
                let files = files(&["vert", "frag", "comp"]);
                Self::Glsl(files.iter().map(|(name, text)| (stage(name), split(text))).collect())
            }
            Kind::Spirv => {
                Self::Spirv(files(&["wgsl"]).iter().filter_map(|(_, text)| spirv(text)).collect())
            }
        }
    }

    /// The shader that these dice give.
    pub(crate) fn mutant(&self, dice: &mut Dice) -> wgpu::ShaderSource<'static> {
        match self {
            Self::Wgsl(texts) => {
                wgpu::ShaderSource::Wgsl(mutated(dice, texts, |text| text).concat().into())
            }
            Self::Glsl(texts) => {
                let stage = dice.pick(texts).0;
                let shader = mutated(dice, texts, |(_, text)| text).concat().into();
                wgpu::ShaderSource::Glsl { shader, stage, defines: &[] }
            }
            Self::Spirv(modules) => wgpu::ShaderSource::SpirV(mutated_words(dice, modules).into()),
        }
    }
}

/// The files with these extensions, each as its extension and its text.
fn files(extensions: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.join("../shaders"), root.join("tests/shaders")];
    let paths =
        folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder of shaders"));
    let mut paths = paths.map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    paths.sort();
    let files = paths.iter().filter_map(|path| {
        let extension = path.extension()?.to_str()?;
        let text = fs::read_to_string(path).ok()?;
        extensions.contains(&extension).then(|| (extension.to_owned(), text))
    });
    files.collect()
}

/// The words, numbers, blanks and marks of a text.
fn split(text: &str) -> Vec<String> {
    let class = |c: char| match c {
        _ if c.is_alphanumeric() || c == '_' => 0,
        _ if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut tokens: Vec<String> = Vec::new();
    for character in text.chars() {
        let goes_on = tokens
            .last()
            .and_then(|token| token.chars().last())
            .is_some_and(|last| class(last) == class(character) && class(character) != 2);
        match tokens.last_mut().filter(|_| goes_on) {
            Some(token) => token.push(character),
            None => tokens.push(character.into()),
        }
    }
    tokens
}

fn spirv(wgsl: &str) -> Option<Vec<u32>> {
    let module = naga::front::wgsl::parse_str(wgsl).ok()?;
    let (flags, capabilities) =
        (naga::valid::ValidationFlags::all(), naga::valid::Capabilities::all());
    let info = naga::valid::Validator::new(flags, capabilities).validate(&module).ok()?;
    naga::back::spv::write_vec(&module, &info, &Default::default(), None).ok()
}

fn mutated<S: Clone>(
    dice: &mut Dice,
    sources: &[S],
    tokens: impl Fn(&S) -> &Vec<String>,
) -> Vec<String> {
    let mut text = tokens(&sources[dice.below(sources.len())]).clone();
    let other = tokens(&sources[dice.below(sources.len())]).clone();
    for _ in 0..dice.pick(&[1, 1, 2, 3, 8]) {
        if text.is_empty() {
            break;
        }
        let (at, from) = (dice.below(text.len()), dice.below(text.len()));
        match dice.below(9) {
            0 => drop(text.remove(at)),
            1 => text.insert(at, text[from].clone()),
            2 => text.swap(at, from),
            3 => text[at] = text[from].clone(),
            4 => text[at] = other[dice.below(other.len())].clone(),
            5 => text[at] = dice.pick(&EDGES).into(),
            6 => text[at] = repeated(&text[at], dice.pick(&[2, 3, 200, 20_000])),
            7 => {
                let part = text[at..(at + dice.below(12)).min(text.len())].concat();
                text[at] = repeated(&part, dice.pick(&[2, 20, 2000]));
            }
            _ => {
                let (open, close) =
                    dice.pick(&[("(", ")"), ("[", "]"), ("{", "}"), ("array<", ",4>")]);
                let count = dice.pick(&[1, 2, 100, 10_000]);
                text[at] = format!("{}{}{}", open.repeat(count), text[at], close.repeat(count));
            }
        }
    }
    text
}

/// The text as often as that, or until it is as long as it may become.
fn repeated(text: &str, count: usize) -> String {
    const LONGEST: usize = 200_000;
    text.repeat(count.min(LONGEST / text.len().max(1)).max(1))
}

fn mutated_words(dice: &mut Dice, modules: &[Vec<u32>]) -> Vec<u32> {
    let mut words = dice.pick(modules);
    for _ in 0..dice.pick(&[1, 1, 2, 3, 8]) {
        let (at, from) = (dice.below(words.len()), dice.below(words.len()));
        match dice.below(6) {
            0 => drop(words.remove(at)),
            1 => words.insert(at, words[from]),
            2 => words.swap(at, from),
            3 => words[at] = words[from],
            4 => words[at] ^= 1 << dice.below(32),
            _ => words[at] = dice.pick(&[0, 1, 2, 8, 255, 65535, 0x7fff_ffff, u32::MAX]),
        }
        if words.is_empty() {
            words.push(0);
        }
    }
    words
}
