//! How methods call the engine: the function, the handle that it is about, and what else it takes.

/// Calls a function of the engine about a handle: anything with `functions()` and `raw()`.
///
/// What the function takes is evaluated in safe code. Whoever writes such a call sees to this:
/// - Handles are those of objects that the method has borrowed, and of the same instance: they come from `raw_for`, `hold_for`
///   or `raw`.
/// - Pointers lead to structs of the method's own, which point to what it has borrowed; or to as many bytes or elements of
///   a borrowed slice as the argument beside them says. Texts are borrowed.
/// - An encoder or pass is borrowed for writing, so that one thread uses it.
macro_rules! call {
    ($about:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        let about = &$about;
        $crate::call::call!(@evaluate about $function [] $($argument,)*)
    }};
    // Each step is an expansion of its own, and has an `argument` of its own.
    (@evaluate $about:ident $function:ident [$($evaluated:ident)*] $next:expr, $($rest:expr,)*) => {{
        let argument = $next;
        $crate::call::call!(@evaluate $about $function [$($evaluated)* argument] $($rest,)*)
    }};
    (@evaluate $about:ident $function:ident [$($evaluated:ident)*]) => {
        // SAFETY: The handle is alive as long as its owner is borrowed; for the rest, see the rules above.
        unsafe { $about.functions().$function($about.raw() $(, $evaluated)*) }
    };
}

/// [`call!`] of a function that makes an object: its handle, which belongs to a device.
macro_rules! create {
    ($device:expr, $about:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        let raw = $crate::call::call!($about, $function($($argument),*));
        // SAFETY: The engine gives a reference to what it makes away, and makes it for the device.
        unsafe { $device.adopt(raw) }
    }};
}

pub(crate) use {call, create};
