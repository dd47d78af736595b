//! The live preview: the hosted pages' own component with its own style and the validator that the server uses, in a shadow
//! root, so that neither side's style reaches the other. The only place where the portal meets `app::hosted`.

use super::{
    client::{Result, client},
    session::portal,
    trouble::Trouble,
    ui::{
        field::showing,
        icon::{Icon, icon},
        load::both,
    },
};
use crate::admin::ui::listen::{on_change, on_click};
use crate::{
    contract::{
        brand::{Brand, Palette, Tone},
        journey::{LanguageName, Notice, Page, Step},
        portal::Language,
        user_flow::{Field, InputKind},
        validate::{Fault, field_name, value},
    },
    hosted::{self, hosted},
    text::{Key, Texts},
    ui::{
        browser::{document, window},
        ground::Ground,
    },
};
use gloo_net::http::{Request, Response};
use js_sys::{Array, Promise, Reflect};
use leptos::{html::Div, mount::mount_to, prelude::*, task::spawn_local};
use serde_json::{Value, json};
use std::{any::Any, cell::RefCell, collections::BTreeMap, sync::Arc};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{
    CssStyleSheet, Element, FormData, HtmlElement, HtmlFormElement, ShadowRoot, ShadowRootInit, ShadowRootMode,
    SubmitEvent,
};

/// Which page is drawn, of whom.
#[derive(Clone, PartialEq)]
pub struct Sample {
    pub brand: Brand,
    pub application: String,
    pub step: Step,
    pub said: Said,
    pub words: Vec<Words>,
}

/// What will be said in the place of a sentence, once it is saved: where the page's language says nothing else.
#[derive(Clone, PartialEq)]
pub struct Words {
    pub key: Key,
    pub saved: String,
    pub now: String,
}

/// What the page knows and says of what was sent before.
#[derive(Clone, PartialEq, Default)]
pub struct Said {
    pub address: Option<String>,
    pub faults: Vec<Fault>,
    pub typed: BTreeMap<String, Vec<String>>,
    pub notice: Option<Notice>,
}

/// A form of the page that was sent: its fields in their order, the button's last.
pub type Sent = Vec<(String, String)>;

/// What is done with a form that is sent in a preview.
type Hear = Arc<dyn Fn(Sent) + Send + Sync>;

/// A step as the management API tells it, with what the page says there.
pub fn read(told: &Value) -> Option<(Step, Said)> {
    let page = json!({
        "path": "", "token": "", "application": "", "language": "en", "languages": [], "canCancel": false, "embedded": true,
        "brand": { "name": "", "colour": "#000000", "links": [] },
        "address": told["address"], "step": told["page"], "faults": told["faults"], "typed": told["typed"],
        "notice": told["notice"],
    });
    let Page { step, address, faults, typed, notice, .. } = hosted::read::page(&page.to_string())?;
    Some((step, Said { address, faults, typed, notice }))
}

/// How it is looked at.
#[derive(Clone, Copy)]
pub struct Look {
    pub language: RwSignal<String>,
    dark: RwSignal<bool>,
    phone: RwSignal<bool>,
    dress: RwSignal<Option<Dress>>,
}

impl Look {
    /// Made when the screen opens: what the page is made of is asked for at the same time as what it shows.
    pub fn new() -> Self {
        forget_sentences();
        let dark = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
        let look = Self {
            language: RwSignal::new("en".into()),
            dark: RwSignal::new(dark.is_some_and(|dark| dark.matches())),
            phone: RwSignal::new(true),
            dress: RwSignal::new(None),
        };
        Effect::new(move |_| look.get_dressed());
        look
    }

    /// What was said so far is said otherwise now.
    pub fn hear_anew(self) {
        forget_sentences();
        untrack(|| self.get_dressed());
    }

    fn get_dressed(self) {
        let portal = portal();
        // It is gone with its screen, and whoever saved there may be elsewhere by now.
        let Some(wanted) = self.language.try_get() else { return };
        let found = portal.languages.iter().find(|language| language.tag == wanted).or(portal.languages.first());
        let Some(language) = found.cloned() else { return };
        spawn_local(async move {
            let sentences = sentences(&language.tag);
            let Ok((css, text)) = both(fetched(&portal.hosted_css), fetched(&sentences)).await else { return };
            if let Some(texts) = Texts::from_array_json(&text) {
                self.dress.try_set(Some(Dress { css, texts, language }));
            }
        });
    }
}

/// Whoever is about to open a screen with a preview has the pages' style by then.
pub fn foresee() {
    spawn_local(async { drop(fetched(&portal().hosted_css).await) });
}

/// Where the pages' sentences in one language are, as this directory says them at present.
fn sentences(language: &str) -> String {
    let directory = client().directory.get_untracked();
    format!("{SENTENCES}{directory}/{language}.json")
}

const SENTENCES: &str = "/sentences/";

/// What the page is made of besides its data.
#[derive(Clone, PartialEq)]
struct Dress {
    css: String,
    texts: Texts,
    language: Language,
}

/// The frame with the page in it. `sample` is read again whenever it changes. An attribute page judges what is tried in it.
pub fn preview(sample: Signal<Option<Sample>>, look: Look) -> AnyView {
    frame("Live preview", sample, look, None)
}

/// The same, and whoever walks through it goes on by `hear`.
pub fn walked(sample: Signal<Option<Sample>>, look: Look, hear: impl Fn(Sent) + Send + Sync + 'static) -> AnyView {
    frame("The page", sample, look, Some(Arc::new(hear)))
}

fn frame(name: &'static str, sample: Signal<Option<Sample>>, look: Look, hear: Option<Hear>) -> AnyView {
    view! {
        <section class="card preview" aria-label=name>
            <header>
                <h2>{name}</h2>
                {controls(look)}
            </header>
            <div class="stage" class:phone=move || look.phone.get() class:dark=move || look.dark.get()>
                {stage(sample, look, hear)}
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
            view! { <option value=language.tag>{language.name}</option> }
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
            <select class="input" node_ref=showing(move || look.language.get()) aria-label="Language of the preview" on:change=on_change(move |event| look.language.set(event_target_value(&event)))>
                {languages}
            </select>
        </div>
    }
    .into_any()
}

/// The element that the shadow root hangs on, drawn again at every change of what it shows.
fn stage(sample: Signal<Option<Sample>>, look: Look, hear: Option<Hear>) -> AnyView {
    let host = NodeRef::<Div>::new();
    // What is mounted; dropped, it is gone from the page.
    let mounted = StoredValue::new_local(None::<Box<dyn Any>>);
    // What somebody typed into the preview, and what is wrong with it.
    let tried = RwSignal::new((BTreeMap::<String, Vec<String>>::new(), Vec::<Fault>::new()));
    // Whoever sent the page before goes on in this one.
    let answered = StoredValue::new(false);
    // Read by the browser when it changes, not at every letter that somebody writes beside it.
    let style = Memo::new(move |_| {
        let brand = sample.with(|sample| sample.as_ref().map(|sample| sample.brand.clone()))?;
        look.dress.with(|dress| dress.as_ref().map(|dress| css(&dress.css, &brand, look.phone.get(), look.dark.get())))
    });
    Effect::new(move |_| {
        if let (Some(root), Some(style)) = (host.get().as_deref().and_then(open_shadow), style.get()) {
            dress_up(&root, &style);
        }
    });
    Effect::new(move |_| {
        // What the page before listened to is gone already: it must hear nothing more, whether or not another one follows.
        mounted.set_value(None);
        let (Some(host), Some(sample), Some(dress)) = (host.get(), sample.get(), look.dress.get()) else { return };
        let Some(root) = open_shadow(&host) else { return };
        root.set_inner_html("");
        let (typed, faults) = tried.get();
        if let Some((body, ground)) = ground(&dress.language) {
            let page = page(&sample, &dress.language, typed, faults);
            let texts =
                sample.words.iter().fold(dress.texts, |texts, words| match texts.say(words.key) == words.saved {
                    true => texts.saying(words.key, &words.now),
                    false => texts,
                });
            let hear = hear.clone().unwrap_or_else(|| judge_here(sample, tried));
            catch(
                &ground,
                look,
                Arc::new(move |sent| {
                    answered.set_value(true);
                    hear(sent);
                }),
            );
            let handle = mount_to(ground, move || hosted(Arc::new(page), Arc::new(texts), Ground::none()));
            mounted.set_value(Some(Box::new(handle)));
            let first = settle(&body);
            // Fails only where a node would contain itself.
            let _ = root.append_child(&body);
            if answered.get_value() {
                answered.set_value(false);
                // Fails only for an element that is gone.
                first.map(|first| first.focus().ok());
            }
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

/// A page in a page: its first field leaves the focus to whoever edits beside it.
/// Gives what would have had the focus.
fn settle(body: &Element) -> Option<HtmlElement> {
    let wanted = ["[aria-invalid=true]", "[autofocus]", ".ext-title"];
    let first = wanted.iter().find_map(|wanted| body.query_selector(wanted).ok().flatten());
    while let Ok(Some(field)) = body.query_selector("[autofocus]") {
        let _ = field.remove_attribute("autofocus");
    }
    first.and_then(|first| first.dyn_into().ok())
}

/// The hosted pages' stylesheet, told about the frame instead of the window.
fn css(hosted: &str, sample: &Brand, phone: bool, dark: bool) -> String {
    let so = |yes: bool| if yes { "all" } else { "not all" };
    let scheme = if dark { "dark" } else { "light" };
    let Palette { light, dark: in_dark } = Palette::new(sample.colour);
    let Tone { brand, on_brand } = if dark { in_dark } else { light };
    let framed = hosted
        .replace(":root", ":host")
        .replace("color-scheme:light dark", &format!("color-scheme:{scheme}"))
        .replace("(prefers-color-scheme:dark)", so(dark))
        .replace("(max-width:480px)", so(phone))
        .replace("}body{", "}.body{")
        .replace("100dvh", "100%")
        .replace("100vh", "100%");
    let ground = sample.ground(".body").unwrap_or_default().replace(" fixed", "");
    format!(
        "{framed}{ground}:host{{--brand:{brand};--on-brand:{on_brand}}}.body{{grid-area:1/1;min-height:100%;display:grid}}#hosted{{min-height:0}}"
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
    let Sample { brand, application, step, said, .. } = sample.clone();
    let (typed, faults) = if said == Said::default() { (typed, faults) } else { (said.typed, said.faults) };
    let languages =
        portal().languages.into_iter().map(|Language { tag, name, .. }| LanguageName { tag, name }).collect();
    let somebody = || (!matches!(step, Step::Address { .. })).then(|| "name@example.com".to_owned());
    let address = said.address.or_else(somebody);
    Page {
        path: String::new(),
        token: String::new(),
        brand,
        application,
        language: language.tag.clone(),
        languages,
        address,
        step,
        can_cancel: false,
        faults,
        typed,
        notice: said.notice,
        embedded: true,
    }
}

/// What was typed into the preview, and what is wrong with it.
type Tried = (BTreeMap<String, Vec<String>>, Vec<Fault>);

/// A form in the preview goes nowhere but to `hear`; another language is another look.
fn catch(ground: &HtmlElement, look: Look, hear: Hear) {
    let caught = Closure::<dyn FnMut(SubmitEvent)>::new(move |event: SubmitEvent| {
        event.prevent_default();
        event.stop_propagation();
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        if let Some(sent) = form.and_then(|form| sent(&form, event.submitter().map(Into::into))) {
            match sent.last() {
                Some((name, tag)) if name == "language" => look.language.set(tag.clone()),
                _ => hear(sent),
            }
        }
    });
    // Before the page's own listener hears of it. Fails only for what is no function.
    let _ = ground.add_event_listener_with_callback_and_bool("submit", caught.as_ref().unchecked_ref(), true);
    caught.forget();
}

/// A form that sends itself has no button; the first one speaks for it, as it does when Enter is pressed.
fn sent(form: &HtmlFormElement, button: Option<Element>) -> Option<Sent> {
    let button = button.or_else(|| form.query_selector("button[name]").ok().flatten())?;
    let text = |value: &JsValue| value.as_string().unwrap_or_default();
    let fields = Array::from(&FormData::new_with_form(form).ok()?.into());
    let fields = fields.iter().map(|pair| Array::from(&pair)).map(|pair| (text(&pair.get(0)), text(&pair.get(1))));
    let mut sent: Sent = fields.filter(|(name, _)| name != "token").collect();
    sent.push((button.get_attribute("name")?, button.get_attribute("value").unwrap_or_default()));
    Some(sent)
}

/// Judged as the server would, and the page says what it would say.
fn judge_here(sample: Sample, tried: RwSignal<Tried>) -> Hear {
    Arc::new(move |sent| {
        if let Step::Attributes { fields, .. } = &sample.step {
            tried.set(judged(fields, &sent));
        }
    })
}

fn judged(fields: &[Field], sent: &Sent) -> Tried {
    let mut typed = BTreeMap::new();
    let mut faults = Vec::new();
    for field in fields.iter().filter(|field| !field.read_only) {
        let name = field_name(&field.attribute);
        let own = sent.iter().filter(|(sent, _)| *sent == name);
        let mut values: Vec<String> = own.map(|(_, value)| value.clone()).collect();
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

thread_local! {
    /// What previews are made of, by its address, so that each is asked for once.
    static ASKED: RefCell<BTreeMap<String, Promise>> = const { RefCell::new(BTreeMap::new()) };
}

async fn fetched(address: &str) -> Result<String> {
    let text = JsFuture::from(asked(address)).await.ok().and_then(|text| text.as_string());
    if text.is_none() {
        ASKED.with_borrow_mut(|asked| asked.remove(address));
    }
    text.ok_or(Trouble::NoConnection)
}

fn asked(address: &str) -> Promise {
    let ask = || future_to_promise(text_at(address.to_owned()));
    ASKED.with_borrow_mut(|asked| asked.entry(address.to_owned()).or_insert_with(ask).clone())
}

/// Another administrator may have said them otherwise since the last screen.
fn forget_sentences() {
    ASKED.with_borrow_mut(|asked| asked.retain(|address, _| !address.starts_with(SENTENCES)));
}

async fn text_at(address: String) -> std::result::Result<JsValue, JsValue> {
    let answer = Request::get(&address).send().await.ok().filter(Response::ok).ok_or(JsValue::NULL)?;
    answer.text().await.map(JsValue::from).map_err(|_| JsValue::NULL)
}
