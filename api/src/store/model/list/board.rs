//! How challenges and notices can be filtered and ordered.

use super::{FilterDef, Kind, List, field, id, order, value, worked_out};
use crate::store::model::{Join, Scalar, board};

pub(super) fn challenges() -> List {
    List {
        of: "Challenge",
        plural: "challenges",
        filter: vec![
            id("id", "id", "Challenge", "Its id."),
            field("text", "What is asked, or the answer.", FilterDef::Text(&["text", "answer"])),
            value("status", "status", Kind::Enum("ChallengeStatus"), "How far it has come."),
            id("putTo", "put_to_id", "Organisation", "Whom it was put to."),
            value("putOn", "put_on", Kind::Date, "The day on which it was put."),
            value("answerBy", "answer_by", Kind::Date, "The day by which it is to be answered."),
            worked_out(
                "isOverdue",
                board::is_overdue,
                Kind::Boolean,
                "Whether it waits for an answer and its day has passed.",
            ),
            field(
                "action",
                "The action that it is about, where the viewer sees it; with neq and nin, another or none.",
                FilterDef::Related { join: Join::To("action_id"), to: "Action" },
            ),
        ],
        order: vec![
            order("PUT_ON", "put_on", Scalar::Date, "The day on which it was put."),
            order("ANSWER_BY", "answer_by", Scalar::Date, "The day by which it is to be answered."),
            order("CREATED_AT", "created_at", Scalar::Moment, "When it was recorded."),
            order("UPDATED_AT", "updated_at", Scalar::Moment, "When it last changed."),
        ],
    }
}

pub(super) fn notices() -> List {
    List {
        of: "Notice",
        plural: "notices",
        filter: vec![
            id("id", "id", "Notice", "Its id."),
            value("kind", "kind", Kind::Enum("NoticeKind"), "What it tells."),
            id("organisation", "organisation_id", "Organisation", "Whom it is for."),
            id("action", "action_id", "Action", "The action that it concerns."),
            value("on", "falls_on", Kind::Date, "The day that it is about."),
        ],
        order: vec![
            order("ON", "falls_on", Scalar::Date, "The day that it is about."),
            order("CREATED_AT", "created_at", Scalar::Moment, "When it was told."),
        ],
    }
}
