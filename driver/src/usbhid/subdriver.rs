//! Which vendor's table speaks for which USB device, and what else differs between vendors.

use protocol::usb::{Identity, Pattern};

use super::matcher;
use super::options::Delay;
use super::quirk::{self, Quirk};
use super::row::Row;
use super::tables;

/// A vendor whose devices this driver speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// APC.
    Apc,
    /// CyberPower.
    CyberPower,
    /// Eaton, MGE and the brands they build for.
    Eaton,
}

impl Vendor {
    /// The manufacturer's name where the device tells none.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apc => "APC",
            Self::CyberPower => "CPS",
            Self::Eaton => "Eaton",
        }
    }
}

/// One vendor's part of this driver.
#[derive(Debug)]
pub struct Subdriver {
    /// The vendor.
    pub vendor: Vendor,
    /// `driver.version.data`: NUT's name for the table that ours corresponds to.
    pub name: &'static str,
    /// USB vendor and product ids; no product for all of a vendor's.
    pub ids: &'static [(u16, Option<u16>)],
    /// Ids that other makers' devices have as well, which this table does not speak for, and the word in the
    /// manufacturer's or product's string that tells these.
    pub branded_ids: &'static [(u16, u16, &'static str)],
    /// The table.
    pub rows: &'static [&'static [Row]],
    /// What is wrong with its devices' descriptors.
    pub quirks: &'static [Quirk],
    /// `ondelay` unless the configuration says otherwise, seconds.
    pub on_delay: i64,
    /// `offdelay`, likewise.
    pub off_delay: i64,
    /// Whether a start that was asked for counts even when it is due before the cut. Others may forget it, and
    /// leave the load off where the mains are good by then (usbhid-ups(8), `ondelay`).
    pub keeps_early_start: bool,
    /// `pollfreq`, likewise.
    pub full_poll_seconds: u64,
}

impl Subdriver {
    /// One of the delays that its devices like.
    #[must_use]
    pub const fn delay(&self, delay: Delay) -> i64 {
        match delay {
            Delay::On => self.on_delay,
            Delay::Off => self.off_delay,
        }
    }

    /// The one that `subdriver` names: by its own name, a part of it, or an expression for either.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = Pattern::within(Some(name.trim()).filter(|name| !name.is_empty())?).ok()?;
        SUBDRIVERS.iter().find(|subdriver| name.matches(subdriver.name))
    }

    /// The one for a USB device; `None` for a device that no table speaks for.
    #[must_use]
    pub fn find(identity: &Identity) -> Option<&'static Self> {
        SUBDRIVERS.iter().find(|subdriver| matcher::known(std::slice::from_ref(subdriver)).matches(identity))
    }
}

/// All of them; the first that knows a device speaks to it.
pub const SUBDRIVERS: &[Subdriver] = &[
    Subdriver {
        vendor: Vendor::Eaton,
        name: "MGE HID 1.59",
        ids: &[
            (0x0463, Some(0x0001)),
            (0x0463, Some(0xFFFF)),
            (0x047C, Some(0xFFFF)), // Dell
            (0x0592, Some(0x0004)), // Powerware 9140
            (0x03F0, Some(0x1FE5)), // HP R/T3000 and others
            (0x03F0, Some(0x1FE6)),
            (0x03F0, Some(0x1FE7)),
            (0x03F0, Some(0x1FE8)),
            (0x2B2D, Some(0xFFFF)), // AEG
            (0x04B3, Some(0x0001)), // IBM
        ],
        // Phoenixtec's id, of which most devices are Liebert's and Phoenixtec's own; Berkeley Varitronics'.
        branded_ids: &[(0x06DA, 0xFFFF, "AEG"), (0x09D6, 0x0001, "KSTAR")],
        rows: tables::eaton::ROWS,
        quirks: &[],
        on_delay: 30,
        off_delay: 20,
        keeps_early_start: false,
        full_poll_seconds: 30,
    },
    Subdriver {
        vendor: Vendor::Apc,
        name: "APC HID 0.101",
        ids: &[
            (0x051D, Some(0x0000)),
            (0x051D, Some(0x0002)),
            (0x051D, Some(0x0003)),
            (0x051D, Some(0x0004)),
            (0x051D, Some(0x0005)),
        ],
        branded_ids: &[],
        rows: &[tables::apc::ROWS],
        quirks: quirk::APC,
        on_delay: 30,
        off_delay: 20,
        keeps_early_start: false,
        full_poll_seconds: 30,
    },
    Subdriver {
        vendor: Vendor::CyberPower,
        name: "CyberPower HID 0.85",
        ids: &[(0x0764, Some(0x0005)), (0x0764, Some(0x0501)), (0x0764, Some(0x0601)), (0x0483, Some(0xA430))],
        branded_ids: &[],
        rows: &[tables::cyber_power::ROWS],
        quirks: quirk::CYBER_POWER,
        on_delay: 120,
        off_delay: 60,
        keeps_early_start: true,
        full_poll_seconds: 12,
    },
];
