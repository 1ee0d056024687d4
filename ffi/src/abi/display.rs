//! Plans for eyes: one line per argument.

use std::fmt::{self, Display, Formatter};

use super::{Abi, Piece, Place, Plan, ResultPlan};

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
        let Piece { offset, size, .. } = *piece;
        write!(f, " {offset}..{} in {}", offset + size, self.place_name(piece.place, result))
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let variadic = if self.variadic { ", variadic" } else { "" };
        writeln!(f, "{}, {} bytes of stack{variadic}", self.abi, self.stack_size)?;
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
                    write!(f, " 0..{} in a copy whose address is in {place}", copy.size)?;
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
