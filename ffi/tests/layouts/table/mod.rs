//! Types and enumerators of declarations, compared with what a C compiler says of the same text.
//!
//! The compiler reads the text with a table behind it, in a section of its own: one number for each size, alignment, offset
//! and enumerator, and a value for each bit-field in which its bits alone are set. Nothing is run.

mod compiled;

use std::fmt::Write as _;
use std::ops::AddAssign;

use ffi::declare::DeclaredType;
use ffi::{Declarations, Error};

pub(crate) use compiled::{Judged, judge, succeeded};

/// What is compared.
#[derive(Debug, Default)]
pub(crate) struct Table {
    numbers: Vec<Number>,
    bit_fields: Vec<BitField>,
    pub(crate) counts: Counts,
}

/// How much is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counts {
    pub(crate) types: usize,
    /// Those of them that are structs and unions.
    pub(crate) composites: usize,
    pub(crate) members: usize,
    pub(crate) enumerators: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.types += other.types;
        self.composites += other.composites;
        self.members += other.members;
        self.enumerators += other.enumerators;
    }
}

/// A number: its C expression, and what the declarations say.
#[derive(Debug)]
struct Number {
    what: String,
    expression: String,
    ours: i128,
}

/// A bit-field of a type with so many bytes.
#[derive(Debug)]
struct BitField {
    what: String,
    ty: String,
    name: String,
    size: usize,
    first: usize,
    width: usize,
}

/// The section that the table lies in.
const SECTION: &str = "ffi.table";

impl Table {
    /// Of all types and enumerators.
    ///
    /// # Errors
    /// Where a type that is defined has no layout.
    pub(crate) fn of(declarations: &Declarations) -> Result<Table, Error> {
        let mut table = Table::default();
        let composites = declarations.composites();
        for name in declarations.types() {
            let ty = declarations.type_named(&name)?;
            match declarations.value_type(&ty) {
                // `void` has no size in C; the compilers say 1.
                Ok(value) if !value.is_void() => {
                    let align = declarations.align_of(&name)?;
                    table.type_(&name, &name, value.size(), align);
                    table.members(declarations, &name, &name, &ty)?;
                }
                Err(error) if composites.contains(&name) => return Err(error),
                _ => {}
            }
            // A tag has a name; what a type name stands for may have none.
            let inner = declarations.element(&ty).or_else(|| declarations.pointee(&ty));
            if let Some(inner) = inner {
                table.unnamed(
                    declarations,
                    &format!("*{name}"),
                    &format!("**({name} *)0"),
                    inner,
                )?;
            }
        }
        for (name, ty) in declarations.variables() {
            table.unnamed(declarations, name, name, ty)?;
        }
        for (name, value) in declarations.constants() {
            // The sign is lost where the value becomes one of the table's numbers.
            table.number(name.to_owned(), name.to_owned(), i128::from(value as u64));
            table.number(format!("{name} < 0"), format!("{name} < 0"), (value < 0).into());
            table.counts.enumerators += 1;
        }
        Ok(table)
    }

    fn number(&mut self, what: String, expression: String, ours: i128) {
        self.numbers.push(Number { what, expression, ours });
    }

    /// The size and alignment of a type, which C calls `name`.
    fn type_(&mut self, shown: &str, name: &str, size: usize, align: usize) {
        self.number(format!("the size of {shown}"), format!("sizeof({name})"), size as i128);
        let alignment = format!("__alignof__({name})");
        self.number(format!("the alignment of {shown}"), alignment, align as i128);
        self.counts.types += 1;
    }

    /// The members of a type, if it has any.
    fn members(
        &mut self,
        declarations: &Declarations,
        shown: &str,
        name: &str,
        ty: &DeclaredType,
    ) -> Result<(), Error> {
        let Ok(members) = declarations.members(ty) else { return Ok(()) };
        let size = declarations.value_type(ty)?.size();
        self.counts.composites += 1;
        self.counts.members += members.len();
        for member in members {
            let what = format!("{shown}.{}", member.name());
            match member.bits() {
                Some(bits) => self.bit_fields.push(BitField {
                    what,
                    ty: name.to_owned(),
                    name: member.name().to_owned(),
                    size,
                    first: 8 * member.offset() + bits.first as usize,
                    width: bits.width as usize,
                }),
                None => {
                    let offset = format!("__builtin_offsetof({name}, {})", member.name());
                    self.number(format!("the offset of {what}"), offset, member.offset() as i128);
                    let value = format!("(({name} *)0)->{}", member.name());
                    self.unnamed(declarations, &what, &value, member.ty())?;
                }
            }
        }
        Ok(())
    }

    /// The struct or union without a name that a value is made of: itself, the elements of an array, what is pointed to.
    fn unnamed(
        &mut self,
        declarations: &Declarations,
        shown: &str,
        value: &str,
        ty: &DeclaredType,
    ) -> Result<(), Error> {
        let (mut ty, mut value) = (ty, value.to_owned());
        // What has a name is looked at by itself.
        let has_name = |ty| !declarations.show(ty).contains("{…}");
        while !has_name(ty)
            && let Some(inner) = declarations.element(ty).or_else(|| declarations.pointee(ty))
        {
            (ty, value) = (inner, format!("*({value})"));
        }
        if has_name(ty) || declarations.members(ty).is_err() {
            return Ok(());
        }
        let (layout, name) = (declarations.value_type(ty)?, format!("__typeof__({value})"));
        self.type_(shown, &name, layout.size(), layout.alignment());
        self.members(declarations, shown, &name, ty)
    }

    /// The table in C, for the end of the text that was declared.
    fn source(&self) -> String {
        let mut text = format!(
            "\n;const struct {{ unsigned long long numbers[{}]; struct {{\n",
            self.numbers.len() + self.bit_fields.len() + 1
        );
        for (index, field) in self.bit_fields.iter().enumerate() {
            writeln!(text, "{} value{index} __attribute__((packed));", field.ty).unwrap();
        }
        writeln!(
            text,
            "}} __attribute__((packed)) bits; }} ffi_table __attribute__((section(\"{SECTION}\"))) = {{ {{"
        )
        .unwrap();
        for Number { expression, .. } in &self.numbers {
            writeln!(text, "{expression},").unwrap();
        }
        for index in 0..self.bit_fields.len() {
            writeln!(text, "__builtin_offsetof(__typeof__(ffi_table), bits.value{index}),")
                .unwrap();
        }
        text.push_str("0 }, {\n");
        for BitField { name, .. } in &self.bit_fields {
            writeln!(text, "{{ .{name} = -1 }},").unwrap();
        }
        text.push_str("} };\n");
        text
    }

    /// Where the compiled table says otherwise.
    fn differences(&self, compiled: &[u8]) -> Vec<String> {
        let mut words = compiled.chunks_exact(8).map(|word| {
            u64::from_le_bytes(word.try_into().expect("the chunks have eight bytes each"))
        });
        let mut differences = Vec::new();
        for Number { what, ours, .. } in &self.numbers {
            let theirs = words.next().expect("the compiled table holds all numbers");
            if i128::from(theirs) != *ours {
                differences.push(format!("{what} is {theirs}, not {ours}"));
            }
        }
        for field in &self.bit_fields {
            let at = words.next().expect("the compiled table holds all numbers") as usize;
            // Where the sizes differ, which is told, the value may end before.
            let value = compiled.get(at..at + field.size).unwrap_or(&[]);
            let set: Vec<usize> =
                (0..8 * value.len()).filter(|bit| value[bit / 8] >> (bit % 8) & 1 == 1).collect();
            let ours: Vec<usize> = (field.first..field.first + field.width).collect();
            if set != ours {
                let range = |bits: &[usize]| match bits {
                    [first, .., last] => format!("{first} to {last}"),
                    [only] => only.to_string(),
                    [] => "none".into(),
                };
                differences.push(format!(
                    "the bits of {} are {}, not {}",
                    field.what,
                    range(&set),
                    range(&ours)
                ));
            }
        }
        differences
    }
}
