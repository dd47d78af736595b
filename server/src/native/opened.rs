//! A journey that a continuation token opens, and how it goes on from one answer to the next token.

use super::{
    asked::Call,
    continuation::{Continuation, Held},
    told::refused,
    trouble::{Trouble, expired, invalid_token},
};
use crate::{
    directory::grant::Outcome,
    drive::{self, Carried, Visit},
    error::{Error, Result},
    hearings::Hearing,
    journey::show,
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
    /// Or it was opened by the token of before.
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
        let (tenant, caller) = (&self.tenant.id, self.caller.clone());
        let carried = Carried::open(&self.state, tenant, &held.journey, held.secret, caller).await?;
        let Carried { mut visit, secret, is_present } = carried;
        held.secret = secret;
        if let Some(method) = held.method {
            // The application was told how this very address signs in, whatever new ones do. Nobody signs up by it.
            let sign_up = if held.way == Path::SignIn { SignUp::Closed } else { visit.flow.sign_up };
            visit.flow = Arc::new(UserFlow { method, sign_up, ..(*visit.flow).clone() });
        }
        Ok((hearing, Opened { call: self, visit, held, is_present }))
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
        self.held.secret = drive::hand_over(&self.call.state, &self.visit, &self.held.secret).await?;
        self.token()
    }

    /// The same journey by the secret that it has.
    pub fn token(&self) -> Result<String> {
        self.call.sealed(&Continuation::Journey(Box::new(self.held.clone())))
    }

    /// The way is over and somebody is in. Told once.
    pub async fn code(&self) -> Result<Secret> {
        let (code, given) = drive::issue_code(&self.call.state, &self.visit, LIFETIME).await?;
        match given.outcome {
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
