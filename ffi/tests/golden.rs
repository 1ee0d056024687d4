//! The places of arguments and results under every convention, against files that were read through once.
//!
//! Plans are pure data: all of them are compared on every host. After a change on purpose,
//! `FFI_BLESS=1 cargo test -p ffi --test golden` writes the files again, and their difference is what to review.
#![allow(missing_docs, reason = "a test has no public items")]

use std::fmt::Write;
use std::path::Path;

use ffi::abi::Plan;
use ffi::types::{BitFieldLayout, DataModel, Float, UnionType};
use ffi::{Abi, Field, Signature, StructType, Type};

use Type::{
    Bool, F16, F32, F64, F80, F128, I8, I16, I32, I64, I128, Pointer, U8, U16, U32, U64, Void,
};

const CONVENTIONS: [Abi; 5] =
    [Abi::SysV64, Abi::Win64, Abi::Aapcs64, Abi::AppleArm64, Abi::WindowsArm64];

fn fields(types: impl IntoIterator<Item = Type>) -> Vec<Field> {
    let named = types.into_iter().enumerate();
    named.map(|(index, ty)| Field::new(format!("m{index}"), ty)).collect()
}

fn structure(name: &'static str, types: impl IntoIterator<Item = Type>) -> Type {
    StructType::new(name, fields(types)).unwrap().into()
}

fn union(name: &'static str, types: impl IntoIterator<Item = Type>) -> Type {
    UnionType::new(name, fields(types)).unwrap().into()
}

fn aligned(name: &'static str, alignment: usize, types: impl IntoIterator<Item = Type>) -> Type {
    StructType::builder(name).aligned(alignment).fields(fields(types)).build().unwrap().into()
}

fn packed(name: &'static str, limit: usize, types: impl IntoIterator<Item = Type>) -> Type {
    StructType::builder(name).packed(limit).fields(fields(types)).build().unwrap().into()
}

fn bits(name: &'static str, widths: &[(Type, u32)]) -> Type {
    // The same on every host.
    let builder = StructType::builder(name).bit_field_layout(BitFieldLayout::Packed);
    let field = |(index, (ty, width)): (usize, &(Type, u32))| {
        Field::bits(format!("m{index}"), ty.clone(), *width)
    };
    builder.fields(widths.iter().enumerate().map(field)).build().unwrap().into()
}

fn of_fields(name: &'static str, fields: impl IntoIterator<Item = Field>) -> Type {
    // The same on every host.
    let builder = StructType::builder(name).bit_field_layout(BitFieldLayout::Packed);
    builder.fields(fields).build().unwrap().into()
}

fn overlaid(name: &'static str, fields: impl IntoIterator<Item = Field>) -> Type {
    let builder = UnionType::builder(name).bit_field_layout(BitFieldLayout::Packed);
    builder.fields(fields).build().unwrap().into()
}

/// A packed struct of a number and a bit-field that lies in two eightbytes, of which nothing else is.
fn divided() -> Type {
    let builder = StructType::builder("Divided").bit_field_layout(BitFieldLayout::Packed);
    let fields = [Field::new("x", F32), Field::bits("a", I32, 29), Field::bits("b", I32, 7)];
    builder.packed(1).fields(fields).build().unwrap().into()
}

fn vector(element: Type, lanes: usize) -> Type {
    // The same on every host.
    DataModel::LINUX_X86_64.vector(element, lanes).unwrap()
}

/// A signature; in the list of parameters `prefix` comes first.
fn behind(prefix: &[Type], types: impl IntoIterator<Item = Type>, returns: Type) -> Signature {
    Signature::new(prefix.iter().cloned().chain(types), returns).unwrap()
}

fn variadic(fixed: usize, types: impl IntoIterator<Item = Type>, returns: Type) -> Signature {
    Signature::variadic(types, fixed, returns).unwrap()
}

/// The signatures, under headings.
fn signatures() -> Vec<(&'static str, Vec<Signature>)> {
    let six = [const { F64 }; 6];
    let seven = [const { I64 }; 7];
    let eight = [const { I64 }; 8];
    let sixteen: Vec<Type> = eight.iter().cloned().chain(vec![F64; 8]).collect();
    let none: &[Type] = &[];
    let plain = |types: Vec<Type>| behind(none, types, Void);
    let number = |name: &'static str| Field::new(name, F32);
    let halves = |count: usize| structure("Halves", vec![F16; count]);
    let floats = |count: usize| structure("Floats", vec![F32; count]);
    let doubles = |count: usize| structure("Doubles", vec![F64; count]);
    let vectors = |count: usize| structure("Vectors", vec![vector(F32, 4); count]);
    let pair = || structure("Pair", [I64, I64]);
    let mixed = || structure("Mixed", [F64, I64]);
    let large = || structure("Large", [I64, I64, I64]);
    vec![
        (
            "Numbers",
            vec![
                plain(vec![]),
                behind(none, [I8, U8, I16, U16, I32, U32, I64, U64, Bool, Pointer], I8),
                behind(none, [F32, F64, F32, F64, F32, F64, F32, F64, F32, F64], F32),
                behind(none, [I32, F64, Pointer, F32, I8, F64], F64),
                behind(&sixteen, [I8, U8, I16, I8, I32, F32, I8, I64, F64, Bool], U16),
                behind(none, [I32, I128, I128, I128, I128], I128),
                behind(&seven, [I128, I64], Void),
                behind(&eight, [I8, I128, I8], Void),
                behind(none, [F128, F64], F128),
                behind(none, [F80], F80),
                behind(none, [vector(F32, 2), vector(I8, 16)], vector(I64, 2)),
                behind(&sixteen, [I8, vector(F32, 2), F32, vector(I8, 16), F32], Void),
                behind(none, [vector(F32, 8)], vector(F32, 8)),
                behind(none, [Type::Complex(Float::F32), F32], Type::Complex(Float::F32)),
                behind(none, [Type::Complex(Float::F64), F32], Type::Complex(Float::F64)),
                behind(none, [Type::Complex(Float::F128)], Type::Complex(Float::F128)),
                behind(none, [Type::Complex(Float::F80)], Type::Complex(Float::F80)),
                behind(none, [F16, I32, F16, F32, F16], F16),
                behind(&sixteen, [F16, I8, F16, F32], Void),
                behind(none, [Type::Complex(Float::F16), F16], Type::Complex(Float::F16)),
            ],
        ),
        (
            "Homogeneous aggregates",
            (1..=5)
                .flat_map(|count| {
                    [
                        behind(none, [floats(count), doubles(count)], floats(count)),
                        behind(none, [vectors(count)], doubles(count)),
                        behind(&six, [floats(count), F64], vectors(count)),
                    ]
                })
                .chain([
                    behind(&sixteen, [F32, floats(3), I8, doubles(2), F32, vectors(2)], Void),
                    plain(vec![structure("Halves", [vector(F32, 2), vector(I8, 8)])]),
                    plain(vec![structure("Nested", [doubles(1), Type::array(F64, 2).unwrap()])]),
                    plain(vec![union("Either", [floats(2), floats(3)])]),
                    plain(vec![union("Number", [F32, I32])]),
                    plain(vec![structure("Quads", [F128, F128])]),
                    plain(vec![structure("Wide", [vector(F32, 8)])]),
                ])
                .chain((1..=5).map(|count| behind(none, [halves(count), F16], halves(count))))
                .chain([behind(&sixteen, [F16, halves(3), F16, halves(5)], Void)])
                .collect(),
        ),
        (
            "Other aggregates",
            vec![
                behind(none, [mixed(), pair(), mixed()], mixed()),
                behind(&seven, [pair(), I64], Void),
                behind(&seven, [mixed(), F64, I64], pair()),
                behind(
                    none,
                    [structure("Bytes", [U8, U8, U8]), I8],
                    structure("Bytes", [U8, U8, U8]),
                ),
                behind(
                    &eight,
                    [U8, structure("Bytes", [U8, U8, U8]), U8, structure("Ints", [I32, I32, I32])],
                    Void,
                ),
                behind(none, [large(), I64], large()),
                behind(
                    &eight,
                    [I8, large(), I8],
                    structure("Ten", [Type::array(I64, 10).unwrap()]),
                ),
                behind(none, [union("Word", [F64, I32])], union("Word", [F64, I32])),
                behind(none, [structure("Empty", []), I32], structure("Empty", [])),
                behind(&eight, [structure("Empty", []), I8, structure("Empty", []), F64], I32),
                behind(none, [bits("Bits", &[(I32, 3), (U32, 30), (I32, 5)])], Void),
            ],
        ),
        (
            "Alignment",
            vec![
                behind(none, [I32, aligned("Apart", 16, [I64, I64]), I32], Void),
                behind(none, [I32, structure("Inside", [aligned("Apart", 16, [I32])])], Void),
                behind(none, [I32, structure("Int128", [I128])], structure("Int128", [I128])),
                behind(none, [I32, packed("Packed", 1, [I128])], Void),
                behind(
                    &eight,
                    [I8, packed("Packed", 1, [U8, U32]), I8],
                    packed("Packed", 2, [U8, U64]),
                ),
                behind(&eight, [I8, aligned("Apart", 16, [I64]), I8], Void),
                behind(&eight, [I8, aligned("Far", 64, [I64]), I8], aligned("Far", 64, [I64])),
                behind(&sixteen, [F32, aligned("Apart", 16, [F64, F64]), F32], Void),
                behind(none, [aligned("Padded", 16, [F32])], aligned("Padded", 16, [F32])),
            ],
        ),
        (
            "Aggregates of several kinds",
            vec![
                behind(none, [union("Extended", [F80, F64])], union("Extended", [F80, F64])),
                behind(none, [union("Extended", [F80, I64])], union("Extended", [F80, I64])),
                plain(vec![structure("Apart", [F64, vector(F32, 2)])]),
                plain(vec![union("Either", [F64, vector(F32, 2)])]),
                plain(vec![of_fields("Unnamed", [number("x"), Field::bits("", I32, 5)])]),
                plain(vec![of_fields("Named", [number("x"), Field::bits("b", I32, 5)])]),
                plain(vec![overlaid("Bits", [number("x"), Field::bits("b", I32, 5)])]),
                plain(vec![divided()]),
            ],
        ),
        (
            "Variadic",
            vec![
                variadic(1, [I32, vector(F32, 8), F64], Void),
                variadic(1, [I32, I32, F64, Pointer, F64], I32),
                variadic(2, [F64, doubles(2), F64, doubles(2), floats(3), I32], doubles(2)),
                variadic(1, vec![I64; 10], Void),
                variadic(7, seven.iter().cloned().chain([pair(), mixed()]), Void),
                variadic(1, [I32, I128, I32, large(), I64, vector(F32, 4), vector(I8, 8)], large()),
                variadic(
                    1,
                    [I32, aligned("Apart", 16, [I64]), I32, aligned("Far", 32, [I64])],
                    Void,
                ),
                variadic(2, [I32, F16, F64, halves(3)], F16),
                variadic(
                    2,
                    [I32, vector(F32, 8), vector(F32, 8), structure("Wide", [vector(F32, 8)])],
                    Void,
                ),
                variadic(1, [I32, F16, F64, F16], F16),
            ],
        ),
    ]
}

fn text(abi: Abi) -> String {
    let mut text = String::new();
    for (heading, signatures) in signatures() {
        writeln!(text, "# {heading}\n").unwrap();
        for signature in signatures {
            text += &places(abi, &signature);
            text.push('\n');
        }
    }
    text
}

/// The signature and what its plan says.
fn places(abi: Abi, signature: &Signature) -> String {
    let mut text = format!("{signature}\n");
    let plan = match Plan::new(abi, signature) {
        Ok(plan) => {
            plan.check(signature).unwrap();
            plan.to_string()
        }
        Err(error) => error.to_string(),
    };
    for line in plan.lines() {
        writeln!(text, "    {line}").unwrap();
    }
    text
}

/// The first line that differs, as text.
fn first_difference(golden: &str, found: &str, file: &Path) -> Option<String> {
    let (mut golden, mut found) = (golden.lines(), found.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (golden.next(), found.next()) {
            (None, None) => return None,
            (expected, now) if expected != now => {
                let what = format!("  golden {expected:?}\n  now    {now:?}");
                return Some(format!("{}:{number}:\n{what}", file.display()));
            }
            _ => {}
        }
    }
}

/// As many as Miri computes in a few seconds.
#[test]
#[cfg(miri)]
fn some_places_are_those_of_the_golden_files() {
    let golden = include_str!("golden/SysV64.txt");
    for signature in signatures().into_iter().flat_map(|(_, list)| list).step_by(20) {
        let places = places(Abi::SysV64, &signature);
        assert!(golden.contains(&places), "{places}");
    }
}

#[test]
#[cfg_attr(miri, ignore = "minutes in Miri, which has a test of its own above")]
fn places_are_those_of_the_golden_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = std::env::var_os("FFI_BLESS").is_some();
    let mut changed = Vec::new();
    for abi in CONVENTIONS {
        let file = folder.join(format!("{abi}.txt"));
        let found = text(abi);
        if bless {
            std::fs::write(&file, found).unwrap();
            continue;
        }
        let golden = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
            .replace("\r\n", "\n");
        changed.extend(first_difference(&golden, &found, &file));
    }
    assert!(changed.is_empty(), "the first differences:\n{}", changed.join("\n"));
}
