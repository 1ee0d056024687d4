/// What goes into a shader when a pipeline is made of it.
#[derive(Clone, Debug)]
pub struct PipelineCompilationOptions<'a> {
    /// Values for the constants that the shader lets be overridden: by their name, or their number in decimal.
    pub constants: &'a [(&'a str, f64)],
    /// Whether memory of workgroups is zero at first.
    ///
    /// This is about compute shaders in WGSL. The memory of those in GLSL and SPIR-V is never cleared: the engine's C
    /// interface has no place for this.
    pub zero_initialize_workgroup_memory: bool,
}

impl Default for PipelineCompilationOptions<'_> {
    fn default() -> Self {
        Self { constants: &[], zero_initialize_workgroup_memory: true }
    }
}
