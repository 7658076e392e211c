//! What whoever runs the service decides about its HTTP interface. `docs/operations.md` lists the options and defaults.

use std::time::Duration;

use http::HeaderValue;
use ipnet::IpNet;

use super::rate::Rates;
use super::stop::Stop;

/// The settings of the HTTP interface. The default is what `serve` does unless told otherwise.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The largest body of a request, in bytes.
    pub body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_time: Duration,
    /// How long an operation may take.
    pub execution_time: Duration,
    /// How many requests run at once; more are refused until one has ended.
    pub running: usize,
    /// How many requests of one client run at once.
    pub running_each: usize,
    /// How many of them are worked on at once; the others of the client wait.
    pub working_each: usize,
    /// How many of those that are dear.
    pub dear_each: usize,
    /// How much a client may ask for in a minute, and of uploads in an hour.
    pub rates: Rates,
    /// How many files are under way at once, in or out; more are refused until one has ended.
    pub transfers: usize,
    /// How many of one subject.
    pub transfers_each: usize,
    /// How many exports are under way at once; more are refused until one has ended. Of one client there is one.
    pub exports: usize,
    /// How long an export may take as a whole.
    pub export_time: Duration,
    /// What listeners may do.
    pub live: LiveSettings,
    /// The origins whose pages may use the service from a browser, besides its own.
    pub origins: Vec<HeaderValue>,
    /// The proxies whose word about a client's address is taken.
    pub proxies: Vec<IpNet>,
    /// Whether the metrics have an address of their own: then the main one does not have them.
    pub metrics_elsewhere: bool,
    /// The word that the service is to stop: whoever listens is told to come again.
    pub stop: Stop,
}

/// How many requests of one client are worked on at once: half as many as there are processors, 1 at least and 4 at most, so that
/// nobody keeps all of them busy.
pub fn half_the_processors() -> u16 {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u16::try_from(processors / 2).unwrap_or(u16::MAX).clamp(1, 4)
}

/// What those may do who listen for changes.
#[derive(Clone, Debug)]
pub struct LiveSettings {
    /// Sockets and streams of one client at once.
    pub streams_each: usize,
    /// Operations on one socket or stream at once.
    pub operations: usize,
    /// The largest message that a socket takes, in bytes.
    pub message_bytes: usize,
    /// How long a socket may take to say who it is.
    pub init_time: Duration,
    /// How often a socket or stream is given a sign of life. A socket that does not answer twice is closed.
    pub alive_every: Duration,
    /// How long a client may take to read what it is told. Whoever takes longer is told so, and ended.
    pub reading_time: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_bytes: 256 * 1024,
            body_time: Duration::from_secs(10),
            execution_time: Duration::from_secs(20),
            running: 256,
            running_each: 64,
            working_each: half_the_processors().into(),
            dear_each: 1,
            rates: Rates::default(),
            transfers: 64,
            transfers_each: 4,
            exports: 4,
            export_time: Duration::from_secs(900),
            live: LiveSettings::default(),
            origins: Vec::new(),
            proxies: Vec::new(),
            metrics_elsewhere: false,
            stop: Stop::default(),
        }
    }
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            streams_each: 5,
            operations: 50,
            message_bytes: 128 * 1024,
            init_time: Duration::from_secs(10),
            alive_every: Duration::from_secs(30),
            reading_time: Duration::from_secs(15),
        }
    }
}

/// How connections are taken, below HTTP. The default is what `serve` does unless told otherwise.
#[derive(Clone, Debug)]
pub struct Connections {
    /// How many are served at once; more wait in the listener's queue.
    pub most: usize,
    /// How many of one address are served at once, but for the proxies; more are closed.
    pub most_each: usize,
    /// How many an address may open in a second, and twice as many at once; more wait. 0 is without end.
    pub opened_each: u32,
    /// Those who come in the name of others: no bound for each of them.
    pub proxies: Vec<IpNet>,
    /// How long the head of a request may take, and how long a kept connection may stay silent.
    pub head_time: Duration,
    /// The same for the proxies: longer than they keep a connection for which they have no request. Whoever closes first closes
    /// under a request that is on its way now and then, and the proxy knows when it sends one.
    pub proxy_time: Duration,
    /// The largest head of a request, in bytes.
    pub head_bytes: usize,
    /// How long a client may take to read on.
    pub write_time: Duration,
    /// How long to serve on, no longer ready, after the word to stop: until the load balancer has noticed.
    pub leave_time: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: 2048,
            most_each: 256,
            opened_each: 100,
            proxies: Vec::new(),
            head_time: Duration::from_secs(5),
            proxy_time: Duration::from_secs(75),
            head_bytes: 32 * 1024,
            write_time: Duration::from_secs(30),
            leave_time: Duration::ZERO,
        }
    }
}
