use super::{
    Adapter, CreateSurfaceError, RequestAdapterOptions, Surface, SurfaceTarget,
    SurfaceTargetUnsafe, assert_send_sync,
};
use crate::{
    call::call,
    context::InstanceContext,
    convert,
    engine::{Engine, EngineInfo},
    events,
    future::{Completion, Promise},
    handle::{Handle, identity},
    library::{self, CreateInstanceError},
    logging,
    wgc::{global::GlobalReport, hub::HubReport, registry::RegistryReport},
};
use std::{ffi::c_void, future::Future, sync::Arc};
use wgpu_native_sys_dyn::{self as sys, Function};
use wgpu_types::{Backends, InstanceDescriptor, RequestAdapterError, WasmNotSend};

bitflags::bitflags! {
    /// Extensions of the shading language that the engine's compiler understands.
    #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    pub struct WgslLanguageFeatures: u32 {
        /// Storage textures that are read, or read and written.
        const ReadOnlyAndReadWriteStorageTextures = 1 << 0;
        /// Dot products of four 8-bit integers packed into 32 bits.
        const Packed4x8IntegerDotProduct = 1 << 1;
        /// Pointers into any address space, and to parts of a variable, as parameters of functions.
        const UnrestrictedPointerParameters = 1 << 2;
        /// Access to the parts of a composite value through a pointer to it, without `*`.
        const PointerCompositeAccess = 1 << 3;
    }
}

/// The way in: it finds [`Adapter`]s and makes [`Surface`]s.
///
/// It need not be kept: what comes from it keeps alive what it needs.
#[derive(Clone, Debug)]
pub struct Instance {
    context: Arc<InstanceContext>,
}

assert_send_sync!(Instance);
identity!(Instance, |this| Arc::as_ptr(&this.context).addr());

impl Default for Instance {
    /// An instance with all backends that the engine has, and no display.
    ///
    /// # Panics
    /// As [`new`](Instance::new) does.
    fn default() -> Self {
        Self::new(InstanceDescriptor::new_without_display_handle())
    }
}

impl Instance {
    /// Loads the engine library, if this process has not done so yet, and makes an instance.
    ///
    /// # Panics
    /// If the engine cannot be loaded, with all that was tried; [`try_new`](Self::try_new) returns that as an error.
    #[track_caller]
    pub fn new(desc: InstanceDescriptor) -> Self {
        match Self::try_new(desc) {
            Ok(instance) => instance,
            Err(error) => panic!("no instance of WebGPU: {error}"),
        }
    }

    /// Loads the engine library, if this process has not done so yet, and makes an instance: [`new`](Self::new) for
    /// programs that can go on without.
    ///
    /// # Errors
    /// If the engine cannot be loaded, or lacks functions that this crate needs. The message says what was tried, and what
    /// to do.
    pub fn try_new(desc: InstanceDescriptor) -> Result<Self, CreateInstanceError> {
        let engine = library::load()?;
        let raw = convert::with_instance_descriptor(&desc, |descriptor| {
            // SAFETY: The descriptor and what it points to live during the call.
            unsafe { engine.wgpuCreateInstance(descriptor) }
        });
        // SAFETY: The engine gave a reference away, or null.
        let handle = unsafe { Handle::from_owned(raw, engine) };
        let handle = handle.ok_or(CreateInstanceError::Refused)?;
        let context = InstanceContext::new(handle, desc.backends, desc.display);
        Ok(Self { context: Arc::new(context) })
    }

    /// The engine library beneath this instance.
    pub fn engine_info(&self) -> EngineInfo {
        EngineInfo::of(self.engine())
    }

    /// The backends that the engine library has on this platform.
    pub const fn enabled_backend_features() -> Backends {
        if cfg!(target_vendor = "apple") {
            Backends::METAL
        } else if cfg!(windows) {
            Backends::VULKAN.union(Backends::GL).union(Backends::DX12)
        } else {
            Backends::VULKAN.union(Backends::GL)
        }
    }

    /// The extensions of the shading language that shaders can use.
    pub fn wgsl_language_features(&self) -> WgslLanguageFeatures {
        const ASK: [Function; 2] = [
            Function::wgpuInstanceGetWGSLLanguageFeatures,
            Function::wgpuSupportedWGSLLanguageFeaturesFreeMembers,
        ];
        if ASK.iter().all(|function| self.engine().has(*function)) {
            let mut list = sys::WGPUSupportedWGSLLanguageFeatures::INIT;
            call!(self.context, wgpuInstanceGetWGSLLanguageFeatures(&raw mut list));
            // SAFETY: The engine wrote the list.
            let names = unsafe { convert::borrowed_list(list.features, list.featureCount) };
            let features = convert::language_features_from(names);
            // SAFETY: The list is the engine's, and not used any more.
            unsafe { self.engine().wgpuSupportedWGSLLanguageFeaturesFreeMembers(list) };
            return features;
        }
        // The compiler of the versions that cannot be asked has these.
        WgslLanguageFeatures::ReadOnlyAndReadWriteStorageTextures
            | WgslLanguageFeatures::Packed4x8IntegerDotProduct
            | WgslLanguageFeatures::PointerCompositeAccess
    }

    /// All adapters of these backends, as far as the instance has them.
    pub fn enumerate_adapters(
        &self,
        backends: Backends,
    ) -> impl Future<Output = Vec<Adapter>> + use<> {
        std::future::ready(self.adapters(backends))
    }

    /// The adapter that fits these options best.
    ///
    /// # Errors
    /// The future resolves to an error if there is none; its message has the reason for every backend.
    ///
    /// # Panics
    /// If the surface in the options comes from another instance.
    #[track_caller]
    pub fn request_adapter(
        &self,
        options: &RequestAdapterOptions<'_, '_>,
    ) -> impl Future<Output = Result<Adapter, RequestAdapterError>> + WasmNotSend + use<> {
        if let Some(surface) = options.compatible_surface {
            self.context.assert_same(surface.instance());
        }
        logging::follow(self.engine());
        let (promise, userdata) = AdapterPromise::new(self.context.clone());
        if self.usable_backends().is_empty() {
            // SAFETY: The user data is taken back here instead of in the callback, which will not be called.
            let promise = unsafe { AdapterPromise::take_back(userdata) };
            promise.fulfil(AdapterAnswer::default());
        } else {
            let surface =
                options.compatible_surface.map_or(std::ptr::null_mut(), |surface| surface.raw());
            let options = convert::adapter_options(options, surface);
            let callback = sys::WGPURequestAdapterCallbackInfo {
                mode: sys::WGPUCallbackMode::AllowProcessEvents,
                callback: Some(on_adapter),
                userdata1: userdata,
                ..sys::WGPURequestAdapterCallbackInfo::INIT
            };
            // The callback takes the user data back, once.
            call!(self.context, wgpuInstanceRequestAdapter(&raw const options, callback));
        }
        let context = self.context.clone();
        let pump = {
            let context = context.clone();
            move || {
                call!(context, wgpuInstanceProcessEvents());
                events::deliver();
            }
        };
        async move {
            let answer = Completion::new(promise, pump).await;
            answer.adapter.map(Adapter::new).ok_or_else(|| {
                let supported = Instance::enabled_backend_features();
                convert::adapter_error(context.backends, supported, &answer.message)
            })
        }
    }

    /// Makes a surface for a window, which it keeps.
    ///
    /// # Errors
    /// If the window has no handles, or handles that the engine cannot present to.
    ///
    /// # Panics
    /// On macOS and iOS, if the window is given by its view and this is not the main thread.
    pub fn create_surface<'window>(
        &self,
        target: impl Into<SurfaceTarget<'window>>,
    ) -> Result<Surface<'window>, CreateSurfaceError> {
        let (unsafe_target, source) = target.into().into_parts()?;
        // SAFETY: The handles are those of the window, which the surface keeps and drops after itself.
        let surface = unsafe { self.create_surface_unsafe(unsafe_target) }?;
        Ok(surface.with_source(source))
    }

    /// Makes a surface for raw handles.
    ///
    /// # Errors
    /// If the engine cannot present to such handles.
    ///
    /// # Panics
    /// On macOS and iOS, if the window is given by its view and this is not the main thread.
    ///
    /// # Safety
    /// The handles must be valid, and stay so until the surface is dropped.
    pub unsafe fn create_surface_unsafe<'window>(
        &self,
        target: SurfaceTargetUnsafe,
    ) -> Result<Surface<'window>, CreateSurfaceError> {
        // The engine ends the process where no backend can make the surface: without a backend, none can.
        if self.adapters(self.usable_backends()).is_empty() {
            return Err(CreateSurfaceError::refused(
                "No backend of this instance has an adapter, so nothing could be presented to a surface",
            ));
        }
        let display = self.context.display.as_ref();
        let display =
            display.and_then(|display| display.display_handle().ok()).map(|handle| handle.as_raw());
        let create = |descriptor| {
            // The caller vouches for the handles.
            call!(self.context, wgpuInstanceCreateSurface(descriptor))
        };
        // SAFETY: The caller vouches for the handles.
        let raw = unsafe { convert::with_surface_descriptor(&target, display, create) };
        let raw = raw.map_err(CreateSurfaceError::refused)?;
        // SAFETY: The engine gave a reference away, or null.
        let handle = unsafe { Handle::from_owned(raw, self.context.clone()) };
        let handle =
            handle.ok_or_else(|| CreateSurfaceError::refused("The engine returned no surface"))?;
        Ok(Surface::new(handle))
    }

    /// Lets all devices look at what they have finished, or wait for all of it. Callbacks that are due are called.
    ///
    /// Returns whether no device has anything left to do.
    pub fn poll_all(&self, force_wait: bool) -> bool {
        let mut empty = true;
        for device in self.context.devices() {
            empty &= device.poll(force_wait, None);
        }
        events::deliver();
        empty
    }

    /// How many objects of each kind there are that come from this instance; `None` if the engine library does not tell.
    pub fn generate_report(&self) -> Option<GlobalReport> {
        if !self.engine().has(Function::wgpuGenerateReport) {
            return None;
        }
        let mut report = sys::WGPUGlobalReport::ZERO;
        call!(self.context, wgpuGenerateReport(&raw mut report));
        Some(GlobalReport {
            surfaces: RegistryReport::from_engine(&report.surfaces),
            hub: HubReport::from_engine(&report.hub),
        })
    }

    fn engine(&self) -> &Engine {
        self.context.engine()
    }

    /// The backends that were asked for and that the engine can have.
    fn usable_backends(&self) -> Backends {
        self.context.backends & Self::enabled_backend_features()
    }

    fn adapters(&self, backends: Backends) -> Vec<Adapter> {
        /// Room for adapters that turn up between the two calls.
        const SLACK: usize = 16;
        let backends = backends & self.usable_backends();
        if backends.is_empty() {
            return Vec::new();
        }
        let options = sys::WGPUInstanceEnumerateAdapterOptions {
            backends: convert::instance_backends(backends),
            ..sys::WGPUInstanceEnumerateAdapterOptions::INIT
        };
        let enumerate = |adapters| {
            // `adapters` is null, or has room for all.
            call!(self.context, wgpuInstanceEnumerateAdapters(&raw const options, adapters))
        };
        let count = enumerate(std::ptr::null_mut());
        let mut adapters = vec![std::ptr::null_mut(); count + SLACK];
        let written = enumerate(adapters.as_mut_ptr());
        let owned = adapters.into_iter().take(written).filter_map(|raw| {
            // SAFETY: The engine gave a reference away for each that it wrote.
            unsafe { Handle::from_owned(raw, self.context.clone()) }
        });
        owned.map(Adapter::new).collect()
    }
}

/// What the engine answered to a request for an adapter.
#[derive(Default)]
struct AdapterAnswer {
    adapter: Option<Handle<sys::WGPUAdapterImpl, Arc<InstanceContext>>>,
    message: String,
}

type AdapterPromise = Promise<AdapterAnswer, Arc<InstanceContext>>;

unsafe extern "C" fn on_adapter(
    _status: sys::WGPURequestAdapterStatus,
    adapter: sys::WGPUAdapter,
    message: sys::WGPUStringView,
    userdata: *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: The user data is that of `request_adapter`, and the engine calls back once.
    let promise = unsafe { AdapterPromise::take_back(userdata) };
    // SAFETY: The engine gave a reference away, or null.
    let adapter = unsafe { Handle::from_owned(adapter, promise.context().clone()) };
    // SAFETY: The message lives during the callback.
    let message = unsafe { message.to_text() }.into_owned();
    promise.fulfil(AdapterAnswer { adapter, message });
}
