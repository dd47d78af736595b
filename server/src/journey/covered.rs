//! A name as it is told to who knows it, and to nobody who looks over their shoulder.

/// `m***a@e***e.org`
pub fn covered(name: &str) -> String {
    let covered = |word: &str| {
        let mut letters = word.chars();
        let (first, last) = (letters.next(), letters.next_back());
        [first.map(String::from), Some("***".into()), last.map(String::from)].into_iter().flatten().collect::<String>()
    };
    let (local, domain) = name.rsplit_once('@').unwrap_or((name, ""));
    match domain.rsplit_once('.') {
        Some((name, top)) => format!("{}@{}.{top}", covered(local), covered(name)),
        None => covered(local),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_covered() {
        assert_eq!(covered("mina@example.org"), "m***a@e***e.org");
        assert_eq!(covered("m@x.co.uk"), "m***@x***o.uk");
        assert_eq!(covered("Mina-K"), "M***K");
        assert_eq!(covered("äb@ö.example"), "ä***b@ö***.example");
    }
}
