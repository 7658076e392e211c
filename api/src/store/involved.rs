//! Who is involved in an action: leads it, or contributes to it; and so in what belongs to it, or is about it.

use uuid::Uuid;

use super::sql::Sql;
use super::table::Table;

/// Adds the condition that an organisation leads or contributes to the action named `alias`, itself or by its people.
pub(super) fn is_organisations_own(sql: &mut Sql, alias: &str, programme: Uuid, organisation: Uuid) {
    let (link, party) = (sql.alias(), sql.alias());
    sql.push("(").column(alias, "programme_id").push(" = ").bind(programme).push(" AND (");
    sql.column(alias, "organisation_id").push(" = ").bind(organisation);
    sql.push(" OR EXISTS (SELECT 1 FROM action_party ").push(&link).push(" JOIN party ").push(&party);
    sql.push(" ON ").column(&party, "id").push(" = ").column(&link, "party_id").push(" WHERE ");
    sql.column(&link, "action_id").push(" = ").column(alias, "id").push(" AND ");
    sql.column(&party, "organisation_id").push(" = ").bind(organisation).push(")))");
}

/// Adds the condition that a person leads the action named `alias`, themselves or as a member of a group that does.
pub(super) fn is_led_by(sql: &mut Sql, alias: &str, person: Uuid) {
    let (link, member) = (sql.alias(), sql.alias());
    sql.push("EXISTS (SELECT 1 FROM action_party ").push(&link).push(" WHERE ");
    sql.column(&link, "action_id").push(" = ").column(alias, "id").push(" AND ");
    sql.column(&link, "role").push(" = 'LEAD' AND (").column(&link, "party_id").push(" = ").bind(person);
    sql.push(" OR EXISTS (SELECT 1 FROM group_member ").push(&member).push(" WHERE ");
    sql.column(&member, "group_id").push(" = ").column(&link, "party_id").push(" AND ");
    sql.column(&member, "person_id").push(" = ").bind(person).push(")))");
}

/// The table that says which actions something belongs to, or is about, with the column that names it, and its own that is named.
pub(super) type OfActions = (&'static str, &'static str, &'static str);
pub(super) const EVIDENCE: OfActions = ("evidence_action", "evidence_id", "id");
pub(super) const FEEDBACK: OfActions = ("feedback_action", "feedback_id", "id");
pub(super) const AUDIT: OfActions = ("audit_action", "audit_id", "id");
/// A finding is about what its audit is about.
const FINDING: OfActions = ("audit_action", "audit_id", "audit_id");

/// Adds the condition that the person leads an action that the feedback, the audit or the finding named `alias` is about.
pub(super) fn is_led_about(sql: &mut Sql, table: Table, alias: &str, person: Uuid) {
    let of = match table {
        Table::Feedback => FEEDBACK,
        Table::AuditFinding => FINDING,
        _ => AUDIT,
    };
    for_action_of(sql, of, alias, |sql, action| is_led_by(sql, action, person));
}

/// Adds the condition that what is named `alias` belongs to an action for which `condition` holds.
pub(super) fn for_action_of(
    sql: &mut Sql,
    (table, near, own): OfActions,
    alias: &str,
    condition: impl FnOnce(&mut Sql, &str),
) {
    let (link, action) = (sql.alias(), sql.alias());
    sql.push("EXISTS (SELECT 1 FROM ").push(table).push(" ").push(&link).push(" JOIN action ").push(&action);
    sql.push(" ON ").column(&action, "id").push(" = ").column(&link, "action_id").push(" WHERE ");
    sql.column(&link, near).push(" = ").column(alias, own).push(" AND ");
    condition(sql, &action);
    sql.push(")");
}

/// Adds two selects, the one of which finds the organisation that answers for the action named `alias`, the other those that lead or
/// contribute by their people, groups or themselves: all for whom [`is_organisations_own`] holds. `select` writes each of them,
/// given the expression with the organisation's id, and the joins with a first condition that end its `FROM`. An organisation that both
/// find is found twice.
pub(super) fn each_organisation(sql: &mut Sql, alias: &str, select: impl Fn(&mut Sql, &str, &str)) {
    select(sql, &format!("{alias}.organisation_id"), &format!(" WHERE {alias}.organisation_id IS NOT NULL"));
    sql.push(" UNION ALL ");
    let joined = format!(
        " JOIN action_party l ON l.action_id = {alias}.id JOIN party y ON y.id = l.party_id WHERE y.organisation_id IS NOT NULL"
    );
    select(sql, "y.organisation_id", &joined);
}
