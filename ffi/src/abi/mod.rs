//! Calling conventions: which register or stack slot every piece of every value goes to.
//!
//! A [`Plan`] is pure data. Computing one looks at nothing but the signature: every convention's plan can be made, shown
//! and tested on every host. [`CallInterface`](crate::CallInterface) and [`Callback`](crate::Callback) read the same
//! plan in opposite directions.
//!
//! # What is passed, and where it was executed
//! Calls and callbacks of every cell are run against functions that a C compiler made, with values that name their
//! argument and byte: alone, with one register left, with none left, in variadic calls, and in random signatures. (Where
//! clang's variadic calls for macOS and Windows on arm64 put a value elsewhere than its own functions look for it, the
//! functions alone are the judges.)
//!
//! | type | [`SysV64`](Abi::SysV64) | [`Win64`](Abi::Win64) | [`Aapcs64`](Abi::Aapcs64) | [`AppleArm64`](Abi::AppleArm64) | [`WindowsArm64`](Abi::WindowsArm64) |
//! |---|---|---|---|---|---|
//! | integers of 1 to 8 bytes, `bool`, pointers | yes | yes | yes | yes | yes |
//! | `float`, `double`; `_Complex` of them and of `_Float16` | yes | yes | yes | yes | yes |
//! | `_Float16` | yes | as gcc has it | yes | yes | yes |
//! | `__int128` | yes | yes | yes | yes | yes |
//! | x87 extended, `_Complex` of it | yes | yes | no meaning | no meaning | no meaning |
//! | IEEE quadruple, `_Complex` of it | yes | yes | yes | no meaning | no meaning |
//! | vectors of 8, 16, 32 bytes | yes | yes | yes | yes | yes |
//! | structs: nested, packed, over-aligned, with arrays, empty | yes | yes | yes | yes | yes |
//! | unions, bit-fields | yes | yes | yes | yes | yes |
//! | variadic arguments | yes | yes | yes | yes | yes |
//! | executed on | Linux x86-64, gcc | Linux x86-64, gcc's `ms_abi`; Windows programs under wine | Linux arm64 in qemu, gcc | Linux arm64 in qemu, code of clang for Apple | Linux arm64 in qemu, code of clang for Windows |
//!
//! A variadic `_Float16` travels as it is, but as a `double` under [`AppleArm64`](Abi::AppleArm64), where it has to be passed
//! as that. Of a `_Float16` alone, Microsoft says nothing: on x86-64, gcc's functions for Windows look for it in integer
//! registers, clang's in vector registers; on arm64 clang, the judge, compiles no variadic call with it.
//!
//! A type without meaning is refused when a call is prepared: [`Error::NoMeaning`].
#![forbid(unsafe_code)]

mod arm64;
mod check;
mod display;
mod eightbyte;
mod homogeneous;
mod plan;
mod sysv64;
mod win64;

pub use crate::convention::Abi;
pub use plan::{ArgumentMove, Copied, Extension, Piece, Place, Plan, ResultPlan};

use crate::signature::promotion;
use crate::{Error, Signature, Type};

impl Abi {
    /// What becomes of a variadic argument of this type, where it is changed: by C's default promotions, and by Apple's
    /// compilers, whose `va_arg` finds a `_Float16` as a `double`.
    pub(crate) fn promotion(self, ty: &Type) -> Option<Type> {
        match ty {
            Type::F16 if self == Abi::AppleArm64 => Some(Type::F64),
            ty => promotion(ty),
        }
    }
}

impl Plan {
    /// Where the arguments and the result of a call of this signature travel.
    ///
    /// # Errors
    /// [`Error::NoMeaning`] for a type that the convention cannot pass, [`Error::Unpromoted`] for a variadic argument that it
    /// alone promotes (`_Float16` under [`Abi::AppleArm64`]), [`Error::TooLarge`] where the arguments take more
    /// than [`MAX_STACK`](Plan::MAX_STACK) bytes of stack.
    pub fn new(abi: Abi, signature: &Signature) -> Result<Plan, Error> {
        let mut plan = Plan::empty(abi, signature);
        plan.fill(signature)?;
        Ok(plan)
    }

    /// Fills an [`empty`](Plan::empty) plan, where it lies: to move one takes longer than to make it.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub(crate) fn fill(&mut self, signature: &Signature) -> Result<(), Error> {
        match self.abi {
            Abi::SysV64 => sysv64::fill(self, signature),
            Abi::Win64 => win64::fill(self, signature),
            Abi::Aapcs64 => arm64::aapcs64(self, signature),
            Abi::AppleArm64 => arm64::apple(self, signature),
            Abi::WindowsArm64 => arm64::windows(self, signature),
        }
    }
}
