//! Report descriptors as both ends read them, and reports laid over them: a length, a descriptor of
//! that length, and the bytes of a report.

#![no_main]

use driver::hid::Descriptor;
use emulator::hid::layout::Layout;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((length, rest)) = data.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
    let (descriptor, report) = rest.split_at(length);
    let _ = Layout::read(descriptor);
    let Ok(found) = Descriptor::parse(descriptor) else { return };
    for field in &found.fields {
        let _ = field.path.to_string();
        assert!(found.find(field.kind, &field.path).is_some());
        let Some(raw) = field.raw(report) else { continue };
        let value = field.physical(raw);
        let _ = field.encode(value);
        let mut text = String::new();
        value.write(3, &mut text);
        let mut copy = report.to_vec();
        assert!(field.insert(raw, &mut copy) && copy == report, "a field changes what is not its own");
    }
    for report in &found.reports {
        assert!(found.report(report.kind, report.id).is_some() && report.bytes() < 1 << 16);
    }
});
