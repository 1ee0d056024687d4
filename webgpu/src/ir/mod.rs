//! Modules of `naga` in a language that the engine reads.
//!
//! Of the two that `naga` writes, WGSL keeps more: what comes back out of SPIR-V is refused where it divides vectors of
//! integers, or needs what the reader does not know, such as indices that are not uniform. SPIR-V is for what there is no
//! WGSL for. What a pipeline may set is set before: the writers know neither calculations with it, nor workgroups of such
//! a size.

#[cfg(feature = "vetted-shaders")]
mod vetted;
mod wgsl;

#[cfg(feature = "vetted-shaders")]
pub(crate) use vetted::read;

use crate::shader_source::ShaderSource;
use crate::vet;
use naga::back::{pipeline_constants::process_overrides, spv};
use naga::proc::IndexableLength;
use naga::valid::{ModuleInfo, ValidationFlags};
use naga::{ArraySize, Module, ShaderStage, Type, TypeInner};
use std::{borrow::Cow, error::Error, fmt::Write, num::NonZeroU32};
use wgpu_types::{DownlevelFlags, Features};

/// Why there is no module.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something in the shader is wrong.
    Mistake(String),
    /// The compiler panicked.
    #[cfg(feature = "vetted-shaders")]
    Panic(String),
}

impl Failure {
    /// The error that `call` leads to.
    pub(crate) fn into_error(self, call: &str, label: Option<&str>) -> crate::error::Error {
        match self {
            Self::Mistake(cause) => crate::error::Error::rejected(call, label, cause),
            #[cfg(feature = "vetted-shaders")]
            Self::Panic(cause) => {
                let cause = format!("The compiler of shaders panicked: {cause}");
                crate::error::Error::internal(call, label, cause)
            }
        }
    }
}

/// Runs what reads, validates or writes a module; with the feature `vetted-shaders`, where a panic is no more than an error.
pub(crate) fn compile<R: Send>(
    work: impl FnOnce() -> Result<R, String> + Send,
) -> Result<R, Failure> {
    #[cfg(feature = "vetted-shaders")]
    let result = vetted::on_own_stack(work).map_err(Failure::Panic)?;
    #[cfg(not(feature = "vetted-shaders"))]
    let result = work();
    result.map_err(Failure::Mistake)
}

/// A module that is valid on a device.
#[derive(Debug)]
pub(crate) struct Valid {
    module: Cow<'static, Module>,
    info: ModuleInfo,
    features: Features,
}

/// A module, written.
#[derive(Debug)]
pub(crate) struct Written {
    /// WGSL or SPIR-V.
    pub(crate) source: ShaderSource<'static>,
    /// What its entry points were called, and are called in it: in WGSL, names end in no digit and are unique.
    pub(crate) entry_points: Vec<EntryPoint>,
}

/// An entry point of a module that was written.
#[derive(Debug)]
pub(crate) struct EntryPoint {
    stage: ShaderStage,
    name: String,
    /// Its name in what is written.
    pub(crate) written: String,
}

impl Valid {
    /// Looks whether the module is valid on a device with these features; if not, returns why.
    pub(crate) fn new(module: Cow<'static, Module>, features: Features) -> Result<Self, String> {
        // What devices lack beyond features, the engine looks for in what is written.
        let (downlevel, flags) = (DownlevelFlags::all(), ValidationFlags::all());
        let mut validator = wgpu_naga_bridge::create_validator(features, downlevel, flags);
        match validator.validate(&module) {
            Ok(info) => Ok(Self { module, info, features }),
            Err(error) => Err(causes("Shader validation error: ", error.as_inner())),
        }
    }

    /// Whether a pipeline may set something in it, which has to be known before it can be written.
    pub(crate) fn is_open(&self) -> bool {
        !self.module.overrides.is_empty()
    }

    /// Writes the module, in which there is nothing to set; returns why that cannot be done.
    pub(crate) fn write(&self) -> Result<Written, String> {
        write(&self.module, &self.info, self.features)
    }

    /// Writes one entry point, with what the pipeline sets; returns why that cannot be done.
    ///
    /// Without a name, it is the only one of its stage. Where there is none it is left out: the engine says so.
    pub(crate) fn write_for(
        &self,
        stage: ShaderStage,
        name: Option<&str>,
        constants: &[(&str, f64)],
    ) -> Result<Written, String> {
        let mut names = self.module.entry_points.iter().filter(|entry| entry.stage == stage);
        let name = match (name, names.next()) {
            (Some(name), _) => name,
            (None, Some(only)) if names.next().is_none() => &only.name,
            (None, Some(_)) => {
                return Err("Unable to select an entry point: multiple entry points of this stage are in the shader module, and \
                            none was specified"
                    .into());
            }
            (None, None) => "",
        };
        let constants = constants.iter().map(|&(key, value)| (key.to_owned(), value)).collect();
        let set = process_overrides(&self.module, &self.info, Some((stage, name)), &constants);
        let (module, info) = set.map_err(|error| causes("Pipeline constant error: ", &error))?;
        let mut module = module.into_owned();
        set_lengths(&mut module)?;
        write(&module, &info, self.features)
    }
}

impl EntryPoint {
    /// The one with this name.
    pub(crate) fn find<'a>(all: &'a [Self], stage: ShaderStage, name: &str) -> Option<&'a Self> {
        all.iter().find(|entry| entry.stage == stage && entry.name == name)
    }
}

/// Replaces the lengths of arrays that were to be set by their values. The names keep each type apart from others: no type
/// may be there twice.
fn set_lengths(module: &mut Module) -> Result<(), String> {
    let open = module.types.iter().filter_map(|(ty, array)| match array.inner {
        TypeInner::Array { size: size @ ArraySize::Pending(_), .. }
        | TypeInner::BindingArray { size: size @ ArraySize::Pending(_), .. } => Some((ty, size)),
        _ => None,
    });
    for (ty, size) in open.collect::<Vec<_>>() {
        let length = size.resolve(module.to_ctx());
        let length = length.map_err(|error| causes("Length of an array: ", &error))?;
        let mut inner = module.types[ty].inner.clone();
        if let TypeInner::Array { size, .. } | TypeInner::BindingArray { size, .. } = &mut inner
            && let IndexableLength::Known(length) = length
            && let Some(length) = NonZeroU32::new(length)
        {
            *size = ArraySize::Constant(length);
        }
        let name = Some(format!("array of set length {}", ty.index()));
        module.types.replace(ty, Type { name, inner });
    }
    Ok(())
}

/// What is wrong, and below it why, each cause two columns further to the right: where the engine's messages have it.
fn causes(kind: &str, error: &(dyn Error + 'static)) -> String {
    let mut text = format!("{kind}{error}");
    let (mut indent, mut cause) = (6, error.source());
    while let Some(error) = cause {
        let _ = write!(text, "\n{:indent$}{error}", "");
        (indent, cause) = (indent + 2, error.source());
    }
    text
}

/// Writes WGSL, or SPIR-V where there is none that the engine reads.
fn write(module: &Module, info: &ModuleInfo, features: Features) -> Result<Written, String> {
    let written = wgsl::write(module, info, features);
    let no_wgsl = match written.and_then(|written| readable(written, features)) {
        Ok(written) => return Ok(written),
        Err(cause) => cause,
    };
    let options = spv::Options {
        // What subgroups need.
        lang_version: (1, 3),
        // As it is, with its names: the engine makes of it what the driver needs.
        flags: spv::WriterFlags::DEBUG,
        ..Default::default()
    };
    let words = spv::write_vec(module, info, &options, None)
        .map_err(|error| format!("{no_wgsl}\n{}", causes("    ", &error)))?;
    let entry_points = module.entry_points.iter().map(|entry| EntryPoint {
        stage: entry.stage,
        name: entry.name.clone(),
        written: entry.name.clone(),
    });
    let source = ShaderSource::SpirV(words.into());
    readable(Written { source, entry_points: entry_points.collect() }, features)
}

/// What was written, if the engine can be given it: a long sum in WGSL has more brackets than that, which the writer puts
/// around each operator.
#[cfg_attr(not(feature = "vetted-shaders"), expect(unused_variables, reason = "for the rehearsal"))]
fn readable(written: Written, features: Features) -> Result<Written, String> {
    if let Some(cause) = vet::refusal(&written.source) {
        return Err(cause);
    }
    #[cfg(feature = "vetted-shaders")]
    vetted::rehearse(&written.source, features)?;
    Ok(written)
}
