//! The client side of the NUT protocol, and upsc.
