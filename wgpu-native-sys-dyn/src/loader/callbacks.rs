//! The other direction of [`Calls::Engine`](super::Calls::Engine): what the program passes to the library as callbacks is
//! called through [`ffi`] too.

use crate::trace::Trace;
use crate::{Callback, Function, Struct};
use ffi::interpose::{Interposer, Invocation};
use ffi::{CodePtr, Type};
use std::collections::HashMap;
use std::ffi::c_void;
use std::mem::size_of;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// An argument with function pointers in it.
#[derive(Debug)]
pub(super) struct Passed {
    parameter: usize,
    /// The size of the struct, where the argument is a pointer to it.
    behind_pointer: Option<usize>,
    /// Where the function pointers lie: bytes from the beginning.
    places: Vec<(usize, Callback)>,
}

impl Passed {
    /// The arguments of `function` with function pointers in them.
    pub(super) fn to(function: Function) -> Vec<Passed> {
        let mut passed = Vec::new();
        for (parameter, item) in function.signature().parameters().iter().enumerate() {
            let pointed_to = match item.ty() {
                Type::Alias(alias) => alias.name().strip_suffix(" const *"),
                _ => None,
            };
            let pointed_to = pointed_to.and_then(Struct::from_name).map(Struct::descriptor);
            let mut places = Vec::new();
            find(pointed_to.unwrap_or(item.ty()), 0, &mut places);
            if !places.is_empty() {
                passed.push(Passed {
                    parameter,
                    behind_pointer: pointed_to.map(Type::size),
                    places,
                });
            }
        }
        passed
    }
}

/// Finds the function pointers in a type that lies at `offset`.
fn find(ty: &Type, offset: usize, places: &mut Vec<(usize, Callback)>) {
    if let Type::Alias(alias) = ty
        && let Some(callback) = Callback::from_name(alias.name())
    {
        places.push((offset, callback));
    } else if let Type::Struct(composite) = ty.resolve() {
        for field in composite.fields() {
            find(field.ty(), offset + field.offset(), places);
        }
    }
}

/// Interposers of the program's callbacks, one for each function that the program has passed.
///
/// They last as long as the table of functions: nothing tells when the library has called for the last time. A program
/// has few functions that it passes; where it makes them as it goes their addresses recur.
#[derive(Debug)]
pub(super) struct Callbacks {
    interposers: Mutex<HashMap<(Callback, CodePtr), Interposer>>,
    calls: Arc<AtomicU64>,
    trace: Option<&'static Trace>,
}

impl Callbacks {
    pub(super) fn new(trace: Option<&'static Trace>) -> Callbacks {
        Callbacks { interposers: Mutex::default(), calls: Arc::default(), trace }
    }

    /// Forwards a call with interposers in place of the function pointers in its arguments.
    pub(super) fn forward(&self, passed: &[Passed], call: &mut Invocation<'_>) {
        // The copies live until the call has returned, as what they are copies of.
        let mut copies = Vec::new();
        for argument in passed {
            let Ok(place) = call.argument_ptr(argument.parameter) else { continue };
            let mut start = place.cast_mut();
            if let Some(size) = argument.behind_pointer {
                // SAFETY: the argument is a pointer.
                let original = unsafe { start.cast::<*const c_void>().read_unaligned() };
                if original.is_null() {
                    continue;
                }
                // SAFETY: the program passes a pointer to a struct of this size.
                let mut copy = unsafe { copy_of(original, size) };
                let address = copy.as_mut_ptr().cast::<c_void>();
                // SAFETY: an argument belongs to the function that is called.
                unsafe { start.cast::<*mut c_void>().write_unaligned(address) };
                start = address;
                copies.push(copy);
            }
            for (offset, callback) in &argument.places {
                let pointer = start.wrapping_byte_add(*offset).cast::<*const c_void>();
                // SAFETY: a function pointer lies there.
                let target = CodePtr::new(unsafe { pointer.read_unaligned() });
                if let Some(target) = target {
                    let code = self.interposed(*callback, target);
                    // SAFETY: it lies in the argument or in the copy.
                    unsafe { pointer.write_unaligned(code.as_ptr()) };
                }
            }
        }
        call.forward();
    }

    /// What stands before `target`; `target` itself when `ffi` has no more trampolines.
    fn interposed(&self, callback: Callback, target: CodePtr) -> CodePtr {
        let mut interposers = self.interposers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(interposer) = interposers.get(&(callback, target)) {
            return interposer.code();
        }
        let (calls, trace) = (Arc::clone(&self.calls), self.trace);
        let handler = move |call: &mut Invocation<'_>| {
            calls.fetch_add(1, Ordering::Relaxed);
            match trace {
                Some(trace) => trace.callback(callback, call),
                None => call.forward(),
            }
        };
        // SAFETY: the program passes functions of the type that the headers declare.
        let made =
            unsafe { Interposer::new(callback.name(), callback.signature(), target, handler) };
        let Ok(interposer) = made else { return target };
        let code = interposer.code();
        interposers.insert((callback, target), interposer);
        code
    }

    /// How many calls of callbacks went through the engine.
    pub(super) fn count(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// # Safety
/// `original` points to `size` bytes.
unsafe fn copy_of(original: *const c_void, size: usize) -> Box<[u64]> {
    // As aligned as the structs of the headers.
    let mut copy = vec![0_u64; size.div_ceil(size_of::<u64>())].into_boxed_slice();
    // SAFETY: the caller's contract; the copy is at least as large.
    unsafe { ptr::copy_nonoverlapping(original.cast::<u8>(), copy.as_mut_ptr().cast(), size) };
    copy
}
