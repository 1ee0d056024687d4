use super::{clearing_module::ClearingModule, *};
use crate::{
    convert,
    engine_words::{drawings, drawn_mistakes},
    error::{self, Error, describe},
    events,
    handle::identity,
    vet,
};
use std::future::Future;
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
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: ShaderModuleDescriptor<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Self {
        let label = descriptor.label;
        #[cfg(feature = "naga-ir")]
        if let ShaderSource::Naga(module) = descriptor.source {
            let made = Self::of_naga(device, label, || Ok(module), checks);
            return made.unwrap_or_else(|error| Self::refused(device, error, None));
        }
        let refusal = convert::unnamed_stage(&descriptor.source);
        if let Some(cause) = refusal.or_else(|| vet::refusal(&descriptor.source)) {
            let error = Error::rejected("Device::create_shader_module", label, cause);
            return Self::refused(device, error, None);
        }
        #[cfg(feature = "vetted-shaders")]
        {
            let source = &descriptor.source;
            if let ShaderSource::Dummy(_) = source {
                return Self::of_text(device, descriptor, checks);
            }
            let read = || crate::ir::read(source, label).map(std::borrow::Cow::Owned);
            let made = Self::of_naga(device, label, read, checks);
            made.unwrap_or_else(|error| Self::refused(device, error, Some(source)))
        }
        #[cfg(not(feature = "vetted-shaders"))]
        Self::of_text(device, descriptor, checks)
    }

    /// Has the engine make a module of a source that it can read.
    #[track_caller]
    pub(in crate::api) fn of_text(
        device: &Arc<DeviceContext>,
        descriptor: ShaderModuleDescriptor<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Self {
        let ShaderModuleDescriptor { label, ref source } = descriptor;
        let make = || Self::make(device, label, source, checks);
        let (created, messages) = events::reword(make, |description| match source {
            ShaderSource::Glsl { shader, .. } => with_drawn_mistakes(description, shader, label),
            _ => description,
        });
        let mut inner = match created {
            Ok(inner) => inner,
            Err(cause) => {
                let call = "Device::create_shader_module";
                let error = Error::rejected(call, label, cause);
                return Self::refused(device, error, None);
            }
        };
        if !messages.is_empty() && !matches!(source, ShaderSource::Wgsl(_)) {
            // The engine ends the process when it makes a pipeline of what it could not read at all; a module that it could
            // read, and found to be wrong, does as well.
            inner = Self::invalid(device);
        }
        let clearing = match *messages {
            [] => ClearingModule::of(&descriptor, checks).map(Arc::new),
            _ => None,
        };
        let messages = messages.iter().flat_map(|description| {
            CompilationMessage::all(&error::cause_below_call(description), Some(source))
        });
        let info = CompilationInfo { messages: messages.collect() };
        let module = Self { clearing, ..Self::new(inner, info) };
        events::deliver();
        module
    }

    /// Has the engine make a module, or returns what has no name in C.
    pub(in crate::api) fn make(
        device: &Arc<DeviceContext>,
        label: Option<&str>,
        source: &ShaderSource<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Result<Child<sys::WGPUShaderModuleImpl>, String> {
        // More checks than needed do no harm.
        let can_trust = device.engine().has(Function::wgpuDeviceCreateShaderModuleTrusted);
        convert::with_shader_descriptor(label, source, |descriptor| match checks {
            // Who left checks out has vouched for the shader.
            Some(checks) if can_trust => {
                let checks = convert::runtime_checks(checks);
                create!(device, device, wgpuDeviceCreateShaderModuleTrusted(descriptor, checks))
            }
            _ => create!(device, device, wgpuDeviceCreateShaderModule(descriptor)),
        })
    }

    #[track_caller]
    pub(in crate::api) fn create_passthrough(
        device: &Arc<DeviceContext>,
        descriptor: &ShaderModuleDescriptorPassthrough<'_>,
    ) -> Self {
        let what = "A shader in the language of the driver";
        let cause = convert::unnamed(what, Features::PASSTHROUGH_SHADERS, device.features);
        let call = "Device::create_shader_module_passthrough";
        Self::refused(device, Error::rejected(call, descriptor.label, cause), None)
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
    pub(in crate::api) fn with_naga(self, naga: naga_module::NagaModule) -> Self {
        Self { naga: Some(Arc::new(naga)), ..self }
    }

    /// What there is to know where it was made of a module of `naga`.
    #[cfg(feature = "naga-ir")]
    pub(in crate::api) fn naga(&self) -> Option<&naga_module::NagaModule> {
        self.naga.as_deref()
    }

    /// The device that it belongs to.
    #[cfg(feature = "naga-ir")]
    pub(in crate::api) fn device(&self) -> &Arc<DeviceContext> {
        self.inner.owner()
    }

    /// Reports why there is no module, and gives an invalid one.
    #[track_caller]
    pub(in crate::api) fn refused(
        device: &Arc<DeviceContext>,
        error: Error,
        source: Option<&ShaderSource<'_>>,
    ) -> Self {
        let info = CompilationInfo { messages: CompilationMessage::all(&error.cause(), source) };
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
    pub(in crate::api) fn clearing(&self) -> Option<sys::WGPUShaderModule> {
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
    /// What is wrong with `source`. Where in the source it belongs is read out of the message.
    fn all(cause: &str, source: Option<&ShaderSource<'_>>) -> Vec<Self> {
        let error = |message: &str, location| {
            let message_type = CompilationMessageType::Error;
            Self { message: message.to_owned(), message_type, location }
        };
        match source {
            Some(ShaderSource::Wgsl(code)) => {
                match SourceLocation::read(cause, code) {
                    None => vec![error(cause, None)],
                    // As the compiler ends its drawings.
                    place => vec![error(&format!("{}\n\n", cause.trim_end()), place)],
                }
            }
            Some(ShaderSource::Glsl { shader, .. }) => {
                let mistakes = drawings(cause).map(|drawing| {
                    let what = drawing.lines().next().unwrap_or_default();
                    error(
                        what,
                        SourceLocation::read(drawing, shader).or(Some(SourceLocation::START)),
                    )
                });
                let mistakes = mistakes.collect::<Vec<_>>();
                if mistakes.is_empty() { vec![error(cause, None)] } else { mistakes }
            }
            _ => vec![error(cause, None)],
        }
    }
}

/// The message of the engine about a text in GLSL, with the mistakes drawn.
fn with_drawn_mistakes(description: String, source: &str, label: Label<'_>) -> String {
    match drawn_mistakes(&error::cause_below_call(&description), source, label) {
        Some(drawn) => describe("Device::create_shader_module", label, drawn),
        None => description,
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
