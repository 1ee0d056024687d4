//! Compute and render pipelines.

use super::{
    compare_function, optional_chain, optional_pointer, texture_format, unnamed, vertex_format,
};
use crate::api::{
    ComputePipelineDescriptor, FragmentState, PipelineCompilationOptions, RenderPipelineDescriptor,
    VertexBufferLayout,
};
use crate::context::DeviceContext;
use std::sync::Arc;
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    BlendComponent, BlendFactor, BlendOperation, ColorTargetState, ColorWrites, DepthStencilState,
    Face, Features, FrontFace, IndexFormat, PolygonMode, PrimitiveState, PrimitiveTopology,
    StencilFaceState, StencilOperation, VertexStepMode,
};

/// Hands the struct for this descriptor to `call`, with this module in the place of the descriptor's.
pub(crate) fn with_compute_pipeline_descriptor<R>(
    device: &Arc<DeviceContext>,
    descriptor: &ComputePipelineDescriptor<'_>,
    module: sys::WGPUShaderModule,
    call: impl FnOnce(*const sys::WGPUComputePipelineDescriptor) -> R,
) -> R {
    let constants = constants(&descriptor.compilation_options);
    let descriptor = sys::WGPUComputePipelineDescriptor {
        label: descriptor.label.into(),
        layout: descriptor.layout.map_or(std::ptr::null_mut(), |layout| layout.raw_for(device)),
        compute: sys::WGPUComputeState {
            module,
            entryPoint: descriptor.entry_point.into(),
            constantCount: constants.len(),
            constants: constants.as_ptr(),
            ..sys::WGPUComputeState::INIT
        },
        ..sys::WGPUComputePipelineDescriptor::INIT
    };
    call(&raw const descriptor)
}

/// Hands the struct for this descriptor to `call`, or returns what in it the engine would not stand or has no name for.
pub(crate) fn with_render_pipeline_descriptor<R>(
    device: &Arc<DeviceContext>,
    descriptor: &RenderPipelineDescriptor<'_>,
    call: impl FnOnce(*const sys::WGPURenderPipelineDescriptor) -> R,
) -> Result<R, String> {
    if descriptor.multiview_mask.is_some() {
        return Err(unnamed("Multiview", Features::MULTIVIEW, device.features));
    }
    let vertex = &descriptor.vertex;
    let vertex_constants = constants(&vertex.compilation_options);
    let attributes = vertex.buffers.iter().map(vertex_attributes);
    let attributes = attributes.collect::<Result<Vec<_>, _>>()?;
    let buffers = vertex.buffers.iter().zip(&attributes);
    let buffers =
        buffers.map(|(layout, attributes)| vertex_buffer(layout, attributes)).collect::<Vec<_>>();
    let mut primitive_extras = primitive_extras(&descriptor.primitive);
    let depth_stencil = descriptor.depth_stencil.as_ref().map(depth_stencil).transpose()?;
    let fragment_parts = descriptor.fragment.as_ref().map(FragmentParts::of).transpose()?;
    let fragment = descriptor.fragment.as_ref().zip(fragment_parts.as_ref());
    let fragment = fragment.map(|(fragment, parts)| parts.state(device, fragment));
    let descriptor = sys::WGPURenderPipelineDescriptor {
        label: descriptor.label.into(),
        layout: descriptor.layout.map_or(std::ptr::null_mut(), |layout| layout.raw_for(device)),
        vertex: sys::WGPUVertexState {
            module: vertex.module.raw_for(device),
            entryPoint: vertex.entry_point.into(),
            constantCount: vertex_constants.len(),
            constants: vertex_constants.as_ptr(),
            bufferCount: buffers.len(),
            buffers: buffers.as_ptr(),
            ..sys::WGPUVertexState::INIT
        },
        primitive: primitive(&descriptor.primitive, primitive_extras.as_mut()),
        depthStencil: optional_pointer(depth_stencil.as_ref()),
        multisample: sys::WGPUMultisampleState {
            count: descriptor.multisample.count,
            // C has 32 bits of it, more than there are samples.
            mask: descriptor.multisample.mask as u32,
            alphaToCoverageEnabled: descriptor.multisample.alpha_to_coverage_enabled.into(),
            ..sys::WGPUMultisampleState::INIT
        },
        fragment: optional_pointer(fragment.as_ref()),
        ..sys::WGPURenderPipelineDescriptor::INIT
    };
    Ok(call(&raw const descriptor))
}

/// Hands a render pipeline to `call` that the engine is sure to refuse, for an entry point that no shader can have.
pub(crate) fn with_invalid_render_pipeline<R>(
    module: sys::WGPUShaderModule,
    call: impl FnOnce(*const sys::WGPURenderPipelineDescriptor) -> R,
) -> R {
    let descriptor = sys::WGPURenderPipelineDescriptor {
        vertex: sys::WGPUVertexState {
            module,
            entryPoint: "not a name".into(),
            ..sys::WGPUVertexState::INIT
        },
        multisample: sys::WGPUMultisampleState {
            count: 1,
            mask: u32::MAX,
            ..sys::WGPUMultisampleState::INIT
        },
        ..sys::WGPURenderPipelineDescriptor::INIT
    };
    call(&raw const descriptor)
}

fn constants(options: &PipelineCompilationOptions<'_>) -> Vec<sys::WGPUConstantEntry> {
    let entries = options.constants.iter().map(|&(key, value)| sys::WGPUConstantEntry {
        key: key.into(),
        value,
        ..sys::WGPUConstantEntry::INIT
    });
    entries.collect()
}

fn vertex_attributes(
    layout: &VertexBufferLayout<'_>,
) -> Result<Vec<sys::WGPUVertexAttribute>, String> {
    let attributes = layout.attributes.iter().map(|attribute| {
        let format = attribute.format;
        // The engine adds without looking for an overflow.
        if attribute.offset.checked_add(format.size()).is_none() {
            return Err(format!(
                "Vertex attribute at location {} of {} bytes at offset {} does not fit into any stride",
                attribute.shader_location,
                format.size(),
                attribute.offset
            ));
        }
        Ok(sys::WGPUVertexAttribute {
            format: vertex_format(format).ok_or_else(|| {
                format!("Vertex format {format:?} cannot be passed to the engine")
            })?,
            offset: attribute.offset,
            shaderLocation: attribute.shader_location,
            ..sys::WGPUVertexAttribute::INIT
        })
    });
    attributes.collect()
}

fn vertex_buffer(
    layout: &VertexBufferLayout<'_>,
    attributes: &[sys::WGPUVertexAttribute],
) -> sys::WGPUVertexBufferLayout {
    sys::WGPUVertexBufferLayout {
        stepMode: match layout.step_mode {
            VertexStepMode::Vertex => sys::WGPUVertexStepMode::Vertex,
            VertexStepMode::Instance => sys::WGPUVertexStepMode::Instance,
        },
        arrayStride: layout.array_stride,
        attributeCount: attributes.len(),
        attributes: attributes.as_ptr(),
        ..sys::WGPUVertexBufferLayout::INIT
    }
}

fn primitive_extras(state: &PrimitiveState) -> Option<sys::WGPUPrimitiveStateExtras> {
    let plain = state.polygon_mode == PolygonMode::Fill && !state.conservative;
    (!plain).then(|| sys::WGPUPrimitiveStateExtras {
        polygonMode: match state.polygon_mode {
            PolygonMode::Fill => sys::WGPUPolygonMode::Fill,
            PolygonMode::Line => sys::WGPUPolygonMode::Line,
            PolygonMode::Point => sys::WGPUPolygonMode::Point,
        },
        conservative: state.conservative.into(),
        ..sys::WGPUPrimitiveStateExtras::INIT
    })
}

fn primitive(
    state: &PrimitiveState,
    extras: Option<&mut sys::WGPUPrimitiveStateExtras>,
) -> sys::WGPUPrimitiveState {
    sys::WGPUPrimitiveState {
        nextInChain: optional_chain(extras),
        topology: match state.topology {
            PrimitiveTopology::PointList => sys::WGPUPrimitiveTopology::PointList,
            PrimitiveTopology::LineList => sys::WGPUPrimitiveTopology::LineList,
            PrimitiveTopology::LineStrip => sys::WGPUPrimitiveTopology::LineStrip,
            PrimitiveTopology::TriangleList => sys::WGPUPrimitiveTopology::TriangleList,
            PrimitiveTopology::TriangleStrip => sys::WGPUPrimitiveTopology::TriangleStrip,
        },
        stripIndexFormat: state
            .strip_index_format
            .map_or(sys::WGPUIndexFormat::Undefined, index_format),
        frontFace: match state.front_face {
            FrontFace::Ccw => sys::WGPUFrontFace::CCW,
            FrontFace::Cw => sys::WGPUFrontFace::CW,
        },
        cullMode: match state.cull_mode {
            None => sys::WGPUCullMode::None,
            Some(Face::Front) => sys::WGPUCullMode::Front,
            Some(Face::Back) => sys::WGPUCullMode::Back,
        },
        unclippedDepth: state.unclipped_depth.into(),
    }
}

/// The name of an index format.
pub(crate) fn index_format(format: IndexFormat) -> sys::WGPUIndexFormat {
    match format {
        IndexFormat::Uint16 => sys::WGPUIndexFormat::Uint16,
        IndexFormat::Uint32 => sys::WGPUIndexFormat::Uint32,
    }
}

/// The struct for this state. The engine ends the process over combinations of depth state and format that WebGPU calls
/// errors, so they are looked at here.
fn depth_stencil(state: &DepthStencilState) -> Result<sys::WGPUDepthStencilState, String> {
    let format = state.format;
    let name = texture_format(format)
        .ok_or_else(|| format!("Texture format {format:?} cannot be passed to the engine"))?;
    let write = if format.has_depth_aspect() {
        let Some(write) = state.depth_write_enabled else {
            return Err(format!(
                "Depth write enabled must be specified for depth format {format:?}"
            ));
        };
        let fails = [&state.stencil.front, &state.stencil.back].map(|face| face.depth_fail_op);
        let compared = write || fails != [StencilOperation::Keep; 2];
        if compared && state.depth_compare.is_none() {
            return Err(format!(
                "Depth compare function must be specified for depth format {format:?}"
            ));
        }
        write
    } else {
        if state.is_depth_enabled() {
            return Err(format!(
                "Format {format:?} does not have a depth aspect, but depth test/write is enabled"
            ));
        }
        false
    };
    Ok(sys::WGPUDepthStencilState {
        format: name,
        depthWriteEnabled: match write {
            true => sys::WGPUOptionalBool::True,
            false => sys::WGPUOptionalBool::False,
        },
        depthCompare: state
            .depth_compare
            .map_or(sys::WGPUCompareFunction::Undefined, compare_function),
        stencilFront: stencil_face(&state.stencil.front),
        stencilBack: stencil_face(&state.stencil.back),
        stencilReadMask: state.stencil.read_mask,
        stencilWriteMask: state.stencil.write_mask,
        depthBias: state.bias.constant,
        depthBiasSlopeScale: state.bias.slope_scale,
        depthBiasClamp: state.bias.clamp,
        ..sys::WGPUDepthStencilState::INIT
    })
}

fn stencil_face(face: &StencilFaceState) -> sys::WGPUStencilFaceState {
    sys::WGPUStencilFaceState {
        compare: compare_function(face.compare),
        failOp: stencil_operation(face.fail_op),
        depthFailOp: stencil_operation(face.depth_fail_op),
        passOp: stencil_operation(face.pass_op),
    }
}

fn stencil_operation(operation: StencilOperation) -> sys::WGPUStencilOperation {
    match operation {
        StencilOperation::Keep => sys::WGPUStencilOperation::Keep,
        StencilOperation::Zero => sys::WGPUStencilOperation::Zero,
        StencilOperation::Replace => sys::WGPUStencilOperation::Replace,
        StencilOperation::Invert => sys::WGPUStencilOperation::Invert,
        StencilOperation::IncrementClamp => sys::WGPUStencilOperation::IncrementClamp,
        StencilOperation::DecrementClamp => sys::WGPUStencilOperation::DecrementClamp,
        StencilOperation::IncrementWrap => sys::WGPUStencilOperation::IncrementWrap,
        StencilOperation::DecrementWrap => sys::WGPUStencilOperation::DecrementWrap,
    }
}

/// The arrays that a fragment state points to.
struct FragmentParts {
    constants: Vec<sys::WGPUConstantEntry>,
    targets: Vec<sys::WGPUColorTargetState>,
    // Targets point into it.
    _blends: Vec<Option<sys::WGPUBlendState>>,
}

impl FragmentParts {
    fn of(fragment: &FragmentState<'_>) -> Result<Self, String> {
        let blends = fragment.targets.iter().map(|target| target.as_ref().and_then(blend_state));
        let blends = blends.collect::<Vec<_>>();
        let targets = fragment.targets.iter().zip(&blends);
        let targets = targets.map(|(target, blend)| color_target(target.as_ref(), blend.as_ref()));
        Ok(Self {
            constants: constants(&fragment.compilation_options),
            targets: targets.collect::<Result<_, _>>()?,
            _blends: blends,
        })
    }

    fn state(
        &self,
        device: &Arc<DeviceContext>,
        fragment: &FragmentState<'_>,
    ) -> sys::WGPUFragmentState {
        sys::WGPUFragmentState {
            module: fragment.module.raw_for(device),
            entryPoint: fragment.entry_point.into(),
            constantCount: self.constants.len(),
            constants: self.constants.as_ptr(),
            targetCount: self.targets.len(),
            targets: self.targets.as_ptr(),
            ..sys::WGPUFragmentState::INIT
        }
    }
}

fn color_target(
    target: Option<&ColorTargetState>,
    blend: Option<&sys::WGPUBlendState>,
) -> Result<sys::WGPUColorTargetState, String> {
    let Some(target) = target else {
        // A target without a format is a gap.
        return Ok(sys::WGPUColorTargetState::ZERO);
    };
    let format = target.format;
    if !ColorWrites::ALL.contains(target.write_mask) {
        return Err(format!("Write mask {:?} has bits that mean nothing", target.write_mask));
    }
    Ok(sys::WGPUColorTargetState {
        format: texture_format(format)
            .ok_or_else(|| format!("Texture format {format:?} cannot be passed to the engine"))?,
        blend: optional_pointer(blend),
        writeMask: sys::WGPUColorWriteMask(target.write_mask.bits().into()),
        ..sys::WGPUColorTargetState::INIT
    })
}

fn blend_state(target: &ColorTargetState) -> Option<sys::WGPUBlendState> {
    target.blend.map(|blend| sys::WGPUBlendState {
        color: blend_component(blend.color),
        alpha: blend_component(blend.alpha),
    })
}

fn blend_component(component: BlendComponent) -> sys::WGPUBlendComponent {
    sys::WGPUBlendComponent {
        operation: match component.operation {
            BlendOperation::Add => sys::WGPUBlendOperation::Add,
            BlendOperation::Subtract => sys::WGPUBlendOperation::Subtract,
            BlendOperation::ReverseSubtract => sys::WGPUBlendOperation::ReverseSubtract,
            BlendOperation::Min => sys::WGPUBlendOperation::Min,
            BlendOperation::Max => sys::WGPUBlendOperation::Max,
        },
        srcFactor: blend_factor(component.src_factor),
        dstFactor: blend_factor(component.dst_factor),
    }
}

fn blend_factor(factor: BlendFactor) -> sys::WGPUBlendFactor {
    match factor {
        BlendFactor::Zero => sys::WGPUBlendFactor::Zero,
        BlendFactor::One => sys::WGPUBlendFactor::One,
        BlendFactor::Src => sys::WGPUBlendFactor::Src,
        BlendFactor::OneMinusSrc => sys::WGPUBlendFactor::OneMinusSrc,
        BlendFactor::SrcAlpha => sys::WGPUBlendFactor::SrcAlpha,
        BlendFactor::OneMinusSrcAlpha => sys::WGPUBlendFactor::OneMinusSrcAlpha,
        BlendFactor::Dst => sys::WGPUBlendFactor::Dst,
        BlendFactor::OneMinusDst => sys::WGPUBlendFactor::OneMinusDst,
        BlendFactor::DstAlpha => sys::WGPUBlendFactor::DstAlpha,
        BlendFactor::OneMinusDstAlpha => sys::WGPUBlendFactor::OneMinusDstAlpha,
        BlendFactor::SrcAlphaSaturated => sys::WGPUBlendFactor::SrcAlphaSaturated,
        BlendFactor::Constant => sys::WGPUBlendFactor::Constant,
        BlendFactor::OneMinusConstant => sys::WGPUBlendFactor::OneMinusConstant,
        BlendFactor::Src1 => sys::WGPUBlendFactor::Src1,
        BlendFactor::OneMinusSrc1 => sys::WGPUBlendFactor::OneMinusSrc1,
        BlendFactor::Src1Alpha => sys::WGPUBlendFactor::Src1Alpha,
        BlendFactor::OneMinusSrc1Alpha => sys::WGPUBlendFactor::OneMinusSrc1Alpha,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_types::{BlendState, CompareFunction, DepthBiasState, StencilState, TextureFormat};

    fn depth(
        format: TextureFormat,
        write: Option<bool>,
        compare: Option<CompareFunction>,
    ) -> DepthStencilState {
        DepthStencilState {
            format,
            depth_write_enabled: write,
            depth_compare: compare,
            stencil: StencilState::default(),
            bias: DepthBiasState::default(),
        }
    }

    #[test]
    fn depth_states_that_would_end_the_process_are_refused() {
        let d32 = TextureFormat::Depth32Float;
        let message = depth_stencil(&depth(d32, None, None)).unwrap_err();
        assert_eq!(message, "Depth write enabled must be specified for depth format Depth32Float");
        let message = depth_stencil(&depth(d32, Some(true), None)).unwrap_err();
        assert_eq!(
            message,
            "Depth compare function must be specified for depth format Depth32Float"
        );
        let stencil = depth(TextureFormat::Stencil8, Some(true), None);
        assert!(depth_stencil(&stencil).unwrap_err().contains("does not have a depth aspect"));

        let fine = depth_stencil(&depth(d32, Some(true), Some(CompareFunction::Less))).unwrap();
        assert_eq!(fine.depthWriteEnabled, sys::WGPUOptionalBool::True);
        let fine = depth_stencil(&depth(TextureFormat::Stencil8, None, None)).unwrap();
        assert_eq!(fine.depthWriteEnabled, sys::WGPUOptionalBool::False);
    }

    #[test]
    fn a_gap_among_the_targets_has_no_format() {
        let gap = color_target(None, None).unwrap();
        assert_eq!(gap.format, sys::WGPUTextureFormat::Undefined);
        let target = ColorTargetState {
            format: TextureFormat::Rgba8Unorm,
            blend: Some(BlendState::ALPHA_BLENDING),
            write_mask: ColorWrites::COLOR,
        };
        let blend = blend_state(&target);
        let target = color_target(Some(&target), blend.as_ref()).unwrap();
        assert_eq!(target.writeMask.0, 7);
        // SAFETY: The pointer is that of `blend`.
        let color = unsafe { (*target.blend).color };
        assert_eq!(color.srcFactor, sys::WGPUBlendFactor::SrcAlpha);
    }

    #[test]
    fn extras_are_there_when_needed() {
        assert!(primitive_extras(&PrimitiveState::default()).is_none());
        let lines = PrimitiveState { polygon_mode: PolygonMode::Line, ..PrimitiveState::default() };
        assert_eq!(primitive_extras(&lines).unwrap().polygonMode, sys::WGPUPolygonMode::Line);
    }
}
