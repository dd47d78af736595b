//! *All identity providers*: the ways by which people of the directory may prove who they are.

use super::{
    browser::focus_fault,
    client::client,
    frame::head,
    ui::{
        ask::{Question, asking},
        button::{Act, plain, run, submit},
        field::{Label, line, typed},
        icon::{Icon, icon},
        load::{Loaded, both, load},
        menu::{entry, menu, more},
        panel::panel,
        toast::toasts,
        toggle::toggle,
    },
};
use crate::admin::ui::listen::on_submit;
use crate::contract::resource::identity_provider::{
    ClientAuthentication, EmailMethod, IdentityProvider, OpenIdConnect, Social, Switch,
};
use leptos::prelude::*;

/// Those that can be set up, by Graph's word and by the name that people know.
const SOCIAL: [(&str, &str); 3] = [("Google", "Google"), ("Facebook", "Facebook"), ("Microsoft", "Microsoft")];

/// What the window at the side sets up.
#[derive(Clone, Copy, PartialEq)]
enum New {
    Social(&'static str),
    OpenIdConnect,
}

type All = (Vec<IdentityProvider>, EmailMethod);

pub fn list() -> AnyView {
    let client = client();
    let all = load(move || both(client.providers(), client.email_method()));
    let new = RwSignal::new(None::<New>);
    let add = menu(
        "add",
        "Add an identity provider",
        view! { {icon(Icon::Plus)}<span>"Add"</span> }.into_any(),
        move |open| {
            let social: Vec<_> =
                SOCIAL.map(|(kind, name)| entry(name, open, move || new.set(Some(New::Social(kind))))).into();
            view! { {social}{entry("OpenID Connect", open, move || new.set(Some(New::OpenIdConnect)))} }.into_any()
        },
    );
    let content = all.show(4, move |(providers, method)| {
        let social: Vec<_> = providers
            .into_iter()
            .filter(|provider| !matches!(provider, IdentityProvider::BuiltIn(_)))
            .map(|provider| row(all, &provider))
            .collect();
        view! { <div class="card">{built_in(all, method)}{social}</div> }.into_any()
    });
    let window = move || new.get().map(|kind| setting_up(all, new, kind));
    view! {
        <div class="screen">
            {head(Vec::new(), "All identity providers".into(), add)}
            <p class="lead">"What is set up here can be chosen in user flows."</p>
            {content}
            {window}
        </div>
    }
    .into_any()
}

fn built_in(all: Loaded<All>, method: EmailMethod) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let on = RwSignal::new(method.allow_external_id_to_use_email_otp == Switch::Enabled);
    let flip = move |now: bool| {
        on.set(now);
        let state = if now { Switch::Enabled } else { Switch::Disabled };
        let method = EmailMethod { allow_external_id_to_use_email_otp: state, ..method.clone() };
        leptos::task::spawn_local(async move {
            match client.set_email_method(&method).await {
                Ok(()) if now => toasts.good("User flows can offer Email one-time passcode now."),
                Ok(()) => toasts.good("Email one-time passcode is switched off."),
                Err(trouble) => {
                    toasts.bad(trouble.sentence());
                    on.set(!now);
                }
            }
            all.again();
        });
    };
    view! {
        <div class="provider">
            <span class="two"><strong>"Email with password"</strong><small>"People sign in with their email address and a password. There in every directory."</small></span>
            <span class="badge good">"On"</span>
        </div>
        <div class="provider">
            <span class="two"><strong>"Email one-time passcode"</strong><small>"People sign in with a code that is mailed to them. User flows can offer it once it is on."</small></span>
            {toggle("Email one-time passcode", move || on.get(), flip)}
        </div>
    }
    .into_any()
}

fn row(all: Loaded<All>, provider: &IdentityProvider) -> AnyView {
    let (id, name, kind) = (provider.id().to_owned(), provider.display_name().to_owned(), provider.kind().to_owned());
    let shown = name.clone();
    let acts = more(format!("Acts on {name}"), move |open| {
        let (id, name) = (id.clone(), name.clone());
        entry("Delete …", open, move || delete(all, &id, &name))
    });
    view! {
        <div class="provider">
            <span class="two"><strong>{shown}</strong><small>{super::activity::words(&kind)}</small></span>
            {acts}
        </div>
    }
    .into_any()
}

fn delete(all: Loaded<All>, id: &str, name: &str) {
    let (client, toasts) = (client(), toasts());
    let (id, name) = (id.to_owned(), name.to_owned());
    let question = Question {
        title: format!("Delete {name}?"),
        text: "Its client id and secret go. One that a user flow offers cannot be deleted.".into(),
        act: "Delete".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let (id, name) = (id.clone(), name.clone());
        run(async move { client.delete_provider(&id).await }, move |()| {
            toasts.good(format!("{name} is deleted."));
            all.again();
        });
    });
}

fn setting_up(all: Loaded<All>, open: RwSignal<Option<New>>, kind: New) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let text = |text: &str| RwSignal::new(text.to_owned());
    let fault = || RwSignal::new(None::<String>);
    let title = match kind {
        New::Social(name) => name,
        New::OpenIdConnect => "OpenID Connect",
    };
    let (name, id, secret, issuer) = (text(title), text(""), text(""), text(""));
    let (name_fault, id_fault, secret_fault, issuer_fault) = (fault(), fault(), fault(), fault());
    let act = Act::new();
    let create = move || {
        let called = name.get_untracked();
        let provider =
            provider(kind, called.clone(), id.get_untracked(), secret.get_untracked(), issuer.get_untracked());
        act.run(async move { client.create_provider(&provider).await }, move |made| match made {
            Ok(_) => {
                act.close(open, None);
                toasts.good(format!("{called} can be chosen in user flows now."));
                all.again();
            }
            Err(trouble) => {
                let about = |property| trouble.about(property);
                name_fault.set(about("displayName"));
                let told = [(id_fault, "clientId"), (secret_fault, "clientSecret"), (issuer_fault, "issuer")];
                told.iter().for_each(|(fault, property)| fault.set(about(property)));
                toasts.bad(trouble.sentence());
                focus_fault();
            }
        });
    };
    let is_openid = kind == New::OpenIdConnect;
    let content = view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); create() })>
            {line(Label::new("provider-name", "Name").hint("People read it on the button."), name, name_fault)}
            {is_openid.then(|| line(Label::new("issuer", "Issuer").hint("For example https://login.example.com."), issuer, issuer_fault))}
            {line(Label::new("client-id", "Client ID"), id, id_fault)}
            {typed("password", Label::new("client-secret", "Client secret").hint("Kept sealed, and never shown again."), secret, secret_fault)}
            <div class="buttons end">
                {plain("Cancel", move || open.set(None))}
                {submit("Save", "Saving …", act)}
            </div>
        </form>
    };
    panel(title, move || open.set(None), content.into_any())
}

fn provider(
    kind: New,
    display_name: String,
    client_id: String,
    client_secret: String,
    issuer: String,
) -> IdentityProvider {
    match kind {
        New::Social(kind) => IdentityProvider::Social(Social {
            display_name,
            identity_provider_type: kind.into(),
            client_id,
            client_secret,
            ..Social::default()
        }),
        New::OpenIdConnect => IdentityProvider::OpenIdConnect(Box::new(OpenIdConnect {
            display_name,
            client_id,
            well_known_endpoint: format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')),
            issuer,
            response_type: "code".into(),
            scope: "openid profile email".into(),
            client_authentication: ClientAuthentication { client_secret },
            ..OpenIdConnect::default()
        })),
    }
}
