//! Text to tokens, as the engine's front end divides it.

/// What kind of token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word,
    /// A number, or its part before the sign of an exponent: all that matters of numbers is that they are no words.
    Number,
    /// Any other character. Operators of several characters are several tokens, so that `>>` can end two template lists.
    Mark,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// Where it is, in bytes.
    pub(crate) start: usize,
}

impl Token<'_> {
    /// The byte after it.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of the text, without blanks and comments.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let start = source.len() - rest.len();
        let (kind, length) = if is_blank(first) {
            rest = rest.trim_start_matches(is_blank);
            continue;
        } else if rest.starts_with("//") {
            rest = rest.find(ends_line).map_or("", |end| &rest[end..]);
            continue;
        } else if rest.starts_with("/*") {
            rest = after_comment(rest);
            continue;
        } else if first.is_ascii_digit() {
            (Kind::Number, length_while(rest, |c| c == '.' || is_part_of_word(c)))
        } else if is_part_of_word(first) {
            (Kind::Word, length_while(rest, is_part_of_word))
        } else {
            (Kind::Mark, first.len_utf8())
        };
        let (text, after) = rest.split_at(length);
        tokens.push(Token { kind, text, start });
        rest = after;
    }
    tokens
}

/// What is left after the comment that the text begins with: comments between `/*` and `*/` can contain others.
fn after_comment(text: &str) -> &str {
    let mut rest = &text[2..];
    let mut depth = 1;
    while depth > 0 {
        let Some(at) = rest.find(['/', '*']) else {
            return "";
        };
        rest = &rest[at..];
        let length = if rest.starts_with("*/") {
            depth -= 1;
            2
        } else if rest.starts_with("/*") {
            depth += 1;
            2
        } else {
            1
        };
        rest = &rest[length..];
    }
    rest
}

fn length_while(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|character| !holds(character)).unwrap_or(text.len())
}

/// Whether names consist of such characters. Beyond ASCII all but blanks are taken for letters: there is nothing else there
/// in a text that the engine accepted, but for comments.
pub(crate) fn is_part_of_word(character: char) -> bool {
    match character {
        '_' => true,
        _ if character.is_ascii() => character.is_ascii_alphanumeric(),
        _ => !is_blank(character),
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{200e}' | '\u{200f}') || ends_line(character)
}

fn ends_line(character: char) -> bool {
    matches!(character, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_numbers_and_marks() {
        let source = "@workgroup_size(8u,0x1F) fn größe_2(a:vec2<f32>)->_x{a.xy+=1.5e-3f;}";
        assert_eq!(
            texts(source).join(" "),
            "@ workgroup_size ( 8u , 0x1F ) fn größe_2 ( a : vec2 < f32 > ) - > _x { a . xy + = 1.5e - 3f ; }"
        );
        let kinds = tokens("a 1.x >>").into_iter().map(|token| token.kind).collect::<Vec<_>>();
        assert_eq!(kinds, [Kind::Word, Kind::Number, Kind::Mark, Kind::Mark]);
    }

    #[test]
    fn comments_are_blanks() {
        assert_eq!(texts("a//b\nc/*d/*e*/f*/g/**/h/*/i*/j"), ["a", "c", "g", "h", "j"]);
        assert_eq!(texts("a//b\u{2028}c//d\re"), ["a", "c", "e"]);
        assert_eq!(texts("a//*\nb*/"), ["a", "b", "*", "/"]);
        assert_eq!(texts("a/b /* never ends"), ["a", "/", "b"]);
        assert_eq!(texts("a/*/"), ["a"]);
    }

    #[test]
    fn tokens_know_their_place() {
        let source = "\u{feff}ä /* ö */\u{85}<\u{200e}b";
        for token in tokens(source) {
            assert_eq!(&source[token.start..token.end()], token.text);
        }
        assert_eq!(texts(source), ["\u{feff}ä", "<", "b"]);
    }
}
