//! What the pages behind one-time links have in common: the secret in the address, the form that carries it on, and the
//! language of whoever came.

use crate::{
    error::{Error, Result},
    wishes,
};
use app::text::{self, Texts};
use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{header, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::sync::Arc;

/// The secret of a link. Without one there is no page here.
pub struct Link(pub String);

#[derive(Deserialize)]
struct Named {
    token: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Link {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Query(Named { token }) = Query::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        Ok(Link(token))
    }
}

/// A form of one of these pages. What cannot be read as one leads nowhere.
pub struct Filled<F>(pub F);

impl<S: Send + Sync, F: DeserializeOwned> FromRequest<S> for Filled<F> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let Form(filled) = Form::from_request(request, state).await.map_err(|_| Error::NotFound)?;
        Ok(Filled(filled))
    }
}

/// The sentences in the language that the browser asks for.
pub struct Tongue(pub Arc<Texts>);

impl<S: Send + Sync> FromRequestParts<S> for Tongue {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Tongue(text::texts(wishes::language("", parts.headers.get(header::ACCEPT_LANGUAGE)))))
    }
}
