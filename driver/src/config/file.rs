//! From the whole of `ups.conf` to the configuration of one driver.

use super::{CommandLine, DriverConfig, Knowledge};
use protocol::conf::ups_conf::{UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};

impl DriverConfig {
    /// `-a ups`: the section of that name. What is wrong about another UPS is a warning, and for `-k` also
    /// all that says nothing of which device to take: neither must leave this one without its driver, or
    /// with its load on.
    ///
    /// # Errors
    ///
    /// Every mistake in the file, when one of them is about this UPS.
    pub fn from_file(
        source: &Source,
        ups: &str,
        known: Knowledge,
        line: &CommandLine,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let (conf, found) = UpsConf::salvage(source);
        let is_fatal = match conf.section(ups) {
            Some(section) => {
                let passes_over = line.killpower && !runs_on(source, section);
                let may_pass = |one: &Diagnostic| {
                    !conf.concerns(section, one) || passes_over && is_by_the_way(source, section, one, known)
                };
                let has_more = found.left_out() > 0 && !line.killpower;
                has_more || found.iter().any(|one| one.severity == Severity::Error && !may_pass(one))
            }
            // What is wrong may be why it is missing.
            None => found.has_errors(),
        };
        if is_fatal {
            return Err(found);
        }
        let (config, more) = Self::from_section(&conf, ups, known, line)?;
        let as_warning = |one| Diagnostic { severity: Severity::Warning, ..one };
        Ok((config, found.into_iter().map(as_warning).chain(more).collect()))
    }
}

/// Whether the line of a message says nothing of which device to take.
fn is_by_the_way(source: &Source, section: &UpsSection, message: &Diagnostic, known: Knowledge) -> bool {
    let Some((_, place)) = &message.place else { return false };
    let line = source.line_at(place.start);
    let key = line.trim_start().split(|c: char| c == '=' || c.is_ascii_whitespace()).next().unwrap_or_default();
    // A second header may mix the settings of two UPSes.
    let is_mixed = key.starts_with('[') && place.start != section.header.span.start;
    !is_mixed && key != "driver" && !known.selects(key.trim_matches('"'))
}

/// Whether a quote that is not closed has taken in lines that may have said which device to take.
fn runs_on(source: &Source, section: &UpsSection) -> bool {
    let values = section.settings.iter().filter_map(|setting| setting.value.as_ref());
    values.into_iter().any(|value| source.bytes()[value.span.clone()].contains(&b'\n'))
}
