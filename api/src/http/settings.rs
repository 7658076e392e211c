//! What whoever runs the service decides about its HTTP interface.

use std::sync::Arc;

use tokio::sync::watch;

/// The settings of the HTTP interface. The default is what `serve` does unless told otherwise.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether the metrics have an address of their own: then the main one does not have them.
    pub metrics_elsewhere: bool,
    /// Whether the service was asked to stop.
    pub stopping: Stopping,
}

/// Whether the service was asked to stop: shared by whoever asks and whoever has to know.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<watch::Sender<bool>>);

impl Stopping {
    /// Asks it to.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was asked.
    pub fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when it is asked.
    pub async fn begun(&self) {
        // The sender is in our hands, so it cannot be gone.
        let _ = self.0.subscribe().wait_for(|begun| *begun).await;
    }
}
