//! Report descriptors as both ends read them, and reports laid over them: a length, a descriptor of
//! that length, and the bytes of a report.

#![no_main]

use driver::hid::Descriptor;
use emulator::hid::layout::Layout;
use libfuzzer_sys::fuzz_target;

/// Whether two reports are the same but for these bits. A field that is overfull writes back less than it held: its
/// own upper half, which means nothing, and no neighbour's bit.
fn differ_within(before: &[u8], after: &[u8], offset: u32, size: u32) -> bool {
    let is_same = |bit: usize| (before[bit / 8] ^ after[bit / 8]) >> (bit % 8) & 1 == 0;
    let own = offset as usize..(offset + size) as usize;
    (0..before.len() * 8).filter(|bit| !own.contains(bit)).all(is_same)
}

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
        assert!(field.insert(raw, &mut copy), "what can be read cannot be written");
        assert_eq!(field.raw(&copy), Some(raw), "what was written is not what is read");
        assert!(differ_within(report, &copy, field.offset, field.size), "a field changes what is not its own");
    }
    for report in &found.reports {
        assert!(found.report(report.kind, report.id).is_some() && report.bytes() < 1 << 16);
    }
});
