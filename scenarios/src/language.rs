//! The language of scenarios.
//!
//! What a file becomes: [`scenario`], then [`step`] and [`action`] (what happens), [`observation`]
//! (what can be seen), [`expectation`] (what must follow), [`quantity`] (units).
//!
//! How it gets there: [`yaml`] reads text to a tree that knows its places, [`written`] declares the
//! shape of a file, [`schema`] is that shape as JSON Schema, [`structure`] finds with it every key
//! and value that does not belong, [`including`] and [`multiplying`] work on the tree, [`resolving`]
//! gives names their meaning, [`drawing`] shows mistakes. [`loading`] does all of it.

pub mod action;
pub mod drawing;
pub mod expectation;
pub mod including;
pub mod loading;
pub mod mistake;
pub mod multiplying;
pub mod observation;
pub mod quantity;
pub mod resolving;
pub mod scenario;
pub mod schema;
pub mod step;
pub mod structure;
pub mod texts;
pub mod units;
pub mod wording;
pub mod written;
pub mod yaml;

pub use action::Action;
pub use expectation::{Claim, Expectation, Maker, Makers, Only, Violation};
pub use loading::load;
pub use observation::Observation;
pub use resolving::Surroundings;
pub use scenario::{Host, Scenario, Spot, Ups};
pub use step::{Placed, Step, Trigger};
