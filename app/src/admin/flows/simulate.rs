//! *Simulate*: walks through the flow in its own pages. The server says what each answer leads to, and writes nothing.

use super::super::{
    activity::{step_name, words},
    branding::brand_of,
    client::client,
    desk::desk,
    preview::{Look, Said, Sample, Sent, read, walked},
    ui::{
        button::{plain, run},
        copy,
        field::{Label, select},
        load::{Loaded, load},
    },
};
use crate::contract::{
    brand::Brand,
    flow_rules::SignInName,
    journey::Step,
    resource::{organization::Branding, user_flow::UserFlow},
};
use leptos::prelude::*;
use serde_json::{Map, Value, json};

/// Who walks, where they have an account already.
const ADDRESS: &str = "ada@example.com";
const USER_NAME: &str = "ada";
const PASSWORD: &str = "a bird in the hand";

const PATHS: [(&str, &str); 3] =
    [("signIn", "Sign in"), ("signUp", "Create an account"), ("recover", "Can’t access your account?")];
const PEOPLE: [(&str, &str); 4] = [
    ("", "Somebody new"),
    ("password", "Somebody with an account and a password"),
    ("passcode", "Somebody with an account and one-time passcodes"),
    ("disabled", "Somebody whose account is disabled"),
];

/// One walk: how it begins, what was answered, and what the server says of it.
#[derive(Clone, Copy)]
struct Walk {
    flow: StoredValue<String>,
    path: RwSignal<String>,
    who: RwSignal<String>,
    look: Look,
    /// The fields of each form that was sent.
    answers: RwSignal<Vec<Value>>,
    told: RwSignal<Option<Value>>,
    /// What accounts of the flow are called.
    called: RwSignal<SignInName>,
    /// Which request is the newest.
    round: StoredValue<u32>,
}

pub fn section(loaded: Loaded<UserFlow>, id: String) -> AnyView {
    let client = client();
    let branding = load(move || async move {
        let directory = client.directory.get_untracked();
        client.branding(&directory).await
    });
    let walk = Walk {
        flow: StoredValue::new(id),
        path: RwSignal::new("signIn".into()),
        who: RwSignal::new(String::new()),
        look: Look::new(),
        answers: RwSignal::new(Vec::new()),
        told: RwSignal::new(None),
        called: RwSignal::new(SignInName::default()),
        round: StoredValue::new(0),
    };
    walk.begin();
    loaded.show(6, move |flow| {
        walk.called.set(flow.rules.sign_in_name);
        let application =
            flow.applications().first().map_or_else(|| "your application".to_owned(), |it| it.display_name.clone());
        branding.show(6, move |branding| walking(walk, application.clone(), &branding))
    })
}

fn walking(walk: Walk, application: String, branding: &Branding) -> AnyView {
    let brand = StoredValue::new(brand_of(branding, desk().directory.get_untracked().as_ref()));
    let application = StoredValue::new(application);
    let sample = Signal::derive(move || {
        let told = walk.told.get()?;
        let (step, said) = here(&told)?;
        let (brand, application) = (brand.with_value(Brand::clone), application.get_value());
        Some(Sample { brand, application, step, said, words: Vec::new() })
    });
    let choices = |all: &[(&str, &str)]| all.iter().map(|(word, name)| ((*word).into(), (*name).into())).collect();
    view! {
        <div class="layout">
            <div class="stack">
                <section class="card pad">
                    <div>
                        <h2>"Simulate"</h2>
                        <p class="second">"Walk through the flow in the page beside. Nothing is written, and no mail is sent."</p>
                    </div>
                    <div class="pairs">
                        {select(Label::new("begin", "Begins with"), walk.path, choices(&PATHS))}
                        {select(Label::new("who", "Who walks"), walk.who, choices(&PEOPLE))}
                    </div>
                    {move || to_type(walk)}
                </section>
                <section class="card pad" aria-label="The walk">
                    {move || walk.told.get().map(|told| steps(&told, &walk.answers.get_untracked()))}
                    <div class="buttons">
                        {move || (!walk.answers.with(Vec::is_empty)).then(|| view! {
                            {plain("Take back the last answer", move || walk.take_back())}
                            {plain("Begin again", move || walk.go(Vec::new()))}
                        })}
                    </div>
                </section>
                {move || walk.told.get().and_then(|told| outcome(&told))}
            </div>
            <div class="beside">{walked(sample, walk.look, move |sent| walk.answer(sent))}</div>
        </div>
    }
    .into_any()
}

impl Walk {
    /// From the start whenever it begins otherwise; again with the same answers in another language.
    fn begin(self) {
        Effect::new(move |before: Option<(String, String)>| {
            let now = (self.path.get(), self.who.get());
            self.look.language.track();
            let same = before.as_ref() == Some(&now);
            self.go(if same { self.answers.get_untracked() } else { Vec::new() });
            now
        });
    }

    fn answer(self, sent: Sent) {
        // The journey is over: nothing follows.
        if self.told.with_untracked(|told| told.as_ref().is_none_or(|told| !told["outcome"].is_null())) {
            return;
        }
        let mut answers = self.answers.get_untracked();
        answers.push(json!({ "fields": fields(sent) }));
        self.go(answers);
    }

    fn take_back(self) {
        let mut answers = self.answers.get_untracked();
        answers.pop();
        self.go(answers);
    }

    fn go(self, answers: Vec<Value>) {
        let client = client();
        let accounts = match self.who.get_untracked().as_str() {
            "" => json!([]),
            "passcode" => json!([{ "address": ADDRESS }]),
            // One person by two names: the flow asks for the one that it knows.
            who => {
                let account = |name| json!({ "address": name, "password": PASSWORD, "disabled": who == "disabled" });
                json!([account(ADDRESS), account(USER_NAME)])
            }
        };
        let walk = json!({
            "path": self.path.get_untracked(),
            "language": self.look.language.get_untracked(),
            "accounts": accounts,
            "answers": answers.clone(),
        });
        self.round.update_value(|round| *round += 1);
        let mine = self.round.get_value();
        run(async move { client.simulate(&self.flow.get_value(), &walk).await }, move |told| {
            // A slow answer does not replace a newer one; nobody looks any more where the screen is gone.
            if self.round.try_get_value() == Some(mine) {
                self.answers.set(answers);
                self.told.set(Some(told));
            }
        });
    }
}

/// As the API takes them: one value by itself, several as a list.
fn fields(sent: Sent) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in sent {
        let value = Value::from(value);
        match fields.get_mut(&name) {
            Some(Value::Array(several)) => several.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
            None => {
                fields.insert(name, value);
            }
        }
    }
    fields
}

/// The page that is open now, or the last one.
fn here(told: &Value) -> Option<(Step, Said)> {
    match told["outcome"].is_null() {
        true => read(told["steps"].as_array()?.last()?),
        false => Some((Step::Done { location: String::new() }, Said::default())),
    }
}

/// What there is to know for the next page: nobody gets a mail, and nobody has this password.
fn to_type(walk: Walk) -> AnyView {
    let code = walk.told.with(|told| told.as_ref().and_then(|told| told["code"].as_str()).map(String::from));
    let (known, by_password) = walk.who.with(|who| (!who.is_empty(), who != "passcode"));
    // Whoever has a user name has a password: passcodes go to an address.
    let called = if by_password { walk.called.get() } else { SignInName::Email };
    view! {
        <div>
            {(known && called != SignInName::UserName).then(|| copy::value("Their address", ADDRESS))}
            {(known && called != SignInName::Email).then(|| copy::value("Their user name", USER_NAME))}
            {(known && by_password).then(|| copy::value("Their password", PASSWORD))}
            {code.map(|code| copy::value("The right code", code))}
        </div>
    }
    .into_any()
}

fn steps(told: &Value, answers: &[Value]) -> AnyView {
    let seen = told["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<_> = seen
        .iter()
        .enumerate()
        .map(|(at, seen)| {
            let name = step_name(seen["page"]["step"].as_str().unwrap_or_default());
            let faults = seen["faults"].as_array().map(Vec::as_slice).unwrap_or_default();
            let faults: Vec<_> = faults.iter().map(fault).collect();
            let notice = seen["notice"]["notice"].as_str().map(words);
            view! {
                <li>
                    <strong>{name}</strong>
                    {faults}
                    {notice.map(|notice| view! { <span class="second">{notice}</span> })}
                    {answers.get(at).map(|answer| view! { <span class="second">{answered(&answer["fields"])}</span> })}
                </li>
            }
        })
        .collect();
    view! { <ol class="walk">{rows}</ol> }.into_any()
}

fn fault(fault: &Value) -> AnyView {
    let field = fault["field"].as_str().unwrap_or_default();
    let why = fault["why"]["why"].as_str().unwrap_or_default();
    view! { <span class="fault">{format!("{}: {}", words(field.trim_start_matches("attribute.")), words(why))}</span> }
        .into_any()
}

/// `Sent: ada@example.com`, or the name of the way out.
fn answered(fields: &Value) -> String {
    let kind = fields["answer"].as_str().unwrap_or_default();
    let known = ["answer", "revision", "password"];
    let values: Vec<String> = fields
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .map(|(_, value)| match value {
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            one => one.as_str().unwrap_or_default().to_owned(),
        })
        .filter(|value| !value.is_empty())
        .collect();
    match kind {
        "address" | "code" | "attributes" => format!("Sent: {}", values.join(" · ")),
        "password" | "newPassword" => "Sent a password".into(),
        way => words(way),
    }
}

/// How it ended, and what an application would be told that asks for profile and address.
fn outcome(told: &Value) -> Option<AnyView> {
    let outcome = told["outcome"].as_str()?;
    let claims: Vec<_> = told["claims"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), String::from);
            view! { <tr><th scope="row"><code>{name.clone()}</code></th><td>{text}</td></tr> }
        })
        .collect();
    let shown = view! {
        <section class="card">
            <header><h2>{words(outcome)}</h2><span class="badge good">"The walk is over"</span></header>
            {if claims.is_empty() {
                view! { <p class="nothing">"The application is told nothing about the person."</p> }.into_any()
            } else {
                view! {
                    <div class="scroll"><table>
                        <thead><tr><th scope="col">"Claim"</th><th scope="col">"What the application is told"</th></tr></thead>
                        <tbody>{claims}</tbody>
                    </table></div>
                }.into_any()
            }}
        </section>
    };
    Some(shown.into_any())
}
