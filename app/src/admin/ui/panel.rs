//! A window at the side, for what belongs to one row of the page behind it.

use super::ask::dialog;
use leptos::prelude::*;

pub fn panel(title: impl Into<String>, close: impl Fn() + Clone + Send + Sync + 'static, content: AnyView) -> AnyView {
    dialog("panel", title, close, content)
}
