//! The house stands as ARCHITECTURE.md says: no room imports a room that it must not know, and files
//! stay small. Whether its walk is true, `walk.rs` asks.

#![expect(clippy::expect_used, reason = "a test says what it needs")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn architecture() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is readable")
}

/// The rooms that a crate's `[dependencies]` name (not its dev-dependencies).
fn imports(room: &str, rooms: &[&str]) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(room).join("Cargo.toml")).expect("a room has a manifest");
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let dependencies = dependencies.split("\n[").next().unwrap_or_default();
    dependencies
        .lines()
        .filter_map(|line| line.split([' ', '.', '=']).next())
        .filter(|name| rooms.contains(name))
        .map(str::to_owned)
        .collect()
}

/// The rows of the table under "Who may import whom": room, then the rooms it may import.
fn allowed() -> Vec<(String, Vec<String>)> {
    let text = architecture();
    let table = text.split("## Who may import whom").nth(1).expect("the table is there");
    table
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|row| {
            let words: Vec<&str> = row.split('|').map(str::trim).collect();
            let rooms = words[2].split(',').map(|word| word.trim().trim_matches('`').to_owned());
            (words[1].trim_matches('`').to_owned(), rooms.filter(|room| !room.is_empty() && room != "—").collect())
        })
        .collect()
}

#[test]
fn no_room_imports_a_room_that_the_table_does_not_allow() {
    let allowed = allowed();
    let rooms: Vec<&str> = allowed.iter().map(|(room, _)| room.as_str()).collect();
    assert_eq!(rooms.len(), 10, "{rooms:?}");
    for (room, may) in &allowed {
        for import in imports(room, &rooms) {
            assert!(may.contains(&import), "{room} imports {import}, which ARCHITECTURE.md does not allow");
        }
    }
}

#[test]
fn source_files_stay_small_enough_for_one_idea() {
    let mut lengths = Vec::new();
    for room in ["protocol", "daemon", "driver", "server", "client", "monitor", "emulator", "scenarios", "ci"] {
        collect(&root().join(room).join("src"), &mut lengths);
    }
    lengths.sort_unstable_by_key(|(length, _)| *length);
    let (median, _) = lengths[lengths.len() / 2];
    assert!(median < 200, "the median source file has {median} lines");
    let (longest, path) = lengths.last().expect("there are source files");
    assert!(*longest <= 700, "{} has {longest} lines", path.display());
}

fn collect(folder: &Path, into: &mut Vec<(usize, PathBuf)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push((fs::read_to_string(&path).unwrap_or_default().lines().count(), path));
        }
    }
}
