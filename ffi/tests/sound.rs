//! What safe code could do to break the rules of Rust, and what comes of it: an error, or nothing bad. What does not compile
//! is shown in the documentation of [`AnyValue`](ffi::c_type::AnyValue), [`Initialised`](ffi::c_type::Initialised),
//! [`UnsafeFunctionPointer`](ffi::function::UnsafeFunctionPointer) and [`Callback`](ffi::Callback).
#![allow(missing_docs, reason = "a test has no public items")]

/// Programs of safe code alone.
mod safe {
    #![forbid(unsafe_code)]

    use std::ffi::c_void;

    use ffi::value::Bytes;
    use ffi::{CType, Field, StructType, Type, Value};

    ffi::c_struct! {
        #[derive(Clone, Copy, Debug, PartialEq)]
        struct Switch {
            name: u16,
            on: bool,
            others: [bool; 2],
            where_to: *mut c_void,
        }

        #[derive(Clone, Copy)]
        #[repr(align(32))]
        struct Wide {
            numbers: [u64; 4],
        }
    }

    fn switch(name: u16, on: [u8; 3]) -> Bytes {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&name.to_ne_bytes());
        bytes[2..5].copy_from_slice(&on);
        Bytes::new(Switch::c_type(), bytes).unwrap()
    }

    #[test]
    fn a_made_up_bool_is_zero_or_one() {
        let where_to = std::ptr::null_mut();
        let good = Switch { name: 7, on: true, others: [false, true], where_to };
        assert_eq!(Value::from(switch(7, [1, 0, 1])).to::<Switch>().unwrap(), good);
        for wrong in [[7, 0, 0], [0, 2, 0], [0, 1, 255]] {
            let error = Value::from(switch(0, wrong)).to::<Switch>().unwrap_err();
            assert!(error.to_string().contains("has a bool that is neither 0 nor 1"), "{error}");
        }
        let single = |byte| Value::from(Bytes::new(Type::Bool, [byte]).unwrap()).to::<bool>();
        assert_eq!((single(0).unwrap(), single(1).unwrap()), (false, true));
        assert!(single(2).is_err());
    }

    /// An array of arrays, and a struct within a struct.
    #[test]
    fn a_made_up_bool_is_found_wherever_it_is() {
        let arrays = Type::array(Type::array(Type::Bool, 2).unwrap(), 2).unwrap();
        let outer = StructType::new("outer", [Field::new("arrays", arrays)]).unwrap();
        let value = |bytes: [u8; 4]| Value::from(Bytes::new(outer.clone(), bytes).unwrap());
        ffi::c_struct! {
            #[derive(Clone, Copy)]
            struct Outer {
                arrays: [[bool; 2]; 2],
            }
        }
        assert_eq!(
            value([1, 0, 0, 1]).to::<Outer>().unwrap().arrays,
            [[true, false], [false, true]]
        );
        assert!(value([1, 0, 0, 3]).to::<Outer>().is_err());
    }

    #[test]
    fn a_value_is_kept_with_its_padding_and_its_pointer() {
        let mut target = 5_u32;
        let where_to = (&raw mut target).cast();
        let switch = Switch { name: 1, on: true, others: [true, false], where_to };
        assert_eq!(Value::of(switch).to::<Switch>().unwrap(), switch);
    }

    /// The descriptor would say 8.
    #[test]
    #[should_panic(expected = "its layout is C's")]
    fn a_struct_of_another_alignment_is_refused() {
        let _ = Wide::c_type();
    }
}

/// What an interpreter that watches memory, Miri, has to find nothing in.
mod memory {
    use std::ffi::{CStr, c_char};
    use std::fmt::Debug;

    use ffi::c_type::{AnyValue, F16, Initialised};
    use ffi::types::UnionType;
    use ffi::value::Bytes;
    use ffi::{Argument, CType, Declarations, Field, Type, Value};

    ffi::c_struct! {
        /// Three bytes of padding, and seven.
        #[derive(Clone, Copy, Debug, PartialEq)]
        struct Padded {
            small: u8,
            middle: u32,
            last: u8,
            target: *const c_char,
        }

        #[derive(Clone, Copy)]
        struct Handler {
            handle: Option<extern "C" fn(i32) -> i32>,
        }
    }

    #[derive(Clone, Copy)]
    #[repr(C)]
    union Either {
        byte: u8,
        word: u32,
    }

    // SAFETY: the descriptor has the union's members.
    unsafe impl CType for Either {
        fn c_type() -> Type {
            let members = [Field::new("byte", Type::U8), Field::new("word", Type::U32)];
            UnionType::new("either", members).unwrap().into()
        }
    }

    /// Written member by member: the padding is not there.
    fn padded(small: u8, target: &CStr) -> Padded {
        let mut padded = std::mem::MaybeUninit::uninit();
        let place: *mut Padded = padded.as_mut_ptr();
        // SAFETY: the place is writable.
        unsafe { (&raw mut (*place).small).write(small) };
        // SAFETY: as above.
        unsafe { (&raw mut (*place).middle).write(2) };
        // SAFETY: as above.
        unsafe { (&raw mut (*place).last).write(3) };
        // SAFETY: as above.
        unsafe { (&raw mut (*place).target).write(target.as_ptr()) };
        // SAFETY: all members were written.
        unsafe { padded.assume_init() }
    }

    #[test]
    fn padding_is_not_read_and_pointers_stay_pointers() {
        let list = [padded(1, c"one"), padded(2, c"two")];
        let pointer = Value::Pointer((&raw const list).cast_mut().cast());
        // SAFETY: there are two.
        let values = unsafe { pointer.array_at(&Padded::c_type(), 2) }.unwrap();
        // SAFETY: there is one.
        let first = unsafe { pointer.value_at(&Padded::c_type()) }.unwrap();
        assert_eq!((values.len(), &values[0]), (2, &first));
        for (value, (from, text)) in values.iter().zip(list.iter().zip([c"one", c"two"])) {
            assert_eq!(*value, Value::of(*from));
            assert_eq!(value.to::<Padded>().unwrap(), *from);
            // SAFETY: the pointer leads to a string.
            let read = unsafe { value.field("target").unwrap().c_string(16) }.unwrap();
            assert_eq!(read.as_deref(), Some(text));
        }
        let array = Value::of(list);
        assert_eq!(array.elements().unwrap(), values);
        assert_eq!(array.to::<[Padded; 2]>().unwrap(), list);
    }

    #[test]
    fn what_is_not_for_all_values_has_an_unsafe_twin() {
        extern "C" fn twice(number: i32) -> i32 {
            2 * number
        }
        // SAFETY: the member that is written covers the union.
        let value = unsafe { Value::of_unchecked(Either { word: 0x0101_0101 }) };
        assert_eq!(value.field("byte").unwrap(), Value::U8(1));
        let value = Value::of(Handler { handle: Some(twice) });
        // SAFETY: the pointer in it is that function's.
        let handler: Handler = unsafe { value.to_unchecked() }.unwrap();
        assert_eq!(handler.handle.unwrap()(21), 42);
        // SAFETY: as above.
        let twice = unsafe { value.field("handle").unwrap().to_unchecked::<Handler>() };
        assert!(twice.is_err(), "a pointer is no struct");
    }

    fn there_and_back<T>(number: T)
    where
        T: AnyValue + Initialised + Into<Value> + PartialEq + Debug,
    {
        assert_eq!(Value::of(number), number.into());
        assert_eq!(Value::of(number).to::<T>().unwrap(), number);
        let bytes = Bytes::new(T::c_type(), Value::of(number).to_bytes()).unwrap();
        assert_eq!(Value::from(bytes).to::<T>().unwrap(), number);
        assert_eq!(Value::of([number; 3]).elements().unwrap(), vec![number.into(); 3]);
    }

    #[test]
    fn numbers_are_kept() {
        there_and_back(true);
        there_and_back(F16(0x3c00));
        there_and_back(-1_i8);
        there_and_back(-2_i16);
        there_and_back(-3_i32);
        there_and_back(i64::MIN);
        there_and_back(u64::MAX);
        there_and_back(u32::MAX);
        there_and_back(u8::MAX);
        there_and_back(u16::MAX);
        there_and_back(1.5_f32);
        there_and_back(-0.1_f64);
    }

    #[test]
    fn declared_values_become_structs() {
        let c = Declarations::parse(
            "struct padded { unsigned char small; unsigned middle; unsigned char last; char *target; };",
        )
        .unwrap();
        let members = [("small", 7), ("middle", 70_000), ("last", 255)];
        let value = c.value("struct padded", Argument::fields(members)).unwrap();
        let expected = Padded { small: 7, middle: 70_000, last: 255, target: std::ptr::null() };
        assert_eq!(value.to::<Padded>().unwrap(), expected);
        assert_eq!(Value::of(expected).to_bytes(), value.to_bytes());
        assert_eq!(value.field("middle").unwrap().to::<u32>().unwrap(), 70_000);
    }
}

/// What only a call shows.
#[cfg(all(not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
mod calls {
    use std::sync::Mutex;

    use ffi::interpose::Interposer;
    use ffi::trace::{Line, Operand, Tracer};
    use ffi::{Arg, CallInterface, Callback, Field, FunctionPointer, Signature, StructType, Type};

    /// Of a result in the caller's memory, and in registers.
    #[test]
    fn a_result_that_is_not_stored_is_zero() {
        for length in [1, 2, 3, 5, 100] {
            let numbers = Field::new("numbers", Type::array(Type::U64, length).unwrap());
            let numbers = StructType::new("numbers", [numbers]).unwrap();
            let signature = Signature::new([] as [Type; 0], numbers).unwrap();
            let callback = Callback::new("forgetful", &signature, |call| {
                let _ = call.result_ptr();
                Ok(())
            })
            .unwrap();
            let interface = CallInterface::new(&signature).unwrap();
            let mut result = vec![u64::MAX; length];
            // SAFETY: the callback has this signature, and there is room for its result.
            unsafe { interface.call_into(callback.code(), &[], result.as_mut_ptr().cast()) }
                .unwrap();
            assert_eq!(result, vec![0; length]);
        }
    }

    /// A `bool` of C's that is 7, and a bit-field whose type is larger than its struct.
    #[test]
    fn a_trace_reads_values_alone() {
        static READ: Mutex<Vec<String>> = Mutex::new(Vec::new());
        extern "C" fn flag(flag: u8) -> u8 {
            flag
        }
        let bits = StructType::builder("bits").field(Field::bits("low", Type::U32, 3));
        let bits = bits.bit_field_layout(ffi::types::BitFieldLayout::Packed);
        let bits: Type = bits.packed(1).build().unwrap().into();
        assert_eq!(bits.size(), 1);
        let watch = move |value: &Operand<'_>, line: &mut Line<'_>| {
            if *value.ty() == Type::Bool {
                READ.lock().unwrap().push(format!("{:?}", value.read::<bool>()));
            }
            if let Some(low) = value.field("low") {
                READ.lock().unwrap().push(format!("{:?}", low.read::<u32>()));
                line.value(&low);
                return true;
            }
            false
        };
        for (ty, shown) in [(Type::Bool, "None"), (bits, "None")] {
            let signature = Signature::new([ty], Type::Void).unwrap();
            let tracer = Tracer::new(std::io::sink()).decoder(watch);
            let target = (flag as extern "C" fn(u8) -> u8).code();
            // SAFETY: `flag` takes any byte, and what it returns is not looked at.
            let traced = unsafe {
                Interposer::new("flag", &signature, target, move |call| {
                    tracer.forward(call);
                })
            };
            let traced = traced.unwrap();
            let interface = CallInterface::new(&Signature::new([Type::U8], Type::Void).unwrap());
            // SAFETY: a byte travels as these types do.
            unsafe { interface.unwrap().call::<()>(traced.code(), &[Arg::new(&7_u8)]) }.unwrap();
            assert_eq!(READ.lock().unwrap().drain(..).collect::<Vec<_>>(), [shown]);
        }
    }
}
