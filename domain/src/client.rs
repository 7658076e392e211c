//! Machine clients: programs that ask in an organisation's name.

crate::vocabulary! {
    /// Whether a client is let in.
    ClientStatus {
        /// It is.
        Live = "LIVE",
        /// It is shut out, for good.
        Revoked = "REVOKED",
    }
}
