//! All words of the engine's that this crate looks for in what the engine says, where its C interface has nothing else that
//! tells things apart.
//!
//! A new version of the engine may say things otherwise. So the tests have the engine say each of these words, and look
//! whether they are understood; those that cannot be provoked on every machine have to stand in the engine's file.

mod glsl;
pub(crate) mod log;
#[cfg(test)]
mod tests;

pub(crate) use glsl::{drawings, drawn_mistakes};

/// Some words of the engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words(&'static str);

impl Words {
    /// As they are.
    pub(crate) const fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether the text has them anywhere.
    pub(crate) fn stand_in(self, text: &str) -> bool {
        self.split(text).is_some()
    }

    /// Whether the text begins with them.
    pub(crate) fn begin(self, text: &str) -> bool {
        self.heard(text.starts_with(self.0))
    }

    /// Whether the text ends with them.
    pub(crate) fn end(self, text: &str) -> bool {
        self.heard(text.ends_with(self.0))
    }

    /// What stands before and after them.
    pub(crate) fn split(self, text: &str) -> Option<(&str, &str)> {
        let parts = text.split_once(self.0);
        self.heard(parts.is_some());
        parts
    }

    /// Notes, for tests, that the engine has said it.
    fn heard(self, heard: bool) -> bool {
        #[cfg(test)]
        if heard {
            tests::note(self);
        }
        heard
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $words:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: Words = Words($words);)*
        /// All of them, with their names.
        #[cfg(test)]
        const ALL: &[(&str, Words)] = &[$((stringify!($name), $name)),*];
    };
}

words! {
    /// What an error begins with.
    VALIDATION_ERROR = "Validation Error";
    /// Between the kind of an error and its causes.
    CAUSED_BY = "\n\nCaused by:\n";
    /// Before the name of the C function that was called.
    IN_FUNCTION = "In wgpu";
    /// The cause of a validation error that is one for lack of memory.
    NO_MEMORY = "Not enough memory left.";
    /// Causes of validation errors that are internal ones.
    INTERNAL = "Internal error: ";
    /// As above.
    INTERNAL_IN_STAGE = "Internal error in ";
    /// As above.
    NO_CODE = "Failed to generate the backend-specific code";
    /// The cause of each error after the end of the device.
    LOST = "Parent device is lost";

    /// Why a backend has no adapter.
    NOT_ENABLED = "not explicitly enabled";
    /// As above.
    NOT_LOADED = "drivers/libraries could not be loaded";
    /// As above.
    NO_FALLBACK = "had no fallback adapters";
    /// As above.
    NO_ADAPTER = "found no adapters";
    /// As above.
    NOT_FOR_SURFACE = "not compatible with provided surface";

    /// A mistake in how a render pass begins.
    IN_PASS_PARAMETER = "In a pass parameter";
    /// A mistake in a command.
    IN_COMMAND = "In a ";

    /// Usages that a format does not have.
    NO_USAGES = "Texture usages TextureUsages(";
    /// A format for views that does not fit.
    VIEW_FORMAT = "The view format ";
    /// A format of which there are no textures with several samples.
    NO_SAMPLES = "does not support multisampling";
    /// The numbers of samples that there can be.
    SAMPLE_COUNTS = "your device supports [";
    /// An access to storage textures that a format does not have.
    NO_ACCESS = "access to storage textures";
    /// A binding that is impossible in itself.
    SECOND_BINDING = "Binding 1 entry is invalid";
    /// A format that cannot be blended.
    NOT_BLENDABLE = "is not blendable";
    /// A number of samples that there cannot be.
    SAMPLE_COUNT = "Sample count ";
    /// A format without colours.
    NO_COLOR = "color aspect";

    /// Before the place of a mistake in a shader.
    PLACE = "┌─ ";
    /// Between the number of a line and the line.
    MARGIN = "│ ";
}
