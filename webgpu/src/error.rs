//! Errors of a device: what they are, and who gets them.

use std::{
    collections::HashMap,
    error, fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};
use wgpu_native_sys_dyn as sys;

/// What lies behind an [`Error`].
pub type ErrorSource = Box<dyn error::Error + Send + Sync + 'static>;

/// An error that a call on a device, or on an object made by it, led to.
///
/// It arrives in the innermost [error scope](crate::Device::push_error_scope) of the calling thread that wants it, else in
/// the [handler](crate::Device::on_uncaptured_error) of the device; without one, the call panics.
#[derive(Debug)]
pub enum Error {
    /// There was not enough memory.
    OutOfMemory {
        /// What the engine said.
        source: ErrorSource,
    },
    /// The call was not valid: something in the program is wrong.
    Validation {
        /// What the engine said, without its frame.
        source: ErrorSource,
        /// The whole message.
        description: String,
    },
    /// The call was valid, and the engine or the driver could not do it.
    Internal {
        /// What the engine said, without its frame.
        source: ErrorSource,
        /// The whole message.
        description: String,
    },
}

impl Error {
    /// A validation error with this message and nothing around it.
    pub(crate) fn validation(description: impl Into<String>) -> Self {
        let description = description.into();
        Self::Validation { source: Box::new(Cause::of(&description)), description }
    }

    /// A validation error found before the engine was asked, in the form that the engine gives its own.
    pub(crate) fn rejected(call: &str, label: Option<&str>, cause: impl fmt::Display) -> Self {
        Self::validation(describe(call, label, cause))
    }

    /// The error that the engine reported.
    pub(crate) fn from_engine(kind: sys::WGPUErrorType, message: &str) -> Self {
        let description = in_words_of_rust(message);
        let source = Box::new(Cause::of(&description));
        match kind_of(kind, &description) {
            sys::WGPUErrorType::Validation => Self::Validation { source, description },
            sys::WGPUErrorType::OutOfMemory => Self::OutOfMemory { source },
            _ => Self::Internal { source, description },
        }
    }

    /// Gives the error other words, and returns them. An error for lack of memory has none of its own.
    pub(crate) fn reword(&mut self, reword: impl Fn(String) -> String) -> String {
        match self {
            Self::OutOfMemory { .. } => {}
            Self::Validation { source, description } | Self::Internal { source, description } => {
                *description = reword(std::mem::take(description));
                *source = Box::new(Cause::of(description));
            }
        }
        self.to_string()
    }

    /// Whether it says nothing but that the device is lost. That is not an error of the call: the callback for the loss of
    /// the device tells of it, and calls go on as if they had worked.
    pub(crate) fn is_loss(&self) -> bool {
        match self {
            Self::OutOfMemory { .. } => false,
            Self::Validation { description, .. } | Self::Internal { description, .. } => {
                description.trim_end().ends_with("Parent device is lost")
            }
        }
    }

    fn filter(&self) -> ErrorFilter {
        match self {
            Self::OutOfMemory { .. } => ErrorFilter::OutOfMemory,
            Self::Validation { .. } => ErrorFilter::Validation,
            Self::Internal { .. } => ErrorFilter::Internal,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory { .. } => formatter.write_str("Out of Memory"),
            Self::Validation { description, .. } | Self::Internal { description, .. } => {
                formatter.write_str(description)
            }
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::OutOfMemory { source }
            | Self::Validation { source, .. }
            | Self::Internal { source, .. } => Some(source.as_ref()),
        }
    }
}

/// What lies behind an [`Error`]: a line of the engine's message, or several, with the more detailed ones as its source.
#[derive(Debug)]
struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    /// The causes in a message of the engine, each of which stands two columns further to the right than the one before.
    fn of(description: &str) -> Self {
        let causes = match description.split_once(CAUSED_BY) {
            Some((_, causes)) => causes,
            None => description,
        };
        Self::read(causes.trim_end().lines(), 1)
    }

    fn read<'a>(mut lines: impl Iterator<Item = &'a str>, level: usize) -> Self {
        let indent = |level: usize| " ".repeat(2 * level);
        let (own, below) = (indent(level), indent(level + 1));
        let first = lines.next().unwrap_or_default();
        let mut text = first.strip_prefix(&own).unwrap_or(first).to_owned();
        let mut rest = lines.peekable();
        while let Some(line) = rest.peek() {
            // Excerpts of shaders are indented as well; they have frames.
            let detail = line.strip_prefix(&below);
            let is_cause = detail.is_some_and(|line| !line.starts_with([' ', '┌', '│', '=', '.']));
            if is_cause {
                let lines = rest.map(str::to_owned).collect::<Vec<_>>();
                let source = Self::read(lines.iter().map(String::as_str), level + 1);
                return Self { text, source: Some(Box::new(source)) };
            }
            text.push('\n');
            text.push_str(line);
            rest.next();
        }
        Self { text, source: None }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl error::Error for Cause {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

const CAUSED_BY: &str = "\n\nCaused by:\n";

/// The message of a validation error, in the form that the engine gives its own.
pub(crate) fn describe(call: &str, label: Option<&str>, cause: impl fmt::Display) -> String {
    let label = match label {
        Some(label) if !label.is_empty() => format!(", label = '{label}'"),
        _ => String::new(),
    };
    format!("Validation Error{CAUSED_BY}  In {call}{label}\n    {cause}\n")
}

/// The causes in a message of the engine without the first one, which names the call; at the place where they stand in
/// a message with another call.
pub(crate) fn causes_below_call(description: &str) -> Option<String> {
    let (_, causes) = description.split_once(CAUSED_BY)?;
    let (_, below) = causes.split_once('\n')?;
    Some(below.trim().to_owned())
}

/// The kind of an error of the engine, which calls errors of making an object validation errors whatever their cause is.
/// The message tells the others apart.
fn kind_of(kind: sys::WGPUErrorType, description: &str) -> sys::WGPUErrorType {
    const NO_MEMORY: &str = "Not enough memory left.";
    const INTERNAL: [&str; 3] =
        ["Internal error: ", "Internal error in ", "Failed to generate the backend-specific code"];
    let causes = causes_below_call(description).unwrap_or_default();
    match kind {
        sys::WGPUErrorType::Validation
            if causes.lines().last().map(str::trim) == Some(NO_MEMORY) =>
        {
            sys::WGPUErrorType::OutOfMemory
        }
        sys::WGPUErrorType::Validation if INTERNAL.iter().any(|text| causes.starts_with(text)) => {
            sys::WGPUErrorType::Internal
        }
        _ => kind,
    }
}

/// Names the object in a message of the engine about `call`, for calls about which the engine does not.
pub(crate) fn with_label(description: String, call: &str, label: Option<&str>) -> String {
    match label {
        Some(label) if !label.is_empty() => description.replacen(
            &format!("In {call}\n"),
            &format!("In {call}, label = '{label}'\n"),
            1,
        ),
        _ => description,
    }
}

/// Replaces the names of C functions in a message by those of this API: `wgpuDeviceCreateBuffer` by
/// `Device::create_buffer`.
pub(crate) fn in_words_of_rust(message: &str) -> String {
    const MARK: &str = "In wgpu";
    let mut output = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(position) = rest.find(MARK) {
        let name_start = position + MARK.len();
        let name_length = rest[name_start..]
            .find(|character: char| !character.is_ascii_alphanumeric())
            .unwrap_or(rest.len() - name_start);
        let name_end = name_start + name_length;
        output.push_str(&rest[..position]);
        match method_name(&rest[name_start..name_end]) {
            Some(method) => {
                output.push_str("In ");
                output.push_str(&method);
            }
            None => output.push_str(&rest[position..name_end]),
        }
        rest = &rest[name_end..];
    }
    output.push_str(rest);
    output
}

/// `Device::create_buffer` for `DeviceCreateBuffer`.
fn method_name(function: &str) -> Option<String> {
    /// Objects as C functions and this API name them; a name that begins another one comes after it.
    const OBJECTS: [(&str, &str); 17] = [
        ("Adapter", "Adapter"),
        ("BindGroupLayout", "BindGroupLayout"),
        ("BindGroup", "BindGroup"),
        ("Buffer", "Buffer"),
        ("CommandBuffer", "CommandBuffer"),
        ("CommandEncoder", "CommandEncoder"),
        ("ComputePassEncoder", "ComputePass"),
        ("ComputePipeline", "ComputePipeline"),
        ("Device", "Device"),
        ("Instance", "Instance"),
        ("Queue", "Queue"),
        ("RenderBundleEncoder", "RenderBundleEncoder"),
        ("RenderPassEncoder", "RenderPass"),
        ("RenderPipeline", "RenderPipeline"),
        ("Surface", "Surface"),
        ("TextureView", "TextureView"),
        ("Texture", "Texture"),
    ];
    let (object, method) =
        OBJECTS.iter().find_map(|(c, rust)| Some((rust, function.strip_prefix(c)?)))?;
    let mut name = format!("{object}::");
    for (index, character) in method.char_indices() {
        if character.is_ascii_uppercase() && index > 0 {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    Some(name)
}

/// Which errors an [error scope](crate::Device::push_error_scope) catches.
#[derive(Clone, Copy, Debug, Eq, PartialEq, PartialOrd)]
pub enum ErrorFilter {
    /// Those for lack of memory.
    OutOfMemory,
    /// Those of calls that are not valid.
    Validation,
    /// Those of the engine or the driver.
    Internal,
}

/// What can be given to [`Device::on_uncaptured_error`](crate::Device::on_uncaptured_error): any shareable closure that
/// takes an [`Error`].
pub trait UncapturedErrorHandler: Fn(Error) + Send + Sync + 'static {}

impl<T> UncapturedErrorHandler for T where T: Fn(Error) + Send + Sync + 'static {}

/// Who gets the errors of one device: the error scopes of each thread, then the handler, then the default.
#[derive(Default)]
pub(crate) struct ErrorSink {
    scopes: Mutex<HashMap<ThreadId, Vec<Scope>>>,
    handler: Mutex<Option<Arc<dyn UncapturedErrorHandler>>>,
}

struct Scope {
    filter: ErrorFilter,
    error: Option<Error>,
}

impl ErrorSink {
    /// Hands the error to the innermost fitting scope of this thread, or to the handler.
    ///
    /// # Panics
    /// Without scope and handler, with the error; or if the handler panics. Not while the thread is unwinding.
    #[track_caller]
    pub(crate) fn report(&self, error: Error) {
        let Some(error) = self.capture(error) else {
            return;
        };
        // The handler runs with no lock held: it may call anything, also the device.
        let handler = lock(&self.handler).clone();
        match handler {
            Some(handler) if thread::panicking() => {
                let call = std::panic::AssertUnwindSafe(|| handler(error));
                let _ = std::panic::catch_unwind(call);
            }
            Some(handler) => handler(error),
            None if thread::panicking() => eprintln!("webgpu error while unwinding: {error}"),
            None => panic!("wgpu error: {error}\n"),
        }
    }

    /// Keeps the error in the innermost fitting scope of this thread, or gives it back.
    fn capture(&self, error: Error) -> Option<Error> {
        let mut scopes = lock(&self.scopes);
        let own = scopes.get_mut(&thread::current().id());
        let fitting = own.and_then(|own| {
            let innermost_first = own.iter_mut().rev();
            innermost_first.into_iter().find(|scope| scope.filter == error.filter())
        });
        match fitting {
            Some(scope) => {
                // A scope keeps the first error.
                scope.error.get_or_insert(error);
                None
            }
            None => Some(error),
        }
    }

    /// Sets the handler for errors that no scope catches.
    pub(crate) fn set_handler(&self, handler: Arc<dyn UncapturedErrorHandler>) {
        *lock(&self.handler) = Some(handler);
    }

    /// Opens a scope for the errors of this thread; the result is its index for [`pop_scope`](Self::pop_scope).
    pub(crate) fn push_scope(&self, filter: ErrorFilter) -> usize {
        let mut scopes = lock(&self.scopes);
        let own = scopes.entry(thread::current().id()).or_default();
        own.push(Scope { filter, error: None });
        own.len() - 1
    }

    /// Closes a scope and returns what it caught.
    ///
    /// # Panics
    /// If the scope is not the innermost one of this thread. While unwinding, the innermost one is closed instead.
    #[track_caller]
    pub(crate) fn pop_scope(&self, index: usize) -> Option<Error> {
        let mut scopes = lock(&self.scopes);
        let id = thread::current().id();
        let open = scopes.get(&id).map_or(0, Vec::len);
        if index + 1 != open && !thread::panicking() {
            drop(scopes);
            if open == 0 {
                panic!(
                    "Mismatched pop_error_scope call: no error scope for this thread. \
                     Error scopes are thread-local."
                );
            }
            panic!(
                "Mismatched pop_error_scope call: error scopes must be popped in reverse order."
            );
        }
        let own = scopes.get_mut(&id)?;
        let scope = own.pop();
        if own.is_empty() {
            scopes.remove(&id);
        }
        scope.and_then(|scope| scope.error)
    }
}

impl fmt::Debug for ErrorSink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ErrorSink").finish_non_exhaustive()
    }
}

/// Locks `mutex`. A panic of a user's closure elsewhere does not make what it guards unusable: all of it is changed in
/// steps that leave it whole.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn names_of_c_become_names_of_rust() {
        for (c, rust) in [
            ("In wgpuDeviceCreateBuffer, label = 'x'", "In Device::create_buffer, label = 'x'"),
            ("  In wgpuRenderPassEncoderEnd\n", "  In RenderPass::end\n"),
            ("In wgpuTextureCreateView", "In Texture::create_view"),
            ("In wgpuBindGroupLayoutSetLabel", "In BindGroupLayout::set_label"),
            ("In wgpuSomethingNew: x", "In wgpuSomethingNew: x"),
            ("In a pass, ünïcode In wgpu", "In a pass, ünïcode In wgpu"),
            ("In wgpuQueueSubmit In wgpuBufferUnmap", "In Queue::submit In Buffer::unmap"),
        ] {
            assert_eq!(in_words_of_rust(c), rust);
        }
    }

    /// The texts of all sources.
    fn sources(error: &Error) -> Vec<String> {
        let mut texts = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            texts.push(cause.to_string());
            source = cause.source();
        }
        texts
    }

    #[test]
    fn the_cause_is_the_source() {
        let error = Error::rejected("Queue::submit", Some("q"), "Buffer is still mapped");
        assert_eq!(
            error.to_string(),
            "Validation Error\n\nCaused by:\n  In Queue::submit, label = 'q'\n    Buffer is still mapped\n"
        );
        assert_eq!(sources(&error), ["In Queue::submit, label = 'q'", "Buffer is still mapped"]);
        assert_eq!(causes_below_call(&error.to_string()).unwrap(), "Buffer is still mapped");
    }

    #[test]
    fn an_excerpt_of_a_shader_is_one_cause() {
        let error = Error::from_engine(
            sys::WGPUErrorType::Validation,
            "Validation Error\n\nCaused by:\n  In wgpuDeviceCreateShaderModule\n    \nShader '' parsing error: no\n    \
             ┌─ wgsl:100:1\n    │\n100 │ x\n    │ ^ here\n    │\n    = note: that\n\n      Deeper\n",
        );
        let sources = sources(&error);
        assert_eq!(sources.len(), 3, "{sources:#?}");
        assert_eq!(sources[0], "In Device::create_shader_module");
        assert!(sources[1].contains("parsing error") && sources[1].ends_with("= note: that\n"));
        assert_eq!(sources[2], "Deeper");
    }

    #[test]
    fn the_kind_of_the_engine_decides_the_variant() {
        let error = |kind| Error::from_engine(kind, "m");
        assert!(matches!(error(sys::WGPUErrorType::Validation), Error::Validation { .. }));
        assert!(matches!(error(sys::WGPUErrorType::OutOfMemory), Error::OutOfMemory { .. }));
        assert!(matches!(error(sys::WGPUErrorType::Internal), Error::Internal { .. }));
        assert!(matches!(error(sys::WGPUErrorType(77)), Error::Internal { .. }));
    }

    #[test]
    fn the_loss_of_a_device_is_told_apart() {
        let lost = "Validation Error\n\nCaused by:\n  In wgpuDeviceCreateBuffer\n    Parent device is lost\n";
        let error = |text| Error::from_engine(sys::WGPUErrorType::Validation, text);
        assert!(error(lost).is_loss());
        assert!(!error("Validation Error\n\nCaused by:\n  In x\n    Buffer is lost").is_loss());
        assert!(!Error::from_engine(sys::WGPUErrorType::OutOfMemory, lost).is_loss());
    }

    #[test]
    fn the_cause_of_a_validation_error_tells_other_kinds_apart() {
        let error = |cause| {
            let message = describe("Device::create_texture", Some("t"), cause);
            Error::from_engine(sys::WGPUErrorType::Validation, &message)
        };
        assert!(matches!(error("Not enough memory left."), Error::OutOfMemory { .. }));
        assert!(matches!(error("Internal error in FRAGMENT shader: it"), Error::Internal { .. }));
        assert!(matches!(error("Internal error: it"), Error::Internal { .. }));
        assert!(matches!(error("Size 0 is not enough"), Error::Validation { .. }));
        let deeper = error("Device error\n      Not enough memory left.");
        assert!(matches!(&deeper, Error::OutOfMemory { .. }));
        // The message of a shader comes from its source, and so may its words.
        assert!(matches!(error("Parse error\n  Internal error: x"), Error::Validation { .. }));
    }

    #[test]
    fn the_innermost_fitting_scope_keeps_the_first_error() {
        let sink = ErrorSink::default();
        let outer = sink.push_scope(ErrorFilter::Validation);
        let inner = sink.push_scope(ErrorFilter::OutOfMemory);
        sink.report(Error::validation("first"));
        sink.report(Error::validation("second"));
        assert!(sink.pop_scope(inner).is_none());
        assert_eq!(sink.pop_scope(outer).unwrap().to_string(), "first");
        assert!(lock(&sink.scopes).is_empty());
    }

    #[test]
    fn scopes_belong_to_their_thread() {
        let sink = ErrorSink::default();
        sink.push_scope(ErrorFilter::Validation);
        thread::scope(|scope| {
            let there = scope.spawn(|| sink.report(Error::validation("elsewhere")));
            assert!(there.join().is_err(), "nobody there handles it");
        });
        assert!(sink.pop_scope(0).is_none());
    }

    #[test]
    #[should_panic = "reverse order"]
    fn scopes_close_in_reverse_order() {
        let sink = ErrorSink::default();
        let outer = sink.push_scope(ErrorFilter::Validation);
        sink.push_scope(ErrorFilter::Validation);
        sink.pop_scope(outer);
    }

    #[test]
    #[should_panic = "wgpu error: nobody"]
    fn an_unhandled_error_panics() {
        ErrorSink::default().report(Error::validation("nobody"));
    }
}
