//! The command line.

use std::time::Duration;

use ffi::Abi;
use lexopt::prelude::*;

use examples::c::outcome::Failure;

pub(crate) const HELP: &str = "\
Calls a function of a shared library.

Usage: ffi-call [options] LIBRARY DECLARATIONS [ARGUMENT...]

  LIBRARY       a path, a file name, or a bare name such as `sqlite3`; `-` is what this program itself is linked to
  DECLARATIONS  C declarations; the last function among them is called
  ARGUMENT      10  0xffUL  -0x1p-3  'c'  true  RED        numbers and enumerators
                1 << 3 | RED  sizeof(struct tm)            what operators make of them
                \"text\"  L\"wide\"                            a string
                {1, 2.5}  {.x = 1}                         a struct
                [1, 2]                                     an array: a pointer to its first element
                &value  &[1, 2]                            a pointer to this value, which is shown afterwards
                out  out[64]                               the same, of zeros
                (type) value                               a value of a type
                print  print(value)                        a function that prints its calls and returns the value
                null  (struct tm *) 0x7f0012345678         a pointer
  All of these may stand in each other. What stands for `...` has the type that C gives a constant. A `--` before the library
  or the arguments is passed over.

Options:
  --abi NAME    call under this convention: sysv64, win64, aapcs64, apple-arm64, windows-arm64
  --errno       show the error number that the function left
  --plan        show where every byte of the arguments and the result travels, and call nothing
  --time        show how long a call takes
  --timeout S   end the call after so many seconds
  -h, --help    this text

Exit codes: 0 called, 2 command line, 3 library, 4 symbol, 5 declarations, 6 arguments, 7 no such call is possible,
8 the function ended the process, or did not return in time, 9 the output cannot be written
";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) library: String,
    pub(crate) declarations: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) abi: Option<Abi>,
    pub(crate) errno: bool,
    pub(crate) plan: bool,
    pub(crate) time: bool,
    pub(crate) timeout: Option<Duration>,
}

const ABIS: [(&str, Abi); 5] = [
    ("sysv64", Abi::SysV64),
    ("win64", Abi::Win64),
    ("aapcs64", Abi::Aapcs64),
    ("apple-arm64", Abi::AppleArm64),
    ("windows-arm64", Abi::WindowsArm64),
];

impl Command {
    /// The command of this process; none where help is asked for.
    pub(crate) fn from_env() -> Result<Option<Command>, Failure> {
        Command::read().map_err(|error| Failure::usage(error.to_string(), crate::NAME))
    }

    fn read() -> Result<Option<Command>, lexopt::Error> {
        let mut parser = lexopt::Parser::from_env();
        let (mut abi, mut errno, mut plan, mut time) = (None, false, false, false);
        let (mut library, mut timeout) = (None, None);
        loop {
            match parser.next()? {
                Some(Short('h') | Long("help")) => return Ok(None),
                Some(Long("abi")) => {
                    let name = parser.value()?.string()?.to_ascii_lowercase();
                    let found = ABIS.iter().find(|(known, _)| *known == name);
                    abi = Some(
                        found.ok_or_else(|| format!("no convention has the name {name:?}"))?.1,
                    );
                }
                Some(Long("errno")) => errno = true,
                Some(Long("plan")) => plan = true,
                Some(Long("time")) => time = true,
                Some(Long("timeout")) => {
                    let seconds: f64 = parser.value()?.parse()?;
                    let limit = Duration::try_from_secs_f64(seconds).ok();
                    let limit = limit.filter(|limit| !limit.is_zero());
                    timeout = Some(limit.ok_or_else(|| format!("--timeout {seconds} is no time"))?);
                }
                Some(Value(value)) => match library.take() {
                    None => library = Some(value.string()?),
                    Some(library) => {
                        // Behind the declarations, a leading `-` is a number's sign.
                        let arguments = parser.raw_args()?.map(|argument| argument.string());
                        let mut arguments = arguments.collect::<Result<Vec<String>, _>>()?;
                        if arguments.first().is_some_and(|first| first == "--") {
                            arguments.remove(0);
                        }
                        let declarations = value.string()?;
                        return Ok(Some(Command {
                            library,
                            declarations,
                            arguments,
                            abi,
                            errno,
                            plan,
                            time,
                            timeout,
                        }));
                    }
                },
                Some(argument) => return Err(argument.unexpected()),
                None if library.is_none() => {
                    return Err("a library and declarations are needed".into());
                }
                None => return Err("declarations are needed behind the library".into()),
            }
        }
    }
}
