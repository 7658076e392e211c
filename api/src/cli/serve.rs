//! `serve`: the service on a database.

use chrono::{NaiveDate, TimeDelta};
use clap::Args;

use super::{
    CliError, DatabaseArgs, database,
    listen::{asked_to_stop, listen},
    parse_day,
};
use crate::{
    auth::{Authenticator, DevIssuer, IssuerSettings},
    config::{BIND_ENV, Clock, DEFAULT_BIND},
    graphql::Engine,
    http::{HttpState, Live, router},
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
    /// Whose tokens to accept.
    #[command(flatten)]
    pub identity: IdentityArgs,
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
    /// with an audience and a key address for each in the same order (commas in the environment)
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
}

impl IdentityArgs {
    /// The issuers, each with its audience and key address.
    fn issuers(&self) -> Result<Vec<IssuerSettings>, CliError> {
        let count = self.oidc_issuer.len();
        if self.oidc_audience.len() != count || self.oidc_jwks_url.len() != count {
            return Err(CliError::usage(
                "each --oidc-issuer needs one --oidc-audience and one --oidc-jwks-url, in the same order",
            ));
        }
        let longest_life = TimeDelta::minutes(i64::from(self.oidc_longest_life));
        let each = self.oidc_issuer.iter().zip(&self.oidc_audience).zip(&self.oidc_jwks_url);
        Ok(each
            .map(|((issuer, audience), jwks_url)| IssuerSettings {
                issuer: issuer.clone(),
                audience: audience.clone(),
                jwks_url: jwks_url.clone(),
                longest_life,
            })
            .collect())
    }

    fn authenticator(&self, dev: Option<&DevIssuer>) -> Result<Authenticator, CliError> {
        Authenticator::new(self.issuers()?, dev).map_err(|error| CliError::usage(error.to_string()))
    }
}

pub(super) async fn run(args: ServeArgs) -> Result<(), CliError> {
    let url = args.database.url()?;
    args.identity.authenticator(None)?;
    let listener = listen(&args.bind).await?;
    let db = database::connect_current(&url).await?;
    let dev = match args.identity.dev_issuer {
        true => Some(database::dev_issuer(&db, &url).await?),
        false => None,
    };
    let authenticator = args.identity.authenticator(dev.as_ref())?;
    if dev.is_some() {
        tracing::warn!("the development issuer is on: whoever can read the database can be anybody");
    } else if args.identity.oidc_issuer.is_empty() {
        tracing::warn!("no issuer is configured: nobody can sign in, and all see what the public sees");
    }
    let address = listener.local_addr().map_err(|error| CliError::failed(error.to_string()))?;
    tracing::info!(%address, database = %url.shown(), "serving");
    let engine = Engine::new(db.clone(), Clock::new(args.today));
    let state = HttpState { backend: Live { engine, db }, authenticator, demo: None };
    crate::http::serve(listener, router(state), asked_to_stop())
        .await
        .map_err(|error| CliError::failed(format!("the server stopped: {error}")))
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, Command};
    use super::*;
    use clap::Parser;

    fn identity(args: &[&str]) -> IdentityArgs {
        let all = ["golden-thread", "serve"].iter().chain(args);
        match Cli::try_parse_from(all).unwrap().command {
            Command::Serve(serve) => serve.identity,
            other => panic!("{other:?}"),
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
        assert_eq!(identity(&["--oidc-issuer=https://a"]).issuers().unwrap_err().exit_code(), 2);
    }

    #[test]
    fn keys_over_plain_http_are_a_usage_error() {
        let plain =
            identity(&["--oidc-issuer=a", "--oidc-audience=b", "--oidc-jwks-url=http://a.example/keys"]);
        let error = plain.authenticator(None).err().unwrap();
        assert!(error.to_string().contains("https"), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
}
