//! Whose load a late shutdown cuts next, and how long it is tried.

use driver::hook::read_patience;
use driver::upsdrvctl::turns::{Load, Outcome, Turns};
use std::time::Duration;

/// Plays a late shutdown in which the device of each load is away until then, and each driver tries until its patience is
/// over: when each was told, in seconds, and when all was over.
fn play(away: &[u64], poweroff_wait: u64) -> (Vec<Option<u64>>, u64) {
    let once = Load { attempts: 1, retry_delay: Duration::from_secs(5) };
    let mut turns = Turns::new(away.iter().map(|_| once), Duration::from_secs(poweroff_wait));
    let mut now = Duration::ZERO;
    let mut told = vec![None; away.len()];
    while let Some(turn) = turns.next(now) {
        now += turn.pause;
        let back = Duration::from_secs(away[turn.load]);
        let wait = back.saturating_sub(now);
        let outcome = if wait < turn.patience { Outcome::Told } else { Outcome::Failed };
        let lasted = wait.min(turn.patience);
        now += lasted;
        if outcome == Outcome::Told {
            told[turn.load] = Some(now.as_secs());
        }
        turns.ended(outcome, lasted, now);
    }
    assert_eq!(turns.all_told(), told.iter().all(Option::is_some));
    (told, now.as_secs())
}

const NEVER: u64 = 1000;

#[test]
fn a_ups_alone_is_tried_for_all_the_time_there_is() {
    assert_eq!(play(&[60], 0), (vec![Some(60)], 60));
    assert_eq!(play(&[NEVER], 30), (vec![None], 55));
    assert_eq!(play(&[NEVER], 300), (vec![None], 10));
}

/// A host was left off for ever because each of its UPSes had 10 s alone, although neither of them could cut it yet.
#[test]
fn a_cable_that_is_out_for_a_minute_leaves_no_load_on_where_no_ups_was_told_before() {
    assert_eq!(play(&[0], 0).0, [Some(0)]);
    // One hub for both: each has turns of 10 s, and once one was told the other has 10 s more.
    let (told, end) = play(&[60, 60], 0);
    assert_eq!((told, end), (vec![Some(60), Some(60)], 60));
    let (told, end) = play(&[NEVER, 60], 0);
    assert!(told[1].is_some_and(|told| told < 75) && end <= told[1].unwrap_or(0) + 10, "{told:?}, {end}");
    assert!(play(&[NEVER, NEVER, NEVER], 30).1 <= 55 + 3);
}

#[test]
fn nothing_goes_on_beyond_the_cut_of_a_ups_that_was_told() {
    assert_eq!(play(&[0, NEVER], 0), (vec![Some(0), None], 10));
    assert_eq!(play(&[0, 8], 0), (vec![Some(0), Some(8)], 8));
    let (told, end) = play(&[0, NEVER, NEVER, 0], 0);
    assert!(told[3].is_some_and(|told| told < 10), "{told:?}, {end}");
    assert!(end <= 16, "{told:?}, {end}: offdelay is 20 s where nobody says otherwise");
}

#[test]
fn a_long_wait_for_the_cut_leaves_each_its_turn() {
    let (told, end) = play(&[NEVER, NEVER, 0], 75);
    assert!(told[2].is_some() && end <= 15, "{told:?}, {end}");
}

#[test]
fn who_fails_at_once_is_tried_as_often_as_maxretry_says_and_after_the_others() {
    let load = |attempts, delay| Load { attempts, retry_delay: Duration::from_secs(delay) };
    let mut turns = Turns::new([load(3, 7), load(1, 7)], Duration::ZERO);
    let mut seen = Vec::new();
    let mut now = Duration::ZERO;
    while let Some(turn) = turns.next(now) {
        now += turn.pause + Duration::from_secs(1);
        seen.push((turn.load, now.as_secs(), turn.is_last));
        turns.ended(Outcome::Failed, Duration::from_secs(1), now);
    }
    assert_eq!(seen, [(0, 1, false), (1, 2, true), (0, 9, false), (0, 17, true)]);
    assert!(!turns.all_told());
}

#[test]
fn who_does_not_end_or_is_not_there_is_not_run_beside_itself() {
    let mut turns = Turns::new([Load { attempts: 1, retry_delay: Duration::ZERO }], Duration::ZERO);
    for outcome in [Outcome::Late, Outcome::NoProgram] {
        let mut turns = turns.clone();
        assert!(turns.next(Duration::ZERO).is_some());
        turns.ended(outcome, Duration::from_secs(90), Duration::from_secs(90));
        assert_eq!(turns.next(Duration::from_secs(90)), None);
        assert!(!turns.all_told());
    }
    assert!(turns.next(Duration::ZERO).is_some());
    turns.ended(Outcome::Told, Duration::ZERO, Duration::ZERO);
    assert_eq!((turns.next(Duration::ZERO), turns.all_told()), (None, true));
}

/// Not every driver knows how long it may try; NUT's are ended after maxstartdelay alone.
#[test]
fn a_driver_that_does_not_end_leaves_the_others_time_to_be_told() {
    for (several, poweroff_wait) in [(2, 0), (2, 30), (2, 60), (2, 75), (3, 0), (3, 30), (4, 0)] {
        let once = Load { attempts: 1, retry_delay: Duration::ZERO };
        let mut turns = Turns::new((0..several).map(|_| once), Duration::from_secs(poweroff_wait));
        let mut now = Duration::ZERO;
        for _ in 0..several - 1 {
            let turn = turns.next(now).map(|turn| turn.limit).unwrap_or_default();
            assert!(turn >= Duration::from_secs(10).min(Duration::from_secs(85 - poweroff_wait).saturating_sub(now)));
            now += turn;
            turns.ended(Outcome::Late, turn, now);
        }
        let last = turns.next(now).map(|turn| turn.load);
        assert_eq!(last, Some(several - 1));
        let end = Duration::from_secs(85 - poweroff_wait);
        assert!(
            now < end || poweroff_wait == 75,
            "{several}, {poweroff_wait} s: the last one begins at {now:?} of {end:?}"
        );
    }
    // Alone, or the last one, it has all the time there is.
    let once = Load { attempts: 1, retry_delay: Duration::ZERO };
    let alone = Turns::new([once], Duration::from_secs(30)).next(Duration::ZERO);
    assert_eq!(alone.map(|turn| turn.limit), Some(Duration::from_secs(55)));
}

#[test]
fn no_environment_has_a_driver_try_for_longer_than_the_hook_lasts() {
    assert_eq!(read_patience("3250"), Some(Duration::from_millis(3250)));
    assert_eq!(read_patience("18446744073709551615"), Some(Duration::from_secs(85)));
    for text in ["", "-1", "10 s", "18446744073709551616"] {
        assert_eq!(read_patience(text), None, "{text}");
    }
}
