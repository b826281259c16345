//! Random numbers that no secret depends on.

use std::hash::{BuildHasher, Hasher, RandomState};

/// From the hasher that the standard library seeds from the system.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
