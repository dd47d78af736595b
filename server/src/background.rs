//! What runs without being asked: the post, the calls to applications whose people signed out, the numbers of the flows, the
//! sweeping of what ran out, the rotation of keys, the news for open pages.

use crate::{
    directory::{
        funnel, notice,
        outbox::{self, Due, Fate},
        sweep, tenant,
    },
    error::Result,
    journey::limits,
    mail::{
        self,
        compose::Letter,
        send::{Failure, Mailer},
    },
    oidc::goodbye,
    state::AppState,
};
use std::time::Duration;
use tokio::{task::JoinSet, time};

/// Letters that one server sends at the same time.
const LETTERS: i64 = 16;
/// A letter that another server wrote, or that waits for its next try, is found after this.
const POST_EVERY: Duration = Duration::from_secs(2);
const NUMBERS_EVERY: Duration = Duration::from_secs(1);
const SWEEP_EVERY: Duration = Duration::from_secs(60);
const ROTATE_EVERY: Duration = Duration::from_secs(3600);
/// A layout whose notice was lost, or that a command wrote into our SQLite, reaches open pages after this.
const LOOK_EVERY: Duration = Duration::from_millis(800);
/// Between two tries to hear other servers.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);

/// Runs until it is dropped.
pub async fn run(state: AppState) {
    tokio::join!(
        carry_post(&state),
        say_goodbye(&state),
        write_numbers_down(&state),
        sweep_up(&state),
        rotate_keys(&state),
        listen(&state),
        tell_open_pages(&state)
    );
}

async fn listen(state: &AppState) {
    loop {
        if let Err(error) = notice::listen(&state.db).await {
            tracing::warn!(%error, "other servers cannot be heard; looking every {LOOK_EVERY:?} meanwhile");
        }
        time::sleep(LISTEN_AGAIN).await;
    }
}

async fn tell_open_pages(state: &AppState) {
    loop {
        if let Err(error) = state.open_pages.tell(&state.db).await {
            tracing::warn!(%error, "it could not be looked up which layouts are new");
        }
        // A save wakes us at once, ours or another server's.
        let _ = time::timeout(LOOK_EVERY, state.db.changed()).await;
    }
}

async fn carry_post(state: &AppState) {
    loop {
        match send_due(state).await {
            Ok(0) => {
                // A letter written now wakes us at once.
                let _ = time::timeout(POST_EVERY, state.post.notified()).await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the outbox could not be read");
                time::sleep(POST_EVERY).await;
            }
        }
    }
}

async fn say_goodbye(state: &AppState) {
    loop {
        match goodbye::say_due(state).await {
            Ok(0) => {
                // Whoever signs out now wakes us at once.
                let _ = time::timeout(POST_EVERY, state.goodbyes.notified()).await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "it could not be read who is to hear of a sign-out");
                time::sleep(POST_EVERY).await;
            }
        }
    }
}

/// One round of the post; says how many letters were tried.
pub async fn send_due(state: &AppState) -> Result<usize> {
    let due = outbox::take_due(&state.db, LETTERS, state.clock.now()).await?;
    let tried = due.len();
    let mut under_way = JoinSet::new();
    for due in due {
        let state = state.clone();
        under_way.spawn(async move { send(&state, due).await });
    }
    while let Some(settled) = under_way.join_next().await {
        if let Ok(Err(error)) = settled {
            tracing::warn!(%error, "a letter could not be settled");
        }
    }
    Ok(tried)
}

async fn send(state: &AppState, due: Due) -> Result<()> {
    let now = state.clock.now();
    let fate = if due.expires_at <= now {
        Fate::GivenUp
    } else {
        let plain = state.seal.open(&outbox::context(&due.tenant, &due.id), &due.sealed)?;
        let letter: Letter = serde_json::from_slice(&plain)?;
        let message_id = format!("<{}@{}>", due.id, state.config.public_url.host());
        match state.mailer.send(&letter, &message_id).await {
            Ok(()) => Fate::Sent { keep: matches!(*state.mailer, Mailer::Mailbox) },
            Err(Failure::Later(why)) => {
                tracing::warn!(letter = due.id, why, "a letter has to wait");
                let tries = u32::try_from(due.tries).unwrap_or(u32::MAX);
                Fate::TryAgain { at: now + mail::backoff(tries, state.chance.below(1000)) }
            }
            Err(Failure::Never(why)) => {
                tracing::warn!(letter = due.id, why, "a letter cannot be delivered");
                Fate::GivenUp
            }
        }
    };
    outbox::settle(&state.db, &due, fate, now).await
}

async fn write_numbers_down(state: &AppState) {
    loop {
        time::sleep(NUMBERS_EVERY).await;
        if let Err(error) = funnel::write_down(&state.db).await {
            tracing::warn!(%error, "the numbers of the flows have to wait");
        }
    }
}

async fn sweep_up(state: &AppState) {
    loop {
        time::sleep(SWEEP_EVERY).await;
        loop {
            match sweep::sweep(&state.db, limits::GUESSES, state.clock.now()).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, "sweeping failed");
                    break;
                }
            }
        }
    }
}

async fn rotate_keys(state: &AppState) {
    loop {
        time::sleep(ROTATE_EVERY).await;
        let tenants = tenant::list(&state.db).await.unwrap_or_default();
        for tenant in tenants {
            if let Err(error) = state.keys.rotate_due(&tenant.id).await {
                tracing::warn!(%error, tenant = %tenant.id, "keys could not be rotated");
            }
        }
    }
}
