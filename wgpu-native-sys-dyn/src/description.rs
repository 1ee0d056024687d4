//! Types and signatures of the headers, from data to the descriptors of [`ffi`].

use crate::generated::{CALLBACKS, FUNCTIONS, STRUCTS};
use crate::{Callback, Function, Struct};
use ffi::types::UnionType;
use ffi::{Field, Parameter, Signature, StructType, Type};
use std::sync::OnceLock;

/// A function's or callback's C declaration.
#[derive(Debug)]
pub(crate) struct Prototype {
    pub(crate) name: &'static str,
    pub(crate) returns: CType,
    pub(crate) parameters: &'static [(&'static str, CType)],
}

/// A struct's or union's C declaration.
#[derive(Debug)]
pub(crate) struct Aggregate {
    pub(crate) name: &'static str,
    pub(crate) kind: AggregateKind,
    pub(crate) fields: &'static [(&'static str, CType)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AggregateKind {
    Struct,
    Union,
}

/// A C type, by its name in C.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CType {
    Void,
    Scalar(&'static str, Scalar),
    /// A pointer, a handle or a function pointer.
    Pointer(&'static str),
    Struct(Struct),
}

/// How an arithmetic type is represented.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar {
    U16,
    U32,
    U64,
    I32,
    /// `size_t`: as wide as a pointer.
    Size,
    F32,
    F64,
}

impl Function {
    /// The C signature, with the headers' names of parameters and types.
    pub fn signature(self) -> &'static Signature {
        static SIGNATURES: [OnceLock<Signature>; Function::COUNT] =
            [const { OnceLock::new() }; Function::COUNT];
        SIGNATURES[self as usize].get_or_init(|| FUNCTIONS[self as usize].signature())
    }
}

impl Callback {
    /// The C signature of the function that it points to, with the headers' names of parameters and types.
    pub fn signature(self) -> &'static Signature {
        static SIGNATURES: [OnceLock<Signature>; Callback::COUNT] =
            [const { OnceLock::new() }; Callback::COUNT];
        SIGNATURES[self as usize].get_or_init(|| CALLBACKS[self as usize].signature())
    }
}

impl Struct {
    /// The type, with the headers' names of fields and types.
    pub fn descriptor(self) -> &'static Type {
        static TYPES: [OnceLock<Type>; Struct::COUNT] = [const { OnceLock::new() }; Struct::COUNT];
        TYPES[self as usize].get_or_init(|| STRUCTS[self as usize].descriptor())
    }
}

impl Prototype {
    fn signature(&self) -> Signature {
        let parameters =
            self.parameters.iter().map(|(name, ty)| Parameter::new(*name, ty.descriptor()));
        Signature::new(parameters, self.returns.descriptor())
            .unwrap_or_else(|error| refused(self.name, &error))
    }
}

impl Aggregate {
    fn descriptor(&self) -> Type {
        let fields = self.fields.iter().map(|(name, ty)| Field::new(*name, ty.descriptor()));
        let descriptor = match self.kind {
            AggregateKind::Struct => StructType::new(self.name, fields).map(Type::from),
            AggregateKind::Union => UnionType::new(self.name, fields).map(Type::from),
        };
        descriptor.unwrap_or_else(|error| refused(self.name, &error))
    }
}

/// Ends on generated data that no C declaration could give. A test makes every descriptor.
fn refused(name: &str, error: &ffi::Error) -> ! {
    panic!("the generated description of {name} is wrong: {error}");
}

impl CType {
    fn descriptor(&self) -> Type {
        match *self {
            CType::Void => Type::Void,
            CType::Scalar(name, scalar) => Type::alias(name, scalar.descriptor()),
            CType::Pointer(name) => Type::alias(name, Type::Pointer),
            CType::Struct(id) => id.descriptor().clone(),
        }
    }
}

impl Scalar {
    fn descriptor(self) -> Type {
        match self {
            Scalar::U16 => Type::U16,
            Scalar::U32 => Type::U32,
            Scalar::U64 => Type::U64,
            Scalar::I32 => Type::I32,
            Scalar::Size => <usize as ffi::CType>::c_type(),
            Scalar::F32 => Type::F32,
            Scalar::F64 => Type::F64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_in_the_order_of_the_names() {
        for function in Function::ALL {
            assert_eq!(FUNCTIONS[*function as usize].name, function.name());
        }
        for callback in Callback::ALL {
            assert_eq!(CALLBACKS[*callback as usize].name, callback.name());
        }
        for item in Struct::ALL {
            assert_eq!(STRUCTS[*item as usize].name, item.name());
        }
    }

    #[test]
    fn every_function_callback_and_struct_has_its_descriptor() {
        assert_eq!((Function::COUNT, Callback::COUNT), (228, 12));
        // 114 structs and the union inside one of them.
        assert_eq!(Struct::COUNT, 115);
        for function in Function::ALL {
            let count = FUNCTIONS[*function as usize].parameters.len();
            assert_eq!(function.signature().parameters().len(), count, "{function}");
        }
        for callback in Callback::ALL {
            assert!(callback.signature().returns().is_void(), "{callback}");
        }
        for item in Struct::ALL {
            assert!(item.descriptor().size() > 0, "{item}");
        }
    }

    #[test]
    fn signatures_read_as_the_header_does() {
        let shown = |function: Function| function.signature().to_string();
        assert_eq!(
            shown(Function::wgpuDeviceCreateBuffer),
            "WGPUBuffer (WGPUDevice device, WGPUBufferDescriptor const * descriptor)"
        );
        assert_eq!(
            shown(Function::wgpuBufferMapAsync),
            "struct WGPUFuture (WGPUBuffer buffer, WGPUMapMode mode, size_t offset, size_t size, \
             struct WGPUBufferMapCallbackInfo callbackInfo)"
        );
        assert_eq!(shown(Function::wgpuGetVersion), "uint32_t (void)");
        assert_eq!(
            Callback::WGPULogCallback.signature().to_string(),
            "void (WGPULogLevel level, struct WGPUStringView message, void * userdata)"
        );
    }

    #[test]
    fn names_are_found() {
        assert_eq!(Function::from_name("wgpuBufferGetSize"), Some(Function::wgpuBufferGetSize));
        assert_eq!(Function::from_name("wgpuBufferGetsize"), None);
        let standard = Function::ALL.iter().filter(|function| function.header() == "webgpu.h");
        assert_eq!(standard.count(), 202);
        assert_eq!(Function::wgpuDevicePoll.header(), "wgpu.h");
    }
}
