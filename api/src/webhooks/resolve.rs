//! Names become addresses here and nowhere else: what was checked is what is connected to.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::Outside;

/// The system's resolver, whose answers are taken only where a request may go to every one of them: a name that leads inside
/// as well as outside is somebody's trick, or somebody's mistake.
pub(super) struct Guarded(pub Outside);

/// A name leads to an address that no request may go to.
#[derive(Debug)]
pub(super) struct Inside;

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to an address that is not global")
    }
}

impl Error for Inside {}

/// A name leads nowhere.
#[derive(Debug)]
pub(super) struct Nowhere;

impl fmt::Display for Nowhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to no address")
    }
}

impl Error for Nowhere {}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let outside = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| Nowhere)?;
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() {
                return Err(Nowhere.into());
            }
            if !found.iter().all(|address| outside.may_go_to(address.ip())) {
                return Err(Inside.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether a fault has its cause in one of a kind.
pub(super) fn is_caused_by<E: Error + 'static>(fault: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(fault);
    while let Some(fault) = cause {
        if fault.is::<E>() {
            return true;
        }
        cause = fault.source();
    }
    false
}
