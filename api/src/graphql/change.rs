//! Running a mutation: field after field, each a change of its own; then what each changed is fetched as any query would.

use std::sync::Arc;

use apollo_compiler::executable::Operation;
use tracing::Instrument;

use super::answer::{Failure, Ran, database_error, finished, not_done, unwritten};
use super::error::{Code, Error};
use super::kind::Verdict;
use super::output::Writer;
use super::plan::Planner;
use super::request::Request;
use super::{Engine, fetch_root, mutation};
use crate::auth::Principal;
use crate::authz::viewer::Viewer;
use crate::command;
use crate::observe::trace;
use crate::store::fetch::Fetched;

/// Runs the fields of a mutation one after the other. What goes wrong with one leaves the others as they are. The viewer may be a guess:
/// whoever is told anything has been looked up before.
pub(super) async fn run(
    engine: &Engine,
    mut planner: Planner<'_>,
    operation: &Operation,
    request: &Request,
    (mut viewer, mut is_guess): (Viewer, bool),
    (principal, request_id): (Option<&Principal>, &str),
) -> Result<Ran, Failure> {
    let steps = trace::plan().in_scope(|| mutation::plan(&mut planner, &operation.selection_set));
    let steps = steps.map_err(Failure::Request)?;
    let _turn = request.spend(steps.len(), planner.cost()).await?;
    let (mut answers, mut statements, mut is_refused) = (Vec::new(), 0, false);
    for mut step in steps {
        let Some((command, input)) = step.command.take() else {
            answers.push((step.key, None, Ok(Fetched::default())));
            continue;
        };
        let asked = command::Request {
            command,
            input,
            principal,
            viewer: &viewer,
            is_guess,
            request_id,
            file_limits: engine.file_limits,
            webhooks: Arc::new(engine.clone()),
            writers: &engine.writers,
        };
        let span = trace::command(asked.command.operation.as_str());
        let outcome = command::execute(&engine.db, &engine.clock, asked).instrument(span).await;
        is_refused |= matches!(outcome, Ok(command::Outcome::Refused(_)));
        engine.heads.poke();
        let (field, fetched) = match outcome {
            Ok(outcome) => {
                let field = step.answer(&outcome);
                let read = match outcome {
                    command::Outcome::Done(_, Some(viewer)) => Ok(engine.read_as(viewer)),
                    _ => engine.read(principal.map(|of| &of.identity)).await,
                };
                let fetched = match read {
                    Ok(read) => {
                        let fetched = fetch_root(&read, &step.root).await;
                        statements += read.statements();
                        (viewer, is_guess) = (read.cx.viewer, false);
                        fetched
                    }
                    Err(fault) => Err(fault),
                };
                (Some(field), fetched.map_err(|fault| database_error(&fault, request_id)))
            }
            Err(fault) => (None, Err(not_done(&fault, request_id))),
        };
        answers.push((step.key, field, fetched));
    }
    // A request with nothing in it but one change that could not be made is not answered by halves: whoever stands between sees by
    // the status that it is to be sent again.
    if let [(key, None, Err(error))] = &answers[..]
        && error.code == Code::Unavailable
    {
        let path = vec![key.as_str().into()];
        return Err(Failure::Execution(Error { path, ..error.clone() }));
    }
    let mut writer = Writer::new(engine.rules.limits.answer_bytes);
    writer.json.push_str("{\"data\":{");
    for (index, (key, field, fetched)) in answers.iter().enumerate() {
        if index > 0 {
            writer.json.push(',');
        }
        match (field, fetched) {
            (_, Err(error)) => writer.failed(key, error.clone()),
            (Some(field), Ok(fetched)) => {
                let row = fetched.rows.first().map(Vec::as_slice).unwrap_or_default();
                let written = writer.root(field, row, fetched);
                written.map_err(|fault| Failure::Execution(unwritten(fault, request_id)))?;
            }
            (None, Ok(_)) => writer.typename(key, "Mutation"),
        }
    }
    writer.json.push('}');
    let spent = (planner.cost(), engine.rules.limits.cost, statements);
    let mut ran = finished(writer, request, request_id, spent);
    if is_refused && ran.verdict == Verdict::Well {
        ran.verdict = Verdict::Refused;
    }
    Ok(ran)
}
