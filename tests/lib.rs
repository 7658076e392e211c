//! Holds the integration tests; see `it/`.
