//! Random cases from a seed: the same seed always makes the same case.

use ffi::Type;

use super::Case;
use super::spec::{Composite, Member, Spec};

/// A small deterministic generator (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound as u64) as usize
    }

    fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }
}

/// A case of up to 64 parameters, variadic now and then.
pub(crate) fn case(seed: u64, scalars: &[Type]) -> Case {
    let random = &mut Random::new(seed);
    let count = if random.one_in(8) { random.below(65) } else { random.below(10) };
    let parameters: Vec<Spec> = (0..count).map(|_| value(random, scalars, 3)).collect();
    let returns = if random.one_in(6) { Spec::Void } else { value(random, scalars, 3) };
    let case = Case::new(parameters, returns);
    if count > 1 && random.one_in(6) { variadic(random, case) } else { case }
}

fn variadic(random: &mut Random, case: Case) -> Case {
    let fixed = 1 + random.below(case.parameters.len() - 1);
    let parameters = case.parameters.into_iter().enumerate().map(|(index, spec)| match spec {
        Spec::Scalar(Type::F32) if index >= fixed => Type::F64.into(),
        Spec::Scalar(Type::Bool | Type::I8 | Type::I16 | Type::U8 | Type::U16)
            if index >= fixed =>
        {
            Type::I32.into()
        }
        spec => spec,
    });
    Case::variadic(parameters, fixed, case.returns)
}

fn value(random: &mut Random, scalars: &[Type], depth: usize) -> Spec {
    if depth > 0 && random.one_in(2) {
        aggregate(random, scalars, depth - 1)
    } else {
        scalar(random, scalars).into()
    }
}

fn scalar(random: &mut Random, scalars: &[Type]) -> Type {
    scalars[random.below(scalars.len())].clone()
}

fn aggregate(random: &mut Random, scalars: &[Type], depth: usize) -> Spec {
    let most = if random.one_in(4) { 7 } else { 3 };
    let members = 1 + random.below(most);
    let members = (0..members).map(|_| member(random, scalars, depth)).collect();
    let packed = random.one_in(8).then(|| 1 << random.below(3));
    let aligned = random.one_in(10).then(|| 1 << random.below(7));
    let composite = Composite { members, packed, aligned };
    if random.one_in(5) { Spec::Union(composite) } else { Spec::Struct(composite) }
}

fn member(random: &mut Random, scalars: &[Type], depth: usize) -> Member {
    if random.one_in(8) {
        let types = [Type::I8, Type::U16, Type::I32, Type::U32, Type::I64, Type::U64];
        let ty = types[random.below(types.len())].clone();
        let width = 1 + random.below(8 * ty.size()) as u32;
        return Member { spec: ty.into(), bits: Some(width) };
    }
    let spec = value(random, scalars, depth);
    if random.one_in(5) {
        Spec::Array(Box::new(spec), 1 + random.below(4)).into()
    } else {
        spec.into()
    }
}
