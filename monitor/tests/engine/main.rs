//! The engine, held to scripts: see [`script`] for the language, and the other files for what is held.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod heartbeat;
mod hostile;
mod left_alone;
mod notices;
mod old_news;
mod reload;
mod script;
mod shutdown;
mod sight;
