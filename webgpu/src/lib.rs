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
//! # Shaders
//! The engine's readers of shaders call themselves for what is nested, and would overflow the stack. So a shader is refused
//! before that has more than 255 brackets or 127 loops within one another, more than 1,000 operators, members, calls and
//! statements of which each is a part of another (a sum of 1,001 terms, as many `else if`), or 1,000 declarations of which
//! each needs the next one; macros of GLSL count by what they are replaced by, which may be 1,048,576 tokens in all. SPIR-V
//! is refused whose header, instructions or ids are not whole, or that has more than 255 types or 1,000 blocks within one another
//! or a type of more than 4 GiB. In all three, no location may be larger than 65,535. A thread that makes shaders has to have
//! the 2 MiB of stack that Rust gives it.
//!
//! # Callbacks and futures
//! Callbacks are called inside of [`Device::poll`], or of another call of the thread that made them due; never while the
//! engine is at work, so they may call anything. Futures need no particular executor.
//!
//! # Log
//! The engine logs to the crate `log`, under the targets by which programs that use `wgpu` filter, and at the same levels:
//! `wgpu_core`, `wgpu_hal` and `naga`, without the modules that `wgpu` names behind them. A filter such as
//! `RUST_LOG=warn,wgpu_core=info` works as there. What the logger does not want by [`log::max_level`] is not put into words;
//! the engine looks at that level whenever an instance, adapter or device is asked for. A logger is called in the midst of
//! the engine's work, as under `wgpu`: it must not call this crate. A panic of it goes no further.
//!
//! # What the engine library cannot do
//! Everything of `wgpu` that a native program can name is there. What the engine's C interface has no place for is an
//! error of the missing feature, which adapters do not offer: ray queries, mesh shaders, multiview, external textures, shaders
//! that go to the driver unread, atomic access to storage textures, pipeline caches, the planes of NV12 and P010, textures in
//! ASTC HDR, vertices of 64-bit numbers. [`VertexFormat::Unorm8x4Bgra`] is an error as well: the engine would end the process.
//! The sizes of subgroups it keeps to itself: [`Adapter::get_info`] has the bounds that WebGPU sets.
//!
//! It does not clear workgroup memory before a compute shader runs. Shaders in WGSL are given code that does, unless
//! [`PipelineCompilationOptions::zero_initialize_workgroup_memory`] is false; those in GLSL and SPIR-V are not: if they rely
//! on zeros there, they have to write them. A warning in the log names each shader whose memory is not cleared.
//!
//! # Features
//! - `naga-ir`, off by default: shaders as modules of the crate `naga`, by `ShaderSource::Naga`. The crate is compiled then,
//!   with its readers of WGSL, SPIR-V and GLSL, and [`naga`] is that crate. The engine gets such a module as WGSL, or as
//!   SPIR-V where there is no WGSL for it.
//!
//! - `vetted-shaders`, off by default, with `naga-ir`: every shader is read, validated and written by the crate `naga` before
//!   the engine gets it. The engine's compiler is the same crate, and where it panics, the engine ends the process: there are
//!   valid shaders over which it does. With this feature, the panic happens first on a thread of its own, and is an
//!   [`Error::Internal`] of the shader. Who compiles shaders that come from users, files or the network needs it; who brings
//!   all shaders along does not. A shader takes some three times as long to make; the panic's message is printed as usual.
//!   What the writer for Vulkan panics over is found; the writers for Metal and DirectX are not asked.
//!
//! # Calls through `ffi`
//! With `WEBGPU_CALLS=engine` in the environment, every call of the engine library goes through the call interfaces of the
//! `ffi` crate instead of directly; [`engine_calls`] counts them.

mod api;
mod call;
mod context;
mod convert;
mod engine;
mod engine_words;
mod error;
mod events;
mod future;
pub mod hal;
mod handle;
#[cfg(feature = "naga-ir")]
mod ir;
mod lexer;
mod library;
mod logging;
mod loss;
mod macros;
mod mapping;
#[cfg(not(feature = "naga-ir"))]
pub mod naga;
mod needs;
mod presentation;
mod shader_source;
mod storage_formats;
pub mod util;
mod vet;
pub mod wgc;
mod wgsl;

pub use api::*;
pub use engine::{Calls, EngineInfo, EngineVersion};
pub use error::{Error, ErrorFilter, ErrorSource, UncapturedErrorHandler};
pub use library::{CreateInstanceError, engine_calls};
#[cfg(feature = "naga-ir")]
pub use naga;
pub use raw_window_handle as rwh;
pub use shader_source::ShaderSource;
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
