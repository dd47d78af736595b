//! *API permissions*: which scopes of other applications this one may ask for on behalf of people.

use super::{
    super::{
        client::client,
        route::Route,
        ui::{
            ask::{Question, asking},
            button::{bare, run, with_icon},
            copy,
            icon::Icon,
            index::{Section, heading},
            load::Loaded,
            toast::toasts,
        },
    },
    grant,
    scopes::{asked, scope, title},
};
use crate::contract::resource::{
    app_role::{GRAPH, PermissionGrant},
    application::Application,
};
use leptos::prelude::*;

pub const SECTION: Section = Section { id: "api-permissions", name: "API permissions" };

/// What was granted to the application, and every application that may be an API.
pub type Granted = (Vec<PermissionGrant>, Vec<Application>);

pub fn section(id: StoredValue<String>, granted: Loaded<Granted>) -> AnyView {
    let adding = RwSignal::new(false);
    let list = granted.show(1, move |(grants, apis)| {
        // The management API is not of the directory: what administrators do with it is told below.
        let grants: Vec<_> = grants.into_iter().filter(|grant| grant.resource_id != GRAPH).collect();
        let rows: Vec<_> = grants.iter().flat_map(|grant| rows(id, granted, grant, api_of(&apis, grant))).collect();
        if rows.is_empty() {
            return view! { <p class="nothing">"Nothing yet. It can sign people in, and call its own API; add a permission to let it call another one for them."</p> }.into_any();
        }
        let samples: Vec<_> = grants.iter().filter_map(|grant| sample(grant, api_of(&apis, grant)?)).collect();
        view! {
            <div class="scroll"><table>
                <thead><tr>
                    <th scope="col">"Scope"</th><th scope="col">"API"</th><th scope="col">"State"</th>
                    <th scope="col"><span class="unseen">"Acts"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
            <div class="pad">
                <p class="second">"What its code asks for as scope, one API in each request:"</p>
                {samples}
            </div>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-label=SECTION.name>
            <header>
                <div class="two">
                    {heading(SECTION)}
                    <small>"What it may ask for on behalf of people. They are not asked: what you add is granted for everybody. To call its own API it needs nothing here."</small>
                </div>
                {with_icon(Icon::Plus, "Add a permission", move || adding.set(true))}
            </header>
            {list}
            {move || adding.get().then(|| grant::window(id, granted, adding))}
        </section>
    }
    .into_any()
}

/// Nothing where it is gone.
fn api_of<'a>(apis: &'a [Application], grant: &PermissionGrant) -> Option<&'a Application> {
    apis.iter().find(|api| api.id == grant.resource_id)
}

fn rows(
    id: StoredValue<String>,
    granted: Loaded<Granted>,
    grant: &PermissionGrant,
    api: Option<&Application>,
) -> Vec<AnyView> {
    let words = grant.scope.split_whitespace();
    words.map(|word| row(id, granted, grant, api, word)).collect()
}

/// A scope that is to be taken back.
#[derive(Clone)]
struct Taken {
    grant: PermissionGrant,
    word: String,
    of: String,
    rest: Vec<String>,
}

fn row(
    id: StoredValue<String>,
    granted: Loaded<Granted>,
    grant: &PermissionGrant,
    api: Option<&Application>,
    word: &str,
) -> AnyView {
    let known = api.and_then(|api| scope(api, word));
    let (class, state) = match known {
        Some(scope) if scope.is_enabled => ("badge good", "Granted"),
        Some(_) => ("badge bad", "Switched off by its API"),
        None => ("badge bad", "Not there any more"),
    };
    let of = api.map_or_else(|| grant.resource_id.clone(), |api| api.display_name.clone());
    let link = match api {
        Some(api) => {
            let to = Route::Application { id: api.id.clone() }.path();
            view! { <a href=to>{of.clone()}</a> }.into_any()
        }
        None => view! { <code>{of.clone()}</code> }.into_any(),
    };
    let rest = standing(grant, api).into_iter().filter(|other| other != word).collect();
    let name = format!("Take back {word} of {of}");
    let taken = Taken { grant: grant.clone(), word: word.to_owned(), of, rest };
    view! {
        <tr>
            <th scope="row">
                <div class="two"><span>{word.to_owned()}</span><small>{known.map(title)}</small></div>
            </th>
            <td>{link}</td>
            <td><span class=class>{state}</span></td>
            <td class="acts">{bare(Icon::Trash, name, move || take_back(id, granted, taken.clone()))}</td>
        </tr>
    }
    .into_any()
}

/// The scopes of a grant that its API still has.
pub fn standing(grant: &PermissionGrant, api: Option<&Application>) -> Vec<String> {
    let is_there = |word: &str| api.is_some_and(|api| scope(api, word).is_some());
    grant.scope.split_whitespace().filter(|word| is_there(word)).map(String::from).collect()
}

fn sample(grant: &PermissionGrant, api: &Application) -> Option<AnyView> {
    let words: Vec<String> = standing(grant, Some(api)).iter().map(|word| asked(api, word)).collect();
    (!words.is_empty()).then(|| copy::value(api.display_name.clone(), words.join(" ")))
}

fn take_back(id: StoredValue<String>, granted: Loaded<Granted>, taken: Taken) {
    let (client, toasts) = (client(), toasts());
    let Taken { grant, word, of, rest } = taken;
    let question = Question {
        title: format!("Take back {word}?"),
        text: format!("It gets no more tokens with this scope of {of}, for nobody. It can be granted again."),
        act: "Take back".into(),
        dangerous: true,
    };
    asking().ask(question, move || {
        let (grant, rest, told) = (grant.clone(), rest.clone(), format!("{word} of {of} is taken back."));
        let work =
            async move { client.grant(&id.get_value(), &grant.resource_id, Some(grant.id.as_str()), &rest).await };
        run(work, move |()| {
            toasts.good(told);
            granted.again();
        });
    });
}
