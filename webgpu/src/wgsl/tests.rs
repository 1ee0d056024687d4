use super::*;

/// The text with one compute shader of this body.
fn shader(declarations: &str, body: &str) -> String {
    format!("{declarations} @compute @workgroup_size(8) fn main() {{ {body} }}")
}

/// The calls of clearing functions, and the places that these clear.
fn cleared_places(source: &str) -> (usize, Vec<String>) {
    let text = zeroed(source).unwrap().unwrap_or_default();
    let functions = text.split("\nfn clear_workgroup").skip(1);
    let places = functions.flat_map(str::lines).filter_map(|line| {
        let place = match line.strip_prefix("atomicStore(&") {
            Some(place) => place.split_once(", ")?.0,
            None if line.contains(';') && !line.starts_with(['l', 'f']) => {
                line.split_once(" = ")?.0
            }
            None => return None,
        };
        Some(place.split('[').next()?.to_owned())
    });
    (text.matches("_(clear_workgroup").count() / 2, places.collect())
}

#[test]
fn the_whole_text() {
    let source = "\
        // Sums.\n\
        override size = 8u;\n\
        var<workgroup> sum: atomic<u32>;\n\
        var<workgroup> rows: array<array<vec3f, 4>, 2 * size>;\n\
        @compute @workgroup_size(size, 2)\n\
        fn main(@builtin(workgroup_id) id: vec3u) { atomicAdd(&sum, u32(rows[0][0].x)); }\n\
        // The end. /*";
    let expected = "\
        // Sums.\n\
        override size = 8u;\n\
        var<workgroup> sum: atomic<u32>;\n\
        var<workgroup> rows: array<array<vec3f, 4>, 2 * size>;\n\
        @compute @workgroup_size(size, 2)\n\
        fn main(@builtin(local_invocation_index) clear_workgroup_at: u32, @builtin(workgroup_id) id: vec3u) \
        { clear_workgroup_0_(clear_workgroup_at); atomicAdd(&sum, u32(rows[0][0].x)); }\n\
        fn clear_workgroup_0_(clear_workgroup_index: u32) {\n\
        if clear_workgroup_index == 0u {\n\
        atomicStore(&sum, u32());\n\
        }\n\
        let clear_workgroup_count = u32(size) * u32(2);\n\
        for (var clear_workgroup_i = clear_workgroup_index; clear_workgroup_i < u32(2 * size) * u32(4); \
        clear_workgroup_i += clear_workgroup_count) {\n\
        rows[clear_workgroup_i / u32(4)][clear_workgroup_i % u32(4)] = vec3f();\n\
        }\n\
        workgroupBarrier();\n\
        }\n\
        \n\
        // The end. /*";
    assert_eq!(zeroed(source).unwrap().unwrap(), expected);
}

#[test]
fn nothing_to_clear() {
    for source in [
        "",
        "fn f() {}",
        "@compute @workgroup_size(1) fn main() { workgroupBarrier(); }",
        "// var<workgroup> a: u32;\n@compute @workgroup_size(1) fn main() { a(); } fn a() {}",
        "/* var<workgroup> a: u32; */ @compute @workgroup_size(1) fn main() { a(); } fn a() {}",
        "var<workgroup> a: u32; @compute @workgroup_size(1) fn main() {}",
        "var<workgroup> a: u32; fn f() { a = 1u; } @compute @workgroup_size(1) fn main() {}",
        "var<workgroup> a: u32; @fragment fn main() { a = 1u; }",
        "var<private> workgroup: u32; @compute @workgroup_size(1) fn main() { workgroup = 1u; }",
    ] {
        assert_eq!(zeroed(source), Ok(None), "{source}");
    }
}

#[test]
fn variables_that_are_used() {
    let memory = "var<workgroup> a: u32; var<workgroup> b: u32; struct S { a: u32, b: u32 }";
    for (body, expected) in [
        ("a = b;", &["a", "b"][..]),
        ("/* a */ b = 1u; // a\n", &["b"]),
        ("var s: S; s.a = 1u; s . b = 1u;", &[]),
        ("let a = 1; _ = a;", &[]),
        ("let a = a; _ = a;", &["a"]),
        ("{ let a = 1; _ = a; } _ = a;", &["a"]),
        ("{ let a = 1; } { _ = a + b; }", &["a", "b"]),
        ("for (var a = 0; a < 1; a++) { _ = a; }", &[]),
        ("for (var a = 0; a < 1; a++) { } _ = a;", &["a"]),
        ("for (var i = 0; i < 1; i++) { for (;;) { let b = i; _ = b; } _ = a; }", &["a"]),
        ("var<function> a: u32 = b; a = 1u;", &["b"]),
        ("const a = 1; if a < 2 { _ = b; } else if b > a { }", &["b"]),
        ("switch 1 { case 1: { let a = 1; } default { _ = a; } }", &["a"]),
    ] {
        let (_, places) = cleared_places(&shader(memory, body));
        assert_eq!(places, expected, "{body}");
    }
}

#[test]
fn functions_that_are_called() {
    let functions = "
        var<workgroup> a: u32; var<workgroup> b: u32; var<workgroup> c: u32;
        fn first() { second(1u, 2u); _ = a; }
        fn second(a: u32, x: u32) { _ = a + c; }
        fn third(first: u32) { _ = first; }
    ";
    for (body, expected) in [
        ("first();", &["a", "c"][..]),
        ("second(0u, 0u);", &["c"]),
        ("third(1u);", &[]),
        ("let first = 1u; third(first);", &[]),
        ("first(); first();", &["a", "c"]),
    ] {
        let (_, places) = cleared_places(&shader(functions, body));
        assert_eq!(places, expected, "{body}");
    }
}

#[test]
fn each_entry_point_clears_what_it_uses() {
    let source = "
        var<workgroup> a: u32; var<workgroup> b: u32;
        @compute @workgroup_size(1) fn one() { _ = a; }
        @compute @workgroup_size(1) fn none() {}
        @compute @workgroup_size(1) fn both() { _ = a + b; }
    ";
    let (calls, places) = cleared_places(source);
    assert_eq!((calls, places.join(" ")), (2, "a a b".to_owned()));
}

#[test]
fn the_index_that_is_there_is_used() {
    for (parameters, argument) in [
        ("@builtin(local_invocation_index) index: u32", "index"),
        (
            "@builtin(workgroup_id) id: vec3u, @builtin ( local_invocation_index , ) index: u32,",
            "index",
        ),
        ("@builtin(workgroup_id) id: vec3u, in: In", "in.at"),
        ("in: Alias", "in.at"),
    ] {
        let source = format!(
            "alias Alias = In; struct In {{ @builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) at: u32 }}
            var<workgroup> a: u32; @compute @workgroup_size(1) fn main({parameters}) {{ _ = a; }}"
        );
        let text = zeroed(&source).unwrap().unwrap();
        assert!(
            text.contains(&format!("main({parameters}) {{ clear_workgroup_0_({argument}); _")),
            "{text}"
        );
    }
}

#[test]
fn names_do_not_clash() {
    let source = shader(
        "var<workgroup> clear_workgroup_0_: u32; // clear_workgroup_x",
        "clear_workgroup_0_ = 1u;",
    );
    assert_eq!(zeroed(&source), Ok(None), "the whole shader is a comment");
    let source = source.replace("//", "/**/ const").replacen("_x", "_x = 1;", 1);
    let text = zeroed(&source).unwrap().unwrap();
    assert!(text.contains("fn clear_workgroup_x_x_0_(clear_workgroup_x_x_index: u32)"), "{text}");
    for name in ["u32", "atomicStore", "workgroupBarrier"] {
        let declarations = format!("var<workgroup> a: i32; fn {name}() {{}}");
        let text = shader(&declarations, "a = 1;");
        assert_eq!(zeroed(&text), Err(NotUnderstood), "{name} means something else");
    }
}

#[test]
fn what_is_not_understood_stays_as_it_is() {
    for declarations in [
        "var<workgroup> a: array<u32>;",
        "var<workgroup> a: T; alias T = T;",
        "var<workgroup> a: T; alias T = U; alias U = T;",
        "var<workgroup> a: T; alias T = array<T, 2>;",
        "var<workgroup> a: T; struct T { a: T }",
        "var<workgroup> a: T; struct T { a: array<T, 3>, b: atomic<u32> }",
        "var<workgroup> a: array<T, 3>; struct T { a: U, b: U } struct U { a: T, b: T }",
        "var<workgroup> a: main;",
        "var<workgroup> a: array<u32, 3;",
        "var<workgroup> a u32;",
        "} var<workgroup> a: u32;",
    ] {
        let text = shader(declarations, "_ = a;");
        assert_eq!(zeroed(&text), Err(NotUnderstood), "{declarations}");
    }
    // Types that double and double, as no memory could hold them.
    let mut declarations = String::from("var<workgroup> a: T31; struct T0 { a: atomic<u32> }");
    for level in 1..32 {
        let inner = level - 1;
        declarations += &format!("struct T{level} {{ a: T{inner}, b: T{inner} }}");
    }
    assert_eq!(zeroed(&shader(&declarations, "_ = a;")), Err(NotUnderstood));
}

#[test]
fn any_text_is_read_without_a_panic() {
    let pieces = [
        "var",
        "<",
        "workgroup",
        ">",
        "a",
        ":",
        "u32",
        ";",
        "array",
        ",",
        "4",
        "struct",
        "S",
        "{",
        "}",
        "alias",
        "=",
        "fn",
        "main",
        "(",
        ")",
        "@",
        "compute",
        "workgroup_size",
        "builtin",
        "local_invocation_index",
        "for",
        "let",
        ".",
        "[",
        "]",
        "/*",
        "*/",
        "//",
        "\n",
        " ",
        "ä",
        "\u{2028}",
        "atomic",
        "const",
        "->",
        "<<",
        "-",
        "var<workgroup> a: array<S, 4>;",
        "struct S { a: u32, b: atomic<u32> }",
        "@compute @workgroup_size(1) fn main() { _ = a; }",
    ];
    let mut state = 1u64;
    let mut below = |end: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % end
    };
    let mut changed = 0;
    for _ in 0..20_000 {
        let length = below(40);
        let text = (0..length).map(|_| pieces[below(pieces.len())]).collect::<Vec<_>>().join(" ");
        let text = format!(
            "{text}\nvar<workgroup> a: u32; @compute @workgroup_size(1) fn main() {{ _ = a; }}"
        );
        // Cut off anywhere, too.
        let cut = (0..=below(text.len())).rev().find(|cut| text.is_char_boundary(*cut));
        for text in [&*text, &text[cut.unwrap_or(0)..], &text[..cut.unwrap_or(0)]] {
            if let Ok(Some(cleared)) = zeroed(text) {
                assert!(cleared.len() > text.len());
                changed += 1;
            }
        }
    }
    assert!(changed > 100, "{changed}");
}
