//! Bodies, read whole before anybody acts on them, so that no handler ever waits for a slow sender; and how much of them is
//! held at once, over all requests (fault F29).

use super::Refused;
use axum::{
    body::{Bytes, HttpBody},
    http::{Method, StatusCode, header, request::Parts},
};
use http_body_util::BodyExt;
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Security R44. What one request may bring.
pub const BODY_BYTES: usize = 64 * 1024;
/// What administrators send, and their pictures.
const MANAGEMENT_BYTES: usize = 256 * 1024;
const PICTURE_BYTES: usize = 1024 * 1024;
/// A design with its two pictures, in base64.
const DESIGN_BYTES: usize = 4 * 1024 * 1024;
const BODY_TIME: Duration = Duration::from_secs(15);

/// What all of them bring together: a stranger can fill no more of the container's 512 MiB, on however many connections.
const ROOM: usize = 64 * 1024 * 1024;

const TOO_LARGE: Refused = Refused(StatusCode::PAYLOAD_TOO_LARGE, "What was sent is too large.");
const BROKEN: Refused = Refused(StatusCode::BAD_REQUEST, "The request ended before it was complete.");
const TOO_SLOW: Refused = Refused(StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive.");
const FULL: Refused =
    Refused(StatusCode::SERVICE_UNAVAILABLE, "Too much is being sent right now. Please try again in a moment.");

pub struct Bodies {
    /// In bytes.
    room: Arc<Semaphore>,
}

impl Default for Bodies {
    fn default() -> Self {
        Self::within(ROOM)
    }
}

/// A body that has arrived, and its room: given back when the request is answered.
pub struct Arrived {
    pub bytes: Bytes,
    pub room: OwnedSemaphorePermit,
}

impl Bodies {
    pub fn within(bytes: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(bytes)) }
    }

    pub async fn whole<B: HttpBody<Data = Bytes>>(&self, parts: &Parts, body: B) -> Result<Arrived, Refused> {
        let most = largest(&parts.method, parts.uri.path());
        let announced =
            parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > most) {
            return Err(TOO_LARGE);
        }
        match timeout(BODY_TIME, self.read(body, most)).await {
            Ok(read) => read,
            Err(_elapsed) => Err(TOO_SLOW),
        }
    }

    async fn read<B: HttpBody<Data = Bytes>>(&self, body: B, most: usize) -> Result<Arrived, Refused> {
        let mut body = pin!(body);
        let mut bytes = Vec::<u8>::new();
        let mut room = self.take(0)?;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| BROKEN)?;
            // Trailers say nothing to us.
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > most {
                return Err(TOO_LARGE);
            }
            // As it arrives: what is only announced costs nothing, and keeps nobody else out.
            room.merge(self.take(data.len())?);
            bytes.extend_from_slice(&data);
        }
        Ok(Arrived { bytes: bytes.into(), room })
    }

    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Refused> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.room.clone().try_acquire_many_owned(bytes).map_err(|_| FULL)
    }
}

/// By where it goes. Nobody has proved anything yet: the large sizes are for those very addresses that need them, in their
/// plain spelling.
fn largest(method: &Method, path: &str) -> usize {
    let Some(path) = path.strip_prefix("/graph/v1.0/").or_else(|| path.strip_prefix("/graph/beta/")) else {
        return BODY_BYTES;
    };
    let segments: Vec<&str> = path.split('/').collect();
    match (method, segments.as_slice()) {
        (&Method::POST, ["import"]) => DESIGN_BYTES,
        (
            &Method::PUT,
            ["organization", _, "branding", "bannerLogo" | "backgroundImage"]
            | ["organization", _, "branding", "localizations", "0", "bannerLogo" | "backgroundImage"],
        ) => PICTURE_BYTES,
        _ => MANAGEMENT_BYTES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r44_only_where_a_picture_or_a_design_goes_more_may_come() {
        for (method, path, most) in [
            (Method::POST, "/woodgrove/oauth2/v2.0/token", BODY_BYTES),
            (Method::POST, "/import", BODY_BYTES),
            (Method::POST, "/graph/v2.0/import", BODY_BYTES),
            (Method::PATCH, "/graph/v1.0/users/1", MANAGEMENT_BYTES),
            (Method::POST, "/graph/v1.0/users/import", MANAGEMENT_BYTES),
            (Method::PUT, "/graph/v1.0/import", MANAGEMENT_BYTES),
            (Method::PUT, "/graph/v1.0/nowhere/branding/bannerLogo", MANAGEMENT_BYTES),
            (Method::PUT, "/graph/v1.0/organization/1/branding/favicon", MANAGEMENT_BYTES),
            (Method::POST, "/graph/v1.0/organization/1/branding/bannerLogo", MANAGEMENT_BYTES),
            (Method::PUT, "/graph/v1.0/organization/1/branding/bannerLogo", PICTURE_BYTES),
            (Method::PUT, "/graph/beta/organization/1/branding/localizations/0/backgroundImage", PICTURE_BYTES),
            (Method::POST, "/graph/v1.0/import", DESIGN_BYTES),
            (Method::POST, "/graph/beta/import", DESIGN_BYTES),
        ] {
            assert_eq!(largest(&method, path), most, "{method} {path}");
        }
    }
}
