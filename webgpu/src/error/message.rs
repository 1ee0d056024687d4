//! The messages of errors: the engine's, put into the words of this API, and ours in the form of the engine's.

use std::fmt;
use wgpu_native_sys_dyn as sys;

/// What stands between the kind of an error and its causes.
pub(super) const CAUSED_BY: &str = "\n\nCaused by:\n";

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
pub(super) fn kind_of(kind: sys::WGPUErrorType, description: &str) -> sys::WGPUErrorType {
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
