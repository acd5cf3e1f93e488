//! The client side of the NUT protocol, for anyone: an async library, and `upsc`.
//!
//! ```no_run
//! # async fn example() -> Result<(), client::ClientError> {
//! let address: client::UpsAddress = "rack@nas".parse()?;
//! let mut client = client::Client::connect(&address.server).await?;
//! println!("{}", client.variable(&address.ups, "ups.status").await?);
//! # Ok(())
//! # }
//! ```
//!
//! [`Client`] puts [`protocol::session`] on a TCP connection; [`Watch`] is the connection on which
//! a server that can pushes changes. [`address`] is how every tool names a UPS. What decides
//! anything is not here: a monitor stands on the session itself.

pub mod address;
mod connection;
mod error;
pub mod tool;
mod wording;

pub use address::{AddressError, ServerAddress, UpsAddress};
pub use connection::{ANSWER_PATIENCE, CONNECT_PATIENCE, Client, Watch};
pub use error::ClientError;
pub use tool::upsc;
pub use wording::wording;
