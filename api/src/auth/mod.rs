//! stub
/// x
pub struct Principal {
    /// x
    pub subject: String,
    /// x
    pub issuer: String,
    /// x
    pub expires_at: chrono::DateTime<chrono::Utc>,
}
