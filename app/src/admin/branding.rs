//! *Branding*: name, logo, colour, background, links and texts of the directory's pages, with a page beside them.

use super::{
    browser::{focus_again, focus_fault},
    client::client,
    desk::desk,
    frame::head,
    preview::{Look, Said, Sample, Words, preview},
    route::{Route, place, stay},
    ui::{
        ask::{Question, asking},
        button::{Act, run, submit_of, with_icon},
        field::{Label, field, line, lines},
        icon::Icon,
        load::{Loaded, load},
        toast::toasts,
    },
};
use crate::admin::ui::listen::{on_change, on_submit};
use crate::contract::{
    brand::{Brand, Colour, Link, LinkKind, Palette},
    journey::{Asks, Path, Step},
    resource::organization::{Branding, Organization},
};
use crate::text::Key;
use leptos::{prelude::*, task::spawn_local};
use serde_json::{Map, Value};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The directory's brand as its pages have it.
pub fn brand_of(branding: &Branding, directory: Option<&Organization>) -> Brand {
    let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    // Relative to the server's own root, as Graph's are to its network of copies.
    let picture = |path: &Option<String>| said(path).map(|path| format!("/{path}"));
    let link = |kind, url: &Option<String>| said(url).map(|url| Link { kind, url });
    let links = [
        link(LinkKind::Privacy, &branding.custom_privacy_and_cookies_url),
        link(LinkKind::Terms, &branding.custom_terms_of_use_url),
    ];
    Brand {
        name: said(&branding.brand_name)
            .or_else(|| directory.map(|directory| directory.display_name.clone()))
            .unwrap_or_default(),
        logo: picture(&branding.banner_logo_relative_url),
        background: picture(&branding.background_image_relative_url),
        colour: branding.brand_color.as_deref().and_then(Colour::read).unwrap_or_default(),
        links: links.into_iter().flatten().collect(),
    }
}

/// What stands in the fields.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    colour: RwSignal<String>,
    privacy: RwSignal<String>,
    terms: RwSignal<String>,
    text: RwSignal<String>,
    hint: RwSignal<String>,
    faults: [RwSignal<Option<String>>; 6],
}

/// Graph's names of what is written, in the order of the faults.
const PROPERTIES: [&str; 6] = [
    "brandName",
    "brandColor",
    "customPrivacyAndCookiesUrl",
    "customTermsOfUseUrl",
    "signInPageText",
    "usernameHintText",
];

/// The id of the form, whose button stands in the head of the screen.
const FORM: &str = "branding";

fn written(branding: &Branding) -> [&Option<String>; 6] {
    [
        &branding.brand_name,
        &branding.brand_color,
        &branding.custom_privacy_and_cookies_url,
        &branding.custom_terms_of_use_url,
        &branding.sign_in_page_text,
        &branding.username_hint_text,
    ]
}

pub fn screen() -> AnyView {
    let (client, look) = (client(), Look::new());
    let branding = load(move || async move {
        let directory = client.directory.get_untracked();
        client.branding(&directory).await
    });
    view! { <div class="screen wide">{branding.show(6, move |now| editing(branding, look, now))}</div> }.into_any()
}

fn editing(loaded: Loaded<Branding>, look: Look, branding: Branding) -> AnyView {
    let said = |text: &Option<String>| RwSignal::new(text.clone().unwrap_or_default());
    let draft = Draft {
        name: said(&branding.brand_name),
        colour: RwSignal::new(branding.brand_color.clone().unwrap_or_else(|| Colour::default().to_string())),
        privacy: said(&branding.custom_privacy_and_cookies_url),
        terms: said(&branding.custom_terms_of_use_url),
        text: said(&branding.sign_in_page_text),
        hint: said(&branding.username_hint_text),
        faults: [(); 6].map(|()| RwSignal::new(None)),
    };
    // As it was read last; the fields go on from what is typed.
    let saved = RwSignal::new(branding);
    let shown = move || draft.over(saved.get());
    let sample = Signal::derive(move || {
        Some(Sample {
            brand: brand_of(&shown(), desk().directory.get().as_ref()),
            application: "your application".into(),
            step: Step::Address {
                path: Path::SignIn,
                asks: Asks::Email,
                sends_code: false,
                can_sign_in: true,
                can_sign_up: true,
                can_recover: true,
            },
            said: Said::default(),
            words: words(&saved.get(), &shown()),
        })
    });
    let typed = move || draft.over(Branding::default());
    let as_it_is = untrack(typed);
    place().hold(move || typed() != as_it_is);
    let act = Act::new();
    let save = move || save(loaded, look, draft, act, &saved.get_untracked());
    let pictures = Pictures { loaded, saved };
    let [name, colour, privacy, terms, text, hint] = draft.faults;
    view! {
        {head(Vec::new(), "Branding".into(), submit_of(Some(FORM), "Save", "Saving …", act))}
        <div class="layout">
            <form class="stack" id=FORM novalidate on:submit=on_submit(move |event| { event.prevent_default(); save() })>
                <section class="card pad">
                    {line(Label::new("name", "Name").hint("What people know you by. It stands beside the logo."), draft.name, name)}
                    {picture(pictures, logo())}
                    {colour_field(draft.colour, colour)}
                    {picture(pictures, background())}
                </section>
                <section class="card pad">
                    {line(Label::new("privacy", "Privacy and cookies").optional().hint("A whole address, like https://example.com/privacy."), draft.privacy, privacy)}
                    {line(Label::new("terms", "Terms of use").optional().hint("A whole address. Both stand below every page."), draft.terms, terms)}
                </section>
                <section class="card pad">
                    <h2>"Texts"</h2>
                    {lines(Label::new("sign-in-text", "Text where people sign in").optional().hint("Below the form, up to 1,024 characters. A link is written [Help](https://example.com/help)."), 6, draft.text, text)}
                    {line(Label::new("username-hint", "Hint in the field").optional().hint("It stands where people type their address or name, until they type. Up to 64 characters."), draft.hint, hint)}
                    <p class="second">"These two are said in every language that says nothing of its own. Every sentence of the pages can be said in your own words, in each language, under "<a href=Route::Languages.path()>"Languages"</a>"."</p>
                </section>
            </form>
            <div class="beside">{preview(sample, look)}</div>
        </div>
    }
    .into_any()
}

impl Draft {
    /// The branding as the fields say it.
    fn over(self, mut branding: Branding) -> Branding {
        let said = |text: RwSignal<String>| Some(text.get().trim().to_owned()).filter(|text| !text.is_empty());
        branding.brand_name = said(self.name);
        branding.brand_color = said(self.colour);
        branding.custom_privacy_and_cookies_url = said(self.privacy);
        branding.custom_terms_of_use_url = said(self.terms);
        branding.sign_in_page_text = said(self.text);
        branding.username_hint_text = said(self.hint);
        branding
    }
}

fn words(before: &Branding, now: &Branding) -> Vec<Words> {
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        Words { key: Key::SignInPageText, saved: of(&before.sign_in_page_text), now: of(&now.sign_in_page_text) },
        Words { key: Key::UsernameHintText, saved: of(&before.username_hint_text), now: of(&now.username_hint_text) },
    ]
}

fn save(loaded: Loaded<Branding>, look: Look, draft: Draft, act: Act, before: &Branding) {
    let (client, toasts, stay) = (client(), toasts(), stay());
    if Colour::read(draft.colour.get_untracked().trim()).is_none() {
        draft.faults[1].set(Some("A colour is a # and six digits, like #3b5bdb.".into()));
        focus_fault();
        return;
    }
    let now = untrack(|| draft.over(before.clone()));
    let mut changes = Map::new();
    for ((property, before), now) in PROPERTIES.into_iter().zip(written(before)).zip(written(&now)) {
        if before != now {
            changes.insert(property.into(), now.clone().map_or(Value::Null, Value::from));
        }
    }
    let directory = client.directory.get_untracked();
    act.run(
        async move { client.update_branding(&directory, &Value::Object(changes)).await },
        move |saved| match saved {
            Ok(()) => {
                stay.let_go();
                toasts.good("Saved. The next page that somebody opens has it.");
                look.hear_anew();
                loaded.again();
            }
            Err(trouble) => {
                for (fault, property) in draft.faults.iter().zip(PROPERTIES) {
                    fault.set(trouble.about(property));
                }
                toasts.bad(trouble.sentence());
                focus_fault();
            }
        },
    );
}

/// The colour, and whether it can be read: what is not is made darker or brighter on the pages until it is.
fn colour_field(colour: RwSignal<String>, fault: RwSignal<Option<String>>) -> AnyView {
    let write = move |event| {
        fault.set(None);
        colour.set(event_target_value(&event));
    };
    let verdict = move || {
        let chosen = Colour::read(colour.get().trim())?;
        let Palette { light, dark } = Palette::new(chosen);
        let sentence = if light.brand == chosen {
            "Reads well on the light page; ".to_owned()
        } else {
            format!("Too light to be read on the light page, where {} is used instead; ", light.brand)
        };
        let sentence = sentence + &format!("on the dark page {} is used.", dark.brand);
        Some(view! { <p class="hint" role="status">{sentence}</p> })
    };
    let control = view! {
        <div class="colour">
            <input type="color" aria-label="Pick the colour" prop:value=colour on:input=on_change(write) />
            <input
                class="input"
                id="colour"
                autocomplete="off"
                aria-describedby="colour-about"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                prop:value=colour
                on:input=on_change(write)
            />
        </div>
        {verdict}
    };
    field(Label::new("colour", "Colour"), fault, control.into_any())
}

/// The pictures are there as soon as they are chosen, whatever else is typed and not saved.
#[derive(Clone, Copy)]
struct Pictures {
    loaded: Loaded<Branding>,
    saved: RwSignal<Branding>,
}

impl Pictures {
    /// One came or went: the form is drawn anew, but not over what is typed in it.
    fn again(self) {
        if !place().is_unsaved() {
            self.loaded.again();
            return;
        }
        let client = client();
        let directory = client.directory.get_untracked();
        run(async move { client.branding(&directory).await }, move |now| {
            let taken = self.saved.try_update(|saved| {
                saved.banner_logo_relative_url = now.banner_logo_relative_url;
                saved.background_image_relative_url = now.background_image_relative_url;
            });
            // The button that removed it is gone with it.
            if taken.is_some() {
                focus_again(None);
            }
        });
    }
}

/// Graph's words for a picture's place, and ours.
struct Place {
    word: &'static str,
    label: Label,
    /// As it stands in a sentence.
    name: &'static str,
    path: fn(&Branding) -> &Option<String>,
}

fn logo() -> Place {
    let hint = "PNG, JPEG or WebP; it is shown 28 pixels high.";
    let label = Label::new("logo", "Logo").optional().hint(hint);
    let path: fn(&Branding) -> &Option<String> = |branding| &branding.banner_logo_relative_url;
    Place { word: "bannerLogo", label, name: "logo", path }
}

fn background() -> Place {
    let hint = "PNG, JPEG or WebP, up to 1 MiB. It fills the page behind the card; words never stand on it.";
    let label = Label::new("background", "Background").optional().hint(hint);
    let path: fn(&Branding) -> &Option<String> = |branding| &branding.background_image_relative_url;
    Place { word: "backgroundImage", label, name: "background", path }
}

/// Bytes; the server takes no more.
const LARGEST: f64 = 1024.0 * 1024.0;

fn picture(pictures: Pictures, place: Place) -> AnyView {
    let (client, toasts) = (client(), toasts());
    let Place { word, label, name, path } = place;
    let fault = RwSignal::new(None::<String>);
    let upload = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        if file.size() > LARGEST {
            fault.set(Some("This picture has more than 1 MiB. Make it smaller, or save it as JPEG.".into()));
            return;
        }
        fault.set(None);
        let directory = client.directory.get_untracked();
        spawn_local(async move {
            match client.put_picture(&directory, word, &file).await {
                Ok(()) => {
                    toasts.good(format!("The new {name} is there."));
                    // Or the same file could not be chosen again once it was removed.
                    input.set_value("");
                    pictures.again();
                }
                Err(trouble) => {
                    if fault.try_set(Some(trouble.sentence())).is_some() {
                        toasts.bad(trouble.sentence_elsewhere());
                    }
                }
            }
        });
    };
    let remove = move || {
        let question = Question {
            title: format!("Remove the {name}?"),
            text: "It goes from every page at once, and is kept nowhere. To have it back, choose its file again."
                .into(),
            act: "Remove".into(),
            dangerous: true,
        };
        asking().ask(question, move || {
            let directory = client.directory.get_untracked();
            run(async move { client.delete_picture(&directory, word).await }, move |()| {
                toasts.good(format!("The {name} is removed."));
                pictures.again();
            });
        });
    };
    let removal = move || {
        let is_there = pictures.saved.with(|saved| path(saved).is_some());
        is_there.then(|| with_icon(Icon::Trash, format!("Remove the {name}"), remove))
    };
    let control = view! {
        <div class="buttons">
            <input class="file" id=label.id type="file" accept="image/png,image/jpeg,image/webp" on:change=on_change(upload) />
            {removal}
        </div>
    };
    field(label, fault, control.into_any())
}
