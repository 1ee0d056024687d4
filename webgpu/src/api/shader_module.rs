use super::{clearing_module::ClearingModule, *};
use crate::{convert, error::Error, events, handle::identity, naga::ShaderStage};
use std::{borrow::Cow, future::Future, marker::PhantomData};
use wgpu_native_sys_dyn::{self as sys, Function};
use wgpu_types::{
    CreateShaderModuleDescriptorPassthrough, Features, ShaderRuntimeChecks, WasmNotSend,
};

/// Compiled shaders.
#[derive(Clone, Debug)]
pub struct ShaderModule {
    inner: Child<sys::WGPUShaderModuleImpl>,
    clearing: Option<Arc<ClearingModule>>,
    info: Arc<CompilationInfo>,
    #[cfg(feature = "naga-ir")]
    naga: Option<Arc<naga_module::NagaModule>>,
}

assert_send_sync!(
    ShaderModule,
    ShaderModuleDescriptor<'_>,
    ShaderModuleDescriptorPassthrough<'_>,
    ShaderSource<'_>,
);
identity!(ShaderModule, |this| this.inner.raw().addr());

impl ShaderModule {
    #[track_caller]
    pub(super) fn create(
        device: &Arc<DeviceContext>,
        descriptor: ShaderModuleDescriptor<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Self {
        #[cfg(feature = "naga-ir")]
        if let ShaderSource::Naga(module) = descriptor.source {
            return Self::of_naga(device, descriptor.label, module, checks);
        }
        let (created, messages) = events::reword(
            || Self::make(device, descriptor.label, &descriptor.source, checks),
            std::convert::identity,
        );
        let mut inner = match created {
            Ok(inner) => inner,
            Err(cause) => {
                let call = "Device::create_shader_module";
                return Self::refused(device, Error::rejected(call, descriptor.label, cause));
            }
        };
        if !messages.is_empty() && !matches!(descriptor.source, ShaderSource::Wgsl(_)) {
            // The engine ends the process when it makes a pipeline of what it could not read at all; a module that it could
            // read, and found to be wrong, does as well.
            inner = Self::invalid(device);
        }
        let clearing = match *messages {
            [] => ClearingModule::of(&descriptor, checks).map(Arc::new),
            _ => None,
        };
        let messages =
            messages.into_iter().map(|message| CompilationMessage::of(message, &descriptor.source));
        let info = CompilationInfo { messages: messages.collect() };
        let module = Self { clearing, ..Self::new(inner, info) };
        events::deliver();
        module
    }

    /// Has the engine make a module, or returns what has no name in C.
    pub(super) fn make(
        device: &Arc<DeviceContext>,
        label: Option<&str>,
        source: &ShaderSource<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Result<Child<sys::WGPUShaderModuleImpl>, String> {
        let (functions, raw) = (device.functions(), device.raw());
        let create = |descriptor| match checks {
            // SAFETY: Device and descriptor are alive.
            None => unsafe { functions.wgpuDeviceCreateShaderModule(raw, descriptor) },
            Some(_) if !device.engine().has(Function::wgpuDeviceCreateShaderModuleTrusted) => {
                // More checks than needed do no harm.
                // SAFETY: As above.
                unsafe { functions.wgpuDeviceCreateShaderModule(raw, descriptor) }
            }
            Some(checks) => {
                let checks = convert::runtime_checks(checks);
                // SAFETY: Device and descriptor are alive; who left checks out has vouched for the shader.
                unsafe { functions.wgpuDeviceCreateShaderModuleTrusted(raw, descriptor, checks) }
            }
        };
        let raw = convert::with_shader_descriptor(label, source, create)?;
        // SAFETY: The engine gave a reference away.
        Ok(unsafe { device.adopt(raw) })
    }

    #[track_caller]
    pub(super) fn create_passthrough(
        device: &Arc<DeviceContext>,
        descriptor: &ShaderModuleDescriptorPassthrough<'_>,
    ) -> Self {
        let what = "A shader in the language of the driver";
        let cause = convert::unnamed(what, Features::PASSTHROUGH_SHADERS, device.features);
        let call = "Device::create_shader_module_passthrough";
        Self::refused(device, Error::rejected(call, descriptor.label, cause))
    }

    fn new(inner: Child<sys::WGPUShaderModuleImpl>, info: CompilationInfo) -> Self {
        Self {
            inner,
            clearing: None,
            info: Arc::new(info),
            #[cfg(feature = "naga-ir")]
            naga: None,
        }
    }

    /// The same, made of a module of `naga`.
    #[cfg(feature = "naga-ir")]
    pub(super) fn with_naga(self, naga: naga_module::NagaModule) -> Self {
        Self { naga: Some(Arc::new(naga)), ..self }
    }

    /// What there is to know where it was made of a module of `naga`.
    #[cfg(feature = "naga-ir")]
    pub(super) fn naga(&self) -> Option<&naga_module::NagaModule> {
        self.naga.as_deref()
    }

    /// The device that it belongs to.
    #[cfg(feature = "naga-ir")]
    pub(super) fn device(&self) -> &Arc<DeviceContext> {
        self.inner.owner()
    }

    /// Reports why there is no module, and gives an invalid one.
    #[track_caller]
    pub(super) fn refused(device: &Arc<DeviceContext>, error: Error) -> Self {
        let message = CompilationMessage {
            message: error.to_string(),
            message_type: CompilationMessageType::Error,
            location: None,
        };
        let info = CompilationInfo { messages: vec![message] };
        let module = Self::new(Self::invalid(device), info);
        device.sink.report(error);
        module
    }

    /// A module that the engine is sure to refuse.
    fn invalid(device: &Arc<DeviceContext>) -> Child<sys::WGPUShaderModuleImpl> {
        let source = ShaderSource::Wgsl("not a shader".into());
        events::silence(|| Self::make(device, None, &source, None)).expect("C has a name for WGSL")
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUShaderModule {
        self.inner.raw_for(device)
    }

    /// The handle of the module to use in its place where the memory of workgroups is to be cleared, if that takes another
    /// one.
    pub(super) fn clearing(&self) -> Option<sys::WGPUShaderModule> {
        self.clearing.as_ref()?.raw(self.inner.owner())
    }

    /// What the compiler had to say.
    pub fn get_compilation_info(
        &self,
    ) -> impl Future<Output = CompilationInfo> + WasmNotSend + use<> {
        std::future::ready((*self.info).clone())
    }
}

/// What a shader module is made of.
#[derive(Clone, Debug)]
pub struct ShaderModuleDescriptor<'a> {
    /// A name for it.
    pub label: Label<'a>,
    /// The source.
    pub source: ShaderSource<'a>,
}

/// What a shader module is made of that the driver gets as it is, by the language of each driver.
pub type ShaderModuleDescriptorPassthrough<'a> =
    CreateShaderModuleDescriptorPassthrough<'a, Label<'a>>;

/// The source of shaders.
#[cfg_attr(
    feature = "naga-ir",
    expect(clippy::large_enum_variant, reason = "`wgpu` has the module in place as well")
)]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ShaderSource<'a> {
    /// SPIR-V, as words in the byte order of this machine.
    SpirV(Cow<'a, [u32]>),
    /// GLSL, for one stage of a pipeline.
    Glsl {
        /// The source.
        shader: Cow<'a, str>,
        /// The stage: vertex, fragment or compute.
        stage: ShaderStage,
        /// What the preprocessor replaces, and by what.
        defines: &'a [(&'a str, &'a str)],
    },
    /// WGSL.
    Wgsl(Cow<'a, str>),
    /// A module of `naga`. It is handed to the engine as WGSL, once for each pipeline stage where it has constants that can
    /// be overridden.
    #[cfg(feature = "naga-ir")]
    Naga(Cow<'static, crate::naga::Module>),
    /// None: this is here for the lifetime's sake.
    #[doc(hidden)]
    Dummy(PhantomData<&'a ()>),
}

/// What a compiler of shaders had to say.
#[derive(Clone, Debug)]
pub struct CompilationInfo {
    /// Its messages.
    pub messages: Vec<CompilationMessage>,
}

/// A message of a compiler of shaders.
#[derive(Clone, Debug)]
pub struct CompilationMessage {
    /// The message.
    pub message: String,
    /// How bad it is.
    pub message_type: CompilationMessageType,
    /// Where in the source it belongs, if to a place.
    pub location: Option<SourceLocation>,
}

impl CompilationMessage {
    /// The engine's error about `source`. Where in the source it belongs is read out of the message.
    fn of(message: String, source: &ShaderSource<'_>) -> Self {
        let location = match source {
            ShaderSource::Wgsl(code) => SourceLocation::read(&message, code),
            ShaderSource::Glsl { shader, .. } => SourceLocation::read_span(&message, shader),
            ShaderSource::SpirV(_) | ShaderSource::Dummy(_) => None,
            #[cfg(feature = "naga-ir")]
            ShaderSource::Naga(_) => None,
        };
        Self { message, message_type: CompilationMessageType::Error, location }
    }
}

#[cfg(feature = "naga-ir")]
mod of_naga {
    use super::{CompilationInfo, CompilationMessage, CompilationMessageType, SourceLocation};
    use crate::naga::{self, WithSpan, error::ShaderError, front, valid::ValidationError};

    fn error(message: String, location: Option<naga::SourceLocation>) -> CompilationMessage {
        let location = location.map(SourceLocation::from);
        CompilationMessage { message, message_type: CompilationMessageType::Error, location }
    }

    impl From<ShaderError<front::wgsl::ParseError>> for CompilationInfo {
        fn from(value: ShaderError<front::wgsl::ParseError>) -> Self {
            let location = value.inner.location(&value.source);
            Self { messages: vec![error(value.to_string(), location)] }
        }
    }

    impl From<ShaderError<front::glsl::ParseErrors>> for CompilationInfo {
        fn from(value: ShaderError<front::glsl::ParseErrors>) -> Self {
            let errors = value.inner.errors.iter();
            let messages = errors.map(|one| error(one.to_string(), one.location(&value.source)));
            Self { messages: messages.collect() }
        }
    }

    impl From<ShaderError<front::spv::Error>> for CompilationInfo {
        fn from(value: ShaderError<front::spv::Error>) -> Self {
            Self { messages: vec![error(value.to_string(), None)] }
        }
    }

    impl From<ShaderError<WithSpan<ValidationError>>> for CompilationInfo {
        fn from(value: ShaderError<WithSpan<ValidationError>>) -> Self {
            let location = value.inner.location(&value.source);
            Self { messages: vec![error(value.to_string(), location)] }
        }
    }

    impl From<naga::SourceLocation> for SourceLocation {
        fn from(place: naga::SourceLocation) -> Self {
            let naga::SourceLocation { line_number, line_position, offset, length } = place;
            Self { line_number, line_position, offset, length }
        }
    }
}

/// How bad what a compiler says is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CompilationMessageType {
    /// The shader cannot be used.
    Error,
    /// The shader can be used, and may not do what is wanted.
    Warning,
    /// Nothing is wrong.
    Info,
}
