//! How a tenant's pages look: name, logo, colours, links. Typed tokens, never free style (security R22).

use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brand {
    /// What people know the tenant by.
    pub name: String,
    /// A path of ours; where there is none, the name's first letter stands in.
    pub logo: Option<String>,
    pub colour: Colour,
    /// A path of ours: the picture around the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    pub links: Vec<Link>,
}

impl Brand {
    /// The picture behind the pages in CSS, and a plain ground for the words that would stand on it: they are read whatever
    /// the picture is. None where there is none, or where what is there could mean something in a style sheet (security R22).
    pub fn ground(&self, body: &str) -> Option<String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
        let path = self.background.as_deref().filter(|path| path.starts_with('/') && path.bytes().all(plain))?;
        Some(format!(
            "{body}{{background:url({path}) center/cover fixed}}.foot{{margin-top:16px;padding:4px 16px;border-radius:12px;background:var(--card)}}"
        ))
    }
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

impl Link {
    /// Whether a page may lead there: to the web by https, to somebody's mail, and by plain http no further than the
    /// person's own machine. Never to script (security R21, R22).
    pub fn is_safe(&self) -> bool {
        let clean = !self.url.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\');
        let own_machine = |rest: &str| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
            ["localhost", "127.0.0.1", "[::1]"].contains(&name.map_or(host, |(name, _)| name))
        };
        let leads_there = match self.url.split_once(':') {
            Some(("https", rest)) => rest.starts_with("//"),
            Some(("mailto", _)) => true,
            Some(("http", rest)) => rest.strip_prefix("//").is_some_and(own_machine),
            _ => false,
        };
        clean && leads_there
    }
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
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
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

const WHITE: Colour = Colour { red: 255, green: 255, blue: 255 };
const BLACK: Colour = Colour { red: 0, green: 0, blue: 0 };
/// The lightest ground that dark pages put a link on (style/hosted: card), and the ink on a bright button.
const DARK_CARD: Colour = Colour { red: 0x14, green: 0x17, blue: 0x1f };
const DARK_INK: Colour = Colour { red: 0x0c, green: 0x0e, blue: 0x13 };
/// The darkest ground that light pages put a link on: the page around the card, as far as the brand's colour tints it.
const LIGHT_PAGE: Colour = Colour { red: 0xec, green: 0xee, blue: 0xf5 };

/// What text needs against its ground (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;
/// On dark ground a little more looks right.
const BRIGHT: f64 = 5.5;

/// A tenant's colour, made readable: as text on the pages' ground and as ground for a button's text, in light and in dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Palette {
    pub light: Tone,
    pub dark: Tone,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tone {
    pub brand: Colour,
    /// Text on a ground of the brand's colour.
    pub on_brand: Colour,
}

impl Palette {
    pub fn new(colour: Colour) -> Self {
        let dark_enough = |c: &Colour| c.contrast(LIGHT_PAGE) >= READABLE;
        let bright_enough = |c: &Colour| c.contrast(DARK_CARD) >= BRIGHT;
        Self {
            light: Tone { brand: colour.towards(BLACK, dark_enough), on_brand: WHITE },
            dark: Tone { brand: colour.brightened(bright_enough).towards(WHITE, bright_enough), on_brand: DARK_INK },
        }
    }
}

impl Colour {
    /// The contrast ratio, from 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// How light it looks, from 0 to 1 (WCAG 2.2, "relative luminance").
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Mixed with `goal` in the smallest of fifty steps that is good.
    fn towards(self, goal: Colour, good: impl Fn(&Colour) -> bool) -> Colour {
        let mix = |from: u8, to: u8, step: u32| {
            let mixed = (u32::from(from) * (50 - step) + u32::from(to) * step) / 50;
            // Between two bytes lies a byte.
            u8::try_from(mixed).unwrap_or(to)
        };
        let mixed = |step| Colour {
            red: mix(self.red, goal.red, step),
            green: mix(self.green, goal.green, step),
            blue: mix(self.blue, goal.blue, step),
        };
        (0..50).map(mixed).find(good).unwrap_or(goal)
    }

    /// The same hue, bright enough to be good, or as bright as it gets without white.
    fn brightened(self, good: impl Fn(&Colour) -> bool) -> Colour {
        let most = u32::from(self.red.max(self.green).max(self.blue)).max(1);
        let scaled = |channel: u8, to: u32| u8::try_from(u32::from(channel) * to / most).unwrap_or(u8::MAX);
        let up_to =
            |to| Colour { red: scaled(self.red, to), green: scaled(self.green, to), blue: scaled(self.blue, to) };
        (most..=255).map(up_to).find(good).unwrap_or_else(|| up_to(255))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r21_a_page_leads_to_the_web_or_to_mail_and_never_to_script() {
        for (url, safe) in [
            ("https://woodgrove.example/privacy", true),
            ("mailto:privacy@woodgrove.example", true),
            ("http://localhost:3000/privacy", true),
            ("http://127.0.0.1/", true),
            ("http://[::1]:80", true),
            ("http://woodgrove.example/privacy", false),
            ("http://localhost.evil.example/", false),
            ("http://localhost:x@evil.example/", false),
            ("javascript:alert(1)", false),
            ("JavaScript:alert(1)", false),
            (" javascript:alert(1)", false),
            ("java\nscript:alert(1)", false),
            ("data:text/html,<script>", false),
            ("vbscript:x", false),
            ("//evil.example/", false),
            ("/privacy", false),
            ("https:evil.example", false),
            ("https://a.example\\@b.example", false),
            ("", false),
        ] {
            assert_eq!(Link { kind: LinkKind::Privacy, url: url.into() }.is_safe(), safe, "{url:?}");
        }
    }

    #[test]
    fn every_colour_becomes_readable_in_light_and_dark() {
        let steps = [0, 0x11, 0x3b, 0x5b, 0x80, 0xaa, 0xdb, 0xff];
        for red in steps {
            for green in steps {
                for blue in steps {
                    let colour = Colour { red, green, blue };
                    let Palette { light, dark } = Palette::new(colour);
                    for (one, other) in [
                        (light.brand, WHITE),
                        (light.brand, LIGHT_PAGE),
                        (light.brand, light.on_brand),
                        (dark.brand, DARK_CARD),
                        (dark.brand, DARK_INK),
                        (dark.brand, dark.on_brand),
                    ] {
                        assert!(
                            one.contrast(other) >= READABLE,
                            "{colour}: {one} on {other} is {}",
                            one.contrast(other)
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_dark_colour_is_brightened_no_more_than_is_needed() {
        let leaf = Colour { red: 0x2f, green: 0x6b, blue: 0x3f };
        assert_eq!(Palette::new(leaf).light.brand, leaf);
        assert_eq!(Palette::new(leaf).dark.brand.to_string(), "#46a05e");
    }

    #[test]
    fn a_readable_colour_stays_as_it_is() {
        assert_eq!(Palette::new(Colour::default()).light.brand, Colour::default());
        assert_eq!(BLACK.contrast(WHITE), 21.0);
    }
}
