//! What must not compile, on `webgpu` as on the `wgpu` crate: `cargo xtask compare refused` compiles this file against both. A
//! line that ends with `//~` and a code is one that the compiler refuses with this error; every other line is fine.

use std::rc::Rc;
use std::sync::Arc;
use webgpu as wgpu;

pub fn a_pass_is_recorded_when_its_encoder_is_finished(mut encoder: wgpu::CommandEncoder) {
    let _pass = encoder.begin_compute_pass(&Default::default());
    encoder.finish(); //~ E0505
}

pub fn a_render_pass_as_well(mut encoder: wgpu::CommandEncoder) {
    let _pass = encoder.begin_render_pass(&Default::default());
    encoder.finish(); //~ E0505
}

pub fn a_pass_is_recorded_when_its_encoder_is_used(mut encoder: wgpu::CommandEncoder) {
    let _pass = encoder.begin_compute_pass(&Default::default());
    encoder.insert_debug_marker("here"); //~ E0499
}

pub fn two_passes_at_once(mut encoder: wgpu::CommandEncoder) {
    let _first = encoder.begin_compute_pass(&Default::default());
    let _second = encoder.begin_render_pass(&Default::default()); //~ E0499
}

pub fn a_pass_that_outlives_its_encoder(
    device: &wgpu::Device,
) -> wgpu::ComputePass<'_> {
    let mut encoder = device.create_command_encoder(&Default::default());
    encoder.begin_compute_pass(&Default::default()) //~ E0515
}

pub fn a_pass_that_was_let_go(mut encoder: wgpu::CommandEncoder) -> wgpu::ComputePass<'static> {
    let pass = encoder.begin_compute_pass(&Default::default()).forget_lifetime();
    encoder.insert_debug_marker("here");
    encoder.finish();
    pass
}

pub fn passes_one_after_the_other(mut encoder: wgpu::CommandEncoder) -> wgpu::CommandBuffer {
    {
        let _first = encoder.begin_compute_pass(&Default::default());
    }
    drop(encoder.begin_render_pass(&Default::default()));
    encoder.finish()
}

pub fn an_encoder_that_was_finished(mut encoder: wgpu::CommandEncoder) {
    encoder.finish();
    encoder.insert_debug_marker("here"); //~ E0382
}

pub fn commands_that_were_submitted(queue: &wgpu::Queue, commands: wgpu::CommandBuffer) {
    queue.submit([commands]);
    queue.submit([commands]); //~ E0382
}

pub fn a_frame_that_was_presented(frame: wgpu::SurfaceTexture) -> wgpu::Texture {
    frame.present();
    frame.texture.clone() //~ E0382
}

pub fn a_surface_without_its_window(instance: &wgpu::Instance, window: Window) -> wgpu::Surface<'static> {
    instance.create_surface(&window).unwrap() //~ E0515
}

pub fn a_surface_that_owns_its_window(instance: &wgpu::Instance, window: Window) -> wgpu::Surface<'static> {
    instance.create_surface(window).unwrap()
}

pub fn a_bundle_without_its_pipeline(device: &wgpu::Device, pipeline: wgpu::RenderPipeline) {
    let mut encoder = device.create_render_bundle_encoder(&Default::default());
    encoder.set_pipeline(&pipeline);
    drop(pipeline); //~ E0505
    encoder.finish(&Default::default());
}

pub fn a_bundle_on_another_thread(encoder: wgpu::RenderBundleEncoder<'static>) {
    std::thread::spawn(move || drop(encoder)); //~ E0277
}

pub fn a_part_without_its_buffer(buffer: wgpu::Buffer) -> wgpu::BufferSlice<'static> {
    buffer.slice(..) //~ E0515
}

pub fn a_view_that_is_written_to(buffer: &wgpu::Buffer) {
    let mut view = buffer.get_mapped_range(..);
    view[0] = 1; //~ E0594
}

pub fn a_view_for_writing_that_is_read(buffer: &wgpu::Buffer) -> u8 {
    let view = buffer.get_mapped_range_mut(..);
    view[0] //~ E0608
}

pub fn memory_of_a_view_that_is_gone(buffer: &wgpu::Buffer) -> &[u8] {
    let view = buffer.get_mapped_range(..);
    &view[..] //~ E0515
}

pub fn two_parts_to_write_to_at_once(view: &mut wgpu::BufferViewMut) {
    let mut first = view.slice(..4);
    let mut second = view.slice(4..8); //~ E0499
    first.copy_from_slice(&[1; 4]);
    second.copy_from_slice(&[2; 4]);
}

pub fn a_callback_of_one_thread_for_a_mapping(buffer: &wgpu::Buffer, one: Rc<()>) {
    buffer.map_async(wgpu::MapMode::Read, .., move |_| drop(one)); //~ E0277
}

pub fn a_callback_of_one_thread_for_finished_work(queue: &wgpu::Queue, one: Rc<()>) {
    queue.on_submitted_work_done(move || drop(one)); //~ E0277
}

pub fn a_callback_of_one_thread_for_the_loss(device: &wgpu::Device, one: Rc<()>) {
    device.set_device_lost_callback(move |_, _| drop(one.clone())); //~ E0277
}

pub fn a_handler_that_cannot_be_shared(device: &wgpu::Device, one: std::cell::Cell<u32>) {
    device.on_uncaptured_error(Arc::new(move |_| one.set(1))); //~ E0277
}

pub fn a_callback_that_borrows(queue: &wgpu::Queue) {
    let mut done = false;
    queue.on_submitted_work_done(|| done = true); //~ E0373
}

pub fn an_error_scope_on_another_thread(device: &wgpu::Device) {
    let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
    std::thread::spawn(move || drop(scope)); //~ E0277
}

pub fn a_shader_that_is_trusted_without_a_word(
    device: &wgpu::Device,
    descriptor: wgpu::ShaderModuleDescriptor<'_>,
) {
    device.create_shader_module_trusted(descriptor, wgpu::ShaderRuntimeChecks::unchecked()); //~ E0133
}

pub fn a_command_buffer_that_is_copied(commands: wgpu::CommandBuffer) {
    drop(commands.clone()); //~ E0599
}

pub fn attachments_of_a_view_that_is_gone(texture: &wgpu::Texture) -> wgpu::RenderPassColorAttachment<'static> {
    let view = texture.create_view(&Default::default());
    wgpu::RenderPassColorAttachment { //~ E0515
        view: &view,
        depth_slice: None,
        resolve_target: None,
        ops: Default::default(),
    }
}

/// A window, of which nothing but its being one is known.
#[derive(Debug)]
pub struct Window(());

impl wgpu::rwh::HasWindowHandle for Window {
    fn window_handle(&self) -> Result<wgpu::rwh::WindowHandle<'_>, wgpu::rwh::HandleError> {
        Err(wgpu::rwh::HandleError::Unavailable)
    }
}

impl wgpu::rwh::HasDisplayHandle for Window {
    fn display_handle(&self) -> Result<wgpu::rwh::DisplayHandle<'_>, wgpu::rwh::HandleError> {
        Err(wgpu::rwh::HandleError::Unavailable)
    }
}
