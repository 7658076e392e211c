//! Changes of the service's own are begun again where they were in another's way, as those of clients are.

use super::WriteError;

/// How often a change is tried at most.
const TRIES: usize = 6;

/// Makes a change, anew from its beginning as long as it was in another's way.
///
/// # Errors
/// What the last attempt ended with.
pub async fn again<T, F>(mut change: impl FnMut() -> F) -> Result<T, WriteError>
where
    F: Future<Output = Result<T, WriteError>>,
{
    let mut tries = 1;
    loop {
        match change().await {
            Err(fault) if fault.is_transient() && tries < TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn what_was_in_anothers_way_is_tried_again_a_few_times_and_nothing_else_is() {
        let count = Cell::new(0);
        let outcome = again(async || {
            count.set(count.get() + 1);
            if count.get() < 3 { Err(WriteError::Stale("Plan")) } else { Ok(()) }
        });
        outcome.await.unwrap();
        assert_eq!(count.get(), 3);

        for (fault, expected) in [(true, TRIES), (false, 1)] {
            let count = Cell::new(0);
            let outcome = again(async || {
                count.set(count.get() + 1);
                Err::<(), _>(if fault { WriteError::Stale("Plan") } else { WriteError::NotHeld })
            });
            assert!(outcome.await.is_err());
            assert_eq!(count.get(), expected);
        }
    }
}
