//! Scripts and styles without what only those who write them need.

use std::collections::{BTreeMap, BTreeSet};

/// The script without its comments and indentation, a sixth of it: nobody fetches it to read. Both sources write a comment on
/// lines of its own, and no string of theirs goes over several lines.
pub fn bare(script: &str) -> String {
    let is_comment = |line: &str| ["//", "/*", "*"].iter().any(|mark| line.starts_with(mark));
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !is_comment(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Without the spaces beside punctuation, and the ends of lines that end no statement. Only for scripts of our own, in which
/// no pattern holds a quotation mark.
pub fn tight(script: &str) -> String {
    let is_mark = |character: char| "{}()=,;:?+<>|&!".contains(character);
    let mut small = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '"' | '\'' | '`' => string_length(rest, next),
            _ => next.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        let is_needless = match next {
            ' ' => small.ends_with(is_mark) || rest.starts_with(is_mark),
            '\n' => small.ends_with(['{', '(', ',', ';']) || rest.starts_with(['}', ')']),
            _ => false,
        };
        if !is_needless {
            small.push_str(piece);
        }
    }
    small
}

/// With short names for what a class keeps to itself: nobody outside it can say them (ECMAScript, private names).
pub fn abbreviated(script: &str) -> String {
    let is_inside = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let name_at = |rest: &str| rest[..rest.find(|c: char| !is_inside(c)).unwrap_or(rest.len())].to_owned();
    let said: BTreeSet<String> = script.split(".#").skip(1).map(name_at).collect();
    let short: BTreeMap<String, char> = said.into_iter().zip(('a'..='z').chain('A'..='Z')).collect();
    let mut pieces = script.split('#');
    let mut small = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let name = name_at(piece);
        small.push('#');
        match short.get(&name) {
            Some(letter) => small.push(*letter),
            None => small.push_str(&name),
        }
        small.push_str(&piece[name.len()..]);
    }
    small
}

/// CSS without comments and needless white space. Strings stay as they are, and so does all space that may carry meaning.
pub fn minify(css: &str) -> String {
    let mut small = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            continue;
        }
        let length = match next {
            '"' | '\'' => string_length(rest, next),
            _ => next.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        if next.is_whitespace() {
            // Before `:` space matters (`a :hover`), after it never.
            if !small.ends_with(['{', '}', ';', ',', ':', '>', ' ']) && !small.is_empty() {
                small.push(' ');
            }
            continue;
        }
        if matches!(next, '{' | '}' | ';' | ',' | '>') && small.ends_with(' ') {
            small.pop();
        }
        if next == '}' && small.ends_with(';') {
            small.pop();
        }
        small.push_str(piece);
    }
    small.trim_end().to_owned()
}

/// From a quotation mark to its partner, both included.
fn string_length(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if character == mark && !escaped {
            return at + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    text.len()
}
