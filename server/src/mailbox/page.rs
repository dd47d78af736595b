//! What the mailbox looks like.

use super::Mail;
use crate::assets;
use app::contract::{secret::Secret, time::Timestamp};
use axum::{
    http::header,
    response::{Html, IntoResponse, Response},
};
use leptos::{html::iframe, prelude::*};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                   frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

pub fn mailbox(mails: Vec<Mail>) -> Response {
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>"Mailbox"</title>
                <link rel="icon" href="/favicon.svg"/>
                <link rel="stylesheet" href=assets::address("mailbox.css")/>
                <script src="/dev/mail/live.js" defer=true></script>
            </head>
            <body>
                <header>
                    <h1>"Mailbox"</h1>
                    <p class="lead">"Every mail that this server writes arrives here at once, whoever it is for. It exists in development only."</p>
                    <p class="ways"><a href="/">"Demo application"</a><a class="reload" href="/dev/mail">"Look for new mail"</a></p>
                </header>
                <main>
                    <ol id="letters" aria-live="polite">{mails.into_iter().map(letter).collect_view()}</ol>
                    <div class="empty">
                        <h2>"No mail yet"</h2>
                        <p>"Ask for a code in the " <a href="/">"demo application"</a> "; it will be here before you are."</p>
                    </div>
                </main>
                <footer>"For tests: " <code>"GET /dev/mail/latest?to=ada@example.org"</code></footer>
            </body>
        </html>
    };
    let page = format!("<!DOCTYPE html>{}", page.to_html());
    ([(header::CONTENT_SECURITY_POLICY, CSP)], Html(page)).into_response()
}

fn letter(mail: Mail) -> impl IntoView {
    let Mail { id, at, letter } = mail;
    let (date_time, clock) = times(at);
    // Loaded when it is opened.
    let frame = iframe()
        .src(format!("/dev/mail/letters/{id}"))
        .title("The mail as it is sent")
        .sandbox("")
        .attr("loading", "lazy");
    view! {
        <li id=format!("letter-{id}")>
            <div class="envelope">
                <h2><bdi>{letter.subject}</bdi></h2>
                <p class="to">"To " <bdi>{letter.to}</bdi></p>
                <time datetime=date_time>{clock}</time>
            </div>
            {letter.code.map(|code| code_to_type(&code))}
            <details>
                <summary>"Show the mail"</summary>
                {frame}
            </details>
        </li>
    }
}

/// In two groups for the eye; in one piece when copied.
fn code_to_type(code: &Secret) -> impl IntoView + use<> {
    let code = code.reveal().to_string();
    let (first, second) = code.split_at_checked(code.len() / 2).unwrap_or((&code, ""));
    let groups = view! { <span>{first.to_string()}</span><span>{second.to_string()}</span> };
    view! {
        <div class="code">
            <code>{groups}</code>
            <button type="button" class="copy" data-code=code>"Copy"</button>
        </div>
    }
}

/// For machines, and for people who have no script to turn it into their own time.
fn times(at: Timestamp) -> (String, String) {
    let full = OffsetDateTime::from_unix_timestamp(at.seconds()).ok().and_then(|at| at.format(&Rfc3339).ok());
    let full = full.unwrap_or_default();
    let clock = full.get(11..19).map(|clock| format!("{clock} UTC")).unwrap_or_default();
    (full, clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_to_machines_and_people() {
        let told = times(Timestamp(1_800_000_000_123));
        assert_eq!(told, ("2027-01-15T08:00:00Z".into(), "08:00:00 UTC".into()));
    }
}
