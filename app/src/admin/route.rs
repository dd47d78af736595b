//! Which screen an address means, and how the portal goes from one to another without a new document.

use super::{browser::focus_again, desk::desk, ui::ask::asking};
use crate::ui::browser::window;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{Element, Event, MouseEvent};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Route {
    Flows,
    NewFlow,
    Flow { id: String, tab: FlowTab },
    Applications,
    Application { id: String },
    Attributes,
    Providers,
    People,
    Person { id: String },
    SignInsOf { id: String },
    Branding,
    Languages,
    Design,
    Directories,
    Administrators,
    Activity { tab: ActivityTab },
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FlowTab {
    Overview,
    Properties,
    Applications,
    Providers,
    Attributes,
    Layout,
    Languages,
    Run,
    History,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActivityTab {
    SignIns,
    Changes,
    Funnel,
}

/// A tab of a flow: the word in the address, the word on the page.
pub type Named = (FlowTab, &'static str, &'static str);

/// In the order in which a flow shows them, under the words that the first seed document reads there.
pub static FLOW_TABS: [(&str, &[Named]); 4] = [
    ("", &[(FlowTab::Overview, "", "Overview")]),
    (
        "Settings",
        &[
            (FlowTab::Properties, "properties", "Properties"),
            (FlowTab::Providers, "identity-providers", "Identity providers"),
            (FlowTab::History, "history", "History"),
        ],
    ),
    ("Use", &[(FlowTab::Applications, "applications", "Applications"), (FlowTab::Run, "run", "Run user flow")]),
    (
        "Customize",
        &[
            (FlowTab::Attributes, "attributes", "User attributes"),
            (FlowTab::Layout, "page-layouts", "Page layouts"),
            (FlowTab::Languages, "languages", "Languages"),
        ],
    ),
];

fn flow_tabs() -> impl Iterator<Item = &'static Named> {
    FLOW_TABS.iter().flat_map(|(_, tabs)| tabs.iter())
}

pub const ACTIVITY_TABS: [(ActivityTab, &str, &str); 3] = [
    (ActivityTab::SignIns, "", "Sign-ins and sign-ups"),
    (ActivityTab::Funnel, "funnel", "Where people stop"),
    (ActivityTab::Changes, "changes", "Administrators’ changes"),
];

const ROOT: &str = "/admin";

impl Route {
    pub fn of(address: &str) -> Self {
        let path = path_of(address);
        let rest = path.strip_prefix(ROOT).unwrap_or(path);
        let words: Vec<String> = rest.split('/').filter(|word| !word.is_empty()).map(decoded).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let flow_tab = |word: &str| flow_tabs().find(|(_, known, _)| *known == word).map(|(tab, ..)| *tab);
        let activity_tab = |word: &str| ACTIVITY_TABS.iter().find(|(_, known, _)| *known == word).map(|(tab, ..)| *tab);
        match words.as_slice() {
            [] | ["user-flows"] => Route::Flows,
            ["user-flows", "new"] => Route::NewFlow,
            ["user-flows", id] => Route::Flow { id: (*id).into(), tab: FlowTab::Overview },
            ["user-flows", id, tab] => {
                flow_tab(tab).map_or(Route::Unknown, |tab| Route::Flow { id: (*id).into(), tab })
            }
            ["applications"] => Route::Applications,
            ["applications", id] => Route::Application { id: (*id).into() },
            ["attributes"] => Route::Attributes,
            ["identity-providers"] => Route::Providers,
            ["people"] => Route::People,
            ["people", id] => Route::Person { id: (*id).into() },
            ["people", id, "sign-ins"] => Route::SignInsOf { id: (*id).into() },
            ["branding"] => Route::Branding,
            ["languages"] => Route::Languages,
            ["design"] => Route::Design,
            ["directories"] => Route::Directories,
            ["administrators"] => Route::Administrators,
            ["activity"] => Route::Activity { tab: ActivityTab::SignIns },
            ["activity", tab] => activity_tab(tab).map_or(Route::Unknown, |tab| Route::Activity { tab }),
            _ => Route::Unknown,
        }
    }

    pub fn path(&self) -> String {
        let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
        let under = |place: &str, word: &str| {
            if word.is_empty() { format!("{ROOT}/{place}") } else { format!("{ROOT}/{place}/{word}") }
        };
        match self {
            Route::Flows | Route::Unknown => under("user-flows", ""),
            Route::NewFlow => under("user-flows", "new"),
            Route::Flow { id, tab } => {
                let word = flow_tabs().find(|(known, ..)| known == tab).map_or("", |(_, word, _)| word);
                under(&format!("user-flows/{}", encode(id)), word)
            }
            Route::Applications => under("applications", ""),
            Route::Application { id } => under("applications", &encode(id)),
            Route::Attributes => under("attributes", ""),
            Route::Providers => under("identity-providers", ""),
            Route::People => under("people", ""),
            Route::Person { id } => under("people", &encode(id)),
            Route::SignInsOf { id } => under("people", &format!("{}/sign-ins", encode(id))),
            Route::Branding => under("branding", ""),
            Route::Languages => under("languages", ""),
            Route::Design => under("design", ""),
            Route::Directories => under("directories", ""),
            Route::Administrators => under("administrators", ""),
            Route::Activity { tab } => {
                let word = ACTIVITY_TABS.iter().find(|(known, ..)| known == tab).map_or("", |(_, word, _)| word);
                under("activity", word)
            }
        }
    }
}

/// Where the person is, and whether something there would be lost by leaving.
#[derive(Clone, Copy)]
pub struct Place {
    pub route: RwSignal<Route>,
    /// The forms of this screen, and whether each holds changes that are not saved.
    forms: StoredValue<Vec<Memo<bool>>>,
    /// Where the person wanted to go while there were unsaved changes.
    pub held: RwSignal<Option<String>>,
    /// How often somebody arrived at a screen.
    arrivals: StoredValue<u32>,
}

pub fn place() -> Place {
    desk().place
}

/// One stay at a screen. An answer that comes once it is over moves nobody, and lets go of nothing that is written elsewhere.
#[derive(Clone, Copy)]
pub struct Stay {
    place: Place,
    arrival: u32,
}

/// The present one, to be asked for before the server is.
pub fn stay() -> Stay {
    let place = place();
    Stay { place, arrival: place.arrivals.get_value() }
}

impl Stay {
    pub fn lasts(self) -> bool {
        self.place.arrivals.get_value() == self.arrival
    }

    /// What is written here is saved.
    pub fn let_go(self) {
        if self.lasts() {
            self.place.let_go();
        }
    }

    pub fn go(self, route: &Route) {
        if self.lasts() {
            self.place.go(route);
        }
    }

    /// On from here, where what is written is not wanted any more.
    pub fn leave_for(self, route: &Route) {
        self.let_go();
        self.go(route);
    }
}

impl Place {
    pub fn new(path: &str) -> Self {
        let place = Self {
            route: RwSignal::new(Route::of(path)),
            forms: StoredValue::new(Vec::new()),
            held: RwSignal::new(None),
            arrivals: StoredValue::new(0),
        };
        replace(&place.route.get_untracked().path(), path);
        place.listen();
        place
    }

    /// A form of this screen: while it holds changes, nobody leaves unasked. It is gone with its screen.
    pub fn hold(self, is_changed: impl Fn() -> bool + Send + Sync + 'static) {
        let form = Memo::new(move |_| is_changed());
        self.forms.update_value(|forms| {
            forms.retain(|form| form.try_get_untracked().is_some());
            forms.push(form);
        });
    }

    /// Saved, or not wanted any more.
    pub fn let_go(self) {
        self.forms.update_value(Vec::clear);
    }

    pub fn is_unsaved(self) -> bool {
        self.forms.with_value(|forms| forms.iter().any(|form| form.try_get_untracked() == Some(true)))
    }

    pub fn go(self, route: &Route) {
        self.go_to(&route.path());
    }

    pub fn go_to(self, path: &str) {
        if self.is_unsaved() {
            self.held.set(Some(path.into()));
            return;
        }
        // Fails only for an address of another origin.
        let _ = history(|history| history.push_state_with_url(&JsValue::NULL, "", Some(path)));
        self.arrive(path);
    }

    fn arrive(self, path: &str) {
        self.let_go();
        self.arrivals.update_value(|arrivals| *arrivals += 1);
        // A question about a screen goes with it.
        asking().withdraw();
        self.route.set(Route::of(path));
        window().scroll_to_with_x_and_y(0.0, 0.0);
        focus_again(None);
    }

    /// Goes on although what was not saved is lost.
    pub fn leave_unsaved(self) {
        self.let_go();
        if let Some(path) = self.held.get_untracked() {
            self.held.set(None);
            self.go_to(&path);
        }
    }

    /// Links of the portal's own are followed here; back and forward are heard; nothing unsaved is closed unasked.
    fn listen(self) {
        on("click", move |event: MouseEvent| {
            let plain =
                event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
            let Some(path) = own_path(&event).filter(|_| plain) else { return };
            event.prevent_default();
            self.go_to(&path);
        });
        on("popstate", move |_: Event| {
            let path = window().location().pathname().unwrap_or_default();
            // A link to a place on this screen, or back from one: the browser has gone there.
            if self.route.with_untracked(|here| *here == Route::of(&path)) {
                return;
            }
            if self.is_unsaved() {
                // The browser has gone already: back to where the changes are, and ask.
                let here = self.route.get_untracked().path();
                let _ = history(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&here)));
                self.held.set(Some(path));
            } else {
                self.arrive(&path);
            }
        });
        on("beforeunload", move |event: Event| {
            if self.is_unsaved() {
                event.prevent_default();
            }
        });
    }
}

/// The path of the link that an event is about, where it stays inside the portal and in this window.
pub fn own_path(event: &Event) -> Option<String> {
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let path = link.get_attribute("href")?;
    let inside = path.starts_with("/admin/") && !link.has_attribute("target") && !link.has_attribute("download");
    inside.then_some(path)
}

pub fn on<E: JsCast + 'static>(name: &str, mut act: impl FnMut(E) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| act(event.unchecked_into()));
    // Fails only for what is no function. It listens as long as the document lives.
    let _ = window().add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// Without query and fragment.
fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

fn replace(path: &str, wanted: &str) {
    let rest = wanted.strip_prefix(path_of(wanted)).unwrap_or_default();
    let _ = history(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{path}{rest}"))));
}

fn history(act: impl FnOnce(web_sys::History) -> Result<(), JsValue>) -> Result<(), JsValue> {
    window().history().and_then(act)
}

fn decoded(word: &str) -> String {
    js_sys::decode_uri_component(word).map(Into::into).unwrap_or_else(|_| word.into())
}
