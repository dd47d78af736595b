//! `GET /{tenant}/oauth2/v2.0/checksession`: a page without anything to see, for a frame inside an application's own. Asked by
//! the application whether its person still is signed in, it answers without asking us (OpenID Connect Session Management 1.0
//! §3.2, §5.1).
//!
//! It says `error`, after which nobody is to do anything, where the browser keeps our cookie from it: in frames of other sites.
//! There, applications hear by back-channel and front-channel logout.

use crate::{
    client::place::Place,
    cookie::Cookie,
    directory::{application, tenant},
    error::Result,
    html,
    state::AppState,
};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::Response,
};

pub async fn get(State(state): State<AppState>, place: Place, headers: HeaderMap) -> Result<Response> {
    let tenant = tenant::get(&state.db, &place.tenant).await?;
    let nonce = html::nonce(&state.chance);
    let cookie = Cookie::BrowserState(tenant.id.clone()).name(state.config.public_url.is_https());
    // Both are letters, digits and signs that end no string.
    let body = format!(
        "<!doctype html><title>Session</title><script nonce=\"{nonce}\">const NAME='{cookie}=';{SCRIPT}</script>"
    );
    let asks = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok()).and_then(application::origin_of);
    let framed_by = match asks {
        Some(origin) if application::is_registered_origin(&state.db, &tenant.id, &origin).await? => Some(origin),
        _ => None,
    };
    Ok(html::document_framed_by(body, nonce, framed_by))
}

/// The answer goes to whoever asked and to nobody else, be it the page around it or a frame beside it (security R24).
const SCRIPT: &str = "addEventListener('message',async e=>{let a='error',\
    [,client,state,salt]=/^(\\S+) (\\S+\\.(\\S+))$/.exec(e.data)||[],\
    cookie=document.cookie.split('; ').find(it=>it.startsWith(NAME));\
    if(salt&&cookie){let word=cookie.slice(NAME.length),\
    bytes=new TextEncoder().encode([client,e.origin,word,salt].join(' ')),\
    hash=new Uint8Array(await crypto.subtle.digest('SHA-256',bytes)),\
    text=btoa(String.fromCharCode(...hash)).replace(/\\+/g,'-').replace(/\\//g,'_').replace(/=/g,'');\
    a=text+'.'+salt==state?'unchanged':'changed'}\
    if(e.origin!='null')e.source?.postMessage(a,e.origin)})";
