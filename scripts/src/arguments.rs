//! The words that follow a command's name.

use std::ffi::OsString;
use std::str::FromStr;

use crate::failure::{Failure, Result};

/// The words of one command, of which each call takes some out.
#[derive(Debug)]
pub(crate) struct Arguments {
    command: &'static str,
    rest: pico_args::Arguments,
}

impl Arguments {
    /// Those of the command of this name.
    pub(crate) fn of(command: &'static str, words: Vec<OsString>) -> Arguments {
        Arguments { command, rest: pico_args::Arguments::from_vec(words) }
    }

    /// Whether this option is there.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        self.rest.contains(name)
    }

    /// What follows this option, if it is there.
    pub(crate) fn value<T: FromStr>(&mut self, name: &'static str) -> Result<Option<T>>
    where
        T::Err: std::fmt::Display,
    {
        let value = self.rest.opt_value_from_str(name);
        value.map_err(|error| Failure::usage(error, self.command))
    }

    /// All other words, none of which may be an option.
    pub(crate) fn words(self) -> Result<Vec<String>> {
        let words = self.rest.finish().into_iter();
        let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
        match words.iter().find(|word| word.starts_with('-')) {
            Some(option) => {
                Err(Failure::usage(format!("there is no option `{option}`"), self.command))
            }
            None => Ok(words),
        }
    }

    /// All other words, each of which has to be one of `known`; what these are is called `what`.
    pub(crate) fn names(self, what: &str, known: &[&str]) -> Result<Vec<String>> {
        let command = self.command;
        let names = self.words()?;
        match names.iter().find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                let what = format!("no {what} is called `{name}`; there are {}", known.join(", "));
                Err(Failure::usage(what, command))
            }
            None => Ok(names),
        }
    }

    /// Fails where a word is left.
    pub(crate) fn end(self) -> Result {
        let command = self.command;
        match self.words()?.first() {
            Some(word) => Err(Failure::usage(format!("unexpected argument `{word}`"), command)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        Arguments::of("random", line.split_whitespace().map(OsString::from).collect())
    }

    #[test]
    fn options_values_and_names_in_any_order() {
        let mut some = arguments("b --seed=7 --all a --count 90");
        assert!(some.flag("--all") && !some.flag("--list"));
        let (seed, count, minutes) =
            (some.value::<u64>("--seed"), some.value("--count"), some.value::<u64>("--minutes"));
        assert_eq!((seed.unwrap(), count.unwrap(), minutes.unwrap()), (Some(7), Some(90), None));
        assert_eq!(some.names("letter", &["a", "b"]).unwrap(), ["b", "a"]);
        arguments("").end().unwrap();
    }

    #[test]
    fn mistakes_are_named_and_lead_to_the_help() {
        let texts = [
            (arguments("--fast").words().unwrap_err(), "there is no option `--fast`"),
            (arguments("a").end().unwrap_err(), "unexpected argument `a`"),
            (arguments("--seed").value::<u64>("--seed").unwrap_err(), "'--seed'"),
            (arguments("--seed x").value::<u64>("--seed").unwrap_err(), "'x'"),
            (
                arguments("c").names("letter", &["a", "b"]).unwrap_err(),
                "no letter is called `c`; there are a, b",
            ),
        ];
        for (failure, part) in texts {
            let text = failure.to_string();
            assert!(text.contains(part) && text.contains("cargo xtask random --help"), "{text}");
        }
    }
}
