//! Where a compiler cannot judge, and why: every case that one of them does not judge is listed here.

use ffi::abi::{ArgumentMove, Place, Plan};
use ffi::types::Float;
use ffi::{Abi, Signature, Type};

use super::dialect::{Compiler, Judge, bit_fields};
use super::readings::{
    BITS, BYTES, FIRST_ELEMENTS, Unaligned, has_empty_array, has_mixed_array, is_in_memory,
    is_in_vectors, unaligned,
};
use super::spec::Spec;
use super::{Case, halves};
use Compiler::{Clang, Gcc};

/// What is left to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judges {
    /// Neither direction.
    Nothing,
    /// Its functions, when they are called; not its calls.
    Functions,
}

/// A kind of cases that a compiler does not judge, or in one direction only.
pub(crate) struct Difference {
    compiler: Compiler,
    abi: Abi,
    judges: Judges,
    pub(crate) why: &'static str,
    applies: fn(&Case, Abi) -> bool,
}

#[rustfmt::skip]
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        compiler: Gcc, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "takes bit-fields without names for integers, but for those of width zero in structs; for C, and clang, they are \
              padding",
        applies: |case, abi| {
            case.any_whole(|spec| spec.any(&pads_with_integer) && !is_in_memory(&spec.ty(bit_fields(abi)), abi))
        },
    },
    Difference {
        compiler: Gcc, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "ends with an internal error on va_arg of a union of 32 bytes that holds a vector of 32 bytes",
        applies: |case, abi| {
            let holds = |spec: &Spec| matches!(spec, Spec::Union(_)) && spec.any(&is_wide);
            case.unnamed().iter().any(|spec| spec.any(&holds) && spec.ty(bit_fields(abi)).size() == 32)
        },
    },
    Difference {
        compiler: Gcc, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "of an array looks at the first element alone, where the psABI, and clang, look at each: at what is unaligned, \
              and at the class of an eightbyte that begins within an element",
        applies: |case, abi| {
            case.types(abi).any(|ty| {
                ty.size() <= 32
                    && (unaligned(&ty, 0, BITS) == Some(Unaligned::Number)
                        && unaligned(&ty, 0, FIRST_ELEMENTS) != Some(Unaligned::Number)
                        || has_mixed_array(&ty))
            })
        },
    },
    Difference {
        compiler: Gcc, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "has va_arg load a struct of 16 bytes that is aligned so by one aligned load, from registers that it saved 8 bytes \
              apart (seed 10132377)",
        applies: |case, abi| {
            let is_loaded = |ty: &Type| ty.is_aggregate() && ty.size() == 16 && ty.alignment() >= 16;
            case.unnamed_types(abi).any(|ty| is_loaded(&ty) && !is_in_memory(&ty, abi))
        },
    },
    Difference {
        compiler: Gcc, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "moves 2 bytes of an eightbyte that begins within a `_Complex _Float16`",
        applies: |case, abi| {
            let complex = |spec: &Spec| matches!(spec, Spec::Scalar(Type::Complex(Float::F16)));
            case.any_whole(|spec| spec.any(&complex) && matches!(spec.ty(bit_fields(abi)).size(), 9..=16))
        },
    },
    Difference {
        compiler: Clang, abi: Abi::Win64, judges: Judges::Nothing,
        why: "passes `_Float16`, `long double`, `__float128` and vectors of 8 bytes in vector registers, and returns vectors of \
              8 and 32 bytes there; gcc, whose extension of Microsoft's convention they are, in integer registers or memory",
        applies: |case, _| {
            let odd = |spec: &Spec| match spec {
                Spec::Scalar(Type::F16 | Type::F80 | Type::F128) => true,
                Spec::Scalar(Type::Vector(vector)) => vector.size() == 8,
                _ => false,
            };
            case.parameters.iter().any(odd) || odd(&case.returns) || is_wide(&case.returns)
        },
    },
    Difference {
        compiler: Clang, abi: Abi::Win64, judges: Judges::Nothing,
        why: "returns a struct without bytes in memory whose address is passed; gcc passes no address",
        applies: |case, abi| case.returns != Spec::Void && case.returns.ty(bit_fields(abi)).size() == 0,
    },
    Difference {
        compiler: Gcc, abi: Abi::Win64, judges: Judges::Nothing,
        why: "its va_arg in `ms_abi` functions on Linux takes values for what its own calls pass by reference",
        applies: |case, abi| case.unnamed_types(abi).any(|ty| !matches!(ty.size(), 1 | 2 | 4 | 8)),
    },
    Difference {
        compiler: Clang, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "takes for unaligned fields, by the psABI's word, numbers and aggregates that are not aligned, but no bit-fields; \
              gcc takes for them numbers, and bit-fields that lie as numbers do, but no aggregates",
        applies: |case, abi| {
            let has_bits = |spec: &Spec| match spec {
                Spec::Struct(composite) | Spec::Union(composite) => composite.members.iter().any(|member| member.bits.is_some()),
                _ => false,
            };
            case.types(abi).any(|ty| unaligned(&ty, 0, BYTES) == Some(Unaligned::Aggregate) && !is_in_memory(&ty, abi))
                || case.any(has_bits)
                    && case.types(abi).any(|ty| ty.size() <= 16 && unaligned(&ty, 0, BYTES).is_none() && is_in_memory(&ty, abi))
        },
    },
    Difference {
        compiler: Clang, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "moves, of an eightbyte of class SSE, the halves and floats of one member of a union, or a quadruple number where \
              there is half of one, and takes two halves beside 4 bytes for an integer",
        applies: |case, abi| case.types(abi).any(|ty| halves::are_lost(&ty)),
    },
    Difference {
        compiler: Clang, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "decides by members and halves where 17 to 32 bytes with a vector or quadruple number travel: a union of a vector of \
              16 bytes and 4 doubles, or aligned to 32, in a register, a vector of 32 bytes behind an empty struct in memory; by \
              the psABI, and gcc, the other way round",
        applies: |case, abi| {
            let odd = |spec: &Spec| match spec {
                Spec::Union(_) => true,
                Spec::Struct(composite) => composite.members.len() != 1 || composite.aligned.is_some(),
                _ => false,
            };
            let vector = |spec: &Spec| {
                matches!(spec, Spec::Scalar(Type::Vector(_) | Type::F128 | Type::Complex(Float::F128)))
            };
            case.any_whole(|spec| {
                matches!(spec.ty(bit_fields(abi)).size(), 17..=32) && spec.any(&vector) && spec.any(&odd)
            })
        },
    },
    Difference {
        compiler: Clang, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "divides by zero (19) where an array of elements without bytes lies behind a float or a half in its eightbyte",
        applies: |case, abi| case.types(abi).any(|ty| has_empty_array(&ty, 0)),
    },
    Difference {
        compiler: Clang, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "takes the last integer register away where an `__int128`, which needs two, is passed on the stack for it; by the \
              psABI, gcc, and clang's own struct of an `__int128` what follows travels there",
        applies: |case, abi| {
            let is_on_stack = |step: &ArgumentMove| matches!(step.piece.place, Place::Stack(_));
            let is_in_integer = |step: &ArgumentMove| matches!(step.piece.place, Place::Integer(_));
            let is_wide_integer =
                |step: &ArgumentMove| matches!(case.parameters[usize::from(step.argument)], Spec::Scalar(Type::I128 | Type::U128));
            let plan = Plan::new(abi, &case.signature(abi)).unwrap();
            let mut steps = plan.moves.iter();
            steps.any(|step| is_wide_integer(step) && is_on_stack(step)) && steps.any(is_in_integer)
        },
    },
    Difference {
        compiler: Clang, abi: Abi::SysV64, judges: Judges::Nothing,
        why: "passes a declared vector of 32 bytes of a variadic function in memory; by the psABI, and gcc, in a register",
        applies: |case, abi| {
            case.fixed.is_some()
                && case.named().iter().any(|spec| spec.any(&is_wide) && spec.ty(bit_fields(abi)).size() == 32)
        },
    },
    Difference {
        compiler: Clang, abi: Abi::AppleArm64, judges: Judges::Functions,
        why: "its calls of variadic functions give a declared number of 1 or 2 bytes a place of 4 on the stack, and do not \
              align a composite of vectors; its functions look at places of 1 or 2 bytes, and at the next multiple of 16",
        applies: |case, _| {
            let small = |spec: &Spec| matches!(spec, Spec::Scalar(ty) if ty.size() < 4);
            case.fixed.is_some()
                && (case.named().iter().any(small)
                    || case.unnamed().iter().any(|spec| !is_vector(spec) && spec.any(&is_vector)))
        },
    },
    Difference {
        compiler: Gcc, abi: Abi::Aapcs64, judges: Judges::Nothing,
        why: "takes a union's bit-field of width zero for an integer; by the AAPCS64 homogeneous is what is so in its layout, and \
              clang 19 says the same, gcc since 12 of structs",
        applies: |case, abi| case.any_whole(|spec| spec.any(&pads_with_integer) && is_in_vectors(&spec.ty(bit_fields(abi)), abi)),
    },
    Difference {
        compiler: Clang, abi: Abi::AppleArm64, judges: Judges::Nothing,
        why: "before 15 took a bit-field of width zero for an integer; by the AAPCS64 homogeneous is what is so in its layout, and \
              later ones say the same",
        applies: |case, abi| case.any_whole(|spec| spec.any(&pads) && is_in_vectors(&spec.ty(bit_fields(abi)), abi)),
    },
    Difference {
        compiler: Clang, abi: Abi::AppleArm64, judges: Judges::Functions,
        why: "ends with an internal error (14 and 19, \"incomplete scavenging\") on some calls with many arguments",
        applies: |case, _| case.parameters.len() > 48,
    },
    Difference {
        compiler: Clang, abi: Abi::WindowsArm64, judges: Judges::Nothing,
        why: "before 15 took a bit-field of width zero for an integer",
        applies: |case, abi| case.any_whole(|spec| spec.any(&pads) && is_in_vectors(&spec.ty(bit_fields(abi)), abi)),
    },
    Difference {
        compiler: Clang, abi: Abi::WindowsArm64, judges: Judges::Nothing,
        why: "Microsoft's C has no structs without members",
        applies: |case, _| case.any(|spec| spec.is_empty()),
    },
    Difference {
        compiler: Clang, abi: Abi::WindowsArm64, judges: Judges::Nothing,
        why: "by Microsoft's document a composite can lie half in x7, half on the stack, one aligned to 16 bytes skips a word, \
              and no vector register is used; its va_arg does not skip, and its declared parameters are not divided, and look \
              for vectors in vector registers",
        applies: |case, abi| {
            case.fixed.is_some()
                && (case.named().iter().any(|spec| is_vector(spec) || is_two_words(spec, abi))
                    || case.unnamed_types(abi).any(|ty| ty.alignment() >= 16 && ty.size() <= 16))
        },
    },
    Difference {
        compiler: Clang, abi: Abi::WindowsArm64, judges: Judges::Nothing,
        why: "its va_arg takes a vector of 32 bytes for a value, where its own calls pass it by reference",
        applies: |case, _| case.unnamed().iter().any(is_wide),
    },
    Difference {
        compiler: Clang, abi: Abi::WindowsArm64, judges: Judges::Functions,
        why: "where one integer register is left, its calls pass what takes two on the stack whole, and they pass vectors in \
              vector registers; its va_arg looks for the first half in x7, and for vectors in integer registers, as Microsoft's \
              document says; on a variadic call with a `_Float16` clang 14 gives up",
        applies: |case, abi| {
            let unnamed = case.unnamed();
            unnamed.iter().any(|spec| is_vector(spec) || is_two_words(spec, abi))
                || case.fixed.is_some() && case.parameters.contains(&Spec::Scalar(Type::F16))
        },
    },
];

/// The rows that apply to a case.
pub(crate) fn of(case: &Case, judge: Judge) -> impl Iterator<Item = &'static Difference> {
    DIFFERENCES.iter().filter(move |row| {
        row.compiler == judge.compiler && row.abi == judge.abi && (row.applies)(case, judge.abi)
    })
}

/// Whether neither direction is judged.
pub(crate) fn unjudged(case: &Case, judge: Judge) -> bool {
    of(case, judge).any(|row| row.judges == Judges::Nothing)
}

/// Whether calls of the compiler's functions are judged, but not its own calls.
pub(crate) fn only_functions(case: &Case, judge: Judge) -> bool {
    of(case, judge).any(|row| row.judges == Judges::Functions)
}

fn is_vector(spec: &Spec) -> bool {
    matches!(spec, Spec::Scalar(Type::Vector(_)))
}

/// A struct or union with a bit-field that has no name.
fn pads(spec: &Spec) -> bool {
    match spec {
        Spec::Struct(composite) | Spec::Union(composite) => {
            composite.members.iter().any(|member| !member.is_named())
        }
        _ => false,
    }
}

/// One whose bit-field without a name gcc takes for an integer: any of a union, those that have bits of a struct.
fn pads_with_integer(spec: &Spec) -> bool {
    match spec {
        Spec::Struct(composite) => {
            composite.members.iter().any(|member| member.unnamed && member.bits != Some(0))
        }
        _ => pads(spec),
    }
}

fn is_wide(spec: &Spec) -> bool {
    matches!(spec, Spec::Scalar(Type::Vector(vector)) if vector.size() == 32)
}

fn is_two_words(spec: &Spec, abi: Abi) -> bool {
    matches!(spec.ty(bit_fields(abi)).size(), 9..=16)
}

impl Spec {
    fn is_empty(&self) -> bool {
        match self {
            Spec::Struct(composite) | Spec::Union(composite) => {
                composite.members.iter().all(|member| member.bits == Some(0))
            }
            _ => false,
        }
    }
}

impl Case {
    pub(super) fn any(&self, property: impl Fn(&Spec) -> bool) -> bool {
        self.any_whole(|spec| spec.any(&property))
    }

    /// Whether a parameter or the result has the property.
    fn any_whole(&self, property: impl Fn(&Spec) -> bool) -> bool {
        self.parameters.iter().chain([&self.returns]).any(property)
    }

    /// The declared parameters.
    pub(super) fn named(&self) -> &[Spec] {
        &self.parameters[..self.fixed.unwrap_or(self.parameters.len())]
    }

    /// The arguments that stand for `...`.
    pub(super) fn unnamed(&self) -> &[Spec] {
        self.fixed.map_or(&[], |fixed| &self.parameters[fixed..])
    }

    pub(super) fn signature(&self, abi: Abi) -> Signature {
        let layout = bit_fields(abi);
        let parameters = self.parameters.iter().map(|spec| spec.ty(layout));
        let returns = self.returns.ty(layout);
        let signature = match self.fixed {
            None => Signature::new(parameters, returns),
            Some(fixed) => Signature::variadic(parameters, fixed, returns),
        };
        signature.unwrap()
    }

    /// The types of the parameters and of the result, if there is one.
    fn types(&self, abi: Abi) -> impl Iterator<Item = Type> {
        let layout = bit_fields(abi);
        let all = self.parameters.iter().chain([&self.returns]).map(move |spec| spec.ty(layout));
        all.filter(|ty| *ty != Type::Void)
    }

    fn unnamed_types(&self, abi: Abi) -> impl Iterator<Item = Type> {
        let layout = bit_fields(abi);
        self.unnamed().iter().map(move |spec| spec.ty(layout))
    }
}
