//! Answers of one journey are heard one after the other: pressing twice does no work twice, and a right answer is never
//! overtaken by its own copy. (Between several servers the journey's version decides.)

use app::contract::id::JourneyId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::OwnedMutexGuard;

#[derive(Default)]
pub struct Hearings {
    journeys: Mutex<HashMap<JourneyId, Arc<tokio::sync::Mutex<()>>>>,
}

/// Held while an answer is heard. Dropped, the next one of its journey comes in.
pub struct Hearing {
    guard: Option<OwnedMutexGuard<()>>,
    journey: JourneyId,
    all: Arc<Hearings>,
}

impl Hearings {
    pub async fn of(self: &Arc<Self>, journey: &JourneyId) -> Hearing {
        let one = self.lock().entry(journey.clone()).or_default().clone();
        // Made before waiting: who gives up in the queue leaves nothing behind either.
        let mut hearing = Hearing { guard: None, journey: journey.clone(), all: self.clone() };
        hearing.guard = Some(one.lock_owned().await);
        hearing
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JourneyId, Arc<tokio::sync::Mutex<()>>>> {
        self.journeys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.guard = None;
        let mut journeys = self.all.lock();
        // Whoever waits or is heard holds a share besides the map's own.
        if journeys.get(&self.journey).is_some_and(|one| Arc::strong_count(one) == 1) {
            journeys.remove(&self.journey);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test(start_paused = true)]
    async fn one_journey_waits_for_itself_alone_and_nothing_is_left() {
        let hearings = Arc::new(Hearings::default());
        let (ada, grace) = ("ada".into(), "grace".into());
        let first = hearings.of(&ada).await;
        let _other = hearings.of(&grace).await;
        assert!(timeout(Duration::from_secs(60), hearings.of(&ada)).await.is_err(), "heard while another was");
        drop(first);
        drop(hearings.of(&ada).await);
        assert_eq!(hearings.lock().len(), 1, "only Grace's is left");
    }
}
