//! Configuration, validated as a whole at start.
