//! The migrations go up, down and up again on both databases, with rows in the tables, and the constraints refuse bad rows.
//!
//! PostgreSQL is tried where `TEST_POSTGRES_URL` names a server on which databases may be created.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use migration::{Migrator, MigratorTrait};
use sea_orm_migration::sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr};

async fn one_connection(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn sqlite() -> DatabaseConnection {
    let db = one_connection("sqlite::memory:").await;
    db.execute_unprepared("PRAGMA foreign_keys = ON").await.unwrap();
    db
}

/// Runs `check` on SQLite, and on a database of its own on PostgreSQL.
async fn on_both(check: impl AsyncFn(&DatabaseConnection)) {
    check(&sqlite().await).await;
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let admin = one_connection(&server).await;
    let name = format!("gt_migration_{}", uuid::Uuid::now_v7().simple());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (front, _) = server.rsplit_once('/').unwrap();
    let db = one_connection(&format!("{front}/{name}")).await;
    check(&db).await;
    db.close().await.unwrap();
    admin.execute_unprepared(&format!("DROP DATABASE {name}")).await.unwrap();
}

/// Writes `#n` as the n-th id and `@` as the two times that every object has.
async fn run(db: &DatabaseConnection, sql: &str) -> Result<(), DbErr> {
    let mut text = String::new();
    let mut rest = sql;
    while let Some(at) = rest.find('#') {
        let digits = rest[at + 1..].chars().take_while(char::is_ascii_digit).count();
        text.push_str(&rest[..at]);
        if digits == 0 {
            text.push('#');
        } else {
            text.push_str(&format!("'00000000-0000-0000-0000-{:0>12}'", &rest[at + 1..at + 1 + digits]));
        }
        rest = &rest[at + 1 + digits..];
    }
    text.push_str(rest);
    let times = "'2018-12-10T09:00:00+00:00', '2018-12-10T09:00:00+00:00'";
    db.execute_unprepared(&text.replace('@', times)).await.map(|_| ())
}

/// A small programme: one row at least in every table that refers to itself or closes a circle.
const GOOD: &[&str] = &[
    "INSERT INTO party (id, kind, name, organisation_kind, organisation_id, created_at, updated_at) VALUES (#1, 'ORGANISATION', 'A council', 'COUNCIL', #1, @)",
    "INSERT INTO programme (id, slug, name, authority_id, is_public, created_at, updated_at) VALUES (#2, 'a', 'A', #1, FALSE, @)",
    "INSERT INTO programme (id, slug, name, authority_id, is_public, created_at, updated_at) VALUES (#8, 'b', 'B', #1, FALSE, @)",
    "INSERT INTO party (id, programme_id, kind, post, organisation_id, created_at, updated_at) VALUES (#3, #2, 'PERSON', 'Head of service', #1, @)",
    "INSERT INTO party (id, programme_id, kind, name, group_kind, created_at, updated_at) VALUES (#4, #2, 'GROUP', 'The board', 'BOARD', @)",
    "INSERT INTO group_member (programme_id, group_id, person_id) VALUES (#2, #4, #3)",
    "INSERT INTO organisation_identifier (organisation_id, scheme, value) VALUES (#1, 'GSS', 'E1')",
    "INSERT INTO membership (id, programme_id, subject, role, is_chair, is_programme_office, created_at, updated_at) VALUES (#5, #2, 'chair', 'BOARD', TRUE, FALSE, @)",
    "INSERT INTO membership (id, subject, role, is_chair, is_programme_office, created_at, updated_at) VALUES (#6, 'admin', 'ADMIN', FALSE, FALSE, @)",
    "INSERT INTO rating (programme_id, health, label, colour) VALUES (#2, 'DONE', 'Blue', '#d4e5f6')",
    "INSERT INTO source (id, programme_id, kind, title, issued_on, position, created_at, updated_at) VALUES (#10, #2, 'DIRECTION', 'First', '2018-07-01', 1, @)",
    "INSERT INTO source (id, programme_id, kind, title, issued_on, position, supersedes_id, created_at, updated_at) VALUES (#11, #2, 'DIRECTION', 'Second', '2019-07-01', 2, #10, @)",
    "INSERT INTO source (id, programme_id, kind, title, position, framework, created_at, updated_at) VALUES (#12, #2, 'INSPECTION', 'Visit', 3, 'SIF', @)",
    "INSERT INTO judgement (id, programme_id, source_id, position, area, grade) VALUES (#13, #2, #12, 1, 'ADOPTION', 'GOOD')",
    "INSERT INTO requirement (id, programme_id, source_id, kind, reference, is_reference_printed, reference_sort, text, position, is_immediate, created_at, updated_at) VALUES (#20, #2, #10, 'DIRECTION_TERM', '2', TRUE, '2', 'Work together', 1, FALSE, @)",
    "INSERT INTO requirement (id, programme_id, source_id, kind, reference, is_reference_printed, reference_sort, text, position, parent_id, is_immediate, created_at, updated_at) VALUES (#21, #2, #10, 'DIRECTION_TERM', '2.a', TRUE, '2.a', 'Report', 2, #20, FALSE, @)",
    "INSERT INTO requirement_leaf (programme_id, ancestor_id, leaf_id) VALUES (#2, #20, #21)",
    "INSERT INTO duty (id, programme_id, requirement_id, position, what, text, due_rule, every_months, created_at, updated_at) VALUES (#22, #2, #21, 1, 'REPORT', 'Report', 'RECURRING', 3, @)",
    "INSERT INTO plan (id, programme_id, title, status, owner_id, created_at, updated_at) VALUES (#30, #2, 'Phase 1', 'CLOSED', #1, @)",
    "INSERT INTO plan (id, programme_id, title, status, owner_id, predecessor_id, created_at, updated_at) VALUES (#31, #2, 'Phase 2', 'AGREED', #1, #30, @)",
    "INSERT INTO theme (id, programme_id, plan_id, name, position, created_at, updated_at) VALUES (#32, #2, #31, 'Practice', 1, @)",
    "INSERT INTO theme (id, programme_id, plan_id, parent_id, name, position, created_at, updated_at) VALUES (#33, #2, #31, #32, 'First response', 2, @)",
    "INSERT INTO action (id, programme_id, plan_id, reference, reference_sort, position, aim, status, created_at, updated_at) VALUES (#40, #2, #30, '1.1', '1.1', 1, '', 'ROLLED_OVER', @)",
    "INSERT INTO action (id, programme_id, plan_id, theme_id, reference, reference_sort, position, aim, due_on, due_precision, status, rolled_over_from_id, created_at, updated_at) VALUES (#41, #2, #31, #33, '1.1', '1.1', 1, 'Better', '2019-03-31', 'MONTH', 'IN_PROGRESS', #40, @)",
    "INSERT INTO step (id, programme_id, action_id, position, text, lead_id, is_illustrative, created_at, updated_at) VALUES (#42, #2, #41, 1, 'Do it', #3, FALSE, @)",
    "INSERT INTO action_party (programme_id, action_id, party_id, role, position) VALUES (#2, #41, #3, 'LEAD', 1)",
    "INSERT INTO action_requirement (programme_id, action_id, requirement_id, position) VALUES (#2, #41, #21, 1)",
    "INSERT INTO action_dependency (programme_id, action_id, depends_on_id, is_illustrative) VALUES (#2, #41, #40, TRUE)",
    "INSERT INTO evidence (id, programme_id, title, strand, marking, added_on, review_status, is_illustrative, created_at, updated_at) VALUES (#50, #2, 'Audit', 'VOICE', 'OFFICIAL', '2018-12-01', 'SUBMITTED', TRUE, @)",
    "INSERT INTO evidence_action (programme_id, evidence_id, action_id) VALUES (#2, #50, #41)",
    "INSERT INTO measure (id, programme_id, title, code, polarity, is_illustrative, target_status, target_status_shown, created_at, updated_at) VALUES (#60, #2, 'Visits in time', 'V1', 'HIGHER_IS_BETTER', FALSE, 'NO_READING', 'NO_READING', @)",
    "INSERT INTO measure_target (id, programme_id, measure_id, value, set_on, created_at) VALUES (#61, #2, #60, 90000, '2018-12-01', '2018-12-10T09:00:00+00:00')",
    "INSERT INTO measure_benchmark (id, programme_id, measure_id, kind, value, period_end) VALUES (#62, #2, #60, 'REGION', 80000, '2018-03-31')",
    "INSERT INTO measure_action (programme_id, measure_id, action_id) VALUES (#2, #60, #41)",
    "INSERT INTO measure_requirement (programme_id, measure_id, requirement_id) VALUES (#2, #60, #21)",
    "INSERT INTO audit (id, programme_id, kind, title, started_on, ended_on, is_independent, sample_size, is_illustrative, created_at, updated_at) VALUES (#70, #2, 'DIP_SAMPLE', 'Ten files', '2018-12-03', '2018-12-03', TRUE, 10, FALSE, @)",
    "INSERT INTO audit (id, programme_id, kind, title, started_on, ended_on, is_independent, reaudit_of_id, is_illustrative, created_at, updated_at) VALUES (#71, #2, 'CASE_AUDIT', 'Ten more', '2018-12-03', '2018-12-04', TRUE, #70, FALSE, @)",
    "INSERT INTO audit_grades (programme_id, audit_id, rater, good) VALUES (#2, #70, 'SELF', 10)",
    "INSERT INTO audit_action (programme_id, audit_id, action_id) VALUES (#2, #70, #41)",
    "INSERT INTO audit_requirement (programme_id, audit_id, requirement_id) VALUES (#2, #70, #21)",
    "INSERT INTO audit_finding (id, programme_id, audit_id, text, status, is_illustrative, created_at, updated_at) VALUES (#72, #2, #70, 'Thin notes', 'OPEN', FALSE, @)",
    "INSERT INTO reading (id, programme_id, measure_id, period_start, period_end, value, disclosure, is_dispute_shown, is_illustrative, created_at, updated_at) VALUES (#63, #2, #60, '2018-11-01', '2018-11-30', 75000, 'ALL', TRUE, FALSE, @)",
    "INSERT INTO reading (id, programme_id, measure_id, period_start, period_end, dimension, category, value, numerator, denominator, disclosure, is_dispute_shown, is_illustrative, created_at, updated_at) VALUES (#64, #2, #60, '2018-11-01', '2018-11-30', 'Team', 'East', 75000, 3, 4, 'NOTHING', FALSE, FALSE, @)",
    "INSERT INTO feedback (id, programme_id, said_by, gathered_by, period_start, period_end, speaker_count, said, is_illustrative, created_at, updated_at) VALUES (#70, #2, 'CHILDREN', 'SURVEY', '2018-11-01', '2018-11-30', 12, 'Be on time', FALSE, @)",
    "INSERT INTO feedback_action (programme_id, feedback_id, action_id) VALUES (#2, #70, #41)",
    "INSERT INTO feedback_requirement (programme_id, feedback_id, requirement_id) VALUES (#2, #70, #21)",
    "INSERT INTO challenge (id, programme_id, action_id, text, put_to_id, put_by_id, put_on, answer_by, status, is_illustrative, created_at, updated_at) VALUES (#80, #2, #41, 'Why?', #1, #3, '2018-12-01', '2018-12-31', 'OPEN', FALSE, @)",
    "INSERT INTO notice (id, programme_id, kind, organisation_id, action_id, about_type, about_id, falls_on, created_at) VALUES (#81, #2, 'UPDATE_DUE', #1, #41, 'Action', #41, '2018-12-01', '2018-12-10T09:00:00+00:00')",
    "INSERT INTO notice (id, programme_id, kind, organisation_id, action_id, about_type, about_id, falls_on, was_on, now_on, created_at) VALUES (#82, #2, 'ACTION_SLIPPED', #1, #41, 'Action', #41, '2018-12-01', '2018-12-31', '2019-03-31', '2018-12-10T09:00:00+00:00')",
    "INSERT INTO notice (id, programme_id, kind, organisation_id, about_type, about_id, falls_on, created_at) VALUES (#83, #2, 'CHALLENGE_PUT', #1, 'Challenge', #80, '2018-12-01', '2018-12-10T09:00:00+00:00')",
    "INSERT INTO upload (id, programme_id, purpose, subject, name, media_type, size_bytes, sha256, scan, prepared_at, expires_at, is_attached) VALUES (#85, #2, 'IMPORT', 'chair', 'plan.csv', 'text/csv', 9, 'abc', 'CLEAN', @, TRUE)",
    "INSERT INTO upload_reading (upload_id, kind, state, result, attempts) VALUES (#85, 'PLAN', 'READ', '{}', 1)",
    "INSERT INTO source_document (id, programme_id, kind, name, media_type, size_bytes, sha256, scan, imported_on, created_at, updated_at) VALUES (#85, #2, 'PLAN', 'plan.csv', 'text/csv', 9, 'abc', 'CLEAN', '2018-12-01', @)",
    "INSERT INTO imported_from (object_id, programme_id, object_type, document_id, row_number) VALUES (#41, #2, 'Action', #85, 3)",
    "INSERT INTO ledger_head (programme_id, sequence, hash) VALUES (#2, 1, '0000000000000000000000000000000000000000000000000000000000000000')",
    "INSERT INTO ledger_entry (programme_id, sequence, at, actor, role, operation, entity_type, entity_id, entity_version, state, request_id, previous_hash, hash) VALUES (#2, 1, '2018-12-10T09:00:00+00:00', 's', 'r', 'o', 'Programme', #2, 1, '{}', 'q', '0000000000000000000000000000000000000000000000000000000000000000', '0000000000000000000000000000000000000000000000000000000000000000')",
];

/// A statement that must be refused, and a word of the refusal: a constraint's name, or what the database says.
const BAD: &[(&str, &str)] = &[
    ("UPDATE programme SET slug = 'A' WHERE id = #2", "ck_programme_slug_lower"),
    ("UPDATE programme SET name = ''", "ck_programme_name_filled"),
    ("UPDATE programme SET authority_id = #99", "foreign key"),
    ("UPDATE party SET programme_id = #2 WHERE id = #1", "ck_party_shared_organisations"),
    ("UPDATE party SET post = NULL WHERE id = #3", "ck_party_named"),
    ("UPDATE party SET name = '' WHERE id = #4", "ck_party_name_filled"),
    ("UPDATE party SET post = 'Chair' WHERE id = #4", "ck_party_post_of_person"),
    ("UPDATE party SET group_kind = NULL WHERE id = #4", "ck_party_group_kind_of_group"),
    ("UPDATE party SET group_kind = 'CLUB' WHERE id = #4", "ck_party_group_kind_known"),
    ("UPDATE party SET organisation_id = NULL WHERE id = #1", "ck_party_organisation_is_itself"),
    ("UPDATE party SET from_on = '2018-02-01', until_on = '2018-01-01' WHERE id = #3", "ck_party_period"),
    (
        "INSERT INTO party (id, kind, name, organisation_kind, organisation_id, created_at, updated_at) VALUES (#7, 'ORGANISATION', 'A council', 'OTHER', #7, @)",
        "unique",
    ),
    (
        "INSERT INTO party (id, programme_id, kind, post, organisation_id, created_at, updated_at) VALUES (#7, #2, 'PERSON', 'Head of service', #1, @)",
        "unique",
    ),
    (
        "INSERT INTO party (id, programme_id, kind, name, group_kind, created_at, updated_at) VALUES (#7, #2, 'GROUP', 'The board', 'BOARD', @)",
        "unique",
    ),
    (
        "INSERT INTO group_member (programme_id, group_id, person_id) VALUES (#2, #4, #4)",
        "ck_group_member_two",
    ),
    ("UPDATE membership SET programme_id = NULL WHERE id = #5", "ck_membership_admin_everywhere"),
    ("UPDATE membership SET role = 'PARTNER', is_chair = FALSE WHERE id = #5", "ck_membership_partner_of"),
    ("UPDATE membership SET role = 'OFFICER' WHERE id = #5", "ck_membership_chair_of_board"),
    ("UPDATE membership SET is_programme_office = TRUE WHERE id = #5", "ck_membership_office_is_officer"),
    (
        "INSERT INTO membership (id, subject, role, is_chair, is_programme_office, created_at, updated_at) VALUES (#7, 'admin', 'ADMIN', FALSE, FALSE, @)",
        "unique",
    ),
    (
        "INSERT INTO membership (id, programme_id, subject, role, is_chair, is_programme_office, created_at, updated_at) VALUES (#7, #2, 'chair', 'BOARD', FALSE, FALSE, @)",
        "unique",
    ),
    ("UPDATE rating SET colour = 'blue'", "ck_rating_colour_hex"),
    ("UPDATE source SET framework = NULL WHERE id = #12", "ck_source_framework_of_inspection"),
    ("UPDATE source SET review_kind = 'SCRUTINY' WHERE id = #12", "ck_source_review_kind_of_review"),
    ("UPDATE source SET lifted_on = '2018-01-01' WHERE id = #12", "ck_source_direction_only"),
    ("UPDATE source SET started_on = '2018-01-01' WHERE id = #10", "ck_source_visit_not_direction"),
    (
        "UPDATE source SET started_on = '2018-02-01', ended_on = '2018-01-01' WHERE id = #12",
        "ck_source_visit",
    ),
    ("UPDATE source SET supersedes_id = #10 WHERE id = #10", "ck_source_supersedes_another"),
    (
        "INSERT INTO source (id, programme_id, kind, title, position, framework, created_at, updated_at) VALUES (#14, #2, 'INSPECTION', 'Visit', 4, 'SIF', @)",
        "unique",
    ),
    (
        "INSERT INTO source (id, programme_id, kind, title, position, supersedes_id, created_at, updated_at) VALUES (#14, #2, 'DIRECTION', 'Third', 4, #10, @)",
        "unique",
    ),
    ("UPDATE judgement SET grade = 'FINE'", "ck_judgement_grade_known"),
    (
        "INSERT INTO judgement (id, programme_id, source_id, position, area, grade) VALUES (#14, #2, #12, 2, 'ADOPTION', 'GOOD')",
        "unique",
    ),
    ("UPDATE requirement SET kind = 'RECOMMENDATION' WHERE id = #21", "ck_requirement_tree_of_terms"),
    ("UPDATE requirement SET parent_id = #21 WHERE id = #21", "ck_requirement_tree_of_terms"),
    ("UPDATE requirement SET is_immediate = TRUE WHERE id = #20", "ck_requirement_immediate_recommendation"),
    (
        "UPDATE requirement SET response_status = 'NOTED' WHERE id = #20",
        "ck_requirement_response_to_recommendation",
    ),
    ("UPDATE requirement SET responded_on = '2018-01-01' WHERE id = #20", "ck_requirement_response_whole"),
    ("UPDATE requirement SET reference = '2' WHERE id = #21", "unique"),
    ("UPDATE requirement SET position = -1 WHERE id = #21", "ck_requirement_position_natural"),
    ("UPDATE duty SET due_rule = 'FIXED', every_months = NULL", "ck_duty_fixed_day"),
    ("UPDATE duty SET due_rule = 'OFFSET', every_months = NULL", "ck_duty_offset_rule"),
    ("UPDATE duty SET every_months = NULL", "ck_duty_recurring_rule"),
    ("UPDATE duty SET every_months = 0", "ck_duty_months"),
    ("UPDATE duty SET due_rule = 'REGULAR', every_months = NULL, offset_months = 2", "ck_duty_offset_only"),
    (
        "UPDATE duty SET due_rule = 'REGULAR', every_months = NULL, due_on = '2018-01-01'",
        "ck_duty_regular_has_no_day",
    ),
    ("UPDATE plan SET status = 'DONE'", "ck_plan_status_known"),
    ("UPDATE plan SET update_every_days = 0", "ck_plan_cadence"),
    ("UPDATE plan SET strands_required = 5", "ck_plan_strands"),
    ("UPDATE plan SET start_on = '2018-02-01', end_on = '2018-01-01'", "ck_plan_period"),
    ("UPDATE plan SET predecessor_id = #31 WHERE id = #31", "ck_plan_follows_another"),
    ("UPDATE plan SET version = 0", "ck_plan_version_positive"),
    ("UPDATE theme SET position = 1 WHERE id = #33", "unique"),
    ("UPDATE theme SET parent_id = #33 WHERE id = #33", "ck_theme_tree"),
    ("UPDATE action SET due_precision = NULL WHERE id = #41", "ck_action_due_with_precision"),
    ("UPDATE action SET status = 'DONE' WHERE id = #41", "ck_action_status_known"),
    ("UPDATE action SET rolled_over_from_id = #41 WHERE id = #41", "ck_action_rolled_over_from_another"),
    ("UPDATE action SET plan_id = #30 WHERE id = #41", "unique"),
    ("DELETE FROM action WHERE id = #40", "foreign key"),
    ("UPDATE step SET struck_out_on = '2018-01-01'", "ck_step_struck_out_with_reason"),
    (
        "UPDATE step SET done_on = '2018-01-01', struck_out_on = '2018-01-01', struck_out_reason = 'No'",
        "ck_step_done_or_struck_out",
    ),
    ("UPDATE step SET text = ''", "ck_step_text_filled"),
    ("UPDATE action_party SET role = 'HELPER'", "ck_action_party_role_known"),
    ("UPDATE action_requirement SET qualifier = ''", "ck_action_requirement_qualifier_filled"),
    ("UPDATE action_dependency SET depends_on_id = action_id", "ck_action_dependency_another"),
    ("UPDATE evidence SET programme_id = #8 WHERE id = #50", "stays of it"),
    ("UPDATE evidence_action SET programme_id = #8", "programme of what it links"),
    ("UPDATE evidence SET period_start = '2018-02-01', period_end = '2018-01-01'", "ck_evidence_period"),
    ("UPDATE evidence SET reviewed_on = '2018-01-01'", "ck_evidence_review"),
    ("UPDATE evidence SET marking = 'SECRET'", "ck_evidence_marking_known"),
    ("UPDATE measure SET unit = 'MILES'", "ck_measure_unit_known"),
    ("UPDATE audit SET ended_on = '2018-12-02'", "ck_audit_period"),
    ("UPDATE audit SET sample_size = 0", "ck_audit_sample_natural"),
    ("UPDATE audit SET reaudit_of_id = id", "ck_audit_not_its_own"),
    ("UPDATE audit_finding SET done_on = '2018-12-05'", "ck_audit_finding_done_whole"),
    ("UPDATE audit_finding SET rechecked_on = '2018-12-05'", "ck_audit_finding_recheck_whole"),
    (
        "INSERT INTO measure (id, programme_id, title, polarity, is_illustrative, target_status, target_status_shown, created_at, updated_at) VALUES (#65, #2, 'Visits in time', 'HIGHER_IS_BETTER', FALSE, 'NO_READING', 'NO_READING', @)",
        "unique",
    ),
    (
        "INSERT INTO measure_benchmark (id, programme_id, measure_id, kind, value, period_end) VALUES (#65, #2, #60, 'REGION', 1, '2018-03-31')",
        "unique",
    ),
    ("UPDATE reading SET dimension = NULL WHERE id = #64", "ck_reading_breakdown_whole"),
    ("UPDATE reading SET dimension = NULL, category = NULL WHERE id = #64", "unique"),
    ("UPDATE reading SET numerator = -1 WHERE id = #64", "ck_reading_counts_natural"),
    ("UPDATE reading SET dispute_note = 'No' WHERE id = #64", "ck_reading_dispute_whole"),
    ("UPDATE reading SET disclosure = 'SOME'", "ck_reading_disclosure_known"),
    ("UPDATE reading SET period_end = '2018-10-01'", "ck_reading_period"),
    ("UPDATE feedback SET said_by = 'NOBODY'", "ck_feedback_said_by_known"),
    ("UPDATE feedback SET gathered_by = 'HEARSAY'", "ck_feedback_gathered_by_known"),
    ("UPDATE feedback SET period_end = '2018-10-01'", "ck_feedback_period"),
    ("UPDATE feedback SET speaker_count = 0", "ck_feedback_somebody_spoke"),
    ("UPDATE feedback SET done = 'Much'", "ck_feedback_done_whole"),
    ("UPDATE feedback SET told_on = '2018-12-01'", "ck_feedback_told_whole"),
    ("UPDATE challenge SET status = 'ANSWERED'", "ck_challenge_answered"),
    ("UPDATE challenge SET answer = 'So'", "ck_challenge_answer_whole"),
    ("UPDATE challenge SET still_asked = 'And then?'", "ck_challenge_asked_again_after_an_answer"),
    ("UPDATE challenge SET status = 'CLOSED'", "ck_challenge_closed"),
    ("UPDATE challenge SET put_to_id = #99", "foreign key"),
    ("UPDATE notice SET kind = 'NEWS'", "ck_notice_kind_known"),
    ("UPDATE notice SET about_type = 'Challenge' WHERE id = #81", "ck_notice_of_an_action"),
    ("UPDATE notice SET action_id = NULL WHERE id = #81", "ck_notice_with_its_action"),
    ("UPDATE notice SET now_on = NULL WHERE id = #82", "ck_notice_moved_whole"),
    ("UPDATE notice SET now_on = was_on WHERE id = #82", "ck_notice_moved_later"),
    (
        "INSERT INTO notice (id, programme_id, kind, organisation_id, action_id, about_type, about_id, falls_on, created_at) VALUES (#84, #2, 'UPDATE_DUE', #1, #41, 'Action', #41, '2018-12-01', '2018-12-10T09:00:00+00:00')",
        "unique",
    ),
    (
        "INSERT INTO notice (id, programme_id, kind, organisation_id, about_type, about_id, falls_on, created_at) VALUES (#84, #2, 'CHALLENGE_PUT', #1, 'Challenge', #80, '2018-12-01', '2018-12-10T09:00:00+00:00')",
        "unique",
    ),
    ("UPDATE upload SET purpose = 'EVIDENCE' WHERE id = #85", "ck_upload_evidence_of_evidence"),
    ("UPDATE upload SET purpose = 'NONE' WHERE id = #85", "ck_upload_"),
    ("DELETE FROM upload WHERE id = #85", "foreign key"),
    ("UPDATE upload_reading SET result = NULL", "ck_upload_reading_result_of_read"),
    ("UPDATE upload_reading SET state = 'REFUSED', result = NULL", "ck_upload_reading_problem_of_refused"),
    ("UPDATE upload_reading SET done = 1", "ck_upload_reading_progress_whole"),
    ("DELETE FROM source_document", "foreign key"),
    ("UPDATE imported_from SET object_type = 'Duty'", "ck_imported_from_object_type_known"),
    ("UPDATE ledger_entry SET actor = 'other'", "append-only"),
    ("DELETE FROM ledger_entry", "append-only"),
    ("UPDATE ledger_head SET hash = 'short'", "ck_ledger_head_hash"),
];

async fn fill(db: &DatabaseConnection) {
    for statement in GOOD {
        if let Err(error) = run(db, statement).await {
            panic!("{statement}: {error}");
        }
    }
}

#[tokio::test]
async fn migrations_go_up_down_and_up_again_with_rows_in_the_tables() {
    on_both(async |db| {
        Migrator::up(db, None).await.unwrap();
        fill(db).await;
        Migrator::down(db, None).await.unwrap();
        assert!(run(db, "SELECT 1 FROM party").await.is_err(), "down leaves no table");
        Migrator::up(db, None).await.unwrap();
        fill(db).await;
        assert!(Migrator::get_pending_migrations_read_only(db).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn constraints_refuse_bad_rows_by_name() {
    on_both(async |db| {
        Migrator::up(db, None).await.unwrap();
        fill(db).await;
        for (statement, word) in BAD {
            let refusal = match run(db, statement).await {
                Ok(()) => panic!("accepted: {statement}"),
                Err(error) => error.to_string().to_lowercase(),
            };
            assert!(refusal.contains(word), "{statement}: expected {word}, got {refusal}");
        }
    })
    .await;
}

/// The trigger stops whoever asks; this stops the service before it.
#[tokio::test]
async fn a_plain_role_has_no_right_to_change_the_ledger_that_it_owns() {
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let admin = one_connection(&server).await;
    let name = format!("gt_role_{}", uuid::Uuid::now_v7().simple());
    run(&admin, &format!("CREATE ROLE {name} LOGIN PASSWORD '{name}'")).await.unwrap();
    run(&admin, &format!("CREATE DATABASE {name} OWNER {name}")).await.unwrap();
    let (_, place) = server.rsplit_once('@').unwrap();
    let (host, _) = place.rsplit_once('/').unwrap();
    let db = one_connection(&format!("postgres://{name}:{name}@{host}/{name}")).await;
    Migrator::up(&db, None).await.unwrap();
    fill(&db).await;

    for statement in
        ["UPDATE ledger_entry SET state = '{}'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
    {
        let refusal = run(&db, statement).await.unwrap_err().to_string();
        assert!(refusal.contains("permission denied"), "{statement}: {refusal}");
    }

    db.close().await.unwrap();
    run(&admin, &format!("DROP DATABASE {name}")).await.unwrap();
    run(&admin, &format!("DROP ROLE {name}")).await.unwrap();
}
