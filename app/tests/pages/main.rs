//! The hosted pages as HTML and as JSON: what hostile words cannot do, what every form carries, what a browser reads.

#![cfg(feature = "ssr")]

mod samples;

use app::{
    contract::{
        brand::Brand,
        journey::{Answer, Notice, Page, Path, Resend, Step, Stop},
        problem::{Problem, ProblemKind},
        user_flow::{Field, FieldOption, PasswordRule},
        validate::{Fault, Why},
    },
    hosted::{Home, Onward, Whence, read},
    shell::{self, Scripts},
    text,
};
use samples::pages;

fn draw(page: &Page) -> String {
    let scripts = Scripts { css: "/c".into(), js: "/j".into(), wasm: "/w".into(), text: "/t".into() };
    shell::hosted(page, &text::texts(&page.language), &scripts, "n")
}

const HOSTILE: [&str; 5] = [
    "</script><img src=x onerror=alert(1)><script>alert(2)</script>",
    "\"><script>alert(1)</script><p class=\"",
    "' onmouseover='alert(1)",
    "<!--<script>\u{2028}\u{2029}]]>",
    "[x](javascript:alert(1)) [y](https://y\"onclick=\"alert(1)) {tenant}",
];

/// The page with every word that somebody else may choose replaced.
fn poisoned(page: &Page, words: &str) -> Page {
    let word = || words.to_owned();
    let poison = |field: &Field| Field {
        attribute: word(),
        label: word(),
        hint: Some(word()),
        default: Some(word()),
        options: field.options.iter().map(|_| FieldOption { value: word(), text: word() }).collect(),
        ..field.clone()
    };
    Page {
        path: word(),
        token: word(),
        brand: Brand { name: word(), logo: Some(word()), ..page.brand.clone() },
        application: word(),
        address: page.address.as_ref().map(|_| word()),
        step: match &page.step {
            Step::Attributes { path, revision, fields } => {
                Step::Attributes { path: *path, revision: *revision, fields: fields.iter().map(poison).collect() }
            }
            Step::Account { .. } => Step::Account { address: word(), name: Some(word()) },
            other => other.clone(),
        },
        faults: vec![
            Fault { field: "address".into(), why: Why::Pattern { hint: Some(word()) } },
            Fault { field: word(), why: Why::Required },
        ],
        typed: [("address".to_owned(), vec![word()])].into(),
        ..page.clone()
    }
}

#[test]
fn cve_kanidm_39_hostile_words_stay_words() {
    for (name, page) in pages("en") {
        for words in HOSTILE {
            let html = draw(&poisoned(&page, words));
            let lower = html.to_lowercase();
            assert_eq!(lower.matches("<script").count(), 2, "{name}: {words}");
            assert_eq!(lower.matches("</script").count(), 2, "{name}: {words}");
            assert_eq!(lower.matches("<img").count(), 1, "the logo; {name}: {words}");
            assert!(!html.contains("<p class=\"\""), "{name}: {words}");
            assert!(!lower.contains("href=\"javascript:"), "{name}: {words}");
            let json = html.rsplit_once("id=\"page\">").expect("the page's JSON").1;
            assert!(!json.contains(['\u{2028}', '\u{2029}']), "{name}: {words}");
        }
    }
}

/// Security R21: what a tenant tells whoever signs in is text, and its links lead to the web.
#[test]
fn r21_what_a_tenant_tells_stands_where_people_sign_in_and_is_text() {
    for words in HOSTILE {
        let told = format!("{words} [x](javascript:alert(1)) [help](https://w.example/help)");
        let own = ["pages.signInPageText", "pages.usernameHintText"].map(|name| (name.to_owned(), told.clone()));
        let texts = text::spoken("en", &own.into());
        for (name, page) in pages("en") {
            let scripts = Scripts { css: "/c".into(), ..Scripts::default() };
            let html = shell::hosted(&page, &texts, &scripts, "n").to_lowercase();
            let signs_in = matches!(page.step, Step::Address { path: Path::SignIn, .. } | Step::Password { .. });
            assert_eq!(html.contains("ext-boilerplate-text"), signs_in, "{name}: {words}");
            let links = html.matches("href=\"https://w.example/help\"").count();
            assert_eq!(links, usize::from(signs_in), "{name}: {words}");
            assert!(!html.contains("href=\"javascript:") && !html.contains("<script"), "{name}: {words}");
            assert!(!html.contains("<img"), "{name}: {words}");
        }
    }
}

#[test]
fn a_problem_page_keeps_hostile_words_words() {
    for words in HOSTILE {
        let problem = Problem { status: 404, kind: ProblemKind::NotFound, trace: words.into() };
        let brand = Brand { name: words.into(), ..samples::brand() };
        let home = Some(Home { application: words, url: words });
        let whence = Some(Whence { brand: &brand, home });
        let html = shell::problem(&problem, whence, &text::texts("en"), &Scripts::default(), "n").to_lowercase();
        assert_eq!((html.matches("<script").count(), html.matches("<img").count()), (0, 0), "{words}");
    }
}

/// And goes where it was told.
#[test]
fn a_page_that_goes_on_keeps_hostile_words_words() {
    for words in HOSTILE {
        let (brand, location) = (Brand { name: words.into(), ..samples::brand() }, format!("/next?{words}"));
        let page = Onward { brand: &brand, application: words, location: &location };
        let html = shell::onward(&page, &text::texts("en"), &Scripts::default(), "n").to_lowercase();
        assert_eq!((html.matches("<script").count(), html.matches("<img").count()), (0, 0), "{words}");
        assert_eq!(html.matches("<meta http-equiv=\"refresh\" content=\"0;url=/next?").count(), 1, "{words}");
        assert!(html.contains("\"></head><body"), "{words}");
    }
}

#[test]
fn without_scripts_none_is_asked_for() {
    for (name, page) in pages("en") {
        let html = shell::hosted(&page, &text::texts("en"), &Scripts { css: "/c".into(), ..Scripts::default() }, "n");
        assert!(!html.contains("<script"), "{name}");
    }
}

/// What a form sends is what `Answer::read` takes: nothing more and nothing less.
#[test]
fn r14_every_button_sends_an_answer_that_exists() {
    for (name, page) in pages("en") {
        let html = draw(&page);
        for form in html.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or_default()) {
            assert!(form.contains("method=\"post\""), "{name}");
            for button in form.split("<button").skip(1).filter(|button| button.contains("type=\"submit\"")) {
                let mut pairs: Vec<(String, String)> = fields(form);
                pairs.push((attribute(button, "name").expect("a name"), attribute(button, "value").expect("a value")));
                assert!(Answer::read(pairs.clone()).is_ok(), "{name}: {pairs:?}: {:?}", Answer::read(pairs.clone()));
            }
        }
    }
}

/// The inputs of a form with their values; of several radios or boxes with one name, one.
fn fields(form: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for element in form.split('<').filter(|element| element.starts_with("input") || element.starts_with("select")) {
        let Some(name) = attribute(element, "name") else { continue };
        if !pairs.iter().any(|(known, _)| *known == name) {
            pairs.push((name, attribute(element, "value").unwrap_or_default()));
        }
    }
    pairs
}

fn attribute(element: &str, name: &str) -> Option<String> {
    let tag = element.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.into())
}

#[test]
fn every_page_says_its_language_and_direction() {
    for (language, direction) in [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")] {
        for (name, page) in pages(language) {
            let html = draw(&page);
            assert!(html.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")), "{name}");
            assert!(html.contains("<h1") && html.contains(&page.brand.name), "{name}");
        }
    }
}

#[test]
fn a_browser_reads_every_page_as_the_server_wrote_it() {
    let faults = [
        Why::Required,
        Why::MustAgree,
        Why::TooLong { max: 9 },
        Why::NotAnAddress,
        Why::NotAUserName,
        Why::OwnAddress,
        Why::NameTaken,
        Why::NotANumber,
        Why::NotADate,
        Why::NotAnOption,
        Why::Pattern { hint: Some("four digits".into()) },
        Why::Pattern { hint: None },
        Why::Unprintable,
        Why::PasswordTooShort { min: 15 },
        Why::PasswordTooLong { max: 256 },
        Why::PasswordCommon,
        Why::PasswordGuessable,
        Why::WrongPassword,
        Why::WrongPasswordForName,
        Why::NotACode { length: 8 },
        Why::WrongCode { tries_left: 4 },
        Why::CodeExpired,
    ];
    let notices =
        [Notice::CodeSent, Notice::CodesExhausted, Notice::CodeDead, Notice::AlreadyHaveAccount, Notice::LayoutChanged];
    let steps = [
        Step::Done { location: "/x".into() },
        Step::Account { address: "a@example.org".into(), name: None },
        Step::Stopped { why: Stop::Expired },
        Step::NewPassword { path: Path::Recover, rule: PasswordRule::default() },
        Step::Code {
            path: Path::SignIn,
            length: 6,
            alive: false,
            resend: Resend::In { seconds: 9 },
            offers_to_keep: true,
            offers_password: true,
        },
    ];
    let mut all: Vec<Page> = pages("ar").into_iter().map(|(_, page)| page).collect();
    let first = all[0].clone();
    all.extend(
        faults.into_iter().map(|why| Page { faults: vec![Fault { field: "address".into(), why }], ..first.clone() }),
    );
    all.extend(notices.into_iter().map(|notice| Page { notice: Some(notice), ..first.clone() }));
    all.extend(steps.into_iter().map(|step| Page { step, ..first.clone() }));
    all.extend(HOSTILE.map(|words| poisoned(&first, words)));
    for page in all {
        let json = serde_json::to_string(&page).expect("JSON");
        assert_eq!(read::page(&json).as_ref(), Some(&page), "{json}");
    }
}

#[test]
fn a_browser_reads_every_problem() {
    for kind in [
        ProblemKind::NotFound,
        ProblemKind::BadApplicationRequest,
        ProblemKind::Forged,
        ProblemKind::JourneyOver,
        ProblemKind::BadRequest,
        ProblemKind::TooMany,
        ProblemKind::Busy,
        ProblemKind::Internal,
    ] {
        let json = serde_json::to_string(&Problem { status: 400, kind, trace: "t".into() }).expect("JSON");
        assert_eq!((read::problem(&json), read::page(&json)), (Some(kind), None));
    }
}

/// `cargo test --release -p app --features ssr --test pages -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, not a verdict"]
fn pages_drawn_per_second() {
    for name in ["address", "attributes-faults"] {
        let page = pages("en").into_iter().find(|(known, _)| *known == name).expect("a sample").1;
        let begin = std::time::Instant::now();
        let mut bytes = 0;
        for _ in 0..20_000 {
            bytes += draw(&page).len();
        }
        let each = begin.elapsed() / 20_000;
        eprintln!("{name}: {each:?} a page, {} bytes", bytes / 20_000);
    }
}
