//! The parser against texts nobody would write: it ends soon, with declarations or an error whose caret is in the text.
//!
//! `DECLARE_FUZZ_SECONDS` and `DECLARE_FUZZ_SEED` make a longer run, or that of another seed.
#![allow(missing_docs, reason = "a test has no public items")]

use std::time::{Duration, Instant};

use ffi::error::DeclarationError;
use ffi::{Declarations, Error};

/// xorshift64*: the same texts for the same seed on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const WORDS: &[&str] = &[
    "int",
    "char",
    "unsigned",
    "long",
    "double",
    "void",
    "struct",
    "union",
    "enum",
    "typedef",
    "const",
    "static",
    "sizeof",
    "_Alignof",
    "a",
    "b",
    "s",
    "t",
    "T",
    "size_t",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "*",
    ",",
    ";",
    ":",
    "=",
    "...",
    "1",
    "0",
    "3u",
    "0xffffffffffffffff",
    "'x'",
    "\"text\"",
    "+",
    "-",
    "<<",
    "?",
    "/",
    "%",
    "&&",
    "~",
    "!",
    ".",
    "__attribute__((packed))",
    "__attribute__((aligned(8)))",
    "__attribute__((",
    "))",
    "vector_size(16)",
    "vector_size(64)",
    "_Float16",
    "_Decimal64",
    "mode(DI)",
    "_Static_assert(",
    "__asm__(\"x\")",
    "__builtin_offsetof(struct s, a)",
    "\n#pragma pack(1)\n",
    "\n# 1 \"x\"\n",
    "/*",
    "*/",
    "//",
    "\\",
    "é",
    "_Complex",
    "__int128",
    "_Bool",
    "__extension__",
    "_Alignas(16)",
    "f",
    "__attribute__((aligned(4), mode(QI)))",
    "__attribute__((ext_vector_type(3)))",
    "__attribute__((ms_abi))",
    "__attribute__((unknown))",
    "[[gnu::packed]]",
    "[[",
    "]]",
    "__declspec(align(8))",
    "_Atomic",
    "typeof(",
    "->",
    "((struct s *)0)->a",
    "nullptr",
    "true",
    "1'0",
    "0x1p3",
    "2.5f",
    "L'x'",
    "u8\"x\"",
    "'",
    "\n#pragma pack(push, l, 2)\n",
    "\n#pragma pack(pop)\n",
    "_Pragma(\"pack(1)\")",
    "__pragma(pack())",
    "__builtin_choose_expr(1, 2, 3)",
    "static_assert(",
    "constexpr",
    "enum e : char",
    "_Float32",
    "@",
];

const SEEDS: &[&str] = &[
    "typedef struct s { int a : 3, : 0; char b[sizeof(int) * 2]; union { float x; struct s *next; }; } T;",
    "int (*(*f(int n, const char *restrict a[n], void (*g)(struct s *, ...)))[3])(void) __asm__(\"f_real\");",
    "enum e { A = 1 << 4, B = A | (2 ? 3 : 4), C = -B % 7 } __attribute__((packed)); extern int v[C < 0 ? 4 : 5];",
    "static inline int f(int x) { return x ? '}' : \"{\"[0]; } _Static_assert(sizeof(long) == 8, \"\"); double g(double, ...);",
    "typedef float v4 __attribute__((vector_size(16))); struct q { v4 v; _Alignas(32) char c; double d[]; };",
    "# 7 \"x.h\" 3\n#pragma pack(push, 2)\nstruct p { char c; long long l; enum { P1, P2 = sizeof(struct p *) } e : 2; };\n#pragma pack(pop)\n",
    "__extension__ typedef struct { union { struct { int x, y; }; long both; }; } u; extern u *const volatile us[3][sizeof(u)];",
    "typedef int di __attribute__((__mode__(__DI__))); __attribute__((ms_abi, noreturn)) di f(di (*)(di), di[static 2], ...);",
    "typedef __typeof__(sizeof 0) z; void (*signal(int n, void (*h)(int)))(int); int a[(unsigned char)300 + 'a' - '\\x41'];",
    "struct t { char c; struct s __attribute__((aligned(32))) x; int b : 3 __attribute__((packed)); __int128 w : 70; }; enum e : short;",
    "[[nodiscard]] int f([[maybe_unused]] int a, double m[a][a]) [[gnu::pure]]; int k(a, b) int a; char *b; { return a; } int j();",
    "enum { X = sizeof(((struct s *)0)->b) + (1 ? 2 : 1 / 0), Y = &((struct s *)8)->x - (char *)0, Z = 1'000, W = L'\\xff' }; constexpr int n = 3;",
    "typedef typeof(nullptr) nullptr_t; __typeof__(((struct s { int x[3]; } *)0)->x) y; struct __declspec(align(16)) da { int x; } v;",
    "struct a; union b { struct a *p; long double d; _Complex float c; }; inline int g(union b b) { for (;;) { if (b.d) break; } return 0; }",
];

/// Types that the declarations of the grammar use, some of them.
const PRELUDE: &str = "typedef long T; struct s0 { int a; }; struct s1 { struct s0 s; char c[3]; }; struct s2 { double d; };";

/// A soup of words, grammar or a good text with bites taken out of it.
fn text(random: &mut Random) -> String {
    match random.below(4) {
        0 => {
            let length = 1 + random.below(60);
            (0..length)
                .map(|_| random.pick(WORDS).to_owned() + random.pick(&[" ", "", " "]))
                .collect()
        }
        1 => {
            let declarations: String =
                (0..1 + random.below(4)).map(|_| declaration(random, 0) + "; ").collect();
            // Half of the time the names are there that it is likely to use.
            random.pick(&["", PRELUDE]).to_owned() + &declarations
        }
        2 => {
            let mut bytes = random.pick(SEEDS).as_bytes().to_vec();
            for _ in 0..1 + random.below(8) {
                let at = random.below(bytes.len().max(1));
                match random.below(3) {
                    0 if !bytes.is_empty() => bytes[at] = random.next() as u8,
                    1 if !bytes.is_empty() => {
                        drop(bytes.drain(at..(at + random.below(9)).min(bytes.len())))
                    }
                    _ => drop(bytes.splice(at..at, random.pick(WORDS).bytes())),
                }
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => {
            let (one, other) = (random.pick(SEEDS), random.pick(SEEDS));
            let cut =
                |text: &str, at: usize| text.chars().take(at % text.len()).collect::<String>();
            let head = cut(one, random.next() as usize);
            head + &cut(other, random.next() as usize).repeat(1 + random.below(40))
        }
    }
}

/// A declaration that is mostly good.
fn declaration(random: &mut Random, depth: usize) -> String {
    let kinds = [6, 5, 5, 5].get(depth).unwrap_or(&3);
    let base = match random.below(*kinds) {
        0 => {
            random.pick(&["int", "unsigned char", "long double", "T", "size_t", "_Bool"]).to_owned()
        }
        1 => format!("struct s{}", random.below(4)),
        2 => random.pick(&["const char", "void", "float _Complex"]).to_owned(),
        3 => {
            let members: String = (0..random.below(5))
                .map(|_| {
                    declaration(random, depth + 1)
                        + random.pick(&["; ", "; ", "; ", "; ", " : 3; "])
                })
                .collect();
            let (kind, name) = (random.pick(&["struct", "union"]), random.below(40));
            format!("{kind} {} {{ {members} }} ", random.pick(&["", &format!("t{name}")]))
        }
        4 => format!(
            "enum e{} {{ E{} = {}, F{} }}",
            random.below(50),
            random.below(90),
            random.next() as i32,
            random.below(90)
        ),
        _ => format!("typedef {}", declaration(random, depth + 1)),
    };
    let mut declarator = format!("n{}", random.below(300));
    for _ in 0..random.below(5) {
        declarator = match random.below(4) {
            0 => format!("*{declarator}"),
            1 => format!("({declarator})"),
            2 => format!("{declarator}[{}]", random.below(100)),
            _ => format!("(*{declarator})({})", declaration(random, depth + 1)),
        };
    }
    format!("{base} {declarator}")
}

/// Parses one text, strictly and leniently, and uses everything that comes out of it.
fn try_text(text: &str) -> bool {
    let started = Instant::now();
    let parsed = Declarations::parse(text);
    match &parsed {
        Ok(declarations) => use_all(text, declarations),
        Err(Error::Declaration(error)) => check_place(text, error),
        Err(other) => panic!("{text}\n{other}"),
    }
    let (declarations, mistakes) = Declarations::parse_lenient(text);
    assert_eq!(parsed.is_err(), !mistakes.is_empty(), "{text}");
    if let Err(Error::Declaration(first)) = &parsed {
        assert_eq!(**first, mistakes[0], "{text}");
    }
    mistakes.iter().for_each(|mistake| check_place(text, mistake));
    use_all(text, &declarations);
    assert!(started.elapsed() < Duration::from_secs(5), "this took too long:\n{text}");
    parsed.is_ok()
}

fn use_all(text: &str, declarations: &Declarations) {
    for function in declarations.functions() {
        let shown = function.to_string();
        assert!(!shown.is_empty());
        let _ = function.signature(&[]);
    }
    for name in declarations.composites() {
        let ty = declarations.type_named(&name).unwrap_or_else(|error| panic!("{text}\n{error}"));
        for member in declarations.members(&ty).unwrap() {
            assert!(member.offset() <= declarations.size_of(&name).unwrap(), "{text}");
        }
    }
}

fn check_place(text: &str, error: &DeclarationError) {
    assert!(error.line() >= 1 && error.line() <= 1 + text.matches('\n').count(), "{text}\n{error}");
    let line = text.split('\n').nth(error.line() - 1).unwrap();
    assert!(error.column() <= 1 + line.chars().count(), "{text}\n{error}");
}

#[test]
fn no_text_panics_or_hangs() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seed = number("DECLARE_FUZZ_SEED").unwrap_or(1);
    let seconds = number("DECLARE_FUZZ_SECONDS");
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let started = Instant::now();
    let (mut tried, mut taken) = (0_u64, 0_u64);
    let more = |tried| match seconds {
        Some(seconds) => started.elapsed() < Duration::from_secs(seconds),
        None => tried < 20_000,
    };
    while more(tried) {
        let text = text(&mut random);
        taken += u64::from(try_text(&text));
        tried += 1;
    }
    println!("seed {seed}: {tried} texts, {taken} of them declarations");
    // Both ways out are taken often: the texts are neither all good nor all bad.
    assert!(taken > tried / 50 && taken < tried * 49 / 50, "{taken} of {tried}");
}
