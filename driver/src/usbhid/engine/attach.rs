//! Finding the device, taking it up, losing it. Its descriptors are read in [`describe`](super::describe).

use protocol::usb::{Identity, Matcher};
use protocol::{Effect, Endpoint, Instant, JobId, Level, LinkError, LinkId};

use crate::hid::Descriptor;
use crate::hook;
use crate::usbhid::command;
use crate::usbhid::delays::{self, Together};
use crate::usbhid::device::Device;
use crate::usbhid::matcher;
use crate::usbhid::memory::Served;
use crate::usbhid::model::Model;
use crate::usbhid::quirk;
use crate::usbhid::script::{Purpose, Script};
use crate::usbhid::subdriver::Subdriver;

use super::{FIRST_RETRY, KILL_ATTEMPTS, LAST_RETRY, NEXT_CUT, Phase, UsbHid};

impl UsbHid {
    /// Whether an event is about the link that is in use.
    pub(super) fn is_current(&self, link: LinkId) -> bool {
        link == self.link && !matches!(self.phase, Phase::Absent { .. } | Phase::Over)
    }

    /// Whether an event is about the link that has been asked for.
    pub(super) fn is_awaited(&self, link: LinkId) -> bool {
        link == self.link && self.phase == Phase::Opening
    }

    /// `-k` remembers the device that the driver before it served.
    pub(super) fn remember(&mut self) {
        let contents = self.config.memory.as_ref().and_then(|memory| memory.contents.as_deref());
        self.remembered = contents
            .filter(|_| self.config.killpower)
            .and_then(Served::read)
            .filter(|served| served.among(&self.matcher, false).is_some());
    }

    /// The device works: it is the one that comes back, and that the next start of `-k` cuts.
    pub(super) fn keep_in_mind(&mut self) {
        if std::mem::replace(&mut self.is_in_mind, true) {
            return;
        }
        let Some(served) = self.identity.as_ref().map(Served::new) else { return };
        let contents = served.write();
        self.remembered = Some(served);
        if let Some(memory) = &mut self.config.memory
            && memory.contents.as_ref() != Some(&contents)
        {
            memory.contents = Some(contents.clone());
            let path = memory.path.clone();
            self.jobs = self.jobs.wrapping_add(1);
            self.desk.publisher.push(Effect::WriteFile { job: JobId(self.jobs), path, contents, privileged: false });
        }
    }

    /// Which device is looked for now.
    fn wanted(&self) -> Matcher {
        let Some(remembered) = &self.remembered else { return self.matcher.clone() };
        let wanted = if self.config.killpower {
            remembered.among(&self.matcher, self.in_its_port)
        } else {
            let again = self.identity.as_ref().map(matcher::again);
            again.map(|again| Matcher { next_if_busy: self.matcher.next_if_busy, ..again })
        };
        wanted.unwrap_or_else(|| self.matcher.clone())
    }

    /// Asks for the device: the configured one, or the one that was there before.
    pub(super) fn open(&mut self) {
        self.links = self.links.wrapping_add(1);
        self.link = LinkId::opened(self.links);
        self.phase = Phase::Opening;
        let matcher = self.wanted();
        self.desk.publisher.push(Effect::Open { link: self.link, to: Endpoint::Usb(Box::new(matcher)) });
    }

    pub(super) fn attached(&mut self, identity: Identity, now: Instant) {
        self.tried_since.get_or_insert(now);
        let Some(subdriver) = self.subdriver(&identity) else {
            let text = format!(
                "no table speaks for the device {:04x}:{:04x} {}",
                identity.vendor_id, identity.product_id, identity.product
            );
            self.desk.publisher.push(Effect::Close { link: self.link });
            return self.retry(&text, now);
        };
        self.desk.publish("driver.version.data", subdriver.name);
        self.identity = Some(identity);
        self.phase = Phase::Describing;
        self.places_failed = 0;
        self.is_in_mind = false;
        self.ask_for_descriptors(now);
    }

    /// The configured table, or the one that knows the device.
    fn subdriver(&self, identity: &Identity) -> Option<&'static Subdriver> {
        let chosen = self.config.param("subdriver").and_then(Subdriver::named);
        chosen.or_else(|| Subdriver::find(identity))
    }

    /// The device's report descriptor, from one of its places: lays the table over it.
    pub(super) fn described(&mut self, mut descriptor: Descriptor, now: Instant) {
        let Some((subdriver, identity)) =
            self.identity.as_ref().and_then(|identity| Some((self.subdriver(identity)?, identity)))
        else {
            return self.drop_device("no table speaks for the device", now);
        };
        let model = Model::new(subdriver.vendor, identity);
        let settles = model.low_battery_settles();
        if !self.desk.options.keeps_descriptor {
            for path in quirk::apply(subdriver.quirks, &mut descriptor) {
                self.desk.publisher.say(Level::Debug, format!("report descriptor: wrong limits of {path} mended"));
            }
        }
        if self.desk.publisher.debug() > 0 {
            self.list_paths(&descriptor);
        }
        let device = Device::new(subdriver, model, &descriptor, &mut self.desk.publisher);
        if self.has_another_place() && !device.tells_status() {
            return self.no_descriptor("a report descriptor without a status", false, now);
        }
        self.desk.state.reset(settles);
        if self.config.killpower {
            self.kill(device, now);
        } else {
            self.schedule.begin(&device.bindings.sources);
            self.device = Some(device);
            self.phase = Phase::Walking;
        }
    }

    /// What the device offers, for whoever adds a row to a table.
    fn list_paths(&mut self, descriptor: &Descriptor) {
        for field in &descriptor.fields {
            let text = format!(
                "{:?} report {:#04x}, bit {}, {} bits, {} to {}: {}",
                field.kind, field.report, field.offset, field.size, field.logical.0, field.logical.1, field.path
            );
            self.desk.publisher.say(Level::Debug, text);
        }
    }

    fn kill(&mut self, device: Device, now: Instant) {
        let together = Together::of(&self.config);
        let mut said = delays::said(&device, &self.desk);
        said.extend(delays::said_together(&device, &self.desk, together));
        for sentence in said {
            self.say(Level::Warning, sentence);
        }
        let plans = command::shutdown(&self.config.shutdown_commands, &device, &self.desk, together);
        self.device = Some(device);
        self.phase = Phase::Killing;
        self.desk.publisher.set_state("fsd.killpower");
        self.scripts.clear();
        let again = self.config.beside.is_empty().then_some(NEXT_CUT);
        self.scripts.push_back(Script::new(Purpose::Kill, plans).trying_again_after(again));
        self.go_on(now);
    }

    /// Everything has been read once: publishes it, and begins to serve.
    pub(super) fn settle(&mut self, now: Instant) {
        let Some(mut device) = self.device.take() else { return };
        device.settle(&mut self.desk);
        self.publish_identity(&device);
        command::offer(&device, &mut self.desk.publisher);
        for sentence in delays::said(&device, &self.desk) {
            self.say(Level::Warning, sentence);
        }
        let published: Vec<_> = device.published().collect();
        for slot in self.left_over.drain(..).filter(|slot| !published.contains(slot)) {
            self.desk.publisher.remove(slot);
        }
        self.left_over = published;
        device.publish_status(&mut self.desk, now);
        let name = format!("{} {}", device.model.manufacturer, device.model.name);
        self.device = Some(device);
        self.phase = Phase::Serving;
        self.status_changed = false;
        self.publish_options();
        self.desk.publisher.set_state("quiet");
        self.schedule.settle(self.desk.options.poll_interval, self.full_poll_interval(), now);
        self.heard_status(now);
        self.judge_charge(now);
        self.say(Level::Notice, format!("reading {name}"));
        if let Some(percent) = self.desk.options.low_battery {
            self.configure("battery.charge.low", &percent.to_string());
        }
    }

    fn publish_identity(&mut self, device: &Device) {
        let Some(identity) = self.identity.clone() else { return };
        let model = &device.model;
        self.desk.publish("device.type", "ups");
        for (what, value) in [("mfr", &model.manufacturer), ("model", &model.name), ("serial", &model.serial)] {
            if !value.is_empty() {
                self.desk.publish(&format!("device.{what}"), value);
                self.desk.publish(&format!("ups.{what}"), value);
            }
        }
        if let Some(firmware) = &model.firmware {
            self.desk.publish("ups.firmware", firmware);
        }
        if let Some(firmware) = &model.usb_firmware {
            self.desk.publish("ups.firmware.aux", firmware);
        }
        self.desk.publish("ups.vendorid", &format!("{:04x}", identity.vendor_id));
        self.desk.publish("ups.productid", &format!("{:04x}", identity.product_id));
    }

    pub(super) fn open_failed(&mut self, error: LinkError, now: Instant) {
        // Devices without a number of their own show the same one; the port tells them apart.
        self.in_its_port |= error == LinkError::Ambiguous && self.remembered.is_some();
        let why = self.why(error);
        self.retry(&why, now);
        if error == LinkError::NotFound {
            self.name_others();
        }
        self.sighted.clear();
    }

    /// Gives the device up for now, telling it so.
    pub(super) fn drop_device(&mut self, why: &str, now: Instant) {
        self.desk.publisher.push(Effect::Close { link: self.link });
        self.lose(why, now);
    }

    /// The device is gone.
    pub(super) fn lose(&mut self, why: &str, now: Instant) {
        self.under_way = None;
        let device = self.device.take();
        self.script_waits = None;
        if self.phase == Phase::Serving {
            self.desk.publisher.set_state("reconnect.trying");
            if let Some(device) = device
                && self.desk.state.doubt.give_up()
            {
                device.publish_status(&mut self.desk, now);
            }
            // A device that comes back within a poll has not been away.
            let soon = now + self.desk.options.poll_interval;
            self.stale_at = Some(self.stale_at.map_or(soon, |at| at.min(soon)));
        }
        while let Some(script) = self.scripts.pop_front() {
            let succeeded = script.all_sent();
            self.finish(script, succeeded);
        }
        self.retry(why, now);
    }

    fn retry(&mut self, why: &str, now: Instant) {
        if self.phase == Phase::Over {
            return;
        }
        self.attempts += 1;
        let since = *self.tried_since.get_or_insert(now);
        if self.attempts == 1 || self.last_why != why {
            let what =
                if self.remembered.is_some() { "lost sight of the device" } else { "the device cannot be read yet" };
            self.say(Level::Warning, format!("{what}: {why}; trying again"));
            why.clone_into(&mut self.last_why);
        }
        if self.config.killpower && self.has_tried_enough(since, now) {
            self.say(Level::Error, format!("the load was not cut: {why}"));
            return self.exit(1);
        }
        let doubled = FIRST_RETRY * 2_u32.pow((self.attempts - 1).min(8));
        let pause = doubled.min(LAST_RETRY).max(self.desk.options.reconnect_pause);
        self.phase = Phase::Absent { retry_at: now + pause };
    }

    /// Whether `-k` gives up. Where this is the only UPS to be cut nobody else's cut hurries, and a load that stays on
    /// leaves the halted host off for ever.
    fn has_tried_enough(&self, since: Instant, now: Instant) -> bool {
        if let Some(patience) = self.config.patience {
            return now - since >= patience;
        }
        let is_alone = self.config.beside.is_empty();
        let alone = hook::time_to_cut(self.config.poweroff_wait).max(hook::HURRIED);
        let patience = if is_alone { alone } else { hook::HURRIED };
        now - since >= patience || (!is_alone && self.attempts >= KILL_ATTEMPTS)
    }

    /// Leaves the device alone for good.
    pub(super) fn let_go(&mut self) {
        if matches!(self.phase, Phase::Describing | Phase::Walking | Phase::Serving | Phase::Killing) {
            self.desk.publisher.push(Effect::Close { link: self.link });
        }
        self.under_way = None;
    }
}
