//! The language of scenarios.
//!
//! Read in this order: [`scenario`] (what a file becomes), [`step`] and [`action`] (what happens),
//! [`observation`] (what can be seen), [`expectation`] (what must follow), [`quantity`] (units).

pub mod action;
pub mod expectation;
pub mod observation;
pub mod quantity;
pub mod scenario;
pub mod step;

pub use action::Action;
pub use expectation::{Claim, Expectation, Maker, Makers, Only, Violation};
pub use observation::Observation;
pub use scenario::{Host, Scenario, Spot, Ups};
pub use step::{Placed, Step, Trigger};
