//! Layouts and initial values.

use super::specimen::fields;
use super::{header_text, run};
use crate::Struct;
use crate::generated::specimens;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A union without a name in C, by the place where it is declared.
const UNION: (&str, &str) = (
    "WGPUNativeDisplayHandleData",
    "typedef __typeof__(((WGPUNativeDisplayHandle *)0)->data) WGPUNativeDisplayHandleData;",
);

/// Size, alignment, and name, offset and size of every field.
type Layout = (usize, usize, Vec<(String, usize, usize)>);

#[test]
fn layouts_are_those_of_c() {
    let mut code =
        format!("#include <stdio.h>\n#include <stddef.h>\n{}\nint main(void) {{\n", UNION.1);
    for item in specimens() {
        let name = item.name;
        let _ = writeln!(code, "printf(\"{name} %zu %zu\\n\", sizeof({name}), _Alignof({name}));");
        for (field, _, _) in item.fields {
            let _ = writeln!(
                code,
                "printf(\"{name}.{field} %zu %zu\\n\", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));"
            );
        }
    }
    let printed = run("layouts", &(code + "return 0; }"));
    let mut lines = printed.lines();
    for item in specimens() {
        let mut wanted = Vec::new();
        wanted.push(format!("{} {} {}", item.name, item.size, item.alignment));
        wanted.extend(
            item.fields
                .iter()
                .map(|(field, offset, size)| format!("{}.{field} {offset} {size}", item.name)),
        );
        let of_c: Vec<&str> = lines.by_ref().take(wanted.len()).collect();
        assert_eq!(wanted, of_c, "Rust, then C");
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn descriptors_are_those_of_rust() {
    let of_rust: BTreeMap<&str, Layout> = specimens()
        .into_iter()
        .map(|item| {
            let fields =
                item.fields.iter().map(|(name, offset, size)| ((*name).to_owned(), *offset, *size));
            (item.name, (item.size, item.alignment, fields.collect()))
        })
        .collect();
    assert_eq!(of_rust.len(), Struct::COUNT);
    for id in Struct::ALL {
        let ty = id.descriptor();
        let fields = fields(ty).expect("the descriptor is one of a struct or union");
        let fields =
            fields.iter().map(|field| (field.name().to_owned(), field.offset(), field.ty().size()));
        let described: Layout = (ty.size(), ty.alignment(), fields.collect());
        assert_eq!(of_rust[id.name()], described, "{id}: Rust, then the descriptor");
    }
}

#[test]
fn initial_values_are_those_of_the_macros() {
    let text = header_text();
    let mut code = format!(
        "#include <stdio.h>\n{}\nstatic void show(const char *name, const void *value, size_t size) {{\n\
         printf(\"%s \", name);\n\
         for (size_t i = 0; i < size; i++) printf(\"%02x\", ((const unsigned char *)value)[i]);\n\
         printf(\"\\n\"); }}\nint main(void) {{\n",
        UNION.1
    );
    let mut from_macros = 0;
    for item in specimens() {
        let name = item.name;
        let _ = match initializer(&text, name) {
            Some(own) => {
                from_macros += 1;
                writeln!(
                    code,
                    "{{ {name} value = {own}; show(\"{name}\", &value, sizeof value); }}"
                )
            }
            // Without a macro: zeros, and the tag of the struct where it has one.
            None => {
                let tag = name.replacen("WGPU", "WGPUSType_", 1);
                let chain = text.contains(&format!("{tag} =")) && item.fields[0].0 == "chain";
                let set = if chain {
                    format!("value.chain.sType = (WGPUSType){tag};")
                } else {
                    String::new()
                };
                writeln!(
                    code,
                    "{{ {name} value = {{0}}; {set} show(\"{name}\", &value, sizeof value); }}"
                )
            }
        };
    }
    assert_eq!(from_macros, text.matches("_INIT _wgpu_MAKE_INIT_STRUCT(").count());
    let printed = run("initial", &(code + "return 0; }"));
    let of_c: BTreeMap<&str, &str> =
        printed.lines().filter_map(|line| line.split_once(' ')).collect();
    for item in specimens() {
        let of_c = of_c[item.name];
        for (at, byte) in item.initial.iter().enumerate() {
            // The bytes of padding are nobody's.
            let Some(byte) = byte else { continue };
            assert_eq!(
                format!("{byte:02x}"),
                of_c[2 * at..2 * at + 2],
                "byte {at} of {}: Rust, then C",
                item.name
            );
        }
    }
}

/// The macro that initialises the struct `name`.
fn initializer<'a>(headers: &'a str, name: &str) -> Option<&'a str> {
    let (before, _) =
        headers.split_once(&format!(" _wgpu_MAKE_INIT_STRUCT({name}, {{ \\\n    /*."))?;
    before.rsplit_once("#define ").map(|(_, own)| own)
}
