//! Where every byte of a call travels, as a picture in text.

use std::fmt::Write as _;

use ffi::abi::{ArgumentMove, Piece, Place, Plan, ResultPlan};
use ffi::declare::FunctionDeclaration;
use ffi::{Abi, Error, Signature, Type};

/// One box per piece: what it travels in, and which bytes of the value it is.
pub(crate) fn picture(
    abi: Abi,
    function: &FunctionDeclaration,
    signature: &Signature,
) -> Result<String, Error> {
    let plan = Plan::new(abi, signature)?;
    let mut text = String::new();
    let _ = writeln!(text, "{function}\nunder {abi}");
    for (index, parameter) in signature.parameters().iter().enumerate() {
        let moves = plan.moves.iter().filter(|step| usize::from(step.argument) == index);
        let moves: Vec<&ArgumentMove> = moves.collect();
        let name = if parameter.name().is_empty() {
            String::new()
        } else {
            format!(" {}", parameter.name())
        };
        let variadic =
            if signature.fixed().is_some_and(|fixed| index >= fixed) { ", one of ..." } else { "" };
        heading(&mut text, &format!("argument {index}{name}{variadic}"), parameter.ty());
        if let Some(copy) = moves.first().and_then(|step| step.copy) {
            let _ = writeln!(text, "  a copy of its {} bytes, whose address travels:", copy.size);
        }
        let pieces: Vec<Piece> = moves.iter().map(|step| step.piece).collect();
        boxes(&mut text, abi, &pieces, false);
    }
    heading(&mut text, "result", signature.returns());
    match &plan.result {
        ResultPlan::Void => text.push_str("  nothing\n"),
        ResultPlan::Registers(pieces) => boxes(&mut text, abi, pieces, true),
        ResultPlan::Memory { pointer } => {
            let _ = writeln!(
                text,
                "  in memory whose address travels in {}",
                place(abi, *pointer, false)
            );
        }
    }
    if plan.stack_size > 0 {
        let _ = writeln!(
            text,
            "\n{} bytes of stack, aligned to {}",
            plan.stack_size, plan.stack_alignment
        );
    }
    Ok(text)
}

fn heading(text: &mut String, what: &str, ty: &Type) {
    let bytes = if ty.size() == 1 { "byte" } else { "bytes" };
    let _ = writeln!(text, "\n{what}: {ty}, {} {bytes}", ty.size());
}

fn boxes(text: &mut String, abi: Abi, pieces: &[Piece], result: bool) {
    let cells: Vec<(String, String)> = pieces
        .iter()
        .map(|piece| {
            let (first, last) = (piece.offset, piece.offset + piece.size - 1);
            let bytes = if first == last {
                format!("byte {first}")
            } else {
                format!("bytes {first}-{last}")
            };
            (place(abi, piece.place, result), bytes)
        })
        .collect();
    if cells.is_empty() {
        text.push_str("  nothing\n");
        return;
    }
    let width = |cell: &(String, String)| cell.0.len().max(cell.1.len());
    let rule: String =
        cells.iter().map(|cell| format!("+{}", "-".repeat(width(cell) + 2))).collect();
    let row = |of: fn(&(String, String)) -> &str| -> String {
        cells.iter().map(|cell| format!("| {:<1$} ", of(cell), width(cell))).collect()
    };
    let _ = writeln!(
        text,
        "  {rule}+\n  {}|\n  {}|\n  {rule}+",
        row(|cell| &cell.0),
        row(|cell| &cell.1)
    );
}

fn place(abi: Abi, place: Place, result: bool) -> String {
    let (integer, vector): (&[&str], &str) = match (abi, result) {
        (Abi::SysV64, false) => (&["rdi", "rsi", "rdx", "rcx", "r8", "r9"], "xmm"),
        (Abi::Win64, false) => (&["rcx", "rdx", "r8", "r9"], "xmm"),
        (Abi::SysV64 | Abi::Win64, true) => (&["rax", "rdx"], "xmm"),
        _ => (&["x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8"], "v"),
    };
    match place {
        Place::Integer(register) => integer[usize::from(register)].to_owned(),
        Place::Vector(register) => format!("{vector}{register}"),
        Place::Both(register) => {
            format!("{} and {vector}{register}", integer[usize::from(register)])
        }
        Place::X87(register) => format!("st{register}"),
        Place::Stack(offset) => format!("stack+{offset}"),
    }
}
