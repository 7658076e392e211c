//! One operation, run: for a query, who asks, the plan, the rows, the answer, or that the client holds it already.

use apollo_compiler::executable::Operation;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use serde_json::{Map, Value};

use super::answer::{Failure, Ran, database, finished, unwritten};
use super::conditional::{Conditional, Held, Question, tag};
use super::document::Document;
use super::kind::Verdict;
use super::output::Writer;
use super::plan::{self, Plan};
use super::request::{Request, coerced};
use super::trusted::Hash;
use super::{Engine, change, fetch_root, introspect};
use crate::auth::Principal;
use crate::authz::identity::Identity;
use crate::authz::viewer::Viewer;
use crate::observe::trace;
use crate::store::fetch::Fetched;
use crate::store::read::ReadCx;

/// One operation of a document, with the values of its variables.
struct Asked<'a> {
    document: &'a Document,
    operation: &'a Operation,
    request: &'a Request,
    request_id: &'a str,
    coerced: &'a Valid<JsonMap>,
    variables: &'a Map<String, Value>,
}

impl Engine {
    /// Runs an operation.
    ///
    /// # Errors
    /// It could not be run, or failed as a whole.
    pub(super) async fn run(
        &self,
        (document, hash): (&Document, Option<Hash>),
        operation: &Operation,
        request: &Request,
        principal: Option<&Principal>,
        request_id: &str,
    ) -> Result<Ran, Failure> {
        let (coerced, variables) = coerced(document, request)?;
        let identity = principal.map(|of| &of.identity);
        let conditional = request.conditional.as_ref().zip(hash).filter(|_| operation.is_query());
        let is_marked = conditional.is_some() || operation.is_query() && self.db.has_replicas();
        let asked =
            Asked { document, operation, request, request_id, coerced: &coerced, variables: &variables };
        if operation.is_query()
            && !is_marked
            && let Some(ran) = self.run_by_guess(&asked, identity).await
        {
            return ran;
        }
        if operation.is_mutation()
            && let Some(viewer) = self.guesses.of(&self.db, identity, self.clock)
        {
            let planner = self.planner(document, &variables, &viewer);
            let who = (principal, request_id);
            let ran = change::run(self, planner, operation, request, (viewer.clone(), true), who).await;
            // What is refused before anything is done is refused to whom they are.
            if !matches!(ran, Err(Failure::Request(_))) {
                return ran;
            }
        }
        let read = self.open_read(identity, is_marked).await;
        let (read, mark) = read.map_err(|fault| database(&fault, request_id))?;
        let tag = conditional.zip(mark).map(|((conditional, hash), mark)| {
            let question = question(request, conditional, hash, (&variables, &self.rules_in_tags));
            tag(&question, principal, &mark)
        });
        // Whoever holds anything is told below, when it is known what they ask for.
        let held = conditional.map(|(conditional, _)| &conditional.held).filter(|held| **held != Held::Any);
        if held.zip(tag.as_ref()).is_some_and(|(held, tag)| held.has(tag)) {
            let statements = read.statements();
            return Ok(Ran { body: None, verdict: Verdict::Well, statements, tag });
        }
        if operation.is_mutation() {
            read.let_go().await;
            let planner = self.planner(document, &variables, &read.cx.viewer);
            let viewer = read.cx.viewer.clone();
            let who = (principal, request_id);
            self.guesses.note(&self.db, identity, &viewer);
            return change::run(self, planner, operation, request, (viewer, false), who).await;
        }
        self.guesses.note(&self.db, identity, &read.cx.viewer);
        let plan = self.plan(&asked, &read.cx.viewer)?;
        // What passes by itself is never what a client holds.
        let tag = tag.filter(|_| !plan.passes);
        if tag.is_some() && conditional.is_some_and(|(conditional, _)| conditional.held == Held::Any) {
            return Ok(Ran { body: None, verdict: Verdict::Well, statements: read.statements(), tag });
        }
        let _turn = request.spend_beside(&read, plan.cost).await?;
        let read = self.choose(read, identity, mark, &plan).await;
        let read = read.map_err(|fault| database(&fault, request_id))?;
        let fetched = fetch_root(&read, &plan.root).await.map_err(|fault| database(&fault, request_id))?;
        let ran = self.written(&asked, &read, (&plan, &fetched))?;
        // What went wrong may go well the next time, although nothing has changed.
        let tag = tag.filter(|_| ran.verdict == Verdict::Well);
        Ok(Ran { tag, ..ran })
    }

    /// Answers a query of somebody who asked a moment ago as whom they were then. None where they are not, or nothing would tell: then
    /// nothing has been answered.
    async fn run_by_guess(
        &self,
        asked: &Asked<'_>,
        identity: Option<&Identity>,
    ) -> Option<Result<Ran, Failure>> {
        let read = self.guesses.open(&self.db, identity, self.clock)?.with_links(self.links.clone());
        // What is refused is refused to whom they are; and without a statement nothing would tell.
        let plan = self.plan(asked, &read.cx.viewer).ok().filter(|plan| !plan.root.children.is_empty())?;
        let _turn = match asked.request.spend(0, plan.cost).await {
            Ok(turn) => turn,
            Err(failure) => return Some(Err(failure)),
        };
        let fetched = fetch_root(&read, &plan.root).await;
        if read.was_wrong() || fetched.is_ok() && !read.has_checked() {
            return None;
        }
        // What failed before anybody could look would fail again.
        let fetched = fetched.map_err(|fault| database(&fault, asked.request_id));
        Some(fetched.and_then(|fetched| self.written(asked, &read, (&plan, &fetched))))
    }

    fn plan(&self, asked: &Asked<'_>, viewer: &Viewer) -> Result<Plan, Failure> {
        let planner = self.planner(asked.document, asked.variables, viewer);
        let plan = trace::plan().in_scope(|| plan::plan(planner, &asked.operation.selection_set));
        plan.map_err(Failure::Request)
    }

    /// The answer, from what was fetched.
    fn written(
        &self,
        asked: &Asked<'_>,
        read: &ReadCx,
        (plan, fetched): (&Plan, &Fetched),
    ) -> Result<Ran, Failure> {
        let Asked { document, operation, request, request_id, coerced, .. } = *asked;
        let mut writer = Writer::new(self.rules.limits.answer_bytes);
        writer.json.push_str("{\"data\":");
        let root = fetched.rows.first().map(Vec::as_slice).unwrap_or_default();
        let written = writer.object(&plan.fields, root, fetched);
        written.map_err(|fault| Failure::Execution(unwritten(fault, request_id)))?;
        if !writer.introspection.is_empty() {
            introspect::fill(&mut writer, document, operation, coerced).map_err(Failure::Request)?;
        }
        let spent = (plan.cost, self.rules.limits.cost, read.statements());
        Ok(finished(writer, request, request_id, spent))
    }
}

fn question<'a>(
    request: &'a Request,
    conditional: &Conditional,
    document: Hash,
    (variables, rules): (&'a Map<String, Value>, &'a str),
) -> Question<'a> {
    Question {
        document,
        operation_name: request.operation_name.as_deref(),
        variables,
        show_cost: request.show_cost,
        media_type: conditional.media_type,
        rules,
    }
}
