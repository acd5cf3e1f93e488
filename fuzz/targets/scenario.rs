//! Scenario files, from YAML to what they mean. Includes are left out: they read the disk.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scenarios::language::resolving::resolve;
use scenarios::language::texts::Texts;
use scenarios::language::yaml::deserialize::from_node;
use scenarios::language::{Surroundings, drawing, multiplying, schema, structure, written::Document, yaml};

/// As if the file lay beside the shipped ones.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/fuzz.yaml");

static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(|| schema::schema().to_value());
static SURROUNDINGS: LazyLock<Surroundings> =
    LazyLock::new(|| Surroundings { devices: emulator::device::names().into_iter().map(str::to_owned).collect() });

fuzz_target!(|text: &str| {
    let path = PathBuf::from(FILE);
    let (mut texts, mut mistakes) = (Texts::default(), Vec::new());
    let number = texts.add(path.clone(), text.to_owned());
    if let Some(tree) = yaml::parse(text, number, &mut mistakes) {
        for row in multiplying::rows(&tree, &mut mistakes) {
            structure::check(&row.tree, &SCHEMA, &mut mistakes);
            if mistakes.is_empty()
                && let Ok(document) = from_node::<Document>(&row.tree)
            {
                resolve(&document, row.name, path.clone(), &texts, &SURROUNDINGS, &mut mistakes);
            }
        }
    }
    // Drawing many is slow, and the first are as telling.
    mistakes.truncate(20);
    let drawn = drawing::draw(&texts, mistakes).render(false);
    assert!(drawn.chars().all(|c| !c.is_control() || c == '\n'), "{drawn:?}");
});
