//! Enums whose variants have a word each, the same in JSON, columns, forms and URLs.

#[doc(hidden)]
pub use serde;

/// An enum whose variants have a word each: `ALL`, `as_str` and `named`, and its word in JSON.
///
/// `strum` does the same by three derives, but serde would need its derives and each word a second time.
#[macro_export]
macro_rules! string_enum {
    ($(#[$attribute:meta])* $name:ident { $($(#[$of_variant:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$of_variant])* $variant),+ }

        impl $name {
            /// Every one, in this order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in JSON, columns, forms and URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The one of this name, if there is one.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }

        impl $crate::string_enum::serde::Serialize for $name {
            fn serialize<S: $crate::string_enum::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::string_enum::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::string_enum::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use $crate::string_enum::serde::{Deserialize, de::Error as _};
                let name = <std::borrow::Cow<'de, str> as Deserialize>::deserialize(from)?;
                Self::named(&name).ok_or_else(|| D::Error::unknown_variant(&name, &[$($text),+]))
            }
        }
    };
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro writes public items")]
mod tests {
    string_enum! {
        /// Three, of which one is the default.
        #[derive(Default)]
        Crockery {
            /// A cup.
            Cup = "cup",
            /// A bowl.
            #[default]
            Bowl = "bowl",
            /// A plate.
            DinnerPlate = "dinner_plate",
        }
    }

    #[test]
    fn every_variant_is_found_under_its_word_here_and_in_json() {
        assert_eq!(Crockery::default(), Crockery::Bowl);
        for (one, word) in Crockery::ALL.iter().zip(["cup", "bowl", "dinner_plate"]) {
            assert_eq!((one.as_str(), Crockery::named(word)), (word, Some(*one)));
            let json = serde_json::to_string(one).unwrap();
            assert_eq!(json, format!("\"{word}\""));
            assert_eq!(serde_json::from_str::<Crockery>(&json).unwrap(), *one);
        }
        assert_eq!(Crockery::named("Cup"), None);
        let refused = serde_json::from_str::<Crockery>("\"mug\"").unwrap_err().to_string();
        assert!(refused.contains("unknown variant `mug`, expected one of `cup`, `bowl`"), "{refused}");
    }
}
