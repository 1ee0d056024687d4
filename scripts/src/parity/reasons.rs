//! What of `wgpu` does not apply to a native program without `wgpu-core`, and why.

/// Some paths, and why `webgpu` does not have them as they are.
#[derive(Debug)]
pub(super) struct Reason {
    /// A path, which stands for all below it too; with `*` at an end, all that end or begin with the rest.
    pub(super) pattern: &'static str,
    pub(super) why: &'static str,
}

impl Reason {
    /// Whether `path` is one of these.
    pub(super) fn explains(&self, path: &str) -> bool {
        if let Some(end) = self.pattern.strip_prefix('*') {
            return path.ends_with(end);
        }
        if let Some(start) = self.pattern.strip_suffix('*') {
            return path.starts_with(start);
        }
        let below = |rest: &str| rest.is_empty() || rest.starts_with([':', '.']);
        path.strip_prefix(self.pattern).is_some_and(below)
    }
}

const NO_CORE: &str = "the crate `wgpu-core` is not compiled in: the engine is a shared library; \
    `webgpu::wgc` has the report of its objects";
const NO_HAL: &str = "the crate `wgpu-hal` is not compiled in, and the shared library does not give its objects out; \
    `webgpu::hal` has the numbers of vendors";
const INTERNAL: &str =
    "public in `wgpu` by accident: nothing that a program can call takes it or returns it";

/// One reason for each group of paths. A row that explains nothing is an error.
#[rustfmt::skip]
pub(super) const REASONS: &[Reason] = &[
    Reason { pattern: "wgc", why: NO_CORE },
    Reason { pattern: "hal", why: NO_HAL },
    Reason { pattern: "Instance::from_core", why: NO_CORE },
    Reason { pattern: "CompilationInfo: core::convert::From<wgpu_core*", why: NO_CORE },
    Reason { pattern: "CreateSurfaceError: core::convert::From<wgpu_core*", why: NO_CORE },
    Reason { pattern: "RequestDeviceError: core::convert::From<wgpu_core*", why: NO_CORE },
    Reason { pattern: "*::as_hal", why: NO_HAL },
    Reason { pattern: "*::as_hal_mut", why: NO_HAL },
    Reason { pattern: "*_from_hal", why: NO_HAL },
    Reason { pattern: "*::from_hal", why: NO_HAL },
    Reason { pattern: "ContextBlas*", why: INTERNAL },
];

/// Types of crates that are not compiled in, and where `webgpu` has its own in their place.
#[rustfmt::skip]
pub(super) const STAND_INS: &[(&str, &str)] = &[
    ("wgpu_core::global::GlobalReport", "wgc::global::GlobalReport"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn explains(pattern: &'static str, path: &str) -> bool {
        Reason { pattern, why: "" }.explains(path)
    }

    #[test]
    fn a_path_stands_for_what_is_below_it() {
        for path in ["hal", "hal::Api", "hal.field", "hal: core::marker::Send"] {
            assert!(explains("hal", path), "{path}");
        }
        assert!(!explains("hal", "halfway") && !explains("hal", "Buffer::hal"));
    }

    #[test]
    fn a_star_stands_for_the_rest() {
        assert!(explains("*::as_hal", "Buffer::as_hal") && !explains("*::as_hal", "as_half"));
        assert!(explains("Blas*", "BlasEntry") && !explains("Blas*", "Tlas"));
    }
}
