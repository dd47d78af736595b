//! What the server said, or this portal to itself before, as one of our types.

use crate::json::{self, read::read};
use serde::de::DeserializeOwned;

pub fn understood<T: DeserializeOwned>(text: &str) -> Option<T> {
    read(json::parse(text)?).ok()
}
