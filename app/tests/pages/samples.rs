//! Every step in every state, for whoever looks at pages or tests them.

use app::{
    contract::{
        attribute::DataType,
        brand::{Brand, Colour, Link, LinkKind},
        journey::{Asks, LanguageName, Notice, Page, Path, Resend, Step, Stop},
        user_flow::{Composition, Field, FieldOption, InputKind, PasswordRule},
        validate::{Fault, Why},
    },
    text,
};
use std::collections::BTreeMap;

pub fn brand() -> Brand {
    Brand {
        name: "Woodgrove".into(),
        logo: None,
        background: None,
        colour: Colour::default(),
        links: vec![
            Link { kind: LinkKind::Privacy, url: "https://woodgrove.example/privacy".into() },
            Link { kind: LinkKind::Terms, url: "https://woodgrove.example/terms".into() },
        ],
    }
}

fn page(language: &str, step: Step) -> Page {
    Page {
        path: "/woodgrove/journeys/1".into(),
        token: "dG9rZW4".into(),
        brand: brand(),
        application: "Woodgrove Groceries".into(),
        language: language.into(),
        languages: text::languages()
            .iter()
            .map(|tag| LanguageName { tag: (*tag).into(), name: text::name(tag).into() })
            .collect(),
        address: Some("ada.lovelace@example.org".into()),
        step,
        can_cancel: false,
        faults: Vec::new(),
        typed: BTreeMap::new(),
        notice: None,
        embedded: false,
    }
}

pub fn pages(language: &str) -> Vec<(&'static str, Page)> {
    let page = |step| page(language, step);
    let fault = |field: &str, why| Fault { field: field.into(), why };
    let address = |path| Page {
        address: None,
        ..page(Step::Address {
            path,
            asks: Asks::Email,
            sends_code: path != Path::SignIn,
            can_sign_in: true,
            can_sign_up: true,
            can_recover: true,
        })
    };
    let code_page = |alive, resend| {
        let path = Path::SignUp;
        page(Step::Code { path, length: 8, alive, resend, offers_to_keep: false, offers_password: false })
    };
    let code = |resend| code_page(true, resend);
    let password = || page(Step::Password { can_recover: true, offers_code: true, offers_to_keep: true });
    let new_password = |path| page(Step::NewPassword { path, rule: PasswordRule::default() });
    let attributes = || page(Step::Attributes { path: Path::SignUp, revision: 3, fields: fields() });
    let stopped = |why| page(Step::Stopped { why });
    let covered = || "a***e@e***e.org".to_owned();
    let second_code = |alive, enrols| {
        page(Step::SecondCode { to: covered(), length: 8, alive, resend: Resend::In { seconds: 30 }, enrols })
    };
    vec![
        ("second-step", page(Step::SecondStep { to: covered() })),
        ("second-address", page(Step::SecondAddress { own: Some(covered()) })),
        (
            "second-address-fault",
            Page { faults: vec![fault("address", Why::OwnAddress)], ..page(Step::SecondAddress { own: None }) },
        ),
        ("second-code", second_code(true, false)),
        ("second-code-enrols", second_code(false, true)),
        ("address", address(Path::SignIn)),
        ("address-sign-up", address(Path::SignUp)),
        ("address-recover", address(Path::Recover)),
        (
            "address-fault",
            Page {
                faults: vec![fault("address", Why::NotAnAddress)],
                typed: BTreeMap::from([("address".into(), vec!["name@example".into()])]),
                ..address(Path::SignIn)
            },
        ),
        ("password", password()),
        ("password-fault", Page { faults: vec![fault("password", Why::WrongPassword)], ..password() }),
        (
            "password-long",
            Page {
                brand: Brand {
                    name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".into(),
                    colour: Colour { red: 255, green: 221, blue: 0 },
                    ..brand()
                },
                address: Some(
                    "a-very-long-address-that-does-not-want-to-end.and.goes.on@subdomain.of.a.long.example.org".into(),
                ),
                notice: Some(Notice::AlreadyHaveAccount),
                ..password()
            },
        ),
        ("code", code(Resend::In { seconds: 24 })),
        ("code-sent", Page { notice: Some(Notice::CodeSent), ..code(Resend::In { seconds: 59 }) }),
        ("code-fault", Page { faults: vec![fault("code", Why::WrongCode { tries_left: 3 })], ..code(Resend::Now) }),
        ("code-dead", Page { notice: Some(Notice::CodeDead), ..code_page(false, Resend::Now) }),
        (
            "code-sign-in",
            page(Step::Code {
                path: Path::SignIn,
                length: 8,
                alive: true,
                resend: Resend::Now,
                offers_to_keep: true,
                offers_password: true,
            }),
        ),
        ("new-password", new_password(Path::SignUp)),
        (
            "new-password-fault",
            Page { faults: vec![fault("password", Why::PasswordTooShort { min: 15 })], ..new_password(Path::Recover) },
        ),
        ("new-password-digits", {
            let rule = PasswordRule { min_length: 6, composition: Composition::Digits, ..PasswordRule::default() };
            let faults = vec![fault("password", Why::PasswordDigits { min: 6 })];
            Page { faults, ..page(Step::NewPassword { path: Path::SignUp, rule }) }
        }),
        ("new-password-classes", {
            let composition = Composition::ThreeClasses;
            let rule = PasswordRule { min_length: 8, composition, ..PasswordRule::default() };
            let faults = vec![fault("password", Why::PasswordClasses { classes: 3 })];
            Page { faults, ..page(Step::NewPassword { path: Path::SignUp, rule }) }
        }),
        ("attributes", attributes()),
        (
            "profile",
            Page {
                can_cancel: true,
                ..page(Step::Attributes { path: Path::EditProfile, revision: 3, fields: fields() })
            },
        ),
        (
            "attributes-faults",
            Page {
                faults: vec![
                    fault("attribute.displayName", Why::Required),
                    fault("attribute.extension_loyaltyNumber", Why::NotANumber),
                    fault("attribute.extension_source", Why::Required),
                    fault("attribute.extension_terms", Why::MustAgree),
                ],
                typed: BTreeMap::from([
                    ("attribute.extension_loyaltyNumber".into(), vec!["48A7".into()]),
                    ("attribute.country".into(), vec!["PT".into()]),
                    ("attribute.extension_likes".into(), vec!["tea".into(), "rye".into()]),
                ]),
                notice: Some(Notice::LayoutChanged),
                ..attributes()
            },
        ),
        (
            "account",
            page(Step::Account { address: "ada.lovelace@example.org".into(), name: Some("Ada Lovelace".into()) }),
        ),
        ("stopped-no-account", stopped(Stop::NoAccount)),
        ("stopped-disabled", stopped(Stop::Disabled)),
        ("stopped-expired", Page { address: None, ..stopped(Stop::Expired) }),
    ]
}

fn fields() -> Vec<Field> {
    let field = |attribute: &str, kind, label: &str, required| Field {
        attribute: attribute.into(),
        data_type: DataType::String,
        kind,
        label: label.into(),
        hint: None,
        required,
        read_only: false,
        default: None,
        options: Vec::new(),
        pattern: None,
        max_length: 128,
    };
    let options = |options: &[(&str, &str)]| {
        options.iter().map(|(value, text)| FieldOption { value: (*value).into(), text: (*text).into() }).collect()
    };
    vec![
        field("displayName", InputKind::Text, "Display name", true),
        Field {
            options: options(&[("DE", "Germany"), ("PT", "Portugal"), ("SE", "Sweden")]),
            ..field("country", InputKind::Dropdown, "Country/Region", true)
        },
        Field {
            hint: Some("You find it on your card.".into()),
            ..field("extension_loyaltyNumber", InputKind::Number, "Loyalty number", false)
        },
        field("extension_born", InputKind::Date, "Date of birth", false),
        Field {
            options: options(&[("friend", "A friend"), ("search", "Search")]),
            ..field("extension_source", InputKind::Radio, "How did you hear of us?", true)
        },
        Field {
            options: options(&[("tea", "Tea"), ("rye", "Rye bread"), ("figs", "Figs")]),
            ..field("extension_likes", InputKind::MultiSelect, "What do you like?", false)
        },
        Field {
            read_only: true,
            default: Some("Gold".into()),
            ..field("extension_tier", InputKind::Text, "Membership", false)
        },
        Field {
            data_type: DataType::Boolean,
            ..field(
                "extension_terms",
                InputKind::Checkbox,
                "I agree to the [terms of use](https://woodgrove.example/terms)",
                true,
            )
        },
    ]
}
