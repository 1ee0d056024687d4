//! GLSL, whose preprocessor replaces words by texts and leaves lines out.
//!
//! What a macro is replaced by is measured once, and added wherever its name stands. Of lines of which some are left out,
//! all are looked at: those that are the deepest count.

use super::Excess;
use super::depth::{Depth, Level};
use super::locations::Locations;
use crate::lexer::{Kind, Token, tokens};
use std::collections::HashMap;

/// The most tokens that macros may be replaced by in all.
const REPLACED: usize = 1 << 20;

/// The most conditions of lines that may lie within one another.
const CONDITIONS: usize = 255;

/// Whether the text, with these words replaced, can be read.
pub(super) fn check(code: &str, defines: &[(&str, &str)]) -> Result<(), Excess> {
    let code = without_comments(&code.replace("\\\r\n", "").replace("\\\n", ""));
    let mut locations = Locations::default();
    tokens(&code).iter().for_each(|token| locations.read(token));
    locations.finish()?;
    let mut macros = Macros::default();
    for &(name, body) in defines {
        macros.0.entry(name).or_default().push(Macro { parameters: None, body });
    }
    for line in code.lines() {
        if let Some(("define", rest)) = directive(line) {
            macros.read(rest);
        }
    }
    let weights = macros.weights()?;
    let mut text = Text::new(&weights, &[]);
    let mut at = 0;
    for line in code.split_inclusive('\n') {
        match directive(line) {
            None => text.line(line, at)?,
            Some((name, rest)) => text.directive(name, rest, at)?,
        }
        at += line.len();
    }
    text.depth.finish(code.len())
}

/// The text with blanks instead of comments. Unlike those of WGSL, they cannot contain others.
fn without_comments(code: &str) -> String {
    let mut output = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("//").into_iter().chain(rest.find("/*")).min() {
        output.push_str(&rest[..start]);
        output.push(' ');
        let is_line = rest[start..].starts_with("//");
        let comment = &rest[start + 2..];
        let (inside, end) = match is_line {
            true => comment.split_at(comment.find('\n').unwrap_or(comment.len())),
            false => comment.split_once("*/").unwrap_or((comment, "")),
        };
        output.extend(inside.chars().filter(|character| *character == '\n'));
        rest = end;
    }
    output.push_str(rest);
    output
}

/// The name of the directive in this line, if it is one, and what follows.
fn directive(line: &str) -> Option<(&str, &str)> {
    let text = line.trim().strip_prefix('#')?.trim_start();
    let end = text.find(|character: char| !character.is_ascii_alphanumeric());
    Some(text.split_at(end.unwrap_or(text.len())))
}

/// The macros of a text, by their names: each may be defined several times.
#[derive(Default)]
struct Macros<'a>(HashMap<&'a str, Vec<Macro<'a>>>);

struct Macro<'a> {
    /// `None` for a macro without brackets behind its name.
    parameters: Option<Vec<&'a str>>,
    body: &'a str,
}

/// What it adds to a text that a macro is replaced.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    is_function: bool,
    /// The operators to which what stands around it is an operand.
    operators: usize,
    /// The depth of the deepest bracket.
    inner: usize,
    /// How many brackets stay open.
    open: usize,
    tokens: usize,
    /// How often its arguments are a part of it, and how often with no bracket of its own around them.
    arguments: usize,
    bare: usize,
}

impl<'a> Macros<'a> {
    /// Reads what follows `#define`.
    fn read(&mut self, line: &'a str) {
        let line = line.trim();
        let end = line.find(|c: char| !(c == '_' || c.is_ascii_alphanumeric()));
        let (name, rest) = line.split_at(end.unwrap_or(line.len()));
        let list = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let (parameters, body) = match list {
            Some((list, body)) => (Some(list.split(',').map(str::trim).collect()), body),
            None => (None, rest),
        };
        self.0.entry(name).or_default().push(Macro { parameters, body });
    }

    /// Measures all of them, those first that others contain.
    fn weights(&self) -> Result<HashMap<&'a str, Weight>, Excess> {
        let excess = Excess { what: "macros that contain one another", limit: 0, at: 0 };
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut missing: HashMap<&str, usize> = HashMap::new();
        for (name, macros) in &self.0 {
            let words = macros.iter().flat_map(|one| tokens(one.body)).map(|token| token.text);
            let needs = words.filter(|word| word != name && self.0.contains_key(word));
            let mut count = 0;
            for need in needs {
                users.entry(need).or_default().push(*name);
                count += 1;
            }
            missing.insert(*name, count);
        }
        let ready = missing.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name);
        let mut ready = ready.collect::<Vec<_>>();
        let mut weights = HashMap::new();
        while let Some(name) = ready.pop() {
            let mut weight = Weight::default();
            for one in &self.0[name] {
                weight = weight.max(one.weight(&weights)?);
            }
            weights.insert(name, weight);
            for user in users.remove(name).unwrap_or_default() {
                let count = missing.get_mut(user).expect("every macro was counted");
                *count -= 1;
                if *count == 0 {
                    ready.push(user);
                }
            }
        }
        if weights.len() == self.0.len() { Ok(weights) } else { Err(excess) }
    }
}

impl Macro<'_> {
    fn weight(&self, weights: &HashMap<&str, Weight>) -> Result<Weight, Excess> {
        let parameters = self.parameters.as_deref().unwrap_or_default();
        let mut text = Text::new(weights, parameters);
        text.line(self.body, 0)?;
        let open = text.depth.levels.len() - 1;
        let mut weight =
            Weight { is_function: self.parameters.is_some(), open, ..Weight::default() };
        for (index, (level, count)) in text.depth.levels.iter_mut().zip(&text.counts).enumerate() {
            level.end_operand();
            let inner = if index == 0 { level.most_inner } else { level.total() };
            weight.inner = weight.inner.saturating_add(inner);
            weight.operators = weight.operators.max(level.most_operators);
            weight.tokens = weight.tokens.saturating_add(count.tokens);
            weight.arguments = weight.arguments.saturating_add(count.arguments);
            weight.bare = weight.bare.saturating_add(count.bare);
        }
        Ok(weight)
    }
}

impl Weight {
    fn max(self, other: Self) -> Self {
        Self {
            is_function: self.is_function || other.is_function,
            operators: self.operators.max(other.operators),
            inner: self.inner.max(other.inner),
            open: self.open.max(other.open),
            tokens: self.tokens.max(other.tokens),
            arguments: self.arguments.max(other.arguments),
            bare: self.bare.max(other.bare),
        }
    }
}

/// A text with macros in it, up to a token.
struct Text<'a, 'w> {
    depth: Depth<'a>,
    /// What is in each of the levels.
    counts: Vec<Count>,
    weights: &'w HashMap<&'a str, Weight>,
    parameters: &'w [&'a str],
    /// The macro that is replaced if a bracket follows.
    called: Option<Weight>,
    /// How many tokens there are in place of macros.
    replaced: usize,
    conditions: Vec<Condition>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    tokens: usize,
    arguments: usize,
    bare: usize,
    /// The macro whose arguments these are.
    called: Option<Weight>,
}

/// Lines of which some are left out.
struct Condition {
    before: State,
    /// The deepest of the alternatives that came before.
    deepest: State,
}

/// The levels of a text, and what is in each.
type State = Vec<(Level, Count)>;

impl<'a, 'w> Text<'a, 'w> {
    fn new(weights: &'w HashMap<&'a str, Weight>, parameters: &'w [&'a str]) -> Self {
        Self {
            depth: Depth::new(),
            counts: vec![Count::default()],
            weights,
            parameters,
            called: None,
            replaced: 0,
            conditions: Vec::new(),
        }
    }

    fn line(&mut self, line: &'a str, at: usize) -> Result<(), Excess> {
        tokens(line)
            .into_iter()
            .try_for_each(|token| self.read(Token { start: at + token.start, ..token }))
    }

    fn read(&mut self, token: Token<'a>) -> Result<(), Excess> {
        let called = self.called.take();
        match token.text {
            "(" | "[" | "{" => {
                self.depth.read(token)?;
                self.counts.push(Count {
                    called: called.filter(|_| token.text == "("),
                    ..Count::default()
                });
                return Ok(());
            }
            ")" | "]" | "}" if self.counts.len() > 1 => return self.close(token),
            word if token.kind == Kind::Word => {
                if self.parameters.contains(&word) {
                    self.count().arguments += 1;
                    self.count().bare += 1;
                } else if let Some(&weight) = self.weights.get(word) {
                    if weight.is_function {
                        self.called = Some(weight);
                    } else {
                        self.replace(weight, Level::default(), Count::default(), token.start)?;
                    }
                }
            }
            _ => {}
        }
        self.count().tokens += 1;
        self.depth.read(token)
    }

    fn close(&mut self, token: Token<'a>) -> Result<(), Excess> {
        let Some(count) = self.counts.pop() else { return Ok(()) };
        match count.called {
            Some(weight) => {
                let inside = self.depth.leave(token);
                self.replace(weight, inside, count, token.start)
            }
            None => {
                self.depth.read(token)?;
                let around = self.count();
                around.tokens = around.tokens.saturating_add(count.tokens);
                around.arguments = around.arguments.saturating_add(count.arguments);
                Ok(())
            }
        }
    }

    /// Adds what a macro is replaced by, with what is between its brackets as often as it has it.
    fn replace(
        &mut self,
        weight: Weight,
        inside: Level,
        count: Count,
        at: usize,
    ) -> Result<(), Excess> {
        let times = |one: usize| one.saturating_mul(weight.arguments);
        let bare = |one: usize| one.saturating_mul(weight.bare);
        let level = self.depth.level();
        let operators = bare(inside.most_operators).saturating_add(weight.operators);
        level.operators = level.operators.saturating_add(operators);
        let is_within = weight.arguments > weight.bare;
        let inner = if is_within { inside.total() } else { inside.most_inner };
        level.inner = level.inner.max(weight.inner.saturating_add(inner));
        let added = times(count.tokens).saturating_add(weight.tokens);
        self.replaced = self.replaced.saturating_add(added);
        let around = self.count();
        around.tokens = around.tokens.saturating_add(added);
        around.arguments = around.arguments.saturating_add(times(count.arguments));
        around.bare = around.bare.saturating_add(bare(count.bare));
        if self.replaced > REPLACED {
            return Err(Excess { what: "tokens in place of macros", limit: REPLACED, at });
        }
        for _ in 0..weight.open {
            self.depth.open(at)?;
            self.counts.push(Count::default());
        }
        Ok(())
    }

    fn count(&mut self) -> &mut Count {
        self.counts.last_mut().expect("the first level is never closed")
    }

    /// Goes on by a directive, of which the conditions matter: macros are known already.
    fn directive(&mut self, name: &str, rest: &'a str, at: usize) -> Result<(), Excess> {
        if matches!(name, "if" | "elif") {
            let mut condition = Text::new(self.weights, &[]);
            condition.line(rest, at)?;
            condition.depth.finish(at)?;
        }
        match name {
            "if" | "ifdef" | "ifndef" => {
                if self.conditions.len() == CONDITIONS {
                    let what = "conditions within one another";
                    return Err(Excess { what, limit: CONDITIONS, at });
                }
                let before = self.state();
                self.conditions.push(Condition { deepest: before.clone(), before });
            }
            "else" | "elif" => {
                let state = self.state();
                if let Some(condition) = self.conditions.last_mut() {
                    condition.deepest = deeper(std::mem::take(&mut condition.deepest), state);
                    let before = condition.before.clone();
                    self.go_on_from(before);
                }
            }
            "endif" => {
                let state = self.state();
                if let Some(condition) = self.conditions.pop() {
                    self.go_on_from(deeper(condition.deepest, state));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn state(&self) -> State {
        self.depth.levels.iter().copied().zip(self.counts.iter().copied()).collect()
    }

    fn go_on_from(&mut self, state: State) {
        (self.depth.levels, self.counts) = state.into_iter().unzip();
    }
}

/// What is at least as deep as both.
fn deeper(one: State, other: State) -> State {
    let (mut long, short) = if one.len() < other.len() { (other, one) } else { (one, other) };
    for ((level, count), (other, others)) in long.iter_mut().zip(short) {
        level.include(other);
        count.tokens = count.tokens.max(others.tokens);
        count.arguments = count.arguments.max(others.arguments);
        count.bare = count.bare.max(others.bare);
    }
    long
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(code: &str) -> bool {
        check(code, &[]).is_ok()
    }

    #[test]
    fn macros_are_counted_where_they_stand() {
        let chain = |body: fn(usize) -> String, count| {
            let defines = (1..=count).map(|n| format!("#define A{n} {}\n", body(n - 1)));
            format!("#define A0 x\n{}void main() {{ x = A{count}; }}", defines.collect::<String>())
        };
        assert!(within(&chain(|n| format!("A{n}"), 10_000)));
        assert!(within(&chain(|n| format!("A{n} + A{n}"), 9)));
        assert!(!within(&chain(|n| format!("A{n} + A{n}"), 10)));
        assert!(within(&chain(|n| format!("f(A{n}, A{n})"), 16)));
        assert!(!within(&chain(|n| format!("f(A{n}, A{n})"), 64)));
        assert!(within(&chain(|n| format!("((A{n}))"), 200)));
        assert!(!within(&chain(|n| format!("((A{n}))"), 600)));
        assert!(!within("#define A B\n#define B A\n"));
        assert!(within("#define A A\nvoid main() { A; }"));
    }

    #[test]
    fn arguments_are_counted_as_often_as_they_are_used() {
        let nested = |body: &str, count: usize| {
            format!(
                "#define F(x) {body}\nvoid main() {{ y = {}1{}; }}",
                "F(".repeat(count),
                ")".repeat(count)
            )
        };
        assert!(within(&nested("x + x", 8)));
        assert!(!within(&nested("x + x", 12)));
        assert!(within(&nested("f(x, x)", 14)));
        assert!(!within(&nested("f(x, x)", 40)));
        let twice = "#define F(x) x, x\n#define G(x) F(F(x))\n#define H(x) G(G(x))\n#define I(x) H(H(x))\n#define J(x) I(I(x))\n";
        assert!(!within(&format!("{twice}void main() {{ f(J(J(1))); }}")));
    }

    #[test]
    fn brackets_that_a_macro_leaves_open() {
        let open = format!("#define O {}\n", "(".repeat(20));
        assert!(within(&format!("{open}void main() {{ x = O 1; }}")));
        assert!(!within(&format!("{open}void main() {{ x = {} 1; }}", "O ".repeat(20))));
    }

    #[test]
    fn lines_that_may_be_left_out() {
        let hidden = format!("#if 0\n{}\n#endif\n", ")".repeat(100));
        let open = "(".repeat(100);
        assert!(!within(&format!("void main() {{ x = {open}\n{hidden}{open}\n{hidden}{open}")));
        let alternatives = "#ifdef A\nvoid f() {\n#else\nvoid g() {\n#endif\n}\n".repeat(1000);
        assert!(within(&alternatives));
        assert!(!within(&format!("#if {}1{}\n#endif\n", "(".repeat(300), ")".repeat(300))));
        assert!(!within(&"#if 1\n".repeat(300)));
    }

    #[test]
    fn comments_and_lines_that_go_on() {
        assert!(!within(&format!("void main() {{ x = /* /* */ {}", "(".repeat(300))));
        assert!(within(&format!(
            "void main() {{ }} // {}\n/* {}\n*/",
            "(".repeat(300),
            "(".repeat(300)
        )));
        assert!(!within(&format!(
            "#define A\\\nA {}\nvoid main() {{ x = A\\\nA; }}",
            "(".repeat(300)
        )));
    }

    #[test]
    fn words_that_the_caller_defines() {
        let sum = "x + ".repeat(1200) + "x";
        assert!(check("void main() { x = SUM; }", &[("SUM", &sum)]).is_err());
        assert!(check("void main() { x = 1; }", &[("SUM", "x + x")]).is_ok());
    }
}
