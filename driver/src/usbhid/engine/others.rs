//! Naming what is on the bus while the device itself cannot be had.

use protocol::usb::Identity;
use protocol::{Level, LinkError};

use crate::usbhid::matcher;
use crate::usbhid::subdriver::SUBDRIVERS;

use super::UsbHid;

/// How to tell devices apart that a configuration means alike.
const TELL_APART: &str = "tell them apart with serial, product or busport";
/// Sentences that are kept so as not to be said twice; a bus whose devices come and go has no end of them.
const MOST_SAID: usize = 128;

impl UsbHid {
    /// Why the device could not be opened, for a person.
    pub(super) fn why(&self, error: LinkError) -> String {
        let there = self.sighted.iter().map(name).collect::<Vec<_>>().join(", ");
        match error {
            LinkError::NotFound if self.config.killpower && !there.is_empty() => {
                let which = if self.remembered.is_some() { "the device that was served is not here" } else { NONE };
                format!("{which}; the bus has {there}")
            }
            LinkError::NotFound => NONE.to_owned(),
            LinkError::Denied => "not allowed to open the device: its node is another user's than this driver's (`user` in ups.conf, or -u)".to_owned(),
            LinkError::Busy => format!("another driver has it; {TELL_APART}"),
            LinkError::Ambiguous => format!("the configuration means more than one: {there}; {TELL_APART}"),
            other => format!("opening the device: {other}"),
        }
    }

    /// Says of each device on the bus, once, why it is not taken.
    pub(super) fn name_others(&mut self) {
        for identity in std::mem::take(&mut self.sighted) {
            let sentence = self.why_not(&identity);
            if !self.said.contains(&sentence) && self.said.len() < MOST_SAID {
                self.say(Level::Notice, sentence.as_str());
                self.said.push(sentence);
            }
        }
    }

    fn why_not(&self, identity: &Identity) -> String {
        let name = name(identity);
        if self.matcher.matches(identity) {
            format!("{name} is here, not the device that was served; to take it start this driver anew")
        } else if !matcher::known(SUBDRIVERS).matches(identity) {
            format!(
                "{name} is here: no table speaks for it; vendorid, productid and subdriver make this driver try one"
            )
        } else {
            format!("{name} is here: the configuration means another one")
        }
    }
}

const NONE: &str = "no matching device found";

fn name(identity: &Identity) -> String {
    let Identity { vendor_id, product_id, vendor, product, serial, port, .. } = identity;
    let mut name = format!("{vendor_id:04x}:{product_id:04x}");
    for text in [vendor, product].into_iter().filter(|text| !text.trim().is_empty()) {
        name.push(' ');
        name.push_str(text.trim());
    }
    let known_by = [("serial", serial), ("busport", port)].into_iter().filter(|(_, text)| !text.trim().is_empty());
    let known_by: Vec<String> = known_by.map(|(what, text)| format!("{what} {}", text.trim())).collect();
    if !known_by.is_empty() {
        name.push_str(&format!(" ({})", known_by.join(", ")));
    }
    name
}
