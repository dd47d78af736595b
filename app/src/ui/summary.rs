//! What has to be looked at again, in one place above the form, when it is more than one thing.

use leptos::prelude::*;

/// A field's id, and the sentence about it.
pub type Line = (String, String);

pub fn summary(heading: String, lines: Signal<Vec<Line>>) -> AnyView {
    view! {
        {move || {
            let lines = lines.get();
            (!lines.is_empty()).then(|| {
                let rows: Vec<_> = lines
                    .into_iter()
                    .map(|(id, sentence)| view! { <li><a href=format!("#{id}")>{sentence}</a></li> }.into_any())
                    .collect();
                view! {
                    <div class="summary" role="alert" tabindex="-1">
                        <p>{heading.clone()}</p>
                        <ul>{rows}</ul>
                    </div>
                }
            })
        }}
    }
    .into_any()
}
