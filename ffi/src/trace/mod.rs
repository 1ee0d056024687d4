//! Traces of calls: one line for each, with the names and C types that the signature has.
//!
//! A [`Tracer`] in the handler of an [`Interposer`](crate::interpose::Interposer) forwards calls and prints each as a line
//! such as `wgpuBufferGetSize(buffer=0x55d0c8a3e2f0) = 64 [0.2 µs]`. A signature alone says little of what a pointer points to or
//! what a number stands for: a [`Decoder`] adds what its author knows, such as names of enumerators, or that one
//! argument is the number of elements of another.
//!
//! ```
//! use ffi::trace::{Line, Operand, Tracer};
//! use ffi::interpose::Interposer;
//! use ffi::{FunctionPointer, Parameter, Signature, Type};
//! use std::sync::{Arc, Mutex};
//! # #[derive(Clone, Default)]
//! # struct Lines(Arc<Mutex<Vec<u8>>>);
//! # impl std::io::Write for Lines {
//! #     fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
//! #         self.0.lock().unwrap().extend(bytes);
//! #         Ok(bytes.len())
//! #     }
//! #     fn flush(&mut self) -> std::io::Result<()> { Ok(()) }
//! # }
//! # let lines = Lines::default();
//! # let out = lines.clone();
//! extern "C" fn paint(colour: u32, width: f32) -> i32 {
//!     if width > 0.0 { colour as i32 } else { -1 }
//! }
//! let colour = Type::alias("Colour", Type::U32);
//! let signature = Signature::new([Parameter::new("colour", colour), Parameter::new("width", Type::F32)], Type::I32)?;
//! let names = |value: &Operand<'_>, line: &mut Line<'_>| match (value.type_name(), value.read::<u32>()) {
//!     (Some("Colour"), Some(7)) => {
//!         line.push("RED");
//!         true
//!     }
//!     _ => false,
//! };
//! let tracer = Tracer::new(out).decoder(names);
//! type Paint = unsafe extern "C" fn(u32, f32) -> i32;
//! let target = (paint as Paint).code();
//! // SAFETY: `paint` has this signature.
//! let traced = unsafe { Interposer::new("paint", &signature, target, move |call| drop(tracer.forward(call))) }?;
//! // SAFETY: so has what stands before it, and it takes any numbers.
//! assert_eq!(unsafe { Paint::from_code(traced.code())(7, 1.5) }, 7);
//! # let line = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
//! assert!(line.starts_with("paint(colour=RED, width=1.5) = 7 ["));
//! # Ok::<(), ffi::Error>(())
//! ```

mod line;
mod operand;
mod tracer;

pub use line::{Limits, Line};
pub use operand::Operand;
pub use tracer::{Decoder, Tracer};
