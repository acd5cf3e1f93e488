//! The words of [`Control`]: parse and emit, one beside the other.

use std::fmt;
use std::str::FromStr;

use super::{
    BatteryControl, Beeper, Control, CutOnLine, Fault, Forced, Link, Mains, MainsBack, Quirk, Refresh, Returns, Switch,
    Test,
};
use crate::units::NotAQuantity;

/// Every control line there is.
pub const GRAMMAR: &str = "\
mains off | on | 180 V | 48.5 Hz
load 120 W | 38 %
battery charge 40 % | health 60 % | gauge 100 % | temperature 35 C
battery collapse 40 % | collapse off | disconnect | connect | replace
panel on | off
test quick | deep | stop
calibrate on | off
bypass on | off
alarm on | off
low-battery on | off | auto
replace-battery on | off | auto
beeper enabled | disabled | muted
outlet 1 on | off
quirk cut-on-line cycle | stay-off | as-told | ignore
quirk mains-back goes-on | cancels
quirk returns with-mains | without-mains | never
quirk refresh atomic | torn
link unplug | plug | healthy
link stall | hang | freeze | time-out | io | overflow | short | garble | late 500 ms
link report 0x16 stall | … (as above, for one report)
";

/// A line that is not a [`Control`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAControl {
    /// The words do not fit.
    #[error("unknown control {0:?}")]
    Unknown(String),
    /// A quantity does not fit.
    #[error(transparent)]
    Quantity(#[from] NotAQuantity),
}

/// A closed set of words for the values of an enum.
trait Words: Copy + PartialEq + 'static {
    const WORDS: &'static [(&'static str, Self)];

    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
    }

    fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }
}

macro_rules! words {
    ($type:ty: $($word:literal = $value:expr),+ $(,)?) => {
        impl Words for $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $value)),+];
        }

        impl $type {
            /// Its words.
            pub const NAMES: &'static [&'static str] = &[$($word),+];
        }
    };
}

words!(Switch: "on" = Self::On, "off" = Self::Off);
words!(Test: "quick" = Self::Quick, "deep" = Self::Deep, "stop" = Self::Stop);
words!(Forced: "on" = Self::On, "off" = Self::Off, "auto" = Self::Auto);
words!(Beeper: "enabled" = Self::Enabled, "disabled" = Self::Disabled, "muted" = Self::Muted);
words!(CutOnLine: "cycle" = Self::Cycle, "stay-off" = Self::StayOff, "as-told" = Self::AsTold, "ignore" = Self::Ignore);
words!(MainsBack: "goes-on" = Self::GoesOn, "cancels" = Self::Cancels);
words!(Returns: "with-mains" = Self::WithMains, "without-mains" = Self::WithoutMains, "never" = Self::Never);
words!(Refresh: "atomic" = Self::Atomic, "torn" = Self::Torn);
words!(Fault:
    "stall" = Self::Stall,
    "hang" = Self::Hang,
    "freeze" = Self::Freeze,
    "time-out" = Self::TimeOut,
    "io" = Self::Io,
    "overflow" = Self::Overflow,
    "short" = Self::Short,
    "garble" = Self::Garble,
);

impl FromStr for Control {
    type Err = NotAControl;

    fn from_str(line: &str) -> Result<Self, NotAControl> {
        let unknown = || NotAControl::Unknown(line.trim().to_owned());
        let (verb, rest) = split(line);
        match verb {
            "mains" => mains(rest).map(Self::Mains),
            "load" => Ok(Self::Load(rest.parse()?)),
            "battery" => battery(rest).unwrap_or_else(|| Err(unknown())).map(Self::Battery),
            "panel" => Switch::of(rest).map(Self::Panel).ok_or_else(unknown),
            "test" => Test::of(rest).map(Self::Test).ok_or_else(unknown),
            "calibrate" => Switch::of(rest).map(Self::Calibrate).ok_or_else(unknown),
            "bypass" => Switch::of(rest).map(Self::Bypass).ok_or_else(unknown),
            "alarm" => Switch::of(rest).map(Self::Alarm).ok_or_else(unknown),
            "low-battery" => Forced::of(rest).map(Self::LowBattery).ok_or_else(unknown),
            "replace-battery" => Forced::of(rest).map(Self::ReplaceBattery).ok_or_else(unknown),
            "beeper" => Beeper::of(rest).map(Self::Beeper).ok_or_else(unknown),
            "outlet" => outlet(rest).ok_or_else(unknown),
            "quirk" => quirk(rest).map(Self::Quirk).ok_or_else(unknown),
            "link" => link(rest).map(Self::Link).ok_or_else(unknown),
            _ => Err(unknown()),
        }
    }
}

/// The first word and what follows it.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

fn mains(rest: &str) -> Result<Mains, NotAControl> {
    match rest {
        "off" => Ok(Mains::Off),
        "on" => Ok(Mains::On),
        _ if rest.ends_with("Hz") => Ok(Mains::Hertz(rest.parse()?)),
        _ => Ok(Mains::Volts(rest.parse()?)),
    }
}

fn battery(rest: &str) -> Option<Result<BatteryControl, NotAControl>> {
    let (what, value) = split(rest);
    let share = |make: fn(_) -> BatteryControl| Some(value.parse().map(make).map_err(NotAControl::from));
    match (what, value) {
        ("charge", _) => share(BatteryControl::Charge),
        ("health", _) => share(BatteryControl::Health),
        ("gauge", _) => share(BatteryControl::Gauge),
        ("temperature", _) => Some(value.parse().map(BatteryControl::Temperature).map_err(NotAControl::from)),
        ("collapse", "off") => Some(Ok(BatteryControl::Collapse(None))),
        ("collapse", _) => share(|at| BatteryControl::Collapse(Some(at))),
        ("disconnect", "") => Some(Ok(BatteryControl::Disconnect)),
        ("connect", "") => Some(Ok(BatteryControl::Connect)),
        ("replace", "") => Some(Ok(BatteryControl::Replace)),
        _ => None,
    }
}

fn outlet(rest: &str) -> Option<Control> {
    let (number, switch) = split(rest);
    let number = number.parse().ok().filter(|number| *number > 0)?;
    Some(Control::Outlet(number, Switch::of(switch)?))
}

fn quirk(rest: &str) -> Option<Quirk> {
    let (which, value) = split(rest);
    match which {
        "cut-on-line" => CutOnLine::of(value).map(Quirk::CutOnLine),
        "mains-back" => MainsBack::of(value).map(Quirk::MainsBack),
        "returns" => Returns::of(value).map(Quirk::Returns),
        "refresh" => Refresh::of(value).map(Quirk::Refresh),
        _ => None,
    }
}

fn link(rest: &str) -> Option<Link> {
    let (what, value) = split(rest);
    match (what, value) {
        ("unplug", "") => Some(Link::Unplug),
        ("plug", "") => Some(Link::Plug),
        ("healthy", "") => Some(Link::Healthy),
        ("report", _) => {
            let (id, how) = split(value);
            let id = u8::from_str_radix(id.strip_prefix("0x")?, 16).ok()?;
            fault(how).map(|fault| Link::ReportFault(id, fault))
        }
        _ => fault(rest).map(Link::Fault),
    }
}

fn fault(text: &str) -> Option<Fault> {
    let (what, value) = split(text);
    match what {
        "late" => value.strip_suffix("ms")?.trim_end().parse().ok().map(Fault::Late),
        _ => Fault::of(text),
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mains(mains) => write!(f, "mains {mains}"),
            Self::Load(load) => write!(f, "load {load}"),
            Self::Battery(battery) => write!(f, "battery {battery}"),
            Self::Panel(switch) => write!(f, "panel {}", switch.word()),
            Self::Test(test) => write!(f, "test {}", test.word()),
            Self::Calibrate(switch) => write!(f, "calibrate {}", switch.word()),
            Self::Bypass(switch) => write!(f, "bypass {}", switch.word()),
            Self::Alarm(switch) => write!(f, "alarm {}", switch.word()),
            Self::LowBattery(forced) => write!(f, "low-battery {}", forced.word()),
            Self::ReplaceBattery(forced) => write!(f, "replace-battery {}", forced.word()),
            Self::Beeper(beeper) => write!(f, "beeper {}", beeper.word()),
            Self::Outlet(number, switch) => write!(f, "outlet {number} {}", switch.word()),
            Self::Quirk(quirk) => write!(f, "quirk {quirk}"),
            Self::Link(link) => write!(f, "link {link}"),
        }
    }
}

impl fmt::Display for Mains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::On => f.write_str("on"),
            Self::Volts(volts) => volts.fmt(f),
            Self::Hertz(hertz) => hertz.fmt(f),
        }
    }
}

impl fmt::Display for BatteryControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charge(share) => write!(f, "charge {share}"),
            Self::Health(share) => write!(f, "health {share}"),
            Self::Gauge(share) => write!(f, "gauge {share}"),
            Self::Temperature(celsius) => write!(f, "temperature {celsius}"),
            Self::Collapse(Some(share)) => write!(f, "collapse {share}"),
            Self::Collapse(None) => f.write_str("collapse off"),
            Self::Disconnect => f.write_str("disconnect"),
            Self::Connect => f.write_str("connect"),
            Self::Replace => f.write_str("replace"),
        }
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutOnLine(value) => write!(f, "cut-on-line {}", value.word()),
            Self::MainsBack(value) => write!(f, "mains-back {}", value.word()),
            Self::Returns(value) => write!(f, "returns {}", value.word()),
            Self::Refresh(value) => write!(f, "refresh {}", value.word()),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unplug => f.write_str("unplug"),
            Self::Plug => f.write_str("plug"),
            Self::Healthy => f.write_str("healthy"),
            Self::Fault(fault) => fault.fmt(f),
            Self::ReportFault(id, fault) => write!(f, "report 0x{id:02x} {fault}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(milliseconds) => write!(f, "late {milliseconds} ms"),
            other => f.write_str(other.word()),
        }
    }
}
