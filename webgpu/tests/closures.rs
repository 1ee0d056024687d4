//! Closures of the user: what they own may do anything when it goes.

mod common;

use common::gpu;
use std::{
    cell::RefCell,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// Runs `test` on a thread of its own, and fails if it takes too long.
fn in_time(test: impl FnOnce() + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        test();
        sender.send(()).unwrap();
    });
    match receiver.recv_timeout(Duration::from_secs(20)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        _ => thread.join().unwrap(),
    }
}

/// Calls the closure when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn make_error(device: &wgpu::Device) {
    drop(device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 4,
        usage: Usages::empty(),
        mapped_at_creation: false,
    }));
}

#[test]
fn handlers_that_use_the_device_when_they_go() {
    in_time(|| {
        let gpu = gpu();
        let seen = Arc::new(Mutex::new(0));
        let (device, count) = (gpu.device.clone(), seen.clone());
        let owned = OnDrop(move || {
            let count = count.clone();
            device.on_uncaptured_error(Arc::new(move |_| *count.lock().unwrap() += 1));
            make_error(&device);
        });
        gpu.device.on_uncaptured_error(Arc::new(move |_| _ = &owned));
        gpu.device.on_uncaptured_error(Arc::new(|_| ()));
        assert_eq!(*seen.lock().unwrap(), 1);

        let device = gpu.device.clone();
        let owned = OnDrop(move || {
            device.set_device_lost_callback(|_, _| ());
            make_error(&device);
        });
        gpu.device.set_device_lost_callback(move |_, _| _ = &owned);
        gpu.device.set_device_lost_callback(|_, _| ());
        assert_eq!(*seen.lock().unwrap(), 2);
        // What the handlers own keeps the device.
        gpu.device.on_uncaptured_error(Arc::new(|_| ()));
    });
}

#[test]
fn callbacks_that_use_the_device_when_they_go() {
    in_time(|| {
        let gpu = gpu();
        let errors = gpu.collect_errors();
        let (first, device, queue) =
            (gpu.empty_buffer(4, Usages::MAP_READ), gpu.device.clone(), gpu.queue.clone());
        let (second, used) = (gpu.empty_buffer(4, Usages::MAP_READ), first.clone());
        let owned = OnDrop(move || {
            used.unmap();
            queue.submit([]);
            make_error(&device);
        });
        first.map_async(wgpu::MapMode::Read, .., |_| ());
        second.map_async(wgpu::MapMode::Read, .., move |_| drop(owned));
        // The callback is called, and goes, because the request is withdrawn.
        second.unmap();
        gpu.wait();
        assert_eq!(errors.lock().unwrap().len(), 1);
        gpu.device.on_uncaptured_error(Arc::new(|_| ()));
    });
}

#[test]
fn mistakes_in_the_destructor_of_a_thread_local_value() {
    thread_local! {
        static LATE: RefCell<Option<Box<dyn std::any::Any>>> = const { RefCell::new(None) };
    }
    let gpu = gpu();
    let errors = gpu.collect_errors();
    let (device, queue) = (gpu.device.clone(), gpu.queue.clone());
    let late = move || {
        make_error(&device);
        let mut encoder = device.create_command_encoder(&Default::default());
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 4,
            usage: Usages::COPY_SRC,
            mapped_at_creation: false,
        });
        // It cannot be written to, and the submission cannot be made.
        encoder.copy_buffer_to_buffer(&buffer, 0, &buffer, 0, 4);
        queue.submit([encoder.finish()]);
    };
    let thread = std::thread::spawn(move || {
        LATE.with(|value| *value.borrow_mut() = Some(Box::new(OnDrop(late))));
        // Values that are used later go earlier: those of the crate.
        make_error(&gpu.device);
        gpu
    });
    let gpu = thread.join().unwrap();
    let errors = std::mem::take(&mut *errors.lock().unwrap());
    assert_eq!(errors.len(), 4, "{errors:?}");
    gpu.device.on_uncaptured_error(Arc::new(|_| ()));
}

#[test]
fn panics_of_what_a_callback_owns() {
    let gpu = gpu();
    let buffer = gpu.empty_buffer(4, Usages::MAP_READ);
    for called in [true, false] {
        let owned = OnDrop(|| panic!("in a destructor"));
        buffer.map_async(wgpu::MapMode::Read, .., move |_| drop(owned));
        let message = common::panic_message(|| match called {
            true => gpu.wait(),
            false => buffer.unmap(),
        });
        assert_eq!(message, "in a destructor");
        if called {
            buffer.unmap();
        }
    }
    let owned = OnDrop(|| panic!("in a destructor"));
    gpu.device.on_uncaptured_error(Arc::new(move |_| _ = &owned));
    let message = common::panic_message(|| gpu.device.on_uncaptured_error(Arc::new(|_| ())));
    assert_eq!(message, "in a destructor");
    // While the thread is unwinding, it is swallowed.
    let unwinding = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let owned = OnDrop(|| panic!("in a destructor"));
        buffer.map_async(wgpu::MapMode::Read, .., move |_| drop(owned));
        let buffer = buffer.clone();
        let _unmap = OnDrop(move || buffer.unmap());
        panic!("first");
    }));
    assert_eq!(*unwinding.unwrap_err().downcast::<&str>().unwrap(), "first");
}
