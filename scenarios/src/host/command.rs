//! What a command means to an operating system: shutdown(8) and its friends.
//!
//! Follows shutdown(8), halt(8) and telinit(8) of systemd. A line of a configuration may hold
//! several commands (`logger going; /sbin/shutdown -h +5`): each is looked at. What is not known
//! is [`Meaning::Unknown`], which the rigs record with a warning. Nothing is ever run here.

/// When a shutdown begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delay {
    /// At once.
    Now,
    /// After this many minutes.
    Minutes(u32),
}

/// What a shutdown ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Halted or powered off: the load is gone, the outlet may be cut.
    Halt,
    /// Up again.
    Reboot,
}

/// What a command means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The operating system shuts down.
    Shutdown {
        /// When it begins.
        delay: Delay,
        /// What it ends in.
        end: End,
    },
    /// A shutdown that has not begun is called off.
    Cancel,
    /// `upsmon -c fsd`.
    ForceShutdown,
    /// `upsmon -c stop`.
    StopMonitor,
    /// `upsmon -c reload`, `upsd -c reload`: the named daemon reads its configuration again.
    Reload(&'static str),
    /// One of the tools that talk to a server (`upscmd`, `upsrw`, `upsc`): its words.
    Tool(Vec<String>),
    /// Something that changes nothing that anybody here could see (`true`, `logger`, `wall`, `echo`, `sync`).
    Nothing,
    /// A command that fails (`false`).
    Failure,
    /// Not known: the words as they stand.
    Unknown(Vec<String>),
}

/// What one command means, given its words.
#[must_use]
pub fn meaning(words: &[String]) -> Meaning {
    let unknown = || Meaning::Unknown(words.to_vec());
    let Some((program, arguments)) = words.split_first() else { return Meaning::Nothing };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let name = program.rsplit('/').next().unwrap_or(program);
    match (name, arguments.as_slice()) {
        ("sudo" | "exec" | "nohup", _) => meaning(&words[1..]),
        ("shutdown", rest) => shutdown(rest).unwrap_or_else(unknown),
        ("poweroff" | "halt", _) | ("init" | "telinit", ["0"]) => {
            Meaning::Shutdown { delay: Delay::Now, end: End::Halt }
        }
        ("reboot", _) | ("init" | "telinit", ["6"]) => Meaning::Shutdown { delay: Delay::Now, end: End::Reboot },
        ("systemctl", rest) => systemctl(rest).unwrap_or_else(unknown),
        ("upsmon", ["-c", "fsd"]) => Meaning::ForceShutdown,
        ("upsmon", ["-c", "stop"]) => Meaning::StopMonitor,
        ("upsmon", ["-c", "reload"]) => Meaning::Reload("upsmon"),
        ("upsd", ["-c", "reload"]) => Meaning::Reload("upsd"),
        ("upscmd" | "upsrw" | "upsc", _) => Meaning::Tool(words.to_vec()),
        ("true" | ":" | "logger" | "wall" | "echo" | "sync", _) => Meaning::Nothing,
        ("false", _) => Meaning::Failure,
        _ => unknown(),
    }
}

fn shutdown(arguments: &[&str]) -> Option<Meaning> {
    let mut end = End::Halt;
    let mut delay = None;
    let mut arguments = arguments.iter();
    while let Some(&argument) = arguments.next() {
        match argument {
            "-c" => return Some(Meaning::Cancel),
            // Only the warning is sent.
            "-k" => return Some(Meaning::Nothing),
            "-r" | "--reboot" => end = End::Reboot,
            "-h" | "-P" | "-H" | "-f" | "-F" | "-n" | "-y" | "--halt" | "--poweroff" | "--no-wall" => {}
            "-t" => {
                arguments.next()?;
            }
            option if option.starts_with('-') => return None,
            time if delay.is_none() => delay = Some(time_of(time)?),
            _message => {}
        }
    }
    // shutdown(8): without a time, one minute.
    Some(Meaning::Shutdown { delay: delay.unwrap_or(Delay::Minutes(1)), end })
}

fn time_of(word: &str) -> Option<Delay> {
    if word == "now" {
        return Some(Delay::Now);
    }
    word.strip_prefix('+').unwrap_or(word).parse().ok().map(Delay::Minutes)
}

fn systemctl(arguments: &[&str]) -> Option<Meaning> {
    let verb = arguments.iter().find(|argument| !argument.starts_with('-'))?;
    let end = match *verb {
        "poweroff" | "halt" => End::Halt,
        "reboot" => End::Reboot,
        _ => return None,
    };
    Some(Meaning::Shutdown { delay: Delay::Now, end })
}

/// Splits a shell line at `;`, `&&`, `&`, `|` and line ends, and each command into words; quotes and
/// backslashes as in sh(1). Expansions and redirections stay as the words they are.
#[must_use]
pub fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some('\''), _) => word.get_or_insert_default().push(character),
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (_, '\\') => word.get_or_insert_default().extend(characters.next()),
            (None, ';' | '&' | '|' | '\n') => {
                finish_word(&mut commands, &mut word);
                commands.push(Vec::new());
            }
            (None, _) if character.is_whitespace() => finish_word(&mut commands, &mut word),
            _ => word.get_or_insert_default().push(character),
        }
    }
    finish_word(&mut commands, &mut word);
    commands.retain(|words| !words.is_empty());
    commands
}

fn finish_word(commands: &mut [Vec<String>], word: &mut Option<String>) {
    if let (Some(words), Some(word)) = (commands.last_mut(), word.take()) {
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meanings(line: &str) -> Vec<Meaning> {
        commands(line).iter().map(|words| meaning(words)).collect()
    }

    fn halt(delay: Delay) -> Vec<Meaning> {
        vec![Meaning::Shutdown { delay, end: End::Halt }]
    }

    #[test]
    fn shutdown_is_understood_in_all_its_spellings() {
        assert_eq!(meanings("/sbin/shutdown -h +5"), halt(Delay::Minutes(5)));
        assert_eq!(meanings("/sbin/shutdown -h +0"), halt(Delay::Minutes(0)));
        assert_eq!(meanings("shutdown -P now 'the battery is low'"), halt(Delay::Now));
        assert_eq!(meanings("shutdown -h 10"), halt(Delay::Minutes(10)));
        assert_eq!(meanings("shutdown"), halt(Delay::Minutes(1)));
        assert_eq!(meanings("sudo /usr/bin/systemctl --no-wall poweroff"), halt(Delay::Now));
        assert_eq!(meanings("/sbin/poweroff"), halt(Delay::Now));
        assert_eq!(meanings("shutdown -c"), [Meaning::Cancel]);
        assert_eq!(meanings("shutdown -r now"), [Meaning::Shutdown { delay: Delay::Now, end: End::Reboot }]);
    }

    #[test]
    fn every_command_of_a_line_is_looked_at() {
        assert_eq!(
            meanings("logger \"going; down\" && /sbin/shutdown -h +2; /opt/lights off"),
            [
                Meaning::Nothing,
                Meaning::Shutdown { delay: Delay::Minutes(2), end: End::Halt },
                Meaning::Unknown(vec!["/opt/lights".into(), "off".into()]),
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_said_to_be_unknown() {
        for line in ["shutdown -h 23:15", "shutdown --whatever now", "systemctl restart nut", "rm -rf /"] {
            assert!(matches!(meanings(line).as_slice(), [Meaning::Unknown(_)]), "{line}");
        }
    }
}
