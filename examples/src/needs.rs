//! What a program needs of an adapter, and what to say where an adapter lacks it.

use webgpu as wgpu;

use std::fmt;

/// What a program needs of the adapter beyond what every adapter offers.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Features the device must have.
    pub features: wgpu::Features,
    /// Limits the device must reach.
    pub limits: wgpu::Limits,
}

impl Needs {
    /// Tells whether the adapter has it all.
    ///
    /// # Errors
    ///
    /// [`Lacking`], which names each feature and limit that it lacks.
    pub fn check(&self, adapter: &wgpu::Adapter) -> Result<(), Lacking> {
        let mut lacking = names(self.features - adapter.features());
        for (name, needed, offered) in beyond(&self.limits, &adapter.limits()) {
            lacking.push(format!("{name} = {needed} (it offers {offered})"));
        }
        if lacking.is_empty() {
            return Ok(());
        }
        Err(Lacking { adapter: adapter.get_info().name, what: lacking.join(", ") })
    }
}

/// The features and limits, separated by commas; `nothing` if there are none.
impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut needs = names(self.features);
        let usual = wgpu::Limits::default();
        needs.extend(
            beyond(&self.limits, &usual)
                .into_iter()
                .map(|(name, needed, _)| format!("{name} = {needed}")),
        );
        f.write_str(if needs.is_empty() { "nothing".into() } else { needs.join(", ") }.as_str())
    }
}

/// The adapter lacks something that the program needs. The program ends with exit code 3: elsewhere it may run.
#[derive(Debug)]
pub struct Lacking {
    adapter: String,
    what: String,
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the adapter `{}` lacks what this example needs: {}", self.adapter, self.what)
    }
}

impl std::error::Error for Lacking {}

fn names(features: wgpu::Features) -> Vec<String> {
    features.iter_names().map(|(name, _)| name.to_owned()).collect()
}

/// Name, needed value and offered value of each limit that is needed and not offered.
fn beyond(needed: &wgpu::Limits, offered: &wgpu::Limits) -> Vec<(&'static str, u64, u64)> {
    let mut beyond = Vec::new();
    needed.check_limits_with_fail_fn(offered, false, |name, needed, offered| {
        beyond.push((name, needed, offered));
    });
    beyond
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_beyond_every_adapter_is_named() {
        assert_eq!(Needs::default().to_string(), "nothing");
        let limits =
            wgpu::Limits { max_bind_groups: 6, max_color_attachments: 4, ..Default::default() };
        let needs = Needs { features: wgpu::Features::TIMESTAMP_QUERY, limits };
        assert_eq!(needs.to_string(), "TIMESTAMP_QUERY, max_bind_groups = 6");
    }
}
