//! A scanner for malicious content: whatever can say of bytes whether they are clean. ClamAV is one, through its daemon.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use clamav_client::tokio::{Socket, Tcp, scan_stream};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use tokio::time::timeout;

/// How long a scan may take. ClamAV itself gives up a file after two minutes, unless told otherwise.
const SCAN_TIME: Duration = Duration::from_secs(150);

/// What a scanner says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing malicious.
    Clean,
    /// Something, by the scanner's name for it.
    Infected(String),
}

/// Why a scanner has said nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unscanned {
    /// It does not answer, or not in time.
    #[error("the scanner is away: {0}")]
    Away(String),
    /// It answers, and will not scan this.
    #[error("the scanner did not scan it: {0}")]
    Refused(String),
}

/// The bytes to be scanned.
pub type Bytestream = BoxStream<'static, io::Result<Bytes>>;

/// Whatever can say of bytes whether they are clean.
pub trait Scanner: Send + Sync + 'static {
    /// Looks at the bytes.
    ///
    /// # Errors
    /// [`Unscanned`]: nothing is known then.
    fn scan(&self, bytes: Bytestream) -> BoxFuture<'_, Result<Finding, Unscanned>>;
}

/// The daemon of ClamAV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clamd {
    place: Place,
    time: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Tcp(String),
    #[cfg(unix)]
    Socket(PathBuf),
}

impl Clamd {
    /// The daemon at an address: `host:port`, or the path of its socket, with or without `unix:` before it. None where it is
    /// neither.
    pub fn at(address: &str) -> Option<Self> {
        let address = address.trim();
        #[cfg(unix)]
        if let Some(path) =
            address.strip_prefix("unix:").or_else(|| address.starts_with('/').then_some(address))
        {
            let path = PathBuf::from(path);
            return path.is_absolute().then_some(Self { place: Place::Socket(path), time: SCAN_TIME });
        }
        let address = address.strip_prefix("tcp://").unwrap_or(address);
        let (host, port) = address.rsplit_once(':')?;
        let is_address =
            !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok_and(|port| port > 0);
        is_address.then(|| Self { place: Place::Tcp(address.to_owned()), time: SCAN_TIME })
    }

    /// The same, where a scan may take no longer than this.
    #[must_use]
    pub fn within(self, time: Duration) -> Self {
        Self { time, ..self }
    }
}

impl Scanner for Clamd {
    fn scan(&self, bytes: Bytestream) -> BoxFuture<'_, Result<Finding, Unscanned>> {
        async move {
            let answer = timeout(self.time, self.ask(bytes)).await;
            let answer = answer.map_err(|_| Unscanned::Away("it took too long".into()))?;
            read(&answer.map_err(|error| Unscanned::Away(error.to_string()))?)
        }
        .boxed()
    }
}

impl Clamd {
    async fn ask(&self, bytes: Bytestream) -> io::Result<Vec<u8>> {
        match &self.place {
            Place::Tcp(address) => scan_stream(bytes, Tcp { host_address: address.as_str() }, None).await,
            #[cfg(unix)]
            Place::Socket(path) => scan_stream(bytes, Socket { socket_path: path }, None).await,
        }
    }
}

/// What the daemon answers: `stream: OK`, `stream: NAME FOUND`, or why not. Only what says that it is clean is clean.
fn read(answer: &[u8]) -> Result<Finding, Unscanned> {
    let answer = String::from_utf8_lossy(answer);
    let answer = answer.trim_end_matches(['\0', '\n']);
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    if said == "OK" {
        return Ok(Finding::Clean);
    }
    if let Some(name) = said.strip_suffix(" FOUND") {
        return Ok(Finding::Infected(name.chars().take(200).collect()));
    }
    match said {
        "" => Err(Unscanned::Away("it answered nothing".into())),
        said => Err(Unscanned::Refused(said.chars().take(200).collect())),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};
    use rstest::rstest;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[rstest]
    #[case("127.0.0.1:3310", true)]
    #[case("tcp://clamav:3310", true)]
    #[case("[::1]:3310", true)]
    #[case("/run/clamav/clamd.ctl", true)]
    #[case("unix:/run/clamav/clamd.ctl", true)]
    #[case("unix:clamd.ctl", false)]
    #[case("clamav", false)]
    #[case(":3310", false)]
    #[case("clamav:0", false)]
    #[case("http://clamav:3310", false)]
    #[case("", false)]
    fn addresses(#[case] address: &str, #[case] is_one: bool) {
        assert_eq!(Clamd::at(address).is_some(), is_one);
    }

    #[rstest]
    #[case(b"stream: OK\0", Ok(Finding::Clean))]
    #[case(b"stream: Eicar-Test-Signature FOUND\0", Ok(Finding::Infected("Eicar-Test-Signature".into())))]
    #[case(b"stream: OK FOUND\0", Ok(Finding::Infected("OK".into())))]
    #[case(b"INSTREAM size limit exceeded. ERROR\0", Err(Unscanned::Refused("INSTREAM size limit exceeded. ERROR".into())))]
    #[case(b"stream: NOT OK", Err(Unscanned::Refused("NOT OK".into())))]
    #[case(b"\xff\xfe", Err(Unscanned::Refused("\u{fffd}\u{fffd}".into())))]
    #[case(b"", Err(Unscanned::Away("it answered nothing".into())))]
    fn answers(#[case] answer: &[u8], #[case] said: Result<Finding, Unscanned>) {
        assert_eq!(read(answer), said);
    }

    /// What a daemon is sent: the command, and the bytes in their pieces.
    async fn taken_in(stream: &mut TcpStream) -> Vec<u8> {
        let mut command = [0; 10];
        stream.read_exact(&mut command).await.unwrap();
        assert_eq!(&command, b"zINSTREAM\0");
        let mut bytes = Vec::new();
        loop {
            let length = stream.read_u32().await.unwrap();
            if length == 0 {
                return bytes;
            }
            let mut piece = vec![0; length as usize];
            stream.read_exact(&mut piece).await.unwrap();
            bytes.extend(piece);
        }
    }

    fn bytes() -> Bytestream {
        let pieces = ["one ", "two"].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        stream::iter(pieces).boxed()
    }

    /// What a peer does once it is connected to.
    #[derive(Clone, Copy)]
    enum Peer {
        Answers(&'static [u8]),
        BreaksOff,
        IsSilent,
    }

    async fn scanned(peer: Peer) -> Result<Finding, Unscanned> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            match peer {
                Peer::BreaksOff => drop(stream),
                Peer::IsSilent => std::future::pending().await,
                Peer::Answers(answer) => {
                    assert_eq!(taken_in(&mut stream).await, b"one two");
                    stream.write_all(answer).await.unwrap();
                }
            }
        });
        let clamd = Clamd::at(&address).unwrap().within(Duration::from_millis(500));
        let said = clamd.scan(bytes()).await;
        if matches!(peer, Peer::Answers(_)) {
            served.await.unwrap();
        }
        said
    }

    #[tokio::test]
    async fn what_the_daemon_says_is_what_is_known() {
        assert_eq!(scanned(Peer::Answers(b"stream: OK\0")).await, Ok(Finding::Clean));
        assert_eq!(
            scanned(Peer::Answers(b"stream: Marker FOUND\0")).await,
            Ok(Finding::Infected("Marker".into()))
        );
        assert!(matches!(
            scanned(Peer::Answers(b"stream: Broken ERROR\0")).await,
            Err(Unscanned::Refused(_))
        ));
    }

    #[tokio::test]
    async fn a_daemon_that_says_nothing_is_away() {
        for peer in [Peer::Answers(b""), Peer::BreaksOff, Peer::IsSilent] {
            assert!(matches!(scanned(peer).await, Err(Unscanned::Away(_))));
        }
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let said = Clamd::at(&nobody.to_string()).unwrap().scan(bytes()).await;
        assert!(matches!(said, Err(Unscanned::Away(_))));
    }

    const EICAR: [&str; 2] = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

    /// The daemon itself, where `TEST_CLAMD` names its address: it knows the EICAR test string.
    #[tokio::test]
    async fn the_real_daemon() {
        let Ok(address) = std::env::var("TEST_CLAMD") else { return };
        let clamd = Clamd::at(&address).unwrap();
        assert_eq!(clamd.scan(bytes()).await, Ok(Finding::Clean));
        let infected = EICAR.map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        let said = clamd.scan(stream::iter(infected).boxed()).await;
        assert!(matches!(said, Ok(Finding::Infected(_))), "{said:?}");
        // More than one chunk of the protocol, and more than one of ours.
        let large = stream::repeat_with(|| Ok(Bytes::from(vec![b'a'; 100_000]))).take(50);
        assert_eq!(clamd.scan(large.boxed()).await, Ok(Finding::Clean));
    }
}
