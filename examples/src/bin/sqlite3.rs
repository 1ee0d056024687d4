//! sqlite3 by its declarations: a database in memory, `exec` with a closure, a prepared statement.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};
use ffi::declare::{ArgumentList, BoundLibrary};
use ffi::{Argument, Declarations, Library, Value};

/// The part of sqlite3.h that this program uses.
const SQLITE: &str = "
    #define SQLITE_OK 0
    #define SQLITE_ROW 100
    typedef struct sqlite3 sqlite3;
    typedef struct sqlite3_stmt sqlite3_stmt;
    int sqlite3_open(const char *name, sqlite3 **database);
    int sqlite3_close(sqlite3 *database);
    const char *sqlite3_errmsg(sqlite3 *database);
    int sqlite3_exec(sqlite3 *database, const char *sql,
        int (*row)(void *data, int columns, char **values, char **names), void *data, char **message);
    int sqlite3_prepare_v2(sqlite3 *database, const char *sql, int length, sqlite3_stmt **statement, const char **rest);
    int sqlite3_bind_double(sqlite3_stmt *statement, int index, double value);
    int sqlite3_step(sqlite3_stmt *statement);
    const char *sqlite3_column_text(sqlite3_stmt *statement, int column);
    double sqlite3_column_double(sqlite3_stmt *statement, int column);
    int sqlite3_finalize(sqlite3_stmt *statement);
";

const PLANETS: &str = "CREATE TABLE planet (name TEXT, radius REAL);
    INSERT INTO planet VALUES ('Mercury', 2439.7), ('Venus', 6051.8), ('Earth', 6371.0), ('Mars', 3389.5);";

/// An open database.
struct Database {
    sqlite: BoundLibrary,
    handle: Value,
}

impl Database {
    fn open(name: &str) -> Result<Database> {
        // SAFETY: sqlite3 has no initialisers of note.
        let library = unsafe { Library::find("sqlite3") }?;
        let sqlite = library.bind(&Declarations::parse(SQLITE)?);
        let mut database = Database { sqlite, handle: Value::Void };
        // SAFETY: it takes any name.
        let status = unsafe { database.sqlite.call("sqlite3_open", (name, &mut database.handle)) }?;
        database.check(&status)?;
        Ok(database)
    }

    /// An error with sqlite3's own words, unless the status is SQLITE_OK.
    fn check(&self, status: &Value) -> Result<()> {
        if *status != self.sqlite.constant("SQLITE_OK")? {
            // SAFETY: the database is open as far as it could be opened, and the message is read at once.
            let message = unsafe { self.sqlite.call("sqlite3_errmsg", (&self.handle,))?.text(200) };
            bail!("sqlite3 says {status}: {}", message?.unwrap_or_default());
        }
        Ok(())
    }

    /// Calls a function that returns a status.
    ///
    /// # Safety
    /// sqlite3 takes these arguments.
    unsafe fn run<'a>(&self, name: &str, arguments: impl ArgumentList<'a>) -> Result<()> {
        // SAFETY: the declarations are sqlite3's; for the arguments, the caller answers.
        self.check(&unsafe { self.sqlite.call(name, arguments) }?)
    }

    fn execute<'a>(&'a self, sql: &'a str, row: impl Into<Argument<'a>>) -> Result<()> {
        let arguments = (&self.handle, sql, row, Argument::Null, Argument::Null);
        // SAFETY: the database is open, and declared calls refuse a callback of another type.
        unsafe { self.run("sqlite3_exec", arguments) }
    }

    fn larger_than(&self, radius: f64) -> Result<Vec<(String, f64)>> {
        let sql = "SELECT name, radius FROM planet WHERE radius > ? ORDER BY radius";
        let (sqlite, mut statement) = (&self.sqlite, Value::Void);
        let arguments = (&self.handle, sql, -1, &mut statement, Argument::Null);
        // SAFETY: the text ends in NUL, as -1 says.
        unsafe { self.run("sqlite3_prepare_v2", arguments) }?;
        // SAFETY: the statement has one parameter.
        unsafe { self.run("sqlite3_bind_double", (&statement, 1, radius)) }?;
        let (mut rows, row) = (Vec::new(), sqlite.constant("SQLITE_ROW")?);
        // SAFETY: the statement is prepared.
        while unsafe { sqlite.call("sqlite3_step", (&statement,)) }? == row {
            // SAFETY: the row has a first column, whose text lives until the next step.
            let name = unsafe { sqlite.call("sqlite3_column_text", (&statement, 0))?.text(200) }?;
            // SAFETY: the row has a second column.
            let radius = unsafe { sqlite.call("sqlite3_column_double", (&statement, 1)) }?;
            rows.push((name.unwrap_or_default(), radius.convert()?));
        }
        // SAFETY: the statement is not used any more.
        unsafe { self.run("sqlite3_finalize", (&statement,)) }?;
        Ok(rows)
    }
}

fn main() -> ExitCode {
    examples::run("sqlite3", |out| {
        let database = Database::open(":memory:")?;
        database.execute(PLANETS, Argument::Null)?;

        // A closure that borrows collects the names.
        let mut names = Vec::new();
        let row = database.sqlite.function("sqlite3_exec")?.callback_type("row")?;
        let row = row.locked("row", |call| {
            // SAFETY: sqlite3 passes an array of strings, one for each column.
            names.extend(unsafe { call.get("values")?.view()?.get("")?.text(200) }?);
            call.returns(0)
        })?;
        database.execute("SELECT name FROM planet ORDER BY name", &row)?;
        drop(row);
        writeln!(out, "{} planets: {}", names.len(), names.join(", "))?;
        for (name, radius) in database.larger_than(6000.0)? {
            writeln!(out, "{name} has a radius of {radius} km")?;
        }
        let mistake = database.execute("SELECT mass FROM planet", Argument::Null);
        writeln!(out, "a mistake: {}", mistake.expect_err("there is no such column"))?;
        // SAFETY: all statements have been finalized.
        unsafe { database.run("sqlite3_close", (&database.handle,)) }
    })
}
