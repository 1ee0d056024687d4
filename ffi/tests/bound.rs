//! Bound libraries: functions, variables and constants by name; callbacks by declaration.
// A static program cannot open a library.
#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(missing_docs, reason = "a test has no public items")]

use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::Mutex;

use ffi::call::ErrorNumbers;
use ffi::callback::OnPanic;
use ffi::declare::BoundLibrary;
use ffi::{Arg, CallInterface, Callback, Declarations, Error, Library, Value};

const TEXT: &str = "
    #define BASE 16
    enum whence { SEEK_SET, SEEK_CUR, SEEK_END };
    typedef struct { int quot, rem; } div_t;
    typedef int (*comparison)(const int *left, const int *right);
    typedef struct entry { const char *name; double weight; } entry;
    long strtol(const char *text, char **end, int base);
    div_t div(int number, int by);
    int close(int file);
    void qsort(void *first, unsigned long count, unsigned long size, comparison compare);
    int missing_from_every_library(void);
    int renamed(int) __asm__(\"abs\");
    extern char **environ;
    extern int missing_variable;
";

fn bound() -> BoundLibrary {
    let declarations = Declarations::parse(TEXT).unwrap_or_else(|error| panic!("{error}"));
    Library::this().unwrap().bind(&declarations)
}

/// Calls a function that the test knows to be sound with these arguments.
macro_rules! call {
    ($library:expr, $name:expr $(, $argument:expr)* $(,)?) => {
        // SAFETY: the declaration is the function's, and it takes these arguments.
        unsafe { $library.call($name, ($($argument,)*)) }
    };
}

#[test]
fn everything_has_a_name() {
    fn shared<T: Send + Sync>() {}
    shared::<BoundLibrary>();
    let c = bound();
    assert_eq!(
        call!(c, "strtol", "ff", None::<&str>, c.constant("BASE").unwrap()).unwrap(),
        Value::I64(255)
    );
    let (quot, rem): (i32, i32) = call!(c, "div", 17, 5).unwrap().convert().unwrap();
    assert_eq!((quot, rem), (3, 2));
    assert_eq!(call!(c, "renamed", -4).unwrap(), Value::I32(4));
    assert_eq!(c.constant("SEEK_END").unwrap(), Value::I32(2));
    assert_eq!(c.value("enum whence", "SEEK_CUR").unwrap(), Value::U32(1));
    assert_eq!(c.declarations().show(&c.type_named("comparison").unwrap()), "comparison");
    let mut numbers = ErrorNumbers::default();
    // SAFETY: there is no file -1.
    let closed = unsafe { c.call_with_errno("close", (-1,), &mut numbers) }.unwrap();
    assert_eq!((closed, numbers.errno), (Value::I32(-1), 9));
    // A function that was found is found again.
    assert!(std::ptr::eq(c.function("div").unwrap(), c.clone().function("div").unwrap()));
    // SAFETY: no other thread changes the environment.
    let first = unsafe { c.variable("environ").unwrap().view().unwrap().get("").unwrap().view() };
    // SAFETY: as above; the variables end in NUL.
    let first = unsafe { first.unwrap().get("").unwrap().text(1 << 16) }.unwrap().unwrap();
    assert!(first.contains('='), "{first}");
}

#[test]
fn what_is_missing_is_missed_when_it_is_asked_for() {
    let c = bound();
    let error = |result: Result<Value, Error>| result.unwrap_err();
    assert!(matches!(error(call!(c, "nothing")), Error::NotDeclared { wanted: "a function", .. }));
    assert!(matches!(error(call!(c, "entry")), Error::NotDeclared { .. }));
    for _ in 0..2 {
        assert!(matches!(
            error(call!(c, "missing_from_every_library")),
            Error::SymbolMissing { .. }
        ));
    }
    assert!(matches!(error(c.variable("missing_variable")), Error::SymbolMissing { .. }));
    assert!(matches!(error(c.variable("close")), Error::NotDeclared { wanted: "a variable", .. }));
    assert!(matches!(error(c.constant("close")), Error::NotDeclared { wanted: "a constant", .. }));
    assert!(matches!(error(c.constant("environ")), Error::NotDeclared { .. }));
    let (lenient, mistakes) = Declarations::parse_lenient("int lost(_BitInt(7));");
    assert_eq!(mistakes.len(), 1);
    let c = Library::this().unwrap().bind(&lenient);
    assert!(matches!(error(call!(c, "lost", 1)), Error::Lost { .. }));
}

#[test]
fn threads_share_a_library() {
    let c = bound();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..100 {
                    let result = call!(c, "div", number, 7).unwrap();
                    assert_eq!(result.field("rem").unwrap(), Value::I32(number % 7));
                }
            });
        }
    });
}

/// Calls a callback of a type with values, as C would.
fn invoke(callback: &Callback<'_>, values: &[Value]) -> Value {
    let (abi, signature) = callback.signature().unwrap();
    let interface = CallInterface::with_abi(abi, &signature).unwrap();
    // SAFETY: the callback has this signature, and lives.
    unsafe { interface.call_values(callback.code(), values) }.unwrap()
}

#[test]
fn callbacks_get_declared_values() {
    let c = bound();
    let ty = c
        .callback_type(
            "double (*)(const entry *first, entry by_value, enum whence how, signed char letter, _Bool)",
        )
        .unwrap();
    let seen = Mutex::new(Vec::new());
    let callback = ty
        .callback("weigh", |call| {
            assert_eq!(
                call.names().collect::<Vec<_>>(),
                ["first", "by_value", "how", "letter", ""]
            );
            let first = call.get("first")?;
            // SAFETY: the test passes a pointer to an entry.
            let weight: f64 = unsafe { first.view() }?.get("weight")?.convert()?;
            let how = call.declarations().type_named("enum whence")?;
            let how = call.declarations().enumerator(&how, &call.get("how")?).map(str::to_owned);
            let Value::TypedPointer(first) = first else { panic!("it has a type") };
            seen.lock().unwrap().push(format!(
                "{} {how:?} {} {}",
                first.type_name(),
                call.get("letter")?,
                call.get("4")?
            ));
            assert!(call.get("5").is_err() && call.get("nobody").is_err() && call.get("").is_err());
            assert_eq!(call.arguments()?.len(), 5);
            // An int becomes the double that is wanted.
            let by_value: f64 = call.get("by_value")?.field("weight")?.convert()?;
            call.returns((weight + by_value) as i32)
        })
        .unwrap();
    let entry = c.object("entry", ("name", 2.5)).unwrap();
    let values =
        [entry.pointer(), entry.get("").unwrap(), Value::U32(2), Value::I8(65), Value::Bool(true)];
    assert_eq!(invoke(&callback, &values), Value::F64(5.0));
    drop(callback);
    assert_eq!(*seen.lock().unwrap(), ["const entry * Some(\"SEEK_END\") 65 true"]);
}

#[test]
fn results_are_checked() {
    let c = bound();
    let small = c.callback_type("unsigned char (int)").unwrap();
    let refused = Mutex::new(Vec::new());
    let callback = small
        .callback("small", |call| {
            let refusal = call.returns(300).unwrap_err().to_string();
            refused.lock().unwrap().push(refusal);
            call.returns(200)
        })
        .unwrap();
    assert_eq!(invoke(&callback, &[Value::I32(1)]), Value::U8(200));
    drop(callback);
    let text = c.callback_type("const char *(*)(void)").unwrap();
    let callback = text
        .callback("text", |call| {
            refused.lock().unwrap().push(call.returns("copied").unwrap_err().to_string());
            call.returns(c"borrowed for good")
        })
        .unwrap();
    // SAFETY: the string stays.
    let shown = unsafe { invoke(&callback, &[]).text(100) }.unwrap();
    assert_eq!(shown.as_deref(), Some("borrowed for good"));
    drop(callback);
    let refused = refused.into_inner().unwrap();
    assert_eq!(refused[0], "the result: 300 does not fit unsigned char");
    assert!(refused[1].contains("lives only until the callback returns"), "{}", refused[1]);
    // A struct, and none.
    let pair = c.callback_type("div_t (int a)").unwrap();
    let callback = pair.callback("pair", |call| {
        let a = call.get("a")?;
        call.returns((a, -1))
    });
    assert_eq!(invoke(&callback.unwrap(), &[Value::I32(8)]).to_string(), "{quot: 8, rem: -1}");
    let callback = pair.callback("nothing stored", |_| Ok(())).unwrap();
    assert_eq!(invoke(&callback, &[Value::I32(8)]).to_string(), "{quot: 0, rem: 0}");
    // An error is told after C has returned, as a panic is.
    let builder = Callback::builder("failing").on_panic(OnPanic::Keep);
    let callback = small.callback(builder, |call| call.returns(-1)).unwrap();
    let told = std::panic::catch_unwind(|| {
        ffi::callback::resuming(|| invoke(&callback, &[Value::I32(1)]))
    });
    let told = told.unwrap_err();
    let told = told.downcast_ref::<String>().expect("a message");
    assert!(told.contains("the result: -1 does not fit unsigned char"), "{told}");
    assert!(c.callback_type("int").is_err() && c.callback_type("entry *").is_err());
}

#[test]
fn closures_in_every_form() {
    let c = bound();
    let qsort = c.function("qsort").unwrap();
    let compare = qsort.callback_type("compare").unwrap();
    let order = |call: &ffi::declare::DeclaredCall<'_, '_>| -> Result<i32, Error> {
        // SAFETY: qsort passes pointers to elements.
        let number = |name| unsafe { call.get(name)?.view()?.get("")?.convert::<i32>() };
        Ok(number("left")?.cmp(&number("right")?) as i32)
    };
    let sorted = |callback: &Callback<'_>| {
        let mut numbers = [5, 3, 4, 1, 2];
        call!(c, "qsort", &mut numbers, 5, 4, callback).unwrap();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
    };
    sorted(&compare.callback("shared", |call| call.returns(order(call)?)).unwrap());
    let mut calls = 0;
    let locked = compare.locked("locked", |call| {
        calls += 1;
        call.returns(order(call)?)
    });
    sorted(&locked.unwrap());
    assert!(calls >= 4, "{calls}");
    let pairs = RefCell::new(Vec::new());
    // SAFETY: qsort calls on this thread, one call after the other.
    let unsynchronised = unsafe {
        compare.unsynchronised("unsynchronised", |call| {
            pairs.borrow_mut().push(call.arguments()?);
            call.returns(order(call)?)
        })
    };
    sorted(&unsynchronised.unwrap());
    assert!(pairs.into_inner().len() >= 4);
    let (send, receive) = std::sync::mpsc::channel();
    let once = c.callback_type("int (int n)").unwrap().once("once", move |call| {
        send.send(call.get("n")?.convert::<i32>()?).expect("the test receives");
        call.returns(1)
    });
    let interface = CallInterface::new(
        &c.declarations()
            .signature(c.declarations().function_type(&c.type_named("int (int)").unwrap()).unwrap())
            .unwrap(),
    )
    .unwrap();
    // SAFETY: it has this signature, and is called once.
    let one: i32 = unsafe { interface.call(once.unwrap().into_code(), &[Arg::new(&7)]) }.unwrap();
    assert_eq!((one, receive.recv().unwrap()), (1, 7));
    // Rust's own types, as before.
    let typed = qsort.callback("compare", |call| {
        let [a, b] = [call.argument::<*const i32>(0)?, call.argument::<*const i32>(1)?];
        // SAFETY: qsort passes pointers to elements.
        let order = unsafe { (*a).cmp(&*b) };
        call.set_result(order as i32)
    });
    sorted(&typed.unwrap());
}

#[test]
fn pointers_to_functions_are_called_as_they_were_declared() {
    let c = Declarations::parse(
        "struct methods { int (*twice)(int n); double (*mixed)(float, ...); void *data; int (*none)(void); };",
    )
    .unwrap();
    let twice = Callback::from_fn("twice", |n: i32| 2 * n).unwrap();
    let methods = c.zeroed("struct methods").unwrap();
    methods.set("twice", &twice).unwrap();
    methods.set("data", 8 as *mut c_void).unwrap();
    let function = methods.get("twice").unwrap().function().unwrap();
    assert_eq!(function.declaration().to_string(), "int (int n)");
    assert!(function.library().is_none());
    // SAFETY: it leads to the callback.
    assert_eq!(unsafe { function.call((21,)) }.unwrap(), Value::I32(42));
    // SAFETY: refused before the call.
    let refused = unsafe { function.call((1_u64 << 40,)) }.unwrap_err();
    assert_eq!(refused.to_string(), "argument 0 (n): 1099511627776 does not fit int");
    for member in ["data", "none"] {
        assert!(methods.get(member).unwrap().function().is_err(), "{member}");
    }
    let other = Callback::from_fn("other", |n: f64| n).unwrap();
    assert!(methods.set("twice", &other).unwrap_err().to_string().contains("is no int (*)(int n)"));
}
