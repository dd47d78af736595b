//! Charts: one bar a row, drawn as SVG, with its name and numbers beside it. The whole is a table for who cannot see it.

use super::browser::number;
use leptos::prelude::*;

pub struct Bar {
    pub name: String,
    pub amount: i64,
    /// The part of the amount that went no further, where that can be said.
    pub lost: Option<i64>,
}

/// `columns`: what a row is about, its amount, and the part that was lost.
pub fn bars(title: &str, columns: [&'static str; 3], bars: &[Bar]) -> AnyView {
    let most = bars.iter().map(|bar| bar.amount).max().unwrap_or(0).max(1);
    let wide = |amount: i64| amount.saturating_mul(1000) / most;
    let rows: Vec<_> = bars
        .iter()
        .map(|bar| {
            let lost = bar.lost.unwrap_or(0).clamp(0, bar.amount.max(0));
            let kept = wide(bar.amount - lost);
            let gone = wide(bar.amount) - kept;
            view! {
                <tr>
                    <th scope="row">{bar.name.clone()}</th>
                    <td>
                        <svg viewBox="0 0 1000 18" preserveAspectRatio="none" aria-hidden="true">
                            <rect class="all" width="1000" height="18" />
                            <rect class="here" width=kept height="18" />
                            <rect class="lost" x=kept width=gone height="18" />
                        </svg>
                    </td>
                    <td class="number">{number(bar.amount)}</td>
                    <td class="number">{bar.lost.map(number)}</td>
                </tr>
            }
        })
        .collect();
    let [about, amount, lost] = columns;
    view! {
        <table class="chart">
            <caption class="unseen">{title.to_owned()}</caption>
            <thead>
                <tr>
                    <th scope="col">{about}</th><td></td>
                    <th scope="col" class="number">{amount}</th><th scope="col" class="number lost">{lost}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
