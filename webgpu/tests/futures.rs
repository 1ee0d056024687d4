//! Futures: with any executor, on any thread, or not waited for at all.

mod common;

use common::{Gpu, gpu, leaks};
use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};
use webgpu as wgpu;
use wgpu::BufferUsages as Usages;

/// An executor for one future that sleeps until it is woken, and counts how often it is.
struct Sleeper {
    thread: thread::Thread,
    woken: AtomicU32,
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.woken.fetch_add(1, Ordering::AcqRel);
        self.thread.unpark();
    }
}

fn sleep_on<F: Future>(future: F) -> F::Output {
    let sleeper = Arc::new(Sleeper { thread: thread::current(), woken: AtomicU32::new(1) });
    let waker = Waker::from(sleeper.clone());
    let mut future = pin!(future);
    loop {
        if sleeper.woken.swap(0, Ordering::AcqRel) == 0 {
            thread::park_timeout(Duration::from_secs(10));
            assert!(sleeper.woken.load(Ordering::Acquire) > 0, "nobody has woken the future");
            continue;
        }
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
    }
}

/// An executor with threads that take turns: each poll of a task is made by the next one.
fn take_turns<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> T {
    struct Task<T> {
        future: Mutex<Option<Pin<Box<dyn Future<Output = T> + Send>>>>,
        ready: mpsc::Sender<()>,
    }
    impl<T: 'static> Wake for Task<T> {
        fn wake(self: Arc<Self>) {
            let _ = self.ready.send(());
        }
    }
    let (ready, turns) = mpsc::channel();
    let task = Arc::new(Task { future: Mutex::new(Some(Box::pin(task))), ready });
    task.clone().wake();
    loop {
        turns.recv_timeout(Duration::from_secs(10)).expect("somebody wakes the task");
        let task = task.clone();
        let turn = thread::spawn(move || {
            let waker = Waker::from(task.clone());
            let mut slot = task.future.lock().unwrap();
            let future = slot.as_mut().expect("a task that goes on");
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(output) => {
                    *slot = None;
                    Some(output)
                }
                Poll::Pending => None,
            }
        });
        if let Some(output) = turn.join().unwrap() {
            return output;
        }
    }
}

/// From an instance to a device that has computed something.
async fn work(instance: wgpu::Instance) -> Gpu {
    let adapter = instance.request_adapter(&Default::default()).await.expect("an adapter");
    let (device, queue) = adapter.request_device(&Default::default()).await.expect("a device");
    let gpu = Gpu { device, queue, leaks: leaks::Check::new(&instance) };
    let module = gpu.shader("@compute @workgroup_size(1) fn main() {}");
    assert!(module.get_compilation_info().await.messages.is_empty());
    assert!(!instance.enumerate_adapters(wgpu::Backends::all()).await.is_empty());
    gpu
}

#[test]
fn an_executor_that_sleeps() {
    let gpu = sleep_on(work(common::instance()));
    assert_eq!(gpu.read(&gpu.buffer(&[1, 2], Usages::COPY_SRC)), [1, 2]);
}

#[test]
fn an_executor_with_threads() {
    let gpu = take_turns(work(common::instance()));
    assert_eq!(gpu.read(&gpu.buffer(&[3], Usages::COPY_SRC)), [3]);
}

#[test]
fn requested_here_and_awaited_there() {
    let instance = common::instance();
    let leaks = leaks::Check::new(&instance);
    let adapter = instance.request_adapter(&Default::default());
    drop(instance);
    let adapter = thread::spawn(|| sleep_on(adapter)).join().unwrap().expect("an adapter");
    let device = adapter.request_device(&Default::default());
    drop(adapter);
    let device = thread::spawn(|| sleep_on(device));
    let (device, queue) = device.join().unwrap().expect("a device");
    let gpu = Gpu { device, queue, leaks };
    assert_eq!(gpu.read(&gpu.buffer(&[4], Usages::COPY_SRC)), [4]);
}

#[test]
fn requested_and_never_awaited() {
    let instance = common::instance();
    let _leaks = leaks::Check::new(&instance);
    drop(instance.request_adapter(&Default::default()));
    drop(instance.enumerate_adapters(wgpu::Backends::all()));
    let adapter = common::adapter(&instance);
    drop(adapter.request_device(&Default::default()));
    drop(adapter);
    assert_eq!(leaks::left(&instance), [""; 0]);
}

#[test]
fn several_at_once() {
    let instance = common::instance();
    let leaks = leaks::Check::new(&instance);
    let adapter = common::adapter(&instance);
    let requests = [1, 2, 3].map(|_| adapter.request_device(&Default::default()));
    // The last one first.
    let devices = requests.into_iter().rev().map(|request| sleep_on(request).expect("a device"));
    for (device, queue) in devices {
        let gpu = Gpu { device, queue, leaks: leaks.clone() };
        assert_eq!(gpu.read(&gpu.buffer(&[5], Usages::COPY_SRC)), [5]);
    }
}

#[test]
fn what_a_scope_caught_can_be_awaited_later() {
    let gpu = gpu();
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    drop(gpu.empty_buffer(4, Usages::empty()));
    let caught = scope.pop();
    // Not in the scope any more.
    gpu.no_error(|| gpu.empty_buffer(4, Usages::COPY_DST));
    assert!(matches!(sleep_on(caught), Some(wgpu::Error::Validation { .. })));
    let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    drop(scope.pop());
}

/// What a callback leaves for a future.
#[derive(Clone)]
struct Later<T>(Arc<Mutex<(Option<T>, Option<Waker>)>>);

impl<T> Later<T> {
    fn new() -> Self {
        Self(Arc::new(Mutex::new((None, None))))
    }

    fn done(self, value: T) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.0 = Some(value);
            state.1.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }
}

impl<T> Future for Later<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut state = self.0.lock().unwrap();
        state.1 = Some(context.waker().clone());
        state.0.take().map_or(Poll::Pending, Poll::Ready)
    }
}

/// As a program does that awaits mappings: one thread polls the device, others sleep until they are woken.
#[test]
fn callbacks_wake_futures_of_other_threads() {
    let gpu = gpu();
    let (device, stop) = (gpu.device.clone(), Arc::new(AtomicU32::new(0)));
    let poller = thread::spawn({
        let stop = stop.clone();
        move || {
            while stop.load(Ordering::Acquire) == 0 {
                device.poll(wgpu::PollType::Poll).unwrap();
                thread::sleep(Duration::from_millis(1));
            }
        }
    });
    thread::scope(|scope| {
        for number in 0..4 {
            let gpu = &gpu;
            scope.spawn(move || {
                let source = gpu.buffer(&[number], Usages::COPY_SRC);
                let buffer = gpu.empty_buffer(4, Usages::MAP_READ | Usages::COPY_DST);
                let mut encoder = gpu.encoder();
                encoder.copy_buffer_to_buffer(&source, 0, &buffer, 0, None);
                gpu.queue.submit([encoder.finish()]);
                let (done, mapped) = (Later::new(), Later::new());
                let (when_done, when_mapped) = (done.clone(), mapped.clone());
                gpu.queue.on_submitted_work_done(move || when_done.done(()));
                buffer.map_async(wgpu::MapMode::Read, .., move |result| when_mapped.done(result));
                sleep_on(async {
                    done.await;
                    mapped.await.unwrap();
                });
                assert_eq!(*buffer.get_mapped_range(..), number.to_ne_bytes());
            });
        }
    });
    stop.store(1, Ordering::Release);
    poller.join().unwrap();
}
