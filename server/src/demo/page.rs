//! What the demo shop looks like. Nothing about signing in is decided here.

use super::Person;
use crate::assets;
use axum::{
    http::header,
    response::{Html, IntoResponse, Response},
};
use leptos::prelude::*;
use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Drawn for this page, as symbols to be used by name.
const PICTURES: &str = include_str!("pictures.svg");

/// The leaf, for the browser's tab.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M27 4C13 4 6 \
                    11 6 20c0 2 .5 4 1.3 5.6C11 17 16 13 21 11c-5 4-9 9-11.5 17.5C21 29 28 21 27 4Z' fill='%233f8a50'/%3E%3C/svg%3E";

struct Product {
    picture: &'static str,
    name: &'static str,
    grower: &'static str,
    price: &'static str,
}

const BOX: [Product; 6] = [
    Product { picture: "#tomatoes", name: "Vine tomatoes", grower: "Alder Lane, 500 g", price: "3.20" },
    Product { picture: "#carrots", name: "Bunched carrots", grower: "Low Field, one bunch", price: "2.10" },
    Product { picture: "#bread", name: "Country loaf", grower: "Mill Street Bakery, 800 g", price: "4.60" },
    Product { picture: "#apples", name: "Russet apples", grower: "Old Orchard, 1 kg", price: "3.90" },
    Product { picture: "#eggs", name: "Pasture eggs", grower: "Hazel Farm, six", price: "3.40" },
    Product { picture: "#honey", name: "Lime blossom honey", grower: "The hives on the hill, 250 g", price: "6.80" },
];

const STEPS: [(&str, &str); 3] = [
    ("Choose until noon", "Take the box as it is, or swap what you don’t like."),
    ("Picked at dawn", "Eleven growers, none further away than an hour."),
    ("At your door by six", "In a crate that we take back and use again."),
];

pub fn welcome() -> Response {
    let action = view! { <a class="button" href="/demo/sign-in">"Sign-in"</a> }.into_any();
    let main = view! {
        <section class="hero">
            <div class="pitch">
                <p class="eyebrow">"Fruit, vegetables, bread"</p>
                <h1><span>"Picked this morning."</span>" "<span>"On your table tonight."</span></h1>
                <p class="lead">"One crate a week from the growers around Woodgrove. Nothing travels far, nothing waits long."</p>
                <p class="actions">
                    <a class="button big" href="/demo/sign-in">"Start your first box"</a>
                    <a class="quiet" href="#box">"See what’s in it"</a>
                </p>
            </div>
            {picture("crate", "#crate", "0 0 560 470")}
        </section>
        <section class="box" id="box">
            <h2>"This week’s box"</h2>
            <p class="lead">"Six things that are at their best now."</p>
            <ul class="products">{BOX.iter().map(product).collect_view()}</ul>
        </section>
        <section class="steps">
            <h2>"From field to door in a day"</h2>
            <ol>{STEPS.map(|(name, text)| view! { <li><h3>{name}</h3><p>{text}</p></li> }).collect_view()}</ol>
        </section>
    };
    document("Woodgrove Groceries", action, main.into_any())
}

fn product(product: &Product) -> impl IntoView + use<> {
    let Product { picture: symbol, name, grower, price } = *product;
    view! {
        <li class="product">
            {picture("picture", symbol, "0 0 96 96")}
            <h3>{name}</h3>
            <p>{grower}</p>
            <p class="price">"€ "{price}</p>
        </li>
    }
}

pub fn person(person: &Person) -> Response {
    let claims = &person.claims;
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str).unwrap_or_default().to_string();
    let email =
        [text("email"), text("preferred_username")].into_iter().find(|known| !known.is_empty()).unwrap_or_default();
    let name = [text("name"), text("given_name"), email.clone()]
        .into_iter()
        .find(|known| !known.is_empty())
        .unwrap_or_default();
    let action = view! {
        <span class="who">{name.clone()}</span>
        <form method="post" action="/demo/sign-out"><button class="button">"Sign-out"</button></form>
    };
    let main = view! {
        <section class="account">
            <h1>"Good to see you, "<span class="name">{name.clone()}</span></h1>
            <p class="lead">"You are signed in. This is what the shop was told about you."</p>
            <dl class="details">
                <div><dt>"Name"</dt><dd>{name}</dd></div>
                <div><dt>"Email"</dt><dd>{email}</dd></div>
                {claims.iter().filter(|(claim, _)| is_attribute(claim)).map(attribute).collect_view()}
            </dl>
        </section>
        <section class="tokens">
            <h2>"The tokens behind it"</h2>
            <p class="lead">"A real shop would show you neither. The ID token is for the application; the access token is for its API, which alone should look inside."</p>
            <div class="pair">
                {token("ID token", &person.id_token)}
                {token("Access token", &person.access_token)}
            </div>
        </section>
    };
    document("Your account", action.into_any(), main.into_any())
}

/// What describes the person; the rest describes the token or the sign-in.
fn is_attribute(claim: &str) -> bool {
    const OTHERS: [&str; 28] = [
        "acct",
        "acr",
        "aio",
        "amr",
        "at_hash",
        "aud",
        "auth_time",
        "azp",
        "c_hash",
        "email",
        "email_verified",
        "exp",
        "iat",
        "idp",
        "iss",
        "jti",
        "login_hint",
        "name",
        "nbf",
        "nonce",
        "oid",
        "preferred_username",
        "rh",
        "sid",
        "sub",
        "tid",
        "uti",
        "ver",
    ];
    !OTHERS.contains(&claim)
}

fn attribute((claim, value): (&String, &Value)) -> impl IntoView + use<> {
    view! { <div><dt>{label(claim)}</dt><dd>{plain(value)}</dd></div> }
}

/// `given_name` and `extension_loyaltyNumber` as people read them: "Given name", "Loyalty number".
fn label(claim: &str) -> String {
    let mut label = String::new();
    for character in claim.trim_start_matches("extension_").trim_start_matches("extn.").chars() {
        match character {
            '_' | '.' => label.push(' '),
            _ if label.is_empty() => label.extend(character.to_uppercase()),
            _ if character.is_uppercase() => {
                label.push(' ');
                label.extend(character.to_lowercase());
            }
            _ => label.push(character),
        }
    }
    label
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".into(),
        Value::Bool(false) => "No".into(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn token(name: &'static str, token: &str) -> impl IntoView + use<> {
    let read = jsonwebtoken::dangerous::insecure_decode::<Map<String, Value>>(token).ok();
    let header = jsonwebtoken::decode_header(token).ok().and_then(|header| serde_json::to_value(header).ok());
    let parts = read.zip(header).map(|(read, header)| {
        view! {
            <h4>"Header"</h4>
            <table>{header.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).map(claim).collect_view()}</table>
            <h4>"Claims"</h4>
            <table>{read.claims.iter().map(claim).collect_view()}</table>
        }
    });
    let parts = parts
        .map(IntoAny::into_any)
        .unwrap_or_else(|| view! { <p>"It is opaque: only the provider can read it."</p> }.into_any());
    view! {
        <article class="token">
            <h3>{name}</h3>
            {parts}
            <details><summary>"As it travels"</summary><code class="raw">{token.to_string()}</code></details>
        </article>
    }
}

fn claim((claim, value): (&String, &Value)) -> impl IntoView + use<> {
    let moment = matches!(claim.as_str(), "exp" | "iat" | "nbf" | "auth_time").then(|| moment(value)).flatten();
    let shown = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    view! {
        <tr>
            <th scope="row">{claim.clone()}</th>
            <td><code>{shown}</code>{moment.map(|moment| view! { <span class="note">{moment}</span> })}</td>
        </tr>
    }
}

/// A NumericDate (RFC 7519 §2) as people read it.
fn moment(value: &Value) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp(value.as_i64()?).ok()?;
    Some(moment.format(&Rfc3339).ok()?.replace('T', " ").replace('Z', " UTC"))
}

pub fn trouble(heading: &'static str, lead: &'static str, details: Vec<(&'static str, String)>) -> Response {
    let action = view! { <a class="button" href="/demo/sign-in">"Sign-in"</a> }.into_any();
    let rows =
        details.into_iter().map(|(name, text)| view! { <div><dt>{name}</dt><dd>{text}</dd></div> }).collect_view();
    let main = view! {
        <section class="trouble">
            <h1>{heading}</h1>
            <p class="lead">{lead}</p>
            <dl class="details">{rows}</dl>
            <p class="actions">
                <a class="button big" href="/demo/sign-in">"Try again"</a>
                <a class="quiet" href="/">"Back to the shop"</a>
            </p>
        </section>
    };
    document(heading, action, main.into_any())
}

fn picture(class: &'static str, symbol: &'static str, view_box: &'static str) -> impl IntoView {
    view! { <svg class=class viewBox=view_box aria-hidden="true"><use href=symbol></use></svg> }
}

/// The document around every page: what the shop is, whose example it is, and what one can do in the top right corner.
fn document(title: &'static str, action: AnyView, main: AnyView) -> Response {
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                <link rel="icon" href=ICON/>
                <link rel="stylesheet" href=assets::address("demo.css")/>
            </head>
            <body>
                <div inner_html=PICTURES></div>
                <aside class="about">
                    "This shop is Portico’s demo application. Its mails arrive in the " <a href="/dev/mail">"built-in mailbox"</a> "."
                </aside>
                <header class="top">
                    <a class="logo" href="/">{picture("leaf", "#leaf", "0 0 32 32")}<span>"Woodgrove "<b>"Groceries"</b></span></a>
                    <div class="corner">{action}</div>
                </header>
                <main>{main}</main>
                <footer>
                    <p>"Woodgrove Groceries is invented. Nothing is sold, nobody calls."</p>
                    <p><a href="/dev/mail">"Mailbox"</a></p>
                </footer>
            </body>
        </html>
    };
    let page = format!("<!DOCTYPE html>{}", page.to_html());
    ([(header::CONTENT_SECURITY_POLICY, CSP), (header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_are_named_and_shown_as_people_read_them() {
        assert_eq!(label("given_name"), "Given name");
        assert_eq!(label("extension_loyaltyNumber"), "Loyalty number");
        assert_eq!(label("postalCode"), "Postal code");
        assert_eq!(plain(&json!(["tea", "rye"])), "tea, rye");
        assert_eq!(plain(&json!(true)), "Yes");
        assert_eq!(moment(&json!(1_800_000_000)).as_deref(), Some("2027-01-15 08:00:00 UTC"));
    }
}
