//! The ready tenant of development: Woodgrove, its flow, its attributes and the demo application.

use crate::{
    demo,
    directory::{
        application::{self, Application, Platform, RedirectUri},
        attribute,
        tenant::{self, Kind, Tenant},
        user_flow,
    },
    error::{Error, Result},
    state::AppState,
};
use app::contract::{
    attribute::{Attribute, CUSTOM_MAX_LENGTH, DataType, Origin},
    brand::{Brand, Colour, Link, LinkKind},
    flow_rules::FlowRules,
    id::{ApplicationId, TenantId, UserFlowId},
    time::Timestamp,
    user_flow::{
        About, Choice, FlowKind, Input, InputKind, Layout, Method, PasswordRule, SignUp, UserFlow, Visibility, Words,
    },
};

/// The name of the ready tenant in URLs.
pub const TENANT: &str = "demo";
const TENANT_ID: &str = "5d0f7a52-6b1e-4c53-9d7e-2f4f3f0c9a11";
const FLOW_ID: &str = "c2a8e1d4-70b3-4f6c-8a95-61e0d7b9f322";

/// Makes the tenant if it is not there yet.
pub async fn seed(state: &AppState) -> Result<()> {
    match tenant::get(&state.db, TENANT).await {
        Ok(_) => return lead_back_here(state).await,
        Err(Error::NotFound) => {}
        Err(error) => return Err(error),
    }
    let (tenant, now) = (TenantId::from(TENANT_ID), state.clock.now());
    tenant::insert(&state.db, woodgrove(tenant.clone()), vec![TENANT.into()], now).await?;
    for custom in attributes() {
        attribute::insert(&state.db, &tenant, custom, now).await?;
    }
    user_flow::insert(&state.db, &tenant, flow(), now).await?;
    let origin = state.config.public_url.origin();
    application::insert(&state.db, &tenant, demo_application(origin), now).await?;
    state.keys.ensure(&tenant).await
}

/// The server may have moved to another port since: the shop moves with it, and sign-ins lead back to where it is now.
async fn lead_back_here(state: &AppState) -> Result<()> {
    let (tenant, id) = (TenantId::from(TENANT_ID), ApplicationId::from(demo::CLIENT_ID));
    let found = application::find(&state.db, &tenant, &id).await?;
    // Who writes to the database before anybody asks for the shop finds it written: the start remembers nothing of it.
    state.db.forget();
    let Some(shop) = found else { return Ok(()) };
    let origin = state.config.public_url.origin();
    let (here, home) = (demo_redirect_uris(origin), home_at(origin, &shop));
    if home == shop.home_url && here.iter().all(|uri| shop.redirect_uris.contains(uri)) {
        return Ok(());
    }
    let others = shop.redirect_uris.iter().filter(|uri| !here.contains(uri)).cloned();
    application::set_addresses(&state.db, &tenant, &id, home, others.chain(here.clone()).collect()).await
}

/// Where people find the shop now. What stands there and was never an address of this server was written by somebody: it
/// stays.
fn home_at(origin: &str, shop: &Application) -> Option<String> {
    let home = shop.home_url.clone()?;
    let was_here = |before: &str| demo_redirect_uris(before).iter().all(|uri| shop.redirect_uris.contains(uri));
    if home.strip_suffix('/').is_some_and(was_here) { Some(format!("{origin}/")) } else { Some(home) }
}

/// Development's tenant has ids that everybody can read in our source, and accounts whose addresses nobody proved: the
/// mailbox shows every code to whoever asks. Nothing of it is served to the world (security R12, ASVS 6.3.2).
pub async fn refuse_in_production(state: &AppState) -> Result<()> {
    if state.config.is_development() {
        return Ok(());
    }
    match tenant::get(&state.db, TENANT_ID).await {
        Err(Error::NotFound) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err(Error::Internal(
            "this database was made for development: it has the demo tenant, whose ids everybody knows, and accounts whose \
             addresses nobody proved. Set PORTICO_DATABASE_URL to a database of its own for production; it is made at the \
             first start."
                .into(),
        )),
    }
}

fn woodgrove(id: TenantId) -> Tenant {
    let link = |kind, url: &str| Link { kind, url: url.into() };
    Tenant {
        id,
        kind: Kind::External,
        name: "Woodgrove".into(),
        brand: Brand {
            name: "Woodgrove".into(),
            logo: None,
            background: None,
            colour: Colour::default(),
            links: vec![
                link(LinkKind::Privacy, "https://woodgrove.example/privacy"),
                link(LinkKind::Terms, "https://woodgrove.example/terms"),
            ],
        },
        passcode_enabled_at: Some(Timestamp(0)),
        password_accounts_since: None,
        passcode_accounts_since: None,
        sign_out: Default::default(),
    }
}

const LOYALTY_NUMBER: &str = "extension_loyaltyNumber";
const HEARD_OF: &str = "extension_heardOf";
const TERMS: &str = "extension_termsOfUse";

fn attributes() -> [Attribute; 3] {
    let custom = |id: &str, label: &str, data_type, description: &str| Attribute {
        id: id.into(),
        label: label.into(),
        data_type,
        description: Some(description.into()),
        origin: Origin::Custom,
        max_length: CUSTOM_MAX_LENGTH,
    };
    [
        custom(LOYALTY_NUMBER, "Loyalty number", DataType::Int, "Printed on the card of the loyalty programme."),
        custom(HEARD_OF, "How did you hear of us?", DataType::String, "For the marketing report."),
        custom(TERMS, "Terms of use", DataType::Boolean, "Whether the person agreed when they signed up."),
    ]
}

fn flow() -> UserFlow {
    UserFlow {
        id: UserFlowId::from(FLOW_ID),
        name: "SignInSignUpSample".into(),
        kind: FlowKind::SignUpOrSignIn,
        method: Method::Password,
        sign_up: SignUp::Open,
        keep_signed_in: true,
        password: PasswordRule { min_length: 8, ..PasswordRule::default() },
        layout: Layout { revision: 1, inputs: inputs() },
        claims: ["displayName", "country", LOYALTY_NUMBER, HEARD_OF, TERMS].map(String::from).into(),
        rules: FlowRules::default(),
        about: About::default(),
    }
}

fn inputs() -> Vec<Input> {
    let input = |attribute: &str, data_type, kind, label: Words| Input {
        attribute: attribute.into(),
        data_type,
        kind,
        label,
        hint: None,
        required: false,
        visibility: Visibility::Editable,
        default: None,
        options: Vec::new(),
        pattern: None,
        max_length: CUSTOM_MAX_LENGTH,
    };
    vec![
        Input {
            required: true,
            max_length: 256,
            ..input(
                "displayName",
                DataType::String,
                InputKind::Text,
                words("Display name", "Anzeigename", "الاسم المعروض"),
            )
        },
        Input {
            options: countries(),
            max_length: 128,
            ..input(
                "country",
                DataType::String,
                InputKind::Dropdown,
                words("Country/Region", "Land/Region", "البلد/المنطقة"),
            )
        },
        Input {
            hint: Some(words("Digits only, like 4817.", "Nur Ziffern, etwa 4817.", "أرقام فقط، مثل 4817.")),
            pattern: Some("[0-9]{4,9}".into()),
            ..input(
                LOYALTY_NUMBER,
                DataType::Int,
                InputKind::Number,
                words("Loyalty number", "Kundennummer", "رقم الولاء"),
            )
        },
        Input {
            options: vec![
                choice("friend", words("A friend", "Durch Bekannte", "صديق")),
                choice("search", words("Search", "Über die Suche", "البحث")),
                choice("press", words("The press", "Aus der Presse", "الصحافة")),
            ],
            ..input(
                HEARD_OF,
                DataType::String,
                InputKind::Radio,
                words("How did you hear of us?", "Wie haben Sie von uns erfahren?", "كيف سمعت عنا؟"),
            )
        },
        Input {
            required: true,
            ..input(
                TERMS,
                DataType::Boolean,
                InputKind::Checkbox,
                words(
                    "I agree to the [terms of use](https://woodgrove.example/terms)",
                    "Ich stimme den [Nutzungsbedingungen](https://woodgrove.example/terms) zu",
                    "أوافق على [شروط الاستخدام](https://woodgrove.example/terms)",
                ),
            )
        },
    ]
}

fn countries() -> Vec<Choice> {
    [
        ("BR", "Brazil", "Brasilien", "البرازيل"),
        ("CA", "Canada", "Kanada", "كندا"),
        ("EG", "Egypt", "Ägypten", "مصر"),
        ("DE", "Germany", "Deutschland", "ألمانيا"),
        ("IN", "India", "Indien", "الهند"),
        ("JP", "Japan", "Japan", "اليابان"),
        ("PT", "Portugal", "Portugal", "البرتغال"),
        ("ZA", "South Africa", "Südafrika", "جنوب أفريقيا"),
        ("SE", "Sweden", "Schweden", "السويد"),
        ("GB", "United Kingdom", "Vereinigtes Königreich", "المملكة المتحدة"),
        ("US", "United States", "Vereinigte Staaten", "الولايات المتحدة"),
    ]
    .into_iter()
    .map(|(value, english, german, arabic)| choice(value, words(english, german, arabic)))
    .collect()
}

fn choice(value: &str, text: Words) -> Choice {
    Choice { value: value.into(), text }
}

fn words(english: &str, german: &str, arabic: &str) -> Words {
    Words {
        text: english.into(),
        translations: [("de", german), ("ar", arabic)].map(|(tag, text)| (tag.into(), text.into())).into(),
    }
}

fn demo_redirect_uris(origin: &str) -> Vec<RedirectUri> {
    let uri = |path: &str| RedirectUri { platform: Platform::Web, uri: format!("{origin}{path}") };
    vec![uri(demo::REDIRECT_PATH), uri(demo::POST_LOGOUT_PATH)]
}

fn demo_application(origin: &str) -> Application {
    Application {
        id: demo::CLIENT_ID.into(),
        name: "Woodgrove Groceries".into(),
        user_flow: Some(UserFlowId::from(FLOW_ID)),
        algorithm: "RS256".into(),
        home_url: Some(format!("{origin}/")),
        disabled_at: None,
        protocol: Default::default(),
        redirect_uris: demo_redirect_uris(origin),
        widget_origins: Vec::new(),
        native_authentication: Default::default(),
        scopes: Vec::new(),
        secrets: Vec::new(),
    }
}
