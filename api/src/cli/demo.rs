//! `demo`: everything needed to look around, in one command.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{
    CliError, database, demo_client, files,
    listen::{BIND, asked_to_stop, listen},
    parse_day, print, reading,
    webhooks::Sending,
};
use crate::{
    auth::machine::Machines,
    auth::{Authenticator, DEV_TOKEN_LIFE, DevIssuer},
    command::{
        demo::{self, DemoError},
        load_programme::brought,
        notices::keep_telling,
    },
    config::{BIND_ENV, Clock, DEFAULT_BIND, DatabaseUrl, Missing},
    files::{FileLimits, keep_sweeping},
    graphql::Engine,
    http::{Connections, Demo, DemoToken, HttpState, Live, Rates, Settings, router},
    observe::metrics,
    reader::keep_reading,
    store::db::{DbError, Pool},
    webhooks::{self, Outside},
};

/// The subjects of the demonstration and who they are; their memberships are in the demonstration's data files.
pub const SUBJECTS: [(&str, &str); 9] = [
    ("board-chair", "chairs the improvement board"),
    ("board-member", "sits on the improvement board"),
    ("programme-office", "keeps the plan for the council"),
    ("lead", "a council officer who leads some actions"),
    ("police", "the police force, a partner"),
    ("health", "the health commissioners, a partner"),
    ("scrutiny", "the council's scrutiny committee"),
    ("admin", "runs the deployment"),
    ("nobody", "a valid token without any membership"),
];

/// How many times as much as of a service clients may ask for in a minute of a demonstration.
const GENEROSITY: u32 = 100;

/// The name of the database's file in the folder.
const FILE: &str = "golden-thread.sqlite";

/// The arguments of `demo`.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// Keep the database in this folder, and find it there the next time. Without it: a temporary folder, removed
    /// at the end
    #[arg(long, value_name = "DIR", conflicts_with = "database_url")]
    pub folder: Option<PathBuf>,
    /// The address and port to listen on
    #[arg(long, value_name = "ADDRESS", env = BIND_ENV, default_value = DEFAULT_BIND)]
    pub bind: String,
    /// The day (YYYY-MM-DD) that the demonstration takes for today; its plan was in full flight on the default
    #[arg(long, value_name = "DATE", default_value = "2018-12-10", value_parser = parse_day)]
    pub today: NaiveDate,
    /// Use this database instead of an SQLite file of its own. Only on the command line: a demonstration must not
    /// start on a real database because the environment names one
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
}

/// Where the demonstration keeps its database, and what to remove afterwards.
struct Place {
    url: DatabaseUrl,
    temporary: Option<PathBuf>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.temporary {
            // Left over files in the system's temporary folder are a nuisance, not a failure.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

pub(super) async fn run(args: DemoArgs) -> Result<(), CliError> {
    let stop = asked_to_stop();
    // The port first: it is the likeliest thing to be wrong, and loading takes a moment.
    let listener = listen(&args.bind, BIND).await?;
    let address = listener.local_addr().map_err(|error| CliError::failed(error.to_string()))?;
    let place = place(&args)?;
    let db = database::connect_with(&place.url, Missing::Create, &Pool::default()).await?;
    db.migrate().await?;
    let unloaded =
        |error: DemoError| CliError::failed(format!("the demonstration cannot be loaded: {error}"));
    let loaded = demo::load(&db, args.today).await.map_err(unloaded)?;
    let bundle = demo::bundle().map_err(|error| unloaded(error.into()))?;
    let file_settings = files::beside(&place.url)?;
    let brought = brought(&db, &bundle, &loaded).await.map_err(DbError::from)?;
    files::keep(&file_settings.store, &brought).await?;
    let issuer = database::dev_issuer(&db, &place.url).await?;
    let now = crate::config::now();
    let demo = demo_tokens(&issuer, now)?;
    let clock = Clock::new(Some(args.today));
    let engine = Engine::new(db.clone(), clock);
    let client = demo_client::renew(&engine).await?;
    let machines = Machines::new(db.clone(), format!("http://{address}"));
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "anybody who reaches this address can take any role of the demonstration");
    }
    print(&welcome(address, &place.url, args.today, now, &demo))?;
    print(&client.told(machines.issuer()))?;
    let authenticator = Authenticator::new(Vec::new(), Some(&issuer))?.with_machines(&machines)?;
    let files = files::open(&db, clock, file_settings, address).await?;
    let reader = reading::usual()?;
    let engine = engine.with_files(Arc::clone(files.links()), FileLimits::default());
    // The limits are those of the service, but for the rates: a sandbox is for trying out, also by programs.
    let settings = Settings { rates: Rates::default().times(GENEROSITY), ..Settings::default() };
    let word = settings.stop.clone();
    let machines = Some(machines);
    let beside = [
        tokio::spawn(metrics::upkeep()),
        tokio::spawn(keep_sweeping(files.clone())),
        tokio::spawn(keep_reading(files.clone(), reader)),
        tokio::spawn(keep_telling(db.clone(), clock)),
    ];
    let outside = Outside { allows_private: address.ip().is_loopback(), ..Outside::default() };
    let engine = engine.with_outside(outside.clone());
    let webhooks = webhooks::Settings { outside, ..webhooks::Settings::default() };
    let sending = Sending::begin((&engine, &db, clock), Some(webhooks), &word)?;
    let backend = Live { engine, db };
    let state =
        HttpState { backend, authenticator, settings, files: Some(files), machines, demo: Some(demo) };
    let served = crate::http::serve(listener, router(state), &Connections::default(), word, stop).await;
    sending.end().await;
    beside.iter().for_each(JoinHandle::abort);
    served.map_err(|error| CliError::failed(format!("the server stopped: {error}")))
}

fn place(args: &DemoArgs) -> Result<Place, CliError> {
    if let Some(url) = &args.database_url {
        return Ok(Place { url: DatabaseUrl::parse(url)?, temporary: None });
    }
    let (folder, is_temporary) = match &args.folder {
        Some(folder) => (folder.clone(), false),
        None => (std::env::temp_dir().join(format!("golden-thread-{}", Uuid::now_v7().simple())), true),
    };
    fs::create_dir_all(&folder).map_err(|error| {
        CliError::failed(format!("the folder {} cannot be made: {error}", folder.display()))
    })?;
    // The whole path, so that the printed address serves from anywhere.
    let whole = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
    let url = DatabaseUrl::of_file(&whole.join(FILE));
    Ok(Place { url, temporary: is_temporary.then_some(folder) })
}

fn demo_tokens(issuer: &DevIssuer, now: DateTime<Utc>) -> Result<Demo, CliError> {
    let tokens = SUBJECTS.iter().map(|(subject, about)| {
        let token = issuer.token(subject, now).map_err(|error| CliError::failed(error.to_string()))?;
        Ok(DemoToken { subject: (*subject).to_owned(), about: (*about).to_owned(), token })
    });
    Ok(Demo { tokens: tokens.collect::<Result<_, CliError>>()? })
}

/// What a newcomer reads first: where to look, and one token a line, so that a script can pick one too.
fn welcome(
    address: SocketAddr,
    url: &DatabaseUrl,
    today: NaiveDate,
    now: DateTime<Utc>,
    demo: &Demo,
) -> String {
    let ends = (now + DEV_TOKEN_LIFE).format("%Y-%m-%d %H:%M UTC");
    let mut text = format!(
        "Golden Thread, the demonstration. Stop it with Ctrl-C.\n\n\
         explorer  http://{address}/\n\
         GraphQL   http://{address}/graphql\n\
         database  {}\n\
         today     {today}\n\n\
         Tokens, good until {ends}; send one as 'Authorization: Bearer TOKEN':\n\n",
        url.shown()
    );
    for each in &demo.tokens {
        text.push_str(&format!("{:<17} {}\n", each.subject, each.token));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser;

    fn args(extra: &[&str]) -> DemoArgs {
        let all = ["golden-thread", "demo"].iter().chain(extra);
        match Cli::try_parse_from(all).unwrap().command {
            Command::Demo(demo) => demo,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_temporary_folder_goes_and_a_given_one_stays() {
        let temporary = place(&args(&[])).unwrap();
        let folder = temporary.temporary.clone().unwrap();
        assert!(folder.is_dir());
        drop(temporary);
        assert!(!folder.exists());

        let kept = tempfile::tempdir().unwrap();
        let inside = kept.path().join("a").join("b");
        drop(place(&args(&["--folder", inside.to_str().unwrap()])).unwrap());
        assert!(inside.is_dir());
    }

    #[test]
    fn every_subject_has_a_token_on_a_line_of_its_own() {
        let issuer = DevIssuer::unstored();
        let demo = demo_tokens(&issuer, crate::config::now()).unwrap();
        let url = DatabaseUrl::parse("sqlite:///tmp/x/golden-thread.sqlite").unwrap();
        let today = NaiveDate::from_ymd_opt(2018, 12, 10).unwrap();
        let text = welcome("127.0.0.1:8080".parse().unwrap(), &url, today, crate::config::now(), &demo);
        for (subject, _) in SUBJECTS {
            let line = text.lines().find(|line| line.starts_with(&format!("{subject} "))).unwrap();
            let token = line.split_whitespace().nth(1).unwrap();
            assert_eq!(token.matches('.').count(), 2, "{line}");
        }
        assert!(text.contains("http://127.0.0.1:8080/graphql"));
    }
}
