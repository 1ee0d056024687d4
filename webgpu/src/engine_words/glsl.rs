//! Mistakes in GLSL, which the engine tells as Rust's `Debug` prints them, drawn as it draws those in WGSL.

use std::fmt::Write;
use std::ops::Range;

/// How many mistakes of a text are told: each is shown with its line, and a long text may have thousands.
const MOST: usize = 10;

/// What the compiler writes before the first mistake that it draws, and before each other one.
const FIRST: &str = " parsing error: ";
const NEXT: &str = "\nerror: ";

const BEGIN: &str = "Error { kind: ";
const PLACE: &str = ", meta: Span { start: ";
const PLACE_END: &str = ", end: ";
const END: &str = " } }";

/// The words of the engine about a text in GLSL, if they tell of mistakes, with each mistake drawn below its line.
pub(crate) fn drawn_mistakes(said: &str, source: &str, label: Option<&str>) -> Option<String> {
    let mistakes = mistakes(said)?;
    let mut text = format!("\nShader '{}'", label.unwrap_or_default());
    for (index, (what, place)) in mistakes.into_iter().enumerate() {
        let head = if index == 0 { FIRST } else { NEXT };
        let _ = writeln!(text, "{head}{what}");
        draw(&mut text, source, place);
    }
    text.push('\n');
    Some(text)
}

/// The mistakes in such a text one by one, each without the words before it.
pub(crate) fn drawings(text: &str) -> impl Iterator<Item = &str> {
    let drawn = text.split_once(FIRST).map(|(_, drawn)| drawn);
    drawn.into_iter().flat_map(|drawn| drawn.split(NEXT))
}

/// What is wrong, and at which bytes.
fn mistakes(said: &str) -> Option<Vec<(String, Range<usize>)>> {
    let mut mistakes = Vec::new();
    let mut rest = said.trim();
    while !rest.is_empty() && mistakes.len() < MOST {
        rest = rest.strip_prefix(BEGIN)?;
        let (kind, after) = rest.split_at(end_of_value(rest));
        let (start, after) = after.strip_prefix(PLACE)?.split_once(PLACE_END)?;
        let (end, after) = after.split_once(END)?;
        mistakes.push((in_words(kind), start.parse().ok()?..end.parse().ok()?));
        rest = after;
    }
    (!mistakes.is_empty()).then_some(mistakes)
}

/// Where the value ends that `Debug` has printed at the beginning of the text: at a comma or bracket that is not its own.
fn end_of_value(text: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' | ',' if depth == 0 => return at,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// What the compiler says where it draws the mistake itself.
fn in_words(kind: &str) -> String {
    let (name, value) = kind.split_once('(').unwrap_or((kind, ""));
    let value = value.strip_suffix(')').unwrap_or(value);
    match name {
        "EndOfFile" => "Unexpected end of file".into(),
        "InvalidProfile" => format!("Invalid profile: {}", unquoted(value)),
        "InvalidVersion" => format!("Invalid version: {value}"),
        "InvalidToken" => {
            let (found, expected) = value.split_at(end_of_value(value));
            format!("Expected {}, found {found}", expectation(expected))
        }
        "NotImplemented" => format!("Not implemented: {}", unquoted(value)),
        "UnknownVariable" => format!("Unknown variable: {}", unquoted(value)),
        "UnknownType" => format!("Unknown type: {}", unquoted(value)),
        "UnknownField" => format!("Unknown field: {}", unquoted(value)),
        "UnknownLayoutQualifier" => format!("Unknown layout qualifier: {}", unquoted(value)),
        "VariableAlreadyDeclared" => format!("Variable already declared: {}", unquoted(value)),
        "SemanticError" => unquoted(value),
        "PreprocessorError" => value.into(),
        "InternalError" => format!("Internal error: {}", unquoted(value)),
        _ => kind.into(),
    }
}

/// `a, b or c` for `, [Token(a), Token(b), Token(c)]`.
fn expectation(list: &str) -> String {
    let mut rest = list.trim_start_matches([',', ' ', '[']);
    let mut all = Vec::new();
    while !rest.is_empty() && !rest.starts_with(']') {
        let (one, after) = rest.split_at(end_of_value(rest));
        all.push(match one {
            "TypeName" => "a type",
            "Identifier" => "identifier",
            "IntLiteral" => "integer literal",
            "FloatLiteral" => "float literal",
            "BoolLiteral" => "bool literal",
            "Eof" => "end of file",
            token => token
                .strip_prefix("Token(")
                .and_then(|token| token.strip_suffix(')'))
                .unwrap_or(token),
        });
        rest = after.trim_start_matches([',', ' ']);
    }
    match all.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => all.concat(),
    }
}

/// The text that `Debug` has quoted.
fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let mut characters = inner.unwrap_or(value).chars();
    let mut text = String::new();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('0') => '\0',
                Some('u') => {
                    let digits = characters.by_ref().take_while(|digit| *digit != '}').skip(1);
                    let number = u32::from_str_radix(&digits.collect::<String>(), 16);
                    number.ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    text
}

/// Draws the lines of a place, with marks.
fn draw(text: &mut String, source: &str, place: Range<usize>) {
    // A mistake that is nowhere is at nothing.
    let Some(marked) = source.get(place.clone()).filter(|_| place != (0..0)) else { return };
    let number_of = |byte: usize| source[..byte].matches('\n').count();
    let column_of = |byte: usize| {
        let start = source[..byte].rfind('\n').map_or(0, |newline| newline + 1);
        &source[start..byte]
    };
    let last = place.start + marked.char_indices().next_back().map_or(0, |(at, _)| at);
    let (from, to) = (number_of(place.start), number_of(last));
    let margin = (to + 1).to_string().len();
    let before = column_of(place.start);
    let column = before.chars().count() + 1;
    // Room for the bracket beside several lines.
    let bracket = if from == to { "" } else { "  " };
    let _ = writeln!(text, "{:margin$} ┌─ glsl:{}:{column}", "", from + 1);
    let _ = writeln!(text, "{:margin$} │{bracket}", "");
    let mut row = |head: &str, content: &str| {
        let _ = writeln!(text, "{head:>margin$} │ {content}");
    };
    let mut lines = source.lines().skip(from).map(shown);
    let first = lines.next().unwrap_or_default();
    let width = width(before);
    if from == to {
        row(&(from + 1).to_string(), &first);
        let marks = marked.chars().count().max(1);
        row("", &format!("{:width$}{}", "", "^".repeat(marks)));
        return;
    }
    if before.trim().is_empty() {
        row(&(from + 1).to_string(), &format!("╭ {first}"));
    } else {
        row(&(from + 1).to_string(), &format!("  {first}"));
        row("", &format!("╭─{}^", "─".repeat(width)));
    }
    for (number, line) in (from + 2..=to + 1).zip(lines) {
        row(&number.to_string(), &format!("│ {line}"));
    }
    row("", &format!("╰─{}^", "─".repeat(self::width(column_of(last)))));
}

/// How many columns the text takes at the beginning of a line: a tab goes to the next multiple of four.
fn width(text: &str) -> usize {
    text.chars().fold(0, |width, character| match character {
        '\t' => (width / 4 + 1) * 4,
        _ => width + 1,
    })
}

/// The line as it is drawn.
fn shown(line: &str) -> String {
    let mut shown = String::new();
    for (at, character) in line.char_indices() {
        match character {
            '\t' => shown.extend(std::iter::repeat_n(' ', 4 - width(&line[..at]) % 4)),
            character if character.is_control() => shown.push(char::REPLACEMENT_CHARACTER),
            character => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_drawn() {
        let said = "Error { kind: UnknownVariable(\"y\"), meta: Span { start: 13, end: 14 } }Error { kind: \
                    InvalidToken(Identifier(\"a,}\"), [Token(Semicolon), TypeName, Eof]), meta: Span { start: 16, end: 21 } }";
        let source = "one\n\tgröße y;\nab\ncd";
        let blank = " ";
        let expected = format!(
            "
Shader 's' parsing error: Unknown variable: y
  ┌─ glsl:2:8
  │
2 │     größe y;
  │           ^

error: Expected Semicolon, a type or end of file, found Identifier(\"a,}}\")
  ┌─ glsl:3:1
  │ {blank}
3 │ ╭ ab
4 │ │ cd
  │ ╰──^

"
        );
        assert_eq!(drawn_mistakes(said, source, Some("s")).unwrap(), expected);
    }

    #[test]
    fn other_words_stay_as_they_are() {
        for said in ["", "Something", "Error { kind: EndOfFile }", "Error { kind: A, meta: Span {"]
        {
            assert_eq!(drawn_mistakes(said, "", None), None, "{said}");
        }
        assert_eq!(in_words("New { a: 1 }"), "New { a: 1 }");
        assert_eq!(in_words("SemanticError(\"a \\\"b\\\" \\u{e9}\")"), "a \"b\" é");
    }
}
