//! The options of `serve` that say how much clients may ask for.

use std::time::Duration;

use clap::{Args, ValueEnum};
use http::HeaderValue;
use ipnet::IpNet;

use super::CliError;
use crate::{
    graphql::{Introspection, Limits, Rules},
    http::{Connections, LiveSettings, Rates, Settings, Stop, half_the_processors},
};

/// How much clients may ask for. The defaults are right for most; `docs/operations.md` says what each is for.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitArgs {
    /// Requests of one principal in a minute; 0 for no limit
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_RATE_REQUESTS", default_value_t = 600)]
    pub rate_requests: u32,
    /// Requests without a token from one address in a minute; 0 for no limit
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_RATE_ANONYMOUS", default_value_t = 30)]
    pub rate_anonymous: u32,
    /// Changes (fields of mutations) of one client in a minute; 0 for no limit
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_RATE_CHANGES", default_value_t = 60)]
    pub rate_changes: u32,
    /// Cost of the operations of one client in a minute, in objects that answers could hold; 0 for no limit
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_RATE_COST", default_value_t = 50_000)]
    pub rate_cost: u32,
    /// The same of exports, whose pages wait until there is room; 0 for no limit
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_RATE_EXPORTS", default_value_t = 1_000_000)]
    pub rate_exports: u32,
    /// Files that one subject may send in an hour; 0 for no limit
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_UPLOADS", default_value_t = 20)]
    pub limit_uploads: u32,
    /// Bytes in the body of a request
    #[arg(long, value_name = "BYTES", env = "GOLDEN_THREAD_LIMIT_BODY", default_value_t = 256 * 1024)]
    pub limit_body: usize,
    /// Bytes of text in a document
    #[arg(long, value_name = "BYTES", env = "GOLDEN_THREAD_LIMIT_DOCUMENT", default_value_t = 20_000)]
    pub limit_document: usize,
    /// Tokens in a document
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_TOKENS", default_value_t = 2_000)]
    pub limit_tokens: usize,
    /// Levels of a query: objects within objects
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_DEPTH", default_value_t = 15)]
    pub limit_depth: usize,
    /// Fields of a query, fragments laid out
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_FIELDS", default_value_t = 4_000)]
    pub limit_fields: usize,
    /// Objects that an answer could hold, lists multiplied
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_COST", default_value_t = 10_000)]
    pub limit_cost: u64,
    /// Aliases in a document
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_ALIASES", default_value_t = 15)]
    pub limit_aliases: usize,
    /// Directives in a document
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_DIRECTIVES", default_value_t = 50)]
    pub limit_directives: usize,
    /// Fields at the root of a query
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_QUERY_FIELDS", default_value_t = 20)]
    pub limit_query_fields: usize,
    /// Fields at the root of a mutation, each a change of its own
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_MUTATION_FIELDS", default_value_t = 5)]
    pub limit_mutation_fields: usize,
    /// Bytes in an answer
    #[arg(long, value_name = "BYTES", env = "GOLDEN_THREAD_LIMIT_ANSWER", default_value_t = 5 * 1024 * 1024)]
    pub limit_answer: usize,
    /// Seconds that an operation may take
    #[arg(long, value_name = "SECONDS", env = "GOLDEN_THREAD_LIMIT_TIME", default_value_t = 20,
          value_parser = clap::value_parser!(u64).range(1..=600))]
    pub limit_time: u64,
    /// Requests that run at once
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_RUNNING", default_value_t = 256)]
    pub limit_running: usize,
    /// Requests of one client that run at once
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_RUNNING_EACH", default_value_t = 64)]
    pub limit_running_each: usize,
    /// Requests of one client that are worked on at once; its others wait. Half of the cores, unless told otherwise: 4 at most
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_WORKING_EACH", default_value_t = half_the_processors(),
          value_parser = clap::value_parser!(u16).range(1..))]
    pub limit_working_each: u16,
    /// Of those, the ones that are dear: a long document that is new, or a cost of 1 000 or more. Half of the cores is a good
    /// share
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_DEAR_EACH", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..))]
    pub limit_dear_each: u16,
    /// Connections that are served at once; more wait
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_CONNECTIONS", default_value_t = 2048)]
    pub limit_connections: usize,
    /// Connections of one address, but for trusted proxies; more are closed
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_CONNECTIONS_EACH", default_value_t = 256)]
    pub limit_connections_each: usize,
    /// Connections that one address may open in a second, but for trusted proxies; more wait. 0 for no limit
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_CONNECTIONS_OPENED", default_value_t = 100)]
    pub limit_connections_opened: u32,
    /// Exports that are under way at once; one client has one at a time
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_EXPORTS", default_value_t = 4)]
    pub limit_exports: usize,
    /// Seconds that an export may take as a whole
    #[arg(long, value_name = "SECONDS", env = "GOLDEN_THREAD_LIMIT_EXPORT_TIME", default_value_t = 900,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub limit_export_time: u64,
    /// WebSockets and event streams of one client
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_STREAMS_EACH", default_value_t = 5)]
    pub limit_streams_each: usize,
    /// Operations on one WebSocket or event stream at once
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_LIMIT_SUBSCRIPTIONS", default_value_t = 50)]
    pub limit_subscriptions: usize,
}

/// From where, and for whom.
#[derive(Args, Debug)]
#[command(next_help_heading = "Clients")]
pub struct ClientArgs {
    /// An origin, such as https://app.example, whose pages may use the service from a browser. More than one: repeat it,
    /// or put commas between them
    #[arg(long, value_name = "ORIGIN", env = "GOLDEN_THREAD_CORS_ORIGIN", value_delimiter = ',')]
    pub cors_origin: Vec<String>,
    /// A network, such as 10.0.0.0/8, of proxies whose X-Forwarded-For tells a client's address. More than one: repeat
    /// it, or put commas between them
    #[arg(long, value_name = "NETWORK", env = "GOLDEN_THREAD_TRUSTED_PROXY", value_delimiter = ',')]
    pub trusted_proxy: Vec<String>,
    /// Who may ask for the schema by introspection
    #[arg(long, value_enum, env = "GOLDEN_THREAD_INTROSPECTION", default_value_t = IntrospectionArg::Everybody)]
    pub introspection: IntrospectionArg,
    /// Once asked to stop, go on serving for so many seconds while /readyz says that it is stopping: until the load
    /// balancer has noticed
    #[arg(long, value_name = "SECONDS", env = "GOLDEN_THREAD_DRAIN_WAIT", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(0..=600))]
    pub drain_wait: u16,
}

/// Who may ask for the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IntrospectionArg {
    /// Whoever asks: the schema is published with the service.
    Everybody,
    /// Whoever has a token.
    SignedIn,
    /// Nobody.
    Nobody,
}

impl LimitArgs {
    /// What documents may ask for.
    pub(super) fn rules(&self, introspection: IntrospectionArg) -> Rules {
        let limits = Limits {
            document_bytes: self.limit_document,
            tokens: self.limit_tokens,
            depth: self.limit_depth,
            fields: self.limit_fields,
            cost: self.limit_cost,
            aliases: self.limit_aliases,
            directives: self.limit_directives,
            query_fields: self.limit_query_fields,
            mutation_fields: self.limit_mutation_fields,
            answer_bytes: self.limit_answer,
            ..Limits::default()
        };
        let introspection = match introspection {
            IntrospectionArg::Everybody => Introspection::Everybody,
            IntrospectionArg::SignedIn => Introspection::SignedIn,
            IntrospectionArg::Nobody => Introspection::Nobody,
        };
        Rules { limits, introspection, ..Rules::default() }
    }

    /// What requests may ask for.
    pub(super) fn settings(&self, clients: &ClientArgs) -> Result<Settings, CliError> {
        Ok(Settings {
            body_bytes: self.limit_body,
            execution_time: Duration::from_secs(self.limit_time),
            running: self.limit_running,
            running_each: self.limit_running_each,
            working_each: self.limit_working_each.into(),
            dear_each: self.limit_dear_each.into(),
            rates: Rates {
                requests: self.rate_requests,
                anonymous: self.rate_anonymous,
                changes: self.rate_changes,
                cost: self.rate_cost,
                exports: self.rate_exports,
                uploads: self.limit_uploads,
            },
            exports: self.limit_exports,
            export_time: Duration::from_secs(self.limit_export_time),
            live: LiveSettings {
                streams_each: self.limit_streams_each,
                operations: self.limit_subscriptions,
                ..LiveSettings::default()
            },
            origins: origins(&clients.cors_origin)?,
            proxies: proxies(&clients.trusted_proxy)?,
            stop: Stop::default(),
            ..Settings::default()
        })
    }

    /// How connections are taken, with the proxies that the settings name.
    pub(super) fn connections(&self, clients: &ClientArgs, settings: &Settings) -> Connections {
        Connections {
            most: self.limit_connections,
            most_each: self.limit_connections_each,
            opened_each: self.limit_connections_opened,
            proxies: settings.proxies.clone(),
            leave_time: Duration::from_secs(clients.drain_wait.into()),
            ..Connections::default()
        }
    }
}

/// Origins as browsers write them. Empty values, as a compose file passes for what is not set, count as none.
fn origins(given: &[String]) -> Result<Vec<HeaderValue>, CliError> {
    let given = given.iter().map(|origin| origin.trim()).filter(|origin| !origin.is_empty());
    let read = |origin: &str| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))?;
        let is_bare = !host.is_empty() && !host.contains(['/', '*', '?', '#', '@', ' ']);
        HeaderValue::from_str(&origin.to_ascii_lowercase()).ok().filter(|_| is_bare)
    };
    given
        .map(|origin| {
            read(origin).ok_or_else(|| {
                CliError::usage(format!(
                    "an origin is a scheme and a host, for example https://app.example, not '{origin}'"
                ))
            })
        })
        .collect()
}

fn proxies(given: &[String]) -> Result<Vec<IpNet>, CliError> {
    let given = given.iter().map(|network| network.trim()).filter(|network| !network.is_empty());
    let read = |network: &str| {
        network.parse().or_else(|_| network.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| {
            CliError::usage(format!(
                "a network is an address and its bits, for example 10.0.0.0/8, not '{network}'"
            ))
        })
    };
    given.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Alone {
        #[command(flatten)]
        limits: LimitArgs,
        #[command(flatten)]
        clients: ClientArgs,
    }

    fn parsed(args: &[&str]) -> Alone {
        Alone::try_parse_from(["x"].iter().chain(args)).unwrap()
    }

    #[test]
    fn the_defaults_are_those_of_the_library() {
        let Alone { limits, clients } = parsed(&[]);
        assert_eq!(limits.rules(clients.introspection).limits, Limits::default());
        let settings = limits.settings(&clients).ok().unwrap();
        let default = Settings::default();
        assert_eq!(format!("{settings:?}"), format!("{default:?}"));
        let connections = limits.connections(&clients, &settings);
        assert_eq!(format!("{connections:?}"), format!("{:?}", Connections::default()));
    }

    #[test]
    fn origins_and_networks_are_read_strictly() {
        let both = parsed(&[
            "--cors-origin=https://App.example,http://localhost:3000",
            "--trusted-proxy=10.0.0.0/8,::1",
        ]);
        let settings = both.limits.settings(&both.clients).ok().unwrap();
        assert_eq!(settings.origins, ["https://app.example", "http://localhost:3000"]);
        assert_eq!(settings.proxies.len(), 2);
        for wrong in [
            "--cors-origin=*",
            "--cors-origin=app.example",
            "--cors-origin=https://a/b",
            "--trusted-proxy=lan",
        ] {
            let wrong = parsed(&[wrong]);
            assert_eq!(wrong.limits.settings(&wrong.clients).err().unwrap().exit_code(), 2);
        }
    }
}
