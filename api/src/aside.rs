//! Work that gives way: what keeps a processor busy for one client alone is done by threads of their own, which the system lets
//! run after all others. A small request of somebody else then waits for none of it, however few processors there are.

use std::future::Future;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio_util::task::AbortOnDropHandle;

use crate::store::db::joined;

/// How far these threads stand behind others, as `nice` counts: 19 is the furthest.
#[cfg(target_os = "linux")]
const BEHIND: i32 = 10;

/// Never taken down: it ends with the process. Where the system gives no threads for it, the usual ones have to do.
static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    let mut runtime = Builder::new_multi_thread();
    runtime.worker_threads(1).max_blocking_threads(all_but_one()).thread_name("aside").enable_all();
    runtime.on_thread_start(step_back).build().ok()
});

/// How many processors may be kept busy by what is dear: one is left to others, where there are two. Even to a thread of a higher
/// priority one that runs is left its slice of some milliseconds, several times what a small request takes.
pub(crate) fn all_but_one() -> usize {
    available_parallelism().map_or(1, |processors| (processors.get() - 1).max(1))
}

fn handle() -> Handle {
    RUNTIME.as_ref().map_or_else(Handle::current, |runtime| runtime.handle().clone())
}

/// On Linux a priority belongs to a thread; elsewhere it is the whole process's, and stays as it is.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, BEHIND) {
        tracing::debug!(%error, "a thread for work that gives way has the priority of others");
    }
}

/// Does something aside that mostly waits. Whoever stops waiting for it stops it.
pub(crate) async fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    joined(AbortOnDropHandle::new(handle().spawn(work))).await
}

/// Does something aside that computes, or waits for a disk.
pub(crate) async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    joined(handle().spawn_blocking(work)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_done_by_other_threads_and_a_fault_is_the_callers() {
        let here = std::thread::current().id();
        assert_ne!(run(async { std::thread::current().id() }).await, here);
        assert_ne!(compute(|| std::thread::current().id()).await, here);
        let fault = tokio::spawn(compute(|| -> () { panic!("meant") })).await;
        assert!(fault.unwrap_err().is_panic());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn its_threads_stand_behind_others() {
        let own = || rustix::process::getpriority_process(None).unwrap();
        let usual = own();
        assert_eq!(compute(own).await, BEHIND.max(usual));
        assert_eq!(own(), usual, "this thread is as it was");
    }

    #[tokio::test]
    async fn whoever_no_longer_waits_stops_it() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let waits = run(async move {
            let _held = sender;
            std::future::pending::<()>().await;
        });
        drop(tokio::time::timeout(std::time::Duration::from_millis(50), waits).await);
        assert!(receiver.await.is_err(), "what it held is dropped");
    }
}
