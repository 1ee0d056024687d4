//! arm64 assembly of other systems, as clang writes it, in the words of Linux's assembler: other names of sections and
//! symbols, other words for addresses; the instructions are the same.

/// From the assembly of Mach-O.
pub(crate) fn from_apple(text: &str) -> String {
    lines(text, ';', |line| {
        let line = match line.split_once("@PAGE") {
            // `adrp x8, _name@PAGE` and `add x8, x8, _name@PAGEOFF`
            None => line.to_owned(),
            Some((before, after)) => {
                let start = before.rfind([' ', '\t', ',']).map_or(0, |blank| blank + 1);
                let (instruction, name) = before.split_at(start);
                match after.strip_prefix("OFF") {
                    None => format!("{instruction}{name}{after}"),
                    Some(after) => format!("{instruction}:lo12:{name}{after}"),
                }
            }
        };
        without_underscores(&line)
    })
}

/// From the assembly of COFF.
pub(crate) fn from_windows(text: &str) -> String {
    lines(text, '\0', str::to_owned)
}

/// Translates what is not a comment, and not one of the directives that have no counterpart.
fn lines(text: &str, comment: char, translate: impl Fn(&str) -> String) -> String {
    const WITHOUT_COUNTERPART: [&str; 11] = [
        ".build_version",
        ".subsections_via_symbols",
        ".loh",
        ".def",
        ".scl",
        ".type",
        ".endef",
        ".seh_",
        ".addrsig",
        ".file",
        ".zerofill",
    ];
    let mut translated = String::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default();
        let line = line.split(comment).next().unwrap_or_default().trim_end();
        let word = line.trim_start();
        let is_other = |start: &&str| word.starts_with(*start);
        if word.is_empty() || word.contains("@feat") || WITHOUT_COUNTERPART.iter().any(is_other) {
            continue;
        }
        let section = word.strip_prefix(".section").map(|name| {
            if name.contains("text") && !name.contains("const") {
                ".text"
            } else {
                ".section .rodata"
            }
        });
        match section {
            Some(section) => translated += section,
            None => translated += &translate(line),
        }
        translated.push('\n');
    }
    // Linux wants to be told that the stack need not be executable.
    translated + ".section .note.GNU-stack,\"\",@progbits\n"
}

/// Mach-O's symbols have an underscore before the C name.
fn without_underscores(line: &str) -> String {
    let mut translated = String::new();
    let mut before = ' ';
    for character in line.chars() {
        let begins = !(before.is_alphanumeric() || matches!(before, '_' | '.' | '$'));
        if !(character == '_' && begins) {
            translated.push(character);
        }
        before = character;
    }
    translated
}
