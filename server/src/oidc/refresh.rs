//! `grant_type=refresh_token`: a token is used once and gives its successor (RFC 6749 §6, RFC 9700 §4.14).

use super::{
    redeem::OTHER_FLOW,
    token::{Granted, RefreshToken},
};
use crate::{
    client::{auth::Client, parameters::Parameters, place::Named},
    directory::{
        Durability,
        activity::{self, Activity},
        identity, outbox, session,
        tenant::Tenant,
        token_family::{self, Family, GRACE, Used},
    },
    error::{Refusal, Result},
    mail::compose::Mail,
    post,
    request::{
        self,
        asked_claims::AskedClaims,
        offered::Offered,
        scope::{Apis, Scopes},
    },
    secret::{
        seal::{Purpose, Seal},
        token,
    },
    sentences,
    state::AppState,
    wishes,
};
use app::contract::{id::TenantId, time::Timestamp};

pub async fn refresh(
    state: &AppState,
    tenant: &Tenant,
    named: Option<&Named>,
    client: &Client,
    form: &Parameters,
) -> Result<Granted> {
    let (now, public_url, application) = (state.clock.now(), &state.config.public_url, &client.application.id);
    // A stranger's token costs one hash, whatever it is asked for.
    let (id, number) = read(&state.seal, &tenant.id, form.required("refresh_token")?).ok_or_else(refused)?;
    let offered = Offered::to(&client.application, form.get("scope"), &state.db, &tenant.id, public_url).await?;
    let apis = Apis { application, public_url, offered: &offered };
    let asked = form.get("scope").map(|text| Scopes::asked(text, apis)).transpose()?;
    // The use comes first: in the ordinary case it is all that is asked of the database.
    let used = token_family::use_once(&state.db, &tenant.id, id, application, number, now).await?;
    let (family, profile, scopes) = match used {
        Some(Used { family, profile }) => match befits(state, tenant, client, named, asked.as_ref(), &family).await {
            Ok(scopes) => (family, profile, scopes),
            Err(error) => {
                token_family::give_back(&state.db, &tenant.id, &family).await?;
                return Err(error);
            }
        },
        None => {
            let family = used_before(state, tenant, client, id, number, now).await?;
            let scopes = befits(state, tenant, client, named, asked.as_ref(), &family).await?;
            (family, None, scopes)
        }
    };
    Ok(Granted {
        scopes,
        account: family.account,
        profile,
        session: family.session,
        user_flow: family.user_flow,
        amr: family.amr,
        signed_in_at: family.signed_in_at,
        // OpenID Connect Core §12.2: the nonce was for the first ID token.
        nonce: None,
        claims: family.claims.as_deref().map(AskedClaims::kept).transpose()?.unwrap_or_default(),
        refresh_token: Some(RefreshToken {
            token: written(&state.seal, &tenant.id, &family.id, family.uses),
            expires_at: family.expires_at,
        }),
        flow_name: family.flow_name,
        new_account: false,
    })
}

/// Whether this request may have tokens of the family, and for which scopes.
async fn befits(
    state: &AppState,
    tenant: &Tenant,
    client: &Client,
    named: Option<&Named>,
    asked: Option<&Scopes>,
    family: &Family,
) -> Result<Scopes> {
    client.befits(family.platform)?;
    if family.key.is_some() && family.key != client.key {
        return Err(invalid(70000, "The refresh token is bound to another key than the one of the DPoP proof.").into());
    }
    if named.is_some_and(|named| named.flow.id != family.user_flow) {
        let why = "The refresh token was issued by another user flow: use it at the address of that one.";
        return Err(invalid(OTHER_FLOW, why).into());
    }
    // OpenID Connect Core §12.2: the ID token has the issuer of the first one.
    if family.asked_at != request::own_address(&state.config.public_url) {
        let why = "The refresh token was issued under another host name: use it at the token endpoint of that one.";
        return Err(invalid(70000, why).into());
    }
    scopes(state, tenant, client, asked, family).await
}

/// Somebody was first. Only the immediately previous token gets a second answer, for a moment, and only the same one;
/// any other was stolen.
async fn used_before(
    state: &AppState,
    tenant: &Tenant,
    client: &Client,
    id: &str,
    number: i64,
    now: Timestamp,
) -> Result<Family> {
    let family = token_family::find(&state.db, &tenant.id, id, now).await?;
    // Another application's token stays as it was.
    let family = family.filter(|family| family.application == client.application.id).ok_or_else(refused)?;
    client.befits(family.platform)?;
    if number + 1 == family.uses && family.used_at + GRACE >= now {
        return Ok(family);
    }
    // One that works again meanwhile, because its use was given back: its owner asks once more.
    if number >= family.uses {
        return Err(refused().into());
    }
    revoke(state, tenant, client, &family, now).await?;
    Err(invalid(70000, "The refresh token was used before. It and its successors are revoked.").into())
}

/// The first token of a family.
pub fn first(seal: &Seal, tenant: &TenantId, family: &str) -> String {
    written(seal, tenant, family, 0)
}

/// `family.number.proof`: the proof is a keyed hash of 256 bits, so nobody but us can write one, and none is stored.
fn written(seal: &Seal, tenant: &TenantId, family: &str, number: i64) -> String {
    let number = number.to_string();
    let proof = token::keyed_hash(seal, Purpose::RefreshToken, &proved(tenant, family, &number));
    format!("{family}.{number}.{proof}")
}

/// Which family and which use of it. Nothing where the token is none of ours.
pub fn read<'a>(seal: &Seal, tenant: &TenantId, text: &'a str) -> Option<(&'a str, i64)> {
    let mut parts = text.splitn(3, '.');
    let (family, number, proof) = (parts.next()?, parts.next()?, parts.next()?);
    let ours = token::keyed_hash_is(seal, Purpose::RefreshToken, &proved(tenant, family, number), proof);
    ours.then_some(number.parse().ok()).flatten().map(|number| (family, number))
}

fn proved<'a>(tenant: &'a TenantId, family: &'a str, number: &'a str) -> [&'a [u8]; 3] {
    [tenant.as_str().as_bytes(), family.as_bytes(), number.as_bytes()]
}

/// A reuse is written down with the revocation, and its person is told: once, however often the token comes back.
async fn revoke(state: &AppState, tenant: &Tenant, client: &Client, family: &Family, now: Timestamp) -> Result<()> {
    let notices = notices(state, tenant, client, family).await?;
    let (tenant, id, reused) = (tenant.id.clone(), family.id.clone(), reused(state.chance.id(), family, now));
    let revoke = state.db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            if token_family::revoke(c, &tenant, &id, now).await? {
                activity::insert(&tenant, &reused).run(c).await?;
                outbox::insert_all(c, &tenant, &notices, now).await?;
            }
            Ok(())
        })
    });
    revoke.await?;
    state.post.notify_one();
    Ok(())
}

/// To every mailbox that is known to be the person's, in the language in which they signed in.
async fn notices(state: &AppState, tenant: &Tenant, client: &Client, family: &Family) -> Result<Vec<outbox::Waiting>> {
    let mailboxes = identity::list_mailboxes(&state.db, &tenant.id, &family.account).await?;
    let language = session::language(&state.db, &tenant.id, &family.session).await?;
    let language = language.unwrap_or_else(|| wishes::language("", None).into());
    let mail = Mail::SignedOut { application: client.application.name.clone() };
    let texts = sentences::spoken(state, &tenant.id, &language).await?;
    post::notices(state, tenant, &mailboxes, &mail, &texts)
}

/// Those that were granted and are asked again. Clients repeat what they always ask, so a scope that was never granted
/// is left out instead of refused; the answer says what remained (RFC 6749 §5.1). Those of APIs are as an administrator
/// grants them at this moment, whatever the sign-in asked for.
async fn scopes(
    state: &AppState,
    tenant: &Tenant,
    client: &Client,
    asked: Option<&Scopes>,
    family: &Family,
) -> Result<Scopes> {
    let (application, public_url) = (&client.application, &state.config.public_url);
    let once_asked = family.scope.as_str();
    let scopes = match asked {
        Some(asked) => asked.at_refresh(&Scopes::read(once_asked, Apis::usual(&application.id, public_url))),
        None => {
            let offered = Offered::to(application, Some(once_asked), &state.db, &tenant.id, public_url).await?;
            Scopes::read(once_asked, Apis { application: &application.id, public_url, offered: &offered })
        }
    };
    if scopes.open_nothing() {
        return Err(Refusal::new("invalid_scope", 70011, "None of the scopes in the request was granted.").into());
    }
    Ok(scopes.for_one(&application.id)?)
}

fn reused(id: String, family: &Family, at: Timestamp) -> Activity {
    Activity {
        id,
        at,
        kind: activity::Kind::RefreshTokenReused,
        account: Some(family.account.clone()),
        application: Some(family.application.clone()),
        user_flow: Some(family.user_flow.clone()),
    }
}

fn invalid(number: u32, why: &str) -> Refusal {
    Refusal::new("invalid_grant", number, why)
}

fn refused() -> Refusal {
    invalid(70008, "The refresh token is unknown, revoked or has expired.")
}
