//! Values in memory, read and written where they lie, as they were declared.

use std::cell::RefCell;
use std::fmt::{self, Debug, Display, Formatter};
use std::marker::PhantomData;
use std::ptr::NonNull;

use super::argument::Argument;
use super::convert::{Converter, Memory, Place, Store, typed};
use super::model::{DeclaredType, Form};
use super::pointer::PointerTo;
use super::{Declarations, show_value};
use crate::types::{BitRange, FieldLayout};
use crate::value::bits;
use crate::value::path::{Step, steps};
use crate::{Error, Value};

/// A value in memory with its declared type: a struct of C's behind a pointer, or what an [`Object`](super::Object) owns.
///
/// Parts are named by paths: `"member"`, `"in.list[2]"`, `"[0]"`; the empty path is the whole. Reading copies the value,
/// writing converts an [`Argument`] as a call does, and neither leaves the memory that is known to be there: an index past
/// the end of an array is an error. Clones view the same memory.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// let libc = ffi::Library::this()?;
/// let localtime = libc.declare("
///     struct tm { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year; int tm_rest[3]; long tm_gmtoff; const char *tm_zone; };
///     struct tm *gmtime(const long *time);
/// ")?;
/// // SAFETY: the pointer leads to a time.
/// let time = unsafe { localtime.call((&[86_400_i64],)) }?;
/// // SAFETY: what gmtime returns stays there until it is called again.
/// let time = unsafe { time.view() }?;
/// assert_eq!(time.get("tm_year")?.convert::<u32>()?, 70);
/// time.set("tm_rest[1]", 7)?;
/// assert_eq!(time.get("tm_rest")?.to_string(), "[5, 7, 0]");
/// assert!(time.get("tm_rest[3]").is_err());
/// # }
/// # Ok::<(), ffi::Error>(())
/// ```
#[derive(Clone)]
pub struct View<'memory> {
    declarations: Declarations,
    ty: DeclaredType,
    start: NonNull<u8>,
    /// So many bytes are there.
    room: usize,
    /// Whether it was reached through something constant.
    constant: bool,
    /// Where copies go that pointers lead to; without it there are none.
    copies: Option<&'memory RefCell<Memory<'static>>>,
    /// Neither moved to other threads nor shared with them: nothing synchronises what reads and writes.
    memory: PhantomData<*mut &'memory ()>,
}

/// A part of a declared type.
struct Part {
    ty: DeclaredType,
    offset: usize,
    bits: Option<(FieldLayout, BitRange)>,
    constant: bool,
}

impl<'memory> View<'memory> {
    /// # Safety
    /// For `'memory`, so many bytes lie there that can be read, and written unless the view is constant, while no reference
    /// of Rust's and no other thread does; at the beginning a value of the type is initialised but for the padding of
    /// structs.
    pub(super) unsafe fn new(
        declarations: &Declarations,
        ty: DeclaredType,
        start: NonNull<u8>,
        room: usize,
        constant: bool,
        copies: Option<&'memory RefCell<Memory<'static>>>,
    ) -> View<'memory> {
        let declarations = declarations.clone();
        View { declarations, ty, start, room, constant, copies, memory: PhantomData }
    }

    /// The declared type.
    pub fn ty(&self) -> &DeclaredType {
        &self.ty
    }

    /// The declared type in C notation.
    pub fn type_name(&self) -> String {
        self.declarations.show(&self.ty)
    }

    /// The declarations that the type is one of.
    pub fn declarations(&self) -> &Declarations {
        &self.declarations
    }

    /// A pointer to it, as a declared function takes it; of an array, to its first element.
    pub fn pointer(&self) -> Value {
        pointer_to(&self.declarations, &self.ty, self.start, self.constant)
    }

    /// A part.
    ///
    /// # Errors
    /// [`Error::Conversion`] for a part that is not there, and for a bit-field, which has no address.
    pub fn at(&self, path: &str) -> Result<View<'memory>, Error> {
        let Part { ty, offset, bits, constant } = self.find(path)?;
        if bits.is_some() {
            return Err(self.refused(path, "is a bit-field, which has no address"));
        }
        // SAFETY: a part begins within the memory that is there, or at its end.
        let start = unsafe { self.start.add(offset) };
        Ok(View { ty, start, room: self.room - offset, constant, ..self.clone() })
    }

    /// The value of a part. An array of unknown length becomes a pointer to its first element, as in C.
    ///
    /// # Errors
    /// [`Error::Conversion`] for a part that is not there, [`Error::DeclaredType`] for one whose type has no values.
    pub fn get(&self, path: &str) -> Result<Value, Error> {
        let Part { ty, offset, bits, constant } = self.find(path)?;
        // SAFETY: a part begins within the memory that is there, or at its end.
        let start = unsafe { self.start.add(offset) };
        if let Some((field, bits)) = bits {
            // SAFETY: the bytes of the bit-field lie there, as `find` checks.
            let bytes = unsafe { bytes_at(start, bits::held_bytes(bits)) };
            return Ok(bits::load(&field, bits, &bytes));
        }
        if let Form::Array(_, None) = self.declarations.0.resolve(&ty).form {
            return Ok(pointer_to(&self.declarations, &ty, start, constant));
        }
        let value = self.declarations.value_type(&ty)?;
        // SAFETY: the part lies within the memory, as `find` checks, and is initialised but for its padding.
        let value = unsafe { Value::read(&value, start.as_ptr()) };
        Ok(typed(value, PointerTo::new(&self.declarations, &ty, None).as_ref()))
    }

    /// Writes a part. What a list or the names of members leave out is zero then.
    ///
    /// # Errors
    /// [`Error::Conversion`] for a part that is not there or constant, and for a value that it cannot hold. A string or a
    /// list for a pointer is a copy, which only an [`Object`](super::Object) keeps.
    pub fn set<'a>(&self, path: &str, value: impl Into<Argument<'a>>) -> Result<(), Error> {
        let part = self.find(path)?;
        if part.constant {
            return Err(self.refused(path, "is constant"));
        }
        self.store(path, part, value.into())
    }

    /// As [`View::set`], of a part which may be constant: it begins so.
    pub(super) fn begin(&self, path: &str, value: Argument<'_>) -> Result<(), Error> {
        self.store(path, self.find(path)?, value)
    }

    fn store(&self, path: &str, part: Part, mut value: Argument<'_>) -> Result<(), Error> {
        let Part { ty, offset, bits, .. } = part;
        let value_type = self.declarations.value_type(&ty)?;
        let mut bytes = vec![0; value_type.size()];
        let mut store = Store::new(Memory::on_heap());
        let mut converter = Converter { declarations: &self.declarations, store: &mut store };
        let shown = self.place(path);
        converter.write(&ty, &value_type, &mut value, Place::Named(&shown), &mut bytes)?;
        match self.copies {
            Some(copies) if store.outs.len() == 0 => copies.borrow_mut().keep(store.memory),
            _ if store.copied => {
                let why = "would be a copy that nobody keeps: pass a pointer, or use an `Object`";
                return Err(Error::Conversion {
                    place: shown,
                    value: "this".into(),
                    why: why.into(),
                });
            }
            _ => {}
        }
        // SAFETY: a part begins within the memory that is there, or at its end.
        let start = unsafe { self.start.add(offset) };
        if let Some((field, bits)) = bits {
            // SAFETY: the bytes of the bit-field lie there, as `find` checks.
            let mut held = unsafe { bytes_at(start, bits::held_bytes(bits)) };
            if let Err(number) = bits::store(&field, bits, &bytes, &mut held) {
                let (value, why) =
                    (number.to_string(), format!("does not fit {} bits", bits.width));
                return Err(Error::Conversion { place: shown, value, why });
            }
            bytes = held;
        }
        // SAFETY: the part lies within the memory, as `find` checks, and may be written, as it is not constant.
        unsafe { start.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        Ok(())
    }

    /// The number of elements of an array, as far as it is known; none for another type.
    pub fn len(&self) -> Option<usize> {
        let Form::Array(element, length) = &self.declarations.0.resolve(&self.ty).form else {
            return None;
        };
        match (length, self.declarations.0.size(element)) {
            (Some(length), _) => Some(*length),
            (None, Ok(0) | Err(_)) => Some(0),
            (None, Ok(size)) => Some(self.room / size),
        }
    }

    /// Whether it is an array without elements.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The elements of an array.
    ///
    /// # Errors
    /// [`Error::Conversion`] for another type.
    ///
    /// # Panics
    /// Never: no element is past the end.
    pub fn elements(
        &self,
    ) -> Result<impl ExactSizeIterator<Item = View<'memory>> + use<'memory>, Error> {
        let length = self.len().ok_or_else(|| self.refused("", "is no array"))?;
        let array = self.clone();
        let element = move |index| array.at(&format!("[{index}]")).expect("it is one of them");
        Ok((0..length).map(element))
    }

    /// The bytes of an array, as far as they are known to be there; those of elements that have no padding.
    pub(super) fn array_bytes(&self) -> Vec<u8> {
        let Form::Array(element, _) = &self.declarations.0.resolve(&self.ty).form else {
            return Vec::new();
        };
        let (unit, length) = (self.declarations.0.text_unit(element), self.len());
        let count = unit.zip(length).map_or(0, |(unit, length)| unit * length);
        // SAFETY: the elements lie there, and characters have no padding.
        unsafe { bytes_at(self.start, count.min(self.room)) }
    }

    /// Finds a part whose bytes are all there.
    fn find(&self, path: &str) -> Result<Part, Error> {
        let model = &self.declarations.0;
        let (ty, constant) = (self.ty.clone(), self.constant || self.is_constant(&self.ty));
        let mut part = Part { ty, offset: 0, bits: None, constant };
        for step in steps(path) {
            let refused = |why: String| self.refused(path, &why);
            part = match step {
                Step::Member(name) => self.member(&part, name).map_err(refused)?,
                Step::Element(index) => self.element(&part, index).map_err(refused)?,
            };
            part.constant |= self.is_constant(&part.ty);
        }
        let size = match (&part.bits, &model.resolve(&part.ty).form) {
            (Some((_, bits)), _) => bits::held_bytes(*bits),
            (None, Form::Array(_, None) | Form::Function(_)) => 0,
            (None, _) => self.declarations.size(&part.ty)?,
        };
        match part.offset.checked_add(size) {
            Some(end) if end <= self.room => Ok(part),
            _ => Err(self.refused(path, "lies behind the end of the memory")),
        }
    }

    /// Whether a type is constant, or an array of what is.
    fn is_constant(&self, ty: &DeclaredType) -> bool {
        let model = &self.declarations.0;
        let element = match &model.resolve(ty).form {
            Form::Array(element, _) => Some(element),
            _ => None,
        };
        model.is_constant(ty) || element.is_some_and(|element| self.is_constant(element))
    }

    fn member(&self, part: &Part, name: &str) -> Result<Part, String> {
        let model = &self.declarations.0;
        let Form::Tag(index) = model.resolve(&part.ty).form else {
            return Err(format!("`{}` has no members", self.declarations.show(&part.ty)));
        };
        let definition = model.tags[index].definition.as_ref();
        let definition = definition.ok_or_else(|| model.not_defined(index))?;
        let found = model.find_member(&definition.ty, &definition.members, name);
        let (field, base, ty) = found.ok_or_else(|| {
            format!("`{}` has no member `{name}`", self.declarations.show(&part.ty))
        })?;
        Ok(Part {
            ty: ty.clone(),
            offset: part.offset + base + field.offset(),
            bits: field.bits().map(|bits| (field.clone(), bits)),
            constant: part.constant,
        })
    }

    fn element(&self, part: &Part, index: &str) -> Result<Part, String> {
        let model = &self.declarations.0;
        let Form::Array(element, length) = &model.resolve(&part.ty).form else {
            return Err(format!("`{}` is no array", self.declarations.show(&part.ty)));
        };
        let size = model.size(element)?;
        let room = self.room.saturating_sub(part.offset);
        let length = length.unwrap_or(room.checked_div(size).unwrap_or(0));
        let number = index.parse().ok().or_else(|| {
            let constant = self.declarations.constant(index)?;
            usize::try_from(constant).ok()
        });
        match number.filter(|number| *number < length) {
            Some(number) => Ok(Part {
                ty: DeclaredType::clone(element),
                offset: part.offset + number * size,
                bits: None,
                constant: part.constant,
            }),
            None => Err(format!("`[{index}]` is none of its {length} elements")),
        }
    }

    /// What messages call a part.
    fn place(&self, path: &str) -> String {
        match path {
            "" => self.type_name(),
            path if path.starts_with('[') => format!("{}{path}", self.type_name()),
            path => format!("{}.{path}", self.type_name()),
        }
    }

    fn refused(&self, path: &str, why: &str) -> Error {
        let (place, value) = ("the view".to_owned(), self.place(path));
        Error::Conversion { place, value, why: why.to_owned() }
    }
}

/// A copy of bytes.
///
/// # Safety
/// So many bytes can be read there.
unsafe fn bytes_at(start: NonNull<u8>, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    // SAFETY: by the contract of this function; a new vector lies elsewhere.
    unsafe { start.as_ptr().copy_to_nonoverlapping(bytes.as_mut_ptr(), count) };
    bytes
}

/// A pointer to a value of a type; of an array, to its first element.
fn pointer_to(
    declarations: &Declarations,
    ty: &DeclaredType,
    start: NonNull<u8>,
    constant: bool,
) -> Value {
    let mut target = match &declarations.0.resolve(ty).form {
        Form::Array(element, _) => DeclaredType::clone(element),
        _ => ty.clone(),
    };
    target.constant |= constant;
    let pointer = PointerTo::new(declarations, &DeclaredType::pointer(target), None);
    pointer.expect("it is a pointer").value_at(start.as_ptr().cast())
}

impl<'a> From<&'a View<'_>> for Argument<'a> {
    fn from(view: &'a View<'_>) -> Argument<'a> {
        Argument::Value(view.pointer())
    }
}

/// The value as it was declared: enumerators by their names, pointers with their types.
impl Display for View<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        show_value::write(f, self)
    }
}

impl Debug for View<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "View({} at {:?})", self.type_name(), self.start)
    }
}
