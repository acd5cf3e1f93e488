//! A device file as YAML: its keys, and where its values stand.

use std::collections::BTreeMap;

use protocol::diagnostic::{Diagnostic, Source};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Accumulator, Inlet, Inverter, Limits, SelfTest, Shutdown, Usb};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct File {
    /// What a person calls the device.
    pub model: String,
    /// Where its values come from, by the mark that stands beside them.
    pub sources: BTreeMap<String, String>,
    /// USB.
    pub usb: Usb,
    /// Inverter and load.
    pub inverter: Inverter,
    /// Mains inlet.
    pub mains: Inlet,
    /// The last transfer's cause that it remembers, in APC's numbers.
    #[serde(default)]
    pub transfer_cause: u8,
    /// Battery and charger.
    pub battery: Spanned<Accumulator>,
    /// Limits.
    pub low_battery: Limits,
    /// Shutdown and return.
    pub shutdown: Shutdown,
    /// Self-test.
    pub self_test: SelfTest,
    /// The report descriptor.
    pub report_descriptor: Descriptor,
    /// Report fields that show a quantity, by path.
    #[serde(default)]
    pub quantities: BTreeMap<String, Spanned<String>>,
    /// Report fields that never change: logical values.
    #[serde(default)]
    pub constants: BTreeMap<String, Spanned<i64>>,
    /// Report fields that hold a date.
    #[serde(default)]
    pub dates: BTreeMap<String, Spanned<String>>,
    /// Report fields that keep what the host writes: first logical values.
    #[serde(default)]
    pub settings: BTreeMap<String, Spanned<i64>>,
}

/// Where the report descriptor's bytes are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Descriptor {
    /// A file of hexadecimal bytes, beside the device file.
    pub file: Spanned<String>,
    /// What differs from it in this device, from front to back.
    #[serde(default)]
    pub patches: Vec<Spanned<Patch>>,
}

/// One difference from a published descriptor.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Patch {
    /// Offset in the published descriptor.
    pub at: usize,
    /// The bytes that stand there.
    pub was: String,
    /// The bytes in their place, of any number.
    pub now: String,
    /// Why.
    pub because: String,
}

impl File {
    /// Reads the YAML.
    ///
    /// # Errors
    ///
    /// Where it is no YAML, or not a device file.
    pub fn read(source: &Source, text: &str) -> Result<Self, Diagnostic> {
        let mut options = serde_saphyr::Options::default();
        options.with_snippet = false;
        serde_saphyr::from_str_with_options(text, options).map_err(|error| located(source, &error))
    }
}

/// A YAML error as a diagnostic, with a hint where a key was mistyped.
fn located(source: &Source, error: &serde_saphyr::Error) -> Diagnostic {
    let rendered = error.to_string();
    let message = rendered.split(" at line ").next().unwrap_or(&rendered).trim();
    let span = error.location().map(|location| span(&location)).unwrap_or(0..0);
    let unknown = message.strip_prefix("unknown ").and_then(|rest| rest.split_once(", expected "));
    let Some((what, expected)) = unknown else { return Diagnostic::error(source, span, message) };
    let word = what.split('`').nth(1).unwrap_or(what);
    let what = if what.starts_with("field") { "key" } else { "word" };
    let candidates = expected.strip_prefix("one of ").unwrap_or(expected).replace('`', "");
    Diagnostic::error(source, span, format!("unknown {what} `{word}`"))
        .hint(format!("known here: {candidates}"))
        .suggest(word, candidates.split(", "))
}

/// The bytes of a location.
pub fn span(location: &serde_saphyr::Location) -> std::ops::Range<usize> {
    let span = location.span();
    let number = |number: Option<u64>| number.and_then(|number| usize::try_from(number).ok());
    let start = number(span.byte_offset()).unwrap_or(0);
    start..start + number(span.byte_len()).unwrap_or(0)
}

/// The bytes of the key whose value begins at `value`, on the same line.
pub fn key_span(source: &Source, value: usize) -> std::ops::Range<usize> {
    let bytes = source.bytes();
    let value = value.min(bytes.len());
    let line = bytes[..value].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let key = |byte: &u8| !matches!(byte, b' ' | b':' | b'"' | b'\'' | b'{' | b',');
    let before = &bytes[line..value];
    let start = before.iter().position(key).unwrap_or(0);
    let end = before.iter().rposition(key).map_or(start, |at| at + 1);
    line + start..line + end
}
