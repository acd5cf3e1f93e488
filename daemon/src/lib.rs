//! The shell every daemon stands on: event loop, signals, privileges, logging.
