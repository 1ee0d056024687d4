//! Calls a function of a shared library, declared in C on the command line.
//!
//! The work is done by a child process, so that a crash of the function can be told from a failure of this program.

mod child;
mod command;
mod given;
mod outcome;
mod plan;

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use command::Command;
use ffi::{
    Abi, Argument, Declarations, Declared, DeclaredType, Error, ErrorNumbers, FunctionDeclaration,
    Library, PreparedCall, Type, Value,
};
use given::Given;
use outcome::{Failure, Outcome};

fn main() -> ExitCode {
    match Command::from_env() {
        Ok(None) => {
            print!("{}", command::HELP);
            ExitCode::SUCCESS
        }
        Ok(Some(command)) => child::run(|| {
            let mut printed = String::new();
            let outcome = carry_out(command, &mut printed);
            print!("{printed}");
            outcome
        }),
        Err(failure) => failure.report(),
    }
}

/// Does what the command line asks for. What is to be printed is kept until C's own output is out.
fn carry_out(command: Command, printed: &mut String) -> Outcome {
    let declarations = Declarations::parse(&command.declarations)?;
    let last = declarations.functions().last();
    let function = last.ok_or_else(|| Failure::declaration("no function is declared"))?;
    let abi = command.abi.or(function.ty().abi()).unwrap_or(Abi::HOST);
    let given = command.arguments.iter().enumerate().map(|(index, text)| given::parse(index, text));
    let given: Vec<Given> = given.collect::<Result<_, _>>()?;
    if command.plan {
        let signature = function.signature(&variadic_types(&function, &given)?)?;
        *printed += &plan::picture(abi, &function, &signature)?;
        return Ok(());
    }
    let library = match command.library.as_str() {
        "-" => Library::this()?,
        // SAFETY: whoever names the library on the command line wants its initialisers to run.
        name => unsafe { Library::find(name) }?,
    };
    let declared = library.declared_with_abi(abi, &function)?;
    let mut places = places(&function, &given)?;
    let arguments = arguments(&function, given, &mut places)?;
    let mut call = declared.prepare(arguments)?;
    let mut numbers = ErrorNumbers::default();
    // SAFETY: whoever declares the function on the command line vouches for it.
    let result = unsafe { call.call_with_errno(&mut numbers) };
    let time = command.time.then(|| nanoseconds(&mut call));
    // What C returned may point into the copies that it was given.
    let _kept = call.finish();
    flush();
    show_results(&declared, &result, &places, printed);
    if command.errno {
        let meaning = std::io::Error::from_raw_os_error(numbers.errno);
        let _ = match numbers.errno {
            0 => writeln!(printed, "errno = 0"),
            errno => writeln!(printed, "errno = {errno}: {meaning}"),
        };
    }
    if let Some(time) = time {
        let _ = writeln!(printed, "{time:.1} ns per call");
    }
    Ok(())
}

/// The types of the arguments that stand for `...`.
fn variadic_types(function: &FunctionDeclaration, given: &[Given]) -> Result<Vec<Type>, Failure> {
    let fixed = function.ty().parameters().len();
    let further = given.iter().enumerate().skip(fixed).map(|(index, given)| match given {
        Given::Cast(name, _) => Ok(function.declarations().value_type_named(name)?),
        Given::Text(_) | Given::Null => Ok(Type::Pointer),
        _ => Err(Failure::argument(format!(
            "argument {index} stands for `...`: put its type in front"
        ))),
    });
    further.collect()
}

/// Where C's values go that are to be shown afterwards: one place for each argument, void for those without.
fn places(function: &FunctionDeclaration, given: &[Given]) -> Result<Vec<Value>, Failure> {
    let declarations = function.declarations();
    let mut parameters = function.ty().parameters();
    let places = given.iter().enumerate().map(|(index, given)| {
        let parameter = parameters.next();
        let target = parameter.and_then(|(_, ty)| declarations.pointee(ty));
        match (given, target) {
            (Given::Reference(_) | Given::Out(_), None) => Err(Failure::argument(format!(
                "argument {index}: only a pointer can bring a value back"
            ))),
            (Given::Out(None), Some(_)) => Ok(Value::Void),
            (Given::Reference(_) | Given::Out(_), Some(target)) if is_void(declarations, target) => {
                Err(Failure::argument(format!(
                    "argument {index}: a pointer to void does not say what is there: declare it as a pointer to that"
                )))
            }
            (Given::Out(Some(length)), Some(target)) => Ok(zeros(declarations, target, *length)?),
            (Given::Reference(given), Some(target)) => Ok(referenced(declarations, target, given)?),
            _ => Ok(Value::Void),
        }
    });
    places.collect()
}

fn is_void(declarations: &Declarations, ty: &DeclaredType) -> bool {
    declarations.value_type(ty).is_ok_and(|ty| ty.is_void())
}

/// So many zeros of the type that a pointer points to.
fn zeros(
    declarations: &Declarations,
    target: &DeclaredType,
    length: usize,
) -> Result<Value, Error> {
    let array = Type::array(declarations.value_type(target)?, length)?;
    let bytes = vec![0; array.size()];
    Ok(ffi::Bytes::new(array, bytes)?.into())
}

/// The value that a pointer leads to.
fn referenced(
    declarations: &Declarations,
    target: &DeclaredType,
    given: &Given,
) -> Result<Value, Error> {
    let Given::List(elements) = given else {
        return declarations.value_of(target, given.clone().into_argument());
    };
    if declarations.members(target).is_ok() {
        return declarations.value_of(target, given.clone().into_argument());
    }
    let mut bytes = Vec::new();
    for element in elements {
        bytes.extend(declarations.value_of(target, element.clone().into_argument())?.to_bytes());
    }
    let array = Type::array(declarations.value_type(target)?, elements.len())?;
    Ok(ffi::Bytes::new(array, bytes)?.into())
}

fn arguments<'a>(
    function: &FunctionDeclaration,
    given: Vec<Given>,
    places: &'a mut [Value],
) -> Result<Vec<Argument<'a>>, Failure> {
    let declarations = function.declarations();
    let types: Vec<_> = function.ty().parameters().map(|(_, ty)| ty).collect();
    let arguments = given.into_iter().zip(places).enumerate().map(|(index, (given, place))| {
        let is_pointer = types.get(index).is_some_and(|ty| declarations.pointee(ty).is_some());
        match given {
            Given::Literal(word) if is_pointer && word != "0" => Err(Failure::argument(format!(
                "argument {index}: {word} is no pointer: write a string in double quotes, [a, list], &value, out or null"
            ))),
            Given::Out(None) => Ok(Argument::out(place)),
            Given::Reference(_) | Given::Out(_) => Ok(Argument::in_out(place)),
            given => Ok(given.into_argument()),
        }
    });
    arguments.collect()
}

fn show_results(declared: &Declared, result: &Value, places: &[Value], printed: &mut String) {
    let function = declared.declaration().ty();
    let declarations = declared.declaration().declarations();
    if *result != Value::Void {
        let _ = writeln!(printed, "{}", shown(declarations, Some(function.returns()), result));
    }
    let mut parameters = function.parameters();
    for (index, place) in places.iter().enumerate() {
        let parameter = parameters.next();
        if *place == Value::Void {
            continue;
        }
        let name = match parameter {
            Some((name, _)) if !name.is_empty() => name.to_owned(),
            _ => format!("argument {index}"),
        };
        let target = parameter.and_then(|(_, ty)| declarations.pointee(ty));
        let _ = writeln!(printed, "{name} = {}", shown(declarations, target, place));
    }
}

/// The longest string that is printed.
const LONGEST: usize = 1 << 16;

/// A value as it is printed: what a `char *` points to as a string.
fn shown(declarations: &Declarations, ty: Option<&DeclaredType>, value: &Value) -> String {
    let is_string = ty
        .and_then(|ty| declarations.pointee(ty))
        .is_some_and(|target| declarations.is_char(target));
    if !is_string {
        return value.to_string();
    }
    // SAFETY: the declaration says that it points to a string, and whoever wrote it vouches for that.
    match unsafe { value.c_string(LONGEST) } {
        Ok(Some(text)) => format!("{:?}", text.to_string_lossy()),
        Ok(None) | Err(_) => value.to_string(),
    }
}

/// Nanoseconds per call, the best of several rounds.
fn nanoseconds(call: &mut PreparedCall<'_>) -> f64 {
    let mut round = |times: u64| {
        let start = Instant::now();
        // SAFETY: whoever asks for the time on the command line wants the function to be called again and again.
        unsafe { black_box(&mut *call).repeat(times) };
        start.elapsed()
    };
    let mut times = 1;
    while round(times) < Duration::from_millis(5) && times < 1 << 30 {
        times *= 2;
    }
    let best = (0..9).map(|_| round(times)).min().unwrap_or_default();
    best.as_secs_f64() * 1e9 / times as f64
}

/// Writes out what C has printed, so that it comes before the result.
fn flush() {
    let fflush = Library::this().and_then(|program| program.declare("int fflush(void *stream)"));
    if let Ok(fflush) = fflush {
        // SAFETY: null stands for all streams.
        let _ = unsafe { fflush.call((Argument::Null,)) };
    }
}
