//! Cases as the Rust text that makes them: what a random seed found becomes a test.

use ffi::Type;
use ffi::types::Float;

use super::Case;
use super::spec::{Composite, Member, Spec};

impl Case {
    /// The Rust text that makes the case.
    pub(crate) fn source(&self) -> String {
        let parameters: Vec<String> = self.parameters.iter().map(Spec::source).collect();
        let (parameters, returns) = (parameters.join(", "), self.returns.source());
        match self.fixed {
            None => format!("Case::new([{parameters}], {returns})"),
            Some(fixed) => format!("Case::variadic([{parameters}], {fixed}, {returns})"),
        }
    }
}

impl Spec {
    fn source(&self) -> String {
        match self {
            Spec::Void => "Spec::Void".into(),
            Spec::Scalar(ty) => format!("Spec::from({})", scalar(ty)),
            Spec::Array(element, length) => format!("array({}, {length})", element.source()),
            Spec::Struct(composite) => composite.source("structure"),
            Spec::Union(composite) => composite.source("union"),
        }
    }
}

impl Composite {
    fn source(&self, keyword: &str) -> String {
        let mut text = format!("{keyword}([Spec::Void; 0])");
        for member in &self.members {
            text += &member.source();
        }
        if let Some(limit) = self.packed {
            text += &format!(".packed({limit})");
        }
        if let Some(alignment) = self.aligned {
            text += &format!(".aligned({alignment})");
        }
        text
    }
}

impl Member {
    fn source(&self) -> String {
        let Member { spec, bits, unnamed, packed, aligned } = self;
        match (spec, bits) {
            (Spec::Scalar(ty), Some(width)) => {
                let adds = if *unnamed { "padding" } else { "bits" };
                format!(".{adds}({}, {width})", scalar(ty))
            }
            (spec, _) if *packed || aligned.is_some() => {
                let spec = spec.source();
                format!(
                    ".and(Member {{ packed: {packed}, aligned: {aligned:?}, ..{spec}.into() }})"
                )
            }
            (spec, _) => format!(".and({})", spec.source()),
        }
    }
}

fn scalar(ty: &Type) -> String {
    match ty {
        Type::Complex(part) => {
            let part: &Float = part;
            format!("Type::Complex(Float::{part:?})")
        }
        Type::Vector(vector) => {
            format!("Type::vector({:?}, {}).unwrap()", vector.element(), vector.lanes())
        }
        ty => format!("{ty:?}"),
    }
}
