//! The names that are there before any text: those of `<stdint.h>`, `<stddef.h>` and `<stdbool.h>`, and compilers' own.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::model::{DeclaredType, Definition, Form, Model, Named, TagKind};
use crate::types::{DataModel, LongDouble};
use crate::{Field, StructType, Type};

impl Model {
    /// What is declared before any text.
    pub(super) fn new(data: DataModel) -> Model {
        let mut model = Model {
            data,
            tags: Vec::new(),
            tag_names: HashMap::new(),
            named: Vec::new(),
            meanings: HashMap::new(),
            macros: HashMap::new(),
            functions: Vec::new(),
            variables: Vec::new(),
            mistakes: Vec::new(),
            journal: Vec::new(),
        };
        let names = [
            ("bool", Type::Bool),
            ("int8_t", Type::I8),
            ("int16_t", Type::I16),
            ("int32_t", Type::I32),
            ("int64_t", Type::I64),
            ("uint8_t", Type::U8),
            ("uint16_t", Type::U16),
            ("uint32_t", Type::U32),
            ("uint64_t", Type::U64),
            ("intptr_t", Type::I64),
            ("uintptr_t", Type::U64),
            ("intmax_t", Type::I64),
            ("uintmax_t", Type::U64),
            ("size_t", data.size_t()),
            ("ssize_t", data.ptrdiff_t()),
            ("ptrdiff_t", data.ptrdiff_t()),
            ("wchar_t", data.wchar_t()),
            ("char16_t", Type::U16),
            ("char32_t", Type::U32),
            ("__int128_t", Type::I128),
            ("__uint128_t", Type::U128),
        ];
        for (name, ty) in names {
            model.provide(name, DeclaredType::basic(ty));
        }
        let list = model.variable_arguments();
        model.provide("__builtin_va_list", list.clone());
        model.provide("__gnuc_va_list", list.clone());
        model.provide("va_list", list);
        let microsofts =
            DeclaredType::pointer(DeclaredType::basic(Type::alias("char", data.char())));
        model.provide("__builtin_ms_va_list", microsofts);
        model.keep();
        model
    }

    fn provide(&mut self, name: &str, ty: DeclaredType) {
        let (chain, name, value) = (self.chain(&ty), name.into(), OnceLock::new());
        self.name_type(Named { name, ty, value, aligned: None, provided: true, depth: 2, chain });
    }

    /// `va_list`, as the platform has it.
    fn variable_arguments(&mut self) -> DeclaredType {
        let void = || DeclaredType::pointer(DeclaredType::basic(Type::Void));
        let number = DeclaredType::basic(Type::alias("unsigned int", Type::U32));
        let (name, members, array) = match self.data.long_double {
            LongDouble::F64 => return void(),
            LongDouble::F80 => (
                "__va_list_tag",
                vec![
                    ("gp_offset", number.clone()),
                    ("fp_offset", number),
                    ("overflow_arg_area", void()),
                    ("reg_save_area", void()),
                ],
                true,
            ),
            LongDouble::F128 => (
                "__va_list",
                vec![
                    ("__stack", void()),
                    ("__gr_top", void()),
                    ("__vr_top", void()),
                    ("__gr_offs", DeclaredType::basic(Type::I32)),
                    ("__vr_offs", DeclaredType::basic(Type::I32)),
                ],
                false,
            ),
        };
        let fields = members.iter().map(|(name, ty)| {
            let pointer = matches!(ty.form, Form::Pointer(_));
            let number = if matches!(self.data.long_double, LongDouble::F80) {
                Type::U32
            } else {
                Type::I32
            };
            Field::new(*name, if pointer { Type::Pointer } else { number })
        });
        // Five small members have a layout; without one the name would simply stay undefined.
        let definition = StructType::new(name, fields).ok().map(|composite| Definition {
            ty: composite.into(),
            members: members.into_iter().map(|(_, ty)| ty).collect(),
            enumerators: Vec::new(),
            depth: 1,
            unpassable: None,
        });
        let index = self.announce(TagKind::Struct, "");
        self.tags[index].definition = definition;
        let tag = DeclaredType::from(Form::Tag(index));
        if array { Form::Array(std::sync::Arc::new(tag), Some(1)).into() } else { tag }
    }
}
