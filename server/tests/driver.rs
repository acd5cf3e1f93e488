//! What is made of what a driver says.

mod bed;

use std::time::Duration;

use bed::Bed;
use protocol::LinkId;

fn value(bed: &mut Bed, client: LinkId, var: &str) -> String {
    bed.ask(client, &format!("GET VAR dummy {var}"))
}

#[test]
fn a_value_is_cut_so_that_clients_of_nut_can_read_what_comes_behind_it() {
    let mut bed = Bed::new();
    let client = bed.connect();
    for (text, kept) in
        [("x".repeat(255), 255), ("x".repeat(505), 255), ("\\\"".repeat(200), 127), ("\\#x".repeat(90), 170)]
    {
        bed.driver_says(&format!("SETINFO ups.id \"{text}\"\nADDENUM ups.id \"{text}\"\n"));
        let plain = text.replace('\\', "");
        let shown = protocol::text::quote(&plain[..kept]);
        assert_eq!(value(&mut bed, client, "ups.id"), format!("VAR dummy ups.id {shown}\n"));
        assert!(bed.ask(client, "LIST ENUM dummy ups.id").contains(&format!("ENUM dummy ups.id {shown}\n")));
        bed.driver_says(&format!("DELENUM ups.id \"{text}\"\n"));
    }
    assert!(!bed.ask(client, "LIST ENUM dummy ups.id").contains("\nENUM"));
    assert!(bed.ask(client, "LIST VAR dummy").lines().all(|line| line.len() < 511));
}

#[test]
fn of_words_without_quotes_the_first_is_the_value() {
    let mut bed = Bed::new();
    let client = bed.connect();
    bed.driver_heard();
    bed.driver_says("SETINFO ups.q a b c\n");
    assert_eq!(value(&mut bed, client, "ups.q"), "VAR dummy ups.q \"a\"\n");
    assert_eq!(bed.driver_heard(), "");
}

#[test]
fn a_range_that_holds_nothing_refuses_no_value() {
    let mut bed = Bed::new();
    let client = bed.connect();
    bed.driver_heard();
    bed.driver_says("ADDRANGE ups.id 7 0\n");
    assert_eq!(
        bed.ask(client, "LIST RANGE dummy ups.id"),
        "BEGIN LIST RANGE dummy ups.id\nEND LIST RANGE dummy ups.id\n"
    );
    bed.ask(client, "USERNAME admin");
    bed.ask(client, "PASSWORD adm");
    assert_eq!(bed.ask(client, "SET VAR dummy ups.id 5"), "OK\n");
}

/// `upsd` swallowed 2 GB of one such line.
#[test]
fn a_driver_line_without_an_end_ends_the_connection_and_each_time_in_a_row_the_driver_rests_longer() {
    let mut bed = Bed::new();
    let client = bed.connect();
    for rest in [1, 2, 4, 8, 8] {
        let link = bed.driver();
        bed.driver_says("SETINFO ups.id \"");
        for _ in 0..5 {
            bed.driver_says(&"x".repeat(16 * 1024));
        }
        assert!(bed.wires[&link].is_closed);
        assert_eq!(value(&mut bed, client, "ups.status"), "ERR DRIVER-NOT-CONNECTED\n");
        bed.wait(Duration::from_millis(rest * 1000 - 10));
        assert_eq!(bed.driver(), link, "left alone for {rest} s");
        bed.wait(Duration::from_millis(20));
        assert_ne!(bed.driver(), link);
    }
    assert_eq!(
        bed.log.iter().filter(|line| line.contains("Warning: driver dummy-ups of dummy sends a line")).count(),
        1
    );
    bed.driver_says(bed::DUMP);
    assert_eq!(value(&mut bed, client, "ups.status"), "VAR dummy ups.status \"OL\"\n");
}
