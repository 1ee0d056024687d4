//! The x64 convention of Windows: Microsoft's "x64 calling convention", as MinGW's gcc extends it to C's other types.
//!
//! The argument at position *n* of the first four travels in the *n*th integer or the *n*th vector register; every other
//! takes one stack word. What is not 1, 2, 4 or 8 bytes travels by reference to a copy, GNU C's empty struct too.

use super::plan::ResultPieces;
use super::{ArgumentMove, Extension, Piece, Place, Plan, ResultPlan};
use crate::types::Type;
use crate::{Error, Signature};

/// rcx, rdx, r8, r9, or xmm0 to xmm3.
const REGISTERS: u8 = 4;

pub(super) fn fill(plan: &mut Plan, signature: &Signature) -> Result<(), Error> {
    plan.result = result_plan(signature.returns());
    let mut position = u8::from(matches!(plan.result, ResultPlan::Memory { .. }));
    for (index, parameter) in signature.parameters().iter().enumerate() {
        argument(plan, &mut position, index as u16, parameter.ty().resolve())?;
    }
    Ok(())
}

fn argument(plan: &mut Plan, position: &mut u8, argument: u16, ty: &Type) -> Result<(), Error> {
    let (size, extension) = (ty.size() as u32, extension(ty));
    let float = matches!(ty, Type::F32 | Type::F64);
    let place = if *position < REGISTERS {
        *position += 1;
        match *position - 1 {
            // A callee looks for a variadic argument in the integer registers, for a declared one in the vector registers.
            register if float && plan.variadic => Place::Both(register),
            register if float => Place::Vector(register),
            register => Place::Integer(register),
        }
    } else {
        plan.push_stack(8, 8)?
    };
    if let Place::Vector(register) | Place::Both(register) = place {
        plan.vector_registers = register + 1;
    }
    let (copy, piece) = if in_register(size) {
        (None, Piece { offset: 0, size, extension, place })
    } else {
        let copy = plan.push_copy(ty)?;
        (Some(copy), Piece { offset: 0, size: 8, extension: Extension::None, place })
    };
    plan.moves.push(ArgumentMove { argument, piece, copy });
    Ok(())
}

/// Whether a value of this size travels by value.
fn in_register(size: u32) -> bool {
    matches!(size, 1 | 2 | 4 | 8)
}

fn extension(ty: &Type) -> Extension {
    match ty {
        Type::I8 | Type::I16 | Type::I32 => Extension::Sign,
        Type::Bool | Type::U8 | Type::U16 | Type::U32 => Extension::Zero,
        _ => Extension::None,
    }
}

/// Numbers, and aggregates of 1, 2, 4 or 8 bytes, come back in rax; floats and vectors in xmm0.
fn result_plan(ty: &Type) -> ResultPlan {
    let ty = ty.resolve();
    let size = ty.size() as u32;
    let place = match ty {
        _ if size == 0 => return ResultPlan::Void,
        Type::F32 | Type::F64 => Place::Vector(0),
        Type::I128 | Type::U128 => Place::Vector(0),
        Type::Vector(_) if size == 16 => Place::Vector(0),
        _ if in_register(size) => Place::Integer(0),
        _ => return ResultPlan::Memory { pointer: Place::Integer(0) },
    };
    let piece = Piece { offset: 0, size, extension: extension(ty), place };
    ResultPlan::Registers(ResultPieces::new(&[piece]))
}
