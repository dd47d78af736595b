//! Charts: one bar a row, drawn as SVG, with its name and number beside it. The whole is a table for who cannot see it.

use super::browser::number;
use leptos::prelude::*;

pub struct Bar {
    pub name: String,
    pub amount: i64,
}

pub fn bars(title: &str, bars: &[Bar]) -> AnyView {
    let most = bars.iter().map(|bar| bar.amount).max().unwrap_or(0).max(1);
    let rows: Vec<_> = bars
        .iter()
        .map(|bar| {
            let width = bar.amount.saturating_mul(1000) / most;
            view! {
                <tr>
                    <th scope="row">{bar.name.clone()}</th>
                    <td>
                        <svg viewBox="0 0 1000 18" preserveAspectRatio="none" aria-hidden="true">
                            <rect class="all" width="1000" height="18" />
                            <rect class="here" width=width height="18" />
                        </svg>
                    </td>
                    <td class="number">{number(bar.amount)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table class="chart">
            <caption class="unseen">{title.to_owned()}</caption>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
