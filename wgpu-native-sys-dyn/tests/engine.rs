//! The real engine library, through both ways to fill the table.

use std::ffi::c_void;
use std::ptr;
use std::sync::Mutex;
use wgpu_native_sys_dyn::*;

/// The real library, which is no part of this project: a test that needs it fails without.
fn load(calls: Calls) -> Api {
    // SAFETY: What the set-up fetches is the engine.
    let loaded = unsafe { Api::load(&LoadOptions::new().calls(calls)) };
    loaded.unwrap_or_else(|error| panic!("{error}"))
}

const BOTH: [Calls; 2] = [Calls::Direct, Calls::Engine];

/// Counts are kept for each table, and tables are shared: tests that count take turns.
static TURN: Mutex<()> = Mutex::new(());

#[test]
fn every_function_resolves() {
    for calls in BOTH {
        let api = load(calls);
        for function in Function::ALL {
            assert!(api.require(*function).is_ok(), "{function} ({calls:?})");
        }
        assert_eq!(api.version(), Some(EngineVersion::BOUND));
    }
}

#[test]
fn calls_are_counted_where_they_go_through_the_engine() {
    let _turn = TURN.lock();
    for (calls, counted) in [(Calls::Direct, 0), (Calls::Engine, 1)] {
        let api = load(calls);
        let before = (api.calls_of(Function::wgpuGetVersion), api.calls_through_engine());
        // SAFETY: The function takes nothing and reads a constant.
        assert_eq!(unsafe { api.wgpuGetVersion() }, ENGINE_VERSION_CODE);
        assert_eq!(api.calls_of(Function::wgpuGetVersion) - before.0, counted, "{calls:?}");
        assert_eq!(api.calls_through_engine() - before.1, counted, "{calls:?}");
        assert_eq!(api.calls(), calls);
    }
}

#[test]
fn entries_differ_by_mode() {
    let addresses = BOTH.map(|calls| load(calls).address(Function::wgpuGetVersion));
    assert_ne!(addresses[0], addresses[1]);
}

#[test]
fn loads_of_one_file_share_a_table() {
    for calls in BOTH {
        let first = load(calls);
        let second = load(calls);
        assert!(ptr::eq(&raw const *first, &raw const *second));
        // Another way to write the path is no other file.
        let folder = first.path().parent().expect("the library lies in a folder");
        let name = first.path().file_name().expect("a file has a name");
        let path =
            folder.join("..").join(folder.file_name().expect("a folder has a name")).join(name);
        let named = LoadOptions::new().library(path).calls(calls);
        // SAFETY: It is the file that was loaded.
        let third = unsafe { Api::load(&named) }.expect("it was loaded before");
        assert!(ptr::eq(&raw const *first, &raw const *third));
    }
    assert!(!ptr::eq(&raw const *load(Calls::Direct), &raw const *load(Calls::Engine)));
}

#[test]
fn table_outlives_the_thread_that_loaded_it() {
    let _turn = TURN.lock();
    let api = std::thread::spawn(|| load(Calls::Engine)).join().expect("loading does not panic");
    let other = api.clone();
    drop(api);
    // SAFETY: The function takes nothing and reads a constant.
    assert_eq!(unsafe { other.wgpuGetVersion() }, ENGINE_VERSION_CODE);
}

#[test]
fn the_library_can_be_closed_and_loaded_again() {
    for calls in BOTH.into_iter().cycle().take(20) {
        let api = load(calls);
        // SAFETY: A null descriptor asks for the defaults.
        let instance = unsafe { api.wgpuCreateInstance(ptr::null()) };
        assert!(!instance.is_null());
        // SAFETY: The reference is this test's, and is not used again.
        unsafe { api.wgpuInstanceRelease(instance) };
    }
}

/// What a callback was called with.
#[derive(Debug, Default)]
struct Answer {
    status: WGPURequestAdapterStatus,
    adapter: usize,
    message: Option<String>,
}

unsafe extern "C" fn on_adapter(
    status: WGPURequestAdapterStatus,
    adapter: WGPUAdapter,
    message: WGPUStringView,
    answer: *mut c_void,
    unused: *mut c_void,
) {
    assert!(unused.is_null());
    // SAFETY: The test passes its `Answer`, and waits for the call.
    let answer = unsafe { &mut *answer.cast::<Answer>() };
    answer.status = status;
    answer.adapter = adapter as usize;
    // SAFETY: The text is valid during the call.
    answer.message =
        unsafe { message.bytes() }.map(|text| String::from_utf8_lossy(text).into_owned());
}

/// A callback info of 40 bytes goes in by value, a future of 8 comes back, and the callback gets a text by value.
#[test]
fn an_adapter_is_found_and_described() {
    let _turn = TURN.lock();
    for calls in BOTH {
        let api = load(calls);
        let before = (api.calls_through_engine(), api.callbacks_through_engine());
        // SAFETY: A null descriptor asks for the defaults.
        let instance = unsafe { api.wgpuCreateInstance(ptr::null()) };
        assert!(!instance.is_null());
        let mut answer = Answer::default();
        let callback = WGPURequestAdapterCallbackInfo {
            mode: WGPUCallbackMode::AllowProcessEvents,
            callback: Some(on_adapter),
            userdata1: (&raw mut answer).cast(),
            ..Default::default()
        };
        // SAFETY: The instance is alive, and so is the answer when the callback runs, which is before the return.
        let future = unsafe { api.wgpuInstanceRequestAdapter(instance, ptr::null(), callback) };
        assert_eq!(future.id, 0, "{calls:?}");
        assert_eq!(
            answer.status,
            WGPURequestAdapterStatus::Success,
            "{calls:?}: {answer:?}: is a driver installed?"
        );
        let adapter = answer.adapter as WGPUAdapter;
        let mut info = WGPUAdapterInfo::default();
        // SAFETY: The adapter is alive, and `info` is a struct to be filled.
        let status = unsafe { api.wgpuAdapterGetInfo(adapter, &raw mut info) };
        assert_eq!(status, WGPUStatus::Success);
        assert_ne!(info.backendType, WGPUBackendType::Undefined);
        // SAFETY: The engine filled the struct, which holds its texts until they are freed.
        let device = unsafe { info.device.to_text() }.into_owned();
        assert!(!device.is_empty(), "{info:?}");
        // SAFETY: The members came from the engine, and are not used again. 96 bytes go in by value.
        unsafe { api.wgpuAdapterInfoFreeMembers(info) };
        // SAFETY: The references are this test's, and are not used again.
        unsafe { api.wgpuAdapterRelease(adapter) };
        // SAFETY: As above.
        unsafe { api.wgpuInstanceRelease(instance) };
        let calls_through = api.calls_through_engine() - before.0;
        let callbacks_through = api.callbacks_through_engine() - before.1;
        let expected = if calls == Calls::Engine { (6, 1) } else { (0, 0) };
        assert_eq!((calls_through, callbacks_through), expected, "{calls:?}");
    }
}
