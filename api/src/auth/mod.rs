//! Who is asking: tokens are read and verified here and nowhere else.
