//! Errors of a device: what they are, and who gets them.

mod message;
mod sink;

pub(crate) use message::{causes_below_call, describe, in_words_of_rust, named, with_label};
pub use sink::{ErrorFilter, UncapturedErrorHandler};
pub(crate) use sink::{ErrorSink, lock};

use crate::engine_words::{CAUSED_BY, LOST};
use message::kind_of;
use std::{error, fmt};
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

    /// The error of an allocation that failed.
    pub(crate) fn out_of_memory(source: impl Into<ErrorSource>) -> Self {
        Self::OutOfMemory { source: source.into() }
    }

    /// An error of the compiler of shaders.
    #[cfg(feature = "vetted-shaders")]
    pub(crate) fn internal(call: &str, label: Option<&str>, cause: impl fmt::Display) -> Self {
        let description = describe(call, label, cause).replacen("Validation", "Internal", 1);
        Self::Internal { source: Box::new(Cause::of(&description)), description }
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

    /// What is wrong, without the call that it is about and without deeper causes.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::OutOfMemory { .. } => self.to_string(),
            Self::Validation { description, .. } | Self::Internal { description, .. } => {
                cause_below_call(description)
            }
        }
    }

    /// Whether it says nothing but that the device is lost. That is not an error of the call: the callback for the loss of
    /// the device tells of it, and calls go on as if they had worked.
    pub(crate) fn is_loss(&self) -> bool {
        match self {
            Self::OutOfMemory { .. } => false,
            Self::Validation { description, .. } | Self::Internal { description, .. } => {
                LOST.end(description.trim_end())
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

/// What is wrong by a message of the engine: below the call that it is about, and above deeper causes.
pub(crate) fn cause_below_call(description: &str) -> String {
    let call = Cause::of(description);
    call.source.map_or(call.text, |cause| cause.text)
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
        let causes = CAUSED_BY.split(description).map_or(description, |(_, causes)| causes);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

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
}
