//! Calls and callbacks against the C compiler, over the cases that others got wrong, all small shapes, and random ones.
//!
//! These tests need a C compiler; without one they fail and say so.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(missing_docs, reason = "a test has no public items")]

mod judge;

use ffi::{Abi, Float, Type};
use judge::random::{self, all_scalars};
use judge::spec::{Spec, array, structure, union};
use judge::{Case, run, verdict};

use Type::{Bool, F32, F64, F80, I8, I16, I32, I64, I128, Pointer, U8, U16, U32, U64, U128, Void};

/// Seeds that once failed: a `_Complex float` over two eightbytes; bit-fields under `#pragma pack`;
/// nested unions of integers and x87 numbers; a packed union's bit-field.
const REGRESSIONS: [u64; 9] = [57, 276, 343, 1254, 1285, 1665, 3125, 3429, 12529];

/// Random cases beyond the regressions. `FFI_RANDOM_SEEDS=first..end` tries others.
fn seeds() -> std::ops::Range<u64> {
    let Ok(range) = std::env::var("FFI_RANDOM_SEEDS") else {
        return 0..400;
    };
    let ends = range.split_once("..").map(|(first, end)| (first.parse(), end.parse()));
    match ends {
        Some((Ok(first), Ok(end))) => first..end,
        _ => panic!("FFI_RANDOM_SEEDS is {range:?}, not first..end"),
    }
}

fn repeat(ty: Type, count: usize) -> Vec<Spec> {
    vec![ty.into(); count]
}

fn behind(prefix: Vec<Spec>, last: &Spec) -> Case {
    let parameters = prefix.into_iter().chain([last.clone()]);
    Case::new(parameters, last.clone())
}

/// The type alone, with one integer or vector register left, with none left, and both ways to run out at once.
fn in_all_positions(spec: &Spec) -> Vec<Case> {
    let mixed = [repeat(I64, 5), repeat(F64, 7)].concat();
    let full = [repeat(I64, 6), repeat(F64, 8)].concat();
    [vec![], repeat(I64, 5), repeat(F64, 7), repeat(I64, 6), repeat(F64, 8), mixed, full]
        .map(|prefix| behind(prefix, spec))
        .into()
}

#[test]
fn scalars() {
    let mut cases: Vec<Case> =
        all_scalars().into_iter().flat_map(|ty| in_all_positions(&ty.into())).collect();
    cases.push(Case::new(Vec::<Spec>::new(), Void));
    verdict(&run("scalars", Abi::SysV64, &cases));
}

#[test]
fn what_others_got_wrong() {
    let pair = |a: Type, b: Type| structure([a, b]);
    let specs = [
        pair(F32, F32),
        structure([F64]),
        structure([F32]),
        structure([F32, F32, F32]),
        structure([structure([F64]), F64.into()]),
        pair(F64, I64),
        pair(I64, F64),
        pair(I64, I64),
        structure([I8, I8, I8]),
        structure([I32, I8]),
        structure([I16, I16, I16]),
        structure([U8, U8, U8, U8, U8]),
        structure([array(U8, 7)]),
        structure([array(I64, 10)]),
        structure([array(array(F32, 2), 2)]),
        structure([F80]),
        pair(F80, I8),
        union([F64.into(), Spec::from(I32)]),
        union([structure([F32, F32]), structure([I8])]),
        union([structure([F64, F64]), I64.into()]),
        union([F80, I8]),
        structure([U8, U32]).packed(1),
        structure([U8, U64]).packed(2),
        structure([F64, F32]).packed(4),
        structure([I32]).aligned(16),
        structure([F64, F64]).aligned(32),
        structure([F32]).aligned(64),
        structure(Vec::<Spec>::new()),
        structure([structure(Vec::<Spec>::new()), I32.into()]),
        structure(Vec::<Spec>::new()).bits(I32, 3).bits(U32, 30).bits(I32, 5),
        structure([F32]).bits(U32, 12),
        structure([F64]).bits(U8, 3).bits(U64, 60),
        structure([U8]).bits(U32, 9).bits(U32, 0).bits(U16, 7),
        structure([I128]),
        pair(U128, I8),
        structure([Type::vector(F32, 4).unwrap()]),
        structure([Type::vector(F32, 8).unwrap()]),
        Type::vector(F64, 4).unwrap().into(),
        structure([Type::Complex(Float::F32), F32]),
        structure([Type::Complex(Float::F64)]),
        structure([Pointer, U64]),
        structure([Bool, Bool]),
    ];
    let callbacks_lack =
        |spec: &Spec| matches!(spec.ty().size(), 32) && format!("{spec:?}").contains("Vector");
    let (wide, narrow): (Vec<_>, Vec<_>) = specs.into_iter().partition(callbacks_lack);
    let cases: Vec<Case> = narrow.iter().flat_map(in_all_positions).collect();
    verdict(&run("known", Abi::SysV64, &cases));
    // Callbacks do not take vectors of 32 bytes, and say so; calls do.
    let cases: Vec<Case> = wide.iter().flat_map(in_all_positions).collect();
    let findings = run("wide", Abi::SysV64, &cases);
    let (refused, wrong): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|what| what.contains("no callback: "));
    verdict(&wrong);
    assert!(!refused.is_empty());
}

#[test]
fn many_arguments() {
    let mut cases = Vec::new();
    for count in [0, 1, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 63, 64, 255] {
        cases.push(Case::new(repeat(I64, count), I64));
        cases.push(Case::new(repeat(I8, count), I8));
        cases.push(Case::new(repeat(F64, count), F64));
        cases.push(Case::new(repeat(F32, count), F32));
        let all = all_scalars();
        cases.push(Case::new((0..count).map(|index| all[index % all.len()].clone()), U16));
    }
    verdict(&run("many", Abi::SysV64, &cases));
}

#[test]
fn variadic() {
    let fixed: Spec = I32.into();
    let rest = [
        vec![F64],
        vec![F64; 9],
        vec![I32, F64, I64, Pointer, F64],
        vec![I64; 9],
        vec![F80, F64, F80],
        vec![I128, I32, I128],
        vec![Type::Complex(Float::F64), F64],
    ];
    let mut cases: Vec<Case> = rest
        .into_iter()
        .map(|rest| {
            Case::variadic(
                [fixed.clone()].into_iter().chain(rest.into_iter().map(Spec::from)),
                1,
                F64,
            )
        })
        .collect();
    let aggregates =
        [structure([F64, F64]), structure([I64, F64]), structure([I8]), structure([array(I64, 5)])];
    for aggregate in aggregates {
        for count in [1, 4, 7] {
            let rest = vec![aggregate.clone(); count];
            cases.push(Case::variadic([fixed.clone()].into_iter().chain(rest), 1, I32));
        }
    }
    verdict(&run("variadic", Abi::SysV64, &cases));
}

/// All structs of up to three members, alone and behind what leaves one register.
#[test]
fn small_structs() {
    let members = [I8, I16, I32, I64, F32, F64, Pointer];
    let mut structs: Vec<Vec<Type>> = members.iter().map(|a| vec![a.clone()]).collect();
    for a in &members {
        for b in &members {
            structs.push(vec![a.clone(), b.clone()]);
            structs.extend(members.iter().map(|c| vec![a.clone(), b.clone(), c.clone()]));
        }
    }
    let mixed = [repeat(I64, 5), repeat(F64, 7)].concat();
    let cases: Vec<Case> = structs
        .into_iter()
        .map(structure)
        .flat_map(|spec| [behind(vec![], &spec), behind(mixed.clone(), &spec)])
        .collect();
    verdict(&run("structs", Abi::SysV64, &cases));
}

#[test]
fn random_signatures() {
    let scalars = all_scalars();
    let seeds = REGRESSIONS.into_iter().chain(seeds());
    let cases: Vec<Case> = seeds.map(|seed| random::case(seed, &scalars)).collect();
    verdict(&run("random", Abi::SysV64, &cases));
}
