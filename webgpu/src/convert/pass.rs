//! Render and compute passes, and query sets.

use super::{defined_or, optional_chain, optional_pointer, texture_format};
use crate::api::{
    ComputePassDescriptor, QuerySetDescriptor, RenderBundleEncoderDescriptor,
    RenderPassColorAttachment, RenderPassDepthStencilAttachment, RenderPassDescriptor,
};
use crate::context::DeviceContext;
use std::{ffi::c_void, sync::Arc};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    Color, LoadOp, Operations, PipelineStatisticsTypes, QueryType, StoreOp, TextureFormat,
};

/// Hands the struct for this descriptor to `call`.
pub(crate) fn with_compute_pass_descriptor<R>(
    device: &Arc<DeviceContext>,
    descriptor: &ComputePassDescriptor<'_>,
    call: impl FnOnce(*const sys::WGPUComputePassDescriptor) -> R,
) -> R {
    let timestamps = descriptor.timestamp_writes.as_ref().map(|writes| {
        let (begin, end) = (writes.beginning_of_pass_write_index, writes.end_of_pass_write_index);
        timestamp_writes(writes.query_set.raw_for(device), begin, end)
    });
    let descriptor = sys::WGPUComputePassDescriptor {
        label: descriptor.label.into(),
        timestampWrites: optional_pointer(timestamps.as_ref()),
        ..sys::WGPUComputePassDescriptor::INIT
    };
    call(&raw const descriptor)
}

/// Hands the struct for this descriptor to `call`, or returns what in it the engine has no name for.
pub(crate) fn with_render_bundle_encoder_descriptor<R>(
    descriptor: &RenderBundleEncoderDescriptor<'_>,
    call: impl FnOnce(*const sys::WGPURenderBundleEncoderDescriptor) -> R,
) -> Result<R, String> {
    if descriptor.multiview.is_some() {
        return Err("Multiview cannot be passed to the engine".into());
    }
    let named = |format: Option<TextureFormat>| match format {
        None => Ok(sys::WGPUTextureFormat::Undefined),
        Some(format) => texture_format(format)
            .ok_or_else(|| format!("Texture format {format:?} cannot be passed to the engine")),
    };
    let color_formats = descriptor.color_formats.iter().map(|format| named(*format));
    let color_formats = color_formats.collect::<Result<Vec<_>, _>>()?;
    let depth_stencil = descriptor.depth_stencil;
    let descriptor = sys::WGPURenderBundleEncoderDescriptor {
        label: descriptor.label.into(),
        colorFormatCount: color_formats.len(),
        colorFormats: color_formats.as_ptr(),
        depthStencilFormat: named(depth_stencil.map(|state| state.format))?,
        sampleCount: descriptor.sample_count,
        depthReadOnly: depth_stencil.is_some_and(|state| state.depth_read_only).into(),
        stencilReadOnly: depth_stencil.is_some_and(|state| state.stencil_read_only).into(),
        ..sys::WGPURenderBundleEncoderDescriptor::INIT
    };
    Ok(call(&raw const descriptor))
}

/// Hands the struct for this descriptor to `call`.
pub(crate) fn with_render_pass_descriptor<R>(
    device: &Arc<DeviceContext>,
    descriptor: &RenderPassDescriptor<'_>,
    call: impl FnOnce(*const sys::WGPURenderPassDescriptor) -> R,
) -> R {
    let colors = descriptor.color_attachments.iter();
    let colors =
        colors.map(|attachment| color_attachment(device, attachment.as_ref())).collect::<Vec<_>>();
    let depth_stencil = descriptor.depth_stencil_attachment.as_ref();
    let depth_stencil =
        depth_stencil.map(|attachment| depth_stencil_attachment(device, attachment));
    let timestamps = descriptor.timestamp_writes.as_ref().map(|writes| {
        let (begin, end) = (writes.beginning_of_pass_write_index, writes.end_of_pass_write_index);
        timestamp_writes(writes.query_set.raw_for(device), begin, end)
    });
    let descriptor = sys::WGPURenderPassDescriptor {
        label: descriptor.label.into(),
        colorAttachmentCount: colors.len(),
        colorAttachments: colors.as_ptr(),
        depthStencilAttachment: optional_pointer(depth_stencil.as_ref()),
        occlusionQuerySet: descriptor
            .occlusion_query_set
            .map_or(std::ptr::null_mut(), |query_set| query_set.raw_for(device)),
        timestampWrites: optional_pointer(timestamps.as_ref()),
        ..sys::WGPURenderPassDescriptor::INIT
    };
    call(&raw const descriptor)
}

/// The pointer to immediate data for a call, or why the engine would not stand it: it counts the bytes in 32 bits.
pub(crate) fn immediates(data: &[u8]) -> Result<*const c_void, String> {
    match u32::try_from(data.len()) {
        Ok(_) => Ok(data.as_ptr().cast()),
        Err(_) => Err(format!("{} bytes of immediate data are more than any limit", data.len())),
    }
}

fn timestamp_writes(
    query_set: sys::WGPUQuerySet,
    begin: Option<u32>,
    end: Option<u32>,
) -> sys::WGPUPassTimestampWrites {
    sys::WGPUPassTimestampWrites {
        querySet: query_set,
        beginningOfPassWriteIndex: defined_or(begin, sys::WGPU_QUERY_SET_INDEX_UNDEFINED),
        endOfPassWriteIndex: defined_or(end, sys::WGPU_QUERY_SET_INDEX_UNDEFINED),
        ..sys::WGPUPassTimestampWrites::INIT
    }
}

/// An attachment without a view.
const GAP: sys::WGPURenderPassColorAttachment = sys::WGPURenderPassColorAttachment::INIT;

fn color_attachment(
    device: &Arc<DeviceContext>,
    attachment: Option<&RenderPassColorAttachment<'_>>,
) -> sys::WGPURenderPassColorAttachment {
    let Some(attachment) = attachment else {
        return GAP;
    };
    let (load, clear) = load_op(attachment.ops.load, Color::TRANSPARENT);
    sys::WGPURenderPassColorAttachment {
        view: attachment.view.raw_for(device),
        depthSlice: defined_or(attachment.depth_slice, sys::WGPU_DEPTH_SLICE_UNDEFINED),
        resolveTarget: attachment
            .resolve_target
            .map_or(std::ptr::null_mut(), |view| view.raw_for(device)),
        loadOp: load,
        storeOp: store_op(attachment.ops.store),
        clearValue: color(clear),
        ..sys::WGPURenderPassColorAttachment::INIT
    }
}

fn depth_stencil_attachment(
    device: &Arc<DeviceContext>,
    attachment: &RenderPassDepthStencilAttachment<'_>,
) -> sys::WGPURenderPassDepthStencilAttachment {
    let depth = Channel::of(attachment.depth_ops, 0.0);
    let stencil = Channel::of(attachment.stencil_ops, 0);
    sys::WGPURenderPassDepthStencilAttachment {
        view: attachment.view.raw_for(device),
        depthLoadOp: depth.load,
        depthStoreOp: depth.store,
        depthClearValue: depth.clear,
        depthReadOnly: depth.read_only,
        stencilLoadOp: stencil.load,
        stencilStoreOp: stencil.store,
        stencilClearValue: stencil.clear,
        stencilReadOnly: stencil.read_only,
        ..sys::WGPURenderPassDepthStencilAttachment::INIT
    }
}

/// Depth or stencil in a pass: without operations it is only read.
struct Channel<V> {
    load: sys::WGPULoadOp,
    store: sys::WGPUStoreOp,
    clear: V,
    read_only: sys::WGPUBool,
}

impl<V: Copy> Channel<V> {
    fn of(operations: Option<Operations<V>>, zero: V) -> Self {
        match operations {
            None => Self {
                load: sys::WGPULoadOp::Undefined,
                store: sys::WGPUStoreOp::Undefined,
                clear: zero,
                read_only: sys::WGPU_TRUE,
            },
            Some(operations) => {
                let (load, clear) = load_op(operations.load, zero);
                Self { load, store: store_op(operations.store), clear, read_only: sys::WGPU_FALSE }
            }
        }
    }
}

/// The name of the operation, with the value to clear to. "Don't care" has no name in C: clearing is a valid outcome of it.
fn load_op<V>(load: LoadOp<V>, zero: V) -> (sys::WGPULoadOp, V) {
    match load {
        LoadOp::Clear(value) => (sys::WGPULoadOp::Clear, value),
        LoadOp::Load => (sys::WGPULoadOp::Load, zero),
        LoadOp::DontCare(_) => (sys::WGPULoadOp::Clear, zero),
    }
}

fn store_op(store: StoreOp) -> sys::WGPUStoreOp {
    match store {
        StoreOp::Store => sys::WGPUStoreOp::Store,
        StoreOp::Discard => sys::WGPUStoreOp::Discard,
    }
}

/// The struct for a colour.
pub(crate) fn color(color: Color) -> sys::WGPUColor {
    sys::WGPUColor { r: color.r, g: color.g, b: color.b, a: color.a }
}

/// Hands the struct for this descriptor to `call`.
pub(crate) fn with_query_set_descriptor<R>(
    descriptor: &QuerySetDescriptor<'_>,
    call: impl FnOnce(*const sys::WGPUQuerySetDescriptor) -> R,
) -> R {
    let (kind, statistics) = match descriptor.ty {
        QueryType::Occlusion => (sys::WGPUQueryType::Occlusion, None),
        QueryType::Timestamp => (sys::WGPUQueryType::Timestamp, None),
        QueryType::PipelineStatistics(types) => {
            (sys::WGPUNativeQueryType::PipelineStatistics.into(), Some(statistic_names(types)))
        }
    };
    let mut extras = statistics.as_ref().map(|names| sys::WGPUQuerySetDescriptorExtras {
        pipelineStatistics: names.as_ptr(),
        pipelineStatisticCount: names.len(),
        ..sys::WGPUQuerySetDescriptorExtras::INIT
    });
    let descriptor = sys::WGPUQuerySetDescriptor {
        nextInChain: optional_chain(extras.as_mut()),
        label: descriptor.label.into(),
        r#type: kind,
        count: descriptor.count,
    };
    call(&raw const descriptor)
}

fn statistic_names(types: PipelineStatisticsTypes) -> Vec<sys::WGPUPipelineStatisticName> {
    use sys::WGPUPipelineStatisticName as Name;
    let names = [
        (PipelineStatisticsTypes::VERTEX_SHADER_INVOCATIONS, Name::VertexShaderInvocations),
        (PipelineStatisticsTypes::CLIPPER_INVOCATIONS, Name::ClipperInvocations),
        (PipelineStatisticsTypes::CLIPPER_PRIMITIVES_OUT, Name::ClipperPrimitivesOut),
        (PipelineStatisticsTypes::FRAGMENT_SHADER_INVOCATIONS, Name::FragmentShaderInvocations),
        (PipelineStatisticsTypes::COMPUTE_SHADER_INVOCATIONS, Name::ComputeShaderInvocations),
    ];
    let asked = names.into_iter().filter(|(kind, _)| types.contains(*kind));
    asked.map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_without_operations_is_read_only() {
        let channel = Channel::<f32>::of(None, 0.0);
        assert_eq!(channel.read_only, sys::WGPU_TRUE);
        assert_eq!(channel.load, sys::WGPULoadOp::Undefined);
        let operations = Operations { load: LoadOp::Clear(0.5), store: StoreOp::Discard };
        let channel = Channel::of(Some(operations), 0.0);
        assert_eq!(channel.load, sys::WGPULoadOp::Clear);
        assert_eq!(channel.store, sys::WGPUStoreOp::Discard);
        assert_eq!((channel.clear, channel.read_only), (0.5, sys::WGPU_FALSE));
    }

    #[test]
    fn a_gap_has_no_view() {
        assert!(GAP.view.is_null() && GAP.resolveTarget.is_null());
    }

    #[test]
    fn statistics_are_listed() {
        let types = PipelineStatisticsTypes::CLIPPER_INVOCATIONS
            | PipelineStatisticsTypes::COMPUTE_SHADER_INVOCATIONS;
        let descriptor =
            QuerySetDescriptor { label: None, ty: QueryType::PipelineStatistics(types), count: 4 };
        with_query_set_descriptor(&descriptor, |pointer| {
            // SAFETY: The pointer is that of a live struct with the extras in its chain.
            let extras =
                unsafe { &*(*pointer).nextInChain.cast::<sys::WGPUQuerySetDescriptorExtras>() };
            assert_eq!(extras.pipelineStatisticCount, 2);
            // SAFETY: As above.
            let first = unsafe { *extras.pipelineStatistics };
            assert_eq!(first, sys::WGPUPipelineStatisticName::ClipperInvocations);
        });
    }
}
