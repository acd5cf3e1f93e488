//! Names of UPSes, variables and instant commands. NUT compares all of them without regard to the
//! case of ASCII letters, and answers in the asker's spelling.

use std::cmp::Ordering;
use std::fmt;

/// Whether two names mean the same.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The order of names on the wire: by bytes, letters in lower case.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    for (a, b) in a.bytes().zip(b.bytes()) {
        let order = if a == b { Ordering::Equal } else { a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()) };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// A text that cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing at all.
    #[error("empty name")]
    Empty,
    /// Longer than [`MAX_NAME`].
    #[error("name longer than {MAX_NAME} characters")]
    TooLong,
    /// A blank, a control character, a quote or the like.
    #[error("character {0:?} in a name")]
    Character(char),
}

/// The longest name: what fits in a word.
pub const MAX_NAME: usize = crate::lexer::MAX_WORD;

fn check(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > MAX_NAME {
        return Err(NameError::TooLong);
    }
    match text.chars().find(|&c| !c.is_ascii_graphic() || matches!(c, '"' | '#' | '=' | '\\' | '[' | ']')) {
        Some(c) => Err(NameError::Character(c)),
        None => Ok(()),
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $Name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $Name(Box<str>);

        impl $Name {
            /// Checks and takes a name.
            ///
            /// # Errors
            ///
            /// [`NameError`] when the text cannot be a name.
            pub fn new(text: &str) -> Result<Self, NameError> {
                check(text).map(|()| Self(text.into()))
            }

            /// The name as it was spelled.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq for $Name {
            fn eq(&self, other: &Self) -> bool {
                same(&self.0, &other.0)
            }
        }
        impl Eq for $Name {}
        impl PartialEq<str> for $Name {
            fn eq(&self, other: &str) -> bool {
                same(&self.0, other)
            }
        }
        impl PartialOrd for $Name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $Name {
            fn cmp(&self, other: &Self) -> Ordering {
                compare(&self.0, &other.0)
            }
        }
        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl std::str::FromStr for $Name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }
    };
}

name! {
    /// The name of a UPS: a section of `ups.conf`.
    UpsName
}
name! {
    /// The name of a variable, such as `battery.charge`.
    VarName
}
name! {
    /// The name of an instant command, such as `load.off`.
    CmdName
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_the_same_in_any_case_and_keep_their_spelling() {
        let name = VarName::new("UPS.Status").unwrap();
        assert_eq!(name, VarName::new("ups.status").unwrap());
        assert_eq!(name, *"UPS.STATUS");
        assert_eq!(name.to_string(), "UPS.Status");
    }

    #[test]
    fn names_sort_by_lower_case_bytes() {
        let mut names = ["ups.b", "UPS.a", "ups", "ups_x", "ups.delay.start", "ups.delay"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["ups", "UPS.a", "ups.b", "ups.delay", "ups.delay.start", "ups_x"]);
    }

    #[test]
    fn what_a_section_or_a_request_could_not_hold_is_no_name() {
        assert_eq!(UpsName::new(""), Err(NameError::Empty));
        assert_eq!(UpsName::new(&"x".repeat(MAX_NAME + 1)), Err(NameError::TooLong));
        for c in [' ', '\n', '"', '#', '=', '\\', ']', '\u{e9}', '\0'] {
            assert_eq!(CmdName::new(&format!("a{c}")), Err(NameError::Character(c)));
        }
        assert!(UpsName::new("rack-1_b.c@d:e").is_ok());
    }
}
