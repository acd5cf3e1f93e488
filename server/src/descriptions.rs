//! What variables and commands mean, in a sentence: GET DESC and GET CMDDESC.

const VARIABLES: &[(&str, &str)] = &[
    ("ambient.humidity", "Humidity around the UPS (percent)"),
    ("ambient.temperature", "Temperature around the UPS (degrees C)"),
    ("battery.charge", "How full the battery is (percent)"),
    ("battery.charge.low", "Charge below which the battery counts as low (percent)"),
    ("battery.charge.restart", "Charge the battery needs before the load is switched on again (percent)"),
    ("battery.charge.warning", "Charge below which the UPS warns (percent)"),
    ("battery.current", "Current of the battery (A)"),
    ("battery.date", "When the battery was replaced last"),
    ("battery.mfr.date", "When the battery was made"),
    ("battery.packs", "Number of battery packs"),
    ("battery.runtime", "How long the battery lasts at this load (seconds)"),
    ("battery.runtime.low", "Remaining runtime below which the battery counts as low (seconds)"),
    ("battery.temperature", "Temperature of the battery (degrees C)"),
    ("battery.type", "Chemistry of the battery"),
    ("battery.voltage", "Voltage of the battery (V)"),
    ("battery.voltage.nominal", "Rated voltage of the battery (V)"),
    ("device.mfr", "Who made the device"),
    ("device.model", "Model of the device"),
    ("device.serial", "Serial number of the device"),
    ("device.type", "Kind of device"),
    ("driver.debug", "How much the driver says for debugging"),
    ("driver.flag.allow_killpower", "Whether the driver may cut the load on command"),
    ("driver.name", "Name of the driver"),
    ("driver.parameter.pollinterval", "How often the driver asks the device (seconds)"),
    ("driver.parameter.port", "Where the driver finds the device"),
    ("driver.state", "What the driver is doing"),
    ("driver.version", "Version of the driver"),
    ("driver.version.internal", "Version of the driver's device-specific part"),
    ("input.current", "Current drawn from the mains (A)"),
    ("input.frequency", "Frequency of the mains (Hz)"),
    ("input.frequency.nominal", "Rated frequency of the mains (Hz)"),
    ("input.sensitivity", "How sensitive the UPS is to the quality of the mains"),
    ("input.transfer.high", "Mains voltage above which the battery takes over (V)"),
    ("input.transfer.low", "Mains voltage below which the battery takes over (V)"),
    ("input.transfer.reason", "Why the battery took over last"),
    ("input.voltage", "Voltage of the mains (V)"),
    ("input.voltage.nominal", "Rated voltage of the mains (V)"),
    ("output.current", "Current of the load (A)"),
    ("output.frequency", "Frequency at the output (Hz)"),
    ("output.voltage", "Voltage at the output (V)"),
    ("output.voltage.nominal", "Rated voltage at the output (V)"),
    ("server.info", "What the server says it is"),
    ("server.version", "Version of the server"),
    ("ups.alarm", "What the UPS is alarmed about"),
    ("ups.beeper.status", "Whether the beeper may sound"),
    ("ups.date", "The UPS's own date"),
    ("ups.delay.shutdown", "How long after the command the load is switched off (seconds)"),
    ("ups.delay.start", "How long after the command the load may come on again, mains permitting (seconds)"),
    ("ups.firmware", "Version of the UPS's firmware"),
    ("ups.firmware.aux", "Version of the UPS's second firmware"),
    ("ups.id", "Name that was given to the UPS"),
    ("ups.load", "How much of its rating the load draws (percent)"),
    ("ups.mfr", "Who made the UPS"),
    ("ups.mfr.date", "When the UPS was made"),
    ("ups.model", "Model of the UPS"),
    ("ups.power", "Apparent power of the load (VA)"),
    ("ups.power.nominal", "Rated apparent power (VA)"),
    ("ups.productid", "USB product id"),
    ("ups.realpower", "Power of the load (W)"),
    ("ups.realpower.nominal", "Rated power (W)"),
    ("ups.serial", "Serial number of the UPS"),
    ("ups.status", "How the UPS is, in NUT's words"),
    ("ups.temperature", "Temperature of the UPS (degrees C)"),
    ("ups.test.date", "When the UPS tested itself last"),
    ("ups.test.interval", "How often the UPS tests itself (seconds)"),
    ("ups.test.result", "How the last self-test ended"),
    ("ups.time", "The UPS's own time of day"),
    ("ups.timer.reboot", "When the load will be switched off and on (seconds)"),
    ("ups.timer.shutdown", "When the load will be switched off (seconds)"),
    ("ups.timer.start", "When the load will be switched on (seconds)"),
    ("ups.vendorid", "USB vendor id"),
];

const COMMANDS: &[(&str, &str)] = &[
    ("beeper.disable", "Silence the beeper for good"),
    ("beeper.enable", "Let the beeper sound"),
    ("beeper.mute", "Silence the beeper for now"),
    ("beeper.off", "Silence the beeper (old name)"),
    ("beeper.on", "Let the beeper sound (old name)"),
    ("bypass.start", "Feed the load past the UPS"),
    ("bypass.stop", "Feed the load through the UPS"),
    ("calibrate.start", "Run the battery down to learn its runtime"),
    ("calibrate.stop", "Stop learning the runtime"),
    ("driver.killpower", "Have the driver cut the load"),
    ("driver.reload", "Have the driver read its configuration again"),
    ("driver.reload-or-error", "Have the driver read its configuration again, or fail"),
    ("driver.reload-or-exit", "Have the driver read its configuration again, or end"),
    ("load.off", "Switch the load off now"),
    ("load.off.delay", "Switch the load off after a while"),
    ("load.on", "Switch the load on now"),
    ("load.on.delay", "Switch the load on after a while"),
    ("reset.input.minmax", "Forget the highest and lowest mains voltage"),
    ("shutdown.default", "Cut the load as the driver does at the end of a shutdown"),
    ("shutdown.reboot", "Switch the load off and on again"),
    ("shutdown.reboot.graceful", "Switch the load off after a while, and on again"),
    ("shutdown.return", "Switch the load off, and on again when mains is back"),
    ("shutdown.stayoff", "Switch the load off for good"),
    ("shutdown.stop", "Take a shutdown back that is under way"),
    ("test.battery.start", "Test the battery"),
    ("test.battery.start.deep", "Test the battery thoroughly"),
    ("test.battery.start.quick", "Test the battery briefly"),
    ("test.battery.stop", "Stop testing the battery"),
    ("test.failure.start", "Act as if mains had failed"),
    ("test.failure.stop", "Stop acting as if mains had failed"),
    ("test.panel.start", "Test the front panel"),
    ("test.panel.stop", "Stop testing the front panel"),
];

/// What a variable means, whatever server it came from.
pub(crate) fn of_variable(name: &str) -> Option<&'static str> {
    find(VARIABLES, name)
}

/// What a command does.
pub(crate) fn of_command(name: &str) -> Option<&'static str> {
    find(COMMANDS, name)
}

fn find(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    // A repeater publishes what it repeats under this prefix.
    const UPSTREAM: &str = "upstream.";
    let head = name.get(..UPSTREAM.len()).filter(|head| head.eq_ignore_ascii_case(UPSTREAM));
    let name = head.map_or(name, |head| &name[head.len()..]);
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, text)| *text)
}
