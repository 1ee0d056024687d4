//! The types of [`Instance::generate_report`](crate::Instance::generate_report), at the paths that they have in `wgpu`.

/// The report on an instance.
pub mod global {
    use super::{hub::HubReport, registry::RegistryReport};

    /// How many objects an instance has.
    #[derive(Debug, PartialEq, Eq)]
    pub struct GlobalReport {
        /// Its surfaces.
        pub surfaces: RegistryReport,
        /// All its other objects.
        pub hub: HubReport,
    }

    impl GlobalReport {
        /// The surfaces.
        pub fn surfaces(&self) -> &RegistryReport {
            &self.surfaces
        }

        /// All other objects.
        pub fn hub_report(&self) -> &HubReport {
            &self.hub
        }
    }
}

/// The report on the objects of an instance by their kinds.
pub mod hub {
    use super::registry::RegistryReport;
    use wgpu_native_sys_dyn as sys;

    macro_rules! hub_report {
        ($($(#[doc = $doc:literal])? $kind:ident $(= $c:ident)?,)*) => {
            /// How many objects of each kind an instance has.
            #[derive(Debug, PartialEq, Eq)]
            #[expect(missing_docs, reason = "each field is the kind of object that it is called after")]
            pub struct HubReport {
                $($(#[doc = $doc])? pub $kind: RegistryReport,)*
            }

            impl HubReport {
                /// What the engine wrote.
                pub(crate) fn from_engine(report: &sys::WGPUHubReport) -> Self {
                    Self { $($kind: hub_report!(@field report $($c)?),)* }
                }
            }
        };
        (@field $report:ident $c:ident) => {
            RegistryReport::from_engine(&$report.$c)
        };
        (@field $report:ident) => {
            RegistryReport::default()
        };
    }

    hub_report! {
        adapters = adapters,
        devices = devices,
        queues = queues,
        pipeline_layouts = pipelineLayouts,
        shader_modules = shaderModules,
        bind_group_layouts = bindGroupLayouts,
        bind_groups = bindGroups,
        /// The engine's C interface does not tell: always none.
        command_encoders,
        command_buffers = commandBuffers,
        render_bundles = renderBundles,
        render_pipelines = renderPipelines,
        compute_pipelines = computePipelines,
        pipeline_caches = pipelineCaches,
        query_sets = querySets,
        buffers = buffers,
        textures = textures,
        texture_views = textureViews,
        /// The engine's C interface does not tell: always none.
        external_textures,
        samplers = samplers,
    }

    impl HubReport {
        /// Whether there are no adapters, which everything else comes from.
        pub fn is_empty(&self) -> bool {
            self.adapters.is_empty()
        }
    }
}

/// The report on the objects of one kind.
pub mod registry {
    use wgpu_native_sys_dyn as sys;

    /// How many objects of one kind there are.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct RegistryReport {
        /// Numbers that are given to an object.
        pub num_allocated: usize,
        /// Objects that the program has not released.
        pub num_kept_from_user: usize,
        /// Places of objects that were released, to be used again.
        pub num_released_from_user: usize,
        /// What the engine needs for a place, in bytes.
        pub element_size: usize,
    }

    impl RegistryReport {
        /// Whether there are no objects.
        pub fn is_empty(&self) -> bool {
            self.num_allocated + self.num_kept_from_user == 0
        }

        /// What the engine wrote.
        pub(crate) fn from_engine(report: &sys::WGPURegistryReport) -> Self {
            Self {
                num_allocated: report.numAllocated,
                num_kept_from_user: report.numKeptFromUser,
                num_released_from_user: report.numReleasedFromUser,
                element_size: report.elementSize,
            }
        }
    }
}
