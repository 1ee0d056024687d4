//! Finding one's way in a line: brackets, assignments, calls, paths.

/// Where the characters outside of quotes and brackets stand, with those characters.
fn top_level(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut depth, mut quote, mut escaped) = (0_i32, None, false);
    text.char_indices().filter(move |&(_, character)| {
        if let Some(open) = quote {
            if character == open && !escaped {
                quote = None;
            }
            escaped = character == '\\' && !escaped;
            return false;
        }
        match character {
            '"' | '\'' => quote = Some(character),
            '(' | '[' | '{' => {
                depth += 1;
                return depth == 1;
            }
            ')' | ']' | '}' => depth -= 1,
            _ => return depth == 0,
        }
        false
    })
}

/// Whether a bracket or a string is not closed yet.
pub(crate) fn is_open(text: &str) -> bool {
    let (mut depth, mut quote, mut escaped) = (0_i32, None, false);
    for character in text.chars() {
        match quote {
            Some(open) => {
                if (character == open && !escaped) || character == '\n' {
                    quote = None;
                }
                escaped = character == '\\' && !escaped;
            }
            None => match character {
                '"' => quote = Some(character),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            },
        }
    }
    depth > 0
}

/// The two sides of an assignment.
pub(crate) fn assignment(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let is_alone = |at: usize| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let behind = bytes.get(at + 1);
        !before.is_some_and(|byte| b"=<>!+-*/%&|^".contains(&byte)) && behind != Some(&b'=')
    };
    let (at, _) = top_level(text).find(|&(at, character)| character == '=' && is_alone(at))?;
    Some((text[..at].trim(), text[at + 1..].trim()))
}

/// The name at the beginning, and what follows it.
pub(crate) fn name(text: &str) -> Option<(&str, &str)> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let end = text.find(|character| !is_word(character)).unwrap_or(text.len());
    let begins = text.chars().next().is_some_and(|first| !first.is_numeric());
    (end > 0 && begins).then(|| text.split_at(end))
}

/// The function and the arguments of `name(…)`, where nothing follows.
pub(crate) fn call(text: &str) -> Option<(&str, Vec<&str>)> {
    let (name, rest) = name(text)?;
    let inside = rest.trim_start().strip_prefix('(')?;
    let end = top_level(rest).nth(1).is_none().then(|| inside.strip_suffix(')'))??;
    if end.trim().is_empty() {
        return Some((name, Vec::new()));
    }
    let commas = top_level(end).filter(|(_, character)| *character == ',').map(|(at, _)| at);
    let (mut start, mut arguments) = (0, Vec::new());
    for at in commas {
        arguments.push(end[start..at].trim());
        start = at + 1;
    }
    arguments.push(end[start..].trim());
    Some((name, arguments))
}

/// A variable and a path from it: of `p->in.list[2]`, `p` and `in.list[2]`. None for what is something else.
pub(crate) fn path(text: &str) -> Option<(&str, String)> {
    let (name, rest) = name(text.trim())?;
    let mut path = rest.replace("->", ".");
    if path.starts_with('.') {
        path.remove(0);
    }
    let is_step = |character: char| character.is_alphanumeric() || "_.[] ".contains(character);
    let begins = rest.is_empty() || rest.starts_with(['.', '[']) || rest.starts_with("->");
    (begins && path.chars().all(is_step)).then(|| (name, path.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_go_on() {
        assert!(is_open("struct s {") && is_open("f(1,\n") && !is_open("f(\"(\")"));
        assert!(!is_open("it's"));
    }

    #[test]
    fn assignments_and_comparisons() {
        assert_eq!(assignment("x = f(a, \"=\")"), Some(("x", "f(a, \"=\")")));
        assert_eq!(assignment("p.y[1]=-3"), Some(("p.y[1]", "-3")));
        assert_eq!(assignment("a == b"), None);
        assert_eq!(assignment("f({.x = 1})"), None);
    }

    #[test]
    fn calls() {
        assert_eq!(call("f()"), Some(("f", vec![])));
        let arguments = vec!["1", "g(2, 3)", "\"a, b\"", "{1, 2}"];
        assert_eq!(call("f(1, g(2, 3), \"a, b\", {1, 2})"), Some(("f", arguments)));
        assert_eq!(call("f(1) + g(2)"), None);
        assert_eq!(call("12(3)"), None);
    }

    #[test]
    fn paths() {
        assert_eq!(path("x"), Some(("x", String::new())));
        assert_eq!(path("p->in.list[2]"), Some(("p", "in.list[2]".into())));
        assert_eq!(path("a[1]"), Some(("a", "[1]".into())));
        assert_eq!(path("x + 1"), None);
        assert_eq!(path("3.5"), None);
    }
}
