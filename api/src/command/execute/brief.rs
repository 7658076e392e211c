//! A change that writes everything with its last statement, tried without a transaction and without a lock
//! (`docs/adr/0033-brief-changes.md`).

use super::{Change, Tried, evaluate};
use crate::authz::permit::{Actor, permit};
use crate::authz::viewer::Viewer;
use crate::command::Target;
use crate::command::refusal::Refusal;
use crate::store::brief;
use crate::store::write::WriteError;

impl Change<'_> {
    /// Tries it with one statement to begin with, one to end with, and nobody's turn, where the command allows it. None where that cannot
    /// be, or where there is more to it than that it is done: then nothing was done.
    pub(super) async fn briefly(&self, viewer: &Viewer) -> Result<Option<Tried>, Refusal> {
        let Target::Thing { path, expected_version, .. } = &self.prepared.target else { return Ok(None) };
        let Some(on) = self.command.is_brief.then(|| self.on()).and_then(Result::ok).flatten() else {
            return Ok(None);
        };
        // Which programme it is, hardly anybody has to look up. Whether it is that one, is looked at below.
        let programme = viewer.only_programme().filter(|_| brief::can_be(self.db));
        let Some(programme) = programme else { return Ok(None) };
        // In this process they come one after the other all the same: of those who begin with the same entry, one comes through.
        let _turn = self.turn(programme).await?;
        let (who, operation) = ((self.identity, viewer), self.command.operation);
        let begun = brief::begin(self.db, who, operation, (on, programme), self.key.as_ref()).await;
        let Some(begun) = begun.map_err(WriteError::from)? else { return Ok(None) };
        if !begun.viewer.is_still(viewer) {
            return Ok(Some(Tried::Another(begun.viewer)));
        }
        let may_begin = !begun.is_known
            && begun.judged.as_ref().is_some_and(|judged| judged.programme == Some(programme))
            && evaluate(begun.judged.as_ref(), *expected_version, path).is_ok();
        let leave = permit(&Actor::Viewer(viewer, Some(programme)), operation).filter(|_| may_begin);
        let Some(permit) = leave else { return Ok(None) };
        let cx = begun.open(permit, self.origin());
        match self.done(cx, viewer.clone(), Some(programme)).await {
            Err(Refusal::Write(WriteError::Overtaken(_))) => Ok(None),
            tried => tried.map(Some),
        }
    }
}
