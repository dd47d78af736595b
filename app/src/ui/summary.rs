//! What has to be looked at again, in one place above the form, when it is more than one thing.

use super::element::{El, el};

/// A field's id, and the sentence about it.
pub type Line = (String, String);

pub fn summary(heading: String, lines: impl Fn() -> Vec<Line> + 'static) -> El {
    el("div").live(move || {
        let lines = lines();
        (!lines.is_empty()).then(|| {
            let rows = lines
                .into_iter()
                .map(|(id, sentence)| el("li").with(el("a").attr("href", format!("#{id}")).with(sentence)));
            el("div")
                .class("summary")
                .attr("role", "alert")
                .attr("tabindex", "-1")
                .with(el("p").with(heading.clone()))
                .with(el("ul").with_all(rows))
        })
    })
}
