//! sqlite3 without a binding crate: a database in memory, `exec` with a closure, a prepared statement.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::Write;
use std::process::ExitCode;
use std::ptr::null_mut;

use anyhow::{Result, ensure};
use ffi::Callback;

/// A connection and a statement, of which only pointers are known.
type Database = *mut c_void;
type Statement = *mut c_void;
type Strings = *const *const c_char;
type Row = Option<unsafe extern "C" fn(*mut c_void, c_int, Strings, Strings) -> c_int>;

ffi::library! {
    /// The part of sqlite3 that this program uses.
    struct Sqlite;
    fn sqlite3_open(name: *const c_char, database: *mut Database) -> c_int;
    fn sqlite3_close(database: Database) -> c_int;
    fn sqlite3_errmsg(database: Database) -> *const c_char;
    fn sqlite3_exec(database: Database, sql: *const c_char, row: Row, data: *mut c_void, error: *mut *mut c_char) -> c_int;
    fn sqlite3_prepare_v2(database: Database, sql: *const c_char, length: c_int, statement: *mut Statement, rest: *mut *const c_char) -> c_int;
    fn sqlite3_bind_double(statement: Statement, index: c_int, value: f64) -> c_int;
    fn sqlite3_step(statement: Statement) -> c_int;
    fn sqlite3_column_text(statement: Statement, column: c_int) -> *const c_char;
    fn sqlite3_column_double(statement: Statement, column: c_int) -> f64;
    fn sqlite3_finalize(statement: Statement) -> c_int;
}

const OK: c_int = 0;
const ROW: c_int = 100;

const PLANETS: &CStr = c"CREATE TABLE planet (name TEXT, radius REAL);
    INSERT INTO planet VALUES ('Mercury', 2439.7), ('Venus', 6051.8), ('Earth', 6371.0), ('Mars', 3389.5);";

fn main() -> ExitCode {
    examples::run("sqlite3", |out| {
        // SAFETY: these are the signatures in sqlite3.h.
        let sqlite = unsafe { Sqlite::open("sqlite3") }?;
        let mut database = null_mut();
        // SAFETY: the name ends in NUL, and there is room for a pointer.
        let status = unsafe { sqlite.sqlite3_open(c":memory:".as_ptr(), &raw mut database) };
        check(&sqlite, database, status)?;
        execute(&sqlite, database, PLANETS, None)?;

        // A closure that borrows counts the rows and collects their names.
        let names = std::sync::Mutex::new(Vec::new());
        let row = |_: *mut c_void, columns: c_int, values: Strings, _: Strings| {
            if columns < 1 {
                return 1;
            }
            // SAFETY: sqlite passes as many strings as there are columns.
            let name = unsafe { CStr::from_ptr(*values) }.to_string_lossy().into_owned();
            names.lock().expect("no row panics").push(name);
            0
        };
        let row = Callback::from_fn("row", row)?;
        execute(&sqlite, database, c"SELECT name FROM planet ORDER BY name", Some(&row))?;
        drop(row);
        let names = names.into_inner().expect("no row panics");
        writeln!(out, "{} planets: {}", names.len(), names.join(", "))?;
        for (name, radius) in larger_than(&sqlite, database, 6000.0)? {
            writeln!(out, "{name} has a radius of {radius} km")?;
        }
        let mistake = execute(&sqlite, database, c"SELECT mass FROM planet", None);
        writeln!(out, "a mistake: {}", mistake.expect_err("there is no such column"))?;
        // SAFETY: all statements have been finalized.
        ensure!(unsafe { sqlite.sqlite3_close(database) } == OK, "sqlite3 is still busy");
        Ok(())
    })
}

fn execute(
    sqlite: &Sqlite,
    database: Database,
    sql: &CStr,
    row: Option<&Callback<'_>>,
) -> Result<()> {
    // SAFETY: the callback was made with this signature.
    let row: Row = row.map(|row| unsafe { ffi::FunctionPointer::from_code(row.code()) });
    // SAFETY: the database is open and the text ends in NUL.
    let status =
        unsafe { sqlite.sqlite3_exec(database, sql.as_ptr(), row, null_mut(), null_mut()) };
    check(sqlite, database, status)
}

fn larger_than(sqlite: &Sqlite, database: Database, radius: f64) -> Result<Vec<(String, f64)>> {
    let sql = c"SELECT name, radius FROM planet WHERE radius > ? ORDER BY radius";
    let mut statement = null_mut();
    // SAFETY: the text ends in NUL, which -1 says; there is room for a pointer.
    let status = unsafe {
        sqlite.sqlite3_prepare_v2(database, sql.as_ptr(), -1, &raw mut statement, null_mut())
    };
    check(sqlite, database, status)?;
    // SAFETY: the statement has one parameter.
    let status = unsafe { sqlite.sqlite3_bind_double(statement, 1, radius) };
    check(sqlite, database, status)?;
    let mut rows = Vec::new();
    // SAFETY: the statement is prepared.
    while unsafe { sqlite.sqlite3_step(statement) } == ROW {
        // SAFETY: the row has a first column, whose text lives until the next step.
        let name = unsafe { CStr::from_ptr(sqlite.sqlite3_column_text(statement, 0)) };
        // SAFETY: the row has a second column.
        let radius = unsafe { sqlite.sqlite3_column_double(statement, 1) };
        rows.push((name.to_string_lossy().into_owned(), radius));
    }
    // SAFETY: the statement is not used any more.
    let status = unsafe { sqlite.sqlite3_finalize(statement) };
    check(sqlite, database, status)?;
    Ok(rows)
}

fn check(sqlite: &Sqlite, database: Database, status: c_int) -> Result<()> {
    // SAFETY: the database is open, or as far as it could be opened; the message is used at once.
    let message = unsafe { CStr::from_ptr(sqlite.sqlite3_errmsg(database)) };
    ensure!(status == OK, "sqlite3 says {status}: {}", message.to_string_lossy());
    Ok(())
}
