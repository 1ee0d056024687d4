use crate::{
    BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindGroupLayoutDescriptor,
    BindGroupLayoutEntry, BindingResource, BindingType, BlendState, ColorTargetState, ColorWrites,
    CommandEncoder, Device, FilterMode, FragmentState, LoadOp, MultisampleState, Operations,
    PipelineCompilationOptions, PipelineLayoutDescriptor, PrimitiveState,
    RenderPassColorAttachment, RenderPassDescriptor, RenderPipeline, RenderPipelineDescriptor,
    Sampler, SamplerBindingType, SamplerDescriptor, ShaderStages, StoreOp, TextureFormat,
    TextureSampleType, TextureView, TextureViewDimension, VertexState,
};

const LABEL: Option<&str> = Some("TextureBlitter");

/// Draws one texture over all of another one, of whatever other size and format: where
/// [`CommandEncoder::copy_texture_to_texture`] cannot, and to surfaces that cannot be copied to.
#[derive(Debug)]
pub struct TextureBlitter {
    pipeline: RenderPipeline,
    layout: BindGroupLayout,
    sampler: Sampler,
}

/// Makes a [`TextureBlitter`] that is not as usual.
#[derive(Debug)]
pub struct TextureBlitterBuilder<'a> {
    device: &'a Device,
    format: TextureFormat,
    filter: FilterMode,
    blend: Option<BlendState>,
}

impl<'a> TextureBlitterBuilder<'a> {
    /// For targets of this format. The nearest texels are taken, and replace what was there.
    #[must_use]
    pub fn new(device: &'a Device, format: TextureFormat) -> Self {
        Self { device, format, filter: FilterMode::Nearest, blend: None }
    }

    /// What becomes of texels where the sizes differ.
    #[must_use]
    pub fn sample_type(self, sample_type: FilterMode) -> Self {
        Self { filter: sample_type, ..self }
    }

    /// How colours are mixed with those that were there.
    #[must_use]
    pub fn blend_state(self, blend_state: BlendState) -> Self {
        Self { blend: Some(blend_state), ..self }
    }

    /// Makes it.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> TextureBlitter {
        let sampler = self.device.create_sampler(&SamplerDescriptor {
            label: LABEL,
            mag_filter: self.filter,
            ..Default::default()
        });
        let layout = self.bind_group_layout();
        let pipeline = self.pipeline(&layout);
        TextureBlitter { pipeline, layout, sampler }
    }

    fn bind_group_layout(&self) -> BindGroupLayout {
        let filterable = self.filter == FilterMode::Linear;
        let texture = BindingType::Texture {
            sample_type: TextureSampleType::Float { filterable },
            view_dimension: TextureViewDimension::D2,
            multisampled: false,
        };
        let sampler = BindingType::Sampler(match filterable {
            true => SamplerBindingType::Filtering,
            false => SamplerBindingType::NonFiltering,
        });
        let entry = |binding, ty| BindGroupLayoutEntry {
            binding,
            visibility: ShaderStages::FRAGMENT,
            ty,
            count: None,
        };
        self.device.create_bind_group_layout(&BindGroupLayoutDescriptor {
            label: LABEL,
            entries: &[entry(0, texture), entry(1, sampler)],
        })
    }

    fn pipeline(&self, layout: &BindGroupLayout) -> RenderPipeline {
        let layout = self.device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label: LABEL,
            bind_group_layouts: &[Some(layout)],
            immediate_size: 0,
        });
        let module = self.device.create_shader_module(crate::include_wgsl!("blit.wgsl"));
        self.device.create_render_pipeline(&RenderPipelineDescriptor {
            label: LABEL,
            layout: Some(&layout),
            vertex: VertexState {
                module: &module,
                entry_point: Some("corner"),
                compilation_options: PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: PrimitiveState::default(),
            depth_stencil: None,
            multisample: MultisampleState::default(),
            fragment: Some(FragmentState {
                module: &module,
                entry_point: Some("copy"),
                compilation_options: PipelineCompilationOptions::default(),
                targets: &[Some(ColorTargetState {
                    format: self.format,
                    blend: self.blend,
                    write_mask: ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

impl TextureBlitter {
    /// For targets of this format. The nearest texels are taken, and replace what was there.
    #[must_use]
    #[track_caller]
    pub fn new(device: &Device, format: TextureFormat) -> Self {
        TextureBlitterBuilder::new(device, format).build()
    }

    /// Draws `source`, of any format that can be sampled as numbers with a fraction, over `target`.
    #[track_caller]
    pub fn copy(
        &self,
        device: &Device,
        encoder: &mut CommandEncoder,
        source: &TextureView,
        target: &TextureView,
    ) {
        let entry = |binding, resource| BindGroupEntry { binding, resource };
        let bind_group = device.create_bind_group(&BindGroupDescriptor {
            label: LABEL,
            layout: &self.layout,
            entries: &[
                entry(0, BindingResource::TextureView(source)),
                entry(1, BindingResource::Sampler(&self.sampler)),
            ],
        });
        let mut pass = encoder.begin_render_pass(&RenderPassDescriptor {
            label: LABEL,
            color_attachments: &[Some(RenderPassColorAttachment {
                view: target,
                depth_slice: None,
                resolve_target: None,
                ops: Operations { load: LoadOp::Load, store: StoreOp::Store },
            })],
            ..Default::default()
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.draw(0..3, 0..1);
    }
}
