//! Work that gives way: what keeps a processor busy for one client alone is done by threads of their own, which the system lets
//! run where nothing else would. A small request of somebody else then waits for none of it, however few processors there are. Where others
//! leave no processor free for long, it takes as long, and its client is told that its time is up.

use std::future::Future;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio_util::task::AbortOnDropHandle;

use crate::store::db::joined;

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

/// On Linux a policy belongs to a thread, and one that is idle is stopped in the middle of its slice by whoever else has work; elsewhere
/// these threads are as others.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle) {
            tracing::debug!(%error, "a thread for work that gives way gives way to nobody");
        }
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
    async fn its_threads_run_where_nothing_else_would() {
        use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy};

        let own = || thread_schedule_policy().unwrap();
        let usual = own();
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        assert_eq!((compute(own).await, run(async move { own() }).await), (idle, idle));
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
