//! `ffi-call` over command lines, good and bad.

use crate::command::{Run, library, run};

const POINT: &str = "struct P { float x, y; };";
const DEEP: &str = "struct deep { char name[8]; struct { short a; long b; } in; int list[3]; };";
const COLOUR: &str = "enum colour { RED, GREEN = 5, BLUE };";

fn ffi_call(arguments: &[&str]) -> Run {
    run(env!("CARGO_BIN_EXE_ffi-call"), arguments)
}

/// Calls a function of the sample library; `declaration` may begin with the types it needs.
fn sample(declaration: &str, arguments: &[&str]) -> Run {
    ffi_call(&[&[library(), declaration], arguments].concat())
}

#[track_caller]
fn prints(run: Run, expected: &str) {
    assert_eq!(
        (run.code, run.stdout.trim_end(), run.stderr.as_str()),
        (0, expected, ""),
        "{run:?}"
    );
}

#[track_caller]
fn fails(run: Run, code: i32, message: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run:?}");
    assert!(
        run.stderr.starts_with("ffi-call: error: ") && run.stderr.contains(message),
        "{}",
        run.stderr
    );
}

#[test]
fn numbers() {
    prints(ffi_call(&["libm.so.6", "double pow(double, double)", "2", "10"]), "1024");
    prints(
        ffi_call(&["m", "double pow(double x, double y);", "2", "-0.5e0"]),
        "0.7071067811865476",
    );
    prints(ffi_call(&["m", "float sqrtf(float)", "0.1"]), "0.31622776");
    prints(ffi_call(&["c", "int abs(int)", "-0x10"]), "16");
    prints(ffi_call(&["c", "int abs(int)", "-017"]), "15");
    prints(ffi_call(&["-", "int abs(int)", "-3"]), "3");
    prints(ffi_call(&["c", "int toupper(int)", "'a'"]), "65");
    prints(sample("char next_char(char)", &["'\\n'"]), "11");
    prints(sample("unsigned char byte(unsigned char)", &["0xff"]), "255");
    prints(sample("_Bool negated(_Bool)", &["true"]), "false");
    prints(sample("bool negated(bool)", &["0"]), "true");
    prints(sample("long double half(long double)", &["0.5"]), "0.25");
    prints(sample("_Float16 halved(_Float16)", &["1.5"]), "0.75");
    prints(sample("_Float16 halved(_Float16)", &["0.1"]), "0.049987793");
    prints(sample("double _Complex turned(double _Complex)", &["[3, 4]"]), "-4+3i");
    prints(sample("unsigned long long biggest(void)", &[]), "18446744073709551615");
    prints(
        sample("__int128 squared(long long)", &["9000000000000000000"]),
        "81000000000000000000000000000000000000",
    );
    prints(
        sample(
            "int ten(int,int,int,int,int,int,int,int,int,int)",
            &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
        ),
        "385",
    );
    prints(sample(&format!("{COLOUR} enum colour next_colour(enum colour)"), &["RED"]), "GREEN");
    prints(sample(&format!("{COLOUR} int byte(unsigned char)"), &["BLUE"]), "6");
}

#[test]
fn structs_and_unions() {
    let scale = format!("{POINT} struct P scale(struct P, float)");
    prints(sample(&scale, &["{1,2}", "3"]), "{x: 3, y: 6}");
    prints(sample(&scale, &["{.y = 0.25}", "2"]), "{x: 0, y: 0.5}");
    prints(
        sample(
            "typedef struct { float x, y; } P; P scale(P p, float by)",
            &[" { 1e1 , -2 } ", "1"],
        ),
        "{x: 10, y: -2}",
    );
    let deep = format!("{DEEP} long sum_deep(struct deep)");
    prints(sample(&deep, &["{\"A\", {1, 2}, [3, 4, 5]}"]), "80");
    prints(sample(&deep, &["{.in = {.b = 7}, .list = [1, 1, 1]}"]), "10");
    prints(
        sample(&format!("{DEEP} struct deep make_deep(void)"), &[]),
        "{name: \"deep\", in: {a: -1, b: 2}, list: [3, 4, 5]}",
    );
    let union = "union number { int i; float f; }; int bits_of(union number)";
    prints(sample(union, &["{.f = 1.5}"]), "1069547520");
    prints(sample(union, &["{7}"]), "7");
    let flags = "struct flags { unsigned low : 3; int high : 5; _Bool on : 1; };";
    prints(sample(&format!("{flags} int flags_sum(struct flags)"), &["{5, -7, true}"]), "431");
    prints(
        sample(&format!("{flags} struct flags make_flags(void)"), &[]),
        "{low: 5, high: -7, on: true}",
    );
}

#[test]
fn strings_arrays_and_pointers() {
    prints(ffi_call(&["c", "size_t strlen(const char *s)", "\"a \\\"b\\\" \\\\ c\""]), "9");
    prints(
        sample("const char *echo(const char *)", &["\"tab\\tline\\nend\""]),
        "\"tab\\tline\\nend\"",
    );
    prints(sample("const char *echo(const char *)", &["null"]), "null");
    prints(sample("void *same(void *)", &["NULL"]), "null");
    prints(sample("int total(const int *list, int count)", &["[1, 2, 3, -10]", "4"]), "-4");
    prints(sample("void twice(int *list, int count)", &["&[1, 2, 3]", "3"]), "list = [2, 4, 6]");
    prints(sample("void twice(int *, int)", &["&21", "1"]), "argument 0 = 42");
    prints(
        sample(&format!("{POINT} void move(struct P *p, float dx)"), &["&{1, 2}", "0.5"]),
        "p = {x: 1.5, y: 2}",
    );
    prints(
        sample("void halves(double, double *a, double *b)", &["3", "out", "out"]),
        "a = 1.5\nb = 1.5",
    );
    prints(sample("void shout(char *s)", &["&[104, 105, 0]"]), "s = \"HI\"");
    prints(
        ffi_call(&[
            "c",
            "long strtol(const char *s, char **end, int base)",
            "\"12rest\"",
            "out",
            "10",
        ]),
        "12\nend = \"rest\"",
    );
    prints(
        ffi_call(&[
            "c",
            "char *strncpy(char *to, const char *from, size_t n)",
            "out[4]",
            "\"abcdef\"",
            "3",
        ]),
        "\"abc\"\nto = \"abc\"",
    );
}

#[test]
fn variadic_functions() {
    let snprintf =
        ["c", "int snprintf(char *to, size_t size, const char *format, ...)", "out[32]", "32"];
    let call = |arguments: &[&str]| ffi_call(&[&snprintf, arguments].concat());
    prints(call(&["\"%.1f\"", "(double) 1.5"]), "3\nto = \"1.5\"");
    prints(call(&["\"%.1f %d\"", "(float)1.5", "(short) -3"]), "6\nto = \"1.5 -3\"");
    prints(
        call(&["\"%s %ld %c\"", "\"text\"", "(long) 5000000000", "(char)'x'"]),
        "17\nto = \"text 5000000000 x\"",
    );
    prints(call(&["\"%.2Lf\"", "(long double) 2.25"]), "4\nto = \"2.25\"");
    prints(call(&["\"plain\""]), "5\nto = \"plain\"");
    // A constant has a type in C.
    prints(call(&["\"%d %c\"", "1", "'x'"]), "3\nto = \"1 x\"");
    fails(call(&["\"%d\"", "[1]"]), 6, "argument 3: this stands for `...`: put its type in front");
    fails(call(&["\"%d\"", "(integer) 1"]), 5, "`integer` is not a type that was declared");
    fails(call(&["\"%d\"", "(int) 1.5"]), 6, "argument 3: 1.5 is no integer, as int needs");
}

#[test]
fn output_of_the_function_comes_first() {
    prints(sample("void say(const char *)", &["\"hello\""]), "hello");
    prints(ffi_call(&["c", "int puts(const char *)", "\"hello\""]), "hello\n6");
    prints(sample("void nothing(void)", &[]), "");
}

#[test]
fn conventions() {
    if cfg!(target_arch = "x86_64") {
        let windows = format!("{POINT} double windows(int a, double b, struct P p)");
        let arguments = [library(), &windows, "1", "2", "{3, 4}"];
        prints(ffi_call(&[&["--abi", "win64"], &arguments[..]].concat()), "433");
        prints(ffi_call(&[&["--abi=Win64"], &arguments[..]].concat()), "433");
        let marked =
            format!("{POINT} __attribute__((ms_abi)) double windows(int a, double b, struct P p)");
        prints(sample(&marked, &["1", "2", "{3, 4}"]), "433");
        let deep = format!("{DEEP} struct deep windows_deep(int)");
        prints(
            ffi_call(&["--abi", "win64", library(), &deep, "4"]),
            "{name: \"win\", in: {a: 4, b: 8}, list: [1, 2, 3]}",
        );
        fails(
            ffi_call(&["--abi", "aapcs64", "c", "int abs(int)", "1"]),
            7,
            "functions of Aapcs64 cannot be called on x86_64",
        );
    }
    prints(sample("int renamed(int) __asm__(\"real_name\")", &["41"]), "42");
}

#[test]
fn error_numbers_and_times() {
    prints(
        ffi_call(&["--errno", "c", "int close(int)", "-1"]),
        "-1\nerrno = 9: Bad file descriptor (os error 9)",
    );
    prints(ffi_call(&["--errno", "c", "int abs(int)", "-1"]), "1\nerrno = 0");
    let run = ffi_call(&["--time", "c", "int abs(int)", "-5"]);
    let (result, time) = run.stdout.trim_end().split_once('\n').expect("two lines");
    let time: f64 = time.strip_suffix(" ns per call").expect("a time").parse().expect("a number");
    assert!(run.code == 0 && result == "5" && time > 0.1 && time < 10_000.0, "{run:?}");
}

#[test]
fn pictures() {
    let picture = |arguments: &[&str]| {
        let run = ffi_call(&[&["--plan"], arguments].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        run.stdout
    };
    let plan = picture(&[
        "--abi",
        "sysv64",
        "no-library-is-opened",
        "int f(struct { double x; long y; } s, char c)",
    ]);
    let expected = "int f(struct {…} s, char c)\nunder SysV64\n\n\
        argument 0 s: struct { double x; long y; }, 16 bytes\n  \
        +-----------+------------+\n  | xmm0      | rdi        |\n  | bytes 0-7 | bytes 8-15 |\n  +-----------+------------+\n\n\
        argument 1 c: char, 1 byte\n  +--------+\n  | rsi    |\n  | byte 0 |\n  +--------+\n\n\
        result: int, 4 bytes\n  +-----------+\n  | rax       |\n  | bytes 0-3 |\n  +-----------+\n";
    assert_eq!(plan, expected);
    let plan =
        picture(&["--abi", "win64", "-", "struct { long a[3]; } f(struct { long a[3]; } s)"]);
    for part in [
        "a copy of its 24 bytes, whose address travels",
        "| rdx ",
        "in memory whose address travels in rcx",
    ] {
        assert!(plan.contains(part), "{plan}");
    }
    let plan =
        picture(&["--abi", "apple-arm64", "-", "int f(int, ...)", "1", "(double) 2", "\"x\""]);
    for part in [
        "argument 1, one of ...: double",
        "| stack+0 ",
        "| stack+8 ",
        "16 bytes of stack, aligned to 16",
    ] {
        assert!(plan.contains(part), "{plan}");
    }
    fails(
        ffi_call(&["--plan", "-", "int f(int, ...)", "1", "[2]"]),
        6,
        "argument 1 stands for `...`",
    );
}

const NAMED: &str = "struct named { const char *name; int value; };";

#[test]
fn constants_as_c_writes_them() {
    let bits = |text: &str| sample("unsigned long long bits(unsigned long long)", &[text]);
    for (text, expected) in [
        ("10UL", "10"),
        ("0xffULL", "255"),
        ("0b1010", "10"),
        ("1'000'000", "1000000"),
        ("1 << 40", "0"),
        ("1ull << 40", "1099511627776"),
        ("(1 + 2) * 3", "9"),
        ("1 + 2 * 3", "7"),
        ("~0ull", "18446744073709551615"),
        ("-1ull", "18446744073709551615"),
        ("sizeof(long) * 2", "16"),
        ("'a' + 1", "98"),
        ("'\\x41'", "65"),
        ("L'\u{20ac}'", "8364"),
        ("5 > 3 ? 10 : 20", "10"),
        ("(unsigned char)255 + 1", "256"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        if text == "1 << 40" {
            fails(bits(text), 6, "a shift by 40 bits");
        } else {
            prints(bits(text), expected);
        }
    }
    let colour = format!("{COLOUR} unsigned long long bits(unsigned long long)");
    prints(sample(&colour, &["GREEN | 1 << 3"]), "13");
    prints(
        sample("#define WIDTH 12\nunsigned long long bits(unsigned long long)", &["WIDTH * 2"]),
        "24",
    );
    for (text, why) in [
        ("1 +", "1 + is no number: expected a constant, found the end of the text"),
        ("10UX", "10UX is no number"),
        ("(1", "the closing `)` is missing"),
        ("1)", "`)` is too much"),
        ("-1", "-1 does not fit unsigned long long"),
        ("1 / 0", "a division by zero"),
        ("-", "- is no number"),
        ("RED", "RED is no number"),
        ("09", "09 is no number"),
        ("0x", "0x is no number"),
        ("''", "'' is no number"),
        ("0.5", "0.5 is no integer"),
        ("(unsigned char)-1", "-1 does not fit unsigned char"),
    ] {
        fails(bits(text), 6, why);
    }
}

#[test]
fn floating_point_numbers_of_every_notation() {
    prints(sample("float next_float(float)", &["0x1p0"]), "1.0000001");
    prints(sample("float next_float(float)", &["0x1.8p-1f"]), "0.7500001");
    prints(ffi_call(&["m", "double fabs(double)", "-0x.8p1"]), "1");
    prints(ffi_call(&["m", "double fabs(double)", "-1.5L"]), "1.5");
    prints(ffi_call(&["m", "double fabs(double)", "1 / 4."]), "0.25");
    prints(ffi_call(&["m", "double fabs(double)", "-.5e-1"]), "0.05");
    prints(ffi_call(&["m", "double fabs(double)", "-inf"]), "inf");
    prints(sample("long double tenth(void)", &[]), "0.1");
    prints(sample("int is_tenth(long double)", &["0.1"]), "1");
    prints(sample("int is_tenth(long double)", &["(double) 0.1"]), "0");
    if cfg!(target_arch = "x86_64") {
        prints(sample("long double third(long double)", &["1"]), "0.33333333333333333334");
        prints(sample("long double half(long double)", &["1e4000"]), "5e3999");
    }
    fails(ffi_call(&["m", "double fabs(double)", "1e309"]), 6, "1e309 does not fit double");
    fails(ffi_call(&["m", "double fabs(double)", "0x1.8"]), 6, "0x1.8 is no number");
    fails(ffi_call(&["m", "double fabs(double)", "1.2.3"]), 6, "1.2.3 is no number");
    // Its suffix makes it a float, and then it is one.
    prints(sample("float next_float(float)", &["0x1.0000001p0f"]), "1.0000001");
}

#[test]
fn nothing_printed_is_less_than_the_value() {
    let raw = "struct raw { char bytes[3]; unsigned char more[2]; }; struct raw make_raw(void)";
    prints(sample(raw, &[]), "{bytes: \"\\177\\000\\001\", more: [0, 255]}");
    prints(sample("void fill_raw(char *to, int count)", &["out[3]", "3"]), "to = \"\\000\\200\"");
    prints(sample("const char *echo(const char *)", &["\"\\377\\xfe!\""]), "\"\\377\\376!\"");
    prints(
        sample("const char *echo(const char *)", &["\"gr\u{fc}\u{df}e \" \"\\u20ac\""]),
        "\"gr\u{fc}\u{df}e \u{20ac}\"",
    );
    prints(sample(&format!("{COLOUR} enum colour mixed(int)"), &["6"]), "BLUE");
    prints(sample(&format!("{COLOUR} enum colour mixed(int)"), &["7"]), "7");
}

#[test]
fn places_within_values() {
    let outs = "struct outs { int *number; char **text; double (*pair)[2]; }; void fill_outs(struct outs o)";
    let filled = "o.number = 7\no.text = \"filled\"\no.pair = [0.5, 1]";
    prints(sample(outs, &["{out, out, out}"]), filled);
    prints(sample(outs, &["{.number = &3, .text = out, .pair = &[2, 3]}"]), filled);
    prints(
        sample("void fill_each(int **list, int count)", &["[out, &9]", "2"]),
        "list[0] = 0\nlist[1] = 1",
    );
    let run = sample("void fill_each(int **list, int count)", &["&[out, out]", "2"]);
    assert!(
        run.stdout.contains("list = [(int *) 0x")
            && run.stdout.ends_with("list[0] = 0\nlist[1] = 1\n"),
        "{run:?}"
    );
    prints(sample("void two(int ends[2])", &["out"]), "ends = [1, 2]");
    prints(sample("void two(int ends[2])", &["out[3]"]), "ends = [1, 2, 0]");
    prints(sample("void two(int ends[2])", &["&[7, 8]"]), "ends = [1, 2]");
    prints(sample("void shout(char *s)", &["&\"loud\""]), "s = \"LOUD\"");
    fails(
        sample("void two(int ends[2])", &["out[1]"]),
        6,
        "argument 0: 1 \u{d7} int is too short for int [2]",
    );
    fails(sample("void two(int ends[2])", &["&[1]"]), 6, "1 \u{d7} int is too short for int [2]");
    fails(sample("void two(int ends[2])", &["&1"]), 6, "1 \u{d7} int is too short for int [2]");
    fails(sample("void two(int ends[2])", &["out[x]"]), 6, "`out[x]` says no number of elements");
    fails(sample(outs, &["{1, out, out}"]), 6, "argument 0: 1 is no pointer");
    fails(
        sample(&format!("{POINT} struct P scale(struct P p, float by)"), &["{out, 1}", "1"]),
        6,
        "only a pointer can bring a value back",
    );
}

#[test]
fn flexible_arrays_have_the_elements_that_are_given() {
    let packet = "struct packet { int count; short data[]; }; int sum_packet(struct packet *p)";
    prints(
        sample(packet, &["&{.count = 3, .data = [1, 2, 3]}"]),
        "6\np = {count: 3, data: [2, 4, 6]}",
    );
    prints(sample(packet, &["&{2, [5, 6]}"]), "11\np = {count: 2, data: [10, 12]}");
    prints(sample(packet, &["&{.count = 0}"]), "0\np = {count: 0, data: []}");
    let message =
        "struct message { int size; char text[]; }; int first_of(const struct message *m)";
    prints(sample(message, &["&{.text = \"abc\"}"]), "97003\nm = {size: 0, text: \"abc\"}");
    fails(sample(packet, &["&{.count = 1, .data = [70000]}"]), 6, "70000 does not fit short");
}

#[test]
fn strings_in_structs_and_wide_strings() {
    let sum = format!("{NAMED} int sum_named(const struct named *list, int count)");
    prints(sample(&sum, &["[{\"ab\", 10}, {.name = \"xyz\", .value = 1}]", "2"]), "23");
    let run = sample(&sum, &["&[{\"ab\", 10}]", "1"]);
    assert!(
        run.stdout.starts_with("20\nlist = [{name: (const char *) 0x")
            && run.stdout.ends_with(", value: 10}]\n"),
        "{run:?}"
    );
    prints(sample("int wide_length(const wchar_t *text)", &["L\"gr\u{fc}\u{df}e\""]), "5");
    prints(sample("int wide_length(const wchar_t *text)", &["\"\\x41\\u20ac\""]), "2");
    prints(
        sample("const wchar_t *wide_echo(const wchar_t *text)", &["L\"a\\x20ac\""]),
        "L\"a\u{20ac}\"",
    );
    let wide =
        "struct wide { wchar_t name[8]; unsigned short units[4]; }; int wide_first(struct wide w)";
    prints(sample(wide, &["{L\"A\", [1, 0, 0, 0]}"]), "66");
    prints(sample(wide, &["{.name = \"B\"}"]), "66");
    prints(sample("unsigned utf16_sum(const char16_t *text)", &["u\"AB\""]), "131");
    fails(sample(wide, &["{u\"A\", [1, 0, 0, 0]}"]), 6, "is no array of 8 elements");
    fails(sample("int wide_length(const wchar_t *text)", &["u\"A\""]), 6, "is no const wchar_t *");
    fails(sample("const char *echo(const char *)", &["L\"A\""]), 6, "is no const char *");
    fails(
        sample("const char *echo(const char *)", &["\"\\x20ac\""]),
        6,
        "the escape 0x20ac does not fit a char",
    );
    fails(
        sample("const char *echo(const char *)", &["\"\\xg\""]),
        6,
        "the escape \\x needs digits",
    );
    fails(
        sample("const char *echo(const char *)", &["\"\\ud800\""]),
        6,
        "an escape that is no character",
    );
}

#[test]
fn functions_that_print_their_calls() {
    let each = format!(
        "{COLOUR} int each(int count, int (*visit)(int index, const char *name, enum colour))"
    );
    let run = sample(&each, &["2", "print(1 << 4)"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let [first, second, sum] = lines[..] else { panic!("{run:?}") };
    assert!(
        first.starts_with("visit(index = 0, name = (const char *) 0x")
            && first.ends_with(", RED) -> 16"),
        "{first}"
    );
    assert!(
        second.starts_with("visit(index = 1, name = ")
            && second.ends_with(", BLUE) -> 16")
            && sum == "32",
        "{run:?}"
    );
    let then = format!("{POINT} void then(void (*done)(void), struct P (*)(double))");
    prints(
        sample(&then, &["print", "print({1, 2})"]),
        "before\ndone()\nargument 1(0.5) -> {x: 1, y: 2}\nafter 3",
    );
    prints(sample(&then, &["print", "print"]), "before\ndone()\nargument 1(0.5)\nafter 0");
    fails(sample(&each, &["1", "print(\"x\")"]), 6, "\"x\" is no int");
    fails(sample(&each, &["1", "print(1"]), 6, "print(1 is no pointer");
    fails(
        sample("int total(const int *list, int n)", &["print", "2"]),
        6,
        "print stands for a pointer to a function alone",
    );
}

#[test]
fn pointers_are_addresses_of_their_types() {
    prints(sample("int same_address(void *a, void *b)", &["(void *) 0x10", "(int *) 16"]), "1");
    prints(sample("int same_address(void *a, void *b)", &["(void *)0", "0"]), "1");
    prints(
        sample(
            "int same_address(void *a, void *b)",
            &["(void *)-1", "(void *) 0xffffffffffffffff"],
        ),
        "1",
    );
    prints(
        sample(
            "#define NONE ((void *)-1)\nint same_address(void *a, void *b)",
            &["NONE", "(void *)-1"],
        ),
        "1",
    );
    prints(ffi_call(&["c", "#define TEXT \"four\"\nsize_t strlen(const char *s)", "TEXT"]), "4");
    let run = sample("int (*the_function(void))(int)", &[]);
    assert!(run.stdout.starts_with("(int (*)(int)) 0x"), "{run:?}");
    fails(
        sample("int total(const int *list, int n)", &["(char *) 0x10", "1"]),
        6,
        "is no const int *",
    );
    fails(sample("int total(const int *list, int n)", &["0x10", "1"]), 6, "0x10 is no pointer");
}

#[test]
fn two_dashes_are_passed_over() {
    prints(ffi_call(&["c", "int abs(int)", "--", "-3"]), "3");
    prints(ffi_call(&["--", "c", "int abs(int)", "-3"]), "3");
    prints(ffi_call(&["--errno", "--", "c", "int abs(int)", "--", "-3"]), "3\nerrno = 0");
    fails(ffi_call(&["c", "int abs(int)", "--", "--"]), 6, "-- is no number");
}

#[test]
fn wrong_command_lines() {
    fails(ffi_call(&[]), 2, "a library and declarations are needed\nTry `ffi-call --help`.");
    fails(ffi_call(&["c"]), 2, "declarations are needed behind the library");
    fails(ffi_call(&["--abi"]), 2, "missing argument for option '--abi'");
    fails(
        ffi_call(&["--abi", "arm", "c", "int abs(int)"]),
        2,
        "no convention has the name \"arm\"",
    );
    fails(ffi_call(&["--fast", "c", "int abs(int)"]), 2, "invalid option '--fast'");
    let help = ffi_call(&["--help"]);
    assert!(
        help.code == 0
            && help.stdout.contains("Usage: ffi-call")
            && help.stdout.contains("Exit codes")
    );
}

#[test]
fn wrong_libraries_symbols_and_declarations() {
    fails(
        ffi_call(&["no-such-library", "int f(void)"]),
        3,
        "libno-such-library.so: dlopen failed: ",
    );
    fails(ffi_call(&["./none.so", "int f(void)"]), 3, "./none.so");
    fails(
        ffi_call(&["c", "int no_such_function(void)"]),
        4,
        "\"libc.so.6\" has no symbol \"no_such_function\"",
    );
    fails(
        ffi_call(&["c", "int abs(int"]),
        5,
        "line 1, column 12: expected `)`, found the end of the text\n    int abs(int\n               ^",
    );
    fails(
        ffi_call(&["c", "int abs(number)"]),
        5,
        "`number` is not a type that was declared\n    int abs(number)\n            ^~~~~~",
    );
    fails(ffi_call(&["c", "struct s { int a; };"]), 5, "no function is declared");
    fails(ffi_call(&["c", ""]), 5, "no function is declared");
    fails(ffi_call(&["c", "struct s abs(int)", "1"]), 7, "`struct s` is only announced here");
}

#[test]
fn wrong_arguments() {
    let abs = |arguments: &[&str]| ffi_call(&[&["c", "int abs(int n)"], arguments].concat());
    fails(abs(&[]), 6, "the function takes 1 arguments, but 0 were given");
    fails(abs(&["1", "2"]), 6, "the function takes 1 arguments, but 2 were given");
    fails(abs(&["3000000000"]), 6, "argument 0 (n): 3000000000 does not fit int");
    fails(abs(&["1.5"]), 6, "argument 0 (n): 1.5 is no integer, as int needs");
    fails(abs(&["one"]), 6, "argument 0 (n): one is no number");
    fails(abs(&["\"1\""]), 6, "argument 0 (n): \"1\" is no int");
    fails(abs(&["{1}"]), 6, "argument 0 (n): a list is no int");
    fails(abs(&["&1"]), 6, "argument 0: only a pointer can bring a value back");
    fails(abs(&["null"]), 6, "argument 0 (n): null is no int");
    fails(abs(&[""]), 6, "a value is missing");
    fails(abs(&["1 }"]), 6, "`}` is too much");
    fails(abs(&["\"1"]), 6, "the closing \" is missing");
    fails(abs(&["(int 1"]), 6, "the closing `)` is missing");
    fails(abs(&[&"(int)".repeat(100)]), 6, "nested deeper than 64 levels");
    fails(
        ffi_call(&["c", "size_t strlen(const char *s)", "text"]),
        6,
        "text is no pointer: write a string in double quotes",
    );
    fails(ffi_call(&["c", "size_t strlen(const char *s)", "5"]), 6, "5 is no pointer");
    fails(ffi_call(&["c", "size_t strlen(const char *s)", "\"a\\0b\""]), 6, "has a NUL inside");
    fails(
        ffi_call(&["c", "size_t strlen(const char *s)", "\"\\q\""]),
        6,
        "the escape \\q is not known",
    );
    fails(
        ffi_call(&["c", "void free(void *p)", "out"]),
        6,
        "argument 0: a pointer to void does not say what is there",
    );
    for value in ["&3", "&[1, 2]", "out[4]"] {
        let run = ffi_call(&["c", "void free(void *p)", value]);
        fails(run, 6, "argument 0: a pointer to void does not say what is there");
    }
    let scale = format!("{POINT} struct P scale(struct P p, float by)");
    fails(
        sample(&scale, &["{1}", "1"]),
        6,
        "argument 0 (p): a list of 1 is no struct P, which has 2 members",
    );
    fails(sample(&scale, &["{.z = 1}", "1"]), 6, "struct P has no member `z`");
    fails(sample(&scale, &["{.x = 1, 2}", "1"]), 6, "every member needs its name");
    fails(sample(&scale, &["{1; 2}", "1"]), 6, "a list of 1 is no struct P");
    fails(sample(&scale, &["1", "1"]), 6, "argument 0 (p): 1 is no struct P");
    fails(sample(&scale, &["{1, 1e300}", "1"]), 6, "argument 0 (p).y: 1e300 does not fit float");
    fails(sample("int total(const int *list, int n)", &["[1, 2", "2"]), 6, "expected `,` or `]`");
    fails(
        sample("int total(const int *list, int n)", &["[1, x]", "2"]),
        6,
        "argument 0 (list)[1]: x is no number",
    );
    fails(
        sample("unsigned char byte(unsigned char)", &["256"]),
        6,
        "256 does not fit unsigned char",
    );
    fails(sample("unsigned char byte(unsigned char)", &["-1"]), 6, "-1 does not fit unsigned char");
    fails(sample("_Bool negated(_Bool)", &["2"]), 6, "2 is neither 0 nor 1");
}

#[test]
fn crashes_are_told_from_failures() {
    fails(
        sample("int crash(void)", &[]),
        8,
        "the function did not return: it was ended by SIGSEGV",
    );
    fails(ffi_call(&["c", "size_t strlen(const char *)", "null"]), 8, "SIGSEGV");
    fails(ffi_call(&["c", "void abort(void)"]), 8, "SIGABRT, an abort");
    fails(ffi_call(&["c", "void exit(int)", "3"]), 8, "it ended the process with exit code 3");
    fails(ffi_call(&["c", "void exit(int)", "0"]), 8, "it ended the process with exit code 0");
    fails(ffi_call(&["c", "int raise(int)", "9"]), 8, "SIGKILL");
    if cfg!(target_arch = "x86_64") {
        fails(sample("int divide(int, int)", &["1", "0"]), 8, "SIGFPE, an arithmetic error");
    }
}
