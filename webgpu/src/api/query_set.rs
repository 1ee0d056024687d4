use super::*;
use crate::{convert, events, handle::identity};
use wgpu_native_sys_dyn as sys;
use wgpu_types::QueryType;

/// A set of questions about what commands do: how long they take, how much of them is seen.
#[derive(Clone, Debug)]
pub struct QuerySet {
    inner: Child<sys::WGPUQuerySetImpl>,
    /// How many timestamps are in it.
    timestamps: u32,
}

assert_send_sync!(QuerySet, QuerySetDescriptor<'_>);
identity!(QuerySet, |this| this.inner.raw().addr());

impl QuerySet {
    #[track_caller]
    pub(super) fn create(device: &Arc<DeviceContext>, descriptor: &QuerySetDescriptor<'_>) -> Self {
        let (inner, invalid) = events::watch(|| {
            convert::with_query_set_descriptor(descriptor, |descriptor| {
                create!(device, device, wgpuDeviceCreateQuerySet(descriptor))
            })
        });
        events::deliver();
        let timestamps = match descriptor.ty {
            QueryType::Timestamp if !invalid => descriptor.count,
            _ => 0,
        };
        Self { inner, timestamps }
    }

    /// Whether a query is a timestamp, of a valid set of `device`.
    pub(super) fn has_timestamp(&self, device: &Arc<DeviceContext>, index: u32) -> bool {
        Arc::ptr_eq(self.inner.owner(), device) && index < self.timestamps
    }

    /// The handle, for a call about `device`.
    #[inline]
    #[track_caller]
    pub(crate) fn raw_for(&self, device: &Arc<DeviceContext>) -> sys::WGPUQuerySet {
        self.inner.raw_for(device)
    }
}

/// What a set of queries should be like.
pub type QuerySetDescriptor<'a> = wgpu_types::QuerySetDescriptor<Label<'a>>;
