//! What goes over the wire to PostgreSQL, counted: every statement that is run, `BEGIN` and `COMMIT` among them, and every time
//! that somebody waits for an answer. It stands between a server and the database for a few requests, before anything is measured.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::task::JoinHandle;
use url::Url;

use super::client::Load;

/// For how long everything is asked before anything is counted.
const WARM_UP: Duration = Duration::from_millis(500);
/// How many requests are counted one by one.
const REQUESTS: usize = 15;

/// Statements and round trips.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    pub(super) statements: u64,
    pub(super) trips: u64,
}

#[derive(Default)]
struct Counted {
    statements: AtomicU64,
    trips: AtomicU64,
}

/// A wire.
pub(super) struct Wire {
    /// The database's address by this wire.
    pub(super) url: String,
    counted: Arc<Counted>,
    listening: JoinHandle<()>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Wire {
    /// A wire to a database.
    pub(super) async fn to(url: &str) -> Result<Self> {
        let mut by = Url::parse(url)?;
        let host = by.host_str().context("the database's address has no host")?.to_owned();
        let server = (host, by.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address: SocketAddr = listener.local_addr()?;
        by.set_ip_host(address.ip()).ok().context("the address takes no host")?;
        by.set_port(Some(address.port())).ok().context("the address takes no port")?;
        // What is encrypted cannot be counted.
        by.query_pairs_mut().append_pair("sslmode", "disable");
        let counted = Arc::new(Counted::default());
        let count = Arc::clone(&counted);
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server.clone(), Arc::clone(&count)));
            }
        });
        Ok(Self { url: by.to_string(), counted, listening })
    }

    fn so_far(&self) -> Cost {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Cost { statements: of(&self.counted.statements), trips: of(&self.counted.trips) }
    }

    /// What a request costs whose like was asked before. Whatever else a server does, and what a connection prepares for itself, comes on
    /// top now and then: so the least of some.
    pub(super) async fn cost(&self, load: &Load) -> Result<Cost> {
        load.drive(8, WARM_UP).await?;
        let mut costs = Vec::new();
        for _ in 0..REQUESTS {
            let before = self.so_far();
            load.next().await?;
            let after = self.so_far();
            costs.push(Cost {
                statements: after.statements - before.statements,
                trips: after.trips - before.trips,
            });
        }
        costs.into_iter().min().context("nothing was asked")
    }
}

async fn pass(client: TcpStream, server: impl ToSocketAddrs, counted: Arc<Counted>) -> Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
    let (mut messages, mut buffer) = (Messages::default(), vec![0; 64 * 1024]);
    loop {
        let read = from_client.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        messages.read(&buffer[..read], &counted);
        to_server.write_all(&buffer[..read]).await?;
    }
    to_server.shutdown().await?;
    answers.await??;
    Ok(())
}

/// The frontend's messages, as far as they have come: a letter, unless it is the first, the length, and what is in it.
#[derive(Default)]
struct Messages {
    has_begun: bool,
    head: Vec<u8>,
    left: usize,
}

impl Messages {
    fn read(&mut self, mut bytes: &[u8], counted: &Counted) {
        while let [first, rest @ ..] = bytes {
            if self.left > 0 {
                let passed = self.left.min(bytes.len());
                self.left -= passed;
                bytes = &bytes[passed..];
                continue;
            }
            self.head.push(*first);
            bytes = rest;
            // The first message has no letter, but a number after its length that says whether it is the beginning.
            let (letter, length, whole) = match (self.has_begun, self.head.as_slice()) {
                (true, [letter, a, b, c, d]) => (*letter, u32::from_be_bytes([*a, *b, *c, *d]), 5),
                (false, [a, b, c, d, 0, 3, _, _]) => {
                    self.has_begun = true;
                    (0, u32::from_be_bytes([*a, *b, *c, *d]), 8)
                }
                (false, [a, b, c, d, ..]) if self.head.len() == 8 => {
                    (0, u32::from_be_bytes([*a, *b, *c, *d]), 8)
                }
                _ => continue,
            };
            match letter {
                b'Q' => {
                    counted.statements.fetch_add(1, Ordering::Relaxed);
                    counted.trips.fetch_add(1, Ordering::Relaxed);
                }
                b'E' => {
                    counted.statements.fetch_add(1, Ordering::Relaxed);
                }
                b'S' => {
                    counted.trips.fetch_add(1, Ordering::Relaxed);
                }
                _ => {}
            }
            // The length counts itself and not the letter.
            let of_head = if letter == 0 { whole } else { whole - 1 };
            self.left = (length as usize).saturating_sub(of_head);
            self.head.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(letter: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 4).unwrap().to_be_bytes();
        [&[letter][..], &length, content].concat()
    }

    #[test]
    fn messages_are_counted_however_they_are_cut() {
        let encryption = [8_u32.to_be_bytes(), 80_877_103_u32.to_be_bytes()].concat();
        let begin = [&13_u32.to_be_bytes()[..], &[0, 3, 0, 0], b"user\0"].concat();
        let all = [
            encryption,
            begin,
            message(b'Q', b"BEGIN\0"),
            message(b'P', b"QESQES"),
            message(b'B', &[b'E'; 300]),
            message(b'E', b"\0\0\0\0\0"),
            message(b'S', b""),
            message(b'E', b"\0\0\0\0\0"),
            message(b'S', b""),
        ]
        .concat();
        for size in [1, 2, 3, 7, 64, 1000] {
            let (mut messages, counted) = (Messages::default(), Counted::default());
            for part in all.chunks(size) {
                messages.read(part, &counted);
            }
            assert_eq!((counted.statements.into_inner(), counted.trips.into_inner()), (3, 3), "{size}");
        }
    }
}
