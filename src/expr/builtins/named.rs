//! Closed sets whose members are written by name in a model.

/// An enum whose members have one name each, with the list of all of them.
macro_rules! named_set {
    (
        $(#[$about:meta])*
        pub enum $set:ident {
            $($(#[$member_about:meta])* $member:ident => $name:literal,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $set {
            $($(#[$member_about])* $member,)+
        }

        impl $set {
            /// Every member, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// As written in a model.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $name,)+
                }
            }

            /// The member of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$member),)+
                    _ => None,
                }
            }
        }
    };
}

pub(super) use named_set;
