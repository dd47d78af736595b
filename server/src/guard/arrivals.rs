//! How fast one network may begin journeys. Each one writes rows before anybody has proved anything, so a stranger could
//! fill the disk with them (security, fault F29). Counted by each server for itself and in memory: what is behind it is the
//! size of the database, not a secret, and nobody who signs in should wait for a count.

use crate::error::{Error, Result};
use app::contract::time::Timestamp;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Ten a second, for as long as anybody likes: more people than that do not come to work behind one address.
const EVERY: Duration = Duration::from_millis(100);
/// And six hundred at once.
const AT_ONCE: Duration = Duration::from_secs(60);
/// Networks that are remembered at the same time, some 50 bytes each. Where more come at once, all start over.
const MOST: usize = 50_000;

/// When each network's account is settled: every journey moves it on by `EVERY`, and time catches up.
#[derive(Default)]
pub struct Arrivals {
    settled_at: Mutex<HashMap<IpAddr, Timestamp>>,
}

impl Arrivals {
    pub fn admit(&self, network: IpAddr, now: Timestamp) -> Result<()> {
        let mut settled_at = self.settled_at.lock().unwrap_or_else(PoisonError::into_inner);
        if settled_at.len() >= MOST {
            settled_at.retain(|_, at| *at > now);
            if settled_at.len() >= MOST {
                settled_at.clear();
            }
        }
        let at = settled_at.entry(network).or_insert(now);
        let next = (*at).max(now) + EVERY;
        match (now + AT_ONCE).until(next) {
            Duration::ZERO => {
                *at = next;
                Ok(())
            }
            retry_after => Err(Error::TooMany { retry_after }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn admitted(arrivals: &Arrivals, network: u32, times: usize, now: Timestamp) -> usize {
        let network = IpAddr::V4(Ipv4Addr::from_bits(network << 8));
        (0..times).filter(|_| arrivals.admit(network, now).is_ok()).count()
    }

    #[test]
    fn f29_six_hundred_at_once_and_ten_a_second() {
        let arrivals = Arrivals::default();
        assert_eq!(admitted(&arrivals, 1, 1000, NOW), 600);
        assert_eq!(admitted(&arrivals, 2, 1, NOW), 1, "another network");
        assert_eq!(admitted(&arrivals, 1, 50, NOW + Duration::from_secs(2)), 20);
        assert_eq!(admitted(&arrivals, 1, 1000, NOW + Duration::from_secs(120)), 600);
    }

    #[test]
    fn f29_however_many_networks_there_are_the_memory_is_bounded() {
        let arrivals = Arrivals::default();
        for network in 0..120_000 {
            assert_eq!(admitted(&arrivals, network, 1, NOW), 1);
        }
        assert!(arrivals.settled_at.lock().unwrap().len() <= MOST);
    }
}
