//! Several dispatchers on one database, as replicas are: nothing twice at once, nothing left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::receiver::{Answer, Receiver};
use super::{Telling, endpoint, note, quick};
use crate::support::on_both;

#[tokio::test(flavor = "multi_thread")]
async fn two_that_tell_the_same_endpoints_make_one_id_of_each_entry() {
    on_both(async |app| {
        let (app, one) = app.telling(quick()).await;
        let (_, other) = app.telling(quick()).await;
        let both = [Telling::begin(one), Telling::begin(other)];
        let receiver = Receiver::start().await;
        endpoint(&app, &receiver, json!({})).await;
        let failed: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let fails = Arc::clone(&failed);
        // Every other one fails once, and is taken then by whichever comes first.
        receiver.answers(move |got, before| {
            let is_odd = got.data()["sequence"].as_i64().unwrap() % 2 == 1;
            if is_odd && before == 0 {
                fails.lock().unwrap().insert(got.id.clone());
                return Answer::Status(503);
            }
            Answer::Status(200)
        });
        const CHANGES: usize = 24;
        for round in 0..CHANGES / 3 {
            for reference in ["1.3", "1.2", "1.9"] {
                note(&app, reference, &format!("Round {round}")).await;
            }
        }
        let expected = |got: &[super::receiver::Got]| {
            let mut times: BTreeMap<String, usize> = BTreeMap::new();
            got.iter().for_each(|each| *times.entry(each.id.clone()).or_default() += 1);
            let failed = failed.lock().unwrap().clone();
            times.len() == CHANGES
                && times.iter().all(|(id, times)| *times > usize::from(failed.contains(id)))
        };
        let got = receiver.until(expected).await;
        assert!(receiver.is_left_alone().await, "something is sent that was taken");
        let failed = failed.lock().unwrap().len();
        assert_eq!(got.len(), CHANGES + failed, "each once, and once more where it failed");
        for telling in both {
            telling.end().await;
        }
    })
    .await;
}
