//! *Applications*: what asks for sign-ins. Registered here, and one with everything a developer needs.

mod delegated;
mod expose;
mod grant;
mod permissions;
mod protocol;
mod scope_window;
mod scopes;
mod secrets;
mod widget;

use super::{
    browser::{focus_again, focus_fault, moment},
    client::client,
    desk::desk,
    frame::head,
    route::{FlowTab, Route, place, stay},
    session::portal,
    ui::{
        ask::{Question, asking},
        button::{Act, plain, run, submit, with_icon},
        copy,
        empty::{empty, nothing_found},
        field::{Label, line, lines, radio},
        icon::{Icon, icon},
        index::{Section, heading, index},
        load::{Loaded, load},
        panel::panel,
        search::{fits, search},
        toast::toasts,
    },
};
use crate::admin::ui::listen::{on_click, on_submit};
use crate::{
    contract::{
        resource::{
            application::{Application, PasswordCredential},
            moment::Moment,
        },
        time::Timestamp,
    },
    ui::browser::window,
};
use leptos::prelude::*;
use permissions::Permissions;
use protocol::Protocol;
use serde_json::json;

/// Where an application runs: Graph's word for its redirect URIs, the name that people know, and what it means.
const PLATFORMS: [(&str, &str, &str); 3] = [
    ("spa", "Single-page", "Runs in the browser: JavaScript or WebAssembly."),
    ("web", "Web", "Runs on a server that can keep a secret."),
    ("publicClient", "Mobile and desktop", "Installed on people’s own devices."),
];

pub fn list() -> AnyView {
    let client = client();
    let all = load(move || client.applications());
    let (typed, adding) = (RwSignal::new(String::new()), RwSignal::new(false));
    let register = move || {
        view! {
            <button class="button primary" type="button" on:click=on_click(move |_| adding.set(true))>{icon(Icon::Plus)}<span>"Register an application"</span></button>
        }
        .into_any()
    };
    let content = all.show(4, move |all| {
        if all.is_empty() {
            return empty(
                "No application yet",
                "An application is what people sign in to: a shop, an app on a phone. Register it to get its client ID.",
                Some(register()),
            );
        }
        view! {
            <div class="card">
                <div class="tools">{search("Search applications", typed)}</div>
                {move || table(&all, &typed.get())}
            </div>
        }
        .into_any()
    });
    view! {
        <div class="screen">
            {head(Vec::new(), "Applications".into(), register())}
            {content}
            {move || adding.get().then(|| registering(all, adding))}
        </div>
    }
    .into_any()
}

fn table(all: &[Application], typed: &str) -> AnyView {
    let rows: Vec<_> = all
        .iter()
        .filter(|application| fits(typed, &[&application.display_name, &application.app_id]))
        .map(|application| {
            let flow = application.user_flow.as_ref().map(|flow| {
                let to = Route::Flow { id: flow.id.clone(), tab: FlowTab::Overview }.path();
                view! { <a href=to>{flow.display_name.clone()}</a> }
            });
            let ending = application.secret_ending(now()).map(|end| view! { " "<span class="badge bad">{ends(end)}</span> });
            view! {
                <tr>
                    <th scope="row"><a href=Route::Application { id: application.id.clone() }.path()>{application.display_name.clone()}</a>{ending}</th>
                    <td><code>{application.app_id.clone()}</code></td>
                    <td>{platforms(application)}</td>
                    <td>{flow}</td>
                </tr>
            }
        })
        .collect();
    if rows.is_empty() {
        return nothing_found();
    }
    view! {
        <div class="scroll"><table>
            <thead><tr><th scope="col">"Name"</th><th scope="col">"Client ID"</th><th scope="col">"Platform"</th><th scope="col">"User flow"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

/// By the administrator's own clock.
fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as i64)
}

fn ends(end: Moment) -> String {
    let day = moment(&end.text());
    if end.0 <= now() { format!("Secret ended {day}") } else { format!("Secret ends {day}") }
}

fn uris<'a>(application: &'a Application, platform: &str) -> &'a [String] {
    match platform {
        "web" => &application.web.redirect_uris,
        "spa" => &application.spa.redirect_uris,
        _ => &application.public_client.redirect_uris,
    }
}

fn platforms(application: &Application) -> String {
    let used = PLATFORMS.iter().filter(|(platform, ..)| !uris(application, platform).is_empty());
    used.map(|(_, name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn registering(all: Loaded<Vec<Application>>, open: RwSignal<bool>) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (name, uri) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (name_fault, uri_fault) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let platform = RwSignal::new("spa");
    let act = Act::new();
    let create = move || {
        if name.with_untracked(|name| name.trim().is_empty()) {
            name_fault.set(Some("Give the application the name that people read when they sign in.".into()));
            focus_fault();
            return;
        }
        let (stay, platform) = (stay(), platform.get_untracked());
        let uris: Vec<String> = lines_of(&uri.get_untracked());
        let mut new = json!({ "displayName": name.get_untracked().trim() });
        new[platform] = json!({ "redirectUris": uris });
        act.run(async move { client.create_application(&new).await }, move |made| match made {
            Ok(made) => {
                toasts.good(format!("{} is registered.", made.display_name));
                if act.is_there() {
                    open.set(false);
                    stay.go(&Route::Application { id: made.id });
                } else {
                    all.again();
                }
            }
            Err(trouble) => {
                let (about_name, about_uri) = (trouble.about("displayName"), trouble.about(platform));
                if about_name.is_none() && about_uri.is_none() {
                    toasts.bad(trouble.sentence());
                }
                name_fault.set(about_name);
                uri_fault.set(about_uri);
                focus_fault();
            }
        });
    };
    let kinds: Vec<_> = PLATFORMS
        .iter()
        .map(|(own, name, about)| {
            radio(
                "platform",
                *name,
                Some((*about).into()),
                move || platform.get() == *own,
                None,
                move || platform.set(own),
            )
        })
        .collect();
    let content = view! {
        <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); create() })>
            {line(Label::new("application-name", "Name").hint("People read it when they sign in."), name, name_fault)}
            <fieldset><legend>"Where it runs"</legend>{kinds}</fieldset>
            {line(Label::new("redirect-uri", "Redirect URI").optional().hint("Where people come back to. More can be added later."), uri, uri_fault)}
            <div class="buttons end">
                {plain("Cancel", move || open.set(false))}
                {submit("Register", "Registering …", act)}
            </div>
        </form>
    };
    panel("Register an application", move || open.set(false), content.into_any())
}

fn lines_of(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Into::into).collect()
}

const QUICK_START: Section = Section { id: "quick-start", name: "Quick start" };
const REDIRECT_URIS: Section = Section { id: "redirect-uris", name: "Redirect URIs" };
const PAGES: Section = Section { id: "pages", name: "Pages with the widget" };

pub fn application(id: String) -> AnyView {
    let client = client();
    let allowed = permissions::permissions(&id);
    let sections = sections(is_portal(&id), allowed);
    let asked = id.clone();
    let loaded = load(move || {
        let id = asked.clone();
        async move { client.application(&id).await }
    });
    let open = Open {
        loaded,
        id: StoredValue::new(id),
        etag: StoredValue::new(None),
        secrets: RwSignal::new(Vec::new()),
        made: RwSignal::new(None),
        api: RwSignal::new(Application::default()),
    };
    let crumbs = || vec![("Applications".to_owned(), Route::Applications)];
    let title = Memo::new(move |_| loaded.get().map_or_else(String::new, |application| application.display_name));
    let is_drawn = Memo::new(move |_| loaded.get().is_some());
    let has_failed = Memo::new(move |_| loaded.has_failed());
    let index = move || (!has_failed.get()).then(|| index(sections.clone(), is_drawn));
    view! {
        <div class="screen">
            {move || head(crumbs(), title.get(), ().into_any())}
            <div class="indexed">
                {index}
                <div class="stack">{loaded.show(5, move |application| one(open, allowed, application))}</div>
            </div>
        </div>
    }
    .into_any()
}

/// From top to bottom.
fn sections(is_portal: bool, allowed: Permissions) -> Vec<Section> {
    let first = [QUICK_START, REDIRECT_URIS, PAGES, widget::SECTION, secrets::SECTION, protocol::SECTION];
    first.into_iter().chain((!is_portal).then_some(expose::SECTION)).chain(allowed.sections()).collect()
}

/// Nobody else may call the portal, and it calls nobody else.
fn is_portal(id: &str) -> bool {
    id == portal().client_id
}

/// The application that is open: several forms, each of which is saved by itself.
#[derive(Clone, Copy)]
struct Open {
    loaded: Loaded<Application>,
    id: StoredValue<String>,
    /// As it was when it was read last.
    etag: StoredValue<Option<String>>,
    secrets: RwSignal<Vec<PasswordCredential>>,
    /// A secret that was made. It is kept here however often the application is drawn anew meanwhile: it is told once.
    made: RwSignal<Option<PasswordCredential>>,
    /// What others may call.
    api: RwSignal<Application>,
}

impl Open {
    fn id(self) -> String {
        self.id.get_value()
    }

    fn etag(self) -> Option<String> {
        self.etag.get_value()
    }

    fn keep(self, application: &Application) {
        self.etag.set_value(application.etag.clone());
        self.secrets.set(application.password_credentials.clone());
        self.api.set(application.clone());
    }

    /// Something of it was changed: it is drawn anew, but not over what is written in a form and not saved.
    fn again(self) {
        if place().is_unsaved() { self.read() } else { self.loaded.again() }
    }

    fn read(self) {
        // Nobody looks at it any more where its screen is gone.
        let Some(id) = self.id.try_get_value() else { return };
        run(async move { client().application(&id).await }, move |application| {
            if self.id.try_get_value().is_some() {
                self.keep(&application);
                // What had the focus may have stood in a row that is drawn anew.
                focus_again(None);
            }
        });
    }
}

fn one(open: Open, allowed: Permissions, application: Application) -> AnyView {
    open.keep(&application);
    let protocol = Protocol::of(&application);
    let exposed = (!is_portal(&application.id)).then(|| expose::section(open, protocol, &application));
    view! {
        {quick_start(open, &application)}
        {redirects(open, &application)}
        {widget::section(&application)}
        {secrets::section(open)}
        {protocol::section(open, protocol)}
        {exposed}
        {permissions::section(allowed)}
        {deletion(&application)}
    }
    .into_any()
}

/// What addresses call the present directory.
fn tenant() -> String {
    let directory = desk().directory.get_untracked();
    directory.map(|directory| directory.names.first().cloned().unwrap_or(directory.id)).unwrap_or_default()
}

/// The three values that any OpenID Connect library asks for.
fn quick_start(open: Open, application: &Application) -> AnyView {
    let authority = format!("{}/{}/v2.0", window().location().origin().unwrap_or_default(), tenant());
    let redirect = PLATFORMS.iter().find_map(|(platform, ..)| uris(application, platform).first().cloned());
    view! {
        <section class="card pad">
            {heading(QUICK_START)}
            <div>
                {copy::value("Authority", authority)}
                {copy::value("Client ID", application.app_id.clone())}
                {redirect.map(|redirect| copy::value("Redirect URI", redirect))}
            </div>
            {move || open.api.with(sign_in)}
        </section>
    }
    .into_any()
}

/// Where people sign in to it. What others call as an API, and comes back nowhere, lacks nothing without.
fn sign_in(application: &Application) -> AnyView {
    let comes_back = PLATFORMS.iter().any(|(platform, ..)| !uris(application, platform).is_empty());
    match &application.user_flow {
        Some(flow) => {
            let to = Route::Flow { id: flow.id.clone(), tab: FlowTab::Overview }.path();
            view! { <p>"Its people sign in through "<a href=to>{flow.display_name.clone()}</a>"."</p> }.into_any()
        }
        None if expose::offers(application) && !comes_back => {
            view! { <p>"Others call it as an API, and people sign in to those: it needs no user flow. If they are to sign in here too, add a redirect URI."</p> }
                .into_any()
        }
        None => {
            view! { <p>"It has no user flow yet: nobody can sign in. Open a user flow and choose Add application."</p> }
                .into_any()
        }
    }
}

fn redirects(open: Open, application: &Application) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let name = RwSignal::new(application.display_name.clone());
    let name_fault = RwSignal::new(None::<String>);
    let texts = PLATFORMS.map(|(platform, ..)| RwSignal::new(uris(application, platform).join("\n")));
    let faults = PLATFORMS.map(|_| RwSignal::new(None::<String>));
    let origins = RwSignal::new(application.widget_origins.join("\n"));
    let origins_fault = RwSignal::new(None::<String>);
    let act = Act::new();
    let written = move || (name.get(), texts.map(|text| text.get()), origins.get());
    let saved = RwSignal::new(untrack(written));
    place().hold(move || saved.with(|saved| written() != *saved));
    let save = move || {
        let mut changes = json!({
            "displayName": name.get_untracked().trim(),
            "widgetOrigins": lines_of(&origins.get_untracked()),
        });
        for ((platform, ..), text) in PLATFORMS.iter().zip(texts) {
            changes[*platform] = json!({ "redirectUris": lines_of(&text.get_untracked()) });
        }
        let now = untrack(written);
        let work = async move { client.update_application(&open.id(), open.etag().as_deref(), &changes).await };
        act.run(work, move |done| match done {
            Ok(()) => {
                toasts.good("Saved.");
                saved.set(now);
                open.again();
            }
            Err(trouble) => {
                for ((platform, ..), fault) in PLATFORMS.iter().zip(faults) {
                    fault.set(trouble.about(platform));
                }
                name_fault.set(trouble.about("displayName"));
                origins_fault.set(trouble.about("widgetOrigins"));
                toasts.bad(trouble.sentence());
                focus_fault();
            }
        });
    };
    let fields: Vec<_> = [("uris-spa", 0), ("uris-web", 1), ("uris-native", 2)]
        .map(|(id, at): (&'static str, usize)| {
            lines(
                Label::new(id, PLATFORMS[at].1).optional().hint("One address in each line."),
                2,
                texts[at],
                faults[at],
            )
        })
        .into();
    view! {
        <form class="card pad" on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            {line(Label::new("name", "Name"), name, name_fault)}
            {heading(REDIRECT_URIS)}
            {fields}
            {heading(PAGES)}
            {lines(Label::new("widget-origins", "Origins").optional().hint("Pages that may show the sign-in widget, like https://shop.example.com. One in each line."), 2, origins, origins_fault)}
            <div class="buttons">{submit("Save", "Saving …", act)}</div>
        </form>
    }
    .into_any()
}

fn deletion(application: &Application) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let (id, name) = (application.id.clone(), application.display_name.clone());
    let ask = move || {
        let (stay, id, name) = (stay(), id.clone(), name.clone());
        let question = Question {
            title: format!("Delete {name}?"),
            text: "Nobody can sign in to it any more, and its client ID is gone for good. Accounts stay.".into(),
            act: "Delete application".into(),
            dangerous: true,
        };
        asking().ask(question, move || {
            let (id, name) = (id.clone(), name.clone());
            run(async move { client.delete_application(&id).await }, move |()| {
                toasts.good(format!("{name} is deleted."));
                stay.leave_for(&Route::Applications);
            });
        });
    };
    view! { <div class="buttons">{with_icon(Icon::Trash, "Delete application", ask)}</div> }.into_any()
}
