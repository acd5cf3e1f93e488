//! What real report descriptors get wrong, one row per mistake, and where some devices keep theirs.
//!
//! A wrong limit matters where a value is written (it is clipped) or where the device marks "no
//! value" by leaving the range.

use protocol::usb::{Identity, ReportKind};

use crate::hid::{Descriptor, Path};

/// A field whose limits another field shows to be wrong.
#[derive(Debug, Clone, Copy)]
pub struct Quirk {
    /// The field.
    pub path: &'static str,
    /// Its report, where only that one is meant.
    pub report: Option<u8>,
    /// When its limits are wrong.
    pub when: When,
    /// What they are set to.
    pub limits: (i64, i64),
}

/// How a wrong limit shows.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// The field's largest value lies below that of this one.
    LowerThan(&'static str),
    /// The field has the very limits of this one, which stood before it in the descriptor.
    SameAs(&'static str),
}

/// The indices at which a device is asked for its HID and report descriptors, the likelier first.
///
/// Eaton's release 2.02 has them at index 1 (NUT's `usbhid-ups` asks it there); one that says so and has
/// not is asked where every other device has them.
#[must_use]
pub const fn descriptor_indices(identity: &Identity) -> &'static [u8] {
    match (identity.vendor_id, identity.release) {
        (0x0463, 0x0202) => &[1, 0],
        _ => &[0],
    }
}

/// APC.
pub const APC: &[Quirk] = &[
    // Back-UPS XS 1400U, BX750MI: input up to 255 V, transfer up to 300 V.
    Quirk {
        path: "UPS.Input.Voltage",
        report: None,
        when: When::LowerThan("UPS.Input.HighVoltageTransfer"),
        limits: (0, 600),
    },
];

/// CyberPower.
pub const CYBER_POWER: &[Quirk] = &[
    // CP1500EPFCLCD and others: the output voltage inherits the limits of the transfer voltage.
    Quirk {
        path: "UPS.Output.Voltage",
        report: Some(0x12),
        when: When::SameAs("UPS.Input.HighVoltageTransfer"),
        limits: (0, 511),
    },
    Quirk {
        path: "UPS.Input.Voltage",
        report: Some(0x0F),
        when: When::SameAs("UPS.Input.HighVoltageTransfer"),
        limits: (0, 511),
    },
    // EC850LCD and others sold for 230 V: the input voltage inherits the limit of its nominal value.
    Quirk {
        path: "UPS.Input.Voltage",
        report: Some(0x0F),
        when: When::LowerThan("UPS.Input.HighVoltageTransfer"),
        limits: (0, 511),
    },
];

/// Applies what applies; the paths of the fields that changed.
pub fn apply(quirks: &'static [Quirk], descriptor: &mut Descriptor) -> Vec<&'static str> {
    let mut applied = Vec::new();
    for quirk in quirks {
        let Some(path) = Path::parse(quirk.path) else { continue };
        let limits_of = |other: &str| {
            let other = Path::parse(other)?;
            descriptor.find(ReportKind::Feature, &other).map(|field| field.logical)
        };
        let other = match quirk.when {
            When::LowerThan(other) | When::SameAs(other) => limits_of(other),
        };
        let Some(other) = other else { continue };
        let is_wrong = |limits: (i64, i64)| match quirk.when {
            When::LowerThan(_) => limits.1 < other.1,
            When::SameAs(_) => limits == other,
        };
        for field in &mut descriptor.fields {
            let is_meant = field.path == path && quirk.report.is_none_or(|report| report == field.report);
            if is_meant && is_wrong(field.logical) {
                field.logical = quirk.limits;
                applied.push(quirk.path);
            }
        }
    }
    applied
}
