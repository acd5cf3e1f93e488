//! How many descriptors this process may have.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the limit of descriptors as far as it may be raised, at most to `wanted`; what it is then.
pub fn raise_limit(wanted: usize) -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return wanted };
    let raised = u64::try_from(wanted).unwrap_or(u64::MAX).min(hard).max(soft);
    let limit = if setrlimit(Resource::RLIMIT_NOFILE, raised, hard).is_ok() { raised } else { soft };
    usize::try_from(limit).unwrap_or(usize::MAX)
}
