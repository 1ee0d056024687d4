//! SPIR-V, word by word: the header, the length of each instruction, the ids in it, how deep its types and blocks lie within
//! one another, and how large its types are.

use super::LOCATIONS;
use std::collections::HashMap;

/// The most types of which each has the next one in it.
const TYPES: usize = 255;

/// The most blocks within one another: each `else if` is one.
const BLOCKS: usize = 1000;

/// The most ids that a module may have: the limit of SPIR-V itself.
const IDS: u32 = 0x3f_ffff;

/// The decoration with a location.
const LOCATION: u32 = 30;

const MAGIC: u32 = 0x0723_0203;

/// Instructions by their numbers.
mod op {
    pub(super) const TYPE_INT: u32 = 21;
    pub(super) const TYPE_FLOAT: u32 = 22;
    pub(super) const TYPE_VECTOR: u32 = 23;
    pub(super) const TYPE_MATRIX: u32 = 24;
    pub(super) const TYPE_ARRAY: u32 = 28;
    pub(super) const TYPE_RUNTIME_ARRAY: u32 = 29;
    pub(super) const TYPE_STRUCT: u32 = 30;
    pub(super) const CONSTANT: u32 = 43;
    pub(super) const SPEC_CONSTANT: u32 = 50;
    pub(super) const FUNCTION_END: u32 = 56;
    pub(super) const DECORATE: u32 = 71;
    pub(super) const MEMBER_DECORATE: u32 = 72;
    pub(super) const LOOP_MERGE: u32 = 246;
    pub(super) const VARIABLE: u32 = 59;
    pub(super) const SELECTION_MERGE: u32 = 247;
    pub(super) const LABEL: u32 = 248;
}

/// Why the engine must not get to see this module, if it must not.
pub(super) fn check(words: &[u32]) -> Result<(), String> {
    read(words).map_err(|cause| format!("Failed to parse SPIR-V: {cause}"))
}

/// Whether the module has a variable in the memory of workgroups.
pub(crate) fn has_workgroup_memory(words: &[u32]) -> bool {
    const WORKGROUP: u32 = 4;
    let mut rest = words.get(5..).unwrap_or_default();
    while let [first, operands @ ..] = rest {
        if first & 0xffff == op::VARIABLE && operands.get(2) == Some(&WORKGROUP) {
            return true;
        }
        let length = (first >> 16).max(1) as usize;
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

fn read(words: &[u32]) -> Result<(), String> {
    let &[magic, _, _, bound, _, ref instructions @ ..] = words else {
        return Err(format!("{} words are less than a header", words.len()));
    };
    if magic != MAGIC {
        return Err(format!("it begins with {magic:#010x} instead of {MAGIC:#010x}"));
    }
    if bound == 0 || bound > IDS {
        return Err(format!("the bound of its ids is {bound}, not from 1 to {IDS}"));
    }
    let mut module = Module { bound, ..Module::default() };
    let mut rest = instructions;
    while let [first, ..] = *rest {
        let at = words.len() - rest.len();
        let (length, opcode) = ((first >> 16) as usize, first & 0xffff);
        let split = rest.split_at_checked(length).filter(|_| length > 0);
        let (instruction, after) =
            split.ok_or_else(|| format!("the instruction at word {at} has the length {length}"))?;
        let read = module.read(opcode, &instruction[1..]);
        read.map_err(|cause| format!("the instruction at word {at} {cause}"))?;
        rest = after;
    }
    Ok(())
}

/// What is known of a module up to an instruction.
#[derive(Default)]
struct Module {
    bound: u32,
    types: HashMap<u32, Type>,
    constants: HashMap<u32, u32>,
    /// The labels that end the blocks which are open.
    merges: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Type {
    /// How many types lie within one another.
    depth: usize,
    bytes: u64,
}

impl Module {
    fn read(&mut self, opcode: u32, operands: &[u32]) -> Result<(), String> {
        for id in ids(opcode, operands).ok_or("lacks operands")? {
            if *id == 0 || *id >= self.bound {
                return Err(format!("has the id {id}; the bound is {}", self.bound));
            }
        }
        match (opcode, operands) {
            (op::CONSTANT | op::SPEC_CONSTANT, [_, id, value, ..]) => {
                self.constants.insert(*id, *value);
            }
            (op::DECORATE, [_, LOCATION, number, ..])
            | (op::MEMBER_DECORATE, [_, _, LOCATION, number, ..])
                if *number > LOCATIONS =>
            {
                return Err(format!("has the location {number}, of at most {LOCATIONS}"));
            }
            (op::LOOP_MERGE | op::SELECTION_MERGE, [merge, ..]) => {
                self.merges.push(*merge);
                if self.merges.len() > BLOCKS {
                    return Err(format!("is within more than {BLOCKS} blocks"));
                }
            }
            (op::LABEL, [label]) => {
                if let Some(at) = self.merges.iter().rposition(|merge| merge == label) {
                    self.merges.truncate(at);
                }
            }
            (op::FUNCTION_END, _) => self.merges.clear(),
            (op::TYPE_INT..=op::TYPE_STRUCT, [id, rest @ ..]) => {
                let declared = self.declared(opcode, rest);
                if declared.depth > TYPES {
                    return Err(format!("declares a type of more than {TYPES} within one another"));
                }
                if declared.bytes > u32::MAX.into() {
                    return Err("declares a type of more bytes than 32 bits can count".into());
                }
                self.types.insert(*id, declared);
            }
            _ => {}
        }
        Ok(())
    }

    /// The type that this instruction declares.
    fn declared(&self, opcode: u32, operands: &[u32]) -> Type {
        let known = |id: &u32| self.types.get(id).copied().unwrap_or_default();
        let element = operands.first().map(known).unwrap_or_default();
        let depth = element.depth + 1;
        let times = |count: u32| element.bytes.saturating_mul(count.into());
        match (opcode, operands) {
            (op::TYPE_INT | op::TYPE_FLOAT, [bits, ..]) => {
                Type { depth: 1, bytes: u64::from(bits / 8) }
            }
            (op::TYPE_VECTOR | op::TYPE_MATRIX, [_, count]) => Type { depth, bytes: times(*count) },
            (op::TYPE_ARRAY, [_, length]) => {
                let length = self.constants.get(length).copied().unwrap_or(1);
                Type { depth, bytes: times(length) }
            }
            (op::TYPE_RUNTIME_ARRAY, _) => Type { depth, ..element },
            (op::TYPE_STRUCT, members) => {
                members.iter().map(known).fold(Type { depth: 1, bytes: 0 }, |all, member| Type {
                    depth: all.depth.max(member.depth + 1),
                    bytes: all.bytes.saturating_add(member.bytes),
                })
            }
            _ => Type { depth: 1, bytes: 0 },
        }
    }
}

/// The operands that are ids, of the instructions in which they come first; `None` if some are missing.
fn ids(opcode: u32, operands: &[u32]) -> Option<&[u32]> {
    let count = match opcode {
        // Names and decorations of one; literals follow.
        5 | 6 | 71 | 72 => 1,
        // Types of a width, samplers, labels, branches and results of functions.
        19..=22 | 26 | 31 | 248 | 249 | 254 => 1,
        // Types of an element, types of images, and constants of a value.
        23..=25 | 27 | 29 | 41..=43 | 46 | 48..=50 | 52 => 2,
        28 => 3,
        // Functions, parameters, variables.
        54 | 55 | 59 => 2,
        61 | 250 => 3,
        62 | 246 => 2,
        247 | 251 => 1,
        // Composites, calls, chains of indices, and all that is calculated.
        30 | 33 | 44 | 51 | 57 | 65 | 66 | 80 | 109..=205 | 245 => operands.len(),
        _ => 0,
    };
    operands.get(..count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of these instructions, each its opcode and operands.
    fn module(bound: u32, instructions: &[&[u32]]) -> Vec<u32> {
        let mut words = vec![MAGIC, 0x1_0000, 0, bound, 0];
        for instruction in instructions {
            words.push((instruction.len() as u32) << 16 | instruction[0]);
            words.extend(&instruction[1..]);
        }
        words
    }

    fn cause(words: &[u32]) -> String {
        check(words).unwrap_err()
    }

    #[test]
    fn headers_and_lengths() {
        assert_eq!(check(&module(1, &[])), Ok(()));
        assert!(cause(&[MAGIC, 0, 0]).contains("3 words"));
        assert!(cause(&module(0, &[])).contains("bound"));
        assert!(cause(&module(u32::MAX, &[])).contains("bound"));
        let mut words = module(1, &[]);
        words[0] = MAGIC.swap_bytes();
        assert!(cause(&words).contains("begins with"));
        for wrong in [0, 2 << 16 | 17, 0xffff_0011] {
            let mut words = module(1, &[]);
            words.push(wrong);
            assert!(cause(&words).contains("at word 5 has the length"), "{}", cause(&words));
        }
    }

    #[test]
    fn ids_are_within_the_bound() {
        assert_eq!(check(&module(3, &[&[22, 1, 32], &[23, 2, 1, 4]])), Ok(()));
        assert!(cause(&module(2, &[&[22, 1, 32], &[23, 2, 1, 4]])).contains("has the id 2"));
        assert!(cause(&module(3, &[&[22, 0, 32]])).contains("has the id 0"));
        assert!(cause(&module(3, &[&[22]])).contains("lacks operands"));
        assert!(cause(&module(9, &[&[128, 1, 2, 3, 9]])).contains("has the id 9"));
    }

    #[test]
    fn locations_that_are_far_away() {
        assert_eq!(check(&module(2, &[&[71, 1, 30, 0xffff], &[72, 1, 0, 30, 7]])), Ok(()));
        assert!(cause(&module(2, &[&[71, 1, 30, 0x1_0000]])).contains("the location 65536"));
        assert!(cause(&module(2, &[&[72, 1, 0, 30, u32::MAX]])).contains("location"));
    }

    #[test]
    fn memory_of_workgroups() {
        assert!(has_workgroup_memory(&module(4, &[&[59, 1, 2, 4]])));
        assert!(!has_workgroup_memory(&module(4, &[&[59, 1, 2, 6], &[43, 1, 2, 4]])));
        assert!(!has_workgroup_memory(&[MAGIC, 0, 0, 4, 0, 0xffff_003b]));
    }

    #[test]
    fn types_within_types() {
        let nested = |count: u32| {
            let types = (2..2 + count).map(|id| [30, id, id - 1]).collect::<Vec<_>>();
            let types = types.iter().map(|one| &one[..]);
            let first: &[u32] = &[22, 1, 32];
            check(&module(count + 2, &std::iter::once(first).chain(types).collect::<Vec<_>>()))
        };
        assert_eq!(nested(254), Ok(()));
        assert!(nested(255).unwrap_err().contains("more than 255"));
        assert!(nested(100_000).is_err());
    }

    #[test]
    fn sizes_that_cannot_be_counted() {
        let array = |length| {
            check(&module(
                9,
                &[&[21, 1, 32, 0], &[43, 1, 2, length], &[28, 3, 1, 2], &[28, 4, 3, 2]],
            ))
        };
        assert_eq!(array(1 << 14), Ok(()));
        assert!(array(1 << 15).unwrap_err().contains("more bytes"));
        assert!(array(u32::MAX).is_err());
    }

    #[test]
    fn blocks_within_blocks() {
        let blocks = |count: u32, is_closed: bool| {
            let open = (1..=count).map(|id| vec![247, id, 0]);
            let close = (1..=count).rev().filter(|_| is_closed).map(|id| vec![248, id]);
            let all = open.chain(close).collect::<Vec<_>>();
            let all = all.iter().map(Vec::as_slice).collect::<Vec<_>>();
            check(&module(count + 1, &[&all[..], &all[..]].concat()))
        };
        assert_eq!(blocks(1000, true), Ok(()));
        assert!(blocks(1000, false).unwrap_err().contains("1000 blocks"));
    }
}
