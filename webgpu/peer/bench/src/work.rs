//! The rows, compiled once for each crate, as `wgpu`.

use super::api as wgpu;
use super::gpu::{Gpu, bind_group, buffer};
use crate::table::repeated;
use std::hint::black_box;
use std::time::Duration;

/// A row: its name, and what it does so many times.
pub(crate) type Row<'a> = (&'static str, Box<dyn FnMut(u32) -> Duration + 'a>);

impl Gpu {
    /// All rows, in the order of the table.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let mut rows = self.commands();
        rows.extend(self.objects());
        rows.extend(self.recordings());
        rows.extend(self.work());
        rows.extend(self.workgroups());
        rows
    }

    /// Recording commands. What is set alternates: setting the same again is no command.
    fn commands(&self) -> Vec<Row<'_>> {
        vec![
            (
                "set_bind_group, draw",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                        let mut turn = 0;
                    }
                    {
                        turn ^= 1;
                        pass.set_bind_group(0, black_box(&self.groups[turn]), &[]);
                        pass.draw(black_box(0..3), 0..1);
                    }
                    {}
                ),
            ),
            (
                "1000 groups, draw each",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                        let mut groups = self.many_groups.iter();
                    }
                    {
                        pass.set_bind_group(0, groups.next(), &[]);
                        pass.draw(black_box(0..3), 0..1);
                    }
                    {}
                ),
            ),
            (
                "set_pipeline",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                        let mut turn = 0;
                    }
                    {
                        turn ^= 1;
                        pass.set_pipeline(black_box(&self.pipelines[turn]));
                    }
                    {}
                ),
            ),
            (
                "set_vertex_buffer",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                        let mut turn = 0;
                    }
                    {
                        turn ^= 1;
                        pass.set_vertex_buffer(0, black_box(&self.buffers[turn]).slice(..));
                    }
                    {}
                ),
            ),
            (
                "draw_indirect",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                    }
                    {
                        pass.draw_indirect(black_box(&self.buffers[0]), 0);
                    }
                    {}
                ),
            ),
            (
                "copy_buffer_to_buffer",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                    }
                    {
                        let [from, to] = black_box(&self.buffers);
                        encoder.copy_buffer_to_buffer(from, 0, to, 0, 16);
                    }
                    {}
                ),
            ),
            (
                "execute a bundle",
                repeated!(
                    1000,
                    {
                        let mut encoder = self.encoder();
                        let mut pass = self.pass(&mut encoder);
                    }
                    {
                        pass.execute_bundles([black_box(&self.bundle)]);
                    }
                    {}
                ),
            ),
        ]
    }

    /// Making objects and dropping them.
    fn objects(&self) -> Vec<Row<'_>> {
        vec![
            (
                "buffer",
                repeated!({
                    black_box(buffer(&self.device, wgpu::BufferUsages::UNIFORM));
                }),
            ),
            (
                "bind group",
                repeated!({
                    let (buffer, view) = (&self.buffers[0], &self.view);
                    let group = bind_group(&self.device, &self.layout, buffer, view, &self.sampler);
                    black_box(group);
                }),
            ),
            (
                "texture view",
                repeated!({
                    black_box(self.texture.create_view(&wgpu::TextureViewDescriptor::default()));
                }),
            ),
        ]
    }

    /// Ending a recording. What is recorded is submitted, not dropped: the engine library never frees commands that are not.
    fn recordings(&self) -> Vec<Row<'_>> {
        vec![
            (
                "encoder, finish",
                repeated!(
                    16,
                    {
                        let mut finished = Vec::with_capacity(16);
                    }
                    {
                        finished.push(self.encoder().finish());
                    }
                    {
                        self.queue.submit(finished);
                        self.wait();
                    }
                ),
            ),
            (
                "encoder, pass, finish",
                repeated!(
                    16,
                    {
                        let mut finished = Vec::with_capacity(16);
                    }
                    {
                        let mut encoder = self.encoder();
                        drop(self.pass(&mut encoder));
                        finished.push(encoder.finish());
                    }
                    {
                        self.queue.submit(finished);
                        self.wait();
                    }
                ),
            ),
            (
                "1000 draws, finish",
                repeated!(
                    1,
                    {
                        let mut finished = None;
                    }
                    {
                        finished = Some(self.frame(|pass| self.thousand_draws(pass)));
                    }
                    {
                        self.queue.submit(finished);
                        self.wait();
                    }
                ),
            ),
            (
                "10 bundles of 100, finish",
                repeated!(
                    1,
                    {
                        let mut finished = None;
                    }
                    {
                        finished = Some(self.frame(|pass| {
                            pass.execute_bundles([&self.bundle; 10]);
                        }));
                    }
                    {
                        self.queue.submit(finished);
                        self.wait();
                    }
                ),
            ),
        ]
    }

    /// What goes to the queue, and comes back.
    fn work(&self) -> Vec<Row<'_>> {
        vec![
            (
                "write_buffer, 4 bytes",
                repeated!(
                    1000,
                    {}
                    {
                        self.queue.write_buffer(black_box(&self.buffers[0]), 0, &[1, 2, 3, 4]);
                    }
                    {
                        self.queue.submit([]);
                        self.wait();
                    }
                ),
            ),
            (
                "encoder, finish, submit",
                repeated!(
                    16,
                    {}
                    {
                        self.queue.submit([self.encoder().finish()]);
                    }
                    { self.wait() }
                ),
            ),
            (
                "map, read, unmap",
                repeated!({
                    self.readable.map_async(wgpu::MapMode::Read, .., |result| result.unwrap());
                    self.wait();
                    black_box(self.readable.get_mapped_range(..)[0]);
                    self.readable.unmap();
                }),
            ),
            (
                "1000 draws, submit, wait",
                repeated!({
                    self.queue.submit([self.frame(|pass| self.thousand_draws(pass))]);
                    self.wait();
                }),
            ),
        ]
    }

    /// Shaders with much workgroup memory, which is zero when they begin.
    fn workgroups(&self) -> Vec<Row<'_>> {
        let pipeline = self.with_workgroup_memory();
        vec![
            (
                "pipeline, 16 KiB per group",
                repeated!({
                    black_box(self.with_workgroup_memory());
                }),
            ),
            (
                "256 groups of 16 KiB, wait",
                repeated!({
                    let mut encoder = self.encoder();
                    let mut pass = encoder.begin_compute_pass(&Default::default());
                    pass.set_pipeline(&pipeline);
                    pass.dispatch_workgroups(256, 1, 1);
                    drop(pass);
                    self.queue.submit([encoder.finish()]);
                    self.wait();
                }),
            ),
        ]
    }

    fn with_workgroup_memory(&self) -> wgpu::ComputePipeline {
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(
                "var<workgroup> memory: array<vec4u, 1024>;
                @compute @workgroup_size(64) fn main(@builtin(local_invocation_index) at: u32) {
                    memory[at] += memory[at + 64].yzwx;
                    workgroupBarrier();
                    memory[at + 512] += memory[63 - at];
                }"
                .into(),
            ),
        });
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        })
    }

    fn thousand_draws(&self, pass: &mut wgpu::RenderPass<'_>) {
        for turn in 0..1000 {
            pass.set_bind_group(0, &self.groups[turn % 2], &[]);
            pass.draw(0..3, 0..1);
        }
    }
}
