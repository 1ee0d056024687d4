//! What the doctor found, as a tree that is written as text or as JSON.

use std::fmt::Write;

/// A finding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(u64),
    Flag(bool),
    List(Vec<Value>),
    /// Names and values, in the order in which they are to be read.
    Group(Vec<(&'static str, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Number(number as u64)
    }
}

impl Value {
    /// As text: a line for each value, indented by its depth.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if let Value::Group(members) = self {
            write_members(&mut text, members, 0);
        }
        text
    }

    /// As JSON on one line.
    pub(crate) fn json(&self) -> String {
        let mut text = String::new();
        self.write_json(&mut text);
        text
    }

    fn write_json(&self, text: &mut String) {
        let separate = |text: &mut String, index| text.push_str(if index > 0 { ", " } else { "" });
        match self {
            Value::Text(value) => quote(text, value),
            Value::Number(number) => drop(write!(text, "{number}")),
            Value::Flag(flag) => drop(write!(text, "{flag}")),
            Value::List(values) => {
                text.push('[');
                for (index, value) in values.iter().enumerate() {
                    separate(text, index);
                    value.write_json(text);
                }
                text.push(']');
            }
            Value::Group(members) => {
                text.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    separate(text, index);
                    quote(text, name);
                    text.push_str(": ");
                    value.write_json(text);
                }
                text.push('}');
            }
        }
    }
}

/// So many texts of a list are written as text; JSON has all.
const SHOWN: usize = 8;

fn write_members(text: &mut String, members: &[(&str, Value)], depth: usize) {
    let indent = "  ".repeat(depth);
    for (name, value) in members {
        match value {
            Value::Group(members) => {
                let _ = writeln!(text, "{indent}{name}");
                write_members(text, members, depth + 1);
            }
            Value::List(values) => {
                let _ = writeln!(text, "{indent}{name:<16} {}", values.len());
                for (index, value) in values.iter().enumerate() {
                    match value {
                        Value::Group(members) => {
                            write_members(text, members, depth + 1);
                            text.push('\n');
                        }
                        _ if index == SHOWN => {
                            let _ = writeln!(text, "{indent}  … ({} more)", values.len() - index);
                            break;
                        }
                        value => {
                            let _ = writeln!(text, "{indent}  {}", line(value));
                        }
                    }
                }
                // The blank line behind the last group.
                if text.ends_with("\n\n") {
                    text.pop();
                }
            }
            value => {
                let value = line(value).replace('\n', "\n    ");
                let _ = writeln!(text, "{indent}{name:<16} {value}");
            }
        }
    }
}

fn line(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Flag(true) => "yes".to_owned(),
        Value::Flag(false) => "no".to_owned(),
        value => value.json(),
    }
}

/// Writes a JSON string.
fn quote(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            control if control < ' ' => drop(write!(text, "\\u{:04x}", u32::from(control))),
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Value {
        let adapter =
            |name: &str| Value::Group(vec![("name", name.into()), ("ok", Value::Flag(true))]);
        Value::Group(vec![
            ("library", Value::Group(vec![("path", r"C:\a".into()), ("missing", 2_usize.into())])),
            ("adapters", Value::List(vec![adapter("a \"b\""), adapter("c\u{1}\nd")])),
            ("none", Value::List(vec![])),
            ("many", Value::List(vec!["x".into(); 10])),
        ])
    }

    #[test]
    fn json_is_escaped() {
        assert_eq!(
            tree().json(),
            r#"{"library": {"path": "C:\\a", "missing": 2}, "adapters": [{"name": "a \"b\"", "ok": true}, {"name": "c\u0001\nd", "ok": true}], "none": [], "many": ["x", "x", "x", "x", "x", "x", "x", "x", "x", "x"]}"#
        );
    }

    #[test]
    fn text_is_indented() {
        let lines = [
            "library",
            "  path             C:\\a",
            "  missing          2",
            "adapters         2",
            "  name             a \"b\"",
            "  ok               yes",
            "",
            "  name             c\u{1}",
            "    d",
            "  ok               yes",
            "none             0",
            "",
        ];
        let many = "many             10\n".to_owned() + &"  x\n".repeat(8) + "  … (2 more)\n";
        assert_eq!(tree().text(), lines.join("\n") + &many);
    }
}
