//! The three rules of layout, on what they disagree about. The numbers are those of clang for aarch64 Linux, macOS and
//! Windows, and of gcc for the first two.
#![allow(missing_docs, reason = "a test has no public items")]

use ffi::types::{BitFieldLayout, CompositeBuilder, DataModel, Float, UnionType};
use ffi::{Field, StructType, Type};

use Type::{F32, F64, I8, I32, I64, U8, U32};

const RULES: [BitFieldLayout; 3] =
    [BitFieldLayout::Aapcs64, BitFieldLayout::Packed, BitFieldLayout::Microsoft];

/// Size and alignment under each of [`RULES`].
fn structs(
    build: impl Fn(CompositeBuilder<StructType>) -> CompositeBuilder<StructType>,
) -> [(usize, usize); 3] {
    RULES.map(|rule| {
        let built = build(StructType::builder("S").bit_field_layout(rule)).build().unwrap();
        (built.size(), built.alignment())
    })
}

fn unions(fields: &[Field]) -> [(usize, usize); 3] {
    RULES.map(|rule| {
        let builder = UnionType::builder("U").bit_field_layout(rule);
        let built = builder.fields(fields.iter().cloned()).build().unwrap();
        (built.size(), built.alignment())
    })
}

fn byte(name: &'static str) -> Field {
    Field::new(name, U8)
}

#[test]
fn bit_fields_without_a_name() {
    let zero = || Field::bits("", U32, 0);
    let five = || Field::bits("", U32, 5);
    assert_eq!(structs(|s| s.fields([byte("a"), zero(), byte("b")])), [(8, 4), (5, 1), (2, 1)]);
    assert_eq!(structs(|s| s.fields([byte("a"), five(), byte("b")])), [(4, 4), (3, 1), (12, 4)]);
    assert_eq!(structs(|s| s.fields([five()])), [(4, 4), (1, 1), (4, 4)]);
    let first = [Field::bits("", I64, 0), byte("a")];
    assert_eq!(structs(|s| s.fields(first.clone())), [(8, 8), (1, 1), (1, 1)]);
    let last = [byte("a"), Field::bits("", I64, 0)];
    assert_eq!(structs(|s| s.fields(last.clone())), [(8, 8), (8, 1), (1, 1)]);
    let behind_another = [Field::bits("a", I32, 3), Field::bits("", I64, 0), byte("b")];
    assert_eq!(structs(|s| s.fields(behind_another.clone())), [(16, 8), (12, 4), (16, 8)]);
    assert_eq!(unions(&[byte("a"), zero()]), [(4, 4), (1, 1), (1, 1)]);
    assert_eq!(unions(&[byte("a"), five()]), [(4, 4), (1, 1), (4, 1)]);
}

#[test]
fn bit_fields_that_fill_a_unit() {
    let of_widths =
        |widths: [u32; 3]| structs(|s| s.fields(widths.map(|width| Field::bits("b", U32, width))));
    assert_eq!(of_widths([20, 11, 1]), [(4, 4); 3]);
    assert_eq!(of_widths([20, 12, 1]), [(8, 4); 3]);
    assert_eq!(of_widths([20, 20, 20]), [(12, 4); 3]);
}

#[test]
fn packed_bit_fields() {
    let zero = [byte("a"), Field::bits("", U32, 0), byte("b")];
    assert_eq!(structs(|s| s.packed(1).fields(zero.clone())), [(8, 4), (5, 1), (2, 1)]);
    assert_eq!(structs(|s| s.packed(2).fields(zero.clone())), [(8, 4), (5, 1), (2, 1)]);
    let two = [byte("a"), Field::bits("x", U32, 5), Field::bits("y", U32, 31), byte("b")];
    assert_eq!(structs(|s| s.packed(1).fields(two.clone())), [(7, 1), (7, 1), (10, 1)]);
    assert_eq!(structs(|s| s.packed(2).fields(two.clone())), [(8, 2), (8, 2), (12, 2)]);
    let mixed = [byte("a"), Field::bits("x", I64, 40), Field::bits("y", I32, 3), byte("z")];
    assert_eq!(structs(|s| s.packed(2).fields(mixed.clone()))[1..], [(8, 2), (16, 2)]);
}

#[test]
fn storage_units_of_microsoft() {
    let sizes = |fields: &[Field]| structs(|s| s.fields(fields.iter().cloned()))[2];
    // Neighbours of one size share a unit, others do not.
    assert_eq!(sizes(&[Field::bits("a", I32, 3), Field::bits("b", U32, 29)]), (4, 4));
    assert_eq!(sizes(&[Field::bits("a", I32, 3), Field::bits("b", U8, 5)]), (8, 4));
    let apart = [Field::bits("a", I8, 3), Field::bits("", I8, 0), Field::bits("b", I8, 3)];
    assert_eq!(sizes(&apart), (2, 1));
    // In a union the type counts by its size alone.
    let overlaid = [byte("a"), Field::bits("x", I64, 40), Field::bits("y", I32, 3)];
    assert_eq!(unions(&overlaid)[2], (8, 1));
}

#[test]
fn members_with_attributes() {
    let packed = [byte("c"), Field::new("x", I32).packed()];
    assert_eq!(structs(|s| s.fields(packed.clone())), [(5, 1); 3]);
    let aligned = [byte("c"), Field::new("x", I32).aligned(8)];
    assert_eq!(structs(|s| s.packed(1).fields(aligned.clone())), [(16, 8); 3]);
    let both = [byte("c"), Field::new("x", I64).packed().aligned(2)];
    assert_eq!(structs(|s| s.fields(both.clone())), [(10, 2); 3]);
}

#[test]
fn vectors_and_complex_numbers() {
    let layout = |ty: Type| (ty.size(), ty.alignment());
    for (model, most) in [(DataModel::LINUX_X86_64, 32), (DataModel::LINUX_ARM64, 16)] {
        let vector = |lanes| layout(model.vector(F32, lanes).unwrap());
        assert_eq!([vector(2), vector(4), vector(8)], [(8, 8), (16, 16), (32, most)]);
    }
    let parts = [Float::F16, Float::F32, Float::F64, Float::F80, Float::F128];
    let complex = parts.map(|part| layout(Type::Complex(part)));
    assert_eq!(complex, [(4, 2), (8, 4), (16, 8), (32, 16), (32, 16)]);
}

#[test]
fn types_of_the_same_layout() {
    let of = |alignment: usize, fields: &[Field]| {
        let builder = StructType::builder("S").aligned(alignment);
        Type::from(builder.fields(fields.iter().cloned()).build().unwrap())
    };
    let overlaid =
        |fields: &[Field]| Type::from(UnionType::new("U", fields.iter().cloned()).unwrap());
    let bits = |widths: [u32; 2]| widths.map(|width| Field::bits("b", U8, width));
    let word = |name: &'static str| Field::new(name, I64);
    assert!(of(8, &[word("a"), word("b")]).has_layout_of(&of(8, &[word("b"), word("c")])));
    assert!(!of(8, &[word("a"), word("b")]).has_layout_of(&of(16, &[word("a"), word("b")])));
    assert!(!of(16, &[word("a")]).has_layout_of(&of(16, &[word("a"), word("b")])));
    assert!(!of(16, &[word("a"), word("b")]).has_layout_of(&of(16, &[word("a")])));
    assert!(!of(1, &bits([3, 5])).has_layout_of(&of(1, &bits([3, 4]))));
    assert!(overlaid(&bits([3, 5])).has_layout_of(&overlaid(&bits([3, 5]))));
    assert!(!overlaid(&bits([3, 5])).has_layout_of(&overlaid(&bits([3, 4]))));
    assert!(!overlaid(&[word("a")]).has_layout_of(&of(8, &[word("a")])));
    let array = |length| Type::array(I32, length).unwrap();
    assert!(array(3).has_layout_of(&array(3)) && !array(3).has_layout_of(&array(4)));
    let vector = |lane: Type, lanes| Type::vector(lane, lanes).unwrap();
    assert!(!vector(I32, 4).has_layout_of(&vector(F32, 4)));
}

#[test]
fn alignment_asked_for_under_packing() {
    let aligned = StructType::builder("A").aligned(8).field(Field::new("x", I32)).build().unwrap();
    let member = || [byte("c"), Field::new("a", aligned.clone())];
    assert_eq!(structs(|s| s.packed(1).fields(member())), [(9, 1), (9, 1), (16, 8)]);
    assert_eq!(unions(&member()), [(8, 8); 3]);
    let array = Type::array(aligned.clone(), 2).unwrap();
    let in_array = [byte("c"), Field::new("a", array)];
    assert_eq!(structs(|s| s.packed(1).fields(in_array.clone()))[1..], [(17, 1), (24, 8)]);
    // Of a member, `packed` leaves it; `#pragma pack` limits it, for gcc and clang.
    let of_a_member = || [byte("c"), Field::new("a", I32).aligned(8)];
    assert_eq!(structs(|s| s.packed(1).fields(of_a_member())), [(16, 8); 3]);
    assert_eq!(structs(|s| s.packed(2).fields(of_a_member())), [(6, 2), (6, 2), (16, 8)]);
    let packed_member = || [byte("c"), Field::new("a", I32).packed().aligned(8)];
    assert_eq!(structs(|s| s.packed(2).fields(packed_member())), [(6, 2), (6, 2), (16, 8)]);
    let outer = [byte("c"), Field::new("a", F64)];
    assert_eq!(structs(|s| s.packed(1).aligned(4).fields(outer.clone())), [(12, 4); 3]);
}
