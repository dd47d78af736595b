//! Which flows have attribute pages open in browsers, as far as this server holds their streams, and how such a page learns
//! that its flow was saved.

use crate::{
    directory::{Db, user_flow},
    error::{Error, Result},
};
use app::contract::id::{JourneyId, TenantId, UserFlowId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// A page in a few tabs; more of one journey is nobody reading.
const PER_JOURNEY: usize = 4;
/// Some 20 KB each, connection included.
const IN_ALL: usize = 10_000;

#[derive(Default)]
pub struct OpenPages {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    /// The newest revision that is known of a flow; its receivers are the pages.
    flows: HashMap<(TenantId, UserFlowId), watch::Sender<i64>>,
    journeys: HashMap<JourneyId, usize>,
    pages: usize,
}

/// One page that is open. Dropped, it is counted no more.
pub struct OpenPage {
    newest: watch::Receiver<i64>,
    all: Arc<OpenPages>,
    flow: (TenantId, UserFlowId),
    journey: JourneyId,
}

impl OpenPages {
    /// `revision` is the newest that the caller knows of.
    pub fn open(self: &Arc<Self>, flow: (TenantId, UserFlowId), journey: JourneyId, revision: i64) -> Result<OpenPage> {
        let mut open = self.lock();
        if open.pages >= IN_ALL {
            return Err(Error::Busy);
        }
        let of_journey = open.journeys.entry(journey.clone()).or_default();
        if *of_journey >= PER_JOURNEY {
            return Err(Error::Busy);
        }
        *of_journey += 1;
        open.pages += 1;
        let sender = open.flows.entry(flow.clone()).or_insert_with(|| watch::Sender::new(revision));
        learn(sender, revision);
        let newest = sender.subscribe();
        Ok(OpenPage { newest, all: self.clone(), flow, journey })
    }

    /// How many pages of the flow are open here.
    pub fn of(&self, tenant: &TenantId, flow: &UserFlowId) -> usize {
        self.lock().flows.get(&(tenant.clone(), flow.clone())).map_or(0, watch::Sender::receiver_count)
    }

    /// Asks which of these flows were saved since, and tells their pages; says how many flows. What was remembered of them
    /// is forgotten first: a page that comes for its new layout must not get the old one.
    pub async fn tell(&self, db: &Db) -> Result<usize> {
        let watched: Vec<_> = self.lock().flows.keys().cloned().collect();
        let newest = user_flow::newest(db, &watched).await?;
        let newest: Vec<_> = newest
            .into_iter()
            .map(|(tenant, flow, revision)| ((tenant, flow), revision))
            .filter(|(flow, revision)| self.lock().flows.get(flow).is_some_and(|known| *known.borrow() < *revision))
            .collect();
        if newest.is_empty() {
            return Ok(0);
        }
        db.forget();
        let open = self.lock();
        for (flow, revision) in &newest {
            if let Some(sender) = open.flows.get(flow) {
                learn(sender, *revision);
            }
        }
        Ok(newest.len())
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Revisions only grow.
fn learn(sender: &watch::Sender<i64>, revision: i64) {
    sender.send_if_modified(|newest| {
        let is_news = revision > *newest;
        *newest = revision.max(*newest);
        is_news
    });
}

impl OpenPage {
    /// Ready when there is a newer revision than this one; says which.
    pub async fn newer_than(&mut self, revision: i64) -> i64 {
        match self.newest.wait_for(|newest| *newest > revision).await {
            Ok(newest) => *newest,
            // The sender lives as long as a page of its flow does.
            Err(_) => revision,
        }
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        let mut open = self.all.lock();
        open.pages -= 1;
        if let Some(of_journey) = open.journeys.get_mut(&self.journey) {
            *of_journey -= 1;
            if *of_journey == 0 {
                open.journeys.remove(&self.journey);
            }
        }
        // This page's own receiver is dropped after us.
        if open.flows.get(&self.flow).is_some_and(|sender| sender.receiver_count() <= 1) {
            open.flows.remove(&self.flow);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(id: &str) -> (TenantId, UserFlowId) {
        (TenantId::from("tenant"), UserFlowId::from(id))
    }

    fn open(pages: &Arc<OpenPages>, journey: &str) -> Result<OpenPage> {
        pages.open(flow("shop"), JourneyId::from(journey), 1)
    }

    #[test]
    fn pages_are_counted_while_they_are_open() {
        let pages = Arc::<OpenPages>::default();
        let (one, two) = (open(&pages, "a").unwrap(), open(&pages, "b").unwrap());
        let of_shop = || pages.of(&"tenant".into(), &"shop".into());
        assert_eq!(of_shop(), 2);
        drop(one);
        assert_eq!(of_shop(), 1);
        drop(two);
        assert_eq!(of_shop(), 0);
        assert!(pages.lock().flows.is_empty() && pages.lock().journeys.is_empty() && pages.lock().pages == 0);
    }

    #[test]
    fn r44_one_journey_holds_a_few_streams_and_no_more() {
        let pages = Arc::<OpenPages>::default();
        let mut held: Vec<_> = (0..PER_JOURNEY).map(|_| open(&pages, "a").unwrap()).collect();
        assert!(open(&pages, "a").is_err() && open(&pages, "b").is_ok());
        held.pop();
        assert!(open(&pages, "a").is_ok());
    }

    #[test]
    fn r44_all_of_them_together_are_bounded() {
        let pages = Arc::<OpenPages>::default();
        let held: Vec<_> = (0..IN_ALL).map(|journey| open(&pages, &journey.to_string()).unwrap()).collect();
        assert!(open(&pages, "one more").is_err());
        drop(held);
        assert!(open(&pages, "one more").is_ok());
    }

    #[tokio::test]
    async fn a_page_that_comes_late_hears_of_what_it_missed() {
        let pages = Arc::<OpenPages>::default();
        let mut early = open(&pages, "a").unwrap();
        let mut late = pages.open(flow("shop"), "b".into(), 3).unwrap();
        assert_eq!(early.newer_than(1).await, 3);
        assert_eq!(late.newer_than(2).await, 3);
    }
}
