use super::*;
use crate::{
    context::{DeviceParts, InstanceContext},
    convert,
    engine_words::CAUSED_BY,
    error::{Error, ErrorFilter, ErrorSink, UncapturedErrorHandler},
    events::{self, Event},
    future::{Completion, Promise},
    handle::{Owner, identity},
    loss::Loss,
};
use std::{
    error,
    ffi::c_void,
    fmt,
    future::Future,
    time::{Duration, Instant},
};
use wgpu_native_sys_dyn as sys;
use wgpu_types::{
    AdapterInfo, AllocatorReport, DeviceLostReason, Features, InternalCounters, Limits, PollError,
    PollStatus, ShaderRuntimeChecks, WasmNotSend,
};

/// An open connection to an [`Adapter`]: it makes everything that a GPU works with.
#[derive(Clone, Debug)]
pub struct Device {
    context: Arc<DeviceContext>,
}

assert_send_sync!(Device, DeviceDescriptor<'_>, RequestDeviceError);
identity!(Device, |this| Arc::as_ptr(&this.context).addr());

impl Device {
    pub(crate) fn new(context: Arc<DeviceContext>) -> Self {
        Self { context }
    }

    /// What the objects of the device share.
    pub(crate) fn context(&self) -> &Arc<DeviceContext> {
        &self.context
    }

    /// Lets the device look at what it has finished, or wait for it. Callbacks that are due are called.
    ///
    /// # Errors
    /// If the time for waiting ran out, or the submission to wait for is not one of this device.
    #[track_caller]
    pub fn poll(&self, poll_type: PollType) -> Result<PollStatus, PollError> {
        let status = match poll_type {
            PollType::Poll => Ok(match self.context.poll(false, None) {
                true => PollStatus::QueueEmpty,
                false => PollStatus::Poll,
            }),
            PollType::Wait { submission_index, timeout } => {
                let submission = submission_index.map(|index| index.index);
                let last = self.context.last_submission();
                match submission {
                    Some(index) if index > last => {
                        Err(PollError::WrongSubmissionIndex(index, last))
                    }
                    _ => self.wait(submission, timeout),
                }
            }
        };
        events::deliver();
        status
    }

    fn wait(
        &self,
        submission: Option<u64>,
        timeout: Option<Duration>,
    ) -> Result<PollStatus, PollError> {
        let Some(timeout) = timeout else {
            return Ok(match self.context.poll(true, submission) {
                true => PollStatus::QueueEmpty,
                false => PollStatus::WaitSucceeded,
            });
        };
        // The engine has no wait that ends before its time: this one asks again and again. It cannot ask for one
        // submission either, so it waits for all.
        let start = Instant::now();
        let mut pause = Duration::from_micros(10);
        while !self.context.poll(false, None) {
            let rest = timeout.saturating_sub(start.elapsed());
            if rest.is_zero() {
                return Err(PollError::Timeout);
            }
            std::thread::sleep(pause.min(rest));
            pause = (pause * 2).min(Duration::from_millis(1));
        }
        Ok(PollStatus::QueueEmpty)
    }

    /// The features that the device was made with.
    #[must_use]
    pub fn features(&self) -> Features {
        self.context.features
    }

    /// The limits that the device was made with.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.context.limits.clone()
    }

    /// What the device's adapter is.
    pub fn adapter_info(&self) -> AdapterInfo {
        self.context.adapter_info.clone()
    }

    /// Compiles shaders. Accesses out of bounds and endless loops in them are made harmless.
    #[must_use]
    #[track_caller]
    pub fn create_shader_module(&self, desc: ShaderModuleDescriptor<'_>) -> ShaderModule {
        ShaderModule::create(&self.context, desc, None)
    }

    /// Compiles shaders with only some of the checks of [`create_shader_module`](Self::create_shader_module).
    ///
    /// # Safety
    /// What a check is left out for must not happen in the shaders, whatever data they get.
    #[must_use]
    #[track_caller]
    pub unsafe fn create_shader_module_trusted(
        &self,
        desc: ShaderModuleDescriptor<'_>,
        runtime_checks: ShaderRuntimeChecks,
    ) -> ShaderModule {
        ShaderModule::create(&self.context, desc, Some(runtime_checks))
    }

    /// Compiles shaders without any of the checks of [`create_shader_module`](Self::create_shader_module).
    ///
    /// # Safety
    /// What the checks are for must not happen in the shaders, whatever data they get.
    #[deprecated = "use `create_shader_module_trusted` with `ShaderRuntimeChecks::unchecked()`"]
    #[must_use]
    #[track_caller]
    pub unsafe fn create_shader_module_unchecked(
        &self,
        desc: ShaderModuleDescriptor<'_>,
    ) -> ShaderModule {
        // SAFETY: The caller vouches for the shaders.
        unsafe { self.create_shader_module_trusted(desc, ShaderRuntimeChecks::unchecked()) }
    }

    /// Hands shaders to the driver as they are. Needs [`Features::PASSTHROUGH_SHADERS`], for which the engine's C interface
    /// has no name: this always leads to an error.
    ///
    /// # Safety
    /// The shaders must be valid for the driver, and must not do what the checks of
    /// [`create_shader_module`](Self::create_shader_module) are for.
    #[must_use]
    #[track_caller]
    pub unsafe fn create_shader_module_passthrough(
        &self,
        desc: ShaderModuleDescriptorPassthrough<'_>,
    ) -> ShaderModule {
        ShaderModule::create_passthrough(&self.context, &desc)
    }

    /// Makes an encoder for commands.
    #[must_use]
    #[track_caller]
    pub fn create_command_encoder(&self, desc: &CommandEncoderDescriptor<'_>) -> CommandEncoder {
        CommandEncoder::create(&self.context, desc)
    }

    /// Makes an encoder for a bundle of drawing commands.
    ///
    /// # Panics
    /// If the formats, or their number, or the number of samples are not valid.
    #[must_use]
    #[track_caller]
    pub fn create_render_bundle_encoder<'a>(
        &self,
        desc: &RenderBundleEncoderDescriptor<'_>,
    ) -> RenderBundleEncoder<'a> {
        RenderBundleEncoder::create(&self.context, desc)
    }

    /// Makes a group of resources for shaders.
    #[must_use]
    #[track_caller]
    pub fn create_bind_group(&self, desc: &BindGroupDescriptor<'_>) -> BindGroup {
        BindGroup::create(&self.context, desc)
    }

    /// Makes a layout for bind groups.
    #[must_use]
    #[track_caller]
    pub fn create_bind_group_layout(
        &self,
        desc: &BindGroupLayoutDescriptor<'_>,
    ) -> BindGroupLayout {
        BindGroupLayout::create(&self.context, desc)
    }

    /// Makes a layout for pipelines.
    #[must_use]
    #[track_caller]
    pub fn create_pipeline_layout(&self, desc: &PipelineLayoutDescriptor<'_>) -> PipelineLayout {
        PipelineLayout::create(&self.context, desc)
    }

    /// Makes a pipeline that draws.
    #[must_use]
    #[track_caller]
    pub fn create_render_pipeline(&self, desc: &RenderPipelineDescriptor<'_>) -> RenderPipeline {
        RenderPipeline::create(&self.context, desc)
    }

    /// Makes a pipeline that draws meshes. Needs [`Features::EXPERIMENTAL_MESH_SHADER`], for which the engine's C interface
    /// has no name: this always leads to an error.
    #[must_use]
    #[track_caller]
    pub fn create_mesh_pipeline(&self, desc: &MeshPipelineDescriptor<'_>) -> RenderPipeline {
        RenderPipeline::create_mesh(&self.context, desc)
    }

    /// Makes a pipeline that computes.
    #[must_use]
    #[track_caller]
    pub fn create_compute_pipeline(&self, desc: &ComputePipelineDescriptor<'_>) -> ComputePipeline {
        ComputePipeline::create(&self.context, desc)
    }

    /// Makes a buffer.
    #[must_use]
    #[track_caller]
    pub fn create_buffer(&self, desc: &BufferDescriptor<'_>) -> Buffer {
        Buffer::create(&self.context, desc)
    }

    /// Makes a texture.
    #[must_use]
    #[track_caller]
    pub fn create_texture(&self, desc: &TextureDescriptor<'_>) -> Texture {
        Texture::create(&self.context, desc)
    }

    /// Makes one texture of planes. Needs [`Features::EXTERNAL_TEXTURE`], for which the engine's C interface has no name:
    /// this always leads to an error.
    #[expect(unused_variables, reason = "the engine has no place for planes")]
    #[must_use]
    #[track_caller]
    pub fn create_external_texture(
        &self,
        desc: &ExternalTextureDescriptor<'_>,
        planes: &[&TextureView],
    ) -> ExternalTexture {
        ExternalTexture::create(&self.context, desc)
    }

    /// Makes an acceleration structure of the lower level. Needs [`Features::EXPERIMENTAL_RAY_QUERY`], for which the engine's
    /// C interface has no place: this always leads to an error.
    #[expect(unused_variables, reason = "the engine has no place for geometry")]
    #[must_use]
    #[track_caller]
    pub fn create_blas(
        &self,
        desc: &CreateBlasDescriptor<'_>,
        sizes: BlasGeometrySizeDescriptors,
    ) -> Blas {
        Blas::create(&self.context, desc)
    }

    /// Makes an acceleration structure of the upper level. As [`create_blas`](Self::create_blas), this always leads to an
    /// error.
    #[must_use]
    #[track_caller]
    pub fn create_tlas(&self, desc: &CreateTlasDescriptor<'_>) -> Tlas {
        Tlas::create(&self.context, desc)
    }

    /// Makes a sampler.
    #[must_use]
    #[track_caller]
    pub fn create_sampler(&self, desc: &SamplerDescriptor<'_>) -> Sampler {
        Sampler::create(&self.context, desc)
    }

    /// Makes a set of queries.
    #[must_use]
    #[track_caller]
    pub fn create_query_set(&self, desc: &QuerySetDescriptor<'_>) -> QuerySet {
        QuerySet::create(&self.context, desc)
    }

    /// Makes a cache for compiled pipelines.
    ///
    /// # Safety
    /// The data in `desc` must come from [`PipelineCache::get_data`].
    #[must_use]
    #[track_caller]
    pub unsafe fn create_pipeline_cache(
        &self,
        desc: &PipelineCacheDescriptor<'_>,
    ) -> PipelineCache {
        PipelineCache::create(&self.context, desc)
    }

    /// Sets what is called for an error that no error scope catches, instead of the panic that is the default.
    pub fn on_uncaptured_error(&self, handler: Arc<dyn UncapturedErrorHandler>) {
        self.context.sink.set_handler(handler);
    }

    /// Catches errors of this thread's calls from now on, until the guard is popped or dropped. The innermost scope for a
    /// kind of error gets it, and keeps the first.
    pub fn push_error_scope(&self, filter: ErrorFilter) -> ErrorScopeGuard {
        ErrorScopeGuard::push(self.context.sink.clone(), filter)
    }

    /// Starts a capture in a debugger for graphics, if one is attached. Nothing happens if the engine library cannot.
    ///
    /// # Safety
    /// The debugger must be one whose captures may be started here; what it does is out of this crate's hands.
    pub unsafe fn start_graphics_debugger_capture(&self) {
        if !self.context.engine().has(sys::Function::wgpuDeviceStartGraphicsDebuggerCapture) {
            return;
        }
        // The caller vouches for the debugger.
        call!(self.context, wgpuDeviceStartGraphicsDebuggerCapture());
    }

    /// Ends the capture that [`start_graphics_debugger_capture`](Self::start_graphics_debugger_capture) began.
    ///
    /// # Safety
    /// As there.
    pub unsafe fn stop_graphics_debugger_capture(&self) {
        if !self.context.engine().has(sys::Function::wgpuDeviceStopGraphicsDebuggerCapture) {
            return;
        }
        // The caller vouches for the debugger.
        call!(self.context, wgpuDeviceStopGraphicsDebuggerCapture());
    }

    /// How many objects the engine has, and of what kinds, which its C interface does not tell: zeros, as without the
    /// feature `counters` of `wgpu`.
    #[must_use]
    pub fn get_internal_counters(&self) -> InternalCounters {
        InternalCounters::default()
    }

    /// What memory the engine has allocated, which its C interface does not tell: `None`.
    #[must_use]
    pub fn generate_allocator_report(&self) -> Option<AllocatorReport> {
        None
    }

    /// Destroys the device, and with it all that it has made. Work that was submitted is finished first; once it is, and
    /// the device is polled, the device-lost callback is called.
    #[track_caller]
    pub fn destroy(&self) {
        self.context.destroy();
        events::deliver();
    }

    /// Sets what is called, once, when the device is lost: given up by the driver, or destroyed.
    pub fn set_device_lost_callback(
        &self,
        callback: impl Fn(DeviceLostReason, String) + Send + 'static,
    ) {
        self.context.loss.set_callback(Box::new(callback));
    }
}

/// What a device should be like.
pub type DeviceDescriptor<'a> = wgpu_types::DeviceDescriptor<Label<'a>>;

/// Why an adapter did not make a device.
#[derive(Clone, Debug)]
pub struct RequestDeviceError {
    message: String,
}

impl fmt::Display for RequestDeviceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl error::Error for RequestDeviceError {}

/// Asks `adapter` for a device.
pub(in crate::api) fn request(
    adapter: &Adapter,
    handle: &Handle<sys::WGPUAdapterImpl, Arc<InstanceContext>>,
    descriptor: &DeviceDescriptor<'_>,
) -> impl Future<Output = Result<(Device, Queue), RequestDeviceError>> + WasmNotSend + use<> {
    let instance = handle.owner().clone();
    let context = DeviceRequest { instance, sink: Arc::default(), loss: Arc::default() };
    let (promise, userdata) = DevicePromise::new(context.clone());
    if let Some(message) = convert::unavailable(descriptor, adapter.features(), &adapter.limits()) {
        // SAFETY: The user data is taken back here instead of in the callback, which will not be called.
        let promise = unsafe { DevicePromise::take_back(userdata) };
        promise.fulfil(DeviceAnswer { device: None, message });
    } else {
        // The two structs outlive the device: the promise owns them, then its context, and both drop them after it.
        let lost = sys::WGPUDeviceLostCallbackInfo {
            mode: sys::WGPUCallbackMode::AllowSpontaneous,
            callback: Some(on_lost),
            userdata1: Arc::as_ptr(&context.loss).cast_mut().cast(),
            ..sys::WGPUDeviceLostCallbackInfo::INIT
        };
        let error = sys::WGPUUncapturedErrorCallbackInfo {
            callback: Some(on_error),
            userdata1: Arc::as_ptr(&context.sink).cast_mut().cast(),
            ..sys::WGPUUncapturedErrorCallbackInfo::INIT
        };
        let answer = sys::WGPURequestDeviceCallbackInfo {
            mode: sys::WGPUCallbackMode::AllowProcessEvents,
            callback: Some(on_device),
            userdata1: userdata,
            ..sys::WGPURequestDeviceCallbackInfo::INIT
        };
        convert::with_device_descriptor(descriptor, lost, error, |descriptor| {
            // The callback takes the user data back, once.
            call!(handle, wgpuAdapterRequestDevice(descriptor, answer));
        });
    }
    let adapter = adapter.clone();
    let handle = handle.clone();
    let label = descriptor.label.map(Into::into);
    let features = descriptor.required_features;
    let limits = descriptor.required_limits.clone();
    async move {
        let DeviceRequest { instance, sink, loss } = context;
        let pump = || {
            call!(instance, wgpuInstanceProcessEvents());
            events::deliver();
        };
        let answer = Completion::new(promise, pump).await;
        let device = answer.device.ok_or(RequestDeviceError { message: answer.message })?;
        let queue = call!(device, wgpuDeviceGetQueue());
        // SAFETY: The engine gave a reference away, or null.
        let queue = unsafe { Handle::from_owned(queue, instance.clone()) };
        let queue = queue.ok_or_else(|| RequestDeviceError {
            message: "the engine made a device without a queue".into(),
        })?;
        let context = DeviceContext::new(DeviceParts {
            handle: device,
            queue,
            adapter: handle,
            sink,
            loss,
            label,
            features,
            limits,
            adapter_info: adapter.get_info(),
        });
        Ok((Device::new(context.clone()), Queue::new(context)))
    }
}

/// What a request for a device needs until it is answered, and the device after it.
#[derive(Clone)]
struct DeviceRequest {
    instance: Arc<InstanceContext>,
    sink: Arc<ErrorSink>,
    loss: Arc<Loss>,
}

/// What the engine answered to a request for a device.
struct DeviceAnswer {
    device: Option<Handle<sys::WGPUDeviceImpl, Arc<InstanceContext>>>,
    message: String,
}

type DevicePromise = Promise<DeviceAnswer, DeviceRequest>;

unsafe extern "C" fn on_device(
    _status: sys::WGPURequestDeviceStatus,
    device: sys::WGPUDevice,
    message: sys::WGPUStringView,
    userdata: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: The user data is that of `request`, and the engine calls back once.
    let promise = unsafe { DevicePromise::take_back(userdata) };
    // SAFETY: The engine gave a reference away, or null.
    let device = unsafe { Handle::from_owned(device, promise.context().instance.clone()) };
    // SAFETY: The message lives during the callback.
    let message = unsafe { message.to_text() };
    promise.fulfil(DeviceAnswer {
        device,
        message: CAUSED_BY
            .split(&message)
            .map_or(&*message, |(_, causes)| causes)
            .trim()
            .to_owned(),
    });
}

unsafe extern "C" fn on_error(
    _device: *const sys::WGPUDevice,
    kind: sys::WGPUErrorType,
    message: sys::WGPUStringView,
    userdata: *mut c_void,
    _: *mut c_void,
) {
    let sink = userdata.cast_const().cast::<ErrorSink>();
    // SAFETY: The user data is the sink of the device, which its context, or what keeps an abandoned device, owns as long as
    // the device can call back.
    unsafe { Arc::increment_strong_count(sink) };
    // SAFETY: The reference was taken just now.
    let sink = unsafe { Arc::from_raw(sink) };
    // SAFETY: The message lives during the callback.
    let message = unsafe { message.to_text() };
    events::push(Event::Error(sink, Error::from_engine(kind, &message)));
}

unsafe extern "C" fn on_lost(
    _device: *const sys::WGPUDevice,
    _reason: sys::WGPUDeviceLostReason,
    message: sys::WGPUStringView,
    userdata: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: The user data is the state of the device, which its context, or what keeps an abandoned device, owns as long as
    // the device can call back.
    let loss = unsafe { &*userdata.cast_const().cast::<Loss>() };
    // SAFETY: The message lives during the callback.
    let message = unsafe { message.to_text() };
    loss.engine_says_lost(message.into_owned());
}
