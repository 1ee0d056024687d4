//! Constants: enumerators, macros, constant variables, and the expressions made of them.

use std::fmt::Display;

use super::Declarations;
use super::diagnostic::{Mistake, error_in};
use super::model::{DeclaredType, Form, Meaning};
use super::parser::{self, Content};
use super::pointer::PointerTo;
use crate::value::Bytes;
use crate::value::number::Number;
use crate::{Error, Type, Value};

impl Declarations {
    /// The value of an integer constant: an enumerator, a macro, or a constant variable whose value the text tells.
    pub fn constant(&self, name: &str) -> Option<i128> {
        match self.0.meanings.get(name) {
            Some(Meaning::Constant(constant)) => Some(constant.value),
            Some(Meaning::Variable(index)) => self.0.variables[*index].value.as_ref()?.integer(),
            Some(_) => None,
            None => self.macro_content(name)?.ok()?.1.integer(),
        }
    }

    /// The value of a constant in its type: an enumerator, a macro that stands for a number, a character or a string, or a
    /// constant variable whose value the text tells. A string is an array of `char` with its NUL.
    ///
    /// ```
    /// let c = ffi::Declarations::parse(r#"
    ///     #define LIMIT (1 << 10)
    ///     #define RATIO 0.5f
    ///     #define VERSION "2.1"
    ///     static const unsigned char FIRST = 'a';
    /// "#)?;
    /// let shown = |name| c.constant_value(name).map(|value| format!("{} {value}", value.ty()));
    /// assert_eq!(shown("LIMIT")?, "int32_t 1024");
    /// assert_eq!(shown("RATIO")?, "float 0.5");
    /// assert_eq!(shown("VERSION")?, "char[4] \"2.1\"");
    /// assert_eq!(shown("FIRST")?, "uint8_t 97");
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for a name that is no constant, [`Error::Declaration`] for a macro that has no value.
    pub fn constant_value(&self, name: &str) -> Result<Value, Error> {
        let wanted = "a constant";
        let missing = || Error::NotDeclared { name: name.to_owned(), wanted };
        match self.0.meanings.get(name) {
            Some(Meaning::Variable(index)) => {
                let variable = &self.0.variables[*index];
                self.valued(&variable.ty, variable.value.clone().ok_or_else(missing)?)
            }
            Some(Meaning::Constant(constant)) => {
                let value = Number::Integer(constant.value).to(&constant.value_type());
                value.map_err(|why| refused(&constant.value, why))
            }
            None => {
                let found = self.macro_content(name).ok_or_else(missing)?;
                let (ty, content) = found.map_err(|mistake| error_in(name, mistake))?;
                self.valued(ty, content.clone())
            }
            _ => Err(missing()),
        }
    }

    /// What a macro stands for; none for a name that is none.
    fn macro_content(&self, name: &str) -> Option<Result<&(DeclaredType, Content), Mistake>> {
        let value = &self.0.macros.get(name)?.value;
        if let Some(known) = value.get() {
            return Some(Ok(known));
        }
        Some(self.content(name).map(|found| value.get_or_init(|| found)))
    }

    /// The value of a constant expression in its type: `sizeof(struct tm)`, `1 << 3 | READ`, `(char)-1`.
    ///
    /// ```
    /// let c = ffi::Declarations::parse("enum { READ = 1, WRITE = 2 }; struct pair { long a; char b; };")?;
    /// assert_eq!(c.evaluate("READ | WRITE")?, ffi::Value::I32(3));
    /// assert_eq!(c.evaluate("sizeof(struct pair) / 0x8UL")?, ffi::Value::U64(2));
    /// assert_eq!(c.evaluate("0x1p-3 + 1")?, ffi::Value::F64(1.125));
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Declaration`] for what is no constant expression.
    pub fn evaluate(&self, expression: &str) -> Result<Value, Error> {
        let (ty, content) = self
            .content(expression)
            .map_err(|mistake| Error::from(error_in(expression, mistake)))?;
        self.valued(&ty, content)
    }

    /// The enumerators of an enumeration with their values, in their order; none of another type.
    pub fn enumerators<'a>(
        &'a self,
        ty: &'a DeclaredType,
    ) -> impl Iterator<Item = (&'a str, i128)> {
        let definition = match &self.0.resolve(ty).form {
            Form::Tag(index) => self.0.tags[*index].definition.as_ref(),
            _ => None,
        };
        let enumerators = definition.map_or(&[][..], |definition| &definition.enumerators);
        enumerators.iter().map(|(name, value)| (&**name, *value))
    }

    /// The name of a value of an enumeration: of the first enumerator that has it.
    ///
    /// ```
    /// let c = ffi::Declarations::parse("enum colour { RED, GREEN = 5 };")?;
    /// let colour = c.type_named("enum colour")?;
    /// assert_eq!(c.enumerator(&colour, &c.value("enum colour", "GREEN")?), Some("GREEN"));
    /// assert_eq!(c.enumerator(&colour, &5.into()), Some("GREEN"));
    /// assert_eq!(c.enumerator(&colour, &6.into()), None);
    /// # Ok::<(), ffi::Error>(())
    /// ```
    pub fn enumerator<'a>(&'a self, ty: &'a DeclaredType, value: &Value) -> Option<&'a str> {
        let Some(Number::Integer(number)) = Number::of(value) else { return None };
        self.enumerators(ty).find_map(|(name, value)| (value == number).then_some(name))
    }

    /// The names of macros that take no arguments; [`Declarations::constant_value`] says what they stand for.
    pub fn macros(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self.0.macros.keys().map(|name| &**name).collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// The enumerators with their values, by their names.
    pub fn constants(&self) -> impl Iterator<Item = (&str, i128)> {
        let mut constants: Vec<(&str, i128)> = self
            .0
            .meanings
            .iter()
            .filter_map(|(name, meaning)| match meaning {
                Meaning::Constant(constant) => Some((&**name, constant.value)),
                _ => None,
            })
            .collect();
        constants.sort_unstable();
        constants.into_iter()
    }

    /// What an expression is.
    pub(super) fn content(&self, expression: &str) -> Result<(DeclaredType, Content), Mistake> {
        parser::expression(&self.0, expression)
    }

    fn valued(&self, ty: &DeclaredType, content: Content) -> Result<Value, Error> {
        let of_type = |number: Number, shown: &dyn Display| {
            number.to(&self.value_type(ty)?).map_err(|why| refused(shown, why))
        };
        match content {
            Content::Integer(number) => match PointerTo::new(self, ty, None) {
                Some(pointer) => {
                    Ok(pointer.value_at(std::ptr::with_exposed_provenance_mut(number as usize)))
                }
                None => of_type(Number::Integer(number), &number),
            },
            Content::Float(number) => of_type(Number::Float(number), &number),
            Content::Text(units) => {
                let unit = match self.element(ty).or_else(|| self.pointee(ty)) {
                    Some(unit) => self.value_type(unit)?,
                    None => Type::alias("char", self.0.data.char()),
                };
                let array = Type::array(unit.clone(), units.len() / unit.size().max(1))?;
                Ok(Bytes::new(array, &units[..])?.into())
            }
        }
    }
}

/// A constant that its type cannot hold.
fn refused(value: &dyn Display, why: String) -> Error {
    Error::Conversion { place: "the constant".into(), value: value.to_string(), why }
}
