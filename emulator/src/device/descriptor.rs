//! A report descriptor's bytes: hexadecimal, then the patches of this device.

use protocol::diagnostic::{Diagnostic, Diagnostics, Source};

use super::file::{Descriptor, Patch, span};

/// The bytes, patched.
///
/// # Errors
///
/// A file that is not there or no hexadecimal, a patch that does not find its bytes.
pub fn bytes(
    descriptor: &Descriptor,
    source: &Source,
    find: impl Fn(&str) -> Option<String>,
) -> Result<Vec<u8>, Diagnostics> {
    let file = &descriptor.file;
    let place = span(&file.referenced);
    let Some(text) = find(&file.value) else {
        let message = format!("failed to find the report descriptor `{}`", file.value);
        let missing = Diagnostic::error(source, place, message);
        return Err(missing.hint("it is a file of hexadecimal bytes beside the device file").into());
    };
    let Some(published) = from_hex(&text) else {
        let message = format!("`{}` holds something other than hexadecimal bytes", file.value);
        return Err(Diagnostic::error(source, place, message).into());
    };
    let mut patched = Vec::with_capacity(published.len());
    let mut wrong = Diagnostics::new();
    let mut copied = 0;
    for patch in &descriptor.patches {
        match apply(&patch.value, &published, copied, &mut patched) {
            Ok(end) => copied = end,
            Err(message) => wrong.push(Diagnostic::error(source, span(&patch.referenced), message)),
        }
    }
    patched.extend(&published[copied..]);
    wrong.into_result(patched).map(|(patched, _)| patched)
}

/// Copies what lies between `copied` and the patch, then the patch; the end of what it replaces.
fn apply(patch: &Patch, published: &[u8], copied: usize, patched: &mut Vec<u8>) -> Result<usize, String> {
    if patch.because.trim().is_empty() {
        return Err("this patch gives no reason".to_owned());
    }
    let hex = |text| from_hex(text).ok_or_else(|| format!("`{text}` is not hexadecimal bytes"));
    let (was, now) = (hex(&patch.was)?, hex(&patch.now)?);
    let end = patch.at.saturating_add(was.len());
    if patch.at < copied {
        return Err("this patch lies before the end of the one above it".to_owned());
    }
    match published.get(patch.at..end) {
        Some(found) if found == was => {}
        found => {
            let found = found.map_or("its end".to_owned(), to_hex);
            return Err(format!("the descriptor has {found} at byte {}, not `{}`", patch.at, patch.was));
        }
    }
    patched.extend(&published[copied..patch.at]);
    patched.extend(now);
    Ok(end)
}

/// Bytes from hexadecimal digits, spaces anywhere between bytes.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2);
    pairs.map(|pair| Some((value(pair.first())? << 4) | value(pair.get(1))?)).collect()
}

fn value(digit: Option<&char>) -> Option<u8> {
    digit?.to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn to_hex(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("`{}`", bytes.join(" "))
}
