//! Records: what can be changed field by field, and what changed.
//!
//! A record and its patch are made together by [`record!`], so that a new field is in the diff, the fold, the merge and the
//! undo from the day it exists.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// A value that events describe field by field.
pub trait Record:
    Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Some of the record's fields.
    type Patch: Patch;

    /// What differs: the fields as they were in `self`, and as they are in `next`.
    fn diff(&self, next: &Self) -> (Self::Patch, Self::Patch);
    /// Sets the fields that the patch holds.
    fn apply(&mut self, patch: &Self::Patch);
    /// All fields.
    fn whole(&self) -> Self::Patch;
}

/// Some fields of a record; the others are absent.
pub trait Patch:
    Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The names of the fields that are present.
    fn names(&self) -> Vec<&'static str>;
    /// The same patch without the fields for which `keep` is false.
    #[must_use]
    fn only(&self, keep: impl Fn(&str) -> bool) -> Self;
    /// Whether no field is present.
    fn is_empty(&self) -> bool {
        self.names().is_empty()
    }
}

/// For serde: reads a present field, so that `null` is a value and absence is not.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Declares a record and its patch.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident, $(#[$patch_doc:meta])* $patch:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

        $(#[$patch_doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $patch {$(
            $(#[$field_doc])*
            #[serde(deserialize_with = "crate::record::present", skip_serializing_if = "Option::is_none")]
            pub $field: Option<$type>,
        )*}

        impl crate::record::Record for $name {
            type Patch = $patch;

            fn diff(&self, next: &Self) -> ($patch, $patch) {
                let (mut before, mut after) = ($patch::default(), $patch::default());
                $(if self.$field != next.$field {
                    before.$field = Some(self.$field.clone());
                    after.$field = Some(next.$field.clone());
                })*
                (before, after)
            }

            fn apply(&mut self, patch: &$patch) {
                $(if let Some(value) = &patch.$field { self.$field = value.clone(); })*
            }

            fn whole(&self) -> $patch {
                $patch { $($field: Some(self.$field.clone()),)* }
            }
        }

        impl crate::record::Patch for $patch {
            fn names(&self) -> Vec<&'static str> {
                let mut names = Vec::new();
                $(if self.$field.is_some() { names.push(stringify!($field)); })*
                names
            }

            fn only(&self, keep: impl Fn(&str) -> bool) -> Self {
                Self { $($field: self.$field.clone().filter(|_| keep(stringify!($field))),)* }
            }
        }
    };
}
pub(crate) use record;
