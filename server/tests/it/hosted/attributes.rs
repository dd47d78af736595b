//! The attribute page: every kind of input, its rules, and what an account gets from it.

use super::every_way;
use crate::harness::{Application, Browser, PASSWORD, TestServer, input, on_both};
use app::contract::{
    attribute::DataType,
    user_flow::{Choice, Input, InputKind, Visibility, Words},
};
use std::collections::BTreeMap;

fn kind(attribute: &str, label: &str, kind: InputKind) -> Input {
    Input { kind, ..input(attribute, label) }
}

fn options(choices: &[(&str, &str)]) -> Vec<Choice> {
    choices.iter().map(|(value, text)| Choice { value: (*value).into(), text: (*text).into() }).collect()
}

/// One of every kind, and every rule once.
fn every_kind() -> Vec<Input> {
    let number =
        |attribute: &str, label: &str| Input { data_type: DataType::Int, ..kind(attribute, label, InputKind::Number) };
    let tick = |attribute: &str, label: &str| Input {
        data_type: DataType::Boolean,
        ..kind(attribute, label, InputKind::Checkbox)
    };
    vec![
        Input { required: true, ..input("displayName", "Display name") },
        Input { max_length: 5, hint: Some("Five letters.".into()), ..input("city", "City") },
        Input {
            pattern: Some("[0-9]{4,9}".into()),
            hint: Some("Digits only, like 4817.".into()),
            ..number("extension_loyaltyNumber", "Loyalty number")
        },
        kind("extension_born", "Day of birth", InputKind::Date),
        Input {
            options: options(&[("se", "Sweden"), ("pt", "Portugal")]),
            default: Some("pt".into()),
            ..kind("country", "Country/Region", InputKind::Dropdown)
        },
        Input {
            options: options(&[("friend", "A friend"), ("press", "The press")]),
            ..kind("extension_heardOf", "How did you hear of us?", InputKind::Radio)
        },
        Input {
            options: options(&[("tea", "Tea"), ("rye", "Rye bread"), ("jam", "Jam")]),
            default: Some("tea,jam".into()),
            ..kind("extension_likes", "What do you like?", InputKind::MultiSelect)
        },
        Input {
            required: true,
            ..tick("extension_terms", "I agree to the [terms of use](https://woodgrove.example/terms)")
        },
        tick("extension_news", "Send me the news"),
        Input {
            default: Some("standard".into()),
            visibility: Visibility::ReadOnly,
            ..input("extension_plan", "Your plan")
        },
        Input { default: Some("web".into()), visibility: Visibility::Hidden, ..input("extension_channel", "Channel") },
        kind("email", "E-mail", InputKind::Text),
    ]
}

async fn at_attributes(server: &TestServer, browser: &mut Browser, inputs: Vec<Input>) -> Application {
    let claims = inputs.iter().map(|input| input.attribute.clone()).collect();
    let shop = server
        .flow(|flow| {
            flow.layout.inputs = inputs;
            flow.claims = claims;
        })
        .await;
    shop.asks(browser).await;
    browser.prove_new_address("ada@example.org").await;
    browser.fill(&[("New password", PASSWORD)]).press("Continue").await;
    assert_eq!(browser.heading(), "Tell us about yourself");
    shop
}

async fn stored(server: &TestServer) -> BTreeMap<String, String> {
    let account = server.text("SELECT id FROM accounts").await.into();
    server.profile(&account).await.attributes
}

#[tokio::test]
async fn every_kind_of_input_is_drawn_judged_and_stored() {
    every_way(async |server, ada| {
        let shop = at_attributes(server, ada, every_kind()).await;
        assert_eq!(ada.page.chosen("attribute.country"), ["pt"]);
        assert_eq!(ada.page.chosen("attribute.extension_likes"), ["tea", "jam"]);
        assert_eq!(ada.page.count("[name='attribute.extension_plan'], [name='attribute.extension_channel']"), 0);
        assert_eq!(ada.page.attribute("[id='attribute.extension_plan']", "value").as_deref(), Some("standard"));
        assert_eq!(ada.page.count("[name='attribute.email']"), 0, "the address is proved, never typed");
        assert_eq!(ada.page.attribute("label a", "href").as_deref(), Some("https://woodgrove.example/terms"));
        assert_eq!(ada.page.attribute("[name='attribute.displayName']", "autocomplete").as_deref(), Some("name"));
        assert_eq!(ada.page.attribute("[name='attribute.extension_born']", "type").as_deref(), Some("date"));
        assert_eq!(
            ada.page.attribute("[name='attribute.extension_loyaltyNumber']", "inputmode").as_deref(),
            Some("numeric")
        );

        ada.fill(&[
            ("City", "Gothenburg"),
            ("Loyalty number", "12"),
            ("Day of birth", "1815-02-30"),
            ("How did you hear of us?", "A friend"),
            ("What do you like?", "Rye bread"),
        ])
        .press("Create account")
        .await;
        assert_eq!(
            ada.faults(),
            [
                "Please fill this in.",
                "That is too long. Use up to 5 characters.",
                "This doesn’t have the right form. Digits only, like 4817.",
                "Enter a whole date, with day, month and year.",
                "Tick this box to go on.",
            ]
        );
        assert_eq!(ada.page.count(".summary li"), 5);
        assert_eq!(ada.page.value("attribute.city").as_deref(), Some("Gothenburg"), "what was typed stays");
        assert_eq!(ada.page.chosen("attribute.extension_heardOf"), ["friend"]);
        assert_eq!(ada.page.chosen("attribute.extension_likes"), ["tea", "rye", "jam"]);
        assert_eq!(server.count("SELECT count(*) FROM accounts").await, 0);

        ada.fill(&[
            ("Display name", "Ada Lovelace"),
            ("City", "Lund"),
            ("Loyalty number", "٤٨١٧"),
            ("Day of birth", "1815-12-10"),
            ("Country/Region", "Sweden"),
            ("I agree to the", "yes"),
        ])
        .press("Create account")
        .await;
        assert!(shop.has(ada), "{:?}", ada.faults());
        let expected = [
            ("city", "Lund"),
            ("country", "se"),
            ("displayName", "Ada Lovelace"),
            ("extension_born", "1815-12-10"),
            ("extension_channel", "web"),
            ("extension_heardOf", "friend"),
            ("extension_likes", "tea,rye,jam"),
            ("extension_loyaltyNumber", "4817"),
            ("extension_news", "false"),
            ("extension_plan", "standard"),
            ("extension_terms", "true"),
        ];
        let expected: BTreeMap<_, _> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(stored(server).await, expected);
    })
    .await;
}

#[tokio::test]
async fn attributes_are_asked_at_the_first_sign_up_only() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        ada.sign_up("ada@example.org").await;
        assert!(shop.has(ada));
        server
            .save_flow(&shop.flow, |flow| {
                flow.layout.inputs.push(Input { required: true, ..input("city", "City") });
            })
            .await;
        let mut elsewhere = server.browser();
        shop.asks(&mut elsewhere).await;
        elsewhere.sign_in("ada@example.org", PASSWORD).await;
        assert!(shop.has(&elsewhere), "{}", elsewhere.text());
    })
    .await;
}

/// Fault F33: a layout that changes under an open page takes nothing away.
#[tokio::test]
async fn f33_a_changed_layout_keeps_what_was_typed() {
    every_way(async |server, ada| {
        let shop = at_attributes(server, ada, every_kind()).await;
        server
            .save_flow(&shop.flow, |flow| {
                flow.layout.inputs.retain(|input| input.attribute != "extension_likes");
                flow.layout.inputs.push(Input { required: true, ..input("state", "State") });
            })
            .await;
        ada.fill(&[("Display name", "Ada"), ("City", "Lund"), ("I agree to the", "yes")]).press("Create account").await;
        assert_eq!(ada.notice().as_deref(), Some("Woodgrove just changed this form. What you typed is still here."));
        assert!(ada.faults().is_empty(), "nobody is blamed for what they never saw: {:?}", ada.faults());
        assert_eq!(ada.page.value("attribute.city").as_deref(), Some("Lund"));
        ada.fill(&[("State", "Scania")]).press("Create account").await;
        assert!(shop.has(ada), "{:?}", ada.faults());
    })
    .await;
}

/// Security R14: the layout is the list of what may be written, and everything else is refused or untouched.
#[tokio::test]
async fn r14_what_the_layout_does_not_ask_cannot_be_sent() {
    on_both(async |server| {
        let mut ada = server.browser();
        let shop = at_attributes(&server, &mut ada, every_kind()).await;
        for foreign in ["extension_channel", "email", "jobTitle", "extension_isAdmin", "id", ""] {
            let mut forged = ada.page.submit(&[("Display name".into(), "Ada".into())], "Create account");
            forged.pairs.push((format!("attribute.{foreign}"), "planted".into()));
            let page = ada.page.clone();
            ada.submit(forged).await;
            assert_eq!(ada.status, 400, "{foreign}");
            ada.page = page;
        }
        let mut forged = ada
            .page
            .submit(&[("Display name".into(), "Ada".into()), ("I agree".into(), "yes".into())], "Create account");
        // The page shows the plan and does not send it.
        forged.pairs.push(("attribute.extension_plan".into(), "gold".into()));
        ada.submit(forged).await;
        assert!(shop.has(&ada), "{}", ada.text());
        let stored = stored(&server).await;
        assert_eq!((stored["extension_plan"].as_str(), stored["extension_channel"].as_str()), ("standard", "web"));
    })
    .await;
}

/// Security R15, R21 and cve 39: text is text, wherever it turns up.
#[tokio::test]
async fn cve_kanidm_39_text_that_looks_like_script_stays_text() {
    every_way(async |server, ada| {
        let mut inputs = every_kind();
        inputs[1] = Input { label: Words::from("<b>City</b> [x](javascript:alert(1))"), ..input("city", "") };
        let shop = at_attributes(server, ada, inputs).await;
        let scripts = ada.page.count("script");
        for text in [
            "</script><img src=x onerror=alert(1)>",
            "\"><script>alert(1)</script>",
            "'-alert(1)-'",
            "{{7*7}}${7*7}<%= 7*7 %>",
            "=HYPERLINK(\"https://evil.example\")",
            "javascript:alert(1)",
            "<svg/onload=alert(1)>",
        ] {
            ada.fill(&[("Display name", text)]).press("Create account").await;
            assert_eq!(ada.page.value("attribute.displayName").as_deref(), Some(text), "inert, and whole");
            assert_eq!((ada.page.count("script"), ada.page.count("main img, main svg")), (scripts, 0), "{text}");
            assert_eq!(ada.page.count("a[href^='javascript']"), 0);
        }
        for unprintable in ["a\u{2028}b", "a\u{202e}b", "a\u{0}b", "a\u{7}b", "\u{feff}a"] {
            ada.fill(&[("Display name", unprintable)]).press("Create account").await;
            assert!(ada.faults()[0].starts_with("Some characters in here"), "{unprintable:?}: {:?}", ada.faults());
        }
        let asked = "</script><img src=x onerror=alert(1)>";
        ada.fill(&[("Display name", asked), ("I agree", "yes")]).press("Create account").await;
        assert!(shop.has(ada));
        let asked_again = shop.asks_with(ada, &[("prompt", "select_account")]).await;
        assert_eq!(ada.heading(), "Choose an account");
        assert!(ada.text().contains(asked));
        assert_eq!(ada.page.count("main img"), 0);
        ada.press("continueAs").await;
        assert_eq!(shop.tokens(ada, &asked_again).await.id["name"], asked);
    })
    .await;
}
