use super::*;
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
    info: Arc<CompilationInfo>,
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
        descriptor: &ShaderModuleDescriptor<'_>,
        checks: Option<ShaderRuntimeChecks>,
    ) -> Self {
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
        let (created, messages) = events::reword(
            || convert::with_shader_descriptor(descriptor.label, &descriptor.source, create),
            std::convert::identity,
        );
        let raw = match created {
            Ok(raw) => raw,
            Err(cause) => {
                let call = "Device::create_shader_module";
                return Self::refused(device, Error::rejected(call, descriptor.label, cause));
            }
        };
        // SAFETY: The engine gave a reference away.
        let mut inner = unsafe { device.adopt(raw) };
        if !messages.is_empty() && !matches!(descriptor.source, ShaderSource::Wgsl(_)) {
            // The engine ends the process when it makes a pipeline of what it could not read at all; a module that it could
            // read, and found to be wrong, does as well.
            inner = Self::invalid(device);
        }
        let messages =
            messages.into_iter().map(|message| CompilationMessage::of(message, &descriptor.source));
        let info = CompilationInfo { messages: messages.collect() };
        let module = Self { inner, info: Arc::new(info) };
        events::deliver();
        module
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

    /// Reports why there is no module, and gives an invalid one.
    #[track_caller]
    fn refused(device: &Arc<DeviceContext>, error: Error) -> Self {
        let message = CompilationMessage {
            message: error.to_string(),
            message_type: CompilationMessageType::Error,
            location: None,
        };
        let module = Self {
            inner: Self::invalid(device),
            info: Arc::new(CompilationInfo { messages: vec![message] }),
        };
        device.sink.report(error);
        module
    }

    /// A module that the engine is sure to refuse.
    fn invalid(device: &Arc<DeviceContext>) -> Child<sys::WGPUShaderModuleImpl> {
        let source = ShaderSource::Wgsl("not a shader".into());
        let create = |descriptor| {
            // SAFETY: Device and descriptor are alive.
            unsafe { device.functions().wgpuDeviceCreateShaderModule(device.raw(), descriptor) }
        };
        let raw = events::silence(|| convert::with_shader_descriptor(None, &source, create));
        // SAFETY: The engine gave a reference away.
        unsafe { device.adopt(raw.expect("C has a name for WGSL")) }
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUShaderModule {
        self.inner.raw_for(device)
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
        };
        Self { message, message_type: CompilationMessageType::Error, location }
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

/// A place in the source of a shader.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SourceLocation {
    /// The line, the first being 1.
    pub line_number: u32,
    /// The place in the line in bytes, the first being 1.
    pub line_position: u32,
    /// The place in the source in bytes.
    pub offset: u32,
    /// The length in bytes.
    pub length: u32,
}

impl SourceLocation {
    /// The place that a message of the compiler names, as in
    /// ```text
    ///   ┌─ wgsl:3:9
    ///   │
    /// 3 │     let x = y;
    ///   │             ^ unknown identifier
    /// ```
    fn read(message: &str, source: &str) -> Option<Self> {
        let (_, place) = message.split_once("wgsl:")?;
        let mut numbers = place.splitn(3, |character: char| !character.is_ascii_digit());
        let line_number = numbers.next()?.parse::<u32>().ok()?;
        let column = numbers.next()?.parse::<usize>().ok()?;
        let line_start = match line_number.checked_sub(2) {
            None => 0,
            Some(newline) => source.match_indices('\n').nth(newline as usize)?.0 + 1,
        };
        let line = source[line_start..].lines().next().unwrap_or_default();
        // The compiler counts characters, this API bytes.
        let before =
            line.char_indices().nth(column.checked_sub(1)?).map_or(line.len(), |(byte, _)| byte);
        let marked =
            place.lines().filter_map(|line| line.find('^').map(|start| &line[start..])).next();
        let characters =
            marked.map_or(0, |marks| marks.chars().take_while(|mark| *mark == '^').count());
        let length = line[before..].chars().take(characters).map(char::len_utf8).sum::<usize>();
        Some(Self {
            line_number,
            line_position: u32::try_from(before + 1).ok()?,
            offset: u32::try_from(line_start + before).ok()?,
            length: u32::try_from(length).ok()?,
        })
    }

    /// The place that a message of the compiler names by its bytes, as in `Span { start: 85, end: 86 }`.
    fn read_span(message: &str, source: &str) -> Option<Self> {
        let (_, span) = message.split_once("Span { start: ")?;
        let (start, rest) = span.split_once(", end: ")?;
        let (end, _) = rest.split_once(' ')?;
        let (start, end) = (start.parse::<usize>().ok()?, end.parse::<usize>().ok()?);
        let marked = source.get(start..end).filter(|marked| !marked.is_empty())?;
        let before = &source[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some(Self {
            line_number: u32::try_from(before.matches('\n').count() + 1).ok()?,
            line_position: u32::try_from(start - line_start + 1).ok()?,
            offset: u32::try_from(start).ok()?,
            length: u32::try_from(marked.len()).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_read_out_of_the_message() {
        let source = "fn f() {\n    // größe\n    let ä = y;\n}\n";
        let message = "Shader '' parsing error: no definition in scope for identifier: `y`\n  ┌─ wgsl:3:13\n  │\n3 │     \
                       let ä = y;\n  │             ^ unknown identifier\n";
        let location = SourceLocation::read(message, source).unwrap();
        assert_eq!((location.line_number, location.length), (3, 1));
        let offset = location.offset as usize;
        assert_eq!(&source[offset..offset + 1], "y");
        assert_eq!(location.line_position, 14, "bytes, not characters");
    }

    #[test]
    fn the_place_is_read_out_of_a_span() {
        let message = "Error { kind: UnknownVariable(\"y\"), meta: Span { start: 12, end: 13 } }";
        let location = SourceLocation::read_span(message, "one\n größe y;").unwrap();
        assert_eq!((location.line_number, location.line_position), (2, 9));
        assert_eq!((location.offset, location.length), (12, 1));
    }

    #[test]
    fn a_message_without_a_place_has_none() {
        for span in ["start: 0, end: 0 }", "start: 5, end: 9 }", "start: x, end: 1 }", "start: 1"] {
            let message = format!("Error {{ meta: Span {{ {span}");
            assert_eq!(SourceLocation::read_span(&message, "text"), None, "{span}");
        }
        assert_eq!(SourceLocation::read("Device is lost", "fn f() {}"), None);
        assert_eq!(SourceLocation::read("wgsl:9:9", "one line"), None);
        assert_eq!(SourceLocation::read("wgsl:x", "one line"), None);
    }
}
