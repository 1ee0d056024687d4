use super::*;
use crate::handle::identity;
use std::ops::{Index, IndexMut, Range};
use wgpu_types::Features;

/// An acceleration structure of the upper level: many [`Blas`], each somewhere in the world.
///
/// It needs [`Features::EXPERIMENTAL_RAY_QUERY`], which this crate does not offer, as the engine's C interface has no place
/// for acceleration structures: everything that is done with them leads to an error.
#[derive(Clone, Debug)]
pub struct Tlas {
    identity: Arc<u8>,
    instances: Vec<Option<TlasInstance>>,
}

assert_send_sync!(Tlas, TlasInstance, CreateTlasDescriptor<'_>);
identity!(Tlas, |this| Arc::as_ptr(&this.identity).addr());

impl Tlas {
    #[track_caller]
    pub(in crate::api) fn create(
        device: &Arc<DeviceContext>,
        descriptor: &CreateTlasDescriptor<'_>,
    ) -> Self {
        /// As many instances as Vulkan allows: there is no sense in memory for more.
        const MOST: u32 = 1 << 24;
        let feature = Features::EXPERIMENTAL_RAY_QUERY;
        device.refuse("Device::create_tlas", descriptor.label, ACCELERATION_STRUCTURE, feature);
        let instances = vec![None; descriptor.max_instances.min(MOST) as usize];
        Self { identity: Arc::new(0), instances }
    }

    /// All places for instances.
    pub fn get(&self) -> &[Option<TlasInstance>] {
        &self.instances
    }

    /// Some of the places; `None` if there are not so many.
    pub fn get_mut_slice(&mut self, range: Range<usize>) -> Option<&mut [Option<TlasInstance>]> {
        self.instances.get_mut(range)
    }

    /// One of the places; `None` if there are not so many.
    pub fn get_mut_single(&mut self, index: usize) -> Option<&mut Option<TlasInstance>> {
        self.instances.get_mut(index)
    }

    /// The structure, as a resource for a bind group.
    pub fn as_binding(&self) -> BindingResource<'_> {
        BindingResource::AccelerationStructure(self)
    }
}

macro_rules! index {
    ($($index:ty => $output:ty;)*) => {$(
        impl Index<$index> for Tlas {
            type Output = $output;

            fn index(&self, index: $index) -> &Self::Output {
                &self.instances[index]
            }
        }

        impl IndexMut<$index> for Tlas {
            fn index_mut(&mut self, index: $index) -> &mut Self::Output {
                &mut self.instances[index]
            }
        }
    )*};
}

index! {
    usize => Option<TlasInstance>;
    Range<usize> => [Option<TlasInstance>];
}

/// What a [`Tlas`] should be like.
pub type CreateTlasDescriptor<'a> = wgpu_types::CreateTlasDescriptor<Label<'a>>;

/// A [`Blas`] somewhere in the world.
#[derive(Clone, Debug)]
pub struct TlasInstance {
    blas: Blas,
    /// Where it is: a matrix of three rows and four columns, row by row.
    pub transform: [f32; 12],
    /// A number of 24 bits for shaders.
    pub custom_data: u32,
    /// Which rays can hit it: those that have one of these bits.
    pub mask: u8,
}

impl TlasInstance {
    /// Puts a [`Blas`] into the world.
    pub fn new(blas: &Blas, transform: [f32; 12], custom_data: u32, mask: u8) -> Self {
        Self { blas: blas.clone(), transform, custom_data, mask }
    }

    /// Replaces the [`Blas`].
    pub fn set_blas(&mut self, blas: &Blas) {
        self.blas = blas.clone();
    }
}
