//! `upsd.conf`: one directive a line, in capitals.

use std::time::Duration;

use protocol::conf::Item;
use protocol::conf::flat::{self, Directive};
use protocol::diagnostic::{Diagnostic, Diagnostics, Source};
use protocol::net::PORT;

use super::Listen;

/// What `upsd.conf` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpsdConf {
    /// `LISTEN`, or NUT's defaults.
    pub listen: Vec<Listen>,
    /// `MAXAGE`
    pub max_age: Duration,
    /// `TRACKINGDELAY`
    pub tracking_delay: Duration,
    /// `STATEPATH`
    pub state_path: Option<String>,
    /// `MAXCONN`
    pub max_connections: Option<usize>,
    /// `DEBUG_MIN`
    pub debug_min: u32,
    /// `ALLOW_NO_DEVICE`
    pub allow_no_device: bool,
    /// `ALLOW_NOT_ALL_LISTENERS`
    pub allow_not_all_listeners: bool,
}

impl Default for UpsdConf {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            max_age: Duration::from_secs(15),
            tracking_delay: Duration::from_secs(3600),
            state_path: None,
            max_connections: None,
            debug_min: 0,
            allow_no_device: false,
            allow_not_all_listeners: false,
        }
    }
}

/// Where NUT listens when nothing is said.
const LISTEN: &[&str] = &["127.0.0.1", "::1"];

/// The directives that have a path or a host name.
const VITAL: [&str; 2] = ["LISTEN", "STATEPATH"];

/// What a directive asks of the server.
#[derive(Clone, Copy)]
enum Meaning {
    /// It is taken, by this.
    Taken(fn(&mut UpsdConf, &Source, &Directive) -> Result<(), Diagnostic>),
    /// It changes nothing here; silently, for it does no harm.
    Harmless,
    /// It asks for TLS.
    Tls,
    /// NUT itself no longer knows it.
    Obsolete,
}

const DIRECTIVES: &[(&str, Meaning)] = &[
    ("ACCEPT", Meaning::Obsolete),
    ("ACL", Meaning::Obsolete),
    (
        "ALLOW_NOT_ALL_LISTENERS",
        Meaning::Taken(|conf, source, line| set(&mut conf.allow_not_all_listeners, yes_or_no(source, line))),
    ),
    ("ALLOW_NO_DEVICE", Meaning::Taken(|conf, source, line| set(&mut conf.allow_no_device, yes_or_no(source, line)))),
    ("CERTFILE", Meaning::Tls),
    ("CERTIDENT", Meaning::Tls),
    ("CERTPATH", Meaning::Tls),
    ("CERTREQUEST", Meaning::Tls),
    ("DATAPATH", Meaning::Harmless),
    ("DEBUG_MIN", Meaning::Taken(debug_min)),
    ("DISABLE_WEAK_SSL", Meaning::Harmless),
    ("LISTEN", Meaning::Taken(listen)),
    ("MAXAGE", Meaning::Taken(|conf, source, line| set(&mut conf.max_age, seconds(source, line)))),
    ("MAXCONN", Meaning::Taken(max_connections)),
    ("REJECT", Meaning::Obsolete),
    (
        "STATEPATH",
        Meaning::Taken(|conf, source, line| {
            set(&mut conf.state_path, one(source, line).map(|path| Some(path.text.clone())))
        }),
    ),
    ("TRACKINGDELAY", Meaning::Taken(|conf, source, line| set(&mut conf.tracking_delay, seconds(source, line)))),
];

/// Reads `upsd.conf`.
pub(super) fn read(source: &Source) -> (UpsdConf, Diagnostics) {
    let (lines, mut diagnostics) = flat::read_vital(source, |name| VITAL.contains(&name));
    let mut conf = UpsdConf::default();
    for line in &lines {
        let name = &line.name;
        let meaning = DIRECTIVES.iter().find(|(known, _)| *known == name.text).map(|(_, meaning)| *meaning);
        let said = match meaning {
            Some(Meaning::Taken(take)) => take(&mut conf, source, line).err(),
            Some(Meaning::Harmless) => None,
            Some(Meaning::Tls) => Some(
                name.warning(
                    source,
                    format!("`{name}` asks for TLS, which this server does not speak yet", name = name.text),
                )
                .label("is ignored"),
            ),
            Some(Meaning::Obsolete) => Some(
                name.warning(source, format!("`{}` is no longer a directive", name.text))
                    .label("is ignored")
                    .hint("LISTEN says who can connect; a firewall says the rest"),
            ),
            None => Some(
                name.warning(source, format!("unknown directive `{}`", name.text))
                    .label("is ignored")
                    .suggest(&name.text, DIRECTIVES.iter().map(|(known, _)| *known)),
            ),
        };
        diagnostics.extend(said);
    }
    finish(&mut conf);
    (conf, diagnostics)
}

fn finish(conf: &mut UpsdConf) {
    if conf.listen.is_empty() {
        // A machine without IPv6 still serves.
        let local = |host: &&str| Listen { host: (*host).to_owned(), port: PORT, is_required: false };
        conf.listen = LISTEN.iter().map(local).collect();
    }
    if conf.allow_not_all_listeners {
        conf.listen.iter_mut().for_each(|listen| listen.is_required = false);
    }
}

fn set<T>(field: &mut T, value: Result<T, Diagnostic>) -> Result<(), Diagnostic> {
    *field = value?;
    Ok(())
}

fn one<'a>(source: &Source, line: &'a Directive) -> Result<&'a Item, Diagnostic> {
    match &line.arguments[..] {
        [one] => Ok(one),
        [] => Err(line.name.error(source, format!("`{}` without a value", line.name.text))),
        [_, extra, ..] => Err(extra.error(source, format!("`{}` takes one value", line.name.text))),
    }
}

fn seconds(source: &Source, line: &Directive) -> Result<Duration, Diagnostic> {
    let value = one(source, line)?;
    let seconds = value.parse::<u32>(source, "a number of seconds")?;
    if seconds == 0 {
        return Err(value.error(source, format!("`{}` of no seconds", line.name.text)));
    }
    Ok(Duration::from_secs(seconds.into()))
}

fn yes_or_no(source: &Source, line: &Directive) -> Result<bool, Diagnostic> {
    let value = one(source, line)?;
    parse_yes_or_no(&value.text)
        .ok_or_else(|| value.error(source, format!("`{}` is neither yes nor no", value.text)).hint("write yes or no"))
}

/// NUT's words for yes and no, here and in the environment.
pub(crate) fn parse_yes_or_no(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(&["yes", "true", "on", "1"]) {
        Some(true)
    } else if is(&["no", "false", "off", "0"]) {
        Some(false)
    } else {
        None
    }
}

fn listen(conf: &mut UpsdConf, source: &Source, line: &Directive) -> Result<(), Diagnostic> {
    let (host, port) = match &line.arguments[..] {
        [host] => (host, PORT),
        [host, port] => (host, port.parse(source, "a TCP port")?),
        [] => return Err(line.name.error(source, "`LISTEN` without an address")),
        [_, _, extra, ..] => return Err(extra.error(source, "`LISTEN` takes an address and a port")),
    };
    let host = host.text.trim_start_matches('[').trim_end_matches(']').to_owned();
    conf.listen.push(Listen { host, port, is_required: true });
    Ok(())
}

fn debug_min(conf: &mut UpsdConf, source: &Source, line: &Directive) -> Result<(), Diagnostic> {
    set(&mut conf.debug_min, one(source, line)?.parse(source, "a debugging level"))
}

fn max_connections(conf: &mut UpsdConf, source: &Source, line: &Directive) -> Result<(), Diagnostic> {
    let value = one(source, line)?;
    let most = value.parse(source, "a number of connections")?;
    if most == 0 {
        let problem = value.error(source, "`MAXCONN` of no connections");
        return Err(problem.hint("leave the line out for as many as the system allows"));
    }
    conf.max_connections = Some(most);
    Ok(())
}
