//! A `$filter` as a tree: bounded in length, depth and size, so that nobody can make us think for long (security R39).

use super::lex::{Token, tokens};
use app::contract::resource::moment::Moment;

const DEEPEST: usize = 16;
const MOST_NODES: usize = 64;

#[derive(Clone, PartialEq, Debug)]
pub enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Compare {
        path: Path,
        operator: Operator,
        literal: Literal,
    },
    In {
        path: Path,
        literals: Vec<Literal>,
    },
    Text {
        path: Path,
        place: Place,
        text: String,
    },
    /// `identities/any(i:i/issuer eq 'x')`: paths inside are told from the item.
    Some {
        path: Path,
        of: Option<Box<Expression>>,
    },
}

/// `conditions/applications` without type casts: `["conditions", "applications"]`.
pub type Path = Vec<String>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    Equal,
    NotEqual,
    Greater,
    AtLeast,
    Less,
    AtMost,
}

/// Where in a value a text is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Start,
    End,
    Anywhere,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    Null,
    Boolean(bool),
    Number(i64),
    Moment(Moment),
    Text(String),
}

pub fn parse(filter: &str) -> Result<Expression, String> {
    let mut parser = Parser { tokens: tokens(filter)?, at: 0, nodes: 0 };
    let expression = parser.any(0, None)?;
    match parser.tokens.get(parser.at) {
        None => Ok(expression),
        Some(_) => Err("The filter goes on where it should end.".into()),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    nodes: usize,
}

impl Parser {
    /// `a or b`. `name` is the lambda's that we are in.
    fn any(&mut self, depth: usize, name: Option<&str>) -> Result<Expression, String> {
        let mut parts = vec![self.all(depth, name)?];
        while self.keyword("or") {
            parts.push(self.all(depth, name)?);
        }
        Ok(one_or(parts, Expression::Any))
    }

    fn all(&mut self, depth: usize, name: Option<&str>) -> Result<Expression, String> {
        let mut parts = vec![self.one(depth, name)?];
        while self.keyword("and") {
            parts.push(self.one(depth, name)?);
        }
        Ok(one_or(parts, Expression::All))
    }

    fn one(&mut self, depth: usize, name: Option<&str>) -> Result<Expression, String> {
        self.nodes += 1;
        if depth >= DEEPEST {
            return Err(format!("The filter is nested more than {DEEPEST} deep."));
        }
        if self.nodes > MOST_NODES {
            return Err(format!("The filter has more than {MOST_NODES} parts."));
        }
        if self.keyword("not") {
            return Ok(Expression::Not(Box::new(self.one(depth + 1, name)?)));
        }
        match self.next() {
            Some(Token::Open) => {
                let inside = self.any(depth + 1, name)?;
                self.expect(&Token::Close)?;
                Ok(inside)
            }
            Some(Token::Word(word)) if self.peek() == Some(&Token::Open) => {
                self.at += 1;
                self.call(&word, depth, name)
            }
            Some(Token::Word(word)) => self.comparison(&word, name),
            _ => Err("The filter lacks a property where one should stand.".into()),
        }
    }

    /// Behind the open bracket of `startswith(` or `things/any(`.
    fn call(&mut self, word: &str, depth: usize, name: Option<&str>) -> Result<Expression, String> {
        let place = match word.to_ascii_lowercase().as_str() {
            "startswith" => Place::Start,
            "endswith" => Place::End,
            "contains" => Place::Anywhere,
            _ => return self.lambda(word, depth, name),
        };
        let Some(Token::Word(property)) = self.next() else { return Err(format!("{word}() needs a property.")) };
        let path = path(&property, name)?;
        self.expect(&Token::Comma)?;
        let Some(Token::Text(text)) = self.next() else {
            return Err(format!("{word}() needs a text in single quotes."));
        };
        self.expect(&Token::Close)?;
        Ok(Expression::Text { path, place, text })
    }

    fn lambda(&mut self, word: &str, depth: usize, name: Option<&str>) -> Result<Expression, String> {
        let Some(collection) = word.strip_suffix("/any") else {
            return Err(format!("There is no function '{word}' in filters."));
        };
        let path = path(collection, name)?;
        if self.peek() == Some(&Token::Close) {
            self.at += 1;
            return Ok(Expression::Some { path, of: None });
        }
        let Some(Token::Word(item)) = self.next() else { return Err("any() needs a name for the item.".into()) };
        self.expect(&Token::Colon)?;
        let of = self.any(depth + 1, Some(&item))?;
        self.expect(&Token::Close)?;
        Ok(Expression::Some { path, of: Some(Box::new(of)) })
    }

    fn comparison(&mut self, word: &str, name: Option<&str>) -> Result<Expression, String> {
        let path = path(word, name)?;
        let Some(Token::Word(operator)) = self.next() else {
            return Err(format!("'{word}' in the filter is compared with nothing."));
        };
        let operator = match operator.to_ascii_lowercase().as_str() {
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "gt" => Operator::Greater,
            "ge" => Operator::AtLeast,
            "lt" => Operator::Less,
            "le" => Operator::AtMost,
            "in" => return Ok(Expression::In { path, literals: self.list()? }),
            _ => return Err(format!("There is no operator '{operator}' in filters.")),
        };
        Ok(Expression::Compare { path, operator, literal: self.literal()? })
    }

    fn list(&mut self) -> Result<Vec<Literal>, String> {
        self.expect(&Token::Open)?;
        let mut literals = vec![self.literal()?];
        while self.peek() == Some(&Token::Comma) {
            self.at += 1;
            self.nodes += 1;
            if self.nodes > MOST_NODES {
                return Err(format!("The filter has more than {MOST_NODES} parts."));
            }
            literals.push(self.literal()?);
        }
        self.expect(&Token::Close)?;
        Ok(literals)
    }

    fn literal(&mut self) -> Result<Literal, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Literal::Text(text)),
            Some(Token::Word(word)) => match word.as_str() {
                "null" => Ok(Literal::Null),
                "true" => Ok(Literal::Boolean(true)),
                "false" => Ok(Literal::Boolean(false)),
                _ => {
                    let number = word.parse().ok().map(Literal::Number);
                    let known = number.or_else(|| Moment::read(&word).map(Literal::Moment));
                    known.ok_or_else(|| format!("'{word}' is no value: texts stand in single quotes."))
                }
            },
            _ => Err("The filter lacks a value where one should stand.".into()),
        }
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(is_it);
        is_it
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        match self.next() {
            Some(next) if next == *token => Ok(()),
            _ => Err("A bracket, comma or colon is missing in the filter.".into()),
        }
    }
}

fn one_or(mut parts: Vec<Expression>, several: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            several(parts)
        }
        None => several(parts),
    }
}

/// Inside a lambda every path begins with the item's name, which says nothing more.
fn path(word: &str, name: Option<&str>) -> Result<Path, String> {
    let mut path: Path =
        word.split('/').filter(|segment| !segment.starts_with("microsoft.graph.")).map(String::from).collect();
    if let Some(name) = name {
        if path.first().map(String::as_str) != Some(name) {
            return Err(format!("Inside any() a property is written '{name}/{word}'."));
        }
        path.remove(0);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Literal {
        Literal::Text(text.into())
    }

    #[test]
    fn graphs_own_filters_are_read() {
        let long = "microsoft.graph.externalUsersSelfServiceSignUpEventsFlow/onAuthenticationMethodLoadStart/microsoft.graph.onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp/identityProviders/any(idp:idp/id eq 'Google-OAUTH')";
        assert_eq!(
            parse(long),
            Ok(Expression::Some {
                path: vec!["onAuthenticationMethodLoadStart".into(), "identityProviders".into()],
                of: Some(Box::new(Expression::Compare {
                    path: vec!["id".into()],
                    operator: Operator::Equal,
                    literal: text("Google-OAUTH")
                })),
            })
        );
        assert!(parse("identities/any(c:c/issuerAssignedId eq 'a@b.c' and c/issuer eq 'x')").is_ok());
        assert!(parse("createdDateTime ge 2031-02-03T04:05:06Z and not(startsWith(displayName,'a'))").is_ok());
        assert!(parse("id in ('a', 'b') or accountEnabled ne false").is_ok());
    }

    #[test]
    fn or_binds_less_than_and() {
        let Ok(Expression::Any(parts)) = parse("a eq 1 or b eq 2 and c eq 3") else { panic!() };
        assert!(matches!(parts[..], [Expression::Compare { .. }, Expression::All(_)]));
    }

    #[test]
    fn a_doubled_quote_is_one() {
        let Ok(Expression::Compare { literal, .. }) = parse("displayName eq 'O''Hara'") else { panic!() };
        assert_eq!(literal, text("O'Hara"));
    }

    #[test]
    fn cve_2026_46689_and_r39_what_is_too_much_is_refused_and_nothing_breaks() {
        assert!(parse(&"(".repeat(5000)).is_err());
        assert!(parse(&"(".repeat(2000)).is_err());
        assert!(parse(&"not ".repeat(500)).is_err());
        assert!(parse(&vec!["a eq 1"; 10_000].join(" or ")).is_err());
        assert!(parse(&vec!["a eq 1"; 65].join(" or ")).is_err());
        assert!(parse(&vec!["a eq 1"; 64].join(" or ")).is_ok());
        let nested = |depth: usize| format!("{}a eq 1{}", "(".repeat(depth), ")".repeat(depth));
        assert!(parse(&nested(15)).is_ok() && parse(&nested(16)).is_err());
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for filter in [
            "",
            "a",
            "a eq",
            "eq 1",
            "a eq 'x",
            "a == 1",
            "a eq 1 and",
            "(a eq 1",
            "a eq 1)",
            "drop(a,'x')",
            "a eq b",
            "a/any(x:y/z eq 1)",
            "a;b",
            "a eq 1 -- x",
            "\u{0}",
        ] {
            assert!(parse(filter).is_err(), "{filter}");
        }
    }
}
