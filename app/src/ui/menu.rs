//! A small menu that opens upwards from the foot of a page; each entry is a button of the form around it.

use super::element::{El, el};

pub struct Entry {
    pub value: String,
    pub label: String,
    pub current: bool,
}

/// `form` is wrapped around the entries by whoever knows where they go.
pub fn menu(name: &'static str, label: String, entries: Vec<Entry>, form: impl FnOnce(Vec<El>) -> El) -> El {
    let current = entries.iter().find(|entry| entry.current).map(|entry| entry.label.clone());
    let button = |Entry { value, label, current }| {
        el("button")
            .attr("type", "submit")
            .attr("name", name)
            .attr("value", value.clone())
            .attr("lang", value)
            .attr("dir", "auto")
            .attr_some("aria-current", current.then_some("true"))
            .with(label)
    };
    let summary = el("summary").class("ext-footer-item").with(el("span").class("unseen").with(label)).with_all(current);
    el("details").class("menu").with(summary).with(form(entries.into_iter().map(button).collect()))
}
