//! The HTML documents: a hosted page with its Step inside, one that stands by itself (a problem, signing out), the portal
//! empty.

use crate::{
    contract::{
        brand::{Brand, Palette, Tone},
        journey::Page,
        portal::Portal,
        problem::Problem,
    },
    hosted::{self, DevicePage, Enrol, FormPost, Home, Onward, SetUp, SignOut, WebMessage, Whence},
    text::{Key, Texts, administrator, developer, direction},
    ui::{element::escape, ground::Ground, view::Drawing},
};
use leptos::prelude::*;
use serde::Serialize;
use std::{fmt::Write, sync::Arc};

/// Where the browser finds what it needs besides HTML. `js` is empty where no scripts were built; then none is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scripts {
    pub css: String,
    pub js: String,
    pub wasm: String,
    /// The page's sentences in its language.
    pub text: String,
}

/// A hosted page, whole: it works as it stands, and the script at its end makes it quicker.
pub fn hosted(page: &Page, texts: &Arc<Texts>, scripts: &Scripts, nonce: &str) -> String {
    let mut html = String::with_capacity(12 * 1024);
    head(&mut html, &hosted::title(page, texts), Some(&page.brand), texts, scripts, nonce);
    // At the head of the queue nothing is wanted but HTML and style: the script comes with low priority, and fetches the rest.
    if !scripts.js.is_empty() {
        let Scripts { js, wasm, text, .. } = scripts;
        for (part, value) in [
            ("<script type=\"module\" fetchpriority=\"low\" src=\"", js),
            ("\" data-wasm=\"", wasm),
            ("\" data-text=\"", text),
        ] {
            html.push_str(part);
            escape(&mut html, value);
        }
        html.push_str("\" nonce=\"");
        escape(&mut html, nonce);
        html.push_str("\"></script>");
        // Nothing is painted before the last element is there: a card that grows while it is read would move in the middle.
        html.push_str("<link rel=\"expect\" href=\"#page\" blocking=\"render\">");
    }
    html.push_str("</head><body class=\"ext-background-image\"><div id=\"hosted\" class=\"ext-middle\">");
    draw(&mut html, || hosted::hosted(Arc::new(page.clone()), texts.clone(), Ground::none()));
    html.push_str("</div>");
    if !scripts.js.is_empty() {
        html.push_str("<script type=\"application/json\" id=\"page\">");
        in_script(&mut html, page);
        html.push_str("</script>");
    }
    html.push_str("</body></html>");
    html
}

/// A hosted page for an element of somebody else's page: what stands inside `#hosted`.
pub fn fragment(page: &Page, texts: &Arc<Texts>) -> String {
    let mut html = String::with_capacity(4 * 1024);
    draw(&mut html, || hosted::hosted(Arc::new(page.clone()), texts.clone(), Ground::none()));
    html
}

/// The colours of a page that stands in a shadow root.
pub fn host_colours(brand: &Brand) -> String {
    let mut css = String::new();
    colours(&mut css, &Palette::new(brand.colour));
    css.replace(":root", ":host")
}

/// The page for what went wrong.
pub fn problem(problem: &Problem, whence: Option<Whence>, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = texts.say(hosted::problem_heading(problem.kind));
    let brand = whence.map(|whence| whence.brand);
    still(heading, brand, texts, scripts, nonce, || hosted::problem(problem, whence, texts))
}

/// The page that says what an error's number means.
pub fn error_number(code: &str, meaning: developer::Key, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = hosted::error_number_heading(code, texts);
    still(&heading, None, texts, scripts, nonce, || hosted::error_number(code, meaning, texts))
}

/// The page that asks whether to sign out.
pub fn sign_out(page: &SignOut, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = hosted::sign_out_heading(page.brand, texts);
    still(&heading, Some(page.brand), texts, scripts, nonce, || hosted::sign_out(page, texts))
}

/// The page of a device without a browser.
pub fn device(page: &DevicePage, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = hosted::device_heading(page, texts);
    still(&heading, Some(page.brand), texts, scripts, nonce, || hosted::device(page, texts))
}

/// The page that says it is done.
pub fn signed_out(brand: &Brand, home: Option<Home>, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = texts.say(Key::SignedOutHeading);
    still(heading, Some(brand), texts, scripts, nonce, || hosted::signed_out(brand, home, texts))
}

/// The page that tells other applications, if there are any, and goes on when they have heard it, or after a moment.
pub fn signing_out(
    brand: &Brand,
    frames: &[String],
    onward: Option<&str>,
    texts: &Texts,
    scripts: &Scripts,
    nonce: &str,
) -> String {
    let heading = texts.say(Key::SignedOutHeading);
    let view = || hosted::signing_out(brand, frames, onward, texts);
    let html = still(heading, Some(brand), texts, scripts, nonce, view);
    match onward {
        Some(onward) if frames.is_empty() => with_refresh(html, ["", ""], onward),
        // Where no script runs it goes as soon as all have loaded (HTML, "shared declarative refresh steps").
        Some(onward) => with_script(with_refresh(html, ["<noscript>", "</noscript>"], onward), nonce, &[ONWARD]),
        None => html,
    }
}

const ONWARD: &str = "{let go=()=>location.replace(document.getElementById('onward').href);\
    addEventListener('load',go);setTimeout(go,3000)}";

/// The page behind a form that leads to an application.
pub fn onward(page: &Onward, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = texts.say(Key::DoneHeading);
    let html = still(heading, Some(page.brand), texts, scripts, nonce, || hosted::onward(page, texts));
    with_refresh(html, ["", ""], page.location)
}

/// Goes there by itself: for the browser that is a way of its own, and none that began with a form. The location begins with no
/// quotation mark, which would be taken for one around it.
fn with_refresh(mut html: String, [before, behind]: [&str; 2], location: &str) -> String {
    let mut element = String::from(before);
    element.push_str("<meta http-equiv=\"refresh\" content=\"0;url=");
    escape(&mut element, location);
    element.push_str("\">");
    element.push_str(behind);
    if let Some(end) = html.find("</head>") {
        html.insert_str(end, &element);
    }
    html
}

/// The page that posts an answer to an application, as soon as it is there.
pub fn form_post(page: &FormPost, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = texts.say(Key::DoneHeading);
    let html = still(heading, Some(page.brand), texts, scripts, nonce, || hosted::form_post(page, texts));
    with_script(html, nonce, &["document.forms[0].submit()"])
}

/// The page that tells the window that opened it, if a page of that origin is still there, and closes (security R24).
pub fn web_message(page: &WebMessage, origin: &str, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = texts.say(Key::DoneHeading);
    let html = still(heading, Some(page.brand), texts, scripts, nonce, || hosted::web_message(page, texts));
    let (mut location, mut target) = (String::new(), String::new());
    in_script(&mut location, &page.location);
    in_script(&mut target, &origin);
    // Whoever hears it closes the window. One that closes itself at once may be seen closed before it is heard.
    with_script(html, nonce, &["opener?.postMessage({location:", &location, "},", &target, ");setTimeout(close,2e3)"])
}

/// Before the end of the body, so that everything it speaks of is there.
fn with_script(mut html: String, nonce: &str, script: &[&str]) -> String {
    html.truncate(html.len() - "</body></html>".len());
    html.push_str("<script nonce=\"");
    escape(&mut html, nonce);
    html.push_str("\">");
    html.extend(script.iter().copied());
    html.push_str("</script></body></html>");
    html
}

/// Shows and hides the password; everything else of the page works without.
const SHOW: &str = "addEventListener('click',e=>{let b=e.target.closest('.show'),i=b&&b.previousElementSibling;if(!b)return;\
    i.type=i.type=='password'?'text':'password';let n=b.dataset.other;b.dataset.other=b.textContent;b.textContent=n})";

/// A page that makes an administrator.
pub fn set_up(page: &SetUp, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let heading = texts.administer(page.whom.heading());
    let html = still(heading, Some(page.brand), texts, scripts, nonce, || hosted::set_up(page, texts));
    let mut hide = String::new();
    escape(&mut hide, texts.say(Key::Hide));
    with_script(html, nonce, &["document.querySelector('.show').dataset.other='", &hide, "';", SHOW])
}

/// The page on which an administrator sets up an authenticator app.
pub fn enrol(page: Enrol, texts: &Texts, scripts: &Scripts, nonce: &str) -> String {
    let brand = page.brand;
    let heading = texts.administer(administrator::Key::EnrolHeading);
    still(heading, Some(brand), texts, scripts, nonce, || hosted::enrol(page, texts))
}

/// The page that tells the recovery codes, once.
pub fn recovery_codes(
    brand: &Brand,
    codes: &[String],
    onward: &str,
    texts: &Texts,
    scripts: &Scripts,
    nonce: &str,
) -> String {
    let heading = texts.administer(administrator::Key::CodesHeading);
    still(heading, Some(brand), texts, scripts, nonce, || hosted::recovery_codes(brand, codes, onward, texts))
}

/// The portal, empty: its script fills `#admin`. What it has to know stands in `#portal`, as JSON.
pub fn portal(portal: &Portal, scripts: &Scripts, nonce: &str) -> String {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=\"en\" dir=\"ltr\"><head><meta charset=\"utf-8\"><title>Portico</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"/favicon.svg\">",
    );
    if !scripts.css.is_empty() {
        html.push_str("<link rel=\"stylesheet\" href=\"");
        escape(&mut html, &scripts.css);
        html.push_str("\">");
    }
    if !scripts.js.is_empty() {
        for (part, value) in [
            ("<script type=\"module\" src=\"", scripts.js.as_str()),
            ("\" data-wasm=\"", &scripts.wasm),
            ("\" nonce=\"", nonce),
        ] {
            html.push_str(part);
            escape(&mut html, value);
        }
        html.push_str("\"></script>");
    }
    html.push_str(
        "</head><body><div id=\"admin\"></div><noscript>The portal needs JavaScript.</noscript>\
         <script type=\"application/json\" id=\"portal\">",
    );
    in_script(&mut html, portal);
    html.push_str("</script></body></html>");
    html
}

/// A page that needs no script.
fn still(
    heading: &str,
    brand: Option<&Brand>,
    texts: &Texts,
    scripts: &Scripts,
    nonce: &str,
    view: impl FnOnce() -> Drawing,
) -> String {
    let title = brand.map_or_else(|| heading.to_owned(), |brand| format!("{heading} · {}", brand.name));
    let mut html = String::with_capacity(4 * 1024);
    head(&mut html, &title, brand, texts, scripts, nonce);
    html.push_str("</head><body class=\"ext-background-image\"><div id=\"hosted\" class=\"ext-middle\">");
    draw(&mut html, view);
    html.push_str("</div></body></html>");
    html
}

fn head(html: &mut String, title: &str, brand: Option<&Brand>, texts: &Texts, scripts: &Scripts, nonce: &str) {
    let language = texts.language();
    for (part, value) in [
        ("<!DOCTYPE html><html lang=\"", language),
        ("\" dir=\"", direction(language)),
        ("\"><head><meta charset=\"utf-8\"><title>", title),
        (
            "</title><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
             <meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"",
            &scripts.css,
        ),
        ("\"><style nonce=\"", nonce),
    ] {
        html.push_str(part);
        escape(html, value);
    }
    html.push_str("\">");
    colours(html, &Palette::new(brand.map(|brand| brand.colour).unwrap_or_default()));
    if let Some(ground) = brand.and_then(|brand| brand.ground("body")) {
        html.push_str(&ground);
    }
    html.push_str("</style>");
}

/// The tenant's colours, for light and dark. A colour is six hexadecimal digits and cannot be anything else.
fn colours(css: &mut String, palette: &Palette) {
    let mut tone = |Tone { brand, on_brand }: Tone| {
        // Writing to a String cannot fail.
        let _ = write!(css, ":root{{--brand:{brand};--on-brand:{on_brand}}}");
    };
    tone(palette.light);
    css.push_str("@media(prefers-color-scheme:dark){");
    let _ = write!(css, ":root{{--brand:{};--on-brand:{}}}}}", palette.dark.brand, palette.dark.on_brand);
}

/// The signals of a page live no longer than its drawing.
fn draw<V: IntoView>(html: &mut String, view: impl FnOnce() -> V) {
    let owner = Owner::new();
    html.push_str(&owner.with(|| view().into_view().to_html()));
    owner.cleanup();
}

/// JSON inside a script element: nothing in it can end the element, or a line of script (security, cve_kanidm_39).
fn in_script(html: &mut String, data: &impl Serialize) {
    // Strings, numbers and lists: it always has a JSON form.
    let json = serde_json::to_string(data).unwrap_or_default();
    for c in json.chars() {
        match c {
            '<' => html.push_str("\\u003c"),
            '\u{2028}' => html.push_str("\\u2028"),
            '\u{2029}' => html.push_str("\\u2029"),
            _ => html.push(c),
        }
    }
}
