//! Seconds that run down while the page is open. On the server, and without WebAssembly, they stand still.

use super::browser::Every;
use reactive_graph::{prelude::*, signal::RwSignal};
use std::time::Duration;

/// The seconds left, and what begins to count them down, and does so as long as it is kept.
pub fn seconds_left(seconds: u32) -> (RwSignal<u32>, impl FnOnce() -> Every) {
    let left = RwSignal::new(seconds);
    let counting = move || {
        // By the clock, since a browser lets timers sleep in a hidden tab.
        let end = js_sys::Date::now() + f64::from(seconds) * 1000.0;
        Every::new(Duration::from_millis(250), move || {
            // A negative number becomes 0.
            let rest = ((end - js_sys::Date::now()) / 1000.0).ceil() as u32;
            if left.try_get_untracked().is_some_and(|shown| shown != rest) {
                left.set(rest);
            }
        })
    };
    (left, counting)
}

/// `0:24`
pub fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
