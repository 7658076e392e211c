//! One attempt: a signed POST, and how it was answered.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::webhook::AttemptError;
use reqwest::{Client, Response, StatusCode, redirect::Policy};

use super::address::Outside;
use super::resolve::{Guarded, Inside, Nowhere, is_caused_by};
use super::sign::signatures;

/// How many bytes of an answer are read: so that the connection can be used again, and for nothing else.
const LARGEST_ANSWER: usize = 4 * 1024;
/// How long a connection that nobody uses is kept.
const IDLE: Duration = Duration::from_secs(30);

/// What is sent.
pub(super) struct Message<'a> {
    pub url: &'a str,
    /// The same over all attempts.
    pub id: &'a str,
    pub secrets: &'a [String],
    pub body: String,
}

/// How it was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    /// With a status, and perhaps a word on when to come again.
    Status(u16, Option<Duration>),
    /// Not at all.
    No(AttemptError),
}

/// Sends to where requests may go.
pub(super) struct Sender {
    client: Client,
    outside: Outside,
    timeout: Duration,
}

impl Sender {
    /// A sender that waits so long for each answer, from the look for the name on.
    pub(super) fn new(outside: Outside, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("golden-thread/", env!("CARGO_PKG_VERSION"), " (webhooks)"))
            // Where a redirect leads nobody has checked, and its sender has an address to give us instead.
            .redirect(Policy::none())
            // A proxy would look the name up itself, and reach what we may not.
            .no_proxy()
            .https_only(!outside.allows_private)
            .dns_resolver(Arc::new(Guarded(outside.clone())))
            .connect_timeout(timeout)
            .timeout(timeout)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(2)
            .build()?;
        Ok(Self { client, outside, timeout })
    }

    /// Makes one attempt.
    pub(super) async fn send(&self, message: &Message<'_>, now: DateTime<Utc>) -> Answered {
        // A literal address is looked up by nobody; and the rules may have changed since it was stored.
        let Ok(url) = self.outside.read(message.url) else {
            return Answered::No(AttemptError::AddressRefused);
        };
        let timestamp = now.timestamp();
        let signature = signatures(message.secrets, message.id, timestamp, &message.body);
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(message.body.clone());
        // The client's own time-out begins when it looks for a connection; this one holds whatever it does.
        match tokio::time::timeout(self.timeout, request.send()).await {
            Ok(Ok(response)) => {
                let answered = Answered::Status(response.status().as_u16(), come_again(&response, now));
                let _ = tokio::time::timeout(self.timeout, read_some(response)).await;
                answered
            }
            Ok(Err(fault)) => Answered::No(why(&fault)),
            Err(_) => Answered::No(AttemptError::TimedOut),
        }
    }
}

/// Why there was no answer.
fn why(fault: &reqwest::Error) -> AttemptError {
    if is_caused_by::<Inside>(fault) {
        AttemptError::AddressRefused
    } else if is_caused_by::<Nowhere>(fault) {
        AttemptError::NotFoundByName
    } else if fault.is_timeout() {
        AttemptError::TimedOut
    } else if fault.is_connect() {
        AttemptError::NoConnection
    } else {
        AttemptError::BrokenOff
    }
}

/// When a receiver who is too busy wants to be asked again: in so many seconds, or at a time.
fn come_again(response: &Response, now: DateTime<Utc>) -> Option<Duration> {
    let is_busy =
        [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&response.status());
    let said = response.headers().get("retry-after").filter(|_| is_busy)?.to_str().ok()?;
    wait(said, now)
}

/// What `Retry-After` says.
pub(super) fn wait(said: &str, now: DateTime<Utc>) -> Option<Duration> {
    let said = said.trim();
    if let Ok(seconds) = said.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let at = DateTime::parse_from_rfc2822(said).ok()?;
    (at.with_timezone(&Utc) - now).to_std().ok()
}

async fn read_some(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > LARGEST_ANSWER {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_says_when_to_come_again() {
        let now: DateTime<Utc> = "2018-12-10T09:00:00Z".parse().unwrap();
        let seconds = |said| wait(said, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Mon, 10 Dec 2018 09:05:00 GMT"), Some(300));
        assert_eq!(seconds("Mon, 10 Dec 2018 08:05:00 GMT"), None);
        for none in ["", "soon", "-5", "99999999999999"] {
            assert_eq!(seconds(none), None, "{none}");
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_inside_by_a_literal_address_or_by_a_name() {
        let server = wiremock::MockServer::start().await;
        let port = server.address().port();
        let outside = Outside { ports: vec![port], ..Outside::default() };
        let sender = Sender::new(outside, Duration::from_secs(5)).unwrap();
        let send = async |url: String| {
            let message = Message { url: &url, id: "msg_1", secrets: &[], body: "{}".to_owned() };
            sender.send(&message, crate::config::now()).await
        };
        for host in ["127.0.0.1", "[::1]", "localhost", "[::ffff:127.0.0.1]"] {
            let answered = send(format!("https://{host}:{port}/")).await;
            assert_eq!(answered, Answered::No(AttemptError::AddressRefused), "{host}");
        }
        // A name with a point in it that leads to this machine: only its address tells.
        let answered = send(format!("https://a.localhost:{port}/")).await;
        assert!(
            matches!(answered, Answered::No(AttemptError::AddressRefused | AttemptError::NotFoundByName)),
            "{answered:?}"
        );
        assert_eq!(server.received_requests().await.unwrap().len(), 0);
    }

    #[tokio::test]
    async fn the_resolver_refuses_what_leads_inside() {
        use reqwest::dns::Resolve;
        let resolve = |allows_private| {
            Guarded(Outside { allows_private, ..Outside::default() }).resolve("localhost".parse().unwrap())
        };
        let fault = resolve(false).await.err().unwrap();
        assert!(is_caused_by::<Inside>(&*fault), "{fault}");
        assert!(resolve(true).await.is_ok());
    }
}
