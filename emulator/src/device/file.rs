//! A device file as YAML: its keys. What its report fields show is read from the tree, place by place.

use std::collections::BTreeMap;

use protocol::diagnostic::{Diagnostic, Source};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Accumulator, Inlet, Inverter, Limits, SelfTest, Shutdown, Usb};

/// The file but for its report fields. Which keys there are, [`super::structure`] has checked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    pub battery: Accumulator,
    /// Limits.
    pub low_battery: Limits,
    /// Shutdown and return.
    pub shutdown: Shutdown,
    /// Self-test.
    pub self_test: SelfTest,
}

/// The file but for everything else, so that its reports are checked whatever is wrong elsewhere.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reports {
    /// The report descriptor.
    pub report_descriptor: Descriptor,
}

/// Where the report descriptor's bytes are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// Reads one of the two halves.
///
/// # Errors
///
/// The first thing that serde cannot take.
pub fn read<'de, T: Deserialize<'de>>(source: &Source, text: &'de str) -> Result<T, Diagnostic> {
    let mut options = serde_saphyr::Options::default();
    options.with_snippet = false;
    // The tree has reported them.
    options.duplicate_keys = serde_saphyr::options::DuplicateKeyPolicy::FirstWins;
    serde_saphyr::from_str_with_options(text, options).map_err(|error| located(source, &error))
}

/// A YAML error as a diagnostic: what the tree's checks have let pass, such as a tag.
fn located(source: &Source, error: &serde_saphyr::Error) -> Diagnostic {
    let rendered = error.to_string();
    let message = rendered.split(" at line ").next().unwrap_or(&rendered).trim();
    let span = error.location().map(|location| span(&location)).unwrap_or(0..0);
    Diagnostic::error(source, span, message)
}

/// The bytes of a location.
pub fn span(location: &serde_saphyr::Location) -> std::ops::Range<usize> {
    let span = location.span();
    let number = |number: Option<u64>| number.and_then(|number| usize::try_from(number).ok());
    let start = number(span.byte_offset()).unwrap_or(0);
    start..start + number(span.byte_len()).unwrap_or(0)
}
