//! The time axis of the drawing. Where much happens it is stretched, where nothing happens it is
//! pressed together: a stretch between two events is as wide as the square root of its length.
//! Integers only, so that the same journal gives the same page everywhere.

use crate::reports::story::Event;
use protocol::Instant;

/// Tenths of a pixel, so that SVG numbers stay short.
pub type Tenths = u64;

/// From moments to places.
pub struct Axis {
    /// Moments, ascending, with their weight from the start.
    marks: Vec<(Instant, u64)>,
    left: Tenths,
    width: Tenths,
}

/// The nearest that two marks may be, in milliseconds: news of one instant is one place.
const NEAREST: u64 = 500;

impl Axis {
    /// An axis from the start to `end`, `width` wide, that knows where things happen.
    pub fn new(events: &[Event], end: Instant, left: Tenths, width: Tenths) -> Self {
        let mut marks = vec![(Instant::START, 0)];
        let moments = events.iter().map(|event| event.at).chain([end]);
        for at in moments {
            let Some(&(before, weight)) = marks.last() else { continue };
            let apart = u64::try_from(at.saturating_since(before).as_millis()).unwrap_or(u64::MAX);
            if apart >= NEAREST {
                marks.push((at, weight + apart.isqrt()));
            }
        }
        if marks.len() == 1 {
            marks.push((Instant::from_micros(end.as_micros().max(1)), 1));
        }
        Self { marks, left, width }
    }

    /// Where a moment is.
    pub fn x(&self, at: Instant) -> Tenths {
        let after = self.marks.partition_point(|(mark, _)| *mark <= at);
        let total = self.marks.last().map_or(1, |(_, weight)| *weight).max(1);
        let (Some(&(from, low)), Some(&(to, high))) = (self.marks.get(after.saturating_sub(1)), self.marks.get(after))
        else {
            return self.left + self.width;
        };
        // Weights in thousandths, so that a place between two marks is exact enough.
        let into = at.saturating_since(from).as_micros();
        let whole = to.saturating_since(from).as_micros().max(1);
        let part = u64::try_from(into * 1000 * u128::from(high - low) / whole).unwrap_or(0);
        self.left + (low * 1000 + part) * self.width / (total * 1000)
    }

    /// Round moments to label, at least `apart` from one another.
    pub fn ticks(&self, apart: Tenths) -> Vec<Instant> {
        const ROUND: [u64; 12] = [3600, 1800, 900, 600, 300, 120, 60, 30, 15, 10, 5, 1];
        let end = self.marks.last().map_or(0, |(end, _)| end.as_micros() / 1_000_000);
        let mut ticks: Vec<Instant> = vec![Instant::START];
        // The roundest first: `10:00` is worth more than `9:45`.
        for step in ROUND {
            if end / step > 2000 {
                continue;
            }
            for second in (step..=end).step_by(usize::try_from(step).unwrap_or(1)) {
                let at = Instant::from_micros(second * 1_000_000);
                let place = self.x(at);
                if ticks.iter().all(|tick| self.x(*tick).abs_diff(place) >= apart) {
                    ticks.push(at);
                }
            }
        }
        ticks.sort();
        ticks
    }

    /// The right end.
    pub fn right(&self) -> Tenths {
        self.left + self.width
    }
}
