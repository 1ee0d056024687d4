//! An argument that is more aligned than the stack lies where its type wants it, wherever the caller's frame ends.
#![cfg(target_arch = "x86_64")]
#![allow(missing_docs, reason = "a test has no public items")]

use std::arch::naked_asm;
use std::ffi::c_void;
use std::hint::black_box;

use ffi::{Abi, Arg, CallInterface, CodePtr, Field, Signature, StructType, Type};

/// Returns the address of its first argument on the stack: what lies above the return address.
#[unsafe(naked)]
extern "sysv64" fn first_on_the_stack() {
    naked_asm!("lea rax, [rsp + 8]", "ret")
}

/// Calls `f` with the stack that much further down, or a bit more.
#[inline(never)]
fn below<const BYTES: usize>(f: &dyn Fn()) {
    let mut room = [0_u8; BYTES];
    black_box(&mut room);
    f();
    black_box(&mut room);
}

/// Memory for an argument.
#[repr(align(1024))]
struct Room([u8; 1024]);

#[test]
fn over_aligned_arguments() {
    for alignment in [16, 32, 64, 1024] {
        let fields =
            [Field::new("a", Type::I64), Field::new("b", Type::I64), Field::new("c", Type::I8)];
        let large = StructType::builder("Large").fields(fields).aligned(alignment).build().unwrap();
        let size = large.size();
        let signature = Signature::new([Type::from(large)], Type::Pointer).unwrap();
        let interface = CallInterface::with_abi(Abi::SysV64, &signature).unwrap();
        let code = CodePtr::new(first_on_the_stack as *const c_void).unwrap();
        let room = Room([0; 1024]);
        assert!(size <= size_of_val(&room.0));
        let call = || {
            // SAFETY: there is as much memory as the argument has bytes.
            let argument = unsafe { Arg::from_ptr((&raw const room).cast()) }.unwrap();
            // SAFETY: the function looks at nothing that is passed.
            let place = unsafe { interface.call::<*const c_void>(code, &[argument]) }.unwrap();
            assert_eq!(place.addr() % alignment, 0, "{alignment}: {place:?}");
        };
        // Stack frames are multiples of 16 bytes: among these are all the ways in which one can end.
        below::<16>(&call);
        below::<32>(&call);
        below::<64>(&call);
        below::<512>(&call);
        below::<16>(&|| below::<32>(&call));
        below::<32>(&|| below::<32>(&|| below::<32>(&call)));
    }
}
