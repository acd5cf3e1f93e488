//! upsd: shares what drivers read.
