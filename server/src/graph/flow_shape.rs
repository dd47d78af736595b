//! A user flow between the directory and Graph's JSON: shown with everything around it, read with every rule judged.

use super::{answer::etag, identity_providers, judge, user_flow_attributes::named};
use crate::{
    directory::{
        attachment::{self, Attachment},
        attribute,
        tenant::Tenant,
        user_flow::{self, Listed},
    },
    error::{Error, Flaw, Result},
    open_pages::OpenPages,
    state::AppState,
};
use app::{
    contract::{
        attribute::Attribute,
        flow_rules::{AddressProof, SignInName},
        id::{ApplicationId, TenantId, UserFlowId},
        resource::{
            application::Platform,
            identity_provider::{EMAIL_PASSCODE, EMAIL_PASSWORD, IdentityProvider},
            input::Input,
            moment::Moment,
            user_flow::{
                AttributeCollection, AttributeCollectionPage, Conditions, ConditionsApplications, FlowApplication,
                FlowProvider, FlowRedirectUri, FlowStart, MethodLoadStart, UserCreateStart, UserFlow as Shown,
                UserType, View,
            },
            user_flow_attribute::UserFlowAttribute,
        },
        user_flow::{About, Composition, Layout, Method, SignUp, UserFlow},
    },
    text,
};
use std::sync::Arc;

const LONGEST_NAME: usize = 256;
const LONGEST_DESCRIPTION: usize = 1024;
/// NIST 800-63B §3.1.1.2: an administrator may relax the length, never below eight.
const SHORTEST_PASSWORD: u16 = 8;
/// But for Azure AD B2C's "custom", which says of what else a password is made.
const SHORTEST_COMPOSED: u16 = 4;
const LONGEST_PASSWORD: u16 = 256;

/// The flows of a tenant, and what stands around them.
pub struct Flows {
    pub flows: Vec<Listed>,
    pub attributes: Vec<Attribute>,
    pub providers: Vec<IdentityProvider>,
    pub attached: Vec<Attachment>,
    pub tenant: TenantId,
    pub open_pages: Arc<OpenPages>,
}

impl Flows {
    pub async fn of(state: &AppState, tenant: &Tenant) -> Result<Flows> {
        Self::around(state, tenant, user_flow::list(&state.db, &tenant.id).await?).await
    }

    /// Some of the flows only.
    pub async fn these(state: &AppState, tenant: &Tenant, ids: &[String]) -> Result<Flows> {
        Self::around(state, tenant, user_flow::list_of(&state.db, &tenant.id, ids).await?).await
    }

    async fn around(state: &AppState, tenant: &Tenant, flows: Vec<Listed>) -> Result<Flows> {
        Ok(Flows {
            flows,
            attributes: attribute::list(&state.db, &tenant.id).await?,
            providers: identity_providers::all(state, tenant).await?,
            attached: attachment::list(&state.db, &tenant.id).await?,
            tenant: tenant.id.clone(),
            open_pages: state.open_pages.clone(),
        })
    }

    pub fn get(&self, id: &str) -> Result<&Listed> {
        self.flows.iter().find(|listed| listed.flow.id.as_str() == id).ok_or(Error::NotFound)
    }

    pub fn attached_to(&self, id: &UserFlowId) -> impl Iterator<Item = &Attachment> {
        self.attached.iter().filter(move |attachment| attachment.flow == *id)
    }

    /// Says where an application is, if it is somewhere else.
    pub fn free_for(&self, application: &str, id: &UserFlowId) -> Result<(), Flaw> {
        let elsewhere = self.attached.iter().find(|it| it.application.as_str() == application && it.flow != *id);
        let Some(attachment) = elsewhere else { return Ok(()) };
        let flow = self.flows.iter().find(|listed| listed.flow.id == attachment.flow);
        let flow = flow.map_or("another user flow", |listed| &listed.flow.name);
        let why = format!(
            "The application '{}' is attached to the user flow '{flow}'. Remove it there first: an application has one flow.",
            attachment.name
        );
        Err(Flaw::new("conditions/applications/includeApplications", why))
    }

    pub fn shown(&self, listed: &Listed) -> Shown {
        let applications = self.attached_to(&listed.flow.id).map(application).collect();
        Shown {
            people_signed_up: listed.people,
            open_pages: i64::try_from(self.open_pages.of(&self.tenant, &listed.flow.id)).ok(),
            created_date_time: Some(Moment(listed.created_at)),
            conditions: Conditions {
                applications: ConditionsApplications {
                    include_all_applications: false,
                    include_applications: applications,
                },
            },
            ..self.shown_alone(&listed.flow)
        }
    }

    /// Without its applications and numbers: what a revision has of its own.
    pub fn shown_alone(&self, flow: &UserFlow) -> Shown {
        let inputs: Vec<Input> = flow.layout.inputs.iter().map(Input::from).collect();
        let attributes = inputs.iter().filter_map(|input| named(&self.attributes, &input.attribute));
        let email = match flow.method {
            Method::Password => EMAIL_PASSWORD,
            Method::Passcode => EMAIL_PASSCODE,
        };
        let chosen = |provider: &&IdentityProvider| {
            provider.id() == email || flow.about.providers.iter().any(|id| id == provider.id())
        };
        Shown {
            etag: Some(etag(flow.layout.revision)),
            id: flow.id.to_string(),
            display_name: flow.name.clone(),
            description: flow.about.description.clone(),
            priority: flow.about.priority,
            on_interactive_auth_flow_start: FlowStart { is_sign_up_allowed: flow.sign_up == SignUp::Open },
            on_authentication_method_load_start: MethodLoadStart {
                identity_providers: self.providers.iter().filter(chosen).map(FlowProvider::from).collect(),
            },
            on_attribute_collection: AttributeCollection {
                access_packages: Vec::new(),
                attributes: attributes.map(UserFlowAttribute::from).collect(),
                attribute_collection_page: AttributeCollectionPage {
                    custom_strings_file_id: None,
                    views: vec![View { title: None, description: None, inputs }],
                },
            },
            on_user_create_start: UserCreateStart {
                user_type_to_create: if flow.about.makes_guests { UserType::Guest } else { UserType::Member },
                access_packages: Vec::new(),
            },
            kind: flow.kind,
            rules: flow.rules.clone(),
            keep_signed_in: flow.keep_signed_in,
            password_rule: flow.password,
            claims: flow.claims.clone(),
            disabled_languages: flow.about.languages_off.clone(),
            revision: flow.layout.revision,
            ..Shown::default()
        }
    }

    /// A flow as it was sent, by every rule; all faults told at once. `before` is how it was shown last.
    pub fn read(&self, sent: &Shown, before: Option<&Shown>, id: UserFlowId, revision: i64) -> Result<UserFlow> {
        let mut flaws = Vec::new();
        flaws.extend(self.words(sent, &id));
        flaws.extend(numbers(sent));
        flaws.extend(made_once(sent, before));
        flaws.extend(languages(sent));
        let (method, providers) = self.providers(sent).unwrap_or_else(|told| {
            flaws.extend(told);
            (Method::Password, Vec::new())
        });
        flaws.extend(names(sent, method));
        let inputs = judge::layout(&self.inputs(sent, before), &self.attributes).unwrap_or_else(|told| {
            flaws.extend(told);
            Vec::new()
        });
        if let Some(stranger) = sent.claims.iter().find(|claim| named(&self.attributes, claim).is_none()) {
            flaws.push(Flaw::new("claims", format!("There is no attribute '{stranger}'.")));
        }
        for attached in sent.applications() {
            flaws.extend(self.free_for(&attached.app_id, &id).err());
        }
        if !flaws.is_empty() {
            return Err(Error::Invalid(flaws));
        }
        Ok(UserFlow {
            id,
            name: sent.display_name.trim().into(),
            kind: sent.kind,
            method,
            sign_up: if sent.on_interactive_auth_flow_start.is_sign_up_allowed { SignUp::Open } else { SignUp::Closed },
            keep_signed_in: sent.keep_signed_in,
            password: sent.password_rule,
            layout: Layout { revision, inputs },
            claims: sent.claims.clone(),
            rules: sent.rules.clone(),
            about: About {
                description: sent.description.clone().filter(|text| !text.is_empty()),
                priority: sent.priority,
                makes_guests: sent.on_user_create_start.user_type_to_create == UserType::Guest,
                providers,
                languages_off: sent.disabled_languages.clone(),
            },
        })
    }

    fn words(&self, sent: &Shown, id: &UserFlowId) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let name = sent.display_name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            flaws
                .push(Flaw::new("displayName", format!("A user flow needs a name of 1 to {LONGEST_NAME} characters.")));
        }
        if self.flows.iter().any(|listed| listed.flow.name == name && listed.flow.id != *id) {
            flaws.push(Flaw::new(
                "displayName",
                format!("There is a user flow '{name}' already. Please choose another name."),
            ));
        }
        if sent.description.as_ref().is_some_and(|text| text.chars().count() > LONGEST_DESCRIPTION) {
            let why = format!("A description has {LONGEST_DESCRIPTION} characters at most.");
            flaws.push(Flaw::new("description", why));
        }
        if sent.conditions.applications.include_all_applications {
            let why = "Applications are attached one by one, so 'includeAllApplications' stays false.";
            flaws.push(Flaw::new("conditions/applications/includeAllApplications", why));
        }
        let page = &sent.on_attribute_collection.attribute_collection_page;
        if page.views.len() > 1 {
            let why = "A flow has one page of attributes: send one view.";
            flaws.push(Flaw::new("onAttributeCollection/attributeCollectionPage/views", why));
        }
        if page.views.iter().any(|view| view.title.is_some() || view.description.is_some()) {
            let why = "The words around the page are the branding's: leave title and description of the view empty.";
            flaws.push(Flaw::new("onAttributeCollection/attributeCollectionPage/views/0/title", why));
        }
        if page.custom_strings_file_id.is_some() {
            let why = "There are no string files: leave 'customStringsFileId' empty.";
            flaws.push(Flaw::new("onAttributeCollection/attributeCollectionPage/customStringsFileId", why));
        }
        flaws
    }

    /// How its accounts sign in, and the providers besides e-mail.
    fn providers(&self, sent: &Shown) -> Result<(Method, Vec<String>), Vec<Flaw>> {
        const PLACE: &str = "onAuthenticationMethodLoadStart/identityProviders";
        let told = |why: String| Err(vec![Flaw::new(PLACE, why)]);
        let ids: Vec<&str> = sent
            .on_authentication_method_load_start
            .identity_providers
            .iter()
            .map(|provider| provider.id.as_str())
            .collect();
        let method = match (ids.contains(&EMAIL_PASSWORD), ids.contains(&EMAIL_PASSCODE)) {
            (true, false) => Method::Password,
            (false, true) => Method::Passcode,
            (true, true) => {
                return told(
                    "People sign in with a password or with a one-time passcode: choose one of the two.".into(),
                );
            }
            (false, false) => {
                return told("Choose Email with password or Email one-time passcode.".into());
            }
        };
        for id in &ids {
            match self.providers.iter().find(|provider| provider.id() == *id) {
                None => return told(format!("There is no identity provider '{id}' in this tenant. Set it up first.")),
                Some(IdentityProvider::BuiltIn(built_in)) => {
                    if let Some(why) = &built_in.unavailable_because {
                        return told(why.clone());
                    }
                }
                Some(_) => {}
            }
        }
        let mut others: Vec<String> = Vec::new();
        for id in ids.into_iter().filter(|id| ![EMAIL_PASSWORD, EMAIL_PASSCODE].contains(id)) {
            if !others.iter().any(|known| known == id) {
                others.push(id.into());
            }
        }
        Ok((method, others))
    }

    /// The rows are the truth. An attribute that was sent beside them gets the usual row; one that was taken out of
    /// `attributes` while the rows stayed as they were loses its row.
    fn inputs(&self, sent: &Shown, before: Option<&Shown>) -> Vec<Input> {
        let listed: Vec<&str> = sent.on_attribute_collection.attributes.iter().map(|it| it.id.as_str()).collect();
        let is = |input: &Input, id: &str| named(&self.attributes, id).is_some_and(|known| known.id == input.attribute);
        let mut rows: Vec<Input> = sent.inputs().to_vec();
        for row in &mut rows {
            // Graph's spelling of an id becomes ours.
            if let Some(known) = named(&self.attributes, &row.attribute) {
                row.attribute = known.id.clone();
            }
        }
        let attributes_of = |flow: &Shown| flow.on_attribute_collection.attributes.clone();
        let only_attributes_changed = before
            .is_some_and(|before| before.inputs() == sent.inputs() && attributes_of(before) != attributes_of(sent));
        if only_attributes_changed {
            rows.retain(|row| listed.iter().any(|id| is(row, id)));
        }
        let rows_were_replaced = before.is_some_and(|before| before.inputs() != sent.inputs());
        for id in listed {
            let known = named(&self.attributes, id);
            let has_row = rows.iter().any(|row| known.is_some_and(|known| known.id == row.attribute));
            match known {
                // Rows that were replaced as a whole leave out what shall go.
                _ if has_row || rows_were_replaced => {}
                Some(attribute) => rows.push(Input::usual(attribute)),
                // Told as a fault by the judge.
                None => rows.push(Input { attribute: id.into(), label: id.into(), ..Input::default() }),
            }
        }
        rows
    }
}

fn languages(sent: &Shown) -> Option<Flaw> {
    let (off, spoken) = (&sent.disabled_languages, text::languages());
    let told = |why: String| Some(Flaw::new("disabledLanguages", why));
    if let Some(stranger) = off.iter().find(|tag| !spoken.contains(&tag.as_str())) {
        return told(format!("'{stranger}' is none of the languages of the pages: {}.", spoken.join(", ")));
    }
    match spoken.iter().all(|tag| off.iter().any(|off| off == tag)) {
        true => told("At least one language stays.".into()),
        false => None,
    }
}

/// Where there are no passwords, the code that comes back from an address is all there is.
fn names(sent: &Shown, method: Method) -> Vec<Flaw> {
    let told = |place: &str, why: &str| Flaw::new(place, why.to_owned());
    let user_names = sent.rules.sign_in_name != SignInName::Email;
    let as_typed = sent.rules.address == AddressProof::AsTyped;
    let rows = [
        (
            user_names,
            "rules/signInName",
            "A user name goes with a password: choose Email with password, or sign in by email.",
        ),
        (
            as_typed,
            "rules/address",
            "A one-time passcode proves the address: choose Email with password, or verify by a code.",
        ),
    ];
    let wrong = rows.into_iter().filter(|(asked, ..)| *asked && method == Method::Passcode);
    wrong.map(|(_, place, why)| told(place, why)).collect()
}

/// What a flow is, it stays: its applications count on it.
fn made_once(sent: &Shown, before: Option<&Shown>) -> Vec<Flaw> {
    let Some(before) = before else { return Vec::new() };
    let same = |what: &str, is: bool| {
        (!is).then(|| {
            Flaw::new(what, "This is part of the flow since it was made. Make another flow for it.".to_owned())
        })
    };
    same("kind", sent.kind == before.kind)
        .into_iter()
        .chain(same("rules/version", sent.rules.version == before.rules.version))
        .collect()
}

fn numbers(sent: &Shown) -> Vec<Flaw> {
    let told = |(place, why): (&str, &str)| Flaw::new(format!("rules/{place}"), why.to_owned());
    let mut flaws: Vec<Flaw> = sent.rules.faults().into_iter().map(told).collect();
    if !(0..=1000).contains(&sent.priority) {
        flaws.push(Flaw::new("priority", "A priority is a number from 0 to 1000."));
    }
    let (min, max) = (sent.password_rule.min_length, sent.password_rule.max_length);
    let shortest = match sent.password_rule.composition {
        Composition::Any => SHORTEST_PASSWORD,
        _ => SHORTEST_COMPOSED,
    };
    if min < shortest || min > 64 {
        let why = format!("A password's least length is {shortest} to 64 characters.");
        flaws.push(Flaw::new("passwordRule/minLength", why));
    }
    // Whole sentences and password managers have room (NIST 800-63B §3.1.1.2).
    if !(64..=LONGEST_PASSWORD).contains(&max) {
        let why = format!("A password's greatest length is 64 to {LONGEST_PASSWORD} characters.");
        flaws.push(Flaw::new("passwordRule/maxLength", why));
    }
    flaws
}

pub fn application(attachment: &Attachment) -> FlowApplication {
    let platform = |word: &str| match word {
        "spa" => Platform::Spa,
        "native" => Platform::PublicClient,
        _ => Platform::Web,
    };
    let uri = |(word, uri): &(String, String)| FlowRedirectUri { platform: platform(word), uri: uri.clone() };
    FlowApplication {
        app_id: attachment.application.to_string(),
        display_name: attachment.name.clone(),
        redirect_uris: attachment.redirect_uris.iter().map(uri).collect(),
        moved_from: None,
    }
}

/// Those that come and those that go, where a flow's applications are sent as a whole.
pub fn moved(before: &Shown, after: &Shown) -> (Vec<ApplicationId>, Vec<ApplicationId>) {
    let ids = |flow: &Shown| -> Vec<String> { flow.applications().iter().map(|it| it.app_id.clone()).collect() };
    let (before, after) = (ids(before), ids(after));
    let without = |these: &[String], those: &[String]| {
        these.iter().filter(|id| !those.contains(id)).map(|id| ApplicationId::from(id.as_str())).collect()
    };
    (without(&after, &before), without(&before, &after))
}
