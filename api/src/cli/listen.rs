//! Taking the port, and the wish to stop.

use std::{io::ErrorKind, net::SocketAddr};

use tokio::net::TcpListener;

use super::CliError;
use crate::config::{BIND_ENV, parse_bind};

/// An option that names an address, and its environment variable.
pub(super) type BindOption = (&'static str, &'static str);
/// Where the service itself is.
pub(super) const BIND: BindOption = ("--bind", BIND_ENV);

/// Listens on `bind`, which `option` names, or says why not and what to do about it.
pub(super) async fn listen(bind: &str, (option, variable): BindOption) -> Result<TcpListener, CliError> {
    let address = parse_bind(bind)?;
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => CliError::failed(format!(
            "port {} on {} is taken: choose another with {option} {} or {variable}, or 0 for any that is free",
            address.port(),
            address.ip(),
            SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(8080)),
        )),
        ErrorKind::PermissionDenied => CliError::failed(format!(
            "port {} on {} is not for this user: choose one from 1024 on with {option} or {variable}",
            address.port(),
            address.ip(),
        )),
        ErrorKind::AddrNotAvailable => CliError::failed(format!(
            "{} is no address of this machine: choose another with {option} or {variable}",
            address.ip(),
        )),
        _ => CliError::failed(format!("{address} cannot be listened on: {error}")),
    })
}

/// Ends when the process is asked to stop: by Ctrl-C, or by SIGTERM as service managers send it. It listens from when it is
/// called, not only from when it is awaited: whoever has read our address may ask at once.
pub(super) fn asked_to_stop() -> impl Future<Output = ()> {
    let terminated = terminated();
    async move {
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
        }
        tracing::info!("stopping: requests in hand may end");
    }
}

#[cfg(unix)]
fn terminated() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = signal(SignalKind::terminate());
    async {
        match signals {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
fn terminated() -> impl Future<Output = ()> {
    std::future::pending()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_named_with_a_way_out() {
        let first = listen("127.0.0.1:0", BIND).await.unwrap();
        let taken = first.local_addr().unwrap();
        let error = listen(&taken.to_string(), ("--metrics-bind", "X")).await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains(&format!("port {} on 127.0.0.1 is taken", taken.port())), "{said}");
        assert!(said.contains("with --metrics-bind 127.0.0.1:") && said.contains("or X,"), "{said}");
        assert_eq!(error.exit_code(), 1);
    }

    #[tokio::test]
    async fn what_is_no_address_is_a_usage_error() {
        assert_eq!(listen("8080", BIND).await.unwrap_err().exit_code(), 2);
    }
}
