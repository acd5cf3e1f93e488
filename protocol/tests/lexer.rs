//! The lexer against what a real `upsd` was seen to do with the same bytes.

use protocol::lexer::{LineReader, MAX_LINE, MAX_WORD, MAX_WORDS};

fn lines(input: &[u8]) -> Vec<Vec<String>> {
    read(LineReader::new(), input, usize::MAX)
}

fn read(mut reader: LineReader, input: &[u8], chunk: usize) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for mut bytes in input.chunks(chunk.min(input.len().max(1))) {
        while let Some(line) = reader.next_line(&mut bytes) {
            lines.push(line.words().map(|word| word.text.to_owned()).collect());
        }
        assert!(bytes.is_empty());
    }
    lines
}

/// What the input is read as: words between bars, lines ended by `;`.
#[track_caller]
fn check(input: &[u8], expect: &str) {
    for chunk in [usize::MAX, 1, 3] {
        let lines = read(LineReader::new(), input, chunk);
        let shown: String = lines.iter().map(|words| words.join("|") + ";").collect();
        assert_eq!(shown, expect, "in pieces of {chunk}");
    }
}

#[test]
fn blanks_of_every_kind_part_words() {
    check(b"GET VAR\track\x0b \x0cups.status\r\n", "GET|VAR|rack|ups.status;");
    check(b"\n   \n", ";;");
}

#[test]
fn quotes_join_words_and_end_them() {
    check(b"\"GET\" \"VAR\" \"a b\" \"\"\n", "GET|VAR|a b|;");
    check(b"\"ab\"cd\n", "ab|cd;");
}

#[test]
fn a_quote_inside_a_plain_word_is_an_ordinary_character() {
    check(b"ab\"c d\"e\n", "ab\"c|d\"e;");
}

#[test]
fn a_backslash_makes_the_next_character_ordinary_inside_and_outside_quotes() {
    check(b"ups\\.status a\\ b \\\"c \\#d \\\\ \\=\n", "ups.status|a b|\"c|#d|\\|=;");
    check(b"\"a\\\"b\\\\c\\#d\\e\"\n", "a\"b\\c#de;");
}

#[test]
fn a_backslash_before_the_newline_joins_lines() {
    check(b"VER\\\n\n", "VER;");
    check(b"GET VAR x \\\nups.status\n", "GET|VAR|x|ups.status;");
    check(b"\"a\\\nb\"\n", "ab;");
}

#[test]
fn an_indented_continuation_begins_with_an_empty_word() {
    check(b"x \\\n  y\n", "x||y;");
}

#[test]
fn a_comment_runs_to_the_newline_whatever_stands_in_it() {
    check(b"VER # x \"y\nab# c\n# \\\nVER\n", "VER;ab;;VER;");
}

#[test]
fn an_unquoted_equals_sign_is_a_word_of_its_own() {
    check(b"a=b = =c d= \"e=f\"\n", "a|=|b|=|=|c|d|=|e=f;");
}

#[test]
fn a_newline_inside_quotes_vanishes_and_the_line_goes_on() {
    check(b"GET VAR \"rack ups.status\n\"\n", "GET|VAR|rack ups.status;");
    check(b"GET VAR rack \"ups.st\natus\"\nVER\n", "GET|VAR|rack|ups.status;VER;");
}

#[test]
fn a_hash_inside_quotes_is_an_ordinary_character() {
    check(b"password = \"a#b\"\nVER\n", "password|=|a#b;VER;");
}

#[test]
fn what_no_word_can_hold_is_dropped_byte_by_byte() {
    check(b"GET VAR \x00rack u\x01ps\x7f\n", "GET|VAR|rack|ups\x7f;");
    check("G\u{e9}T\n".as_bytes(), "GT;");
    check(b"a\\\x01b \"c\xffd\"\n", "ab|cd;");
    check(b"VER \x01\n", "VER|;");
}

#[test]
fn a_word_keeps_its_first_512_characters() {
    let long = "z".repeat(MAX_WORD + 100);
    for input in [format!("{long} x\n"), format!("\"{long}\" x\n")] {
        check(input.as_bytes(), &format!("{}|x;", &long[..MAX_WORD]));
    }
}

#[test]
fn a_line_keeps_its_first_32_words() {
    let words = vec!["w"; 400].join(" ");
    check(format!("{words}\nVER\n").as_bytes(), &format!("{};VER;", ["w"; MAX_WORDS].join("|")));
}

#[test]
fn a_line_may_be_of_any_length_and_holds_no_more_memory_for_it() {
    let mut reader = LineReader::new();
    let piece = vec![b'A'; 1 << 16];
    for _ in 0..64 {
        assert!(reader.next_line(&mut piece.as_slice()).is_none());
    }
    let mut end = b"\n".as_slice();
    let line = reader.next_line(&mut end).unwrap();
    assert_eq!((line.len(), line.rest(0).len()), (1, MAX_WORD));
    assert_eq!(line.flaws().long_word, Some(MAX_WORD));
}

#[test]
fn every_word_knows_where_it_stands() {
    let text = b"# c\n  a\\ b \"c d\"=\xc3\xa9e # f\nlast";
    let mut reader = LineReader::new();
    let mut input = text.as_slice();
    assert!(reader.next_line(&mut input).unwrap().is_empty());
    let line = reader.next_line(&mut input).unwrap();
    let seen: Vec<_> = line.words().map(|word| (word.text.to_owned(), &text[word.span], word.quoted)).collect();
    let expect: [(&str, &[u8], bool); 4] =
        [("a b", b"a\\ b", false), ("c d", b"\"c d\"", true), ("=", b"=", false), ("e", b"\xc3\xa9e", false)];
    assert_eq!(seen, expect.map(|(word, bytes, quoted)| (word.to_owned(), bytes, quoted)));
    assert_eq!(line.flaws().dropped, Some(17));
    assert_eq!(line.rest(1), "c d = e");
    assert!(reader.next_line(&mut input).is_none());
    let last = reader.last_line().unwrap();
    assert_eq!((last.get(0), last.span()), (Some("last"), 25..29));
}

#[test]
fn the_end_of_a_file_closes_a_quote_and_says_so() {
    let mut reader = LineReader::new();
    assert!(reader.next_line(&mut b"a \"b c".as_slice()).is_none());
    let line = reader.last_line().unwrap();
    assert_eq!((line.get(1), line.flaws().open_quote), (Some("b c"), Some(2)));
    assert!(reader.last_line().is_none());
}

#[test]
fn a_line_bound_reader_recovers_at_the_next_newline() {
    let input = b"VAR rack ups.model \"Smart\nERR \\\nOK # x\nOK\n";
    let expect = [vec!["VAR", "rack", "ups.model", "Smart"], vec!["ERR", ""], vec!["OK"], vec!["OK"]];
    for chunk in [usize::MAX, 1, 3] {
        assert_eq!(read(LineReader::line_bound(), input, chunk), expect);
    }
}

#[test]
fn requests_in_one_piece_are_read_one_by_one() {
    assert_eq!(lines(b"VER\nVER\nVE"), [["VER"], ["VER"]]);
}

#[test]
fn a_line_without_an_end_is_noticed_however_it_is_cut_and_whatever_it_is_made_of() {
    for piece in ["a", "a ", "\"", "# ", "\\\n", "\u{e9}", "\r"] {
        let endless = piece.repeat(MAX_LINE);
        for chunk in [endless.len(), 1000] {
            let mut reader = LineReader::new();
            let mut input = b"VER\n".as_slice();
            assert!(reader.next_line(&mut input).is_some());
            let mut noticed = false;
            for mut bytes in format!("x{endless}").as_bytes().chunks(chunk) {
                assert!(reader.next_line(&mut bytes).is_none());
                noticed |= reader.is_endless();
            }
            assert!(noticed, "{piece:?} in pieces of {chunk}");
        }
    }
}

#[test]
fn lines_that_end_are_never_endless_however_many_they_are() {
    let word = format!("\"{}\"", "\\\"".repeat(MAX_WORD));
    let longest = format!("{}\n", vec![word; MAX_WORDS].join(" "));
    let mut reader = LineReader::new();
    for _ in 0..3 {
        for mut bytes in longest.as_bytes().chunks(1000) {
            while reader.next_line(&mut bytes).is_some() {}
            assert!(!reader.is_endless());
        }
    }
}
