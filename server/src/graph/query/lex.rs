//! The words of a `$filter`.

/// The longest filter, in bytes (security R39). Asked before anything is read.
pub const LONGEST: usize = 2048;

#[derive(Clone, PartialEq, Debug)]
pub enum Token {
    Open,
    Close,
    Comma,
    /// Between the name of a lambda and what it says.
    Colon,
    /// A name, a path `a/b`, a keyword, a number or a date: the parser knows by its place.
    Word(String),
    /// Between single quotes; a quote inside is doubled.
    Text(String),
}

pub fn tokens(filter: &str) -> Result<Vec<Token>, String> {
    if filter.len() > LONGEST {
        return Err(format!("The filter is longer than {LONGEST} bytes."));
    }
    let mut tokens = Vec::new();
    let mut rest = filter.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        tokens.push(match c {
            ' ' | '\t' => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            ':' => Token::Colon,
            '\'' => {
                let mut text = String::new();
                loop {
                    match rest.next() {
                        Some((_, '\'')) => match rest.next_if(|(_, next)| *next == '\'') {
                            Some(_) => text.push('\''),
                            None => break,
                        },
                        Some((_, c)) => text.push(c),
                        None => return Err("A text in the filter has no end: a quote is missing.".into()),
                    }
                }
                Token::Text(text)
            }
            c if is_of_word(c) => {
                // A date has colons in it; a name has not.
                let is_number = c.is_ascii_digit();
                let mut end = at + c.len_utf8();
                while let Some((next, c)) = rest.next_if(|(_, next)| is_of_word(*next) || (is_number && *next == ':')) {
                    end = next + c.len_utf8();
                }
                Token::Word(filter[at..end].into())
            }
            c => return Err(format!("The filter cannot be read at '{c}'.")),
        });
    }
    Ok(tokens)
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | '@')
}
