//! Documents for import: announced, sent, read in a process of their own, kept, and where in them each thing stands.

mod origin;
mod prepare;
mod reading;
