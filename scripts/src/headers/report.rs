//! What is told of each header, and of all.

use std::fmt::Write as _;
use std::time::Duration;

use super::judge::{COMPILERS, Compared, DIALECTS, Outcome, Refused};
use super::table::Counts;
use super::unit::Unit;
use crate::failure::{Failure, Result};
use crate::progress::seconds;

/// So many differences of a header are told.
const TOLD: usize = 12;

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Total {
    headers: usize,
    /// Headers that no compiler takes by itself.
    refused: usize,
    /// Headers that differ, or are not read whole.
    differing: usize,
    /// Texts that were compared: a header as one compiler preprocesses it in one dialect.
    texts: usize,
    counts: Counts,
    unread: usize,
    differences: usize,
}

impl Total {
    /// Adds a header; returns what is told of it.
    pub(super) fn add(&mut self, unit: &Unit, outcomes: &[Outcome]) -> String {
        self.headers += 1;
        let (mut refused, mut differing) = (Grouped::default(), Grouped::default());
        let mut most = Counts::default();
        for outcome in outcomes {
            match &outcome.result {
                Err(Refused(why)) => refused.add(why, outcome),
                Ok(Compared { counts, unread, differences }) => {
                    self.texts += 1;
                    self.counts += *counts;
                    most = most.max(*counts);
                    self.unread += unread;
                    self.differences += differences.len() - unread;
                    differences.iter().for_each(|told| differing.add(told, outcome));
                }
            }
        }
        let all_refused = outcomes.iter().all(|outcome| outcome.result.is_err());
        self.refused += usize::from(all_refused);
        self.differing += usize::from(!differing.0.is_empty());
        let mut text = match (all_refused, differing.0.is_empty()) {
            (true, _) => format!("{unit}: not by itself"),
            (false, true) => format!("{unit}: ok, {}", shown(&most)),
            (false, false) => format!("{unit}: DIFFERS"),
        };
        refused.tell("not compared", &mut text);
        differing.tell("", &mut text);
        text
    }

    /// The last line.
    pub(super) fn closing_line(&self, time: Duration) -> String {
        let Total { headers, refused, differing, texts, counts, unread, differences } = self;
        format!(
            "{headers} headers, {} compilers, {} dialects: {texts} texts with {}; {unread} declarations not read, \
             {differences} differences; {} headers ok, {differing} not, {refused} that no compiler takes by themselves ({})",
            COMPILERS.len(),
            DIALECTS.len(),
            shown(counts),
            headers - refused - differing,
            seconds(time)
        )
    }

    /// Fails where anything differs, was not read, or nothing was compared.
    pub(super) fn verdict(&self) -> Result {
        if self.differing == 0 && self.texts > 0 {
            return Ok(());
        }
        let what = format!("{} of {} headers are not understood", self.differing, self.headers);
        Err(Failure::new(what, "see above what each says; the texts are in target/headers"))
    }
}

fn shown(counts: &Counts) -> String {
    let Counts { types, composites, members, enumerators } = counts;
    format!(
        "{types} types, {composites} of them structs and unions, {members} members, {enumerators} enumerators"
    )
}

/// What is told, each once, with the compilers and dialects that it is told of.
#[derive(Default)]
struct Grouped(Vec<(String, Vec<String>)>);

impl Grouped {
    fn add(&mut self, told: &str, outcome: &Outcome) {
        let place = format!("{} {}", outcome.compiler, outcome.dialect);
        match self.0.iter_mut().find(|(other, _)| other == told) {
            Some((_, places)) => places.push(place),
            None => self.0.push((told.to_owned(), vec![place])),
        }
    }

    fn tell(&self, word: &str, into: &mut String) {
        for (told, places) in self.0.iter().take(TOLD) {
            let places = match places.len() == COMPILERS.len() * DIALECTS.len() {
                true => "all".to_owned(),
                false => places.join(", "),
            };
            let told = told.replace('\n', "\n      ");
            // Writing to a string does not fail.
            let _ = write!(
                into,
                "\n    {word}{}{places}: {told}",
                if word.is_empty() { "" } else { ", " }
            );
        }
        if self.0.len() > TOLD {
            let _ = write!(into, "\n    and {} more", self.0.len() - TOLD);
        }
    }
}
