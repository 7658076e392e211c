//! The options of `serve` that say how webhooks are sent.

use std::time::Duration;

use clap::{Args, ValueEnum};
use domain::webhook::RETRIES;
use tokio::task::JoinHandle;

use super::CliError;
use crate::config::Clock;
use crate::graphql::Engine;
use crate::http::{DRAIN, Stop};
use crate::store::db::Db;
use crate::webhooks::{Outside, Settings, Webhooks, keep_sweeping};

/// How webhooks are sent.
#[derive(Args, Debug)]
#[command(next_help_heading = "Webhooks")]
pub struct WebhookArgs {
    /// Whether this process sends webhooks. Every replica may; where none does, they wait in the ledger
    #[arg(long, value_enum, env = "GOLDEN_THREAD_WEBHOOKS", default_value_t = Switch::On)]
    pub webhooks: Switch,
    /// A port that webhooks may go to. More than one: repeat it, or put commas between them
    #[arg(
        long,
        value_name = "PORT",
        env = "GOLDEN_THREAD_WEBHOOK_PORTS",
        value_delimiter = ',',
        default_value = "443"
    )]
    pub webhook_ports: Vec<u16>,
    /// Let webhooks go to http, to any port, and to addresses of this machine and of private networks as well. For tests and
    /// for trying out: never where others choose the addresses
    #[arg(long, env = "GOLDEN_THREAD_WEBHOOK_ALLOW_PRIVATE")]
    pub webhook_allow_private: bool,
    /// Seconds that a receiver may take to answer
    #[arg(long, value_name = "SECONDS", env = "GOLDEN_THREAD_WEBHOOK_TIMEOUT", default_value_t = 15,
          value_parser = clap::value_parser!(u64).range(1..=60))]
    pub webhook_timeout: u64,
    /// Seconds until each further attempt, with commas between them; after the last a delivery is given up
    #[arg(long, value_name = "SECONDS", env = "GOLDEN_THREAD_WEBHOOK_RETRIES", value_delimiter = ',',
          default_values_t = RETRIES.map(|wait| wait.as_secs()),
          value_parser = clap::value_parser!(u64).range(1..=2_592_000))]
    pub webhook_retries: Vec<u64>,
    /// Attempts that run at once
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_WEBHOOK_RUNNING", default_value_t = 32,
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub webhook_running: u16,
    /// Attempts to one endpoint that run at once
    #[arg(long, value_name = "N", env = "GOLDEN_THREAD_WEBHOOK_RUNNING_EACH", default_value_t = 4,
          value_parser = clap::value_parser!(u16).range(1..=100))]
    pub webhook_running_each: u16,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It does.
    On,
    /// It does not.
    Off,
}

impl WebhookArgs {
    /// Where webhooks may go.
    pub(super) fn outside(&self) -> Outside {
        Outside { allows_private: self.webhook_allow_private, ports: self.webhook_ports.clone() }
    }

    /// How they are sent; nothing where this process sends none.
    pub(super) fn settings(&self) -> Option<Settings> {
        (self.webhooks == Switch::On).then(|| Settings {
            outside: self.outside(),
            timeout: Duration::from_secs(self.webhook_timeout),
            retries: self.webhook_retries.iter().copied().map(Duration::from_secs).collect(),
            running: self.webhook_running.into(),
            running_each: self.webhook_running_each.into(),
        })
    }
}

/// What sends webhooks beside the service.
pub(super) struct Sending {
    sends: Option<JoinHandle<()>>,
    sweeps: JoinHandle<()>,
}

impl Sending {
    /// Begins to send, where this process does, until it is told to stop.
    pub(super) fn begin(
        (engine, db, clock): (&Engine, &Db, Clock),
        settings: Option<Settings>,
        stop: &Stop,
    ) -> Result<Self, CliError> {
        let sweeps = tokio::spawn(keep_sweeping(db.clone(), clock));
        let Some(settings) = settings else { return Ok(Self { sends: None, sweeps }) };
        if settings.outside.allows_private {
            tracing::warn!("webhooks may go to private addresses: whoever may name one reaches this network");
        }
        let webhooks = Webhooks::new(engine.clone(), db.clone(), clock, settings)
            .map_err(|error| CliError::failed(format!("webhooks cannot be sent: {error}")))?;
        Ok(Self { sends: Some(tokio::spawn(webhooks.run(stop.clone()))), sweeps })
    }

    /// Lets the attempts in hand end, for as long as requests may take to.
    pub(super) async fn end(self) {
        self.sweeps.abort();
        if let Some(sends) = self.sends {
            // What is cut off is attempted again by another process.
            let _ = tokio::time::timeout(DRAIN, sends).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::{Cli, Command};
    use super::*;

    fn args(args: &[&str]) -> WebhookArgs {
        let all = ["golden-thread", "serve"].iter().chain(args);
        match Cli::try_parse_from(all).unwrap().command {
            Command::Serve(serve) => serve.webhooks,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn webhooks_are_sent_as_the_specification_says_unless_told_otherwise() {
        let (stated, default) = (args(&[]).settings().unwrap(), Settings::default());
        assert_eq!(
            (&stated.outside, stated.timeout, &stated.retries),
            (&default.outside, default.timeout, &default.retries)
        );
        assert_eq!((stated.running, stated.running_each), (default.running, default.running_each));
        assert!(args(&["--webhooks=off"]).settings().is_none());
    }

    #[test]
    fn the_operator_may_say_otherwise() {
        let other = args(&[
            "--webhook-ports=443,8443",
            "--webhook-retries=1,2",
            "--webhook-timeout=2",
            "--webhook-allow-private",
        ]);
        let other = other.settings().unwrap();
        assert_eq!(other.outside, Outside { allows_private: true, ports: vec![443, 8443] });
        assert_eq!(other.retries, [1, 2].map(Duration::from_secs));
        for wrong in [
            "--webhook-timeout=0",
            "--webhook-running=0",
            "--webhooks=maybe",
            "--webhook-ports=a",
            "--webhook-retries=5,0",
            "--webhook-retries=2592001",
        ] {
            assert!(Cli::try_parse_from(["golden-thread", "serve", wrong]).is_err(), "{wrong}");
        }
    }
}
