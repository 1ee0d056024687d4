use super::*;
use crate::{error::Error, events, handle::identity, presentation::Frame};
use wgpu_native_sys_dyn as sys;

/// A frame of a [`Surface`]: draw to its texture, then present it.
///
/// Dropping it, and its clones, discards the frame at once: views and clones of its texture that are left then are those of
/// a destroyed texture.
#[derive(Debug, Clone)]
pub struct SurfaceTexture {
    /// What to draw to.
    pub texture: Texture,
    acquired: Arc<Discarding>,
}

/// Discards the frame when the last clone of the [`SurfaceTexture`] goes.
#[derive(Debug)]
struct Discarding(Arc<Frame>);

impl Drop for Discarding {
    fn drop(&mut self) {
        self.0.end();
        events::deliver();
    }
}

assert_send_sync!(SurfaceTexture);
identity!(SurfaceTexture, |this| Arc::as_ptr(&this.texture.inner).addr());

impl SurfaceTexture {
    pub(in crate::api) fn new(texture: Texture, frame: Arc<Frame>) -> Self {
        Self { texture, acquired: Arc::new(Discarding(frame)) }
    }

    /// Shows the frame. What draws to it has to be submitted before.
    #[track_caller]
    pub fn present(self) {
        let device = self.texture.device().clone();
        let presented = self.acquired.0.present();
        drop(self);
        events::deliver();
        if presented == Some(false) && !device.loss.is_lost() {
            let cause = "The engine could not present the frame";
            device.sink.report(Error::rejected("Surface::present", None, cause));
        }
    }
}

/// What [`Surface::get_current_texture`] found.
#[derive(Debug)]
pub enum CurrentSurfaceTexture {
    /// The next frame.
    Success(SurfaceTexture),
    /// The next frame. The surface has changed: presenting works, and works better after configuring it again.
    Suboptimal(SurfaceTexture),
    /// None yet. Try again later.
    Timeout,
    /// None, for the window is not visible. Try again later.
    Occluded,
    /// None, for the surface has changed. Configure it again.
    Outdated,
    /// None, for the surface is lost. Create it again.
    Lost,
    /// None, for the call was not valid. The error has been reported.
    Validation,
}

impl CurrentSurfaceTexture {
    /// What the engine's status says, with the frame if there is one.
    pub(in crate::api) fn of(
        status: sys::WGPUSurfaceGetCurrentTextureStatus,
        frame: Option<SurfaceTexture>,
    ) -> Self {
        use sys::WGPUSurfaceGetCurrentTextureStatus as Status;
        match (status, frame) {
            (Status::SuccessOptimal, Some(frame)) => Self::Success(frame),
            (Status::SuccessSuboptimal, Some(frame)) => Self::Suboptimal(frame),
            (Status::Timeout, _) => Self::Timeout,
            (Status::Outdated, _) => Self::Outdated,
            (Status::Error, _) => Self::Validation,
            (Status::Occluded, _) => Self::Occluded,
            _ => Self::Lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CurrentSurfaceTexture as Current, sys};

    #[test]
    fn every_status_is_its_own_value() {
        use sys::WGPUSurfaceGetCurrentTextureStatus as Status;
        let current = |status| Current::of(status, None);
        assert!(matches!(current(Status::Timeout), Current::Timeout));
        assert!(matches!(current(Status::Occluded), Current::Occluded));
        assert!(matches!(current(Status::Outdated), Current::Outdated));
        assert!(matches!(current(Status::Lost), Current::Lost));
        assert!(matches!(current(Status::Error), Current::Validation));
        // Neither a success without a frame nor a status that is not known may be taken for one.
        assert!(matches!(current(Status::SuccessOptimal), Current::Lost));
        assert!(matches!(current(Status::SuccessSuboptimal), Current::Lost));
        assert!(matches!(current(Status(0x7fff)), Current::Lost));
    }
}
