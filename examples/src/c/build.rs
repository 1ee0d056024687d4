//! From what the user wrote to arguments: places for what C leaves behind, functions that print their calls.

use std::ffi::c_char;
use std::io::Write;

use ffi::declare::{DeclaredCall, DeclaredType, FunctionDeclaration, Object};
use ffi::{Argument, Callback, Declarations, Type, Value};

use super::given::Given;
use super::outcome::Failure;
use super::show;

/// What arguments need while C runs, and what is shown afterwards.
#[derive(Debug)]
pub struct Builder<'d> {
    declarations: &'d Declarations,
    /// Values that arguments name by their numbers.
    pub held: Vec<Value>,
    /// What pointers lead to that were asked for, under the names of their places.
    pub objects: Vec<(String, Object)>,
    /// Functions that print their calls; they have to outlive what C keeps of them.
    pub callbacks: Vec<Callback<'static>>,
}

/// Where a value stands.
#[derive(Clone)]
struct Place {
    argument: usize,
    name: String,
    /// How many elements a pointer leads to at least.
    length: usize,
}

impl Place {
    fn part(&self, part: &str) -> Place {
        Place { name: format!("{}{part}", self.name), length: 1, ..*self }
    }

    fn wrong(&self, why: impl std::fmt::Display) -> Failure {
        Failure::argument(format!("argument {}: {why}", self.argument))
    }
}

type Built<T> = Result<T, Failure>;

impl<'d> Builder<'d> {
    /// For functions of these declarations.
    pub fn new(declarations: &'d Declarations) -> Builder<'d> {
        Builder { declarations, held: Vec::new(), objects: Vec::new(), callbacks: Vec::new() }
    }

    /// The arguments of a call.
    ///
    /// # Errors
    /// For the first one that does not fit.
    pub fn arguments(
        &mut self,
        function: &FunctionDeclaration,
        given: Vec<Given>,
    ) -> Result<Vec<Argument<'static>>, Failure> {
        let mut parameters = function.ty().parameters();
        let arguments = given.into_iter().enumerate().map(|(index, given)| {
            // Without a type where it stands for `...`.
            let (name, ty) = parameters.next().map_or(("", None), |(name, ty)| (name, Some(ty)));
            let name = if name.is_empty() { format!("argument {index}") } else { name.to_owned() };
            let length = function.ty().declared_length(index).unwrap_or(1);
            self.build(given, ty, &Place { argument: index, name, length })
        });
        arguments.collect()
    }

    /// A value of a type.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn value(&mut self, given: Given, ty: &DeclaredType) -> Result<Argument<'static>, Failure> {
        let place = Place { argument: 0, name: "the value".into(), length: 1 };
        self.build(given, Some(ty), &place)
    }

    fn build(
        &mut self,
        given: Given,
        ty: Option<&DeclaredType>,
        place: &Place,
    ) -> Built<Argument<'static>> {
        let c = self.declarations;
        let target = ty.and_then(|ty| c.pointee(ty));
        match given {
            Given::Literal(word) => {
                if target.is_some() && !self.is_address(&word) {
                    return Err(place.wrong(format!(
                        "{word} is no pointer: write a string in double quotes, [a, list], &value, out or null"
                    )));
                }
                Ok(Argument::Literal(word.into()))
            }
            Given::Held(index) => match self.held.get(index) {
                Some(value) => Ok(Argument::Value(value.clone())),
                None => Err(place.wrong("there is no such value")),
            },
            Given::Text(prefix, bytes) => self.text(prefix, bytes, ty, place),
            Given::List(elements) | Given::Array(elements) => {
                let elements = elements.into_iter().enumerate().map(|(index, element)| {
                    let (part, ty) = self.element(ty, index);
                    self.build(element, ty.as_ref(), &place.part(&part))
                });
                Ok(Argument::List(elements.collect::<Built<_>>()?))
            }
            Given::Fields(fields) => {
                let fields = fields.into_iter().map(|(name, value)| {
                    let ty = self.member(ty, &name);
                    let value = self.build(value, ty.as_ref(), &place.part(&format!(".{name}")))?;
                    Ok((name.into(), value))
                });
                Ok(Argument::Fields(fields.collect::<Built<_>>()?))
            }
            Given::Reference(_) | Given::Out(_) => {
                let wrong = || place.wrong("only a pointer can bring a value back");
                self.object(given, target.ok_or_else(wrong)?, place)
            }
            Given::Cast(name, value) => self.cast(name, *value, place),
            Given::Print(result) => self.print(result.map(|result| *result), ty, place),
            Given::Null => Ok(Argument::Null),
        }
    }

    /// Whether a word is an address, or a macro that stands for a string.
    fn is_address(&self, word: &str) -> bool {
        let value = self.declarations.evaluate(word);
        value.is_ok_and(|value| {
            let is_zero = value.clone().convert::<i64>().is_ok_and(|number| number == 0);
            is_zero || matches!(value, Value::Bytes(_)) || value.address().is_some()
        })
    }

    fn cast(&mut self, ty: String, value: Given, place: &Place) -> Built<Argument<'static>> {
        let c = self.declarations;
        if let Given::Literal(text) = &value {
            // A cast binds more tightly than operators do.
            let forms = [format!("({ty}) {text}"), format!("({ty}) ({text})")];
            let [bare, whole] = forms.each_ref().map(|form| c.evaluate(form).ok());
            if bare.is_some() && bare != whole {
                let [bare, _] = forms;
                return Ok(Argument::Literal(bare.into()));
            }
            return Ok(Argument::cast(ty, Argument::Literal(text.clone().into())));
        }
        let named = c.type_named(&ty)?;
        Ok(Argument::cast(ty, self.build(value, Some(&named), place)?))
    }

    fn text(
        &mut self,
        prefix: &str,
        bytes: Vec<u8>,
        ty: Option<&DeclaredType>,
        place: &Place,
    ) -> Built<Argument<'static>> {
        let c = self.declarations;
        let pointer = match prefix {
            "L" => Some("const wchar_t *"),
            "u" => Some("const char16_t *"),
            "U" => Some("const char32_t *"),
            _ => None,
        };
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => {
                let text = Argument::Text(text.into());
                return Ok(match pointer {
                    Some(pointer) => Argument::cast(pointer, text),
                    None => text,
                });
            }
            Err(bytes) => bytes.into_bytes(),
        };
        // Bytes that are no text: characters one by one.
        let unit = ty.and_then(|ty| c.pointee(ty).or_else(|| c.element(ty)));
        let unit = unit.and_then(|unit| c.value_type(unit).ok());
        let signed = match unit.as_ref().map(Type::resolve) {
            Some(Type::I8) => true,
            Some(Type::U8) => false,
            _ => c_char::MIN < 0,
        };
        let length = ty.and_then(|ty| c.value_type(ty).ok()).and_then(|ty| match ty.resolve() {
            Type::Array(array) => Some(array.length()),
            _ => None,
        });
        if length.is_some_and(|length| bytes.len() >= length) || bytes.contains(&0) {
            return Err(place.wrong("these bytes do not fit there with their NUL"));
        }
        let zeros = length.unwrap_or(bytes.len() + 1) - bytes.len();
        let bytes = bytes.into_iter().chain(std::iter::repeat_n(0, zeros));
        Ok(Argument::list(bytes.map(
            |byte| {
                if signed { Value::I8(byte as i8) } else { Value::U8(byte) }
            },
        )))
    }

    /// A place of its own for what a pointer leads to, which is shown after the call.
    fn object(
        &mut self,
        given: Given,
        target: &DeclaredType,
        place: &Place,
    ) -> Built<Argument<'static>> {
        let c = self.declarations;
        if c.value_type(target).is_ok_and(|ty| ty.is_void()) {
            return Err(place.wrong(
                "a pointer to void does not say what is there: declare it as a pointer to that",
            ));
        }
        let at = self.objects.len();
        let object = match given {
            Given::Out(None) if place.length == 1 => c.zeroed_of(target, 0)?,
            Given::Out(length) => {
                let length = self.long_enough(length.unwrap_or(place.length), target, place)?;
                c.zeroed_of(&c.array_of(target, length), 0)?
            }
            Given::Reference(given) => self.filled(*given, target, place)?,
            _ => unreachable!("other values have no place of their own"),
        };
        // A plain address: the place was made for this pointer.
        let address = object.pointer().address();
        self.objects.insert(at, (place.name.clone(), object));
        Ok(address.into())
    }

    fn long_enough(&self, length: usize, target: &DeclaredType, place: &Place) -> Built<usize> {
        if length >= place.length {
            return Ok(length);
        }
        let (target, least) = (self.declarations.show(target), place.length);
        Err(place.wrong(format_args!("{length} × {target} is too short for {target} [{least}]")))
    }

    /// A place that begins with a value, or with the elements of an array.
    fn filled(&mut self, given: Given, target: &DeclaredType, place: &Place) -> Built<Object> {
        let c = self.declarations;
        let is_composite = c.members(target).is_ok() || c.element(target).is_some();
        let count = match &given {
            Given::List(elements) if !is_composite => Some(elements.len()),
            Given::Array(elements) if c.element(target).is_none() => Some(elements.len()),
            Given::Text(_, bytes) if c.is_char(target) => Some(bytes.len() + 1),
            _ => None,
        };
        if let Some(count) = count {
            let count = self.long_enough(count, target, place)?;
            let ty = c.array_of(target, count);
            let value = self.build(given, Some(&ty), place)?;
            return self.begun(c.zeroed_of(&ty, 0)?, value, place);
        }
        self.long_enough(1, target, place)?;
        if let Some((fields, (last, elements))) = self.flexible(&given, target) {
            let object = c.zeroed_of(target, elements.len())?;
            let value = self.build(Given::Fields(fields), Some(target), place)?;
            let object = self.begun(object, value, place)?;
            let element = self.member(Some(target), &last);
            let element = element.as_ref().and_then(|array| c.element(array)).cloned();
            for (index, given) in elements.into_iter().enumerate() {
                let part = format!("{last}[{index}]");
                let value =
                    self.build(given, element.as_ref(), &place.part(&format!(".{part}")))?;
                let set = object.initialise(&part, value);
                set.map_err(|error| place.wrong(error))?;
            }
            return Ok(object);
        }
        let value = self.build(given, Some(target), place)?;
        self.begun(c.zeroed_of(target, 0)?, value, place)
    }

    fn begun(&self, object: Object, value: Argument<'_>, place: &Place) -> Built<Object> {
        object.initialise("", value).map_err(|error| place.wrong(error))?;
        Ok(object)
    }

    /// The members of a struct that ends in an array without a length, that array's name and its elements.
    fn flexible(&self, given: &Given, target: &DeclaredType) -> Option<Flexible> {
        let c = self.declarations;
        let members = c.members(target).ok()?;
        let last = members.last()?;
        let length = c.value_type(last.ty()).map_or(0, |ty| ty.size());
        if c.element(last.ty()).is_none() || length > 0 {
            return None;
        }
        let mut fields: Vec<(String, Given)> = match given {
            Given::Fields(fields) => fields.clone(),
            Given::List(values) => {
                members.iter().map(|member| member.name().to_owned()).zip(values.clone()).collect()
            }
            _ => return None,
        };
        let at = fields.iter().position(|(name, _)| name == last.name())?;
        let elements = match fields.remove(at).1 {
            Given::List(elements) | Given::Array(elements) => elements,
            Given::Text(_, bytes) => {
                let bytes = bytes.into_iter().chain([0]);
                bytes.map(|byte| Given::Literal((byte as c_char).to_string())).collect()
            }
            _ => return None,
        };
        Some((fields, (last.name().to_owned(), elements)))
    }

    /// A function that prints its calls.
    fn print(
        &mut self,
        result: Option<Given>,
        ty: Option<&DeclaredType>,
        place: &Place,
    ) -> Built<Argument<'static>> {
        let c = self.declarations.clone();
        let function = ty.and_then(|ty| c.function_type(ty));
        let (Some(ty), Some(function)) = (ty, function) else {
            return Err(place.wrong("print stands for a pointer to a function alone"));
        };
        if matches!(result, Some(Given::Held(_))) {
            return Err(place.wrong("print returns what is written out alone"));
        }
        let (returns, name) = (function.returns().clone(), place.name.clone());
        // A value holds addresses, and belongs to its thread: it is made at each call, and once now, to see that it fits.
        if let Some(given) = &result {
            c.value_of(&returns, plain(given)).map_err(|error| place.wrong(error))?;
        }
        let types: Vec<DeclaredType> = function.parameters().map(|(_, ty)| ty.clone()).collect();
        let print = move |call: &mut DeclaredCall<'_, '_>| {
            let shown =
                call.names().zip(call.arguments()?).zip(&types).map(|((name, value), ty)| {
                    let value = call.declarations().show_value(ty, &value);
                    if name.is_empty() { value } else { format!("{name} = {value}") }
                });
            let mut line = format!("{name}({})", shown.collect::<Vec<_>>().join(", "));
            if let Some(given) = &result {
                let value = call.declarations().value_of(&returns, plain(given))?;
                line += &format!(" -> {}", call.declarations().show_value(&returns, &value));
                call.returns(value)?;
            }
            // Whoever reads this no more has seen enough; what cannot be written is told at the end.
            let _ = show::flush();
            let _ = writeln!(std::io::stdout(), "{line}");
            Ok(())
        };
        let callback =
            self.declarations.callback_type_of(ty)?.callback(place.name.clone(), print)?;
        let code = callback.code();
        self.callbacks.push(callback);
        Ok(code.into())
    }

    /// An element of what a list is for, an array, a pointer or a struct: its place and its type.
    fn element(&self, ty: Option<&DeclaredType>, index: usize) -> (String, Option<DeclaredType>) {
        let c = self.declarations;
        let element = ty.and_then(|ty| c.element(ty).or_else(|| c.pointee(ty)));
        let members = ty.and_then(|ty| c.members(ty).ok());
        match members.as_ref().and_then(|members| members.get(index)) {
            Some(member) if element.is_none() => {
                (format!(".{}", member.name()), Some(member.ty().clone()))
            }
            _ => (format!("[{index}]"), element.cloned()),
        }
    }

    fn member(&self, ty: Option<&DeclaredType>, name: &str) -> Option<DeclaredType> {
        let (c, ty) = (self.declarations, ty?);
        let composite = c.pointee(ty).unwrap_or(ty);
        let members = c.members(composite).ok()?;
        Some(members.iter().find(|member| member.name() == name)?.ty().clone())
    }
}

/// The argument that a value is which needs nothing but itself.
fn plain(given: &Given) -> Argument<'_> {
    match given {
        Given::Literal(text) => Argument::Literal(text.into()),
        Given::List(elements) | Given::Array(elements) => {
            Argument::list(elements.iter().map(plain))
        }
        Given::Fields(fields) => {
            Argument::fields(fields.iter().map(|(name, value)| (name.as_str(), plain(value))))
        }
        Given::Cast(ty, value) => Argument::cast(ty.as_str(), plain(value)),
        Given::Text(_, bytes) => Argument::Text(String::from_utf8_lossy(bytes)),
        Given::Reference(value) => Argument::reference(plain(value)),
        Given::Held(_) | Given::Out(_) | Given::Print(_) | Given::Null => Argument::Null,
    }
}

/// Named members, and a name with elements.
type Flexible = (Vec<(String, Given)>, (String, Vec<Given>));
