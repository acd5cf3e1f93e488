//! One direction of a line protocol: whole lines out of bytes cut anywhere, repeats left out.

/// How many different recent messages are remembered.
const REMEMBERED: usize = 6;
/// A line longer than this is passed on in pieces.
const LONGEST: usize = 64 * 1024;

/// One direction of a link.
#[derive(Debug, Default)]
pub struct Lane {
    partial: Vec<u8>,
    recent: Vec<Recent>,
    oldest: usize,
}

/// A message that was heard before, and what it meant.
#[derive(Debug)]
pub struct Recent {
    bytes: Vec<u8>,
    /// What each of its lines is: an index that the user of the lane knows.
    pub kinds: Vec<u16>,
}

impl Lane {
    /// What was remembered of exactly these bytes, if they are a whole message heard before.
    pub fn recall(&self, bytes: &[u8]) -> Option<&Recent> {
        if !self.partial.is_empty() {
            return None;
        }
        self.recent.iter().find(|recent| recent.bytes == bytes)
    }

    /// Calls `each` with every line that is complete now, without its newline; says whether `bytes`
    /// were whole lines.
    pub fn split(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8])) -> bool {
        let was_whole = self.partial.is_empty();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, tail) = rest.split_at(end);
            if self.partial.is_empty() {
                each(line);
            } else {
                self.partial.extend_from_slice(line);
                let line = std::mem::take(&mut self.partial);
                each(&line);
            }
            rest = &tail[1..];
        }
        if self.partial.len() + rest.len() > LONGEST {
            let line = std::mem::take(&mut self.partial);
            each(&line);
        }
        self.partial.extend_from_slice(rest);
        was_whole && rest.is_empty()
    }

    /// Whether a line is unfinished.
    pub fn is_whole(&self) -> bool {
        self.partial.is_empty()
    }

    /// Remembers a whole message.
    pub fn remember(&mut self, bytes: &[u8], kinds: Vec<u16>) {
        let recent = Recent { bytes: bytes.to_vec(), kinds };
        if self.recent.len() < REMEMBERED {
            self.recent.push(recent);
        } else {
            self.recent[self.oldest] = recent;
            self.oldest = (self.oldest + 1) % REMEMBERED;
        }
    }
}
