//! What became of SET VAR and INSTCMD: `OK TRACKING id`, later asked for with GET TRACKING.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::Instant;
use protocol::driver_socket::Outcome;
use protocol::names::same;

/// Records kept at once; above it the oldest goes.
const MAX_RECORDS: usize = 4096;

/// One request to a driver.
#[derive(Debug, Clone)]
struct Record {
    id: String,
    since: Instant,
    outcome: Option<Outcome>,
}

/// The requests of the last TRACKINGDELAY, the oldest first.
#[derive(Debug, Clone)]
pub struct Tracking {
    records: VecDeque<Record>,
    bits: [u64; 2],
}

impl Tracking {
    /// No records; `bits` are random, and make the ids hard to guess.
    #[must_use]
    pub const fn new(bits: [u64; 2]) -> Self {
        Self { records: VecDeque::new(), bits }
    }

    /// A new request under way; its id.
    pub fn begin(&mut self, now: Instant) -> String {
        let id = uuid([self.next_bits(0), self.next_bits(1)]);
        if self.records.len() == MAX_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(Record { id: id.clone(), since: now, outcome: None });
        id
    }

    /// The driver's answer.
    pub fn end(&mut self, id: &str, outcome: Outcome) {
        if let Some(record) = self.records.iter_mut().find(|record| same(&record.id, id)) {
            record.outcome = Some(outcome);
        }
    }

    /// `None` for an id that is not known, `Some(None)` while the driver has not answered.
    #[must_use]
    pub fn outcome(&self, id: &str) -> Option<Option<Outcome>> {
        self.records.iter().find(|record| same(&record.id, id)).map(|record| record.outcome)
    }

    /// Forgets what is older than `delay`.
    pub fn expire(&mut self, now: Instant, delay: Duration) {
        while self.records.front().is_some_and(|record| record.since + delay <= now) {
            self.records.pop_front();
        }
    }

    /// When the oldest record is to be forgotten.
    #[must_use]
    pub fn deadline(&self, delay: Duration) -> Option<Instant> {
        self.records.front().map(|record| record.since + delay)
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), one stream per half of an id.
    fn next_bits(&mut self, half: usize) -> u64 {
        self.bits[half] = self.bits[half].wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = self.bits[half];
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// RFC 9562 §5.4: version 4, variant 10; in capitals, as NUT writes it.
fn uuid([high, low]: [u64; 2]) -> String {
    let high = (high & !0xf000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    let (a, b, c) = (high >> 32, (high >> 16) & 0xffff, high & 0xffff);
    let (d, e) = (low >> 48, low & 0xffff_ffff_ffff);
    format!("{a:08X}-{b:04X}-{c:04X}-{d:04X}-{e:012X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_4_and_differ() {
        let mut tracking = Tracking::new([1, 2]);
        let (first, second) = (tracking.begin(Instant::START), tracking.begin(Instant::START));
        assert_ne!(first, second);
        assert_eq!(first.len(), 36);
        assert_eq!(first.as_bytes()[14], b'4');
        assert!(matches!(first.as_bytes()[19], b'8' | b'9' | b'A' | b'B'));
    }

    #[test]
    fn a_record_lives_for_the_delay_and_its_id_is_found_in_any_case() {
        let mut tracking = Tracking::new([1, 2]);
        let id = tracking.begin(Instant::START);
        tracking.end(&id, Outcome::Handled);
        assert_eq!(tracking.outcome(&id.to_lowercase()), Some(Some(Outcome::Handled)));
        tracking.expire(Instant::from_micros(9_999_999), Duration::from_secs(10));
        assert!(tracking.outcome(&id).is_some());
        tracking.expire(Instant::from_micros(10_000_000), Duration::from_secs(10));
        assert_eq!(tracking.outcome(&id), None);
    }

    #[test]
    fn a_client_that_never_stops_asking_pushes_out_the_oldest() {
        let mut tracking = Tracking::new([1, 2]);
        let first = tracking.begin(Instant::START);
        let ids: Vec<String> = (0..MAX_RECORDS).map(|_| tracking.begin(Instant::START)).collect();
        assert_eq!(tracking.records.len(), MAX_RECORDS);
        assert_eq!(tracking.outcome(&first), None);
        assert_eq!(tracking.outcome(&ids[0]), Some(None));
    }
}
