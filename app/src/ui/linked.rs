//! Plain text in which `[text](https://…)` is a link; nothing else in it means anything.

use super::element::{El, Node, el};

#[derive(PartialEq, Debug)]
enum Part<'a> {
    Text(&'a str),
    Link { text: &'a str, url: &'a str },
}

/// Links open beside the page, so that a half-filled form stays.
pub fn linked(text: &str, opens_in_new_tab: &str) -> Vec<Node> {
    let node = |part| match part {
        Part::Text(text) => text.to_owned().into(),
        Part::Link { text, url } => link_beside(url, opens_in_new_tab).with(text.to_owned()).into(),
    };
    parts(text).into_iter().map(node).collect()
}

pub fn link_beside(url: &str, opens_in_new_tab: &str) -> El {
    el("a")
        .attr("href", url.to_owned())
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .attr("title", opens_in_new_tab.to_owned())
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest, mut from) = (Vec::new(), text, 0);
    while let Some(at) = rest[from..].find('[').map(|at| from + at) {
        let Some((link, length)) = link(&rest[at..]) else {
            from = at + 1;
            continue;
        };
        if at > 0 {
            parts.push(Part::Text(&rest[..at]));
        }
        parts.push(link);
        rest = &rest[at + length..];
        from = 0;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// Only the web's own schemes: nobody is led to `javascript:` (security R21).
pub fn is_of_the_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// The link with which `text` begins, and its length.
fn link(text: &str) -> Option<(Part<'_>, usize)> {
    let (label, rest) = text.strip_prefix('[')?.split_once(']')?;
    let (url, _) = rest.strip_prefix('(')?.split_once(')')?;
    let clean = !url.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_of_the_web(url) && clean && !label.is_empty())
        .then_some((Part::Link { text: label, url }, label.len() + url.len() + 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_links_are_links() {
        let link = |text, url| Part::Link { text, url };
        for (text, wanted) in [
            ("plain", vec![Part::Text("plain")]),
            (
                "I accept the [terms](https://w.example/t).",
                vec![Part::Text("I accept the "), link("terms", "https://w.example/t"), Part::Text(".")],
            ),
            ("[a](http://a)[b](https://b)", vec![link("a", "http://a"), link("b", "https://b")]),
            ("[x] and [a](https://a)", vec![Part::Text("[x] and "), link("a", "https://a")]),
            ("[x](javascript:alert(1))", vec![Part::Text("[x](javascript:alert(1))")]),
            ("[x](data:text/html,1) [", vec![Part::Text("[x](data:text/html,1) [")]),
            ("[x](https://a b)", vec![Part::Text("[x](https://a b)")]),
            ("[](https://a)", vec![Part::Text("[](https://a)")]),
            ("é[é](https://é)é", vec![Part::Text("é"), link("é", "https://é"), Part::Text("é")]),
        ] {
            assert_eq!(parts(text), wanted, "{text}");
        }
    }
}
