//! Logos and backgrounds: read once, written anew, and served by the name of their content (security R22).

use super::own;
use crate::{
    directory::{branding, tenant},
    error::{Error, Result},
    graph::{
        answer::nothing,
        caller::Caller,
        change::{self, Change},
    },
    pictures,
    secret::token,
    state::AppState,
};
use app::contract::brand::Brand;
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;

#[derive(Clone, Copy)]
enum Place {
    Logo,
    Background,
}

impl Place {
    fn named(word: &str) -> Result<Place> {
        match word {
            "bannerLogo" => Ok(Place::Logo),
            "backgroundImage" => Ok(Place::Background),
            _ => Err(Error::NotFound),
        }
    }

    fn of(self, brand: &Brand) -> Option<&String> {
        match self {
            Place::Logo => brand.logo.as_ref(),
            Place::Background => brand.background.as_ref(),
        }
    }

    fn put(self, brand: &Brand, path: Option<String>) -> Brand {
        match self {
            Place::Logo => Brand { logo: path, ..brand.clone() },
            Place::Background => Brand { background: path, ..brand.clone() },
        }
    }
}

pub async fn get_picture(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, word)): Path<(String, String)>,
) -> Result<Response> {
    own(&caller, &id)?;
    let tenant = tenant::get(&state.db, caller.tenant.id.as_str()).await?;
    let path = Place::named(&word)?.of(&tenant.brand).ok_or(Error::NotFound)?;
    Ok(Redirect::temporary(path).into_response())
}

pub async fn put_picture(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, word)): Path<(String, String)>,
    sent: Bytes,
) -> Result<Response> {
    own(&caller, &id)?;
    let place = Place::named(&word)?;
    let picture = tokio::task::spawn_blocking(move || pictures::written_anew(&sent)).await;
    // A decoder that panics has met a picture that is none.
    let picture = picture.unwrap_or_else(|_| Err(Error::BadRequest("The picture cannot be read.".into())))?;
    let hash = token::hash(&picture.body)[..32].to_owned();
    let brand = &tenant::get(&state.db, caller.tenant.id.as_str()).await?.brand;
    let after = place.put(brand, Some(format!("/pictures/{hash}")));
    let change = Change::updated(
        "Update branding",
        "Branding",
        &word,
        &word,
        &json!({ "picture": place.of(brand) }),
        &json!({ "picture": place.of(&after) }),
    )?;
    change::make(&state, &caller, change, |c, tenant, now| {
        Box::pin(async move {
            branding::keep_picture(c, tenant, &hash, &picture, now).await?;
            branding::set_brand(c, tenant, &after).await
        })
    })
    .await?;
    Ok(nothing())
}

pub async fn remove_picture(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, word)): Path<(String, String)>,
) -> Result<Response> {
    own(&caller, &id)?;
    let place = Place::named(&word)?;
    let brand = &tenant::get(&state.db, caller.tenant.id.as_str()).await?.brand;
    let before = place.of(brand).ok_or(Error::NotFound)?.clone();
    let after = place.put(brand, None);
    let change = Change::deleted("Update branding", "Branding", &word, &word, &json!({ "picture": before }))?;
    change::make(&state, &caller, change, |c, tenant, _| {
        Box::pin(async move { branding::set_brand(c, tenant, &after).await })
    })
    .await?;
    Ok(nothing())
}
