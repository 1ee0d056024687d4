//! The end of a device: whether it came, and who is told.

use crate::{
    error::lock,
    events::{self, Event},
};
use std::{
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use wgpu_types::DeviceLostReason;

/// A callback of the user for the loss of a device.
pub(crate) type LostCallback = Box<dyn Fn(DeviceLostReason, String) + Send>;

/// Whether a device is lost.
///
/// The engine says so when the driver gives up the device, and not when the program destroys it: then the wrapper makes
/// the event, once the device has nothing left to do.
#[derive(Default)]
pub(crate) struct Loss {
    // Both are written with the callback locked, so that one comes before the other, and read without: many calls look.
    destroyed: AtomicBool,
    broken: AtomicBool,
    callback: Mutex<Option<LostCallback>>,
}

impl Loss {
    /// Sets who is told, instead of who was to be told before.
    pub(crate) fn set_callback(&self, callback: LostCallback) {
        let before = lock(&self.callback).replace(callback);
        // Dropped with no lock held: it may own anything.
        drop(before);
    }

    /// Nobody is left to be told.
    pub(crate) fn forget_callback(&self) {
        let callback = lock(&self.callback).take();
        // As above.
        drop(callback);
    }

    /// Whether the device can no longer be used.
    pub(crate) fn is_lost(&self) -> bool {
        self.destroyed.load(Ordering::Acquire) || self.is_broken()
    }

    /// Whether the driver has given up the device.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// The program has destroyed the device.
    pub(crate) fn set_destroyed(&self) {
        let _callback = lock(&self.callback);
        self.destroyed.store(true, Ordering::Release);
    }

    /// The device has nothing left to do: if it was destroyed, that was its end.
    pub(crate) fn queue_is_empty(&self) {
        if self.destroyed.load(Ordering::Acquire) {
            tell(&mut lock(&self.callback), DeviceLostReason::Destroyed, String::new());
        }
    }

    /// The engine says that the device is lost. It says so too about calls on a device that was destroyed.
    pub(crate) fn engine_says_lost(&self, message: String) {
        let mut callback = lock(&self.callback);
        if !self.destroyed.load(Ordering::Acquire) {
            self.broken.store(true, Ordering::Release);
            tell(&mut callback, DeviceLostReason::Unknown, message);
        }
    }
}

/// Notes the event for whoever is to be told, once.
fn tell(callback: &mut Option<LostCallback>, reason: DeviceLostReason, message: String) {
    if let Some(callback) = callback.take() {
        events::push(Event::Due(Box::new(move || callback(reason, message))));
    }
}

impl fmt::Debug for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Loss")
            .field("destroyed", &self.destroyed)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, mpsc};

    fn watched() -> (Loss, mpsc::Receiver<(DeviceLostReason, String)>) {
        let (sender, receiver) = mpsc::channel();
        let loss = Loss::default();
        loss.set_callback(Box::new(move |reason, message| {
            sender.send((reason, message)).unwrap();
        }));
        (loss, receiver)
    }

    #[test]
    fn destruction_is_told_once_when_all_is_done() {
        let (loss, receiver) = watched();
        loss.queue_is_empty();
        loss.set_destroyed();
        assert!(loss.is_lost() && !loss.is_broken());
        events::deliver();
        assert!(receiver.try_recv().is_err());
        loss.queue_is_empty();
        loss.queue_is_empty();
        loss.engine_says_lost("of a destroyed device".into());
        events::deliver();
        assert_eq!(
            receiver.try_iter().collect::<Vec<_>>(),
            [(DeviceLostReason::Destroyed, String::new())]
        );
    }

    #[test]
    fn what_the_driver_does_is_told_at_once() {
        let (loss, receiver) = watched();
        loss.engine_says_lost("gone".into());
        loss.engine_says_lost("gone again".into());
        assert!(loss.is_broken());
        events::deliver();
        assert_eq!(
            receiver.try_iter().collect::<Vec<_>>(),
            [(DeviceLostReason::Unknown, "gone".into())]
        );
    }

    #[test]
    fn a_later_callback_takes_the_place_of_an_earlier_one() {
        let (loss, receiver) = watched();
        let dropped = Arc::new(());
        let kept = dropped.clone();
        loss.set_callback(Box::new(move |_, _| drop(kept.clone())));
        assert!(receiver.recv().is_err(), "the first one is gone");
        loss.set_callback(Box::new(|_, _| ()));
        assert_eq!(Arc::strong_count(&dropped), 1);
    }
}
