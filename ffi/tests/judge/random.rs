//! Random cases from a seed: the same seed always makes the same case.

use ffi::{Abi, Type};

use super::spec::{Composite, Member, Spec};
use super::{Case, dialect};

use Type::{Bool, F32, F64, I8, I16, I32, I64, Pointer, U8, U16, U32, U64};

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

/// What random cases are made of.
#[derive(Clone, Debug)]
pub(crate) struct Mix {
    /// The numbers, pointers and vectors.
    scalars: Vec<Type>,
    /// How many of the first ones are drawn more often; 0 for none.
    usual: usize,
}

impl Mix {
    /// All of these alike, and no options of single members: what the first seeds chose among.
    pub(crate) fn plain(scalars: Vec<Type>) -> Mix {
        Mix { scalars, usual: 0 }
    }

    /// Everything that a convention's C has, plain integers and numbers more often than the rest.
    pub(crate) fn all(abi: Abi) -> Mix {
        let usual = [Bool, I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, Pointer];
        let vectors =
            [(I8, 8), (I16, 4), (U32, 2), (U8, 16), (U16, 8), (F64, 2), (I32, 8), (F64, 4)];
        let vectors = vectors.map(|(lane, count)| Type::vector(lane, count).unwrap());
        let mut scalars = Vec::from(usual.clone());
        scalars.extend(dialect::scalars(abi).into_iter().filter(|ty| !usual.contains(ty)));
        scalars.extend(vectors);
        Mix { scalars, usual: usual.len() }
    }

    fn is_plain(&self) -> bool {
        self.usual == 0
    }
}

/// A case of up to 64 parameters, variadic now and then.
pub(crate) fn case(seed: u64, mix: &Mix) -> Case {
    let random = &mut Random::new(seed);
    // Many parameters take many times as long, and teach little more.
    let (rarely, few) = if mix.is_plain() { (8, 10) } else { (40, 8) };
    let count = if random.one_in(rarely) { random.below(65) } else { random.below(few) };
    let parameters: Vec<Spec> = (0..count).map(|_| value(random, mix, 3)).collect();
    let returns = if random.one_in(6) { Spec::Void } else { value(random, mix, 3) };
    let case = Case::new(parameters, returns);
    if count > 1 && random.one_in(6) { variadic(random, case) } else { case }
}

fn variadic(random: &mut Random, case: Case) -> Case {
    let fixed = 1 + random.below(case.parameters.len() - 1);
    let parameters = case.parameters.into_iter().enumerate().map(|(index, spec)| match spec {
        Spec::Scalar(F32) if index >= fixed => F64.into(),
        Spec::Scalar(Bool | I8 | I16 | U8 | U16) if index >= fixed => I32.into(),
        spec => spec,
    });
    Case::variadic(parameters, fixed, case.returns)
}

fn value(random: &mut Random, mix: &Mix, depth: usize) -> Spec {
    if depth > 0 && random.one_in(2) {
        aggregate(random, mix, depth - 1)
    } else {
        scalar(random, mix).into()
    }
}

fn scalar(random: &mut Random, mix: &Mix) -> Type {
    let usual = !mix.is_plain() && !random.one_in(3);
    let choice = if usual { mix.usual } else { mix.scalars.len() };
    mix.scalars[random.below(choice)].clone()
}

fn aggregate(random: &mut Random, mix: &Mix, depth: usize) -> Spec {
    let most = if random.one_in(4) { 7 } else { 3 };
    let members = 1 + random.below(most);
    let members = (0..members).map(|_| member(random, mix, depth)).collect();
    let packed = random.one_in(8).then(|| 1 << random.below(3));
    let aligned = random.one_in(10).then(|| 1 << random.below(7));
    let mut composite = Composite { members, packed, aligned };
    if !mix.is_plain() && random.one_in(50) {
        composite.members.clear();
    }
    if random.one_in(5) { Spec::Union(composite) } else { Spec::Struct(composite) }
}

fn member(random: &mut Random, mix: &Mix, depth: usize) -> Member {
    if random.one_in(8) {
        let types = [I8, U16, I32, U32, I64, U64, Bool, U8, I16];
        let ty = types[random.below(if mix.is_plain() { 6 } else { types.len() })].clone();
        let most = if ty == Bool { 1 } else { 8 * ty.size() };
        let width = 1 + random.below(most) as u32;
        // Width 0 ends the storage unit.
        let ends = !mix.is_plain() && random.one_in(10);
        let bits = Some(if ends { 0 } else { width });
        return Member { bits, ..Spec::from(ty).into() };
    }
    let spec = value(random, mix, depth);
    let mut member: Member = if random.one_in(5) {
        Spec::Array(Box::new(spec), 1 + random.below(4)).into()
    } else {
        spec.into()
    };
    if !mix.is_plain() {
        member.packed = random.one_in(24);
        member.aligned = random.one_in(24).then(|| 1 << random.below(6));
    }
    member
}
