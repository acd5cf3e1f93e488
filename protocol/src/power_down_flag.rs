//! The file POWERDOWNFLAG: its presence has the load cut late in a shutdown, and what follows its first line
//! names the UPSes that the shutdown under way leaves alone.
//!
//! ```text
//! upsmon-shutdown-file
//! boot 5c3f1c5e-9f0e-4d5c-8a53-0e2f4a1d7b11
//! not-cut right
//! end
//! ```
//!
//! NUT's tools look at the beginning of the first line alone. Where nobody is left alone there is no other. The list holds
//! for the boot that it names; one that is cut off, of another boot, or not understood word for word holds for nobody,
//! and every load is cut.

use crate::conf::flat;
use crate::diagnostic::Source;
use std::fmt::Write as _;

/// How the file begins; one that begins otherwise is not ours.
pub const MAGIC: &str = "upsmon-shutdown-file";
/// More than this of a file, in bytes, is not read, and never written.
pub const MAX_FILE: usize = 64 * 1024;
/// As many UPSes as can be named in it.
pub const MAX_NAMES: usize = 200;
/// The longest name, in bytes, that can be.
const MAX_NAME: usize = 255;

/// Whether a UPS can be named in the file: some names of `ups.conf` are none that a line could hold.
#[must_use]
pub fn can_name(ups: &str) -> bool {
    !ups.is_empty() && ups.len() <= MAX_NAME && ups.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The file of a shutdown that leaves these UPSes alone.
#[must_use]
pub fn contents<'a>(boot: &str, not_cut: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut text = String::from(MAGIC);
    let mut names = not_cut.into_iter().peekable();
    if names.peek().is_some() {
        // Writing to a string does not fail.
        let _ = write!(text, "\nboot {boot}\n");
        names.for_each(|name| _ = writeln!(text, "not-cut {name}"));
        text.push_str("end\n");
    }
    text.into_bytes()
}

/// The UPSes that the shutdown of this boot leaves alone; none unless all of the file is as [`contents`] has it.
#[must_use]
pub fn not_cut(contents: &[u8], boot: &str) -> Vec<String> {
    read(contents, boot).unwrap_or_default()
}

fn read(contents: &[u8], boot: &str) -> Option<Vec<String>> {
    let text = std::str::from_utf8(contents).ok().filter(|text| text.len() <= MAX_FILE)?;
    let list = text.strip_prefix(MAGIC)?.strip_prefix("\nboot ")?;
    let list = list.strip_prefix(boot).filter(|_| !boot.is_empty())?.strip_prefix('\n')?.strip_suffix("end\n")?;
    let names: Vec<String> = list.split_inclusive('\n').map(name).collect::<Option<_>>()?;
    (names.len() <= MAX_NAMES).then_some(names)
}

fn name(line: &str) -> Option<String> {
    let name = line.strip_prefix("not-cut ")?.strip_suffix('\n')?;
    can_name(name).then(|| name.to_owned())
}

/// POWERDOWNFLAG of an `upsmon.conf`, whatever else stands there: a mistake elsewhere must not keep the load from being
/// cut.
#[must_use]
pub fn path_in(upsmon_conf: &[u8]) -> Option<String> {
    let (directives, _) = flat::read(&Source::new("upsmon.conf", upsmon_conf));
    let line = directives.iter().rfind(|line| line.name.text == "POWERDOWNFLAG")?;
    line.argument(0).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: &str = "5c3f1c5e-9f0e-4d5c-8a53-0e2f4a1d7b11";

    #[test]
    fn a_flag_says_who_is_not_cut_in_this_boot_alone() {
        let file = contents(BOOT, ["right", "middle-2"]);
        assert_eq!(not_cut(&file, BOOT), ["right", "middle-2"]);
        assert_eq!(not_cut(&file, "0c3f1c5e-9f0e-4d5c-8a53-0e2f4a1d7b11"), [""; 0]);
        assert_eq!(not_cut(&file, &BOOT[..8]), [""; 0]);
        assert_eq!(not_cut(&file, ""), [""; 0]);
        assert_eq!(contents(BOOT, []), MAGIC.as_bytes());
        assert_eq!(not_cut(MAGIC.as_bytes(), BOOT), [""; 0]);
        assert!(contents(BOOT, vec![&*"x".repeat(MAX_NAME); MAX_NAMES]).len() <= MAX_FILE);
    }

    #[test]
    fn a_list_that_is_cut_off_or_garbled_leaves_nobody_alone() {
        let file = contents(BOOT, ["ups10", "ups1"]);
        for end in 0..file.len() {
            assert_eq!(not_cut(&file[..end], BOOT), [""; 0], "the first {end} bytes");
        }
        for place in 0..file.len() {
            for byte in [0, b'\n', b' ', 0xff] {
                let mut garbled = file.clone();
                garbled[place] = byte;
                let is_same = garbled == file;
                assert!(is_same || not_cut(&garbled, BOOT).is_empty(), "{byte:#04x} at {place}");
            }
        }
        let long = [contents(BOOT, ["a"]), vec![b'\n'; MAX_FILE]].concat();
        assert_eq!(not_cut(&long, BOOT), [""; 0]);
        let many = contents(BOOT, vec!["a"; MAX_NAMES + 1]);
        assert_eq!(not_cut(&many, BOOT), [""; 0]);
    }

    #[test]
    fn a_name_that_would_make_a_line_of_its_own_cannot_be_listed() {
        for name in ["", "a b", "right\nnot-cut left", "ü", "a\u{7f}", &"x".repeat(MAX_NAME + 1)] {
            assert!(!can_name(name), "{name:?}");
        }
        assert!(can_name("left-1"));
    }
}
