//! The little that the portal asks of the browser itself.

use crate::ui::browser::{after, document, window};
use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect, Uint8Array};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, HtmlElement, Url, UrlSearchParams};

/// What this tab remembers until it is closed.
pub fn storage(key: &str) -> Option<String> {
    window().session_storage().ok()??.get_item(key).ok()?
}

pub fn set_storage(key: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = window().session_storage() {
        // Fails where the person allows no storage; a reload then signs in again.
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

/// Where the person is, on this server.
pub fn here() -> String {
    let location = window().location();
    let parts = [location.pathname(), location.search(), location.hash()];
    parts.into_iter().map(Result::unwrap_or_default).collect()
}

/// One value of a query such as `?code=…&state=…`.
pub fn query(search: &str, name: &str) -> Option<String> {
    UrlSearchParams::new_with_str(search).ok()?.get(name)
}

/// Random bytes as text that may stand in an address.
pub fn random(bytes: usize) -> String {
    let mut secret = vec![0; bytes];
    // Every browser that runs WebAssembly has it; were it missing, the server would refuse the short verifier.
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut secret);
    }
    base64url(&secret)
}

/// None where the page came over a connection that anybody can read: browsers then offer no digest.
pub async fn sha256(text: &str) -> Option<Vec<u8>> {
    let crypto = window().crypto().ok()?;
    if Reflect::get(&crypto, &"subtle".into()).ok()?.is_undefined() {
        return None;
    }
    let digest = crypto.subtle().digest_with_str_and_u8_array("SHA-256", text.as_bytes()).ok()?;
    Some(Uint8Array::new(&JsFuture::from(digest).await.ok()?).to_vec())
}

/// RFC 4648 §5, without padding.
pub fn base64url(bytes: &[u8]) -> String {
    let latin: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    // Fails only for characters above 255.
    let text = window().btoa(&latin).unwrap_or_default();
    text.replace('+', "-").replace('/', "_").replace('=', "")
}

pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let latin = window().atob(&text.replace('-', "+").replace('_', "/")).ok()?;
    latin.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// Puts text where the person can paste it from.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Hands the person a file.
pub fn download(name: &str, kind: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let Ok(file) = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options) else { return };
    let Ok(address) = Url::create_object_url_with_blob(&file) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    // Once the browser has begun to read it.
    after(Duration::from_secs(1), move || {
        // Fails only for what is no address.
        let _ = Url::revoke_object_url(&address);
    });
}

/// What stands in a file that somebody chose.
pub async fn text_of(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

thread_local! {
    /// How the browser writes moments. Making this takes longer than a row of a table does, so it is made once.
    static MOMENTS: Function = {
        let options = Object::new();
        for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
            // Fails only for a frozen object.
            let _ = Reflect::set(&options, &name.into(), &value.into());
        }
        DateTimeFormat::new(&Array::new(), &options).format()
    };
}

/// A moment in the person's own language and time zone.
pub fn moment(text: &str) -> String {
    let date = Date::new(&text.into());
    if date.get_time().is_nan() {
        return text.into();
    }
    let written = MOMENTS.with(|write| write.call1(&JsValue::UNDEFINED, &date));
    written.ok().and_then(|written| written.as_string()).unwrap_or_else(|| text.into())
}

/// A number with the separators that the person is used to.
pub fn number(value: i64) -> String {
    let text = value.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in text.chars().enumerate() {
        if at > 0 && (text.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    if value < 0 { format!("-{out}") } else { out }
}

/// Moves the focus once what was just drawn is there.
pub fn focus_soon(selector: &'static str) {
    after(Duration::ZERO, move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // Fails only for an element that is gone.
            let _ = element.focus();
        }
    });
}

/// To the first field that something is wrong with: of the window above the page, or else of the page.
pub fn focus_fault() {
    after(Duration::ZERO, || {
        let wrong = |place: &str| document().query_selector(&format!("{place} [aria-invalid=true]")).ok().flatten();
        let field =
            wrong("dialog").or_else(|| wrong("#content")).and_then(|field| field.dyn_into::<HtmlElement>().ok());
        if let Some(field) = field {
            // Fails only for an element that is gone.
            let _ = field.focus();
        }
    });
}

/// Where a form was drawn anew under whoever stood in it, back to the field of the same name: Enter saves, and the next key
/// goes on where they were.
pub fn focus_same(before: Option<HtmlElement>) {
    let Some(before) = before.filter(|before| !before.id().is_empty()) else { return };
    after(Duration::ZERO, move || {
        let same = document().get_element_by_id(&before.id()).and_then(|same| same.dyn_into::<HtmlElement>().ok());
        if let Some(same) = same.filter(|_| !before.is_connected()) {
            // Fails only for an element that is gone.
            let _ = same.focus();
        }
    });
}

pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Once something is gone that had the focus, it goes back to where it was before, or else to the content: nobody begins again
/// at the top of the document.
pub fn focus_again(before: Option<HtmlElement>) {
    after(Duration::ZERO, move || {
        let there = before.filter(|before| before.is_connected());
        let lost = || focused().is_none_or(|focused| focused.tag_name() == "BODY");
        let content = || document().get_element_by_id("content").and_then(|content| content.dyn_into().ok());
        if let Some(element) = there.or_else(|| if lost() { content() } else { None }) {
            // Fails only for an element that is gone.
            let _ = element.focus();
        }
    });
}
