//! The word that the service is to stop.

use tokio::sync::watch;

/// How far the end of the service has come, known to all who hold a copy of it.
#[derive(Clone, Debug, Default)]
pub struct Stop(watch::Sender<Phase>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    #[default]
    Serving,
    Leaving,
    Stopping,
}

impl Stop {
    /// Says that it is to stop soon: it is not ready any more, and still serves whoever comes.
    pub fn leave(&self) {
        self.go_on_to(Phase::Leaving);
    }

    /// Says that it stops: whoever listens is to come again elsewhere.
    pub fn begin(&self) {
        self.go_on_to(Phase::Stopping);
    }

    fn go_on_to(&self, phase: Phase) {
        self.0.send_modify(|now| *now = phase.max(*now));
    }

    /// Whether it is to stop, now or soon.
    pub fn is_leaving(&self) -> bool {
        *self.0.borrow() != Phase::Serving
    }

    /// Ends once it stops.
    pub async fn begun(&self) {
        // This copy holds the sender, so that the wait ends with the word and not before.
        let _ = self.0.subscribe().wait_for(|phase| *phase == Phase::Stopping).await;
    }
}
