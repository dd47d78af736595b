//! The live preview: the hosted pages' own component with its own style and the validator that the server uses, in a shadow
//! root, so that neither side's style reaches the other. The only place where the portal meets `app::hosted`.

use super::{
    session::portal,
    ui::icon::{Icon, icon},
};
use crate::admin::ui::listen::{on_change, on_click};
use crate::{
    contract::{
        brand::{Brand, Palette, Tone},
        journey::{LanguageName, Page, Step},
        portal::Language,
        user_flow::{Field, InputKind},
        validate::{Fault, field_name, value},
    },
    hosted::hosted,
    text::Texts,
    ui::browser::{document, window},
};
use gloo_net::http::Request;
use js_sys::{Array, Reflect};
use leptos::{html::Div, mount::mount_to, prelude::*, task::spawn_local};
use std::{any::Any, collections::BTreeMap, sync::Arc};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{
    CssStyleSheet, Element, Event, FormData, HtmlElement, HtmlFormElement, ShadowRoot, ShadowRootInit, ShadowRootMode,
};

/// Which page is drawn, of whom.
#[derive(Clone, PartialEq)]
pub struct Sample {
    pub brand: Brand,
    pub application: String,
    pub step: Step,
}

/// How it is looked at.
#[derive(Clone, Copy)]
pub struct Look {
    pub language: RwSignal<String>,
    dark: RwSignal<bool>,
    phone: RwSignal<bool>,
}

impl Look {
    pub fn new() -> Self {
        let dark = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
        Self {
            language: RwSignal::new("en".into()),
            dark: RwSignal::new(dark.is_some_and(|dark| dark.matches())),
            phone: RwSignal::new(true),
        }
    }
}

/// What the page is made of besides its data.
#[derive(Clone, PartialEq)]
struct Dress {
    css: String,
    texts: Texts,
    language: Language,
}

/// The frame with the page in it. `sample` is read again whenever it changes.
pub fn preview(sample: Signal<Option<Sample>>, look: Look) -> AnyView {
    let dress = RwSignal::new(None::<Dress>);
    Effect::new(move |_| {
        let portal = portal();
        let wanted = look.language.get();
        let found = portal.languages.iter().find(|language| language.tag == wanted).or(portal.languages.first());
        let Some(language) = found.cloned() else { return };
        spawn_local(async move {
            let (Some(css), Some(text)) = (fetched(&portal.hosted_css).await, fetched(&language.text).await) else {
                return;
            };
            if let Some(texts) = Texts::from_array_json(&text) {
                dress.try_set(Some(Dress { css, texts, language }));
            }
        });
    });
    view! {
        <section class="card preview" aria-label="Live preview">
            <header>
                <h2>"Live preview"</h2>
                {controls(look)}
            </header>
            <div class="stage" class:phone=move || look.phone.get() class:dark=move || look.dark.get()>
                {stage(sample, look, dress)}
            </div>
        </section>
    }
    .into_any()
}

fn controls(look: Look) -> AnyView {
    let languages: Vec<_> = portal()
        .languages
        .into_iter()
        .map(|language| {
            let tag = language.tag.clone();
            view! { <option value=language.tag prop:selected=move || look.language.with(|now| *now == tag)>{language.name}</option> }
        })
        .collect();
    let switch = |name: &'static str, drawing: Icon, on: bool, signal: RwSignal<bool>| {
        view! {
            <button
                type="button"
                aria-label=name
                title=name
                aria-pressed=move || if signal.get() == on { "true" } else { "false" }
                on:click=on_click(move |_| signal.set(on))
            >{icon(drawing)}</button>
        }
    };
    view! {
        <div class="controls">
            <span class="pair">
                {switch("Phone", Icon::Phone, true, look.phone)}
                {switch("Desktop", Icon::Desktop, false, look.phone)}
            </span>
            <span class="pair">
                {switch("Light", Icon::Light, false, look.dark)}
                {switch("Dark", Icon::Dark, true, look.dark)}
            </span>
            <select class="input" aria-label="Language of the preview" on:change=on_change(move |event| look.language.set(event_target_value(&event)))>
                {languages}
            </select>
        </div>
    }
    .into_any()
}

/// The element that the shadow root hangs on, drawn again at every change of what it shows.
fn stage(sample: Signal<Option<Sample>>, look: Look, dress: RwSignal<Option<Dress>>) -> AnyView {
    let host = NodeRef::<Div>::new();
    // What is mounted; dropped, it is gone from the page.
    let mounted = StoredValue::new_local(None::<Box<dyn Any>>);
    // What somebody typed into the preview, and what is wrong with it.
    let tried = RwSignal::new((BTreeMap::<String, Vec<String>>::new(), Vec::<Fault>::new()));
    Effect::new(move |_| {
        let (Some(host), Some(sample), Some(dress)) = (host.get(), sample.get(), dress.get()) else { return };
        let Some(root) = open_shadow(&host) else { return };
        let (phone, dark) = (look.phone.get(), look.dark.get());
        dress_up(&root, &css(&dress.css, &sample.brand, phone, dark));
        mounted.set_value(None);
        root.set_inner_html("");
        let (typed, faults) = tried.get();
        if let Some((body, ground)) = ground(&dress.language) {
            let page = page(&sample, &dress.language, typed, faults);
            judge_here(&ground, sample, tried);
            let handle = mount_to(ground, move || hosted(Arc::new(page), Arc::new(dress.texts)));
            mounted.set_value(Some(Box::new(handle)));
            settle(&body);
            // Fails only where a node would contain itself.
            let _ = root.append_child(&body);
        }
    });
    view! { <div class="page" node_ref=host></div> }.into_any()
}

fn open_shadow(host: &HtmlElement) -> Option<ShadowRoot> {
    host.shadow_root().or_else(|| host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok())
}

/// What stands for the document's `body`, and `#hosted` inside it.
fn ground(language: &Language) -> Option<(Element, HtmlElement)> {
    let body = document().create_element("div").ok()?;
    body.set_class_name("body");
    for (name, value) in [("lang", &language.tag), ("dir", &language.direction)] {
        // Fails only for names that are no names.
        let _ = body.set_attribute(name, value);
    }
    let ground = document().create_element("div").ok()?;
    ground.set_id("hosted");
    ground.set_class_name("ext-middle");
    body.append_child(&ground).ok()?;
    Some((body, ground.dyn_into().ok()?))
}

/// A page in a page: its first field leaves the focus to whoever edits beside it, and its landmarks are none of this document.
fn settle(body: &Element) {
    while let Ok(Some(field)) = body.query_selector("[autofocus]") {
        let _ = field.remove_attribute("autofocus");
    }
    for landmark in ["main", "footer"] {
        if let Ok(Some(landmark)) = body.query_selector(landmark) {
            // Fails only for names that are no names.
            let _ = landmark.set_attribute("role", "group");
        }
    }
}

/// The hosted pages' stylesheet, told about the frame instead of the window.
fn css(hosted: &str, brand: &Brand, phone: bool, dark: bool) -> String {
    let so = |yes: bool| if yes { "all" } else { "not all" };
    let scheme = if dark { "dark" } else { "light" };
    let Palette { light, dark: in_dark } = Palette::new(brand.colour);
    let Tone { brand, on_brand } = if dark { in_dark } else { light };
    let framed = hosted
        .replace(":root", ":host")
        .replace("color-scheme:light dark", &format!("color-scheme:{scheme}"))
        .replace("(prefers-color-scheme:dark)", so(dark))
        .replace("(max-width:480px)", so(phone))
        .replace("}body{", "}.body{")
        .replace("100dvh", "100%")
        .replace("100vh", "100%");
    format!(
        "{framed}:host{{--brand:{brand};--on-brand:{on_brand}}}.body{{min-height:100%;display:grid}}#hosted{{min-height:0}}"
    )
}

fn dress_up(root: &ShadowRoot, css: &str) {
    if let Ok(sheet) = CssStyleSheet::new() {
        // Fails only for sheets that import others.
        let _ = sheet.replace_sync(css);
        let _ = Reflect::set(root, &"adoptedStyleSheets".into(), &Array::of1(&sheet));
    }
}

fn page(sample: &Sample, language: &Language, typed: BTreeMap<String, Vec<String>>, faults: Vec<Fault>) -> Page {
    let Sample { brand, application, step } = sample.clone();
    let languages =
        portal().languages.into_iter().map(|Language { tag, name, .. }| LanguageName { tag, name }).collect();
    let address = (!matches!(step, Step::Address { .. })).then(|| "name@example.com".to_owned());
    Page {
        path: String::new(),
        token: String::new(),
        brand,
        application,
        language: language.tag.clone(),
        languages,
        address,
        step,
        faults,
        typed,
        notice: None,
    }
}

/// What was typed into the preview, and what is wrong with it.
type Tried = (BTreeMap<String, Vec<String>>, Vec<Fault>);

/// A form in the preview goes nowhere. It is judged as the server would, and the page says what it would say.
fn judge_here(ground: &HtmlElement, sample: Sample, tried: RwSignal<Tried>) {
    let judge = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        event.prevent_default();
        event.stop_propagation();
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        if let Step::Attributes { fields, .. } = &sample.step {
            tried.set(judged(fields, &form));
        }
    });
    // Before the page's own listener hears of it. Fails only for what is no function.
    let _ = ground.add_event_listener_with_callback_and_bool("submit", judge.as_ref().unchecked_ref(), true);
    judge.forget();
}

fn judged(fields: &[Field], form: &HtmlFormElement) -> (BTreeMap<String, Vec<String>>, Vec<Fault>) {
    let mut typed = BTreeMap::new();
    let mut faults = Vec::new();
    let data = FormData::new_with_form(form).ok();
    for field in fields.iter().filter(|field| !field.read_only) {
        let name = field_name(&field.attribute);
        let sent = data.as_ref().map(|data| data.get_all(&name)).unwrap_or_default();
        let mut values: Vec<String> = sent.iter().filter_map(|value| value.as_string()).collect();
        if field.kind != InputKind::MultiSelect {
            values.truncate(1);
        }
        if let Err(why) = value(field, &values) {
            faults.push(Fault { field: name.clone(), why });
        }
        typed.insert(name, values);
    }
    (typed, faults)
}

async fn fetched(address: &str) -> Option<String> {
    Request::get(address).send().await.ok()?.text().await.ok()
}
