//! Safe WebGPU with the API of the `wgpu` crate, version 29: the same names, the same signatures, the same value types.
//!
//! A program for `wgpu` builds against this crate after its first line is changed, in seconds instead of minutes: nothing
//! of the engine is compiled. The engine is a shared library, `libwgpu_native`, found when the first [`Instance`] is made
//! (`cargo xtask setup` of this workspace fetches it; `WGPU_NATIVE_LIB=/path` names another one).
//!
//! ```no_run
//! use webgpu as wgpu;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let instance = wgpu::Instance::try_new(wgpu::InstanceDescriptor::new_without_display_handle())?;
//! let adapter = instance.request_adapter(&wgpu::RequestAdapterOptions::default()).await?;
//! let (device, queue) = adapter.request_device(&wgpu::DeviceDescriptor::default()).await?;
//! println!("{} by {}", adapter.get_info().name, adapter.get_info().driver);
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//! A call that is not valid leads to an [`Error`], never to the end of the process, as the engine's own C interface has
//! it: an [error scope](Device::push_error_scope) catches it, or a [handler](Device::on_uncaptured_error) gets it; else the
//! call panics. What the engine would end the process over is found before the engine is asked.
//!
//! # Callbacks and futures
//! Callbacks are called inside of [`Device::poll`], or of another call of the thread that made them due; never while the
//! engine is at work, so they may call anything. Futures need no particular executor.
//!
//! # What the engine library cannot do
//! Everything of `wgpu` that a native program can name is there. What the engine's C interface has no place for is an
//! error of the missing feature: ray queries, mesh shaders, multiview, external textures, shaders that go to the driver
//! unread. Some things it keeps to itself: the sizes of subgroups, the contents of a pipeline cache.
//!
//! One difference nobody is told of: the engine does not clear workgroup memory before a compute shader runs. Shaders in
//! WGSL are given code that does, unless [`PipelineCompilationOptions::zero_initialize_workgroup_memory`] is false; those in
//! GLSL and SPIR-V are not: if they rely on zeros there, they have to write them.
//!
//! # Features
//! - `naga-ir`, off by default: shaders as modules of the crate `naga`, by `ShaderSource::Naga`. The crate is compiled then,
//!   with its readers of WGSL, SPIR-V and GLSL, and [`naga`] is that crate. The engine gets such a module as WGSL, or as
//!   SPIR-V where there is no WGSL for it.
//!
//! # Calls through `ffi`
//! With `WEBGPU_CALLS=engine` in the environment, every call of the engine library goes through the call interfaces of the
//! `ffi` crate instead of directly; [`engine_calls`] counts them.

mod api;
mod context;
mod convert;
mod engine;
mod error;
mod events;
mod formats;
mod future;
pub mod hal;
mod handle;
#[cfg(feature = "naga-ir")]
mod ir;
mod loss;
mod macros;
mod mapping;
#[cfg(not(feature = "naga-ir"))]
pub mod naga;
mod needs;
mod presentation;
mod recording;
pub mod util;
pub mod wgc;
mod wgsl;

pub use api::*;
pub use engine::{Calls, EngineInfo, EngineVersion, engine_calls};
pub use error::{Error, ErrorFilter, ErrorSource, UncapturedErrorHandler};
#[cfg(feature = "naga-ir")]
pub use naga;
pub use raw_window_handle as rwh;
pub use wgpu_types as wgt;

#[doc(hidden)]
pub use macros::helpers as __macro_helpers;

pub use wgpu_types::{
    AdapterInfo, AddressMode, AllocatorReport, AstcBlock, AstcChannel, Backend, BackendOptions,
    Backends, BindGroupLayoutEntry, BindingType, BlendComponent, BlendFactor, BlendOperation,
    BlendState, BufferAddress, BufferBindingType, BufferSize, BufferTextureCopyInfo,
    BufferTransition, BufferUsages, BufferUses, COPY_BUFFER_ALIGNMENT,
    COPY_BYTES_PER_ROW_ALIGNMENT, Color, ColorTargetState, ColorWrites, CommandBufferDescriptor,
    CompareFunction, CompositeAlphaMode, CooperativeMatrixProperties, CooperativeScalarType,
    CopyExternalImageDestInfo, CoreCounters, DepthBiasState, DepthStencilState, DeviceLostReason,
    DeviceType, DownlevelCapabilities, DownlevelFlags, DownlevelLimits, Dx12BackendOptions,
    Dx12Compiler, Dx12SwapchainKind, Dx12UseFrameLatencyWaitableObject, DxcShaderModel,
    DynamicOffset, ExperimentalFeatures, Extent3d, ExternalTextureFormat,
    ExternalTextureTransferFunction, Face, Features, FeaturesWGPU, FeaturesWebGPU, FilterMode,
    ForceShaderModelToken, FrontFace, GlBackendOptions, GlDebugFns, GlFenceBehavior,
    Gles3MinorVersion, HalCounters, IMMEDIATE_DATA_ALIGNMENT, ImageSubresourceRange, IndexFormat,
    InstanceDescriptor, InstanceFlags, InternalCounters, Limits, LoadOpDontCare, MAP_ALIGNMENT,
    MAXIMUM_SUBGROUP_MAX_SIZE, MINIMUM_SUBGROUP_MIN_SIZE, MemoryBudgetThresholds, MemoryHints,
    MipmapFilterMode, MultisampleState, NoopBackendOptions, Origin2d, Origin3d,
    PipelineStatisticsTypes, PollError, PollStatus, PolygonMode, PowerPreference,
    PredefinedColorSpace, PresentMode, PresentationTimestamp, PrimitiveState, PrimitiveTopology,
    QUERY_RESOLVE_BUFFER_ALIGNMENT, QUERY_SET_MAX_QUERIES, QUERY_SIZE, QueryType,
    RenderBundleDepthStencil, RequestAdapterError, SamplerBindingType, SamplerBorderColor,
    ShaderLocation, ShaderModel, ShaderRuntimeChecks, ShaderStages, StencilFaceState,
    StencilOperation, StencilState, StorageTextureAccess, SurfaceCapabilities, SurfaceStatus,
    TexelCopyBufferLayout, TextureAspect, TextureChannel, TextureDimension, TextureFormat,
    TextureFormatFeatureFlags, TextureFormatFeatures, TextureSampleType, TextureTransition,
    TextureUsages, TextureUses, TextureViewDimension, Trace, VERTEX_ALIGNMENT, VertexAttribute,
    VertexFormat, VertexStepMode, WasmNotSend, WasmNotSendSync, WasmNotSync, WriteOnly,
    WriteOnlyIter,
};

#[expect(deprecated, reason = "`wgpu` has it as well")]
pub use wgpu_types::VERTEX_STRIDE_ALIGNMENT;
