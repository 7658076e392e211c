//! What is demanded, and how it is answered.

mod recommendations;
mod sources;
mod terms;
