//! Where a scene is seen from.

use glam::camera::rh::{proj::directx, view};
use glam::{Mat4, Vec3};

use crate::Target;

/// A camera that stands upright; x is to the right, y up, and z towards the viewer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Where it stands.
    pub eye: Vec3,
    /// What is in the middle of the picture.
    pub center: Vec3,
    /// From the lower to the upper edge of the picture, in degrees.
    pub field_of_view: f32,
}

impl Camera {
    /// The nearest distance that is drawn.
    pub const NEAR: f32 = 0.1;
    /// The farthest distance that is drawn.
    pub const FAR: f32 = 100.0;

    /// From the world into the view: the eye is the origin and looks along -z.
    #[must_use]
    pub fn view(&self) -> Mat4 {
        view::look_at_mat4(self.eye, self.center, Vec3::Y)
    }

    /// From the view into clip space, where WebGPU's depth goes from 0 to 1.
    #[must_use]
    pub fn projection(&self, target: Target) -> Mat4 {
        let aspect = target.width as f32 / target.height as f32;
        directx::perspective(self.field_of_view.to_radians(), aspect, Self::NEAR, Self::FAR)
    }

    /// From the world into clip space.
    #[must_use]
    pub fn view_projection(&self, target: Target) -> Mat4 {
        self.projection(target) * self.view()
    }
}
