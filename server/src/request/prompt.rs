//! `prompt`: whether and what an application wants the person to see.

use crate::{client::parameters::Parameters, error::Refusal};

/// What the application wants the person to see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prompt {
    /// Whatever is needed.
    Any,
    /// No page at all.
    None,
    /// Proof anew, although somebody is signed in.
    Login,
    SelectAccount,
    /// The page that makes accounts.
    Create,
}

/// What discovery tells.
pub const PROMPTS: [&str; 4] = ["none", "login", "select_account", "create"];

/// OpenID Connect Core §3.1.2.1, and `create` of Initiating User Registration 1.0. Nobody is asked for consent here, so
/// `consent` asks for nothing.
pub fn prompt(asked: &Parameters) -> Result<Prompt, Refusal> {
    let words: Vec<&str> =
        asked.get("prompt").unwrap_or_default().split_whitespace().filter(|word| *word != "consent").collect();
    let read = |word: &&str| match *word {
        "none" => Ok(Prompt::None),
        "login" => Ok(Prompt::Login),
        "select_account" => Ok(Prompt::SelectAccount),
        "create" => Ok(Prompt::Create),
        _ => Err(Refusal::new("invalid_request", 901_011, "The prompt must be none, login, select_account or create.")),
    };
    let prompts = words.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let alone = asked.get("prompt").unwrap_or_default().split_whitespace().count() == 1;
    if prompts.contains(&Prompt::None) && !alone {
        return Err(Refusal::new("invalid_request", 901_011, "The prompt 'none' stands alone."));
    }
    // Of several the one that asks most: who must sign in anew need not choose first.
    let asks_most = [Prompt::None, Prompt::Create, Prompt::Login, Prompt::SelectAccount];
    Ok(asks_most.into_iter().find(|prompt| prompts.contains(prompt)).unwrap_or(Prompt::Any))
}
