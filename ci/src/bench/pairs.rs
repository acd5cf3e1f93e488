//! Pairs of measurements taken one after the other, and what they say together.

/// One round: ours, then the peer's, in the same unit.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// Our figure.
    pub ours: f64,
    /// The peer's.
    pub peer: f64,
}

/// The median of a list; 0 for none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// The value that 99 of 100 do not exceed (nearest rank).
pub fn percentile_99(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * 99).div_ceil(100);
    values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// A row: both medians, and the median, least and greatest of the pairwise ratios peer / ours.
pub fn row(what: &str, unit: &str, pairs: &[Pair]) -> String {
    let ratios: Vec<f64> = pairs.iter().map(|pair| pair.peer / pair.ours).collect();
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    format!(
        "  {what:<34} {:>12.3} {unit:<4} {:>12.3} {unit:<4} {:>9.1}x  ({least:.1}–{most:.1}, {} pairs)\n",
        median(pairs.iter().map(|pair| pair.ours).collect()),
        median(pairs.iter().map(|pair| pair.peer).collect()),
        median(ratios),
        pairs.len(),
    )
}

/// The heading above rows.
pub fn heading(title: &str) -> String {
    format!("{title}\n  {:<34} {:>17} {:>17} {:>10}\n", "", "ours", "NUT's", "ratio")
}
