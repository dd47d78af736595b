//! How a tenant's pages look: name, logo, colours, links. Typed tokens, never free style (security R22).

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brand {
    /// What people know the tenant by.
    pub name: String,
    /// A path of ours; where there is none, the name's first letter stands in.
    pub logo: Option<String>,
    pub colour: Colour,
    pub links: Vec<Link>,
}

/// One of the links below the card.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    pub kind: LinkKind,
    pub url: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LinkKind {
    Privacy,
    Terms,
}

/// An sRGB colour, written `#3b5bdb`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Colour::read(&text).ok_or("a colour is written like #3b5bdb")
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        format!("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue)
    }
}

impl Colour {
    pub fn read(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Colour { red: channel(0)?, green: channel(2)?, blue: channel(4)? })
    }
}

impl Default for Colour {
    fn default() -> Self {
        Colour { red: 0x3b, green: 0x5b, blue: 0xdb }
    }
}
