//! The service and its database are killed at random while many write: what was acknowledged is there once, nothing is there
//! twice, the ledger is whole, the feed has every entry, and webhooks tell of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tokio::sync::watch;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::Random;
use super::deployment::Deployment;
use super::load::{Entry, Load, WRITERS, each_once, follow, programme};
use super::postgres::Server;
use crate::support::{Process, printed, sqlite, verify};

/// Nothing here waits for time to pass. Where something waits for ever, the test is to say so.
const TOO_LONG: Duration = Duration::from_secs(1800);

/// How much is written, and how often what is killed.
struct Form {
    changes: usize,
    service: usize,
    database: usize,
}

impl Form {
    fn asked(database: usize) -> Self {
        match std::env::var("DURABILITY").as_deref() {
            Ok("full") => Form { changes: 5000, service: 5, database: 3 * database },
            _ => Form { changes: 400, service: 2, database },
        }
    }
}

/// What is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Service(usize),
    Database,
}

/// In which order what is killed.
fn victims(form: &Form, replicas: usize, random: &mut Random) -> Vec<Victim> {
    let mut victims = vec![Victim::Database; form.database];
    victims.extend((0..form.service).map(|_| Victim::Service(random.below(replicas))));
    for place in (1..victims.len()).rev() {
        victims.swap(place, random.below(place + 1));
    }
    victims
}

/// Kills one after the other, each somewhere in its part of the changes, and starts it again at once.
async fn keep_killing(
    load: &Load<'_>,
    server: &mut Option<Server>,
    processes: &mut [Option<Process>],
    form: &Form,
    mut random: Random,
) {
    let victims = victims(form, processes.len(), &mut random);
    let part = form.changes / (victims.len() + 1);
    for (number, victim) in victims.into_iter().enumerate() {
        let at = part * (number + 1) - random.below(part / 2);
        let mut acknowledged = load.acknowledged.subscribe();
        acknowledged.wait_for(|count| *count >= at).await.unwrap();
        println!("killing {victim:?} after {at} changes");
        match victim {
            Victim::Service(replica) => {
                load.service.kill(replica, processes[replica].take().unwrap());
                processes[replica] = Some(load.service.start(replica).await);
            }
            Victim::Database => {
                let mut killed = server.take().unwrap();
                let again = tokio::task::spawn_blocking(move || {
                    killed.kill();
                    killed.start();
                    killed
                });
                *server = Some(again.await.unwrap());
            }
        }
    }
}

/// Takes what it is told: under which ids each entry came.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<BTreeMap<i64, BTreeSet<String>>>>);

impl Respond for Receiver {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let id = request.headers["webhook-id"].to_str().unwrap().to_owned();
        let sequence = body["data"]["sequence"].as_i64().unwrap();
        self.0.lock().unwrap().entry(sequence).or_default().insert(id);
        ResponseTemplate::new(204)
    }
}

impl Receiver {
    /// Has the police told of all that it sees.
    async fn begin(&self, service: &Deployment, police: &str) -> MockServer {
        let server = MockServer::builder().disable_request_recording().start().await;
        Mock::given(any()).respond_with(self.clone()).mount(&server).await;
        let document =
            "{ programme(slug: \"westshire\") { id } organisations(first: 10) { nodes { id name } } }";
        let found = service.ask(police, document, json!({})).await;
        let organisations = found["organisations"]["nodes"].as_array().unwrap();
        let own = organisations.iter().find(|of| of["name"] == "Westshire Police").unwrap();
        let input = json!({
            "programmeId": found["programme"]["id"], "organisationId": own["id"],
            "url": format!("{}/hooks", server.uri()), "idempotencyKey": "endpoint",
        });
        let made = service.mutate(police, "webhookEndpointCreate", input, "secret").await;
        assert_eq!(made["userErrors"], json!([]));
        server
    }

    /// Waits until it was told of every update to the action of the police, each under one id.
    async fn is_told(&self, of: &BTreeSet<String>, followed: &[Entry]) {
        let expected: BTreeSet<i64> =
            followed.iter().filter(|entry| of.contains(&entry.entity)).map(|entry| entry.sequence).collect();
        assert!(expected.len() >= of.len());
        while !expected.iter().all(|sequence| self.0.lock().unwrap().contains_key(sequence)) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let told = self.0.lock().unwrap().clone();
        let several: Vec<_> = told.iter().filter(|(_, ids)| ids.len() > 1).collect();
        assert!(several.is_empty(), "an entry came under several ids: {several:?}");
    }
}

/// How many entries the ledger has. It is whole.
fn entries(url: &str) -> i64 {
    let (code, said, error) = verify(url, &[]);
    assert_eq!(code, Some(0), "{said}{error}");
    said.trim_end().rsplit(' ').nth(1).unwrap().parse().unwrap()
}

/// Starts all that are dead.
async fn start(service: &Deployment) -> Vec<Option<Process>> {
    let all = (0..service.addresses.len()).map(|replica| service.start(replica));
    join_all(all).await.into_iter().map(Some).collect()
}

fn kill(service: &Deployment, processes: &mut [Option<Process>]) {
    for (replica, process) in processes.iter_mut().enumerate() {
        service.kill(replica, process.take().unwrap());
    }
}

async fn lose_nothing(url: &str, mut server: Option<Server>, replicas: usize, files: &str) {
    let (form, mut random) = (Form::asked(usize::from(server.is_some())), Random::seeded());
    let tokens =
        ["office", "head", "police"].map(|subject| printed(&["token", subject, "--database-url", url]));
    let [office, head, police] = tokens.each_ref().map(|token| token.trim());
    let service = Deployment::new(url, replicas).with(&["--files", files]);
    let mut processes = start(&service).await;
    let receiver = Receiver::default();
    let _told = receiver.begin(&service, police).await;
    let load = Load::new(&service, [office, head]).await;
    let (end, ends) = watch::channel(None);

    let begun = Instant::now();
    let randoms: Vec<Random> = (0..WRITERS).map(|_| random.fork()).collect();
    let writing = async {
        let writers = randoms.into_iter().enumerate();
        join_all(writers.map(|(writer, random)| load.write(writer, form.changes, random))).await;
    };
    let work = async {
        let killing = keep_killing(&load, &mut server, &mut processes, &form, random);
        join(killing, writing).await;
        println!("{} changes in {:?}", *load.acknowledged.borrow(), begun.elapsed());
        // What was given up may be under way as long as somebody is there to do it.
        kill(&service, &mut processes);
        let last = entries(url);
        end.send_replace(Some(last));
        processes = start(&service).await;
        last
    };
    let (last, followed, reported) = {
        let following = follow(&service, office, ends);
        let (last, followed) = join(work, following).await;
        (last, followed, load.reported().await)
    };

    println!(
        "{} requests got no answer, {} were told to come again",
        service.cut_off.load(std::sync::atomic::Ordering::SeqCst),
        service.unavailable.load(std::sync::atomic::Ordering::SeqCst)
    );
    let told = load.told.into_inner().unwrap();
    assert!(service.cut_off.into_inner() > 0, "no kill came in between");
    let faults = service.faults.into_inner().unwrap();
    assert!(faults.is_empty(), "a database that is away is no fault of ours: {faults:?}");
    each_once(&told, reported, &followed, last);
    receiver.is_told(&told.of_the_police, &followed).await;
    assert!(entries(url) >= last);
    drop(processes);
}

fn prepare(url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, programme()).unwrap();
    printed(&["migrate", "--database-url", url]);
    printed(&["import", file.to_str().unwrap(), "--database-url", url]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_a_killed_service_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    prepare(&url);
    let files = format!("file://{}", folder.path().join("files").display());
    tokio::time::timeout(TOO_LONG, lose_nothing(&url, None, 1, &files)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_killed_services_and_a_killed_server_lose_nothing_and_do_nothing_twice() {
    let Some(mut server) = Server::new() else { return };
    server.start();
    assert_eq!(server.does("postgres", "SHOW fsync"), "on");
    server.does("postgres", "CREATE DATABASE golden");
    let url = server.url("golden");
    prepare(&url);
    let folder = tempfile::tempdir().unwrap();
    let files = format!("file://{}", folder.path().join("files").display());
    tokio::time::timeout(TOO_LONG, lose_nothing(&url, Some(server), 2, &files)).await.unwrap();
}
