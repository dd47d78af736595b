//! Which modules hold: a table that is made of the tests beside it, and is kept true.

use std::{fmt::Write, fs, path::Path};

/// The plans, and the files that hold their modules.
const PLANS: [(&str, &str); 5] = [
    ("Basic, Implicit, Hybrid, and the same by form_post: what comes back", include_str!("profiles.rs")),
    ("Basic, Implicit, Hybrid, and the same by form_post: what is asked", include_str!("requests.rs")),
    ("Config", include_str!("config.rs")),
    ("RP-initiated, front-channel and back-channel logout", include_str!("logout.rs")),
    ("Session management", include_str!("session.rs")),
];

/// What holds in another way than the suite's first wish, and why that is one of the outcomes that it allows, some of them
/// with a warning.
const NOTES: [(&str, &str); 11] = [
    ("oidcc-server", "a warning: the ID token has `name`, which the user flow puts there whatever was asked for"),
    ("oidcc-idtoken-unsigned", "skipped by the suite: `none` is not offered"),
    (
        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
        "of the hybrid types it concerns `code token` alone, which is not offered",
    ),
    (
        "oidcc-scope-email",
        "a warning: the ID token has `email`, and the flow's `name`, beside an access token too, as Entra's does",
    ),
    ("oidcc-scope-address", "the scope is not offered; it is left out of what is granted"),
    ("oidcc-scope-phone", "the scope is not offered; it is left out of what is granted"),
    ("oidcc-claims-essential", "asked with `email`, since the user flow puts `name` into every ID token"),
    ("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", "rejected as unsupported"),
    ("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", "rejected as unsupported"),
    ("oidcc-ensure-request-object-with-redirect-uri", "request objects are rejected as unsupported"),
    ("oidcc-rp-initiated-logout-no-id-token-hint", "with the tenant's choice `askAndStay`"),
];

/// `oidcc_scope_all` is `oidcc-scope-all`.
fn modules(source: &str) -> Vec<String> {
    let tests = source.split("#[tokio::test]\nasync fn ").skip(1);
    tests.map(|test| test.split('(').next().unwrap().replace('_', "-")).collect()
}

/// In which profiles it runs: as it says itself, or as the function says that it leaves the work to.
fn profiles(source: &str, module: &str) -> &'static str {
    let body = body_of(source, &module.replace('-', "_"));
    let helpers = source.split("async fn ").skip(1).map(|text| text.split(['(', '<']).next().unwrap());
    let helped = helpers.filter(|helper| body.contains(&format!(" {helper}("))).map(|helper| body_of(source, helper));
    let said = [body].into_iter().chain(helped).find_map(|body| {
        let letters = ["BIH", "BH", "IH", "B"];
        letters.into_iter().find(|letters| body.contains(&format!("(\"{letters}\"")))
    });
    match said {
        Some("BIH") => "basic, implicit, hybrid",
        Some("BH") => "basic, hybrid",
        Some("IH") => "implicit, hybrid",
        _ => "basic",
    }
}

fn body_of<'a>(source: &'a str, name: &str) -> &'a str {
    let rest = source.split(&format!("async fn {name}")).nth(1).unwrap();
    rest.split("\n}\n").next().unwrap()
}

fn table() -> String {
    let mut text = String::from(
        "# Modules of the OpenID Foundation's provider plans\n\nMade by `server/tests/it/oidf/table.rs` of the tests that \
         bear the modules' names; each of them passes, or the run fails.\n",
    );
    for (plan, source) in PLANS {
        write!(text, "\n## {plan}\n\n| module | holds in | |\n|---|---|---|\n").unwrap();
        for module in modules(source) {
            let note = NOTES.iter().find(|(known, _)| *known == module).map_or("", |(_, note)| note);
            writeln!(text, "| `{module}` | {} | {note} |", profiles(source, &module)).unwrap();
        }
    }
    text
}

#[test]
fn the_table_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/oidf.md");
    let (kept, made) = (fs::read_to_string(&path).unwrap_or_default(), table());
    if kept != made {
        fs::write(&path, made).unwrap();
        panic!("{} was out of date; it is written anew, to be committed", path.display());
    }
    for (module, _) in NOTES {
        assert!(PLANS.iter().any(|(_, source)| modules(source).iter().any(|it| it == module)), "{module}");
    }
}
