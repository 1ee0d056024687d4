use super::*;
use crate::convert;
use wgpu_types::Features;

pub(in crate::api) const ACCELERATION_STRUCTURE: &str = "An acceleration structure";

/// What an acceleration structure is good for.
pub type AccelerationStructureFlags = wgpu_types::AccelerationStructureFlags;

/// What rays do with a part of a [`Blas`].
pub type AccelerationStructureGeometryFlags = wgpu_types::AccelerationStructureGeometryFlags;

/// Whether an acceleration structure is built anew.
pub type AccelerationStructureUpdateMode = wgpu_types::AccelerationStructureUpdateMode;

impl CommandEncoder {
    /// Builds acceleration structures, those of the lower level first. Needs
    /// [`Features::EXPERIMENTAL_RAY_QUERY`], which this crate does not offer: the encoder's end is an error.
    pub fn build_acceleration_structures<'a>(
        &mut self,
        blas: impl IntoIterator<Item = &'a BlasBuildEntry<'a>>,
        tlas: impl IntoIterator<Item = &'a Tlas>,
    ) {
        // Iterators may have effects.
        blas.into_iter().for_each(drop);
        tlas.into_iter().for_each(drop);
        self.refuse_acceleration_structures();
    }

    /// Says that acceleration structures were built by other means. Needs [`Features::EXPERIMENTAL_RAY_QUERY`], which this
    /// crate does not offer: the encoder's end is an error.
    ///
    /// # Safety
    /// They must have been built.
    pub unsafe fn mark_acceleration_structures_built<'a>(
        &self,
        blas: impl IntoIterator<Item = &'a Blas>,
        tlas: impl IntoIterator<Item = &'a Tlas>,
    ) {
        blas.into_iter().for_each(drop);
        tlas.into_iter().for_each(drop);
        self.refuse_acceleration_structures();
    }

    fn refuse_acceleration_structures(&self) {
        let (feature, enabled) = (Features::EXPERIMENTAL_RAY_QUERY, self.device().features);
        self.mistake(convert::unnamed(ACCELERATION_STRUCTURE, feature, enabled));
    }
}
