//! Reads an improvement plan as a council keeps it, and says what it understood and what it did not.
//!
//! Pure: text in, values and problems out. Nothing here opens a file or a database.

pub mod programme;
