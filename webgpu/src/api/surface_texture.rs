use super::*;
use crate::{error::Error, events, handle::identity, presentation::Presentation};
use wgpu_native_sys_dyn as sys;

/// A frame of a [`Surface`]: draw to its texture, then present it.
///
/// Dropping it discards the frame, as soon as all views and clones of its texture are dropped too.
#[derive(Debug, Clone)]
pub struct SurfaceTexture {
    /// What to draw to.
    pub texture: Texture,
    presentation: Arc<Presentation>,
    frame: u64,
}

assert_send_sync!(SurfaceTexture);
identity!(SurfaceTexture, |this| Arc::as_ptr(&this.texture.inner).addr());

impl SurfaceTexture {
    pub(super) fn new(texture: Texture, presentation: Arc<Presentation>, frame: u64) -> Self {
        Self { texture, presentation, frame }
    }

    /// Shows the frame. What draws to it has to be submitted before.
    #[track_caller]
    pub fn present(self) {
        let device = self.texture.device().clone();
        let presented = self.presentation.present(self.frame);
        self.texture.inner.end_frame();
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
    pub(super) fn of(
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
