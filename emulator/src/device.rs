//! Device files: what a UPS is, down to the bits of its reports.
//!
//! A device file is YAML, beside it the report descriptor of the real device in hexadecimal. Every
//! file in `emulator/devices` is embedded; [`find`] also takes a path. What a file can say is in
//! `power`, `usb` and `file`; `assemble` has it checked as a whole, one kind of mistake a file.

mod assemble;
mod binder;
mod consistency;
mod descriptor;
mod file;
mod first_values;
mod marks;
mod power;
mod shape;
mod structure;
mod tree;
mod usb;
mod written;

use std::collections::BTreeMap;
use std::path::Path;

use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};

use crate::hid::bind::Binding;
use crate::hid::layout::Layout;
pub use power::{Accumulator, Chemistry, Inlet, Inverter, Limits, SelfTest, Shutdown};
pub use usb::{Streams, Usb};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// A device file may not be longer than this.
const MAX_FILE: u64 = 1 << 20;

/// A whole device file, checked.
#[derive(Debug, Clone)]
pub struct Device {
    /// The file's name without its ending.
    pub name: String,
    /// What a person calls the device.
    pub model: String,
    /// Where the file's values come from, by the mark that stands beside them.
    pub sources: BTreeMap<String, String>,
    /// What its physics follow from.
    pub facts: Facts,
    /// Its USB side.
    pub usb: Usb,
    /// Its report descriptor, patches applied.
    pub descriptor: Vec<u8>,
    /// The same, read.
    pub layout: Layout,
    /// What stands behind the fields of its reports.
    pub binding: Binding,
}

/// What a device's physics follow from.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Inverter and load.
    pub inverter: Inverter,
    /// Mains inlet.
    pub inlet: Inlet,
    /// The last transfer's cause that it remembers, in APC's numbers.
    pub transfer_cause: u8,
    /// Battery and charger.
    pub battery: Accumulator,
    /// Low-battery limits.
    pub limits: Limits,
    /// Shutdown and return.
    pub shutdown: Shutdown,
    /// Self-test.
    pub self_test: SelfTest,
}

impl Device {
    /// Reads a device file from its text; `descriptor` finds the files it names.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, and where.
    pub fn read(name: &str, source: &Source, descriptor: impl Fn(&str) -> Option<String>) -> Result<Self, Diagnostics> {
        assemble::assemble(name, source, descriptor)
    }
}

/// The device called `name`, or the one in the file at that path.
///
/// # Errors
///
/// Where and why the file cannot be a device, or that there is none of this name.
pub fn find(name: &str) -> Result<Device, Diagnostics> {
    if let Some((name, text)) = embedded::DEVICES.iter().find(|(known, _)| *known == name) {
        let source = Source::new(&format!("emulator/devices/{name}.yaml"), text);
        return Device::read(name, &source, embedded_descriptor);
    }
    if name.contains(['/', '.']) {
        return read_file(Path::new(name));
    }
    let unknown = Diagnostic::unplaced(Severity::Error, format!("no device called `{name}`"));
    let unknown = unknown.hint(format!("there are {}, or give the path of a device file", names().join(", ")));
    Err(unknown.suggest(name, names()).into())
}

/// The names of the devices that come with the emulator.
#[must_use]
pub fn names() -> Vec<&'static str> {
    embedded::DEVICES.iter().map(|(name, _)| *name).collect()
}

/// The report descriptor in a file of hexadecimal bytes, read.
///
/// # Errors
///
/// Why it cannot be.
pub fn read_descriptor(path: &Path) -> Result<Layout, Diagnostics> {
    let failed = |why: String| Diagnostic::unplaced(Severity::Error, format!("{}: {why}", path.display()));
    let text = read_text(path).map_err(|error| failed(format!("failed to read it: {error}")))?;
    let bytes = descriptor::from_hex(&text).ok_or_else(|| {
        failed("it holds something other than hexadecimal bytes".to_owned())
            .hint("`05 84 09 04 …`, spaces and line breaks anywhere between bytes")
    })?;
    Layout::read(&bytes).map_err(|error| failed(error.to_string()).into())
}

/// What a section of a device file may hold: what its documentation must name.
#[derive(Debug, Clone)]
pub struct SectionKeys {
    /// Where it stands: `usb`, `usb streams`; empty for the whole file.
    pub path: String,
    /// Its keys, and whether they must be there.
    pub keys: Vec<(&'static str, bool)>,
    /// Words that may stand behind them.
    pub words: Vec<&'static str>,
}

/// Every section of a device file.
#[must_use]
pub fn sections() -> Vec<SectionKeys> {
    let words = |key: &'static shape::Key| if let shape::Kind::Word(words) = key.kind { words } else { &[] };
    let described = |(path, keys): (String, &'static [shape::Key])| SectionKeys {
        path,
        keys: keys.iter().map(|key| (key.name, key.required)).collect(),
        words: keys.iter().flat_map(words).copied().collect(),
    };
    shape::sections().into_iter().map(described).collect()
}

fn embedded_descriptor(file: &str) -> Option<String> {
    let name = file.strip_prefix("descriptors/")?.strip_suffix(".hex")?;
    embedded::DESCRIPTORS.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
}

fn read_file(path: &Path) -> Result<Device, Diagnostics> {
    if is_descriptor(path) {
        let message = format!("{} is a report descriptor, not a device file", path.display());
        let wrong = Diagnostic::unplaced(Severity::Error, message);
        return Err(wrong.hint("`--fields` lists its fields; a device file names it under `report-descriptor`").into());
    }
    let text = read_text(path).map_err(|error| {
        Diagnostic::unplaced(Severity::Error, format!("failed to read the device file {}: {error}", path.display()))
    })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let source = Source::new(&path.display().to_string(), &text);
    Device::read(&name, &source, |file| {
        let beside = path.parent().unwrap_or(Path::new("")).join(file);
        read_text(&beside).ok().or_else(|| embedded_descriptor(file))
    })
}

/// Whether a path is, by its ending, that of a report descriptor.
#[must_use]
pub fn is_descriptor(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "hex")
}

fn read_text(path: &Path) -> std::io::Result<String> {
    if std::fs::metadata(path)?.len() > MAX_FILE {
        return Err(std::io::Error::other("longer than 1 MiB"));
    }
    std::fs::read_to_string(path)
}
