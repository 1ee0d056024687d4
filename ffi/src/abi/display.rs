//! Plans for eyes: all that they say, one line per argument.

use std::fmt::{self, Display, Formatter};

use super::{Abi, Copied, Extension, Piece, Place, Plan, ResultPlan};

impl Plan {
    fn place_name(&self, place: Place, result: bool) -> String {
        let table: (&[&str], &str) = match (self.abi, result) {
            (Abi::SysV64, false) => (&["rdi", "rsi", "rdx", "rcx", "r8", "r9"], "xmm"),
            (Abi::Win64, false) => (&["rcx", "rdx", "r8", "r9"], "xmm"),
            (Abi::SysV64 | Abi::Win64, true) => (&["rax", "rdx"], "xmm"),
            _ => (&["x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8"], "v"),
        };
        match place {
            Place::Integer(index) => table.0[usize::from(index)].to_owned(),
            Place::Vector(index) => format!("{}{index}", table.1),
            Place::Both(index) => {
                format!("{} and {}{index}", table.0[usize::from(index)], table.1)
            }
            Place::X87(index) => format!("st{index}"),
            Place::Stack(offset) => format!("stack+{offset}"),
        }
    }

    fn piece(&self, f: &mut Formatter<'_>, piece: &Piece, result: bool) -> fmt::Result {
        let Piece { offset, size, extension, place } = *piece;
        let extended = match extension {
            Extension::None => "",
            Extension::Zero => " extended by zeros",
            Extension::Sign => " extended by the sign",
        };
        write!(f, " {offset}..{}{extended} in {}", offset + size, self.place_name(place, result))
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} bytes of stack", self.abi, self.stack_size)?;
        if self.stack_alignment > 16 {
            write!(f, " aligned by {}", self.stack_alignment)?;
        }
        if self.copies_size > 0 {
            write!(f, ", {} bytes of copies", self.copies_size)?;
        }
        if self.vector_registers > 0 {
            write!(f, ", vector registers: {}", self.vector_registers)?;
        }
        writeln!(f, "{}", if self.variadic { ", variadic" } else { "" })?;
        let mut current = None;
        for step in &self.moves {
            if current == Some(step.argument) {
                f.write_str(",")?;
            } else {
                if current.is_some() {
                    writeln!(f)?;
                }
                write!(f, "argument {}: bytes", step.argument)?;
                current = Some(step.argument);
            }
            match step.copy {
                None => self.piece(f, &step.piece, false)?,
                Some(copy) => {
                    let place = self.place_name(step.piece.place, false);
                    let Copied { size, alignment } = copy;
                    write!(
                        f,
                        " 0..{size} in a copy aligned by {alignment} whose address is in {place}"
                    )?;
                }
            }
        }
        if current.is_some() {
            writeln!(f)?;
        }
        match &self.result {
            ResultPlan::Void => f.write_str("result: none"),
            ResultPlan::Memory { pointer } => {
                write!(
                    f,
                    "result: in memory whose address is in {}",
                    self.place_name(*pointer, false)
                )
            }
            ResultPlan::Registers(pieces) => {
                f.write_str("result: bytes")?;
                for (index, piece) in pieces.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    self.piece(f, piece, true)?;
                }
                Ok(())
            }
        }
    }
}
