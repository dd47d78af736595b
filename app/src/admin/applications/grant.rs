//! *Add a permission*: an API of the directory is chosen, and what the application may ask of it.

use super::{
    super::{
        client::client,
        ui::{
            ask::dialog,
            button::{Act, plain, submit},
            empty::nothing_found,
            field::{radio, tick},
            load::Loaded,
            search::{fits, search},
            toast::toasts,
        },
    },
    delegated::{Granted, standing},
    scopes::about,
};
use crate::admin::ui::listen::on_submit;
use crate::contract::resource::{app_role::PermissionGrant, application::Application};
use leptos::prelude::*;

/// So many are seen without a search.
const FEW: usize = 6;

/// What is chosen in the window.
#[derive(Clone, Copy)]
struct Choice {
    /// The id of an API.
    api: RwSignal<Option<String>>,
    /// Each with the id of its API: looking at another one takes nothing away.
    scopes: RwSignal<Vec<(String, String)>>,
    fault: RwSignal<Option<String>>,
}

pub fn window(id: StoredValue<String>, granted: Loaded<Granted>, open: RwSignal<bool>) -> AnyView {
    let (typed, act) = (RwSignal::new(String::new()), Act::new());
    let choice = Choice { api: RwSignal::new(None), scopes: RwSignal::new(Vec::new()), fault: RwSignal::new(None) };
    let content = granted.show(3, move |(grants, apis)| {
        let own = id.get_value();
        let apis: Vec<Application> =
            apis.into_iter().filter(|api| api.id != own && !api.api.oauth2_permission_scopes.is_empty()).collect();
        if apis.is_empty() {
            return none_yet(open);
        }
        let many = (apis.len() > FEW).then(|| search("Search APIs", typed));
        let apis = StoredValue::new(apis);
        let list = move || apis.with_value(|apis| choices(choice, apis, &typed.get()));
        let scopes = move || {
            let chosen = choice.api.get();
            apis.with_value(|apis| {
                let api = apis.iter().find(|api| Some(&api.id) == chosen.as_ref())?;
                Some(ticks(choice, api, of(&grants, &api.id)))
            })
        };
        view! {
            {many}
            <form class="stack" on:submit=on_submit(move |event| { event.prevent_default(); add(id, granted, open, choice, act) })>
                <fieldset><legend>"API"</legend>{list}</fieldset>
                {scopes}
                <div>
                    <p class="fault" role="status">{move || choice.fault.get()}</p>
                    <div class="buttons end">
                        {plain("Cancel", move || open.set(false))}
                        {submit("Grant for everybody", "Granting …", act)}
                    </div>
                </div>
            </form>
        }
        .into_any()
    });
    dialog("dialog", "Add a permission", move || open.set(false), content)
}

/// Grants what is chosen, besides what was granted before.
fn add(id: StoredValue<String>, granted: Loaded<Granted>, open: RwSignal<bool>, choice: Choice, act: Act) {
    let (client, toasts) = (client(), toasts());
    let Some((grants, apis)) = granted.get_untracked() else { return };
    let chosen = choice.api.get_untracked();
    let Some(api) = apis.into_iter().find(|api| Some(&api.id) == chosen.as_ref()) else {
        choice.fault.set(Some("Choose the API first.".into()));
        return;
    };
    let new = choice.of(&api.id);
    if new.is_empty() {
        choice.fault.set(Some("Tick what it may ask for.".into()));
        return;
    }
    let known = of(&grants, &api.id).cloned();
    let mut scopes = known.as_ref().map(|known| standing(known, Some(&api))).unwrap_or_default();
    scopes.extend(new.iter().cloned());
    let told = format!("{} of {} is granted, for everybody.", new.join(" "), api.display_name);
    let work = async move {
        let known = known.as_ref().map(|known| known.id.as_str());
        client.grant(&id.get_value(), &api.id, known, &scopes).await
    };
    act.run(work, move |outcome| match outcome {
        Ok(()) => {
            act.close(open, false);
            toasts.good(told);
            granted.again();
        }
        Err(trouble) => {
            choice.fault.try_set(Some(trouble.sentence()));
        }
    });
}

impl Choice {
    /// The scopes of an API that are ticked.
    fn of(self, api: &str) -> Vec<String> {
        self.scopes
            .with_untracked(|all| all.iter().filter(|(of, _)| of == api).map(|(_, scope)| scope.clone()).collect())
    }

    fn tick(self, one: &(String, String), on: bool) {
        self.fault.set(None);
        self.scopes.update(|all| {
            all.retain(|other| other != one);
            if on {
                all.push(one.clone());
            }
        });
    }
}

fn of<'a>(grants: &'a [PermissionGrant], api: &str) -> Option<&'a PermissionGrant> {
    grants.iter().find(|grant| grant.resource_id == api)
}

fn none_yet(open: RwSignal<bool>) -> AnyView {
    view! {
        <p class="second">"No other application exposes an API yet. Open the one that is the API, and add a scope there under Expose an API."</p>
        <div class="buttons end">{plain("Close", move || open.set(false))}</div>
    }
    .into_any()
}

fn choices(choice: Choice, apis: &[Application], typed: &str) -> AnyView {
    let found: Vec<_> = apis
        .iter()
        .filter(|api| {
            let names = [api.display_name.as_str(), api.id.as_str()].into_iter();
            fits(typed, &names.chain(api.identifier_uris.iter().map(String::as_str)).collect::<Vec<_>>())
        })
        .map(|api| {
            let (own, chosen) = (api.id.clone(), api.id.clone());
            let scopes: Vec<&str> = api.api.oauth2_permission_scopes.iter().map(|scope| scope.value.as_str()).collect();
            let on = move || choice.api.with(|api| api.as_ref() == Some(&own));
            radio("api", api.display_name.clone(), Some(scopes.join(", ")), on, None, move || {
                choice.fault.set(None);
                choice.api.set(Some(chosen.clone()));
            })
        })
        .collect();
    if found.is_empty() { nothing_found() } else { view! { <div class="choices">{found}</div> }.into_any() }
}

fn ticks(choice: Choice, api: &Application, grant: Option<&PermissionGrant>) -> AnyView {
    let granted = grant.map(|grant| standing(grant, Some(api))).unwrap_or_default();
    let scopes: Vec<_> = api
        .api
        .oauth2_permission_scopes
        .iter()
        .map(|scope| {
            let one = (api.id.clone(), scope.value.clone());
            let asked = one.clone();
            let is_granted = granted.contains(&scope.value);
            let why_not = match (is_granted, scope.is_enabled) {
                (true, _) => Some("Granted already.".to_owned()),
                (false, false) => Some("Switched off by its API.".to_owned()),
                (false, true) => None,
            };
            let on = move || is_granted || choice.scopes.with(|all| all.contains(&asked));
            tick(scope.value.clone(), about(scope), on, why_not, move |on| choice.tick(&one, on))
        })
        .collect();
    view! { <fieldset><legend>"What it may ask for"</legend>{scopes}</fieldset> }.into_any()
}
