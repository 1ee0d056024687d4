//! Which part of the engine a message of its log comes from, by its first words: the C interface tells no more of it.
//!
//! The parts are the crates that the engine is made of, by whose names programs filter.

use log::Level;

const CORE: &str = "wgpu_core";
const HAL: &str = "wgpu_hal";
const NAGA: &str = "naga";

/// The target of a message.
pub(crate) fn target_of(level: Level, message: &str) -> &'static str {
    let begins = |words: &[&str]| words.iter().any(|words| message.starts_with(words));
    match level {
        _ if begins(OF_HAL) || is_of_driver(message) => HAL,
        _ if begins(OF_CORE) || is_call(message) => CORE,
        // The compiler says most of what there is to say about details, and puts much of it into words of its own values.
        Level::Debug | Level::Trace => NAGA,
        _ if begins(PROBLEMS_OF_NAGA) => NAGA,
        _ => CORE,
    }
}

/// Whether it begins with the name of a call: `Device::create_buffer`.
fn is_call(message: &str) -> bool {
    let of_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    message.starts_with(|first: char| first.is_ascii_uppercase())
        && message.trim_start_matches(of_name).starts_with("::")
}

/// Whether a driver or a validation layer of Vulkan says it: `VALIDATION | PERFORMANCE [name (0x1)]`.
fn is_of_driver(message: &str) -> bool {
    let kinds = ["GENERAL", "VALIDATION", "PERFORMANCE", "DEVICE_ADDRESS_BINDING"];
    let Some((said, _)) = message.split_once(" [") else { return false };
    said.split(" | ").all(|kind| kinds.contains(&kind))
}

/// What is behind the drivers: Vulkan first, then OpenGL, Metal and DirectX.
#[rustfmt::skip]
pub(super) const OF_HAL: &[&str] = &[
    "\tobjects: ", "\tqueues: ", "\tcommand buffers: ",
    "Instance version: ", "InstanceFlags::VALIDATION requested", "Debug utils not enabled", "Enabling debug utils",
    "Enabling device properties2", "Unable to find extension: ", "Supported extensions: ", "Missing extensions: ",
    "Adapter is not Vulkan compliant", "SPIR-V storage buffer class is not supported", "The first queue only exposes ",
    "VK_EXT_memory_budget is not available", "VK_KHR_maintenance1 is not supported", "Disabling robustBufferAccess2",
    "Vulkan reports ", "  Vulkan coop matrix", "    Accepted!", "    Skipped: ",
    "enumerate_instance_layer_properties: ", "enumerate_adapters: ", "get_physical_device_surface_",
    "Failed to free ", "Failed to query cooperative matrix properties", "Unrecognized present mode ",
    "Suboptimal present of frame ", "There is no more room in the global sampler heap",
    "Trying to destroy a sampler that does not exist", "gpu-allocator: ", "Could not start RenderDoc", "Could not end RenderDoc",
    "GLES: ", "EGL ", "\tEGL ", "Vendor: ", "Renderer: ", "Version: ", "SL version: ", "Supported GL Extensions: ",
    "Client extensions: ", "Display extensions: ", "Display vendor ", "\tTrying ", "Using ", "No (or unknown) windowing system",
    "Enabling EGL debug output", "Enabling GLES debug output", "Max label length: ", "Max vertex ", "Configurations:",
    "Returned GL", "Unable to parse OpenGL version", "Failed to create desktop OpenGL context", "Failed to make EGL context current",
    "Error in ", "error in choose_first_config", "make_current(", "swap_buffers failed", "Initialized platform ",
    "Internal swapchain ", "Naga generated shader", "Shader link error: ", "\tShader ", "\tCompile", "\tLink",
    "\tBinding slot ", "Only vertex shader is present", "Rebind buffer: ", "Get binding ", "Profile: ",
];

/// What makes calls out of that; their names come besides.
#[rustfmt::skip]
pub(super) const OF_CORE: &[&str] = &[
    "Drop ", "Destroy raw ", "Created ", "Begin encoding ", "Finished encoding ", "Invalidating command encoder: ", "Ignoring ",
    "Waiting on last submission", "poll_all_devices", "Automatically choosing ", "configuring surface with ", "Found ", "* ",
    "Adapter ", "Request adapter ", "enabled backend ", "Filtering `", "The fragment stage ", "Unexpected varying type",
];

/// Warnings and errors of the compiler of shaders.
#[rustfmt::skip]
pub(super) const PROBLEMS_OF_NAGA: &[&str] = &[
    "Atomic ", "Float32 atomic ", "Int64 ", "Returning ", "Subgroup ", "Target operand type: ", "Unexpected ray query ",
    "\tAllowed usage: ", "\tUsage error for: ", "Array component[", "Matrix component[", "Struct component[", "Vector component[",
    "Composing of ", "Access ", "Image ", "Pointer ", "Scalar type ", "Vector type ", "Conflicting samplers for ", "Unknown ",
    "Unsupported barrier execution scope", "composite type ", "Invalid gather component operand", "Failed to initialize output",
    "Reached the end of global decl", "Rules: ", "Unable to access ", "wrong coordinate type ", "Sequence length for ",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_tell_the_part() {
        for (level, message, target) in [
            (
                Level::Trace,
                "Device::create_buffer(BufferDescriptor { label: None }) -> Id(1,1)",
                CORE,
            ),
            (Level::Trace, "Drop Device with '' label", CORE),
            (Level::Warn, "Missing downlevel flags: X", CORE),
            (Level::Debug, "InstanceFlags::VALIDATION requested, but unable to find layer", HAL),
            (Level::Error, "VALIDATION [VUID-1 (0x5)]\n\tmessage", HAL),
            (Level::Warn, "GENERAL | PERFORMANCE [x (0x0)]\n\tmessage", HAL),
            (Level::Debug, "wgsl automatic_conversion_consensus: {}", NAGA),
            (Level::Trace, "VALUE [1]", NAGA),
            (Level::Warn, "Unknown decoration Uniform", NAGA),
        ] {
            assert_eq!(target_of(level, message), target, "{message}");
        }
    }
}
