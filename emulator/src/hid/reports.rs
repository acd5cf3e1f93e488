//! The report store: builds a report's bytes from the physics, and takes what a host writes.

use protocol::usb::{Data, ReportKind};

use super::bind::{Binding, Source, from_logical, to_logical};
use super::bits;
use super::layout::{Field, Layout};
use super::quantity::Scale;
use crate::device::Device;
use crate::physics::Physics;

/// All reports of one device.
#[derive(Debug, Clone)]
pub struct Reports {
    reports: Vec<Report>,
    settings: Vec<i64>,
    uses_ids: bool,
}

/// One report and what stands behind its fields.
#[derive(Debug, Clone)]
struct Report {
    kind: ReportKind,
    id: u8,
    /// What is sent, the id included, with the fields that never change.
    template: Data,
    /// The fields that may.
    fields: Vec<(Field, Source)>,
}

/// What a host wrote that the device obeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The quantity's name.
    pub quantity: &'static str,
    /// The value, in the quantity's own unit.
    pub value: i64,
}

impl Reports {
    /// The reports of `device`. One of which nothing is known is refused when it is asked for.
    pub fn new(device: &Device) -> Self {
        let Layout { fields, reports, uses_ids } = &device.layout;
        let Binding { sources, settings } = &device.binding;
        let reports = reports.iter().map(|report| {
            let length = report.bits.div_ceil(8) as usize;
            let declared = length + usize::from(*uses_ids);
            let sent = device.usb.sends.get(&report.id).map_or(declared, |sent| usize::from(*sent).min(declared));
            let known = fields.iter().zip(sources).filter(|(field, _)| field.kind == report.kind);
            let known = known.filter(|(field, _)| field.report == report.id);
            let known: Vec<(&Field, Source)> = known.filter_map(|(field, source)| Some((field, (*source)?))).collect();
            let mut template = Data::from_elem(0, declared);
            template[..usize::from(*uses_ids)].fill(report.id);
            let mut fields = Vec::new();
            for (field, source) in &known {
                match source {
                    Source::Constant(logical) => bits::put(&mut template[usize::from(*uses_ids)..], field, *logical),
                    Source::Setting(_) | Source::Quantity(_) => fields.push(((*field).clone(), *source)),
                }
            }
            template.truncate(sent);
            (!known.is_empty()).then_some(Report { kind: report.kind, id: report.id, template, fields })
        });
        Self { reports: reports.flatten().collect(), settings: settings.clone(), uses_ids: *uses_ids }
    }

    /// The report's bytes as they are now, its id first; `None` where the device refuses.
    pub fn read(&self, kind: ReportKind, id: u8, ups: &Physics) -> Option<Data> {
        let report = self.find(kind, id)?;
        let mut bytes = report.template.clone();
        if let Some(data) = bytes.get_mut(usize::from(self.uses_ids)..) {
            for (field, source) in &report.fields {
                bits::put(data, field, self.value(field, *source, ups));
            }
        }
        Some(bytes)
    }

    /// Every feature report's id.
    pub fn features(&self) -> impl Iterator<Item = u8> {
        self.reports.iter().filter(|report| report.kind == ReportKind::Feature).map(|report| report.id)
    }

    /// Takes a written report; `None` where the device refuses it.
    pub fn write(&mut self, kind: ReportKind, id: u8, data: &[u8], ups: &mut Physics) -> Option<Vec<Written>> {
        let data = match data.split_first() {
            Some((first, rest)) if self.uses_ids => (*first == id).then_some(rest)?,
            _ => data,
        };
        let report = self.find(kind, id)?.clone();
        let mut writable = report.fields.iter().filter(|(field, source)| !field.constant && is_writable(*source));
        writable.next()?;
        let mut written = Vec::new();
        for (field, source) in report.fields.iter().filter(|(field, _)| !field.constant) {
            // A report cut short changes what it reaches.
            let Some(logical) = bits::get(data, field) else { continue };
            // What lies outside of a field's range changes nothing (HID 1.11 §5.10, §6.2.2.5).
            if !field.range().contains(&logical) {
                continue;
            }
            match *source {
                Source::Setting(setting) => self.settings[setting] = logical,
                Source::Quantity(quantity) => {
                    let Some(write) = quantity.write else { continue };
                    let cancels = quantity.scale == Scale::Seconds && logical < 0;
                    let value = if cancels { -1 } else { from_logical(field, quantity.scale, logical) };
                    written.push(Written { quantity: quantity.name, value });
                    write(ups, value);
                }
                Source::Constant(_) => {}
            }
        }
        Some(written)
    }

    fn find(&self, kind: ReportKind, id: u8) -> Option<&Report> {
        self.reports.iter().find(|report| report.id == id && report.kind == kind)
    }

    fn value(&self, field: &Field, source: Source, ups: &Physics) -> i64 {
        match source {
            Source::Constant(logical) => logical,
            Source::Setting(setting) => self.settings.get(setting).copied().unwrap_or(0),
            Source::Quantity(quantity) => match (quantity.read)(ups) {
                Some(value) => to_logical(field, quantity.scale, value),
                // What does not run shows −1 where the field can, else 0.
                None => i64::from(field.logical_min).clamp(-1, 0),
            },
        }
    }
}

fn is_writable(source: Source) -> bool {
    match source {
        Source::Setting(_) => true,
        Source::Quantity(quantity) => quantity.write.is_some(),
        Source::Constant(_) => false,
    }
}
