//! A journey that a continuation token opens, and how it goes on from one answer to the next token.

use super::{
    asked::Call,
    continuation::{Continuation, Held},
    told::refused,
    trouble::{Trouble, expired, invalid_token},
};
use crate::{
    directory::{
        Durability,
        grant::{self, Code, Outcome},
        journey as journeys,
    },
    drive::{self, Holder, Visit},
    error::{Error, Result},
    hearings::Hearing,
    journey::show,
    secret::token::{self, Token},
};
use app::contract::{
    journey::{Answer, Path, Step},
    secret::Secret,
    user_flow::{SignUp, UserFlow},
};
use std::{sync::Arc, time::Duration};

/// From the end of a way to the token endpoint, and from a code to the new password.
pub const LIFETIME: Duration = Duration::from_secs(600);

pub struct Opened {
    pub call: Call,
    pub visit: Visit,
    pub held: Held,
    /// Or it was opened by the token of before, by somebody whom the last answer did not reach: they are told again where they
    /// are, and what they send does not count again.
    pub is_present: bool,
}

impl Call {
    /// Answers of one journey are heard one after the other.
    pub async fn open(self, way: Path) -> std::result::Result<(Hearing, Opened), Trouble> {
        self.open_if(|held| held.way == way).await
    }

    /// Whichever way it began.
    pub async fn open_any(self) -> std::result::Result<(Hearing, Opened), Trouble> {
        self.open_if(|_| true).await
    }

    async fn open_if(self, is_so: impl Fn(&Held) -> bool) -> std::result::Result<(Hearing, Opened), Trouble> {
        let mut held = match self.unsealed()? {
            Continuation::Journey(held) if is_so(&held) => *held,
            Continuation::Journey(_) => return Err(invalid_token()),
            Continuation::Done { .. } => return Err(expired()),
        };
        let hearing = self.state.hearings.of(&held.journey).await;
        let (mut visit, is_present) = match self.visit(&held).await {
            Err(Error::JourneyOver) => {
                held.secret = drive::successor(&self.state, &held.journey, held.secret.reveal()).into();
                (self.visit(&held).await?, false)
            }
            visit => (visit?, true),
        };
        if let Some(method) = held.method {
            // The application was told how this very address signs in, whatever new ones do. Nobody signs up by it.
            let sign_up = if held.way == Path::SignIn { SignUp::Closed } else { visit.flow.sign_up };
            visit.flow = Arc::new(UserFlow { method, sign_up, ..(*visit.flow).clone() });
        }
        Ok((hearing, Opened { call: self, visit, held, is_present }))
    }

    async fn visit(&self, held: &Held) -> Result<Visit> {
        let holder = Holder::Bearer(held.secret.clone());
        Visit::load(&self.state, self.tenant.id.as_str(), &held.journey, holder, self.caller.clone()).await
    }
}

impl Opened {
    pub fn present(&self) -> Step {
        show(&self.visit.setting(), &self.visit.journey, self.visit.now)
    }

    /// Where the answer leads, or what was wrong with it. One that was not asked for leads nowhere.
    pub async fn hear(&mut self, answer: Answer) -> std::result::Result<Step, Trouble> {
        let present = self.present();
        let counts = self.is_present && is_asked(&present, &answer);
        // The end of a way is told to whoever was not told it.
        let is_over = self.visit.row.finished_at.is_some();
        if !counts && !is_over {
            return Ok(present);
        }
        let step = drive::drive(&self.call.state, &mut self.visit, answer).await?.step;
        match (&step, refused(&self.visit.journey)) {
            (Step::Done { .. }, _) | (_, None) => Ok(step),
            (_, Some(trouble)) => Err(trouble),
        }
    }

    /// The token that the answer brings. The one of before opens the journey once more, older ones nothing.
    pub async fn hand_over(&mut self) -> Result<String> {
        if !self.is_present {
            return self.token();
        }
        let secret = drive::successor(&self.call.state, &self.held.journey, self.held.secret.reveal());
        let (tenant, id, hash) = (self.visit.tenant.id.clone(), self.visit.row.id.clone(), token::hash(&secret));
        let hand_over = self.call.state.db.write(Durability::Fleeting, move |c| {
            Box::pin(async move { journeys::hand_over(c, &tenant, &id, &hash).await })
        });
        hand_over.await?;
        self.held.secret = secret.into();
        self.token()
    }

    /// The same journey by the secret that it has.
    pub fn token(&self) -> Result<String> {
        self.call.sealed(&Continuation::Journey(Box::new(self.held.clone())))
    }

    /// The way is over and somebody is in. Told once.
    pub async fn code(&self) -> Result<Secret> {
        let (state, tenant) = (&self.call.state, &self.visit.tenant.id);
        let found = grant::find(&state.db, tenant, &self.visit.row.grant).await?.ok_or(Error::JourneyOver)?;
        let code = Token::random(&state.chance);
        let issued = Code { hash: code.hash(), expires_at: self.visit.now + LIFETIME };
        let given = grant::issue_code(&state.db, tenant, &found.id, &found.browser, issued, self.visit.now).await?;
        match given.and_then(|grant| grant.outcome) {
            Some(Outcome::SignedIn { .. }) => Ok(code.reveal().into()),
            _ => Err(Error::JourneyOver),
        }
    }

    pub async fn done(&self) -> Result<String> {
        self.call.sealed(&Continuation::Done { code: self.code().await? })
    }
}

fn is_asked(step: &Step, answer: &Answer) -> bool {
    matches!(
        (step, answer),
        (Step::Address { .. }, Answer::Address { .. })
            | (Step::Code { .. }, Answer::Code { .. } | Answer::Resend)
            | (Step::SecondFactor, Answer::Code { .. })
            | (Step::SecondStep { .. }, Answer::UseCode)
            | (Step::SecondAddress { .. }, Answer::Address { .. })
            | (Step::SecondCode { .. }, Answer::Code { .. } | Answer::Resend)
            | (Step::SecondCode { enrols: true, .. }, Answer::Address { .. })
            | (Step::Password { .. }, Answer::Password { .. })
            | (Step::NewPassword { .. }, Answer::NewPassword { .. })
            | (Step::Attributes { .. }, Answer::Attributes { .. })
    )
}
