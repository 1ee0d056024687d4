//! Calls of a few numbers, addresses and short strings: words on the stack are all that they need.

use std::borrow::Cow;
use std::mem::MaybeUninit;
use std::ptr::with_exposed_provenance_mut;
use std::slice;

use super::argument::{Argument, Slice};
use super::convert::{Parameter, number_word, promoted_word};
use super::kept::Key;
use super::plan::{CallPlan, Interfaces};
use super::pointer::PointerTo;
use super::short_text::Texts;
use crate::arg::Arg;
use crate::c_type::Kind;
use crate::value::returned::store_words;
use crate::value::small::Small;
use crate::{CallInterface, CodePtr, Error, Signature, Value};

/// The most arguments of such a call.
const FEW: usize = 8;

/// The strings of such a call have so many bytes together at most.
const TEXT: usize = 256;

/// Room for a result.
type Room = [MaybeUninit<u64>; 2];

/// What such calls of a function need, side by side.
#[derive(Debug)]
pub(super) struct QuickPlan {
    takes: [Takes; FEW],
    count: usize,
    result: Kind,
}

/// What a parameter takes at once.
#[derive(Clone, Copy, Debug)]
enum Takes {
    Number(Kind),
    /// An address, which is to be looked at.
    Address,
    /// An address, and strings.
    Text,
}

impl Takes {
    fn of(parameter: &Parameter) -> Takes {
        match &parameter.pointer {
            None => Takes::Number(parameter.kind),
            Some(pointer) if pointer.is_text() => Takes::Text,
            Some(_) => Takes::Address,
        }
    }
}

impl QuickPlan {
    /// None where no call of the function is such.
    pub(super) fn new(parameters: &[Parameter], signature: &Signature) -> Option<QuickPlan> {
        let fits = |parameter: &Parameter| !matches!(parameter.kind, Kind::Composite | Kind::Void);
        let returns = signature.returns();
        let is_quick = returns.size() <= size_of::<Room>()
            && returns.alignment() <= align_of::<Aligned>()
            && parameters.len() <= FEW
            && parameters.iter().all(fits);
        let (mut takes, count) = ([Takes::Address; FEW], parameters.len());
        for (takes, parameter) in takes.iter_mut().zip(parameters) {
            *takes = Takes::of(parameter);
        }
        is_quick.then(|| QuickPlan { takes, count, result: Kind::of(returns) })
    }
}

/// As aligned as results in memory may have to be.
#[repr(align(16))]
struct Aligned(Room);

/// The arguments of a call, which are dropped by it.
pub(super) struct Dropped<'list, 'a> {
    pub(super) arguments: &'list mut [Argument<'a>],
    /// Whether one of them may own something.
    pub(super) owning: bool,
}

impl Drop for Dropped<'_, '_> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.owning {
            self.drop_all();
        }
    }
}

impl Dropped<'_, '_> {
    #[cold]
    fn drop_all(&mut self) {
        self.arguments.fill_with(|| Argument::Null);
    }
}

/// What is found out while arguments become words.
struct Found<'room> {
    texts: Texts<'room>,
    /// A place for each parameter, where C leaves numbers that are brought back.
    places: *mut u64,
    /// The bits of the parameters whose numbers are.
    brings: u32,
    /// Whether an argument owns something.
    owning: bool,
}

impl PointerTo {
    /// Whether it brings back a number of at most 8 bytes.
    #[inline(always)]
    fn brings_number(&self) -> bool {
        !matches!(self.kind, Kind::Composite | Kind::Void | Kind::Pointer) && self.length.is_none()
    }

    /// Whether it is soon seen that a slice may stand here.
    #[inline(always)]
    fn takes_slice(&self, slice: &Slice<'_>) -> bool {
        let bytes = self.is_byte && matches!(slice.kind, Kind::I8 | Kind::U8);
        let same = slice.kind == self.kind && slice.kind != Kind::Composite;
        (self.is_void || bytes || same)
            && (self.constant || slice.writable)
            && self.length.is_none()
    }
}

/// The word of an argument for `...`, and the kind that it is promoted to; that of composites for one that is not soon seen.
#[inline(always)]
fn further(argument: &Argument<'_>, found: &mut Found<'_>) -> (u64, Kind) {
    match argument {
        Argument::Value(Value::I32(number)) => (u64::from(*number as u32), Kind::I32),
        Argument::Value(Value::F64(number)) => (number.to_bits(), Kind::F64),
        _ => other_further(argument, found),
    }
}

#[inline(never)]
fn other_further(argument: &Argument<'_>, found: &mut Found<'_>) -> (u64, Kind) {
    let none = (0, Kind::Composite);
    let address = match argument {
        Argument::Text(text) => {
            found.owning |= matches!(text, Cow::Owned(_));
            return found.texts.copy(text).map_or(none, |copy| (copy, Kind::Pointer));
        }
        Argument::Value(Value::Pointer(address)) => *address,
        Argument::Value(Value::TypedPointer(typed)) => {
            found.owning = true;
            typed.address()
        }
        Argument::Value(value) => {
            return promoted_word(value).map_or(none, |(word, ty)| (word, Kind::of(&ty)));
        }
        Argument::ConstPointer(address) => address.cast_mut(),
        Argument::Slice(slice) if slice.writable => slice.start,
        Argument::Null => std::ptr::null_mut(),
        _ => return none,
    };
    (address.expose_provenance() as u64, Kind::Pointer)
}

impl CallPlan {
    /// Makes the call, unless an argument needs more than a word, or an error has to be told: then nothing is called.
    /// Where the result has no common value, it is stored.
    ///
    /// # Safety
    /// `code` is the function that the declaration declares, and the call with these arguments is sound.
    // What many calls do not need is apart: the code of those that are made is read from memory too.
    #[inline(always)]
    pub(super) unsafe fn call_quickly(
        &self,
        code: CodePtr,
        dropped: &mut Dropped<'_, '_>,
        stored: &mut MaybeUninit<Result<Value, Error>>,
    ) -> Option<Small> {
        let plan = self.quick.as_ref()?;
        let count = dropped.arguments.len();
        if count > FEW {
            return None;
        }
        let (given, more) = dropped.arguments.split_at_checked(plan.count)?;
        let mut words = [MaybeUninit::<u64>::uninit(); FEW];
        let mut brought = [MaybeUninit::<u64>::uninit(); FEW];
        let mut room = [const { MaybeUninit::uninit() }; TEXT];
        let texts = Texts { left: &mut room };
        let places = brought.as_mut_ptr().cast();
        let mut found = Found { texts, places, brings: 0, owning: false };
        let mut free = words.iter_mut();
        for (index, (takes, argument)) in plan.takes.iter().zip(given).enumerate() {
            let word = match (argument, takes) {
                (Argument::Value(value), Takes::Number(kind)) => number_word(value, *kind)?,
                (Argument::Text(Cow::Borrowed(text)), Takes::Text) => found.texts.copy(text)?,
                _ => self.other_word(index, argument, &mut found)?,
            };
            free.next()?.write(word);
        }
        let interface = match &self.interfaces {
            Interfaces::One(interface) if more.is_empty() => interface,
            Interfaces::One(_) => return None,
            Interfaces::Variadic(kept, _) => {
                let mut key = Key::EMPTY;
                for argument in more {
                    let (word, kind) = further(argument, &mut found);
                    if kind == Kind::Composite {
                        return None;
                    }
                    free.next()?.write(word);
                    key = key.and(kind);
                }
                kept.of_kinds(key)?
            }
        };
        let mut arguments = [const { MaybeUninit::<Arg<'_>>::uninit() }; FEW];
        for (argument, word) in arguments.iter_mut().zip(&words).take(count) {
            argument.write(Arg::new(word));
        }
        // SAFETY: so many were just written.
        let arguments = unsafe { slice::from_raw_parts(arguments.as_ptr().cast(), count) };
        let mut result = Small::ELSEWHERE;
        if plan.result == Kind::Composite {
            // SAFETY: each word is a value of its parameter's type; for the rest, the caller answers.
            unsafe { self.call_stored(interface, code, arguments, stored) };
        } else {
            // SAFETY: as above; there is one argument for each parameter, and the result is no composite.
            let word = unsafe { interface.call_register(code, arguments) };
            if Small::is_common(plan.result) {
                result = Small::new(plan.result, word);
            } else {
                stored.write(Ok(self.other_result(word)));
            }
        }
        if found.brings != 0 {
            self.bring_back(&found, dropped.arguments);
        }
        dropped.owning = found.owning;
        Some(result)
    }

    /// The word of an argument that is no number and no string that is soon seen; none for one that is no word.
    #[inline(never)]
    fn other_word(
        &self,
        index: usize,
        argument: &Argument<'_>,
        found: &mut Found<'_>,
    ) -> Option<u64> {
        let pointer = self.parameters.get(index)?.pointer.as_ref()?;
        let address = match argument {
            Argument::Text(text) if pointer.is_text() => {
                found.owning |= matches!(text, Cow::Owned(_));
                return found.texts.copy(text);
            }
            Argument::Value(Value::Pointer(address)) => *address,
            Argument::Value(Value::TypedPointer(typed)) => {
                found.owning = true;
                pointer.takes(PointerTo::of(typed)?).ok()?;
                typed.address()
            }
            Argument::Slice(slice) if pointer.takes_slice(slice) => slice.start,
            Argument::ConstPointer(address) if pointer.constant => address.cast_mut(),
            Argument::Null => std::ptr::null_mut(),
            Argument::Out(_) if pointer.brings_number() => {
                found.brings |= 1 << index;
                let place = found.places.wrapping_add(index);
                // SAFETY: there is a place for each parameter.
                unsafe { place.write(0) };
                place.cast()
            }
            _ => return None,
        };
        Some(address.expose_provenance() as u64)
    }

    /// Makes a call whose result is a composite of two words at most, and stores that.
    ///
    /// # Safety
    /// The interface is that of a call with these arguments; otherwise as for [`CallPlan::call_quickly`].
    #[inline(never)]
    unsafe fn call_stored(
        &self,
        interface: &CallInterface,
        code: CodePtr,
        arguments: &[Arg<'_>],
        stored: &mut MaybeUninit<Result<Value, Error>>,
    ) {
        let mut result = Aligned([MaybeUninit::new(0); 2]);
        // SAFETY: there is room for the result; for the rest, the caller answers.
        let called = unsafe { interface.call_into(code, arguments, result.0.as_mut_ptr().cast()) };
        debug_assert!(called.is_ok(), "one argument for each parameter");
        let returns = interface.signature().returns();
        // SAFETY: the call, which the caller answers for, stored a value of this type among zeros.
        unsafe { store_words(returns, self.result_layout.0, result.0, stored) };
    }

    /// The value of a result that a register held, but for common ones.
    #[inline(never)]
    fn other_result(&self, word: u64) -> Value {
        let address = with_exposed_provenance_mut(word as usize);
        match (&self.result, self.result_kind) {
            (Some(pointer), _) => pointer.value_at(address),
            (None, Kind::Pointer) => Value::Pointer(address),
            (None, kind) => Small::new(kind, word).value().unwrap_or(Value::Void),
        }
    }

    /// Stores the numbers that C left for out-parameters.
    #[inline(never)]
    fn bring_back(&self, found: &Found<'_>, arguments: &mut [Argument<'_>]) {
        let mut left = found.brings;
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            let parameter = self.parameters.get(index).and_then(|it| it.pointer.as_ref());
            if let (Some(Argument::Out(into)), Some(pointer)) =
                (arguments.get_mut(index), parameter)
            {
                let place = found.places.wrapping_add(index).cast();
                // SAFETY: C left a number of this kind in the first bytes of the place, or the zero that was there.
                let number = unsafe { Small::at(pointer.kind, place) };
                match number.common() {
                    Some(value) => **into = value,
                    None => **into = number.value().unwrap_or(Value::Void),
                }
            }
        }
    }
}
