//! The JSON Schema of scenario files, for editors and for the structure check.

use super::written::Document;
use schemars::{Schema, schema_for};

/// The schema, as JSON.
#[must_use]
pub fn schema() -> Schema {
    let mut schema = schema_for!(Document);
    schema.insert("$id".into(), "scenario.schema.json".into());
    schema
}
