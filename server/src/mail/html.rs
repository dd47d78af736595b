//! A letter as HTML: the pages' card, built the way mail clients bear it. Tables and inline styles, dark by a style sheet
//! where the client takes one, and nothing that is fetched: no picture, no font, no link, nothing that tells who read it.

use super::compose::Sheet;
use app::contract::brand::Colour;

const FONT: &str = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const CODE_FONT: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";

const DARK: &str = "\
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#0c0e13!important}
.card{background:#14171f!important;border-color:#262b37!important}
.ink{color:#eceef4!important}
.second{color:#a4abbd!important}
.third{color:#8d95a8!important}
.code{background:#0c0e13!important;border-color:#353c4b!important;color:#eceef4!important}
}";

pub fn page(sheet: &Sheet) -> String {
    let language = escape(sheet.language);
    let direction = sheet.direction;
    // Letters that join are not moved closer.
    let (start, tracking) = if direction == "rtl" { ("right", "normal") } else { ("left", "-.015em") };
    let colour = sheet.brand.colour;
    let on_colour = ink_on(colour);
    let name = escape(&sheet.brand.name);
    let letter = escape(&sheet.brand.name.chars().take(1).flat_map(char::to_uppercase).collect::<String>());
    let subject = escape(&sheet.subject);
    let heading = escape(&sheet.heading);
    let lead = escape(&sheet.lead);
    let code = sheet.code.map(|code| code_box(code.reveal())).unwrap_or_default();
    let advice = escape(&sheet.advice);
    let foot = escape(&sheet.foot);
    format!(
        r#"<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>{subject}</title>
<style>{DARK}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f6f7fb">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f6f7fb">
<tr><td align="center" style="padding:40px 16px;font-family:{FONT}">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:440px;background:#ffffff;border:1px solid #e3e6ee;border-radius:18px;border-collapse:separate">
<tr><td style="padding:32px;text-align:{start}">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" dir="{direction}"><tr>
<td width="28" height="28" align="center" style="width:28px;height:28px;background:{colour};border-radius:8px;color:{on_colour};font-size:15px;font-weight:700;line-height:28px">{letter}</td>
<td class="ink" style="padding:0 10px;color:#14161c;font-size:15px;font-weight:600">{name}</td>
</tr></table>
<h1 class="ink" style="margin:28px 0 0;color:#14161c;font-size:23px;line-height:1.3;font-weight:650;letter-spacing:{tracking}">{heading}</h1>
<p class="second" style="margin:6px 0 0;color:#5a6172;font-size:15px;line-height:1.5">{lead}</p>
{code}<p class="second" style="margin:24px 0 0;color:#5a6172;font-size:15px;line-height:1.5">{advice}</p>
</td></tr></table>
<p class="third" style="max-width:440px;margin:20px auto 0;color:#6b7385;font-size:13px;line-height:1.5">{foot}</p>
</td></tr></table>
</body>
</html>
"#
    )
}

/// The code at 32 px. The gap in the middle is for the eye: it is no character, so that a copy is the code and nothing else.
fn code_box(code: &str) -> String {
    let (first, second) = code.split_at_checked(code.len() / 2).unwrap_or((code, ""));
    let (first, second) = (escape(first), escape(second));
    format!(
        r#"<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0 0;border-collapse:separate"><tr>
<td class="code" dir="ltr" align="center" style="padding:18px 8px;background:#f6f7fb;border:1px solid #cfd4e0;border-radius:12px;color:#14161c;font-family:{CODE_FONT};font-size:32px;line-height:40px;font-weight:600;letter-spacing:.06em;text-align:center;-webkit-user-select:all;user-select:all"><span>{first}</span><span style="padding-left:.4em">{second}</span></td>
</tr></table>
"#
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// White or ink, whichever is read more easily on a colour.
fn ink_on(colour: Colour) -> Colour {
    const WHITE: Colour = Colour { red: 0xff, green: 0xff, blue: 0xff };
    const INK: Colour = Colour { red: 0x14, green: 0x16, blue: 0x1c };
    if colour.contrast(WHITE) >= colour.contrast(INK) { WHITE } else { INK }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_on_the_brand_is_readable() {
        for (colour, ink) in
            [("#3b5bdb", "#ffffff"), ("#ffd43b", "#14161c"), ("#000000", "#ffffff"), ("#ffffff", "#14161c")]
        {
            assert_eq!(Colour::read(colour).map(ink_on), Colour::read(ink), "{colour}");
        }
    }
}
