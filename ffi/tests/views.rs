//! Views and objects: memory read and written as it was declared. Rust's own layout of the same structs is the judge.
// On Windows a `long` and bit-fields have other layouts; a function is called on these processors.
#![cfg(all(not(windows), any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::ffi::{c_char, c_void};

use ffi::declare::{Object, View};
use ffi::{Argument, Declarations, Value};

const TEXT: &str = "
    enum colour { RED, GREEN = 5, BLUE };
    typedef unsigned short uchar;
    struct inner { short a; long b; };
    struct outer {
        char name[8];
        struct inner in;
        int list[3];
        struct outer *next;
        const char *text;
        union { int whole; unsigned char bytes[4]; };
        unsigned low : 3; int high : 5; _Bool on : 1;
        enum colour colour;
        int (*call)(int);
        struct inner **table;
    };
";

#[derive(Clone, Copy)]
#[repr(C)]
struct Inner {
    a: i16,
    b: i64,
}

#[repr(C)]
struct Outer {
    name: [u8; 8],
    inner: Inner,
    list: [i32; 3],
    next: *mut Outer,
    text: *const c_char,
    whole: i32,
    bits: u16,
    colour: u32,
    call: Option<extern "C" fn(i32) -> i32>,
    table: *mut *mut Inner,
}

extern "C" fn half(n: i32) -> i32 {
    n / 2
}

fn outer() -> Outer {
    Outer {
        name: *b"outer\0\0\0",
        inner: Inner { a: -1, b: 1 << 40 },
        list: [3, 4, 5],
        next: std::ptr::null_mut(),
        text: c"text".as_ptr(),
        whole: 0x0403_0201,
        bits: 5 | (((-7_i32 as u16) & 31) << 3) | 1 << 8,
        colour: 5,
        call: Some(half),
        table: std::ptr::null_mut(),
    }
}

fn declarations() -> Declarations {
    Declarations::parse(TEXT).unwrap_or_else(|error| panic!("{error}"))
}

/// A view of a struct of Rust's as C's of the same members.
fn view_of<'m>(c: &Declarations, outer: *mut Outer) -> View<'m> {
    // SAFETY: the struct has these members, and the test keeps it while it views it.
    unsafe { c.value("struct outer *", outer).unwrap().view() }.unwrap()
}

fn refusal<T>(result: Result<T, ffi::Error>) -> String {
    result.err().expect("it is refused").to_string()
}

#[test]
fn parts_are_read_where_they_lie() {
    let (c, mut there) = (declarations(), outer());
    assert_eq!(c.size_of("struct outer").unwrap(), size_of::<Outer>());
    let mut inner = Inner { a: 9, b: 10 };
    let mut table = [&raw mut inner, std::ptr::null_mut()];
    there.table = table.as_mut_ptr();
    let there = &raw mut there;
    // SAFETY: it lives.
    unsafe { (*there).next = there };
    let view = view_of(&c, there);
    for (path, expected) in [
        ("name", "\"outer\""),
        ("name[1]", "117"),
        ("in", "{a: -1, b: 1099511627776}"),
        ("in.b", "1099511627776"),
        ("list", "[3, 4, 5]"),
        ("list[2]", "5"),
        (" list[ 2 ] ", "5"),
        ("list[RED]", "3"),
        ("whole", "67305985"),
        ("bytes[2]", "3"),
        ("low", "5"),
        ("high", "-7"),
        ("on", "true"),
        ("colour", "5"),
    ] {
        assert_eq!(view.get(path).unwrap().to_string(), expected, "{path}");
    }
    let Value::TypedPointer(next) = view.get("next").unwrap() else { panic!("it has a type") };
    assert_eq!((next.type_name().as_str(), next.address()), ("struct outer *", there.cast()));
    // SAFETY: it leads to the struct itself, and the text ends.
    let text = unsafe { view.get("next").unwrap().view().unwrap().get("text").unwrap().text(9) };
    assert_eq!(text.unwrap().as_deref(), Some("text"));
    // SAFETY: the table has two pointers, of which the first leads to a struct.
    let table = unsafe { view.get("table").unwrap().array_view(2) }.unwrap();
    assert_eq!(table.len(), Some(2));
    // SAFETY: as above.
    let entry = unsafe { table.get("[0]").unwrap().view() }.unwrap();
    assert_eq!(
        (entry.type_name().as_str(), entry.to_string().as_str()),
        ("struct inner", "{a: 9, b: 10}")
    );
    // SAFETY: nothing is viewed.
    assert!(refusal(unsafe { table.get("[1]").unwrap().view() }).contains("points to nothing"));
    // SAFETY: it leads to `half`.
    let half = unsafe { view.get("call").unwrap().function().unwrap().call((42,)) };
    assert_eq!(half.unwrap(), Value::I32(21));
    let shown = view.to_string();
    for part in [
        "name: \"outer\", in: {a: -1, b: 1099511627776}, list: [3, 4, 5]",
        "colour: GREEN",
        "low: 5, high: -7, on: true",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(shown.contains("next: (struct outer *) 0x"), "{shown}");
}

#[test]
fn parts_are_written_where_they_lie() {
    let (c, mut there) = (declarations(), outer());
    let pointer = &raw mut there;
    let view = view_of(&c, pointer);
    view.set("name", "new").unwrap();
    view.set("in.a", 300).unwrap();
    view.set("list[1]", 'x' as u32).unwrap();
    view.set("next", pointer).unwrap();
    view.set("bytes[3]", 255).unwrap();
    view.set("high", 15).unwrap();
    view.set("on", false).unwrap();
    view.set("colour", "BLUE").unwrap();
    // SAFETY: nothing else refers to it now.
    let there = unsafe { &*pointer };
    assert_eq!((&there.name, there.inner.a, there.inner.b), (b"new\0\0\0\0\0", 300, 1 << 40));
    assert_eq!(
        (there.list, there.next, there.whole),
        ([3, 120, 5], pointer, 0xff03_0201_u32 as i32)
    );
    assert_eq!((there.bits, there.colour), (5 | 15 << 3, 6));
    view.set("list", [7, 8, 9]).unwrap();
    view.set("in", Argument::fields([("b", 2)])).unwrap();
    view.at("list").unwrap().set("[0]", 6).unwrap();
    // SAFETY: as above.
    let there = unsafe { &*pointer };
    assert_eq!((there.list, there.inner.a, there.inner.b), ([6, 8, 9], 0, 2));
    let elements: Vec<i32> = view
        .at("list")
        .unwrap()
        .elements()
        .unwrap()
        .map(|element| element.get("").unwrap().convert().unwrap())
        .collect();
    assert_eq!(elements, [6, 8, 9]);
}

#[test]
fn what_is_not_there_or_does_not_fit_is_refused() {
    let (c, mut there) = (declarations(), outer());
    let view = view_of(&c, &raw mut there);
    for (path, why) in [
        ("nobody", "`struct outer` has no member `nobody`"),
        ("list[3]", "`[3]` is none of its 3 elements"),
        ("list[-1]", "`[-1]` is none of its 3 elements"),
        ("list[99999999999999999999]", "is none of its 3 elements"),
        ("in.b.c", "`long` has no members"),
        ("in[0]", "`struct inner` is no array"),
        ("[0]", "`struct outer` is no array"),
        ("in.", "has no member"),
        ("in..a", "has no member"),
        (".in", "has no member"),
        ("list[0", "has no member"),
        ("name[8]", "is none of its 8 elements"),
    ] {
        let found = refusal(view.get(path));
        assert!(found.contains(why), "{path}: {found}");
        assert!(view.set(path, 1).is_err() && view.at(path).is_err(), "{path}");
    }
    for (path, value, why) in [
        ("in.a", Argument::from(70_000), "struct outer.in.a: 70000 does not fit short"),
        ("low", 8.into(), "8 does not fit 3 bits"),
        ("high", (-17).into(), "-17 does not fit 5 bits"),
        ("name", "too long".into(), "does not fit char [8] with its NUL"),
        ("colour", "MAUVE".into(), "\"MAUVE\" is no enumerator of enum colour"),
        ("list", [1, 2].into(), "a list of 2"),
        ("text", "copied".into(), "would be a copy that nobody keeps"),
        ("next", (&view.at("in").unwrap()).into(), "is no struct outer *"),
    ] {
        let found = refusal(view.set(path, value));
        assert!(found.contains(why), "{path}: {found}");
    }
    assert!(refusal(view.at("low")).contains("is a bit-field, which has no address"));
    assert_eq!((there.inner.a, there.list, &there.name), (-1, [3, 4, 5], b"outer\0\0\0"));
    // SAFETY: nothing is viewed.
    let number = refusal(unsafe { Value::I32(1).view() });
    assert!(number.contains("is no pointer to something declared"), "{number}");
    let announced = c.value("struct unknown *", 8 as *mut c_void);
    assert!(
        announced.is_err() || {
            // SAFETY: nothing is viewed.
            refusal(unsafe { announced.unwrap().view() }).contains("only announced")
        }
    );
}

#[test]
fn a_value_of_another_type_is_shown_as_what_it_is() {
    let c = declarations();
    for (ty, value, shown) in [
        ("struct outer", Value::I32(7), "7"),
        ("int [1000]", Value::I64(8), "8"),
        ("struct outer [2]", Value::Void, "void"),
        ("enum colour", Value::I64(5), "GREEN"),
        ("int []", Value::I32(9), "9"),
        ("struct unknown", Value::I32(1), "1"),
    ] {
        let Ok(named) = c.type_named(ty) else { continue };
        assert_eq!(c.show_value(&named, &value), shown, "{ty}");
    }
    let inner = c.value("struct inner", (1, 2)).unwrap();
    assert_eq!(c.show_value(&c.type_named("struct outer").unwrap(), &inner), "{a: 1, b: 2}");
}

#[test]
fn what_is_constant_is_not_written() {
    let c = Declarations::parse(
        "struct s { int n; const int fixed; const int list[2]; }; typedef const struct s constant;",
    )
    .unwrap();
    let mut words = [1, 2, 3, 4_i32];
    let start = words.as_mut_ptr().cast::<c_void>();
    let of = |ty: &str| {
        let pointer = c.value(ty, start).unwrap();
        // SAFETY: there are four words, which the test keeps.
        unsafe { pointer.view() }.unwrap()
    };
    let writable = of("struct s *");
    writable.set("n", 5).unwrap();
    for path in ["fixed", "list", "list[0]"] {
        assert!(refusal(writable.set(path, 5)).contains("is constant"), "{path}");
    }
    for ty in ["const struct s *", "constant *"] {
        let constant = of(ty);
        assert_eq!(constant.get("n").unwrap(), Value::I32(5));
        for path in ["n", "fixed", "list[1]"] {
            assert!(refusal(constant.set(path, 6)).contains("is constant"), "{path}");
        }
        let Value::TypedPointer(pointer) = constant.at("n").unwrap().pointer() else {
            panic!("it has a type")
        };
        assert_eq!(pointer.type_name(), "const int *");
    }
    let owned = c.object("const struct s", (1, 2, [3, 4])).unwrap();
    assert_eq!(owned.to_string(), "{n: 1, fixed: 2, list: [3, 4]}");
    assert!(owned.set("n", 1).is_err());
}

#[test]
fn objects_keep_their_copies() {
    let c = declarations();
    let table = c.zeroed("const char *[3]").unwrap();
    for (index, text) in
        ["one", "two", "a string that is longer than the others"].into_iter().enumerate()
    {
        table.set(&format!("[{index}]"), text).unwrap();
    }
    let moved: Box<Object> = Box::new(table);
    let texts: Vec<String> = moved
        .view()
        .elements()
        .unwrap()
        // SAFETY: the object keeps the strings.
        .map(|text| unsafe { text.get("").unwrap().text(100) }.unwrap().unwrap())
        .collect();
    assert_eq!(texts, ["one", "two", "a string that is longer than the others"]);
    let nested =
        c.object("struct inner *", Argument::reference(Argument::fields([("b", 7)]))).unwrap();
    // SAFETY: the object keeps what the pointer leads to.
    assert_eq!(unsafe { nested.get("").unwrap().view() }.unwrap().get("b").unwrap(), Value::I64(7));
    let mut out = Value::Void;
    assert!(nested.set("", Argument::out(&mut out)).is_err());
    let sent = std::thread::spawn(move || nested.get("").unwrap().address().is_some());
    assert!(sent.join().unwrap());
}

#[test]
fn flexible_arrays_have_the_length_of_their_object() {
    let c = Declarations::parse(
        "struct packet { unsigned char count; struct { short x, y; } points[]; }; struct old { int n; char text[0]; }; struct plain { int a; };",
    )
    .unwrap();
    let packet = c.zeroed_with("struct packet", 3).unwrap();
    let points = packet.at("points").unwrap();
    assert_eq!(
        (points.len(), packet.at("points[2]").unwrap().to_string().as_str()),
        (Some(3), "{x: 0, y: 0}")
    );
    packet.set("points[2]", (1, 2)).unwrap();
    assert_eq!(packet.get("points[2].y").unwrap(), Value::I16(2));
    assert!(packet.get("points[3]").is_err());
    assert!(packet.get("points").unwrap().to_string().starts_with("(struct {…} *) 0x"));
    assert!(
        refusal(c.zeroed_with("struct plain", 1)).contains("ends in no array without a length")
    );
    assert!(c.zeroed_with("struct packet", usize::MAX / 2).is_err());
    // Behind a pointer nobody knows how many there are.
    let behind = packet.pointer();
    // SAFETY: the object lives.
    let view = unsafe { behind.view() }.unwrap();
    assert!(view.get("points[1]").is_err());
    // SAFETY: there are three.
    let points = unsafe { view.get("points").unwrap().array_view(3) }.unwrap();
    assert_eq!(points.get("[2].x").unwrap(), Value::I16(1));
}

#[test]
fn strings_of_every_width() {
    let c = Declarations::parse("typedef wchar_t letter; struct s { wchar_t w[4]; char16_t u[4]; char32_t v[3]; unsigned short n[3]; };").unwrap();
    let object = c.zeroed("struct s").unwrap();
    object.set("w", "aß€").unwrap();
    object.set("u", "x😀").unwrap();
    object.set("v", "😀éx").unwrap_err();
    object.set("v", "😀").unwrap();
    assert!(object.set("n", "ab").is_err());
    let shown = object.to_string();
    assert!(shown.contains("u: u\"x😀\", v: U\"😀\", n: [0, 0, 0]"), "{shown}");
    for ty in ["wchar_t *", "const letter *", "char16_t *", "char32_t *", "char *"] {
        let text = c.object(ty, "grüße 😀").unwrap();
        // SAFETY: the object keeps the string.
        let read = unsafe { text.get("").unwrap().text(100) }.unwrap();
        assert_eq!(read.as_deref(), Some("grüße 😀"), "{ty}");
        // SAFETY: there are more than three characters.
        let cut = refusal(unsafe { text.get("").unwrap().text(3) });
        assert!(cut.contains("no string that ends within 3 characters"), "{cut}");
    }
    assert!(c.object("unsigned short *", "text").is_err());
    let mut broken = [0xd800_u16, 0];
    let pointer = c.value("char16_t *", broken.as_mut_ptr().cast::<c_void>()).unwrap();
    // SAFETY: it ends.
    assert!(refusal(unsafe { pointer.text(9) }).contains("is no Unicode"));
    let bytes = c"\xff";
    let pointer = Value::Pointer(bytes.as_ptr().cast_mut().cast());
    // SAFETY: it ends.
    assert!(unsafe { pointer.text(9) }.is_err());
    // SAFETY: as above.
    let kept = unsafe { pointer.c_string(9) }.unwrap();
    assert_eq!(kept.as_deref(), Some(bytes));
}

#[test]
fn values_become_and_begin_as_rusts_types() {
    let c = Declarations::parse(
        "struct pair { int list[2]; struct { char name[4]; double half; } in; };",
    )
    .unwrap();
    let pair = c.value("struct pair", ((1, 2), ("abc", 0.5))).unwrap();
    let (list, (name, half)): ((u8, i64), (String, f32)) = pair.convert().unwrap();
    assert_eq!((list, name.as_str(), half), ((1, 2), "abc", 0.5));
    assert!(
        pair.convert::<(Value, Value, Value)>().is_err() && pair.convert::<Vec<Value>>().is_err()
    );
    assert_eq!(pair.field("list").unwrap().convert::<Vec<u16>>().unwrap(), [1, 2]);
    assert!(pair.field("list").unwrap().convert::<[i32; 3]>().is_err());
    assert_eq!(Value::from(3_usize).convert::<isize>().unwrap(), 3);
    assert_eq!(Value::U64(u64::MAX).convert::<usize>().unwrap(), usize::MAX);
    assert!(
        Value::U64(u64::MAX).convert::<isize>().is_err()
            && Value::F64(1.5).convert::<usize>().is_err()
    );
    assert_eq!(Value::Pointer(std::ptr::null_mut()).convert::<Option<*mut u8>>().unwrap(), None);
    assert_eq!(
        Value::Pointer(8 as *mut c_void).convert::<Option<*const u8>>().unwrap(),
        Some(8 as *const u8)
    );
    assert_eq!(Value::I32(1).convert::<Option<bool>>().unwrap(), Some(true));
    Value::Void.convert::<()>().unwrap();
    let mut changed = pair.clone();
    changed.set_field("in.name[0]", 65).unwrap();
    changed.set_field("list[1]", 7_u8).unwrap();
    changed.set_field("in.half", 2).unwrap();
    assert_eq!(changed.to_string(), "{list: [1, 7], in: {name: \"Abc\", half: 2}}");
    for (path, value) in [
        ("list[2]", 1.into()),
        ("none", 1.into()),
        ("list", 1.into()),
        ("in.name[0]", Value::I32(300)),
    ] {
        assert!(changed.set_field(path, value).is_err(), "{path}");
    }
    let mut number = Value::I16(1);
    number.set_field("", 5_u64).unwrap();
    assert_eq!(number, Value::I16(5));
    assert!(number.set_field("x", 5).is_err() && number.field("x").is_err());
}
