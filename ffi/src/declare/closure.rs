//! Callbacks for parameters that are pointers to functions.

use super::pointer::Callable;
use super::{Declared, DeclaredCall, DeclaredType, FunctionType};
use crate::callback::{Arguments, TypedFn};
use crate::{CType, Callback, Error};

impl Declared {
    /// A callback for a parameter that is a pointer to a function: by the parameter's name, or its index as text. Its types
    /// are those of the declaration. [`Declared::callback_type`] makes others than shared closures into callbacks.
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for no such parameter, and as [`Callback::new`].
    pub fn callback<'closure, H>(
        &self,
        parameter: &str,
        handler: H,
    ) -> Result<Callback<'closure>, Error>
    where
        H: Fn(&mut DeclaredCall<'_, '_>) -> Result<(), Error> + Send + Sync + 'closure,
    {
        self.callback_type(parameter)?.callback(parameter.to_owned(), handler)
    }

    /// A callback of the closure's own types for a parameter that is a pointer to a function. They have to be those of the
    /// declaration.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// let libc = ffi::Library::this()?;
    /// let bsearch = libc.declare("void *bsearch(const void *key, const void *first, unsigned long count,
    ///     unsigned long size, int (*compare)(const void *key, const void *element))")?;
    /// let compare = |key: *const i32, element: *const i32| -> i32 {
    ///     // SAFETY: bsearch passes the key and an element.
    ///     unsafe { (*key).cmp(&*element) as i32 }
    /// };
    /// let compare = bsearch.typed_callback("compare", compare)?;
    /// let numbers = [2, 3, 5, 7];
    /// // SAFETY: count and size are those of the slice.
    /// let found = unsafe { bsearch.call((&[5], &numbers, 4, 4, &compare)) }?;
    /// assert_eq!(found.address(), Some((&raw const numbers[2]).cast_mut().cast()));
    /// let refused = bsearch.typed_callback("compare", |key: f64| key as i32).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "compare: a closure `int32_t (double)` is no int (*)(const void *key, const void *element)"
    /// );
    /// # }
    /// # Ok::<(), ffi::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotDeclared`] for no such parameter, [`Error::Conversion`] for a closure of other types than its own, and
    /// as [`Callback::new`].
    pub fn typed_callback<'closure, A, R, T>(
        &self,
        parameter: &str,
        closure: T,
    ) -> Result<Callback<'closure>, Error>
    where
        A: Arguments<R>,
        R: CType,
        T: TypedFn<A, R> + 'closure,
    {
        let declarations = self.declaration().declarations();
        let (function, ty) = self.function_parameter(parameter)?;
        let found = A::signature()?;
        if !Callable::new(declarations, function).takes(&found) {
            return Err(Error::Conversion {
                place: parameter.to_owned(),
                value: format!("a closure `{found}`"),
                why: format!("is no {}", declarations.show(ty)),
            });
        }
        let builder = Callback::builder(parameter.to_owned());
        match function.abi() {
            None => builder.typed(closure),
            Some(abi) => builder.typed_with_abi(abi, closure),
        }
    }

    /// A parameter that points to a function, by name or index: the function's type and its own.
    pub(super) fn function_parameter(
        &self,
        parameter: &str,
    ) -> Result<(&FunctionType, &DeclaredType), Error> {
        let declarations = self.declaration().declarations();
        let index = parameter.parse::<usize>().ok();
        let mut parameters = self.declaration().ty().parameters().enumerate();
        let found = parameters.find(|(at, (name, _))| *name == parameter || Some(*at) == index);
        let function = found.and_then(|(_, (_, ty))| Some((declarations.function_type(ty)?, ty)));
        function.ok_or_else(|| Error::NotDeclared {
            name: parameter.to_owned(),
            wanted: "a parameter that points to a function",
        })
    }
}
