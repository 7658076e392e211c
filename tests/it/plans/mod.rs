//! Plans from the first draft to the end, their headings, and what is carried over.

mod close;
mod life;
mod themes;
