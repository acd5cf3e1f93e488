//! Every device file that comes with the emulator.

#[test]
fn every_device_is_sound() {
    for name in emulator::device::names() {
        if let Err(wrong) = emulator::device::find(name) {
            panic!("{name}:\n{wrong}");
        }
    }
}
