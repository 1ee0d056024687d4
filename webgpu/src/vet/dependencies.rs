//! How long the chains of declarations are in which each needs the next one.
//!
//! The reader of WGSL calls itself for a declaration that another one needs, wherever that stands.

use super::Excess;
use crate::lexer::{Kind, Token};
use std::collections::HashMap;

/// The most declarations of which each needs the next one.
pub(super) const CHAIN: usize = 1000;

/// The declarations at module scope, as they are read token by token.
#[derive(Default)]
pub(super) struct Declarations<'a> {
    /// For each, the words in it.
    words: Vec<Vec<&'a str>>,
    names: HashMap<&'a str, usize>,
    /// The words of the one that is being read.
    current: Vec<&'a str>,
    brackets: usize,
}

impl<'a> Declarations<'a> {
    pub(super) fn read(&mut self, token: &Token<'a>) {
        match token.text {
            "(" | "[" | "{" => self.brackets += 1,
            ")" | "]" | "}" => {
                self.brackets = self.brackets.saturating_sub(1);
                if token.text == "}" && self.brackets == 0 {
                    self.end();
                }
            }
            ";" if self.brackets == 0 => self.end(),
            word if token.kind == Kind::Word => self.current.push(word),
            _ => {}
        }
    }

    fn end(&mut self) {
        let words = std::mem::take(&mut self.current);
        let declares =
            |word: &str| matches!(word, "fn" | "struct" | "alias" | "const" | "override" | "var");
        // A variable has its address space between the keyword and its name: all of these words are taken for names.
        let names = words.iter().position(|word| declares(word)).map_or(&[][..], |at| {
            let count = if words[at] == "var" { 4 } else { 2 };
            &words[at + 1..words.len().min(at + count).max(at + 1)]
        });
        for name in names {
            self.names.entry(name).or_insert(self.words.len());
        }
        self.words.push(words);
    }

    /// Whether no chain is too long. Where declarations need one another in a circle, all that need them count as a chain.
    pub(super) fn finish(mut self, at: usize) -> Result<(), Excess> {
        self.end();
        let mut needed_by = vec![Vec::new(); self.words.len()];
        let mut missing = vec![0_usize; self.words.len()];
        for (user, words) in self.words.iter().enumerate() {
            let needs = words.iter().filter_map(|word| self.names.get(word).copied());
            for need in needs.filter(|need| *need != user) {
                needed_by[need].push(user);
                missing[user] += 1;
            }
        }
        let mut length = vec![1_usize; self.words.len()];
        let mut ready = (0..missing.len()).filter(|one| missing[*one] == 0).collect::<Vec<_>>();
        let (mut longest, mut done) = (0, 0);
        while let Some(one) = ready.pop() {
            done += 1;
            longest = longest.max(length[one]);
            for user in std::mem::take(&mut needed_by[one]) {
                length[user] = length[user].max(length[one] + 1);
                missing[user] -= 1;
                if missing[user] == 0 {
                    ready.push(user);
                }
            }
        }
        match longest + (self.words.len() - done) > CHAIN {
            true => Err(Excess { what: "declarations that need one another", limit: CHAIN, at }),
            false => Ok(()),
        }
    }
}
