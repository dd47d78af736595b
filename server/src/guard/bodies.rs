//! Bodies, read whole before anybody acts on them, so that no handler ever waits for a slow sender; and how much of them is
//! held at once, over all requests and of each network (fault F29).

use super::Refused;
use axum::{
    body::{Bytes, HttpBody},
    http::{Method, StatusCode, header, request::Parts},
};
use http_body_util::BodyExt;
use std::{
    collections::HashMap,
    net::IpAddr,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
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
pub const DESIGN_BYTES: usize = 4 * 1024 * 1024;
const BODY_TIME: Duration = Duration::from_secs(15);

/// What all of them bring together: a stranger can fill no more of the container's 512 MiB, on however many connections.
const ROOM: usize = 64 * 1024 * 1024;
/// Nobody has proved anything while a body arrives: were the room one pot, whoever sends slowly from one place would keep
/// everybody else out.
const NETWORKS_THAT_FILL_IT: usize = 8;

const TOO_LARGE: Refused = Refused(StatusCode::PAYLOAD_TOO_LARGE, "What was sent is too large.");
const BROKEN: Refused = Refused(StatusCode::BAD_REQUEST, "The request ended before it was complete.");
const TOO_SLOW: Refused = Refused(StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive.");
const FULL: Refused =
    Refused(StatusCode::SERVICE_UNAVAILABLE, "Too much is being sent right now. Please try again in a moment.");

pub struct Bodies {
    /// In bytes.
    room: Arc<Semaphore>,
    shares: Arc<Shares>,
}

impl Default for Bodies {
    fn default() -> Self {
        Self::within(ROOM)
    }
}

/// A body that has arrived, and its room: given back when the request is answered.
pub struct Arrived {
    pub bytes: Bytes,
    pub room: Room,
}

/// What a body takes of the room of all, and of its network's share in it.
pub struct Room {
    of_all: OwnedSemaphorePermit,
    of_network: Share,
}

/// How many bytes each network holds. Who holds none is not in it.
struct Shares {
    most: usize,
    held: Mutex<HashMap<IpAddr, usize>>,
}

/// What one body holds of its network's share, given back when it is dropped.
struct Share {
    shares: Arc<Shares>,
    network: IpAddr,
    bytes: usize,
}

impl Shares {
    /// The largest body fits into every share.
    fn of(room: usize) -> Self {
        Self { most: (room / NETWORKS_THAT_FILL_IT).max(DESIGN_BYTES), held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    fn grow(&mut self, bytes: usize) -> Result<(), Refused> {
        let mut held = self.shares.held();
        let grown = held.get(&self.network).copied().unwrap_or(0) + bytes;
        if grown > self.shares.most {
            return Err(FULL);
        }
        if bytes > 0 {
            held.insert(self.network, grown);
            self.bytes += bytes;
        }
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.held();
        let left = held.get(&self.network).copied().unwrap_or(0).saturating_sub(self.bytes);
        match left {
            0 => held.remove(&self.network),
            left => held.insert(self.network, left),
        };
    }
}

impl Bodies {
    pub fn within(bytes: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(bytes)), shares: Arc::new(Shares::of(bytes)) }
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.shares.held().is_empty()
    }

    pub async fn whole<B: HttpBody<Data = Bytes>>(
        &self,
        network: IpAddr,
        parts: &Parts,
        body: B,
    ) -> Result<Arrived, Refused> {
        let most = largest(&parts.method, parts.uri.path());
        let announced =
            parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > most) {
            return Err(TOO_LARGE);
        }
        match timeout(BODY_TIME, self.read(network, body, most)).await {
            Ok(read) => read,
            Err(_elapsed) => Err(TOO_SLOW),
        }
    }

    async fn read<B: HttpBody<Data = Bytes>>(&self, network: IpAddr, body: B, most: usize) -> Result<Arrived, Refused> {
        let mut body = pin!(body);
        let mut bytes = Vec::<u8>::new();
        let of_network = Share { shares: self.shares.clone(), network, bytes: 0 };
        let mut room = Room { of_all: self.take(0)?, of_network };
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| BROKEN)?;
            // Trailers say nothing to us.
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > most {
                return Err(TOO_LARGE);
            }
            // As it arrives: what is only announced costs nothing, and keeps nobody else out.
            room.of_network.grow(data.len())?;
            room.of_all.merge(self.take(data.len())?);
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
