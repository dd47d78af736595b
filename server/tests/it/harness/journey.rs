//! Tenants, flows and applications through the directory, and journeys that begin at whatever stage.

use super::{Application, Asked, Browser, TestServer};
use app::contract::{
    attribute::DataType,
    brand::{Brand, Colour, Link, LinkKind},
    flow_rules::FlowRules,
    id::{JourneyId, TenantId, UserFlowId},
    user_flow::{About, FlowKind, Input, InputKind, Layout, Method, PasswordRule, SignUp, UserFlow, Visibility, Words},
};
use server::{
    directory::{
        application::{self, Platform, RedirectUri, Registered},
        journey as journeys,
        tenant::{Kind, Tenant},
        user_flow,
    },
    journey::{Journey, Stage},
};

pub fn tenant(id: TenantId, name: &str) -> Tenant {
    Tenant {
        id,
        kind: Kind::External,
        name: name.into(),
        brand: Brand {
            name: name.into(),
            logo: None,
            background: None,
            colour: Colour::default(),
            links: vec![Link { kind: LinkKind::Privacy, url: "https://woodgrove.example/privacy".into() }],
        },
        passcode_enabled_at: None,
        password_accounts_since: None,
        passcode_accounts_since: None,
        sign_out: Default::default(),
    }
}

/// Text that may stay empty. Tests change what they care about.
pub fn input(attribute: &str, label: &str) -> Input {
    Input {
        attribute: attribute.into(),
        data_type: DataType::String,
        kind: InputKind::Text,
        label: Words::from(label),
        hint: None,
        required: false,
        visibility: Visibility::Editable,
        default: None,
        options: Vec::new(),
        pattern: None,
        max_length: 250,
    }
}

fn flow(id: String) -> UserFlow {
    UserFlow {
        name: format!("Flow {id}"),
        id: UserFlowId::from(id),
        kind: FlowKind::SignUpOrSignIn,
        method: Method::Password,
        sign_up: SignUp::Open,
        keep_signed_in: true,
        password: PasswordRule { min_length: 8, ..PasswordRule::default() },
        layout: Layout { revision: 1, inputs: vec![Input { required: true, ..input("displayName", "Display name") }] },
        claims: vec!["displayName".into()],
        rules: FlowRules::default(),
        about: About::default(),
    }
}

impl TestServer {
    /// A web application with a secret, over the usual flow: e-mail with password, sign-up open, one attribute.
    pub async fn application(&self) -> Application {
        self.flow(|_| ()).await
    }

    /// The same over a flow of its own making.
    pub async fn flow(&self, change: impl FnOnce(&mut UserFlow)) -> Application {
        let mut flow = flow(self.state.chance.id());
        change(&mut flow);
        let id = flow.id.clone();
        user_flow::insert(&self.state.db, &self.tenant, flow, self.now()).await.unwrap();
        self.application_over(&id, |_| ()).await
    }

    /// Another application over a flow that is there.
    pub async fn application_over(
        &self,
        flow: &UserFlowId,
        change: impl FnOnce(&mut application::Application),
    ) -> Application {
        let (secret, stored) = Application::secret(self);
        let mut made = application::Application {
            id: self.state.chance.id().into(),
            name: "Groceries".into(),
            user_flow: Some(flow.clone()),
            algorithm: "ES256".into(),
            home_url: None,
            disabled_at: None,
            redirect_uris: vec![RedirectUri { platform: Platform::Web, uri: Application::REDIRECT_URI.into() }],
            protocol: Default::default(),
            widget_origins: Vec::new(),
            native_authentication: Default::default(),
            scopes: Vec::new(),
            secrets: vec![stored],
        };
        change(&mut made);
        application::insert(&self.state.db, &self.tenant, made.clone(), self.now()).await.unwrap();
        Application::new(self, made, secret)
    }

    /// A page that calls us itself, over a flow that is there: it can keep no secret.
    pub async fn page_over(&self, flow: &UserFlowId) -> Application {
        self.application_over(flow, |made| {
            made.secrets.clear();
            made.redirect_uris[0].platform = Platform::SinglePage;
        })
        .await
    }

    pub async fn save_flow(&self, id: &UserFlowId, change: impl FnOnce(&mut UserFlow)) {
        let mut flow = (*user_flow::get(&self.state.db, &self.tenant, id).await.unwrap()).clone();
        change(&mut flow);
        self.write(|c, tenant, now| {
            Box::pin(async move { user_flow::publish(c, &tenant, flow, None, now).await.map(|_| ()) })
        })
        .await;
        self.state.db.forget();
    }

    /// Switches an application on or off.
    pub async fn switch(&self, application: &Application, on: bool) {
        let found = application::registered(&self.state.db, &self.tenant, &application.id).await.unwrap().unwrap();
        let Registered { mut application, notes, .. } = found;
        application.disabled_at = (!on).then(|| self.now());
        self.write(|c, tenant, _| Box::pin(async move { application::update(c, &tenant, &application, &notes).await }))
            .await;
        self.state.db.forget();
    }

    /// A journey of this browser at whatever stage, as if it had come that far; the browser looks at it.
    pub async fn journey_at(&self, application: &Application, browser: &mut Browser, stage: Stage) -> Asked {
        let asked = application.asks(browser).await;
        let path = browser.page.path.clone();
        let id = JourneyId::from(path.rsplit('/').next().unwrap());
        let (row, _) = journeys::find(&self.state.db, &self.tenant, &id).await.unwrap().unwrap();
        let journey = Journey { stage, ..serde_json::from_str(&row.body).unwrap() };
        let body = serde_json::to_string(&journey).unwrap();
        self.write(move |c, tenant, _| {
            Box::pin(async move { journeys::save(&tenant, &id, row.version, body, None).run(c).await })
        })
        .await;
        browser.open(&path).await;
        asked
    }
}
