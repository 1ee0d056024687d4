use crate::engine_words::{MARGIN, PLACE};
use std::{ops::Range, str::FromStr};

/// A place in the source of a shader.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SourceLocation {
    /// The line, the first being 1.
    pub line_number: u32,
    /// The place in the line in bytes, the first being 1.
    pub line_position: u32,
    /// The place in the source in bytes.
    pub offset: u32,
    /// The length in bytes.
    pub length: u32,
}

impl SourceLocation {
    /// Where the compiler has mistakes in GLSL that are in no place.
    pub(in crate::api) const START: Self =
        Self { line_number: 1, line_position: 1, offset: 0, length: 0 };

    /// The place that a message of the compiler draws, as in
    /// ```text
    /// error: redefinition of `x`
    ///   ┌─ wgsl:2:6
    ///   │
    /// 2 │  let x = 1;
    ///   │      ^ previous definition of `x`
    /// 3 │  let x = 2;
    ///   │      ^ redefinition of `x`
    /// ```
    /// Of several marked places it is the one that says what the title says, else the one that the first line names.
    pub(in crate::api) fn read(message: &str, source: &str) -> Option<Self> {
        let (title, drawing) = PLACE.split(message)?;
        let (place, rows) = drawing.split_once('\n').unwrap_or((drawing, ""));
        // In front of the numbers stands "wgsl", or the label of the module.
        let mut numbers = place.rsplit(':');
        let column = number::<usize>(numbers.next()?)?;
        let line = Line::new(source, number(numbers.next()?)?)?;
        let start = line.byte_of_character(column.checked_sub(1)?);
        let (title, rows) = (title.trim_end(), Row::all(rows, source));
        let named = rows.iter().find_map(|row| {
            let (mark, label) = row.last_mark()?;
            (!label.is_empty() && title.ends_with(label)).then_some((row, mark))
        });
        if let Some((row, mark)) = named {
            return Self::new(source, row.byte_of(mark.start), row.byte_of(mark.end));
        }
        let of_line = || rows.iter().filter(|row| row.line.number == line.number);
        let end = if of_line().any(|row| row.opens) {
            let last = rows.iter().rfind(|row| row.marks.trim_start().starts_with('╰'))?;
            last.byte_of(last.last_mark()?.0.end)
        } else {
            // Of marks side by side, the place is where the first begins.
            let mark = of_line().find_map(Row::first_mark).map_or(0, |mark| mark.len());
            start
                + line.text[start - line.start..]
                    .chars()
                    .take(mark)
                    .map(char::len_utf8)
                    .sum::<usize>()
        };
        Self::new(source, start, end)
    }

    /// The bytes from `start` to `end`.
    fn new(source: &str, start: usize, end: usize) -> Option<Self> {
        let before = source.get(..start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some(Self {
            line_number: u32::try_from(before.matches('\n').count() + 1).ok()?,
            line_position: u32::try_from(start - line_start + 1).ok()?,
            offset: u32::try_from(start).ok()?,
            length: u32::try_from(end.checked_sub(start)?).ok()?,
        })
    }
}

fn number<N: FromStr>(digits: &str) -> Option<N> {
    digits.parse().ok()
}

/// A line of the source.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: u32,
    start: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn new(source: &'a str, number: u32) -> Option<Self> {
        let start = match number.checked_sub(2) {
            None => 0,
            Some(newline) => source.match_indices('\n').nth(newline as usize)?.0 + 1,
        };
        Some(Self { number, start, text: source[start..].lines().next().unwrap_or_default() })
    }

    /// Where in the source this character of the line is. The compiler counts characters, this API bytes.
    fn byte_of_character(&self, index: usize) -> usize {
        let found = self.text.char_indices().nth(index);
        self.start + found.map_or(self.text.len(), |(byte, _)| byte)
    }

    /// Which character of the line is drawn in this column: a tab goes to the next multiple of four.
    fn character_of_column(&self, column: usize) -> usize {
        let mut drawn = 0;
        self.text
            .chars()
            .take_while(|character| {
                drawn = if *character == '\t' { (drawn / 4 + 1) * 4 } else { drawn + 1 };
                drawn <= column
            })
            .count()
    }
}

/// A row: a line, or marks under it.
struct Row<'a> {
    line: Line<'a>,
    /// Whether a place of several lines begins in the row.
    opens: bool,
    /// How many columns the brackets of such places take.
    brackets: usize,
    /// Nothing in a row that shows the line.
    marks: &'a str,
}

impl<'a> Row<'a> {
    fn all(drawing: &'a str, source: &'a str) -> Vec<Self> {
        let (mut brackets, mut above) = (0, None);
        let mut all = Vec::new();
        for row in drawing.lines() {
            let Some((margin, content)) = MARGIN.split(row) else { continue };
            let opens = content.chars().take(brackets).any(|bracket| bracket == '╭');
            if let Some(number) = number(margin.trim()) {
                above = Line::new(source, number);
                all.extend(above.map(|line| Self { line, opens, brackets, marks: "" }));
            } else if let Some(line) = above {
                all.push(Self { line, opens, brackets, marks: content });
            } else {
                // The row above the first line is as wide as the brackets will be.
                brackets = content.chars().count() + 1;
            }
        }
        all
    }

    /// The columns of the first mark.
    fn first_mark(&self) -> Option<Range<usize>> {
        let start = self.marks.chars().position(|mark| mark == '^')?;
        let length = self.marks.chars().skip(start).take_while(|mark| *mark == '^').count();
        Some(start..start + length)
    }

    /// The columns of the last mark, and what is said to it.
    fn last_mark(&self) -> Option<(Range<usize>, &'a str)> {
        let (marks, label) = self.marks.split_at(self.marks.rfind('^')? + 1);
        let end = marks.chars().count();
        let length = marks.chars().rev().take_while(|mark| *mark == '^').count();
        Some((end - length..end, label.trim()))
    }

    /// Where in the source this column is.
    fn byte_of(&self, column: usize) -> usize {
        let column = column.saturating_sub(self.brackets);
        self.line.byte_of_character(self.line.character_of_column(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(drawing: &str, source: &str, line: u32, marked: &str) {
        let message = format!("Shader '' parsing error: {}", drawing.trim_start());
        let location = SourceLocation::read(&message, source).unwrap();
        let (start, length) = (location.offset as usize, location.length as usize);
        assert_eq!(&source[start..start + length], marked);
        assert_eq!(location.line_number, line);
        let line_start = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
        assert_eq!(location.line_position as usize, start - line_start + 1, "bytes");
    }

    #[test]
    fn one_place() {
        let drawing = "
no definition in scope for identifier: `y`
  ┌─ wgsl:3:13
  │
3 │     let ä = y;
  │             ^ unknown identifier
";
        reads(drawing, "fn f() {\n    // größe\n    let ä = y;\n}\n", 3, "y");
    }

    #[test]
    fn several_places() {
        let drawing = "
redefinition of `x`
  ┌─ wgsl:2:6
  │
2 │     let x = 1;
  │         ^ previous definition of `x`
3 │     let x = 2;
  │         ^ redefinition of `x`
";
        reads(drawing, "fn f() {\n\tlet x = 1;\n\tlet x = 2;\n}", 3, "x");
        let drawing = "
automatic conversions cannot convert `{AbstractFloat}` to `u32`
  ┌─ wgsl:1:18
  │
1 │ fn f() { let x = vec2<u32>(1.0); }
  │                  ^^^^^^^^^ ^^^ this expression has type {AbstractFloat}
  │                  │          
  │                  a value of type u32 is required here
";
        reads(drawing, "fn f() { let x = vec2<u32>(1.0); }", 1, "vec2<u32>");
    }

    #[test]
    fn places_of_several_lines() {
        let drawing = "
Function [0] 'f' is invalid
  ┌─ a label: with colons:2:1
  │  
2 │ ╭ fn f() {
3 │ │  let b = a + 1.0;
  │ │              ^^^ naga::ir::Expression [1]
4 │ │ }
  │ ╰─^ naga::ir::Function [0]
  │  
  = Expression [1] is invalid
";
        reads(drawing, "\nfn f() {\n let b = a + 1.0;\n} ", 2, "fn f() {\n let b = a + 1.0;\n}");
        let drawing = "
Function [1] 'f' is invalid
  ┌─ :1:1
  │    
1 │ ╭   fn f() {
2 │ │ ╭  g(1u,
3 │ │ │   2u);
  │ │ ╰─────^ invalid function call
4 │ │   }
  │ ╰───^ naga::ir::Function [1]
  │    
";
        let source = "fn f() {\n g(1u,\n  2u);\n}\nfn g(a: u32) {}";
        reads(drawing, source, 1, "fn f() {\n g(1u,\n  2u);\n}");
    }

    #[test]
    fn a_message_without_a_place_has_none() {
        for message in ["Device is lost", "┌─ wgsl:9:9", "┌─ wgsl:x", "┌─ wgsl:1:0", "┌─ wgsl:1"]
        {
            assert_eq!(SourceLocation::read(message, "one line"), None, "{message}");
        }
    }
}
