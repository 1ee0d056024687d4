//! The graphics driver the engine works on: looking for one, and installing the software driver where that is wanted.

use std::env;
use std::path::Path;

use super::vulkan::{self, Found, System};
use crate::failure::{Failure, Result};
use crate::packages::{self, APT};
use crate::process;
use crate::progress::Step;

/// The way out where a driver is not found.
const SKIP: &str =
    "if there is a driver that was not found, `cargo xtask setup --no-driver` skips this check";

/// Makes sure that there is a driver.
pub(crate) fn ensure() -> Result {
    let step = Step::start("driver", "looking for one");
    let found = match env::consts::OS {
        "macos" => "Metal, which is part of macOS".to_owned(),
        "windows" => {
            "DirectX 12, which is part of Windows (with WARP where there is no GPU)".to_owned()
        }
        _ => look().or_else(|missing| install(&missing))?,
    };
    step.done(&found);
    Ok(())
}

/// The drivers there are, or in words what is not there.
fn look() -> std::result::Result<String, String> {
    told(System { root: Path::new("/"), variable: &|name| env::var_os(name) }.look())
}

fn told(found: Found) -> std::result::Result<String, String> {
    let loader = vulkan::LOADER;
    match (found.drivers.is_empty(), found.loader) {
        (false, true) => Ok(format!("Vulkan: {}", found.drivers.join(", "))),
        (true, true) => {
            Err("no Vulkan driver found: no manifest in vulkan/icd.d names a library that is there"
                .to_owned())
        }
        (false, false) => Err(format!("Vulkan's loader ({loader}) is not installed")),
        (true, false) => {
            Err(format!("no Vulkan found: neither a driver nor its loader ({loader})"))
        }
    }
}

/// Installs the software driver, or says how to.
fn install(missing: &str) -> Result<String> {
    let is_set = |name: &&&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if let Some(variable) = vulkan::CHOICES.iter().find(is_set) {
        // Another driver in the usual place would change nothing.
        return Err(Failure::new(
            format!("{missing}; {variable} names the drivers to use"),
            format!("unset {variable}, or let it name the manifest of a driver that is installed"),
        ));
    }
    let path = process::search_path();
    let missing = format!("{missing}. A software driver does where there is no GPU.");
    if process::find_program("apt-get", &path).is_none() {
        let by_hand = "install a Vulkan driver (Mesa's lavapipe needs no GPU) and Vulkan's loader";
        let next = packages::advice(&path, |manager| manager.driver);
        return Err(Failure::new(missing, format!("{}; {SKIP}", next.unwrap_or(by_hand.into()))));
    }
    packages::install_on_debian(&APT.driver.split(' ').collect::<Vec<_>>(), &missing)?;
    look().map_err(|still| {
        Failure::new(format!("{still}, although {} are installed", APT.driver), SKIP)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_half_is_missing() {
        let told = |loader, drivers: &[&str]| {
            told(Found { loader, drivers: drivers.iter().map(|&driver| driver.into()).collect() })
        };
        assert_eq!(told(true, &["lvp"]), Ok("Vulkan: lvp".into()));
        assert!(told(true, &[]).unwrap_err().contains("no Vulkan driver"));
        assert!(told(false, &["lvp"]).unwrap_err().contains("loader (libvulkan.so.1)"));
        assert!(told(false, &[]).unwrap_err().contains("neither"));
    }
}
