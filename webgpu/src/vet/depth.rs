//! How deep the parts of a text lie within one another.
//!
//! A reader of shaders calls itself for what stands in brackets, and what comes after it walks down operators, each of
//! which has the ones before it as its operand. Here both are counted from left to right, whatever the length of the text.

use super::Excess;
use crate::lexer::{Kind, Token};

/// The most brackets that may be open at once. WGSL lets a reader refuse more than 127 pairs of braces.
pub(super) const BRACKETS: usize = 255;

/// The most operators, members, calls, statements and brackets of which each is a part of another.
pub(super) const PARTS: usize = 1000;

/// The most loops within one another, as WGSL has it for braces: each may double the time that a driver takes.
const LOOPS: usize = 127;

/// How many operators the beginning of a template counts for, which takes the reader as much stack.
const TEMPLATE: usize = 3;

/// What is between two brackets, as far as it was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Level {
    /// The operators since the last comma or semicolon: each may have all before it as an operand.
    pub(super) operators: usize,
    /// The statements without braces around the next one, such as each `else if`.
    statements: usize,
    /// The loops among them.
    loops: usize,
    /// The depth of the deepest bracket among these operators.
    pub(super) inner: usize,
    /// The deepest of all that came before.
    done: usize,
    /// The most operators between two commas, and the depth of the deepest bracket.
    pub(super) most_operators: usize,
    pub(super) most_inner: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.operators.saturating_add(self.statements).saturating_add(self.inner)
    }

    /// Ends an operand, within the same statement.
    pub(super) fn end_operand(&mut self) {
        self.done = self.done.max(self.depth());
        self.most_operators = self.most_operators.max(self.operators);
        self.most_inner = self.most_inner.max(self.inner);
        (self.operators, self.inner) = (0, 0);
    }

    fn end_statement(&mut self) {
        self.end_operand();
        (self.statements, self.loops) = (0, 0);
    }

    /// The depth of all of it.
    pub(super) fn total(&self) -> usize {
        self.done.max(self.depth())
    }

    /// Becomes at least as deep as another one.
    pub(super) fn include(&mut self, other: Self) {
        self.operators = self.operators.max(other.operators);
        self.statements = self.statements.max(other.statements);
        self.loops = self.loops.max(other.loops);
        self.inner = self.inner.max(other.inner);
        self.done = self.done.max(other.done);
        self.most_operators = self.most_operators.max(other.most_operators);
        self.most_inner = self.most_inner.max(other.most_inner);
    }
}

/// The depth of a text up to a token.
#[derive(Clone, Debug)]
pub(super) struct Depth<'a> {
    /// What no bracket is around comes first.
    pub(super) levels: Vec<Level>,
    /// The tokens before.
    previous: Option<Token<'a>>,
    /// Whether an operator begins with the one before.
    begins: bool,
    /// Whether the last one was a semicolon or closed a brace, so that only `else` goes on with its statement.
    may_end: bool,
}

impl<'a> Depth<'a> {
    pub(super) fn new() -> Self {
        Self { levels: vec![Level::default()], previous: None, begins: false, may_end: false }
    }

    /// What is around the next token.
    pub(super) fn level(&mut self) -> &mut Level {
        self.levels.last_mut().expect("the first level is never closed")
    }

    /// Goes on by a token; tells what is too deep.
    pub(super) fn read(&mut self, token: Token<'a>) -> Result<(), Excess> {
        let is_else = token.text == "else";
        if std::mem::take(&mut self.may_end) && !is_else {
            self.level().end_statement();
        }
        match token.text {
            "(" | "[" => {
                self.level().operators += 1;
                self.open(token.start)?;
            }
            "{" => {
                self.level().end_operand();
                self.open(token.start)?;
            }
            ")" | "]" | "}" => {
                self.close(token.start)?;
                self.may_end = token.text == "}";
            }
            "," => self.level().end_operand(),
            ";" => {
                self.level().end_operand();
                self.may_end = true;
            }
            "if" if self.previous.is_some_and(|previous| previous.text == "else") => {}
            "if" | "else" | "switch" => self.level().statements += 1,
            "for" | "while" | "do" | "loop" => {
                self.level().statements += 1;
                self.level().loops += 1;
                let loops = self.levels.iter().map(|level| level.loops).sum::<usize>();
                if loops > LOOPS {
                    let what = "loops within one another";
                    return Err(Excess { what, limit: LOOPS, at: token.start });
                }
            }
            _ => {}
        }
        self.begins = token.kind == Kind::Mark && self.begins_operator(token.text, token.start);
        if self.begins {
            let follows_word = self.previous.is_some_and(|previous| previous.kind == Kind::Word);
            let may_begin_template = token.text == "<" && follows_word;
            self.level().operators += if may_begin_template { TEMPLATE } else { 1 };
        }
        self.previous = Some(token);
        self.check(token.start)
    }

    /// Opens a bracket.
    pub(super) fn open(&mut self, at: usize) -> Result<(), Excess> {
        self.levels.push(Level::default());
        match self.levels.len() > BRACKETS + 1 {
            true => Err(Excess { what: "brackets within one another", limit: BRACKETS, at }),
            false => Ok(()),
        }
    }

    /// Closes a bracket. One too many closes nothing.
    fn close(&mut self, at: usize) -> Result<(), Excess> {
        if self.levels.len() > 1
            && let Some(mut closed) = self.levels.pop()
        {
            closed.end_operand();
            let level = self.level();
            level.inner = level.inner.max(closed.total() + 1);
        }
        self.check(at)
    }

    /// Leaves the innermost level, whose brackets are no part of the text that is read in the end.
    pub(super) fn leave(&mut self, token: Token<'a>) -> Level {
        self.previous = Some(token);
        let mut left = match self.levels.len() {
            1 => Level::default(),
            _ => self.levels.pop().unwrap_or_default(),
        };
        left.end_operand();
        left
    }

    /// Whether the innermost level is too deep by itself.
    fn check(&mut self, at: usize) -> Result<(), Excess> {
        match self.level().total() > PARTS {
            true => Err(Excess { what: "parts within one another", limit: PARTS, at }),
            false => Ok(()),
        }
    }

    /// Whether an operator begins with this character: most have one, some have two.
    fn begins_operator(&self, text: &str, start: usize) -> bool {
        const PAIRS: [&str; 12] =
            ["&&", "||", "<<", ">>", "<=", ">=", "==", "!=", "->", "++", "--", "##"];
        let is_operator = "+-*/%&|^<>=!~.?".contains(text);
        let is_second = self.previous.filter(|_| self.begins).is_some_and(|previous| {
            let before = previous.text;
            previous.end() == start
                && (PAIRS.iter().any(|pair| {
                    pair.starts_with(before) && pair.ends_with(text) && before.len() == 1
                }) || (text == "=" && "+-*/%&|^".contains(before)))
        });
        is_operator && !is_second
    }

    /// The text is at its end, with brackets that are still open closed there.
    pub(super) fn finish(mut self, at: usize) -> Result<(), Excess> {
        while self.levels.len() > 1 {
            self.close(at)?;
        }
        self.check(at)
    }
}
