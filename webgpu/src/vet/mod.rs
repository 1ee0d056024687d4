//! What shaders are looked at for before the engine reads them.
//!
//! The engine's readers call themselves for whatever is nested in a shader, and end the process when the stack is full. So
//! what is nested deeper than here is refused first, by code that takes as much stack for any text. The limits leave a
//! thread with the stack that Rust gives it, 2 MiB, more than a third of it.

mod dependencies;
mod depth;
mod glsl;
mod locations;
mod spirv;

use crate::lexer::tokens;
use crate::shader_source::ShaderSource;
use dependencies::Declarations;
use depth::Depth;
use locations::Locations;
pub(crate) use spirv::has_workgroup_memory;
use std::fmt;

/// The largest location of an input or output: the engine marks it in a set of bits that reaches from 0 to there.
const LOCATIONS: u32 = 0xffff;

/// More than there may be of something at a place of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    what: &'static str,
    limit: usize,
    /// In bytes; for SPIR-V, in words.
    at: usize,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shader has more than {} {} at offset {}", self.limit, self.what, self.at)
    }
}

/// Why the engine must not get to see this source, if it must not.
pub(crate) fn refusal(source: &ShaderSource<'_>) -> Option<String> {
    let text = |checked: Result<(), Excess>| checked.err().map(|excess| excess.to_string());
    match source {
        ShaderSource::Wgsl(code) => text(wgsl(code)),
        ShaderSource::Glsl { shader, defines, .. } => text(glsl::check(shader, defines)),
        ShaderSource::SpirV(words) => spirv::check(words).err(),
        #[cfg(feature = "naga-ir")]
        ShaderSource::Naga(_) => None,
        ShaderSource::Dummy(_) => None,
    }
}

fn wgsl(code: &str) -> Result<(), Excess> {
    let (mut depth, mut declarations) = (Depth::new(), Declarations::default());
    let mut locations = Locations::default();
    for token in tokens(code) {
        depth.read(token)?;
        declarations.read(&token);
        locations.read(&token);
    }
    depth.finish(code.len())?;
    locations.finish()?;
    declarations.finish(code.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest text of the form that is not too deep, by the number of repetitions.
    fn most(form: impl Fn(usize) -> String) -> usize {
        let accepted = |count: &usize| wgsl(&form(*count)).is_ok();
        let (mut low, mut high) = (0, 1 << 14);
        while low + 1 < high {
            let middle = (low + high) / 2;
            if accepted(&middle) { low = middle } else { high = middle }
        }
        assert!(accepted(&low) && !accepted(&high));
        low
    }

    #[test]
    fn what_is_within_what() {
        let repeated = |before: &'static str, after: &'static str| {
            move |count| {
                format!("fn f() {{ x = {}x{}; }}", before.repeat(count), after.repeat(count))
            }
        };
        assert_eq!(most(repeated("(", ")")), 254);
        assert_eq!(most(repeated("", " + x")), 998);
        assert_eq!(most(repeated("", " && x")), 998);
        assert_eq!(most(repeated("", ".xyzw")), 998);
        assert_eq!(most(repeated("!", "")), 998);
        assert_eq!(most(repeated("*&", "")), 499);
        assert_eq!(most(repeated("", "[0]")), 997);
        let branches = |count| format!("fn f() {{ {} }}", "else if a == b && c {}".repeat(count));
        assert_eq!(most(branches), 996);
        let arrays =
            |count| format!("alias A = {}f32{};", "array<".repeat(count), ",1>".repeat(count));
        assert_eq!(most(arrays), 333);
        let names = |count| (0..count).map(|n| format!("alias A{n} = A{};", n + 1)).collect();
        assert_eq!(most(names), 1000);
    }

    #[test]
    fn what_is_beside_what() {
        let many = |text: &str| text.repeat(20_000);
        for code in [
            format!("fn f() {{ {} }}", many("x = x + 1; ")),
            format!("fn f() {{ {} }}", many("{ x = 1; } ")),
            format!("fn f() {{ {} }}", many("if a == b { x = 1; } else { x = 2; } ")),
            format!("fn f() {{ x = f({}); }}", many("a + b, ")),
            many("fn f(a: vec4<f32>) -> vec4<f32> { return a; } "),
            many("const c = a;"),
            format!("const c = array({});", many("vec2<f32>(1.0, 2.0), ")),
            many("/* (((((( */ // [[[[[\n"),
        ] {
            assert_eq!(wgsl(&code), Ok(()), "{}", &code[..60]);
        }
    }

    #[test]
    fn texts_that_do_not_end() {
        for text in ["(", "[", "{", "((x+", "if x {", "array<", "x+", "else ", "f("] {
            assert!(wgsl(&text.repeat(10_000)).is_err(), "{text}");
        }
        assert_eq!(wgsl(&")".repeat(10_000)), Ok(()));
    }
}
