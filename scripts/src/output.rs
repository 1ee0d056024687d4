//! What a command says, on streams that may be closed or full: its work does not stop for that.
//!
//! The macros take the place of those of the standard library in this whole package: those panic where nothing can be written.

/// As the standard library's, where a line that cannot be written is lost.
macro_rules! println {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

/// As the standard library's, where a line that cannot be written is lost.
macro_rules! eprintln {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($words)*);
    }};
}

/// As the standard library's, where what cannot be written is lost.
macro_rules! eprint {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = write!(std::io::stderr(), $($words)*);
    }};
}
