//! Random structs of bit-fields, packed and aligned in every way: their layouts are the compiler's.
// The compiler that judges is that of the machine that the test runs on.
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::fmt::Write as _;

mod layouts;

/// xorshift64*: the same structs for the same seed on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

const TYPES: [(&str, usize); 9] = [
    ("char", 8),
    ("unsigned char", 8),
    ("short", 16),
    ("int", 32),
    ("unsigned", 32),
    ("long", 64),
    ("long long", 64),
    ("__int128", 128),
    ("_Bool", 1),
];

fn attribute(random: &mut Random, most: usize) -> String {
    let alignment = 1 << random.below(most);
    match random.below(8) {
        0 | 1 => "__attribute__((packed))".to_owned(),
        2 | 3 => format!("__attribute__((aligned({alignment})))"),
        4 => format!("__attribute__((packed, aligned({alignment})))"),
        _ => String::new(),
    }
}

fn composite(random: &mut Random, index: usize) -> String {
    let mut text = String::new();
    let pack = random.pick(&[0, 0, 0, 1, 2, 4, 8, 16]);
    if pack > 0 {
        writeln!(text, "#pragma pack(push, {pack})").unwrap();
    }
    let kind = random.pick(&["struct", "struct", "struct", "union"]);
    write!(text, "{kind} {} s{index} {{", attribute(random, 6)).unwrap();
    for member in 0..1 + random.below(7) {
        let (ty, bits) = random.pick(&TYPES);
        let attribute = attribute(random, 5);
        match random.below(20) {
            0..9 => write!(text, " {ty} m{member} {attribute};"),
            9..18 => {
                let width = 1 + random.below(bits.min(110));
                // gcc and clang differ where such a one is aligned by more than the packing.
                let attribute =
                    if pack > 0 && attribute.contains("aligned") { "" } else { &attribute };
                write!(text, " {ty} m{member} : {width} {attribute};")
            }
            18 => write!(text, " {ty} : {};", 1 + random.below(bits)),
            _ => write!(text, " {ty} : 0;"),
        }
        .unwrap();
    }
    writeln!(text, " }};").unwrap();
    if pack > 0 {
        writeln!(text, "#pragma pack(pop)").unwrap();
    }
    text
}

#[test]
fn bit_fields_agree_however_they_are_packed_and_aligned() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let source: String = (0..400).map(|index| composite(&mut random, index)).collect();
    let declarations = layouts::agree(layouts::GCC, &source, &[]);
    assert_eq!(declarations.composites().len(), 400);
}
