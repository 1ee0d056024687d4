//! The graphics driver the engine works on: looking for one, and installing the software driver where that is wanted.

use std::env;
use std::path::Path;

use super::vulkan::{self, Found, System};
use crate::failure::{Failure, Result};
use crate::packages::{self, Manager};
use crate::process;
use crate::progress::Step;

/// Makes sure that there is a driver.
pub(crate) fn ensure() -> Result {
    let step = Step::start("driver", "looking for one");
    match env::consts::OS {
        "macos" => step.done("Metal, which is part of macOS"),
        "windows" => {
            step.done("DirectX 12, which is part of Windows (with WARP where there is no GPU)")
        }
        _ => match missing(&look()) {
            None => step.done(&format!("Vulkan: {}", look().drivers.join(", "))),
            Some(missing) => {
                drop(step);
                install(&missing)?;
            }
        },
    }
    Ok(())
}

fn look() -> Found {
    System { root: Path::new("/"), variable: &|name| env::var_os(name) }.look()
}

/// What is not there, in words.
fn missing(found: &Found) -> Option<String> {
    let what = match (found.drivers.is_empty(), found.loader) {
        (false, true) => return None,
        (true, true) => {
            "no Vulkan driver found: no manifest in vulkan/icd.d names a library that is there"
                .to_owned()
        }
        (false, false) => format!("Vulkan's loader ({}) is not installed", vulkan::LOADER),
        (true, false) => {
            format!("no Vulkan found: neither a driver nor its loader ({})", vulkan::LOADER)
        }
    };
    Some(what)
}

/// Installs the software driver, or says how to.
fn install(missing: &str) -> Result {
    if let Some(variable) =
        vulkan::CHOICES.iter().find(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
    {
        // Another driver in the usual place would change nothing.
        return Err(Failure::new(
            format!("{missing}; {variable} names the drivers to use"),
            format!("unset {variable}, or let it name the manifest of a driver that is installed"),
        ));
    }
    let path = process::search_path();
    let missing = format!("{missing}. A software driver does where there is no GPU.");
    match Manager::find(&path) {
        Some(Manager::Apt) => packages::install_on_debian(software_driver(Manager::Apt), &missing)?,
        other => return Err(Failure::new(missing, advice(other))),
    }
    match self::missing(&look()) {
        None => {
            Step::start("driver", "").done(&format!("Vulkan: {}", look().drivers.join(", ")));
            Ok(())
        }
        Some(still) => {
            let what = format!(
                "{still}, although {} are installed",
                software_driver(Manager::Apt).join(" and ")
            );
            let next = "report this; `cargo xtask setup --no-driver` skips this check";
            Err(Failure::new(what, next))
        }
    }
}

fn advice(manager: Option<Manager>) -> String {
    let install = match manager {
        Some(manager) => format!("run {}", manager.advice(software_driver(manager))),
        None => {
            "install a Vulkan driver (Mesa's lavapipe needs no GPU) and Vulkan's loader".to_owned()
        }
    };
    format!(
        "{install}; if there is a driver that was not found, `cargo xtask setup --no-driver` skips this check"
    )
}

/// What each distribution calls Mesa's software driver and Vulkan's loader.
fn software_driver(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Apt => &["mesa-vulkan-drivers", "libvulkan1"],
        Manager::Dnf => &["mesa-vulkan-drivers", "vulkan-loader"],
        Manager::Pacman => &["vulkan-swrast", "vulkan-icd-loader"],
        Manager::Apk => &["mesa-vulkan-swrast", "vulkan-loader"],
        Manager::Zypper => &["libvulkan_lvp", "libvulkan1"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_half_is_missing() {
        let found = |loader, drivers: &[&str]| Found {
            loader,
            drivers: drivers.iter().map(|&d| d.into()).collect(),
        };
        assert_eq!(missing(&found(true, &["lvp"])), None);
        assert!(missing(&found(true, &[])).unwrap().contains("no Vulkan driver"));
        assert!(missing(&found(false, &["lvp"])).unwrap().contains("loader (libvulkan.so.1)"));
        assert!(missing(&found(false, &[])).unwrap().contains("neither"));
    }

    #[test]
    fn advice_is_the_exact_command_of_the_distribution() {
        let commands = [
            (Manager::Apt, "apt-get install -y mesa-vulkan-drivers libvulkan1"),
            (Manager::Dnf, "dnf install -y mesa-vulkan-drivers vulkan-loader"),
            (Manager::Pacman, "pacman -S --noconfirm vulkan-swrast vulkan-icd-loader"),
            (Manager::Apk, "apk add mesa-vulkan-swrast vulkan-loader"),
            (Manager::Zypper, "zypper --non-interactive install libvulkan_lvp libvulkan1"),
        ];
        for (manager, command) in commands {
            let text = advice(Some(manager));
            assert!(text.contains(command) && text.contains("--no-driver"), "{text}");
        }
        assert!(advice(None).contains("lavapipe"));
    }
}
