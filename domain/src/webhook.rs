//! Webhooks: how endpoints and deliveries can stand, what their events are called, and when one is tried again.

use std::time::Duration;

crate::vocabulary! {
    /// Whether an endpoint is told.
    EndpointStatus {
        /// It is.
        Enabled = "ENABLED",
        /// It is not, until somebody enables it; then it is told what it missed.
        Disabled = "DISABLED",
    }
}

crate::vocabulary! {
    /// Why an endpoint is not told.
    DisabledReason {
        /// Somebody disabled it.
        ByHand = "BY_HAND",
        /// It answered 410: it is gone.
        Gone = "GONE",
        /// It took nothing for as long as it was tried.
        Failing = "FAILING",
        /// The membership that it sees by has ended.
        MembershipEnded = "MEMBERSHIP_ENDED",
        /// The machine client that made it was revoked.
        MakerRevoked = "MAKER_REVOKED",
    }
}

crate::vocabulary! {
    /// How far a delivery has come.
    DeliveryStatus {
        /// It is to be sent, or to be sent again.
        Pending = "PENDING",
        /// The endpoint took it.
        Delivered = "DELIVERED",
        /// It was given up.
        Failed = "FAILED",
        /// When it was due, there was nothing to tell that the endpoint had asked for.
        Skipped = "SKIPPED",
    }
}

crate::vocabulary! {
    /// Why an attempt had no answer.
    AttemptError {
        /// The address is none that may be sent to.
        AddressRefused = "ADDRESS_REFUSED",
        /// Its name leads to no address.
        NotFoundByName = "NOT_FOUND_BY_NAME",
        /// Nobody answers at the address, or not for this name.
        NoConnection = "NO_CONNECTION",
        /// No answer came in time.
        TimedOut = "TIMED_OUT",
        /// The connection ended before the answer.
        BrokenOff = "BROKEN_OFF",
    }
}

/// The test that somebody can have sent. It comes whatever types an endpoint chooses.
pub const PING: &str = "webhook.ping";

/// The type of the ledger's entries that tell of something by their `kind`, and not of a change of a thing.
pub const NOTICE: &str = "Notice";

/// What the kinds of notices are called as events.
const NOTICES: &[(&str, &str)] = &[
    ("ACTION_SLIPPED", "action.slipped"),
    ("DEPENDENCY_LATE", "action.dependency_late"),
    ("EVIDENCE_SHARED", "evidence.shared"),
    ("UPDATE_DUE", "update.due"),
    ("CHALLENGE_PUT", "challenge.put"),
];

/// Entries of these types are told to nobody: who may sign in, and where webhooks go, is in the feed.
const UNTOLD: &[&str] = &["Membership", "MachineClient", "MachineClientSecret", "WebhookEndpoint"];

/// What has happened to a thing, as far as the owner of an endpoint may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// It is new in the record.
    Created,
    /// It has changed, or has come into sight.
    Updated,
    /// It is gone, or out of sight.
    Removed,
}

impl Happened {
    const ALL: [Self; 3] = [Self::Created, Self::Updated, Self::Removed];

    const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Removed => "removed",
        }
    }
}

/// The type of the event for what has happened to a thing of a type; none where such things are not told of.
pub fn event_type(entity_type: &str, happened: Happened) -> Option<String> {
    if entity_type == NOTICE || UNTOLD.contains(&entity_type) {
        return None;
    }
    Some(format!("{}.{}", snake(entity_type), happened.word()))
}

/// The type of the event for a notice of a kind.
pub fn notice_type(kind: &str) -> Option<&'static str> {
    NOTICES.iter().find(|(of, _)| *of == kind).map(|(_, name)| *name)
}

/// Every type of event that an endpoint can choose, where the ledger records things of these types.
pub fn event_types<'a>(recorded: impl Iterator<Item = &'a str>) -> Vec<String> {
    let of =
        |entity: &'a str| Happened::ALL.into_iter().filter_map(move |happened| event_type(entity, happened));
    let notices = NOTICES.iter().map(|(_, name)| (*name).to_owned());
    recorded.flat_map(of).chain(notices).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for (place, sign) in name.chars().enumerate() {
        if sign.is_ascii_uppercase() && place > 0 {
            snake.push('_');
        }
        snake.push(sign.to_ascii_lowercase());
    }
    snake
}

/// How long after the first attempt that failed the next comes, and so on: three days and a few hours in all.
pub const RETRIES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(5 * 60 * 60),
    Duration::from_secs(10 * 60 * 60),
    Duration::from_secs(14 * 60 * 60),
    Duration::from_secs(20 * 60 * 60),
    Duration::from_secs(24 * 60 * 60),
];

/// The longest that a receiver can ask us to stay away at once.
pub const LONGEST_HOLD: Duration = Duration::from_secs(24 * 60 * 60);

/// When to try again after so many attempts that failed; none where it is given up. `chance` is from 0 to 1: by a fifth at most
/// is the wait longer than stated, so that what failed together does not come back together. What the receiver asks for counts
/// where it is longer.
pub fn wait_after(
    tries: usize,
    retries: &[Duration],
    chance: f64,
    asked: Option<Duration>,
) -> Option<Duration> {
    let wait = *tries.checked_sub(1).and_then(|index| retries.get(index))?;
    let wait = wait + wait.mul_f64(0.2 * chance.clamp(0.0, 1.0));
    Some(wait.max(asked.unwrap_or_default().min(LONGEST_HOLD)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn events_are_named_after_the_things() {
        assert_eq!(event_type("Action", Happened::Updated).as_deref(), Some("action.updated"));
        assert_eq!(
            event_type("ProgressUpdate", Happened::Created).as_deref(),
            Some("progress_update.created")
        );
        assert_eq!(event_type("AuditFinding", Happened::Removed).as_deref(), Some("audit_finding.removed"));
        for untold in ["Membership", "MachineClient", "MachineClientSecret", "WebhookEndpoint", "Notice"] {
            assert_eq!(event_type(untold, Happened::Created), None);
        }
    }

    #[test]
    fn what_can_be_chosen_is_closed_and_says_each_once() {
        let mut types = event_types(["Action", "Membership", "Notice", "Evidence"].into_iter());
        assert_eq!(types.len(), 2 * 3 + NOTICES.len());
        assert!(types.contains(&"action.slipped".to_owned()) && !types.contains(&PING.to_owned()));
        types.sort();
        types.dedup();
        assert_eq!(types.len(), 2 * 3 + NOTICES.len());
        assert_eq!((notice_type("UPDATE_DUE"), notice_type("OTHER")), (Some("update.due"), None));
    }

    #[test]
    fn the_retries_take_three_days() {
        let all: Duration = RETRIES.iter().sum();
        assert!(all >= Duration::from_secs(72 * 3600) && all < Duration::from_secs(80 * 3600));
        assert_eq!(wait_after(1, &RETRIES, 0.0, None), Some(Duration::from_secs(5)));
        assert_eq!(wait_after(9, &RETRIES, 0.0, None), Some(Duration::from_secs(24 * 3600)));
        assert_eq!(wait_after(10, &RETRIES, 0.0, None), None);
        assert_eq!(wait_after(0, &RETRIES, 0.0, None), None);
    }

    proptest! {
        #[test]
        fn no_wait_is_shorter_than_stated_or_much_longer_than_anybody_asked(
            tries in 1usize..=9, chance in 0.0f64..=1.0, asked in proptest::option::of(0u64..1_000_000),
        ) {
            let asked = asked.map(Duration::from_secs);
            let wait = wait_after(tries, &RETRIES, chance, asked).unwrap();
            let stated = RETRIES[tries - 1];
            prop_assert!(wait >= stated);
            prop_assert!(wait >= asked.unwrap_or_default().min(LONGEST_HOLD));
            prop_assert!(wait <= stated.mul_f64(1.2).max(LONGEST_HOLD) + Duration::from_millis(1));
        }
    }
}
