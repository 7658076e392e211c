//! `health`: asks a service whether it can answer, for a container that has no other program to ask with.

use std::time::Duration;

use clap::Args;
use reqwest::{Client, Url, redirect::Policy};

use super::CliError;

/// How long the answer may take.
const LONGEST: Duration = Duration::from_secs(4);

/// The arguments of `health`.
#[derive(Args, Debug)]
pub struct HealthArgs {
    /// The address to ask
    #[arg(default_value = "http://127.0.0.1:8080/readyz", value_name = "ADDRESS")]
    pub address: Url,
}

pub(super) async fn run(args: HealthArgs) -> Result<(), CliError> {
    let client = Client::builder().timeout(LONGEST).redirect(Policy::none()).no_proxy().build();
    let client = client.map_err(|_| CliError::failed("a client cannot be set up"))?;
    match client.get(args.address).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(CliError::failed(format!("the service answers {}", answer.status().as_u16()))),
        Err(fault) if fault.is_timeout() => Err(CliError::failed("the service does not answer in time")),
        Err(_) => Err(CliError::failed("the service cannot be reached")),
    }
}
