//! `serve`: the service on a database.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use chrono::{NaiveDate, TimeDelta};
use clap::Args;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{
    CliError, ClientArgs, DatabaseArgs, DocumentArgs, FileArgs, LimitArgs, PoolArgs, ReaderArgs, TraceArgs,
    WebhookArgs, database, files,
    listen::{BIND, asked_to_stop, listen},
    parse_day,
    webhooks::Sending,
};
use crate::{
    auth::machine::Machines,
    auth::{Authenticator, IssuerSettings, Names, SetupError},
    command::notices::keep_telling,
    config::{BIND_ENV, Clock, DEFAULT_BIND, METRICS_BIND_ENV},
    files::{keep_scanning, keep_sweeping},
    graphql::{Engine, Rules},
    http::{Connections, HttpState, Live, Settings, Stop, routers},
    observe::metrics,
    reader::keep_reading,
    store::{
        db::{Db, described},
        idempotency, timeline,
    },
};

/// The arguments of `serve`.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// The address and port to listen on
    #[arg(long, value_name = "ADDRESS", env = BIND_ENV, default_value = DEFAULT_BIND)]
    pub bind: String,
    /// The database to serve.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// How to use it.
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Whose tokens to accept.
    #[command(flatten)]
    pub identity: IdentityArgs,
    /// How much clients may ask for.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// From where, and for whom.
    #[command(flatten)]
    pub clients: ClientArgs,
    /// Files of evidence.
    #[command(flatten)]
    pub files: FileArgs,
    /// How documents for import are read.
    #[command(flatten)]
    pub reader: ReaderArgs,
    /// How webhooks are sent.
    #[command(flatten)]
    pub webhooks: WebhookArgs,
    /// Which documents to run.
    #[command(flatten)]
    pub documents: DocumentArgs,
    /// Answer /metrics, and health, on this address and port too, and /metrics no longer on the main one. Without it the
    /// main address answers /metrics to this machine alone
    #[arg(long, value_name = "ADDRESS", env = METRICS_BIND_ENV)]
    pub metrics_bind: Option<String>,
    /// Where traces go.
    #[command(flatten)]
    pub traces: TraceArgs,
    /// Take this day (YYYY-MM-DD) for today in the rules about dates; tokens and records keep the real time
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub today: Option<NaiveDate>,
}

/// Whose tokens are accepted.
#[derive(Args, Debug)]
pub struct IdentityArgs {
    /// Also accept tokens of the development issuer, which `golden-thread token` makes. Not for production
    #[arg(long)]
    pub dev_issuer: bool,
    /// The OpenID Connect issuer whose access tokens are accepted: the exact value of iss. More than one: repeat it,
    /// with an audience and a key address for each in the same order (or all at once, with commas between them)
    #[arg(long, value_name = "ISSUER", env = "GOLDEN_THREAD_OIDC_ISSUER", value_delimiter = ',')]
    pub oidc_issuer: Vec<String>,
    /// What a token's aud must hold
    #[arg(long, value_name = "AUDIENCE", env = "GOLDEN_THREAD_OIDC_AUDIENCE", value_delimiter = ',')]
    pub oidc_audience: Vec<String>,
    /// Where the issuer's public keys are (its jwks_uri): https
    #[arg(long, value_name = "URL", env = "GOLDEN_THREAD_OIDC_JWKS_URL", value_delimiter = ',')]
    pub oidc_jwks_url: Vec<String>,
    /// The longest life of an issuer's token, in minutes, that is accepted; 60 or less is good practice
    #[arg(long, value_name = "MINUTES", env = "GOLDEN_THREAD_OIDC_LONGEST_LIFE", default_value_t = 1440,
          value_parser = clap::value_parser!(u16).range(1..=1440))]
    pub oidc_longest_life: u16,
    /// Also accept an issuer's tokens without nbf, from their iat on: some identity providers leave it out
    #[arg(long, env = "GOLDEN_THREAD_OIDC_NBF_OPTIONAL")]
    pub oidc_nbf_optional: bool,
    /// The claim that says who somebody is, which memberships name: sub, or oid for Microsoft Entra ID. One for each issuer in the
    /// same order, or one for all. Without it: sub
    #[arg(long, value_name = "CLAIM", env = "GOLDEN_THREAD_OIDC_SUBJECT_CLAIM", value_delimiter = ',')]
    pub oidc_subject_claim: Vec<String>,
    /// The claim with the groups that somebody is in, by which they can be members: groups for Microsoft Entra ID, - for none. One
    /// for each issuer in the same order, or one for all. Without it: none
    #[arg(long, value_name = "CLAIM", env = "GOLDEN_THREAD_OIDC_GROUPS_CLAIM", value_delimiter = ',')]
    pub oidc_groups_claim: Vec<String>,
    /// Whether to be the issuer of machine clients' tokens, where --public-url says what clients know the service by
    #[arg(long, env = "GOLDEN_THREAD_MACHINE_CLIENTS", default_value_t = true, num_args = 1, action = clap::ArgAction::Set)]
    pub machine_clients: bool,
}

impl IdentityArgs {
    /// The issuers, each with its audience and key address. Empty values, as a compose file passes for variables
    /// that are not set, count as none.
    fn issuers(&self) -> Result<Vec<IssuerSettings>, CliError> {
        let given = |values: &[String]| -> Vec<String> {
            values.iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
        };
        let (issuers, audiences) = (given(&self.oidc_issuer), given(&self.oidc_audience));
        let jwks_urls = given(&self.oidc_jwks_url);
        if audiences.len() != issuers.len() || jwks_urls.len() != issuers.len() {
            return Err(CliError::usage(
                "each --oidc-issuer needs one --oidc-audience and one --oidc-jwks-url, in the same order",
            ));
        }
        let subjects = of_each(&given(&self.oidc_subject_claim), issuers.len(), "--oidc-subject-claim")?;
        let groups = of_each(&given(&self.oidc_groups_claim), issuers.len(), "--oidc-groups-claim")?;
        let names = subjects.into_iter().zip(groups).map(|(subject, groups)| {
            let subject = subject.unwrap_or_else(|| Names::default().subject);
            Names { subject, groups: groups.filter(|claim| claim != NO_CLAIM) }
        });
        let longest_life = TimeDelta::minutes(i64::from(self.oidc_longest_life));
        let each = issuers.into_iter().zip(audiences).zip(jwks_urls).zip(names);
        Ok(each
            .map(|(((issuer, audience), jwks_url), names)| {
                let may_omit_nbf = self.oidc_nbf_optional;
                IssuerSettings { issuer, audience, jwks_url, longest_life, may_omit_nbf, names }
            })
            .collect())
    }
}

/// What stands for no claim in a list of them.
const NO_CLAIM: &str = "-";

/// A value for each of so many issuers: none was given, one for all, or one for each.
fn of_each(given: &[String], issuers: usize, option: &str) -> Result<Vec<Option<String>>, CliError> {
    match given {
        [] => Ok(vec![None; issuers]),
        [one] => Ok(vec![Some(one.clone()); issuers]),
        each if each.len() == issuers => Ok(each.iter().cloned().map(Some).collect()),
        _ => Err(CliError::usage(format!("{option} is given once for all issuers, or once for each"))),
    }
}

impl From<SetupError> for CliError {
    fn from(error: SetupError) -> CliError {
        CliError::usage(error.to_string())
    }
}

pub(super) async fn run(args: ServeArgs) -> Result<(), CliError> {
    let stop = asked_to_stop();
    let url = args.database.url()?;
    let replicas = args.pool.replicas(&url)?;
    let issuers = args.identity.issuers()?;
    let settings = args.limits.settings(&args.clients)?;
    let connections = args.limits.connections(&args.clients, &settings);
    Authenticator::new(issuers.clone(), None)?;
    let rules = args.limits.rules(args.clients.introspection);
    let documents = args.documents.policy(&rules.limits)?;
    let file_settings = args.files.settings(&url)?;
    let reader = args.reader.reader()?;
    let listener = listen(&args.bind, BIND).await?;
    let metrics_bind = args.metrics_bind.as_deref().map(str::trim).filter(|bind| !bind.is_empty());
    let metrics_listener = match metrics_bind {
        Some(bind) => Some(listen(bind, ("--metrics-bind", METRICS_BIND_ENV)).await?),
        None => None,
    };
    let db = database::connect_to_serve(&url, &args.pool.pool()).await?;
    let db = db.with_replicas(&replicas, &args.pool.pool()).await?;
    let dev = match args.identity.dev_issuer {
        true => Some(database::dev_issuer(&db, &url).await?),
        false => None,
    };
    let nobody_can_sign_in = dev.is_none() && issuers.is_empty();
    let authenticator = Authenticator::new(issuers, dev.as_ref())?;
    let is_asked_for = args.identity.machine_clients && !file_settings.public_url.is_empty();
    let machines = is_asked_for.then(|| Machines::new(db.clone(), file_settings.public_url.as_str()));
    let authenticator = match &machines {
        Some(machines) => authenticator.with_machines(machines)?,
        None => authenticator,
    };
    if let Some(machines) = &machines {
        tracing::info!(issuer = machines.issuer(), "giving tokens to machine clients");
    }
    if dev.is_some() {
        tracing::warn!("the development issuer is on: whoever can read the database can be anybody");
    } else if nobody_can_sign_in {
        tracing::warn!("no issuer is configured: nobody can sign in, and all see what the public sees");
    }
    let address = listener.local_addr().map_err(|error| CliError::failed(error.to_string()))?;
    tracing::info!(%address, database = %url.shown(), "serving");
    let clock = Clock::new(args.today);
    let files = files::open(&db, clock, file_settings, address).await?;
    let beside = [
        tokio::spawn(forget_old_keys(db.clone())),
        tokio::spawn(metrics::upkeep()),
        tokio::spawn(keep_sweeping(files.clone())),
        tokio::spawn(keep_scanning(files.clone())),
        tokio::spawn(keep_reading(files.clone(), reader)),
        tokio::spawn(look_after(machines.clone())),
        tokio::spawn(keep_telling(db.clone(), clock)),
    ];
    let timeline = timeline::of(&db).await.map_err(|error| CliError::failed(error.to_string()))?;
    let rules = Rules { timeline, ..rules };
    let engine = Engine::new(db.clone(), clock).with_rules(rules).with_documents(documents);
    let engine = engine.with_files(Arc::clone(files.links()), args.files.limits());
    let engine = engine.with_outside(args.webhooks.outside());
    let settings = Settings { metrics_elsewhere: metrics_listener.is_some(), ..settings };
    let word = settings.stop.clone();
    let sending = Sending::begin((&engine, &db, clock), args.webhooks.settings(), &word)?;
    let state = HttpState {
        backend: Live { engine, db },
        authenticator,
        settings,
        files: Some(files),
        machines,
        demo: None,
    };
    let (main, watching) = routers(state);
    let watched = metrics_listener.map(|listener| Watched::start(listener, watching)).transpose()?;
    let served = crate::http::serve(listener, main, &connections, word, stop).await;
    sending.end().await;
    if let Some(watched) = watched {
        watched.end().await;
    }
    beside.iter().for_each(JoinHandle::abort);
    served.map_err(|error| CliError::failed(format!("the server stopped: {error}")))
}

/// The address for metrics and health. It is there until the main one has ended.
struct Watched {
    end: oneshot::Sender<()>,
    served: JoinHandle<io::Result<()>>,
}

impl Watched {
    fn start(listener: TcpListener, router: Router) -> Result<Self, CliError> {
        let address = listener.local_addr().map_err(|error| CliError::failed(error.to_string()))?;
        tracing::info!(metrics_address = %address, "answering /metrics");
        let (end, ended) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let ended = async {
                let _ = ended.await;
            };
            crate::http::serve(listener, router, &Connections::default(), Stop::default(), ended).await
        });
        Ok(Self { end, served })
    }

    async fn end(self) {
        // Nobody loses a request of theirs by it: a scrape that is cut off is made again elsewhere.
        let _ = self.end.send(());
        let _ = self.served.await;
    }
}

/// Forgets the keys of requests that are past their time: now, and every hour as long as the service runs. Every replica may do
/// it; nothing but room depends on it, so that a failure is no more than noted.
async fn forget_old_keys(db: Db) {
    let clock = Clock::new(None);
    let mut hours = tokio::time::interval(Duration::from_secs(60 * 60));
    loop {
        hours.tick().await;
        match idempotency::forget_old(&db, clock.now()).await {
            Ok(count) => tracing::debug!(count, "forgot old idempotency keys"),
            Err(fault) => {
                tracing::warn!(fault = %described(&fault), "old idempotency keys could not be forgotten")
            }
        }
    }
}

/// Looks after the issuer of machine clients: now, and every hour as long as the service runs. Every replica may do it.
pub(super) async fn look_after(machines: Option<Machines>) {
    let Some(machines) = machines else { return };
    let mut hours = tokio::time::interval(Duration::from_secs(60 * 60));
    loop {
        hours.tick().await;
        if let Err(fault) = machines.look_after(crate::config::now()).await {
            tracing::warn!(fault = %described(&fault), "the issuer of machine clients could not be looked after");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, Command};
    use super::*;
    use crate::store::db::Pool;
    use clap::Parser;

    fn serve(args: &[&str]) -> ServeArgs {
        let all = ["golden-thread", "serve"].iter().chain(args);
        match Cli::try_parse_from(all).unwrap().command {
            Command::Serve(serve) => *serve,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn replicas_are_those_of_postgres() {
        let replicas = |of: &str, args: &[&str]| {
            serve(args).pool.replicas(&crate::config::DatabaseUrl::parse(of).unwrap())
        };
        let (postgres, sqlite) = ("postgres://one/golden", "sqlite://golden.sqlite");
        let two = ["--database-replica-url=postgres://two/golden, postgres://three/golden"];
        assert_eq!(replicas(postgres, &two).unwrap(), ["postgres://two/golden", "postgres://three/golden"]);
        for (of, none) in [(postgres, ""), (sqlite, ""), (sqlite, ",")] {
            let none = format!("--database-replica-url={none}");
            assert_eq!(replicas(of, &[&none]).unwrap(), [""; 0]);
        }
        let wrong = [(sqlite, "postgres://two/golden"), (postgres, sqlite), (postgres, "http://two/golden")];
        for (of, replica) in wrong {
            let error = replicas(of, &[&format!("--database-replica-url={replica}")]).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{error}");
        }
        let secret = ["--database-replica-url=postgres://me:secret@two/golden"];
        assert!(!replicas(sqlite, &secret).unwrap_err().to_string().contains("secret"));
    }

    fn identity(args: &[&str]) -> IdentityArgs {
        serve(args).identity
    }

    #[test]
    fn the_database_is_used_within_stated_limits() {
        let stated = serve(&["--database-connections=3", "--statement-timeout=2"]).pool.pool();
        assert_eq!((stated.size, stated.statement_timeout), (3, Some(Duration::from_secs(2))));
        let (unstated, default) = (serve(&[]).pool.pool(), Pool::default());
        assert_eq!(unstated.size, default.size);
        assert_eq!(unstated.statement_timeout, default.statement_timeout);
        for wrong in ["--database-connections=0", "--statement-timeout=0", "--statement-timeout=long"] {
            assert!(Cli::try_parse_from(["golden-thread", "serve", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn issuers_come_in_threes() {
        let two = identity(&[
            "--oidc-issuer=https://a,https://b",
            "--oidc-audience=x",
            "--oidc-audience=y",
            "--oidc-jwks-url=https://a/keys,https://b/keys",
            "--oidc-longest-life=60",
        ]);
        let issuers = two.issuers().unwrap();
        assert_eq!((issuers[1].audience.as_str(), issuers[1].jwks_url.as_str()), ("y", "https://b/keys"));
        assert_eq!(issuers[0].longest_life, TimeDelta::hours(1));
        let unset = identity(&["--oidc-issuer=", "--oidc-audience=", "--oidc-jwks-url="]);
        assert_eq!(unset.issuers().unwrap(), []);
        assert_eq!(identity(&["--oidc-issuer=https://a"]).issuers().unwrap_err().exit_code(), 2);
    }

    #[test]
    fn claims_are_named_once_for_all_or_once_for_each() {
        let two = ["--oidc-issuer=https://a,https://b", "--oidc-audience=x,y"];
        let urls = "--oidc-jwks-url=https://a/keys,https://b/keys";
        let names = |more: &[&str]| {
            let args: Vec<&str> = two.iter().copied().chain([urls]).chain(more.iter().copied()).collect();
            let issuers = identity(&args).issuers()?;
            Ok::<_, CliError>(
                issuers.into_iter().map(|of| (of.names.subject, of.names.groups)).collect::<Vec<_>>(),
            )
        };
        let of = |subject: &str, groups: Option<&str>| (subject.to_owned(), groups.map(str::to_owned));
        assert_eq!(names(&[]).unwrap(), [of("sub", None), of("sub", None)]);
        let each = ["--oidc-subject-claim=oid,sub", "--oidc-groups-claim=groups,-"];
        assert_eq!(names(&each).unwrap(), [of("oid", Some("groups")), of("sub", None)]);
        assert_eq!(names(&["--oidc-subject-claim=oid"]).unwrap(), [of("oid", None), of("oid", None)]);
        let three = names(&["--oidc-groups-claim=a,b,c"]).unwrap_err();
        assert_eq!(three.exit_code(), 2);
    }

    #[test]
    fn keys_over_plain_http_are_a_usage_error() {
        let plain =
            identity(&["--oidc-issuer=a", "--oidc-audience=b", "--oidc-jwks-url=http://a.example/keys"]);
        let error = Authenticator::new(plain.issuers().unwrap(), None).map_err(CliError::from).err().unwrap();
        assert!(error.to_string().contains("https"), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
}
