//! Clears the memory of workgroups in the text of a shader.
//!
//! WebGPU promises that this memory is zero when a compute shader begins. The engine can see to it, but its C interface has
//! no place to ask for it. So what compute pipelines run is a copy of the shader whose entry points clear the memory they
//! use before anything else:
//! ```text
//! var<workgroup> words: array<u32, 64>;                      the same
//!
//! @compute @workgroup_size(8)
//! fn main(@builtin(local_invocation_index) at: u32,) {       a parameter, if there was none like it
//!     clear(at);                                             the call
//!     …                                                      the same
//! }
//!
//! fn clear(index: u32) {                                     the invocations share the work
//!     for (var i = index; i < u32(64); i += u32(8)) { words[i] = u32(); }
//!     workgroupBarrier();
//! }
//! ```
//! The text is one that the engine has accepted before, so nothing is checked here; where it is not understood, there is no
//! copy, and the log says so.

mod clearing;
mod module;
mod reach;

use crate::lexer::is_part_of_word;

/// The text may use memory of workgroups in a way that is not understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotUnderstood;

/// The text with entry points that clear the memory of workgroups first; `None` if no compute shader in it uses such memory.
pub(crate) fn zeroed(source: &str) -> Result<Option<String>, NotUnderstood> {
    if !names_workgroup_memory(source) {
        return Ok(None);
    }
    let module = module::Module::parse(source).ok_or(NotUnderstood)?;
    clearing::cleared(&module)
}

/// Whether the word `workgroup` is in the text: not so in most shaders, which are not looked at any further.
fn names_workgroup_memory(source: &str) -> bool {
    let word = "workgroup";
    source.match_indices(word).any(|(start, _)| {
        !source[..start].ends_with(is_part_of_word)
            && !source[start + word.len()..].starts_with(is_part_of_word)
    })
}

#[cfg(test)]
mod tests;
