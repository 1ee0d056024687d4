//! Calls a function of a shared library, declared in C on the command line.
//!
//! The work is done by a child process, so that a crash of the function can be told from a failure of this program.

mod child;
mod command;
mod plan;

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use command::Command;
use examples::c::outcome::{self, Failure, Outcome};
use examples::c::{self, Builder, Given, show};
use ffi::call::ErrorNumbers;
use ffi::declare::{FunctionDeclaration, PreparedCall};
use ffi::{Abi, Declarations, Library, Type, Value};

/// What its messages begin with.
const NAME: &str = "ffi-call";

fn main() -> ExitCode {
    match Command::from_env() {
        Ok(None) => match outcome::print(command::HELP) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(NAME),
        },
        Ok(Some(command)) => child::run(command.timeout, || {
            let mut printed = String::new();
            let outcome = carry_out(command, &mut printed);
            outcome::print(&printed).and(outcome)
        }),
        Err(failure) => failure.report(NAME),
    }
}

/// Does what the command line asks for. What is to be printed is kept until C's own output is out.
fn carry_out(command: Command, printed: &mut String) -> Outcome {
    let declarations = Declarations::parse(&command.declarations)?;
    let last = declarations.functions().last();
    let function = last.ok_or_else(|| Failure::declaration("no function is declared"))?;
    let abi = command.abi.or(function.ty().abi()).unwrap_or(Abi::HOST);
    let is_type = |text: &str| declarations.type_named(text).is_ok();
    let given = command.arguments.iter().enumerate();
    let given: Vec<Given> =
        given.map(|(index, text)| c::parse(index, text, &is_type)).collect::<Result<_, _>>()?;
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
    let mut builder = Builder::new(function.declarations());
    let arguments = builder.arguments(&function, given)?;
    let mut call = declared.prepare(arguments)?;
    let mut numbers = ErrorNumbers::default();
    // SAFETY: whoever declares the function on the command line vouches for it.
    let result = unsafe { call.call_with_errno(&mut numbers) };
    let time = command.time.then(|| nanoseconds(&mut call));
    // What C returned may point into the copies that it was given.
    let _kept = call.finish();
    show::flush()?;
    if result != Value::Void {
        let returns = function.ty().returns();
        let _ = writeln!(printed, "{}", show::value(function.declarations(), returns, &result));
    }
    for (name, object) in &builder.objects {
        show::line(printed, name, &show::view(&object.view()));
    }
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

/// The types of the arguments that stand for `...`, as C promotes them.
fn variadic_types(function: &FunctionDeclaration, given: &[Given]) -> Result<Vec<Type>, Failure> {
    let fixed = function.ty().parameters().len();
    let declarations = function.declarations();
    let further = given.iter().enumerate().skip(fixed).map(|(index, given)| {
        let ty = match given {
            Given::Cast(name, _) => Some(declarations.value_type_named(name)?),
            Given::Literal(text) => declarations.evaluate(text).ok().map(|value| value.ty()),
            Given::Text(..) | Given::Null => Some(Type::Pointer),
            _ => None,
        };
        let Some(ty) = ty else {
            return Err(Failure::argument(format!(
                "argument {index} stands for `...`: put its type in front"
            )));
        };
        Ok(match ty.resolve() {
            Type::Bool | Type::I8 | Type::U8 | Type::I16 | Type::U16 => Type::I32,
            Type::F32 => Type::F64,
            Type::Array(_) => Type::Pointer,
            _ => ty,
        })
    });
    further.collect()
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
