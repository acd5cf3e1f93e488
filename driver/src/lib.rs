//! Drivers: from a UPS's wire to the driver socket.
