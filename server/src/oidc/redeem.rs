//! `grant_type=authorization_code`: a code is redeemed once, by whom and for what it was made (RFC 6749 §4.1.3).

use super::{
    refresh,
    token::{Granted, RefreshToken},
};
use crate::{
    administration::{LONGEST_SESSION, REST_MINUTES, is_home},
    client::{
        auth::{Client, Shown},
        parameters::Parameters,
        place::Named,
    },
    config::PublicUrl,
    directory::{
        activity::{self, Activity},
        application::Platform,
        grant::{self, Grant, Outcome, Redeemed},
        session,
        tenant::Tenant,
        token_family::{self, Family},
    },
    error::{Refusal, Result},
    request::{
        self, Kept, RefreshRules,
        scope::{Apis, Scope},
    },
    secret::token,
    state::AppState,
};
use app::contract::{
    id::{ApplicationId, UserFlowId},
    time::Timestamp,
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long refresh tokens live.
pub struct Lives {
    /// One of them.
    pub lasts: Duration,
    /// All that follow from one sign-in; nothing where there is no end (security R30).
    pub ends_at: Option<Timestamp>,
}

impl Lives {
    pub fn of(rules: RefreshRules, platform: Platform, now: Timestamp) -> Self {
        let days = |days: u16| DAY * days.into();
        match platform {
            // A page has nowhere safe to keep one for longer, whatever the flow says.
            Platform::SinglePage => Self { lasts: DAY, ends_at: Some(now + DAY) },
            Platform::Web | Platform::Native => {
                Self { lasts: days(rules.days), ends_at: rules.window_days.map(|window| now + days(window)) }
            }
        }
    }

    /// An administrator's end with what they have at their browser (security R19).
    fn of_an_administrator(self, signed_in_at: Timestamp) -> Self {
        let rest = Duration::from_secs(60 * u64::from(REST_MINUTES));
        let end = signed_in_at + LONGEST_SESSION;
        Self { lasts: self.lasts.min(rest), ends_at: Some(self.ends_at.map_or(end, |ends_at| ends_at.min(end))) }
    }

    pub fn first_until(&self, now: Timestamp) -> Timestamp {
        self.ends_at.map_or(now + self.lasts, |end| end.min(now + self.lasts))
    }
}

/// What the application presents with the code.
struct Presented {
    application: ApplicationId,
    redirect_uri: String,
    verifier: String,
    /// It showed more than its name.
    proved: bool,
    /// It holds that key.
    key: Option<String>,
    here: Here,
}

/// Where a token endpoint is called: what was granted elsewhere is worth nothing there.
pub struct Here {
    /// The flow that the address names.
    user_flow: Option<UserFlowId>,
    /// The tenant's own address, where it is called under one.
    asked_at: Option<String>,
}

impl Here {
    pub fn at(public_url: &PublicUrl, named: Option<&Named>) -> Self {
        Self { user_flow: named.map(|named| named.flow.id.clone()), asked_at: request::own_address(public_url) }
    }

    pub fn gave(&self, grant: &Grant, kept: &Kept) -> Result<(), Refusal> {
        if self.user_flow.as_ref().is_some_and(|asked| *asked != grant.user_flow) {
            let why = "The code was issued by another user flow: redeem it at the address of that one.";
            return Err(invalid(OTHER_FLOW, why));
        }
        if kept.asked_at != self.asked_at {
            let why = "The code was issued under another host name: redeem it at the token endpoint of that one.";
            return Err(invalid(70000, why));
        }
        Ok(())
    }
}

pub async fn redeem(
    state: &AppState,
    tenant: &Tenant,
    named: Option<&Named>,
    client: &Client,
    form: &Parameters,
) -> Result<Granted> {
    let code = form.required("code")?;
    let presented = Presented {
        application: client.application.id.clone(),
        redirect_uri: form.get("redirect_uri").unwrap_or_default().into(),
        verifier: form.get("code_verifier").unwrap_or_default().into(),
        proved: client.shown != Shown::Name,
        key: client.key.clone(),
        here: Here::at(&state.config.public_url, named),
    };
    let platform = request::platform_of(&client.application, &presented.redirect_uri)
        .map_err(|refusal| Refusal { error: "invalid_grant", ..refusal })?;
    client.befits(platform)?;
    use_up(state, tenant, client, code, platform, move |grant| judge(&presented, grant)).await
}

/// What the grant of a code is worth to whoever presents it. The inner result is the application's fault, the outer one ours.
type Judged = Result<Result<(Granted, RefreshRules), Refusal>>;

/// A code that was presented is used up, even where the rest of the request is wrong: so the refusal is a result of the
/// unit and not its failure.
pub async fn use_up(
    state: &AppState,
    tenant: &Tenant,
    client: &Client,
    code: &str,
    platform: Platform,
    judge: impl FnOnce(&Grant) -> Judged + Send + 'static,
) -> Result<Granted> {
    let (now, code_hash, key) = (state.clock.now(), token::hash(code), client.key_of_refreshes());
    let family_id = state.chance.id();
    let reused = Activity {
        id: state.chance.id(),
        at: now,
        kind: activity::Kind::CodeReused,
        account: None,
        application: Some(client.application.id.clone()),
        user_flow: None,
    };
    let (tenant_id, config) = (tenant.id.clone(), state.config.clone());
    let redeemed = grant::redeem(&state.db, &tenant.id, code_hash, now, move |c, redeemed| {
        Box::pin(async move {
            let grant = match redeemed {
                Redeemed::Now(grant) => grant,
                Redeemed::Before => {
                    activity::insert(&tenant_id, &reused).run(c).await?;
                    return Ok(Err(invalid(
                        REDEEMED_BEFORE,
                        "The code was redeemed already. What was issued from it is revoked.",
                    )));
                }
                Redeemed::Never => return Ok(Err(invalid(NO_SUCH_CODE, "The code is unknown or has expired."))),
            };
            let (granted, rules) = match judge(&grant)? {
                Ok(judged) => judged,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let mut lives = Lives::of(rules, platform, now);
            if is_home(&tenant_id) {
                lives = lives.of_an_administrator(granted.signed_in_at);
            }
            let family = family(family_id, &grant, &granted, (platform, lives), &config.public_url, now)?
                .map(|family| Family { key, ..family });
            if let Some(family) = &family {
                token_family::insert(c, &tenant_id, family, now).await?;
            }
            Ok(Ok((granted, family)))
        })
    });
    let (mut granted, family) = redeemed.await??;
    granted.refresh_token = family.map(|family| RefreshToken {
        token: refresh::first(&state.seal, &tenant.id, &family.id),
        expires_at: family.expires_at,
    });
    // Whoever signed out in the minute between has signed out.
    let whose = session::whose(&state.db, &tenant.id, &granted.session).await?;
    granted.profile = whose.ok_or_else(|| invalid(50173, "The session has ended."))?;
    Ok(granted)
}

/// As B2C has it: what one flow gave is worth nothing at another (AADB2C90088).
pub const OTHER_FLOW: u32 = 700_005;
pub const REDEEMED_BEFORE: u32 = 54_005;
pub const NO_SUCH_CODE: u32 = 70_008;

fn invalid(number: u32, why: &str) -> Refusal {
    Refusal::new("invalid_grant", number, why)
}

fn judge(presented: &Presented, grant: &Grant) -> Judged {
    let kept: Kept = serde_json::from_str(&grant.request)?;
    if grant.application != presented.application {
        return Ok(Err(invalid(70000, "The code was issued to another application.")));
    }
    if let Err(refusal) = presented.here.gave(grant, &kept) {
        return Ok(Err(refusal));
    }
    if kept.to.uri != presented.redirect_uri {
        return Ok(Err(invalid(50011, "The redirect_uri is not the one of the authorization request.")));
    }
    if let Err(refusal) = proof_key(presented, kept.code_challenge.as_deref()) {
        return Ok(Err(refusal));
    }
    // RFC 9449 §10: a code that is bound to a key is redeemed by whoever holds it.
    if kept.key.is_some() && kept.key != presented.key {
        return Ok(Err(invalid(70000, "The code is bound to another key than the one of the DPoP proof.")));
    }
    // A reply without a code has one all the same, which nobody was told.
    if !kept.response.code {
        return Ok(Err(invalid(70000, "No code was asked for.")));
    }
    Ok(granted(grant, kept))
}

/// Whoever signed in, to an application to whom the code belongs.
pub fn granted(grant: &Grant, kept: Kept) -> Result<(Granted, RefreshRules), Refusal> {
    let Some(Outcome::SignedIn { account, session, amr, signed_in_at, new_account }) = grant.outcome.clone() else {
        return Err(invalid(70000, "Nobody has signed in for this code."));
    };
    let granted = Granted {
        account,
        profile: None,
        session,
        user_flow: grant.user_flow.clone(),
        amr,
        signed_in_at,
        scopes: kept.scopes,
        nonce: kept.nonce,
        claims: kept.claims,
        refresh_token: None,
        flow_name: kept.flow_name,
        new_account,
    };
    Ok((granted, kept.refresh))
}

/// RFC 7636 §4.6. Where no challenge was sent, somebody who brings a verifier is not who asked (RFC 9700 §4.8.2), and whoever
/// redeems the code has proved something else.
fn proof_key(presented: &Presented, challenge: Option<&str>) -> Result<(), Refusal> {
    let verifier = presented.verifier.as_str();
    match challenge {
        Some(challenge) if is_verifier(verifier) && token::hash(verifier) == challenge => Ok(()),
        Some(_) => Err(invalid(501481, "The code_verifier does not match the code_challenge.")),
        None if !verifier.is_empty() => {
            Err(invalid(501481, "There is a code_verifier, and there was no code_challenge."))
        }
        None if presented.proved => Ok(()),
        None => Err(invalid(7000218, "A code without a code_challenge is redeemed with the application's secret.")),
    }
}

/// RFC 7636 §4.1.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

fn family(
    id: String,
    grant: &Grant,
    granted: &Granted,
    (platform, lives): (Platform, Lives),
    public_url: &PublicUrl,
    now: Timestamp,
) -> Result<Option<Family>> {
    if !granted.scopes.has(&Scope::OfflineAccess) {
        return Ok(None);
    }
    Ok(Some(Family {
        id,
        grant: grant.id.clone(),
        application: grant.application.clone(),
        account: granted.account.clone(),
        session: granted.session.clone(),
        user_flow: grant.user_flow.clone(),
        platform,
        scope: granted.scopes.text(Apis::usual(&grant.application, public_url)),
        amr: granted.amr.clone(),
        signed_in_at: granted.signed_in_at,
        key: None,
        expires_at: lives.first_until(now),
        lasts: lives.lasts,
        ends_at: lives.ends_at,
        flow_name: granted.flow_name.clone(),
        // As the grant has it: it was judged by that.
        asked_at: request::own_address(public_url),
        claims: granted.claims.to_keep()?,
        uses: 0,
        used_at: now,
    }))
}
