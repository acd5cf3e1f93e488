//! A device from its file: everything that is wrong with it, all at once, each at its place.
//!
//! What can still be looked at is looked at, whatever is wrong elsewhere: keys, values and marks always;
//! paths and the values of report fields where the report descriptor can be read; what follows from all of
//! it together where nothing is wrong with the keys.

use protocol::diagnostic::{Diagnostic, Diagnostics, Source as Text};

use super::binder::Binder;
use super::file::{self, File, Reports, span};
use super::tree::Tree;
use super::{Device, Facts, consistency, descriptor, first_values, marks, structure};
use crate::hid::layout::Layout;

/// Reads and checks a device file.
pub fn assemble(
    name: &str,
    text: &Text,
    find_descriptor: impl Fn(&str) -> Option<String>,
) -> Result<Device, Diagnostics> {
    let yaml = String::from_utf8_lossy(text.bytes());
    let mut wrong = Diagnostics::new();
    let tree = match Tree::read(text, &yaml, &mut wrong) {
        Ok(tree) => tree,
        Err(broken) => {
            wrong.push(broken);
            return Err(wrong);
        }
    };
    structure::check(&tree, text, &mut wrong);
    let is_whole = wrong.is_empty();
    marks::check(&tree, text, &mut wrong);

    let reports = match file::read::<Reports>(text, &yaml) {
        Ok(reports) => read_descriptor(&reports, text, find_descriptor, &mut wrong),
        Err(error) if is_whole => {
            wrong.push(error);
            None
        }
        Err(_) => None,
    };
    let bound = reports.map(|(bytes, layout)| {
        let binding = Binder::new(text, &tree, &layout, &mut wrong).bind();
        consistency::check_reports(&tree, text, &layout, &mut wrong);
        (bytes, layout, binding)
    });
    let file = if is_whole { file::read::<File>(text, &yaml).map_err(|error| wrong.push(error)).ok() } else { None };
    if let Some(file) = &file {
        consistency::check_facts(file, &tree, text, &mut wrong);
    }
    wrong.sort();
    let (Some(file), Some((descriptor, layout, binding))) = (file, bound) else { return Err(wrong) };
    let device = Device {
        name: name.to_owned(),
        model: file.model,
        sources: file.sources,
        facts: Facts {
            inverter: file.inverter,
            inlet: file.mains,
            transfer_cause: file.transfer_cause,
            battery: file.battery,
            limits: file.low_battery,
            shutdown: file.shutdown,
            self_test: file.self_test,
        },
        usb: file.usb,
        descriptor,
        layout,
        binding,
    };
    first_values::check(&device, &tree, text, &mut wrong);
    wrong.sort();
    wrong.into_result(device).map(|(device, _)| device)
}

fn read_descriptor(
    reports: &Reports,
    text: &Text,
    find: impl Fn(&str) -> Option<String>,
    wrong: &mut Diagnostics,
) -> Option<(Vec<u8>, Layout)> {
    let descriptor = &reports.report_descriptor;
    let bytes = descriptor::bytes(descriptor, text, find).map_err(|error| wrong.append(error)).ok()?;
    match Layout::read(&bytes) {
        Ok(layout) => Some((bytes, layout)),
        Err(error) => {
            wrong.push(Diagnostic::error(text, span(&descriptor.file.referenced), error.to_string()));
            None
        }
    }
}
