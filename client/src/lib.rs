//! The client side of the NUT protocol, and upsc.

pub mod address;
mod wording;

pub use address::{AddressError, ServerAddress, UpsAddress};
pub use wording::wording;
