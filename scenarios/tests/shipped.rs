//! Every scenario that is shipped is right: by the loader, and by the schema that editors use.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use scenarios::language::{Surroundings, load, schema, structure, yaml};
use std::fs;
use std::path::{Path, PathBuf};

fn shipped() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = fs::read_dir(here)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    assert!(files.len() >= 17, "only {} scenarios are shipped", files.len());
    files
}

#[test]
fn every_shipped_scenario_loads() {
    let surroundings = Surroundings { devices: emulator::device::names().into_iter().map(str::to_owned).collect() };
    for file in shipped() {
        if let Err(wrong) = load(&file, &surroundings) {
            panic!("{wrong}");
        }
    }
}

#[test]
fn every_shipped_scenario_fits_the_schema() {
    let schema = schema::schema().to_value();
    for file in shipped() {
        let mut mistakes = Vec::new();
        let tree = yaml::parse(&fs::read_to_string(&file).unwrap(), 0, &mut mistakes).unwrap();
        structure::check(&tree, &schema, &mut mistakes);
        assert!(mistakes.is_empty(), "{}: {mistakes:?}", file.display());
    }
}

#[test]
fn every_key_of_the_schema_says_what_it_is_for() {
    let schema = schema::schema().to_value();
    let mut silent = Vec::new();
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        for (key, property) in definition.get("properties").and_then(|all| all.as_object()).into_iter().flatten() {
            if property.get("description").is_none() {
                silent.push(format!("{name}.{key}"));
            }
        }
    }
    assert!(silent.is_empty(), "no description: {silent:?}");
}

#[test]
fn the_schema_is_stable() {
    let schema = schema::schema();
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema).unwrap());
}

/// The table under "Run one with both stacks" has the scenarios of each row in its first column.
#[test]
fn every_scenario_that_shows_a_difference_is_shipped() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/differences-from-nut.md")).unwrap();
    let table = page.split("| scenario |").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> = table
        .lines()
        .skip(2)
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert!(names.len() >= 10, "{names:?}");
    let shipped: Vec<String> =
        shipped().iter().map(|file| file.file_stem().unwrap().to_string_lossy().into()).collect();
    for name in names {
        assert!(shipped.iter().any(|one| one == name), "no scenario `{name}` is shipped");
    }
}

#[test]
fn every_example_of_the_documentation_loads() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = ["../docs/scenarios.md", "../README.md"].map(|page| fs::read_to_string(here.join(page)).unwrap());
    let examples: Vec<&str> = pages
        .iter()
        .flat_map(|page| page.split("```yaml\n").skip(1))
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect();
    assert_eq!(examples.len(), 3);
    let directory = tempfile::TempDir::new().unwrap();
    for example in examples {
        let file = directory.path().join("example.yaml");
        let configs = format!("config: {}/configs/", here.display());
        fs::write(&file, example.replace("config: configs/", &configs)).unwrap();
        let surroundings = Surroundings { devices: emulator::device::names().into_iter().map(str::to_owned).collect() };
        load(&file, &surroundings).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}
