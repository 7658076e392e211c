//! The request that is being answered: its id and who asks, for what is logged about it far from where they are known.

use std::cell::OnceCell;

use http::HeaderValue;

tokio::task_local! {
    static CURRENT: Current;
}

/// One request, from its first line to its answer.
#[derive(Debug)]
pub struct Current {
    id: HeaderValue,
    subject: OnceCell<String>,
}

impl Current {
    /// A request with this id; the id is printable.
    pub fn new(id: HeaderValue) -> Self {
        Self { id, subject: OnceCell::new() }
    }

    /// Who asks, once that was said.
    pub fn subject(&self) -> Option<&str> {
        self.subject.get().map(String::as_str)
    }

    /// Does `work`, and answers with it and with what became known of the request meanwhile.
    pub async fn around<T>(self, work: impl Future<Output = T>) -> (T, Option<Current>) {
        let mut scope = std::pin::pin!(CURRENT.scope(self, work));
        let done = scope.as_mut().await;
        (done, scope.as_mut().take_value())
    }
}

/// Says who asks. The first time counts; outside a request it is nothing.
pub fn asked_by(subject: &str) {
    let _ = CURRENT.try_with(|current| current.subject.set(subject.to_owned()));
}

/// `work` as part of the request that is being answered here, to be done by a task of its own.
pub fn as_part<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let part = CURRENT.try_with(|current| Current::new(current.id.clone())).ok();
    async move {
        match part {
            Some(part) => CURRENT.scope(part, work).await,
            None => work.await,
        }
    }
}

/// Calls `tell` with the id of the request, or with nothing where there is none.
pub(super) fn with_id<T>(tell: impl Fn(Option<&str>) -> T) -> T {
    CURRENT.try_with(|current| tell(current.id.to_str().ok())).unwrap_or_else(|_| tell(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_said_in_the_middle_is_known_at_the_end() {
        let id = HeaderValue::from_static("id-1");
        let (seen, current) = Current::new(id)
            .around(async {
                asked_by("police");
                asked_by("somebody else");
                tokio::task::yield_now().await;
                with_id(|id| id.map(str::to_owned))
            })
            .await;
        assert_eq!(seen.as_deref(), Some("id-1"));
        let id = HeaderValue::from_static("id-2");
        let apart =
            async { tokio::spawn(as_part(async { with_id(|id| id.map(str::to_owned)) })).await.unwrap() };
        assert_eq!(Current::new(id).around(apart).await.0.as_deref(), Some("id-2"));
        assert_eq!(current.as_ref().and_then(Current::subject), Some("police"));
        assert_eq!(with_id(|id| id.map(str::to_owned)), None);
    }
}
