//! The messages of errors: the engine's, put into the words of this API, and ours in the form of the engine's.

use crate::engine_words::{
    CAUSED_BY, IN_FUNCTION, INTERNAL, INTERNAL_IN_STAGE, NO_CODE, NO_MEMORY, VALIDATION_ERROR,
};
use std::fmt;
use wgpu_native_sys_dyn as sys;

/// The message of a validation error, in the form that the engine gives its own.
pub(crate) fn describe(call: &str, label: Option<&str>, cause: impl fmt::Display) -> String {
    let label = match label {
        Some(label) if !label.is_empty() => format!(", label = '{label}'"),
        _ => String::new(),
    };
    let (kind, caused_by) = (VALIDATION_ERROR.as_str(), CAUSED_BY.as_str());
    format!("{kind}{caused_by}  In {call}{label}\n    {cause}\n")
}

/// A resource by its kind and label, in the engine's words.
pub(crate) fn named(kind: &str, label: Option<&str>) -> String {
    format!("{kind} with '{}' label", label.unwrap_or_default())
}

/// The causes in a message of the engine without the first one, which names the call; at the place where they stand in
/// a message with another call.
pub(crate) fn causes_below_call(description: &str) -> Option<String> {
    let (_, causes) = CAUSED_BY.split(description)?;
    let (_, below) = causes.split_once('\n')?;
    Some(below.trim().to_owned())
}

/// The kind of an error of the engine, which calls errors of making an object validation errors whatever their cause is.
/// The message tells the others apart.
pub(super) fn kind_of(kind: sys::WGPUErrorType, description: &str) -> sys::WGPUErrorType {
    let causes = causes_below_call(description).unwrap_or_default();
    match kind {
        sys::WGPUErrorType::Validation
            if causes.lines().last().is_some_and(|last| NO_MEMORY.begin(last.trim())) =>
        {
            sys::WGPUErrorType::OutOfMemory
        }
        sys::WGPUErrorType::Validation
            if [INTERNAL, INTERNAL_IN_STAGE, NO_CODE].iter().any(|words| words.begin(&causes)) =>
        {
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
    let mut output = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = IN_FUNCTION.split(rest) {
        let name_end = after.find(|character: char| !character.is_ascii_alphanumeric());
        let (name, after) = after.split_at(name_end.unwrap_or(after.len()));
        output.push_str(before);
        match method_name(name) {
            Some(method) => {
                output.push_str("In ");
                output.push_str(&method);
            }
            None => {
                output.push_str(IN_FUNCTION.as_str());
                output.push_str(name);
            }
        }
        rest = after;
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
