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
pub(super) const TABLE: &[Known] = &[];
