//! Differences that stay, each with its reason.

/// One difference.
#[derive(Debug)]
pub(super) struct Known {
    /// The test, as `file.test`.
    pub(super) test: &'static str,
    /// The name of the entry that differs.
    pub(super) entry: &'static str,
    /// Why `webgpu` is different there.
    pub(super) why: &'static str,
}

/// All of them. A row that no difference needs any more is an error.
#[rustfmt::skip]
pub(super) const TABLE: &[Known] = &[
    Known {
        test: "corpus.instance.adapter_features", entry: "PASSTHROUGH_SHADERS",
        why: "the C interface takes no shaders that go to the driver unread",
    },
    Known {
        test: "corpus.instance.adapter_features", entry: "MULTIVIEW",
        why: "the C interface has no place for the mask of views",
    },
    Known {
        test: "corpus.instance.adapter_features", entry: "SELECTIVE_MULTIVIEW",
        why: "the C interface has no place for the mask of views",
    },
    Known {
        test: "corpus.instance.adapter_features", entry: "TEXTURE_ATOMIC",
        why: "the C interface has no name for atomic access to storage textures",
    },
    Known {
        test: "corpus.instance.adapter_features", entry: "PIPELINE_CACHE",
        why: "the C interface has no caches of pipelines",
    },
    Known {
        test: "corpus.texture.format_features_of_the_adapter", entry: "R32Uint",
        why: "atomic access to storage textures is not offered",
    },
    Known {
        test: "corpus.texture.format_features_of_the_adapter", entry: "R32Sint",
        why: "atomic access to storage textures is not offered",
    },
    Known {
        test: "corpus.instance.adapter_info", entry: "subgroups",
        why: "the engine leaves the sizes at 0; what stands there instead are the bounds that WebGPU sets",
    },
    Known {
        test: "corpus.vertices.vertices_in_the_order_of_bgra", entry: "Unorm8x4Bgra",
        why: "the engine ends the process over this format; it is an error instead",
    },
    Known {
        test: "corpus.shader.a_place_that_is_in_no_source", entry: "message",
        why: "`wgpu` takes the place from what wants the type, which is nowhere; `webgpu` from the mistake",
    },
    Known {
        test: "surface.frames_before_and_after_a_resize", entry: "usages",
        why: "the engine names fewer usages than the surface has; atomic access is not offered",
    },
];
