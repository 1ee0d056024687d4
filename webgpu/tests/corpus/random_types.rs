//! Memory of workgroups in types made at random is zero when a shader begins.

use crate::common::{dice::Dice, gpu};
use crate::workgroups::{PLAIN, eight, expect_zero};

/// Declarations at module scope that have been made up.
#[derive(Default)]
struct Made {
    declarations: String,
    count: usize,
}

impl Made {
    /// A name, with what it stands for after the equals sign.
    fn name(&mut self, declaration: impl FnOnce(&str) -> String) -> String {
        let name = format!("N{}", self.count);
        self.count += 1;
        self.declarations += &declaration(&name);
        name
    }

    /// The length of an array, in one of the ways of writing it.
    fn length(&mut self, dice: &mut Dice) -> (String, usize) {
        let length = 1 + dice.below(5);
        let text = match dice.below(5) {
            0 => format!("{length}u"),
            1 => format!("({length} + 1 - 1)"),
            2 => self.name(|name| format!("const {name} = {length};\n")),
            3 => self.name(|name| format!("const {name}: i32 = {length}i;\n")),
            _ => length.to_string(),
        };
        (text, length)
    }

    /// A type, and statements that look at all of a place of this type.
    fn of_type(&mut self, dice: &mut Dice, depth: usize, place: &str) -> (String, String) {
        let kinds = if depth == 0 { 5 } else { 9 };
        let (of_type, look) = match dice.below(kinds) {
            0 => ("u32".to_owned(), format!("see({place});\n")),
            1 => ("f32".to_owned(), format!("see(bitcast<u32>({place}));\n")),
            2 => ("atomic<i32>".to_owned(), format!("see(u32(atomicLoad(&{place})));\n")),
            3 => {
                ("vec3<i32>".to_owned(), format!("see(u32({place}.x | {place}.y | {place}.z));\n"))
            }
            4 => (
                "mat2x3f".to_owned(),
                format!("see(bitcast<u32>({place}[0].x) | bitcast<u32>({place}[1].z));\n"),
            ),
            5 | 6 => {
                let (text, length) = self.length(dice);
                let index = format!("i{depth}");
                let (element, look) = self.of_type(dice, depth - 1, &format!("{place}[{index}]"));
                let head = format!("for (var {index} = 0; {index} < {length}; {index}++)");
                (format!("array<{element}, {text}>"), format!("{head} {{\n{look}}}\n"))
            }
            _ => {
                let (mut members, mut looks) = (String::new(), String::new());
                for member in 0..1 + dice.below(3) {
                    let place = format!("{place}.m{member}");
                    let (of_type, look) = self.of_type(dice, depth - 1, &place);
                    members += &format!("m{member}: {of_type}, ");
                    looks += &look;
                }
                (self.name(|name| format!("struct {name} {{ {members}}}\n")), looks)
            }
        };
        if dice.percent(20) {
            return (self.name(|name| format!("alias {name} = {of_type};\n")), look);
        }
        (of_type, look)
    }
}

#[test]
fn types_made_at_random() {
    let gpu = gpu();
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let (mut made, mut looks) = (Made::default(), String::new());
        for variable in 0..1 + dice.below(3) {
            let place = format!("w{variable}");
            let (of_type, look) = made.of_type(&mut dice, 4, &place);
            made.declarations += &format!("var<workgroup> {place}: {of_type};\n");
            looks += &look;
        }
        expect_zero(&gpu, &format!("seed {seed}"), &eight(&made.declarations, &looks), PLAIN, 8);
    }
}
