//! upsmon: decides when a host must go down, and takes it down in order.
