//! Memory that Rust owns and that has a declared type.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::RefCell;
use std::fmt::{self, Debug, Display, Formatter};
use std::ptr::NonNull;

use super::argument::Argument;
use super::convert::Memory;
use super::model::{DeclaredType, Form};
use super::{Declarations, View};
use crate::types::MAX_SIZE;
use crate::value::parts::fields;
use crate::{Error, Value};

/// A value of a declared type in memory of its own, which stays where it is until the object is dropped: what C is given a
/// pointer to, and Rust looks into afterwards.
///
/// Made by [`Declarations::object`] and its like. Strings and lists that are stored in it for pointers to lead to are copied,
/// and the copies live as long as the object.
///
/// ```
/// let c = ffi::Declarations::parse("struct entry { const char *name; int flags[2]; struct entry *next; };")?;
/// let last = c.object("struct entry", ffi::Argument::fields([("name", "last")]))?;
/// let first = c.zeroed("struct entry")?;
/// first.set("flags", [1, 2])?;
/// first.set("next", &last)?;
/// // SAFETY: the pointer leads to `last`.
/// let next = unsafe { first.get("next")?.view() }?;
/// // SAFETY: the object keeps the string.
/// assert_eq!(unsafe { next.get("name")?.text(16) }?.as_deref(), Some("last"));
/// assert_eq!(first.get("flags[1]")?.convert::<i32>()?, 2);
/// # Ok::<(), ffi::Error>(())
/// ```
///
/// A view cannot outlive its object:
///
/// ```compile_fail,E0505
/// let object = ffi::Declarations::default().zeroed("int")?;
/// let view = object.view();
/// drop(object);
/// view.get("")?;
/// # Ok::<(), ffi::Error>(())
/// ```
pub struct Object {
    start: NonNull<u8>,
    layout: Layout,
    declarations: Declarations,
    ty: DeclaredType,
    copies: RefCell<Memory<'static>>,
}

// SAFETY: the object owns its memory and its copies, and nothing in them belongs to a thread.
unsafe impl Send for Object {}

impl Declarations {
    /// A value of a type in memory of its own.
    ///
    /// # Errors
    /// As [`Declarations::zeroed`], and as [`View::set`].
    pub fn object<'a>(&self, ty: &str, value: impl Into<Argument<'a>>) -> Result<Object, Error> {
        let object = self.zeroed(ty)?;
        object.initialise("", value)?;
        Ok(object)
    }

    /// Zeros of a type in memory of their own.
    ///
    /// # Errors
    /// As [`Declarations::value_type_named`].
    pub fn zeroed(&self, ty: &str) -> Result<Object, Error> {
        self.zeroed_with(ty, 0)
    }

    /// Zeros of a struct in memory of their own, with room for so many elements of the flexible array at its end.
    ///
    /// ```
    /// let c = ffi::Declarations::parse("struct packet { unsigned char length; short data[]; };")?;
    /// let packet = c.zeroed_with("struct packet", 3)?;
    /// packet.set("data[2]", 7)?;
    /// assert!(packet.set("data[3]", 7).is_err());
    /// assert_eq!(packet.at("data")?.len(), Some(3));
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Declarations::value_type_named`]; [`Error::DeclaredType`] for elements of a type that ends in no such array.
    pub fn zeroed_with(&self, ty: &str, elements: usize) -> Result<Object, Error> {
        self.zeroed_of(&self.type_named(ty)?, elements)
    }

    /// As [`Declarations::zeroed_with`], for a type that is known already.
    ///
    /// # Errors
    /// As [`Declarations::zeroed_with`].
    pub fn zeroed_of(&self, ty: &DeclaredType, elements: usize) -> Result<Object, Error> {
        let value = self.value_type(ty)?;
        let mut size = value.size();
        if elements > 0 {
            let last = self.flexible_array(ty).map_err(|why| self.no_value(ty, why))?;
            let (offset, element) = last;
            let end = elements.checked_mul(element).and_then(|bytes| bytes.checked_add(offset));
            size = size.max(
                end.filter(|end| *end <= MAX_SIZE)
                    .ok_or_else(|| Error::TooLarge { what: self.show(ty), limit: MAX_SIZE })?,
            );
        }
        let alignment = self.0.alignment(ty).map_err(|why| self.no_value(ty, why))?;
        let layout = Layout::from_size_align(size.max(1), alignment.max(16))
            .map_err(|_| Error::TooLarge { what: self.show(ty), limit: MAX_SIZE })?;
        // SAFETY: the size is not zero.
        let Some(start) = NonNull::new(unsafe { alloc_zeroed(layout) }) else {
            handle_alloc_error(layout)
        };
        let (declarations, ty, copies) =
            (self.clone(), ty.clone(), RefCell::new(Memory::on_heap()));
        Ok(Object { start, layout, declarations, ty, copies })
    }

    /// The offset of the array without a length at the end of a struct, and the size of its elements.
    pub(super) fn flexible_array(&self, ty: &DeclaredType) -> Result<(usize, usize), String> {
        let none = || format!("`{}` ends in no array without a length", self.show(ty));
        let Form::Tag(index) = self.0.resolve(ty).form else { return Err(none()) };
        let definition = self.0.tags[index].definition.as_ref();
        let definition = definition.ok_or_else(|| self.0.not_defined(index))?;
        let last = fields(&definition.ty).last().zip(definition.members.last());
        let (field, member) = last.ok_or_else(none)?;
        match &self.0.resolve(member).form {
            Form::Array(element, None | Some(0)) => Ok((field.offset(), self.0.size(element)?)),
            _ => Err(none()),
        }
    }
}

impl Object {
    /// The value, to be read and written where it lies.
    pub fn view(&self) -> View<'_> {
        let (ty, size) = (self.ty.clone(), self.layout.size());
        // SAFETY: the memory has so many bytes, began as zeros, which are a value of any type, and lives as long as `self`.
        // The object is not shared between threads, and nothing in Rust refers to its memory.
        unsafe { View::new(&self.declarations, ty, self.start, size, false, Some(&self.copies)) }
    }

    /// Gives a part its first value: as [`Object::set`], also where it is constant.
    ///
    /// # Errors
    /// As [`View::set`].
    pub fn initialise<'a>(&self, path: &str, value: impl Into<Argument<'a>>) -> Result<(), Error> {
        self.view().begin(path, value.into())
    }

    /// A part, as [`View::at`].
    ///
    /// # Errors
    /// As [`View::at`].
    pub fn at(&self, path: &str) -> Result<View<'_>, Error> {
        self.view().at(path)
    }

    /// The value of a part, as [`View::get`].
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn get(&self, path: &str) -> Result<Value, Error> {
        self.view().get(path)
    }

    /// Writes a part, as [`View::set`].
    ///
    /// # Errors
    /// As [`View::set`].
    pub fn set<'a>(&self, path: &str, value: impl Into<Argument<'a>>) -> Result<(), Error> {
        self.view().set(path, value)
    }

    /// A pointer to it, as [`View::pointer`]; it leads nowhere when the object is dropped.
    pub fn pointer(&self) -> Value {
        self.view().pointer()
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout, and is freed once.
        unsafe { dealloc(self.start.as_ptr(), self.layout) };
    }
}

impl<'a> From<&'a Object> for Argument<'a> {
    fn from(object: &'a Object) -> Argument<'a> {
        Argument::Value(object.pointer())
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.view(), f)
    }
}

impl Debug for Object {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Object({} at {:?})", self.declarations.show(&self.ty), self.start)
    }
}
