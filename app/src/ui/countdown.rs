//! Seconds that run down while the page is open. On the server, and without WebAssembly, they stand still.

use leptos::prelude::*;
use std::time::Duration;

pub fn seconds_left(seconds: u32) -> RwSignal<u32> {
    let left = RwSignal::new(seconds);
    Effect::new(move |_| {
        // By the clock, since a browser lets timers sleep in a hidden tab.
        let end = js_sys::Date::now() + f64::from(seconds) * 1000.0;
        let tick = move || {
            let rest = ((end - js_sys::Date::now()) / 1000.0).ceil().max(0.0) as u32;
            if rest != left.get_untracked() {
                left.set(rest);
            }
        };
        if let Ok(ticking) = set_interval_with_handle(tick, Duration::from_millis(250)) {
            on_cleanup(move || ticking.clear());
        }
    });
    left
}

/// `0:24`
pub fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
