//! The `dummy-ups` engine on a bench: what servers hear, how a file is played, what rubbish does.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod bench;
mod conversation;
mod hostile;
mod playing;
mod reload;
