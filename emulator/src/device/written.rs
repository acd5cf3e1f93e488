//! Quantities in a device file, written as people write them: `226 V`, `38 %`, `8 ms`.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error};

/// For `#[serde(deserialize_with)]`: a text that `T` can be read from.
pub fn written<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// The same where the key may be left out (together with `#[serde(default)]`).
pub fn maybe_written<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    written(deserializer).map(Some)
}
