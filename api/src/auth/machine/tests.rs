//! The ring of keys, at moments of the test's own.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;

use super::ring::{LONGEST_SIGNING, Ring};
use super::*;
use crate::store::testing::on_both_migrated;

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

async fn kid(ring: &Ring, now: DateTime<Utc>) -> String {
    ring.signing(now).await.unwrap().unwrap().key.kid.clone()
}

#[tokio::test]
async fn two_replicas_make_one_key_between_them() {
    on_both_migrated(async |db| {
        let (one, two) = (Ring::new(db.clone()), Ring::new(db.clone()));
        let (first, second) = tokio::join!(kid(&one, start()), kid(&two, start()));
        assert_eq!(first, second);
        assert_eq!(keys_of(db, start()).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_old_is_followed_by_another_which_everybody_knows_before_it_signs() {
    on_both_migrated(async |db| {
        let (one, two) = (Ring::new(db.clone()), Ring::new(db.clone()));
        let old = kid(&one, start()).await;
        let late = start() + LONGEST_SIGNING;
        // One of them makes the next; it signs with the old one still, and so does the other.
        assert_eq!((kid(&one, late).await, kid(&two, late).await), (old.clone(), old.clone()));
        assert_eq!(one.published(late).await.unwrap().len(), 2);
        let within = late + TimeDelta::minutes(9);
        assert_eq!(kid(&two, within).await, old);

        let then = late + TimeDelta::minutes(10);
        let new = kid(&one, then).await;
        assert_ne!(new, old);
        assert_eq!(kid(&two, then).await, new);
        let verifies =
            async |ring: &Ring, kid: &str, at| ring.verifying(kid, Algorithm::EdDSA, at).await.is_ok();
        // The last token of the old one was signed a moment ago.
        let last = then + TOKEN_LIFE;
        assert!(verifies(&two, &old, last).await && verifies(&two, &new, last).await);
        let after = last + TimeDelta::minutes(2);
        assert!(!verifies(&two, &old, after).await && verifies(&two, &new, after).await);
        assert_eq!(one.published(after).await.unwrap().len(), 1);
        one.look_after(after).await.unwrap();
        assert_eq!(keys_of(db, after).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_another_process_made_is_found_and_an_unknown_one_is_not_looked_for_for_ever() {
    on_both_migrated(async |db| {
        let ring = Ring::new(db.clone());
        let old = kid(&ring, start()).await;
        let made = rotate(db, Rotation::AtOnce, start()).await.unwrap();
        let find = async |kid: &str, seconds| {
            let at = start() + TimeDelta::seconds(seconds);
            ring.verifying(kid, Algorithm::EdDSA, at).await.is_ok()
        };
        assert!(find(&old, 1).await && !find(&made.kid, 1).await, "nobody looks again so soon");
        assert!(find(&made.kid, 5).await);
        assert!(!find(&old, 6).await, "it was thrown away");
        assert!(!find("machine-9-unknown", 20).await);
        assert!(ring.verifying(&made.kid, Algorithm::RS256, start()).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_key_of_a_clock_that_is_ahead_signs_where_there_is_no_other() {
    on_both_migrated(async |db| {
        let ring = Ring::new(db.clone());
        let made = rotate(db, Rotation::AtOnce, start() + TimeDelta::seconds(90)).await.unwrap();
        assert_eq!(kid(&ring, start()).await, made.kid);
        assert!(ring.verifying(&made.kid, Algorithm::EdDSA, start()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn two_who_rotate_at_once_leave_one_key_that_signs() {
    on_both_migrated(async |db| {
        kid(&Ring::new(db.clone()), start()).await;
        let at = start() + TimeDelta::hours(1);
        let (one, two) = tokio::join!(rotate(db, Rotation::AtOnce, at), rotate(db, Rotation::AtOnce, at));
        let made = [one.unwrap().kid, two.unwrap().kid];
        let left = keys_of(db, at).await.unwrap();
        assert_eq!(left.len(), 1);
        let (key, state) = &left[0];
        assert!(made.contains(&key.kid));
        assert_eq!(*state, KeyState::Signing);
    })
    .await;
}
