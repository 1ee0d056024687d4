//! The objects that random calls are made on, and how they end.

use crate::common::{self, dice::Dice};
use crate::kit::Kit;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use webgpu as wgpu;

/// Objects of one kind. The oldest one makes room for a new one.
pub(crate) struct Pool<T> {
    items: Vec<T>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T> Pool<T> {
    const ROOM: usize = 6;

    pub(crate) fn add(&mut self, item: T) {
        if self.items.len() == Self::ROOM {
            self.items.remove(0);
        }
        self.items.push(item);
    }

    pub(crate) fn any(&self, dice: &mut Dice) -> Option<&T> {
        (!self.items.is_empty()).then(|| &self.items[dice.below(self.items.len())])
    }

    pub(crate) fn any_mut(&mut self, dice: &mut Dice) -> Option<&mut T> {
        (!self.items.is_empty()).then(|| {
            let index = dice.below(self.items.len());
            &mut self.items[index]
        })
    }

    pub(crate) fn take(&mut self, dice: &mut Dice) -> Option<T> {
        (!self.items.is_empty()).then(|| {
            let index = dice.below(self.items.len());
            self.items.swap_remove(index)
        })
    }
}

/// What calls have led to.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) errors: AtomicUsize,
    pub(crate) callbacks: AtomicUsize,
    /// Callbacks that were neither called nor dropped.
    pub(crate) owed: AtomicUsize,
}

/// What a callback owns.
pub(crate) struct Owed(Arc<Tally>);

impl Owed {
    pub(crate) fn new(tally: &Arc<Tally>) -> Self {
        tally.owed.fetch_add(1, Ordering::Relaxed);
        Self(tally.clone())
    }

    pub(crate) fn paid(self) {
        self.0.callbacks.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        self.0.owed.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A device with its queue.
#[derive(Clone)]
pub(crate) struct Gpu {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
}

/// A random call.
pub(crate) type Call = fn(&mut World, &mut Dice);

/// All objects.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) tally: Arc<Tally>,
    /// Command buffers that were recorded, and those of them that were valid.
    pub(crate) finished: usize,
    pub(crate) valid: usize,
    // Before what they come from: dropping in this order is one of many.
    pub(crate) compute_passes: Pool<wgpu::ComputePass<'static>>,
    pub(crate) render_passes: Pool<wgpu::RenderPass<'static>>,
    pub(crate) encoders: Pool<wgpu::CommandEncoder>,
    pub(crate) command_buffers: Pool<wgpu::CommandBuffer>,
    pub(crate) bundles: Pool<wgpu::RenderBundle>,
    pub(crate) views: Pool<wgpu::BufferView>,
    pub(crate) views_mut: Pool<wgpu::BufferViewMut>,
    pub(crate) write_views: Pool<wgpu::QueueWriteBufferView>,
    pub(crate) scopes: Vec<wgpu::ErrorScopeGuard>,
    pub(crate) buffers: Pool<wgpu::Buffer>,
    pub(crate) textures: Pool<wgpu::Texture>,
    pub(crate) texture_views: Pool<wgpu::TextureView>,
    pub(crate) samplers: Pool<wgpu::Sampler>,
    pub(crate) shaders: Pool<wgpu::ShaderModule>,
    pub(crate) group_layouts: Pool<wgpu::BindGroupLayout>,
    pub(crate) groups: Pool<wgpu::BindGroup>,
    pub(crate) layouts: Pool<wgpu::PipelineLayout>,
    pub(crate) compute_pipelines: Pool<wgpu::ComputePipeline>,
    pub(crate) render_pipelines: Pool<wgpu::RenderPipeline>,
    pub(crate) query_sets: Pool<wgpu::QuerySet>,
    pub(crate) submissions: Pool<wgpu::SubmissionIndex>,
    pub(crate) kit: Option<Kit>,
    pub(crate) gpus: Vec<Gpu>,
}

/// Two devices of one instance, one with all that the adapter has, and now and then one of another instance.
pub(crate) fn gpus(instances: &[wgpu::Instance], dice: &mut Dice) -> Vec<Gpu> {
    let adapter = common::adapter(&instances[0]);
    let all = adapter.features() - wgpu::Features::all_experimental_mask();
    let mut gpus = vec![
        Gpu::new(&adapter, all, adapter.limits()),
        Gpu::new(&adapter, wgpu::Features::empty(), wgpu::Limits::default()),
    ];
    if dice.percent(5) {
        let adapter = common::adapter(&instances[1]);
        gpus.push(Gpu::new(&adapter, wgpu::Features::empty(), wgpu::Limits::default()));
    }
    gpus
}

impl Gpu {
    fn new(adapter: &wgpu::Adapter, features: wgpu::Features, limits: wgpu::Limits) -> Self {
        let request = adapter.request_device(&wgpu::DeviceDescriptor {
            label: None,
            required_features: features,
            required_limits: limits,
            ..Default::default()
        });
        let (device, queue) = pollster::block_on(request).expect("a device");
        Self { device, queue }
    }
}

impl World {
    /// What one thread has at first.
    pub(crate) fn new(gpus: &[Gpu], kit: &Kit, tally: &Arc<Tally>) -> Self {
        let (gpus, tally) = (gpus.to_vec(), tally.clone());
        let mut world = Self { gpus, tally, ..Default::default() };
        kit.share(&mut world);
        world.kit = Some(kit.clone());
        world
    }

    /// Mostly the first device.
    pub(crate) fn gpu(&self, dice: &mut Dice) -> Gpu {
        let index = if dice.percent(85) { 0 } else { dice.below(self.gpus.len()) };
        self.gpus[index].clone()
    }

    /// Ends the passes that are open, which keep their encoders from being used.
    pub(crate) fn end_passes(&mut self) {
        self.compute_passes = Default::default();
        self.render_passes = Default::default();
    }

    /// Drops an object of some kind.
    pub(crate) fn drop_one(&mut self, dice: &mut Dice) {
        macro_rules! drop_one {
            ($($pool:ident)*) => {{
                let pools = [$(|world: &mut Self, dice: &mut Dice| {
                    let _ = world.$pool.take(dice);
                },)*];
                let pool = dice.below(pools.len());
                pools[pool](self, dice);
            }};
        }
        drop_one! {
            compute_passes render_passes encoders command_buffers bundles views views_mut write_views buffers textures
            texture_views samplers shaders group_layouts groups layouts compute_pipelines render_pipelines query_sets
            submissions
        }
    }
}
