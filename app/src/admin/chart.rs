//! Charts drawn as SVG: one bar a row, its number beside it. The same numbers stand in a table for who cannot see it.

use super::browser::number;
use leptos::prelude::*;

pub struct Bar {
    pub name: String,
    pub amount: i64,
}

const HEIGHT: usize = 34;
const NAME: f64 = 190.0;
const ROOM: f64 = 420.0;

pub fn bars(title: &str, bars: &[Bar]) -> AnyView {
    let most = bars.iter().map(|bar| bar.amount).max().unwrap_or(0).max(1);
    let drawn: Vec<_> = bars
        .iter()
        .enumerate()
        .map(|(at, bar)| {
            // A bar's length need not be exact.
            #[allow(clippy::cast_precision_loss)]
            let width = ROOM * bar.amount as f64 / most as f64;
            let top = at * HEIGHT;
            view! {
                <text x="0" y=top + 21>{bar.name.clone()}</text>
                <rect class="bar-all" x=NAME y=top + 8 width=ROOM height="18" rx="5" />
                <rect class="bar-here" x=NAME y=top + 8 width=width height="18" rx="5" />
                <text class="amount" x="700" y=top + 21 text-anchor="end">{number(bar.amount)}</text>
            }
        })
        .collect();
    let rows: Vec<_> = bars
        .iter()
        .map(|bar| view! { <tr><th scope="row">{bar.name.clone()}</th><td>{bar.amount}</td></tr> })
        .collect();
    view! {
        <svg class="chart" viewBox=format!("0 0 700 {}", bars.len() * HEIGHT) aria-hidden="true">{drawn}</svg>
        <table class="unseen"><caption>{title.to_owned()}</caption><tbody>{rows}</tbody></table>
    }
    .into_any()
}
