//! What a call of a declared function needs, found when it is declared; and a call whose arguments are converted.

use std::ptr::NonNull;
use std::sync::Arc;

use super::FunctionDeclaration;
use super::argument::Argument;
use super::convert::{Converter, Memory, Parameter, Place, Store, typed};
use super::few::Few;
use super::kept::Kept;
use super::model::DeclaredType;
use super::pointer::PointerTo;
use super::quick::QuickPlan;
use crate::arg::Arg;
use crate::c_type::Kind;
use crate::call::ErrorNumbers;
use crate::{Abi, CallInterface, CodePtr, Error, Type, Value};

/// What every call of a declared function needs.
#[derive(Debug)]
pub(super) struct CallPlan {
    declaration: FunctionDeclaration,
    abi: Abi,
    pub(super) parameters: Box<[Parameter]>,
    /// The type of a result that is a pointer.
    pub(super) result: Option<Arc<PointerTo>>,
    /// The size and the alignment of a result.
    pub(super) result_layout: (usize, usize),
    pub(super) result_kind: Kind,
    /// Where arguments and result are a few numbers and addresses.
    pub(super) quick: Option<QuickPlan>,
    pub(super) interfaces: Interfaces,
}

/// How the function is called.
#[derive(Debug)]
pub(super) enum Interfaces {
    One(CallInterface),
    /// One for each list of types that further arguments had; and `void *`, which those that have no other type become.
    Variadic(Box<Kept>, Arc<PointerTo>),
}

/// The types of the arguments for `...`.
type Further = Few<Type, 8>;

/// A call whose arguments are converted.
#[derive(Debug)]
pub(super) struct Converted<'room, 'a> {
    arguments: NonNull<Arg<'room>>,
    count: usize,
    result: NonNull<u8>,
    /// The interface of a variadic call.
    own: Option<CallInterface>,
    /// Arguments, result and copies lie in it: the pointers above lead there.
    store: Store<'room, 'a>,
}

impl CallPlan {
    pub(super) fn new(abi: Abi, declaration: &FunctionDeclaration) -> Result<CallPlan, Error> {
        let declarations = declaration.declarations();
        let function = declaration.ty();
        let signature = declaration.signature(&[])?;
        let parameters = function.parameters.iter();
        let parameters = parameters.map(|declared| Parameter::new(declarations, declared));
        let parameters: Box<[Parameter]> = parameters.collect::<Result<_, _>>()?;
        let result = PointerTo::new(declarations, function.returns(), None);
        let interfaces = if function.is_variadic() {
            let void = DeclaredType::pointer(DeclaredType::basic(Type::Void));
            let anything = PointerTo::new(declarations, &void, None).expect("it is a pointer");
            Interfaces::Variadic(Box::default(), anything)
        } else {
            Interfaces::One(CallInterface::with_abi(abi, &signature)?)
        };
        let result_layout = (signature.returns().size(), signature.returns().alignment());
        let result_kind = Kind::of(signature.returns());
        let declaration = declaration.clone();
        let quick = QuickPlan::new(&parameters, &signature);
        Ok(CallPlan {
            declaration,
            abi,
            parameters,
            result,
            result_layout,
            result_kind,
            quick,
            interfaces,
        })
    }

    pub(super) fn declaration(&self) -> &FunctionDeclaration {
        &self.declaration
    }

    /// How the function is called with further arguments of these types.
    pub(super) fn interface(&self, variadic: &[Type]) -> Result<CallInterface, Error> {
        match &self.interfaces {
            Interfaces::One(interface) if variadic.is_empty() => Ok(interface.clone()),
            _ => CallInterface::with_abi(self.abi, &self.declaration.signature(variadic)?),
        }
    }

    /// The interface for further arguments of these types, which is kept for the next call.
    fn kept(&self, kept: &Kept, further: &Further) -> Result<CallInterface, Error> {
        let fixed = self.parameters.len();
        if let Some(interface) = kept.of_types(fixed, further.iter()) {
            return Ok(interface.clone());
        }
        let types: Vec<Type> = further.iter().cloned().collect();
        let interface = self.interface(&types)?;
        kept.keep(fixed, interface.clone());
        Ok(interface)
    }

    /// Checks and converts the arguments of a call, which was just made.
    pub(super) fn convert<'room, 'a>(
        &self,
        arguments: &mut [Argument<'a>],
        call: &mut Converted<'room, 'a>,
    ) -> Result<(), Error> {
        let (expected, count) = (self.parameters.len(), arguments.len());
        let more = matches!(self.interfaces, Interfaces::Variadic(..));
        if count < expected || (count > expected && !more) {
            return Err(Error::ArgumentCount { expected, found: count });
        }
        let size = count * size_of::<Arg<'_>>();
        let places = call.store.memory.take(size, align_of::<Arg<'_>>()).cast();
        (call.arguments, call.count) = (places, count);
        let keep = |index: usize, value: NonNull<u8>| {
            // SAFETY: a value was just stored there, which lives as long as the call's memory.
            let argument = unsafe { Arg::<'room>::from_ptr(value.as_ptr().cast()) };
            // SAFETY: there is room for so many.
            let place = unsafe { places.add(index) };
            // SAFETY: as above, and nothing else lies there.
            unsafe { place.write(argument.unwrap_or(Arg::new(&()))) };
        };
        let declarations = self.declaration.declarations();
        let mut converter = Converter { declarations, store: &mut call.store };
        let (fixed, further) = arguments.split_at_mut(expected);
        for (index, (parameter, argument)) in self.parameters.iter().zip(fixed).enumerate() {
            keep(index, converter.argument(parameter, index, argument)?);
        }
        if let Interfaces::Variadic(kept, anything) = &self.interfaces {
            let mut types = Further::default();
            for (index, argument) in further.iter_mut().enumerate() {
                let place = Place::Argument(expected + index, "");
                let (value, ty) = converter.variadic(self.abi, anything, argument, place)?;
                keep(expected + index, value);
                types.push(ty);
            }
            call.own = Some(self.kept(kept, &types)?);
        }
        let (size, alignment) = self.result_layout;
        call.result = call.store.memory.zeros(size, alignment);
        Ok(())
    }

    #[inline]
    fn called_as<'i>(&'i self, own: &'i Option<CallInterface>) -> &'i CallInterface {
        match (&self.interfaces, own) {
            (Interfaces::One(interface), _) | (_, Some(interface)) => interface,
            (Interfaces::Variadic(..), None) => {
                unreachable!("a variadic call has an interface of its own")
            }
        }
    }
}

impl<'room> Converted<'room, '_> {
    /// A call without arguments, to be filled in.
    #[inline(always)]
    pub(super) fn new(memory: Memory<'room>) -> Self {
        let (arguments, result) = (NonNull::dangling(), NonNull::dangling());
        Converted { arguments, count: 0, result, own: None, store: Store::new(memory) }
    }

    /// How the call is made.
    #[inline]
    pub(super) fn interface<'i>(&'i self, plan: &'i CallPlan) -> &'i CallInterface {
        plan.called_as(&self.own)
    }

    /// Calls the function of the plan.
    ///
    /// # Safety
    /// `code` is the function that the plan's declaration declares, and the call with these arguments is sound.
    #[inline]
    pub(super) unsafe fn run(
        &mut self,
        plan: &CallPlan,
        code: CodePtr,
        numbers: Option<&mut ErrorNumbers>,
    ) {
        let interface = plan.called_as(&self.own);
        // SAFETY: so many arguments were written there, in memory that lives as long as `self`.
        let arguments = unsafe { std::slice::from_raw_parts(self.arguments.as_ptr(), self.count) };
        let result = self.result.as_ptr().cast();
        let called = match numbers {
            // SAFETY: the arguments were converted to the interface's parameters, the result has room; for the rest, the
            // caller answers.
            None => unsafe { interface.call_into(code, arguments, result) },
            // SAFETY: as above.
            Some(numbers) => unsafe { interface.call_with_errno(code, arguments, result, numbers) },
        };
        debug_assert!(called.is_ok(), "one argument for each parameter");
    }

    /// Stores what C left in out-parameters; returns the result.
    ///
    /// # Safety
    /// The call was made.
    #[inline]
    pub(super) unsafe fn take(&mut self, plan: &CallPlan) -> Value {
        for out in self.store.outs.iter_mut() {
            // SAFETY: the memory of the converter lives as long as `self`.
            unsafe { out.read() };
        }
        // SAFETY: the memory has the bytes of the result, zeroed before the call stored some there.
        let bytes =
            unsafe { std::slice::from_raw_parts(self.result.as_ptr(), plan.result_layout.0) };
        let returns = plan.called_as(&self.own).signature().returns();
        // SAFETY: the call, which the caller answers for, stored a value of this type.
        let value = unsafe { Value::from_bytes(returns, bytes) };
        match &plan.result {
            Some(pointer) => typed(value, Some(pointer)),
            None => value,
        }
    }

    /// The memory that pointers which C returned may lead to.
    pub(super) fn into_memory(self) -> Memory<'room> {
        self.store.memory
    }
}
