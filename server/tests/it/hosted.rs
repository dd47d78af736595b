//! The hosted pages: every path, by forms and by the page's script, and every way off it.

mod attributes;
mod browsers;
mod code;
mod kinds;
mod language;
mod live;
mod names;
mod recover;
mod second_step;
mod session;
mod sign_in;
mod sign_up;

use crate::harness::{Browser, TestServer, on_both};

/// On both databases, once by plain forms and once as the page's script sends them.
async fn every_way(test: impl AsyncFn(&TestServer, &mut Browser)) {
    on_both(async |server| test(&server, &mut server.browser()).await).await;
    on_both(async |server| test(&server, &mut server.browser().with_scripts()).await).await;
}
