//! The vendors' tables, as their manuals would print them.

pub mod apc;
pub mod cyber_power;
pub mod eaton;
