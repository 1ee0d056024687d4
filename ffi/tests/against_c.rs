//! Calls and callbacks against the C compiler, over the cases that others got wrong, all small shapes, and random ones.
//!
//! All conventions of the processor are called, those of other systems too. These tests need a C compiler, gcc, and for
//! the conventions of other systems on arm64 clang; without them they fail and say so.
#![cfg(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_os = "linux",
    not(target_env = "musl")
))]
#![allow(missing_docs, reason = "a test has no public items")]

mod judge;

use ffi::types::Float;
use ffi::{Abi, Type};
use judge::dialect::{registers, scalars};
use judge::random::{self, Mix};
use judge::spec::{Spec, array, structure, union};
use judge::{Case, run, verdict};

use Type::{
    Bool, F16, F32, F64, F80, F128, I8, I16, I32, I64, I128, Pointer, U8, U16, U32, U64, U128, Void,
};

/// The tests of this file under each convention.
macro_rules! against_c {
    ($($convention:ident: $abi:ident),*) => {$(
        mod $convention {
            against_c!(@ $abi, all_scalars, what_others_got_wrong, homogeneous_aggregates);
            against_c!(@ $abi, many_arguments, variadic, small_structs, bit_fields, random_signatures);
        }
    )*};
    (@ $abi:ident, $($test:ident),*) => {$(
        #[test]
        fn $test() {
            super::$test(ffi::Abi::$abi);
        }
    )*};
}

#[cfg(target_arch = "x86_64")]
against_c!(sysv64: SysV64, win64: Win64);

#[cfg(target_arch = "aarch64")]
against_c!(aapcs64: Aapcs64, apple_arm64: AppleArm64, windows_arm64: WindowsArm64);

/// Seeds that once failed.
fn regressions(abi: Abi) -> &'static [u64] {
    match abi {
        // A `_Complex float` over two eightbytes; bit-fields under `#pragma pack`; nested unions of integers and x87
        // numbers; a packed union's bit-field.
        Abi::SysV64 => &[57, 276, 343, 1254, 1285, 1665, 3125, 3429, 12529],
        // A number of 4 bytes behind words on a packed stack.
        Abi::AppleArm64 => &[1285, 2589, 2865],
        // Members of an aligned type under packing; where clang's variadic functions differ from Microsoft's document.
        Abi::WindowsArm64 => &[21, 35, 44, 187],
        _ => &[],
    }
}

fn repeat(ty: Type, count: usize) -> Vec<Spec> {
    vec![ty.into(); count]
}

fn behind(prefix: Vec<Spec>, last: &Spec) -> Case {
    let parameters = prefix.into_iter().chain([last.clone()]);
    Case::new(parameters, last.clone())
}

/// The type alone, behind one integer, with one integer or vector register left, with none left, and all ways to run out
/// at once.
fn in_all_positions(abi: Abi, spec: &Spec) -> Vec<Case> {
    let (integers, vectors) = registers(abi);
    let odd = repeat(I64, 1);
    let (one_integer, one_vector) = (repeat(I64, integers - 1), repeat(F64, vectors - 1));
    let (no_integer, no_vector) = (repeat(I64, integers), repeat(F64, vectors));
    let mixed = [one_integer.clone(), one_vector.clone()].concat();
    let full = [no_integer.clone(), no_vector.clone()].concat();
    // Where the stack is packed, what lies before decides the place.
    let behind_a_byte = [full.clone(), vec![I8.into()]].concat();
    [vec![], odd, one_integer, one_vector, no_integer, no_vector, mixed, full, behind_a_byte]
        .map(|prefix| behind(prefix, spec))
        .into()
}

fn all_scalars(abi: Abi) {
    let mut cases: Vec<Case> =
        scalars(abi).into_iter().flat_map(|ty| in_all_positions(abi, &ty.into())).collect();
    cases.push(Case::new(Vec::<Spec>::new(), Void));
    // Where they have no meaning, they are refused.
    for number in [F80, F128, Type::Complex(Float::F80), Type::Complex(Float::F128)] {
        cases.push(Case::new([number.clone()], Void));
        cases.push(Case::new(Vec::<Spec>::new(), structure([number])));
    }
    verdict(&run("scalars", abi, &cases));
}

fn what_others_got_wrong(abi: Abi) {
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
        // More than a page.
        structure([array(I64, 700)]),
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
        structure([I128]).packed(1),
        structure([I32]).aligned(16),
        structure([structure([I32]).aligned(16)]),
        structure([I64, I64]).aligned(16),
        structure([F64, F64]).aligned(16),
        structure([F64, F64]).aligned(32),
        structure([F32]).aligned(64),
        structure([I64, I8]).aligned(1024),
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
        pair(F16, I16),
        pair(I8, F16),
        pair(F16, F32),
        structure([F16, F16, F16]).packed(1),
        structure([I8, F16]).packed(1),
        structure([F32, F16]).packed(2),
        structure([array(F16, 6)]),
        structure([array(F16, 7)]),
        structure([array(F16, 9)]),
        structure([F16]).bits(I8, 3).packed(1),
        structure([F16]).aligned(16),
        structure([structure([F16, F16]), F64.into()]),
        union([F16, F32]),
        union([structure([F16, F16, F16]), structure([F16])]),
        union([F16, I32]),
        structure([Type::Complex(Float::F16), F16]),
        // Where one compiler or the other loses halves and floats.
        structure([array(structure([U8.into(), U8.into(), array(F16, 2)]), 2), F32.into()]),
        structure([Type::Complex(Float::F16).into(), structure([I32]).aligned(8)]),
        union([structure([F16.into(), Spec::from(U64)]), F32.into()]),
        union([array(Type::Complex(Float::F16), 4), F32.into()]),
    ];
    let mut cases: Vec<Case> = specs.iter().flat_map(|spec| in_all_positions(abi, spec)).collect();
    cases.extend(specs.iter().map(|spec| Case::new(Vec::<Spec>::new(), spec.clone())));
    // Many wide vectors, with results of every kind.
    let wide: Spec = Type::vector(F32, 8).unwrap().into();
    for returns in
        [F64.into(), I32.into(), wide.clone(), structure([I64, F64]), structure([F32, F32, F32])]
    {
        cases.push(Case::new(vec![wide.clone(); 9], returns));
    }
    // What follows a struct without bytes, in registers and on the stack.
    for empty in [structure(Vec::<Spec>::new()), structure(Vec::<Spec>::new()).aligned(32)] {
        let followed = [empty.clone(), I32.into(), F64.into(), wide.clone()];
        cases.push(Case::new(followed.clone(), structure([I64, F64, I64])));
        cases.push(Case::new([repeat(I64, 8), Vec::from(followed)].concat(), I32));
        cases.push(Case::new([empty.clone()], F16));
    }
    if abi == Abi::SysV64 {
        cases.extend(
            [F80, Type::Complex(Float::F80)].map(|ty| Case::new(vec![wide.clone(); 3], ty)),
        );
    }
    verdict(&run("known", abi, &cases));
}

/// One to five numbers or vectors of one kind, alone, behind what leaves too few registers, and on the stack.
fn homogeneous_aggregates(abi: Abi) {
    let vectors = [(F32, 2), (I64, 2)].map(|(lane, count)| Type::vector(lane, count).unwrap());
    let mut cases = Vec::new();
    for member in [F16, F32, F64, F128].into_iter().chain(vectors) {
        for count in 1..=5 {
            let spec = structure(repeat(member.clone(), count));
            cases.extend(in_all_positions(abi, &spec));
            for before in 4..8 {
                let prefix = repeat(F64, before);
                let parameters = prefix.into_iter().chain([spec.clone(), F64.into(), F32.into()]);
                cases.push(Case::new(parameters, Void));
            }
            cases.push(Case::new([union([spec.clone(), member.clone().into()])], F32));
            cases.push(Case::new([structure([spec.clone(), array(member.clone(), 1)])], spec));
        }
    }
    verdict(&run("homogeneous", abi, &cases));
}

fn many_arguments(abi: Abi) {
    let mut cases = Vec::new();
    for count in [0, 1, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 63, 64, 255] {
        cases.push(Case::new(repeat(I64, count), I64));
        cases.push(Case::new(repeat(I32, count), I32));
        cases.push(Case::new(repeat(I8, count), I8));
        cases.push(Case::new(repeat(F64, count), F64));
        cases.push(Case::new(repeat(F32, count), F32));
        cases.push(Case::new(repeat(F16, count), F16));
        let all = scalars(abi);
        cases.push(Case::new((0..count).map(|index| all[index % all.len()].clone()), U16));
    }
    verdict(&run("many", abi, &cases));
}

fn variadic(abi: Abi) {
    let fixed: Spec = I32.into();
    let wide = Type::vector(F32, 8).unwrap();
    let rest = [
        vec![F64],
        vec![F64; 9],
        vec![I32, F64, I64, Pointer, F64],
        vec![I64; 9],
        vec![F80, F64, F80],
        vec![F128, F64, F128],
        vec![I128, I32, I128],
        vec![Type::Complex(Float::F64), F64],
        vec![F16],
        vec![F16, F64, F16, I32, F16],
        vec![F16; 9],
        vec![Type::Complex(Float::F16), F64],
        vec![wide.clone()],
        vec![wide.clone(); 9],
        vec![F64, wide.clone(), F64, wide],
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
    let aggregates = [
        structure([F64, F64]),
        structure([F32, F32, F32]),
        structure([F16, F16, F16]),
        structure([I64, F64]),
        structure([I8]),
        structure([array(U8, 11)]),
        structure([array(I64, 5)]),
    ];
    for aggregate in aggregates {
        for count in [1, 4, 7] {
            let rest = vec![aggregate.clone(); count];
            cases.push(Case::variadic([fixed.clone()].into_iter().chain(rest), 1, I32));
        }
        // The declared parameters of a variadic function, and results.
        let declared = [aggregate.clone(), F64.into(), aggregate.clone(), F64.into()];
        cases.push(Case::variadic(declared, 3, aggregate));
    }
    cases.push(Case::variadic([F16, I32, F16, F64], 3, F16));
    verdict(&run("variadic", abi, &cases));
}

/// All structs of up to three members, alone and behind what leaves one register.
fn small_structs(abi: Abi) {
    let members = [I8, I16, I32, I64, F32, F64, Pointer];
    let mut structs: Vec<Vec<Type>> = members.iter().map(|a| vec![a.clone()]).collect();
    for a in &members {
        for b in &members {
            structs.push(vec![a.clone(), b.clone()]);
            structs.extend(members.iter().map(|c| vec![a.clone(), b.clone(), c.clone()]));
        }
    }
    let (integers, vectors) = registers(abi);
    let mixed = [repeat(I64, integers - 1), repeat(F64, vectors - 1)].concat();
    let cases: Vec<Case> = structs
        .into_iter()
        .map(structure)
        .flat_map(|spec| [behind(vec![], &spec), behind(mixed.clone(), &spec)])
        .collect();
    verdict(&run("structs", abi, &cases));
}

/// Bit-fields where their place or kind decides how the whole travels; random signatures found each.
fn bit_fields(abi: Abi) {
    let members = || structure(Vec::<Spec>::new());
    let overlaid = |member: Spec| union([member]);
    let specs = [
        // As wide as a number and aligned like one in its struct, unaligned in the whole.
        structure([U8.into(), overlaid(members().bits(I64, 32))]).packed(1),
        structure([U16.into(), U8.into(), overlaid(structure([Bool]).bits(U8, 7).bits(I16, 16))])
            .packed(1),
        structure([I16.into(), members().bits(U32, 32).packed(2)]).packed(2),
        structure([I32.into(), members().bits(U32, 32).bits(U64, 64).packed(4)]).packed(4),
        // The same, packed.
        structure([U8.into(), members().bits(I64, 32).packed(1)]).packed(1),
        structure([U8]).bits(I32, 32).packed(1),
        structure([U8]).bits(I32, 31).bits(U8, 8).packed(1),
        // In a union, in the second element of an array.
        structure([array(union([U8]).bits(I32, 23).packed(1), 2), Bool.into()]),
        // An eightbyte with the padding of an array's last element alone.
        structure([U8.into(), array(structure([U8]).bits(I32, 0), 2)]).packed(1),
        // Padding: beside a number, alone in an eightbyte, and behind one.
        structure([F32]).padding(I32, 7),
        structure([F32]).padding(I32, 32),
        structure([F32]).padding(I16, 0),
        structure([F64, F32]).padding(I32, 7),
        structure([F64]).padding(I32, 7),
        union([F32]).padding(I32, 7),
        union([F64]).padding(I64, 0),
        structure([F64.into(), union([F32]).padding(U8, 0)]),
        structure([union(Vec::<Spec>::new()).padding(I16, 0), F32.into()]),
    ];
    let cases: Vec<Case> = specs.iter().flat_map(|spec| in_all_positions(abi, spec)).collect();
    verdict(&run("bit-fields", abi, &cases));
}

fn random_signatures(abi: Abi) {
    let is_half = |ty: &Type| matches!(ty, F16 | Type::Complex(Float::F16));
    let is_wide = |ty: &Type| matches!(ty, Type::Vector(vector) if vector.size() == 32);
    // The seeds that once failed chose among fewer.
    let fewer = scalars(abi).into_iter().filter(|ty| !is_half(ty) && !is_wide(ty)).collect();
    let all = Mix::all(abi);
    let fewer = Mix::plain(fewer);
    let once = regressions(abi).iter().map(|seed| random::case(*seed, &fewer));
    let cases: Vec<Case> = once.chain((0..400).map(|seed| random::case(seed, &all))).collect();
    verdict(&run("random", abi, &cases));
}

/// As many random signatures as the environment asks for.
#[test]
#[ignore = "takes long: run by `cargo xtask random`"]
fn campaign() {
    judge::campaign::run();
}
