use super::*;
use crate::{
    error::Error,
    events::{self, Event},
    handle::identity,
};
use std::{error, fmt};
use wgpu_types::{BufferAddress, Features, WasmNotSend};

/// An acceleration structure of the lower level: triangles, ordered for rays to find.
///
/// It needs [`Features::EXPERIMENTAL_RAY_QUERY`], which this crate does not offer, as the engine's C interface has no place
/// for acceleration structures: everything that is done with them leads to an error.
#[derive(Clone, Debug)]
pub struct Blas {
    inner: Arc<BlasInner>,
}

assert_send_sync!(
    Blas,
    CreateBlasDescriptor<'_>,
    BlasTriangleGeometry<'_>,
    BlasGeometries<'_>,
    BlasBuildEntry<'_>,
    BlasAsyncError,
);
identity!(Blas, |this| Arc::as_ptr(&this.inner).addr());

#[derive(Debug)]
struct BlasInner {
    device: Arc<DeviceContext>,
    label: Option<Box<str>>,
}

impl Blas {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &CreateBlasDescriptor<'_>,
    ) -> Self {
        let feature = Features::EXPERIMENTAL_RAY_QUERY;
        device.refuse("Device::create_blas", descriptor.label, ACCELERATION_STRUCTURE, feature);
        let label = descriptor.label.map(Into::into);
        Self { inner: Arc::new(BlasInner { device: device.clone(), label }) }
    }

    /// The copy that [`Queue::compact_blas`] should make.
    #[track_caller]
    pub(in crate::api) fn compact(&self, device: &Arc<DeviceContext>) -> Self {
        let feature = Features::EXPERIMENTAL_RAY_QUERY;
        device.refuse("Queue::compact_blas", None, ACCELERATION_STRUCTURE, feature);
        let label = self.inner.label.clone();
        Self { inner: Arc::new(BlasInner { device: device.clone(), label }) }
    }

    /// What stands for it in buffers of instances: `None`, as there is none in the engine.
    pub fn handle(&self) -> Option<u64> {
        None
    }

    /// Has it prepared for [`Queue::compact_blas`]; `callback` is called with an error at once.
    #[track_caller]
    pub fn prepare_compaction_async(
        &self,
        callback: impl FnOnce(Result<(), BlasAsyncError>) + WasmNotSend + 'static,
    ) {
        events::push(Event::Due(Box::new(|| callback(Err(BlasAsyncError)))));
        self.report_invalid("Blas::prepare_compact_async");
        events::deliver();
    }

    /// Whether it is prepared: it never is, and asking is an error.
    #[track_caller]
    pub fn ready_for_compaction(&self) -> bool {
        self.report_invalid("Blas::ready_for_compaction");
        events::deliver();
        false
    }

    fn report_invalid(&self, call: &str) {
        let cause = format!("{} is invalid", named("Blas", self.inner.label.as_deref()));
        let error = Error::rejected(call, None, cause);
        events::push(Event::Error(self.inner.device.sink.clone(), error));
    }
}

/// What a [`Blas`] should be like.
pub type CreateBlasDescriptor<'a> = wgpu_types::CreateBlasDescriptor<Label<'a>>;

/// How large the triangles of a [`Blas`] are.
pub type BlasTriangleGeometrySizeDescriptor = wgpu_types::BlasTriangleGeometrySizeDescriptor;

/// How large what a [`Blas`] is built of is.
pub type BlasGeometrySizeDescriptors = wgpu_types::BlasGeometrySizeDescriptors;

/// Triangles to build a [`Blas`] of.
#[derive(Debug)]
pub struct BlasTriangleGeometry<'a> {
    /// Their number and format, as when the [`Blas`] was made.
    pub size: &'a BlasTriangleGeometrySizeDescriptor,
    /// The corners.
    pub vertex_buffer: &'a Buffer,
    /// The first corner in the buffer.
    pub first_vertex: u32,
    /// How far corners are apart, in bytes.
    pub vertex_stride: BufferAddress,
    /// Which corners make triangles; three in a row if `None`.
    pub index_buffer: Option<&'a Buffer>,
    /// The first index in the buffer.
    pub first_index: Option<u32>,
    /// A matrix of three rows and four columns that moves the corners.
    pub transform_buffer: Option<&'a Buffer>,
    /// Where the matrix is, in bytes.
    pub transform_buffer_offset: Option<BufferAddress>,
}

/// What to build a [`Blas`] of.
#[derive(Debug)]
pub enum BlasGeometries<'a> {
    /// Triangles.
    TriangleGeometries(Vec<BlasTriangleGeometry<'a>>),
}

/// A [`Blas`] to build.
#[derive(Debug)]
pub struct BlasBuildEntry<'a> {
    /// Which.
    pub blas: &'a Blas,
    /// Of what.
    pub geometry: BlasGeometries<'a>,
}

/// A [`Blas`] could not be prepared for being compacted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BlasAsyncError;

impl fmt::Display for BlasAsyncError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the Blas could not be prepared for being compacted")
    }
}

impl error::Error for BlasAsyncError {}
