//! What each table holds: no queries, no rules, no wire format.
//!
//! Closed sets are plain text here, held to their values by the database; the `domain` crate has them as enums. The relations are
//! empty on purpose: the read path declares its own, with the viewer's row condition in each.

#![allow(
    missing_docs,
    reason = "columns say what the GraphQL schema's fields say, and derived items cannot carry documentation"
)]

pub mod action;
pub mod action_dependency;
pub mod action_direction;
pub mod action_party;
pub mod action_requirement;
pub mod audit;
pub mod audit_action;
pub mod audit_finding;
pub mod audit_grades;
pub mod audit_requirement;
pub mod challenge;
pub mod client_assertion;
pub mod dev_issuer_key;
pub mod due_date_move;
pub mod duty;
pub mod entry_action;
pub mod evidence;
pub mod evidence_action;
pub mod evidence_file;
pub mod evidence_requirement;
pub mod evidence_share;
pub mod feedback;
pub mod feedback_action;
pub mod feedback_requirement;
pub mod file_key;
pub mod finding;
pub mod group_member;
pub mod idempotency;
pub mod impact_evidence;
pub mod imported_file;
pub mod imported_from;
pub mod judgement;
pub mod ledger_entry;
pub mod ledger_head;
pub mod link_proposal;
pub mod machine_client;
pub mod machine_client_secret;
pub mod machine_client_use;
pub mod machine_issuer_key;
pub mod measure;
pub mod measure_action;
pub mod measure_benchmark;
pub mod measure_requirement;
pub mod measure_target;
pub mod membership;
pub mod notice;
pub mod organisation_identifier;
pub mod party;
pub mod plan;
pub mod programme;
pub mod progress_update;
pub mod rating;
pub mod reading;
pub mod requirement;
pub mod requirement_leaf;
pub mod sight_lost;
pub mod source;
pub mod source_document;
pub mod step;
pub mod theme;
mod thousandths;
pub mod upload;
pub mod upload_reading;
pub mod webhook_attempt;
pub mod webhook_cursor;
pub mod webhook_delivery;
pub mod webhook_endpoint;
pub mod webhook_secret;
