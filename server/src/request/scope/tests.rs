//! How words are read: whose they are, what they are worth, and what nobody is fooled by.

use super::*;

const TASKS: &str = "api://tasks";

fn here() -> PublicUrl {
    PublicUrl::parse("https://login.example.org").unwrap()
}

/// Two APIs: one that granted `app` a part of what it offers, and the one of `app` itself.
fn offered() -> Offered {
    let own = Offered::one("api://app", "app", &["Read"], &["Read"]);
    let known = ["Tasks.Read", "Tasks.Write", "Tasks.Delete"];
    let granted = ["Tasks.Read", "Tasks.Write"];
    let named = |name| Offered::one(name, "tasks", &known, &granted);
    named(TASKS)
        .beside(named("https://tasks.example/api/"))
        .beside(Offered::one("other", "other", &["x"], &["x"]))
        .beside(own)
}

/// What the API reads, and what the answer says; or the number of the refusal.
fn told(text: &str) -> Result<(String, String), u32> {
    let (app, here, offered) = (ApplicationId::from("app"), here(), offered());
    let apis = Apis { application: &app, public_url: &here, offered: &offered };
    let scopes = Scopes::asked(text, apis).map_err(|refusal| refusal.number)?;
    Ok((scopes.permissions(), scopes.text(apis)))
}

fn good(scp: &str, text: &str) -> Result<(String, String), u32> {
    Ok((scp.to_owned(), text.to_owned()))
}

#[test]
fn a_granted_scope_is_told_to_the_api_by_its_value_and_to_the_application_as_it_was_asked() {
    for name in [TASKS, "https://tasks.example/api/"] {
        let text = format!("openid {name}/Tasks.Write {name}/Tasks.Read offline_access");
        assert_eq!(told(&text), good("Tasks.Write Tasks.Read", &text));
    }
    assert_eq!(
        told("api://tasks/Tasks.Read https://tasks.example/api//Tasks.Read").map(|told| told.0),
        Ok("Tasks.Read".into()),
        "two names of one scope"
    );
    assert_eq!(told("api://tasks/tasks.READ"), good("Tasks.Read", "api://tasks/tasks.READ"));
    assert_eq!(told("api://app/Read"), good("Read", "api://app/Read"));
}

#[test]
fn default_is_whatever_was_granted() {
    let text = "api://tasks/Tasks.Read api://tasks/Tasks.Write api://tasks/.default";
    assert_eq!(told("api://tasks/.default"), good("Tasks.Read Tasks.Write", text));
    assert_eq!(told("api://app/.default"), good("Read", "api://app/Read api://app/.default"));
    // An application without scopes is its own API, as it ever was.
    let (app, here) = (ApplicationId::from("app"), here());
    for offered in [Offered::default(), Offered::one("https://app.example", "app", &[], &[])] {
        let apis = Apis { application: &app, public_url: &here, offered: &offered };
        let word = if offered.find("https://app.example/x").is_some() {
            "https://app.example/.default"
        } else {
            "app/.default"
        };
        let scopes = Scopes::asked(word, apis).unwrap();
        assert_eq!((scopes.has(&Scope::Itself), scopes.api()), (true, None), "{word}");
    }
}

#[test]
fn what_is_not_granted_not_known_or_for_two_is_refused() {
    for (text, number) in [
        ("api://tasks/Tasks.Delete", 65_001),
        ("openid api://tasks/Tasks.Read api://tasks/Tasks.Delete", 65_001),
        ("api://tasks/Tasks", 70_011),
        ("api://tasks/", 70_011),
        ("api://tasks/.Default", 70_011),
        ("api://nobody/Tasks.Read", 70_011),
        ("api://tasks/x/Tasks.Read", 70_011),
        ("API://tasks/Tasks.Read", 70_011),
        ("offline_access", 70_011),
        ("api://tasks/Tasks.Read other/x", 28_000),
        ("api://tasks/Tasks.Read app", 28_000),
        ("api://tasks/Tasks.Read api://app/Read", 28_000),
        ("api://tasks/Tasks.Read https://login.example.org/graph/User.Read.All", 28_000),
        ("app https://login.example.org/graph/User.Read.All", 28_000),
    ] {
        assert_eq!(told(text), Err(number), "{text}");
    }
    assert!(told("app api://app/Read").is_ok(), "both are for the application itself");
}

/// Letters that look alike, and what other readers might take for an end or a blank.
#[test]
fn r29_nothing_but_the_very_words_is_a_scope() {
    for text in [
        "api://tasks/T\u{430}sks.Read",
        "api://tasks/Tasks\u{2024}Read",
        "api://tasks/Tasks.Read\u{200b}",
        "api://tasks/Tasks.Read\u{a0}",
        "api://tasks/\u{ff34}asks.Read",
        "api://tasks\u{2215}Tasks.Read",
        "api://t\u{430}sks/Tasks.Read",
        "api://tasks/Tasks.Read\"",
        "api://tasks/\"Tasks.Read\"",
        "api://tasks/Tasks.Read\\",
        "api://tasks\\/Tasks.Read",
        "api://tasks/Tasks.Read'--",
        "api://tasks/Tasks.Read,api://tasks/Tasks.Write",
        "api://tasks/Tasks.Read%20Tasks.Write",
        "api://tasks/Tasks.Read\u{0}",
        "api://tasks/*",
        "api://tasks/../tasks/Tasks.Read",
        "api://tasks/%54asks.Read",
    ] {
        assert_eq!(told(text), Err(70_011), "{text:?}");
    }
    // A vertical tab is a blank to nobody here.
    assert!(told("api://tasks/Tasks.Read\u{b}api://tasks/Tasks.Write").is_err());
}

#[test]
fn what_is_read_again_is_what_is_still_granted() {
    let (app, here, offered) = (ApplicationId::from("app"), here(), offered());
    let apis = Apis { application: &app, public_url: &here, offered: &offered };
    let kept = "openid offline_access api://tasks/Tasks.Read api://tasks/Tasks.Delete api://gone/x";
    assert_eq!(Scopes::read(kept, apis).text(apis), "openid offline_access api://tasks/Tasks.Read");
    let asked = Scopes::asked("openid profile api://tasks/Tasks.Write", apis).unwrap();
    let granted = Scopes::read("openid offline_access", Apis::usual(&app, &here));
    assert_eq!(asked.at_refresh(&granted).text(apis), "openid api://tasks/Tasks.Write");
    let own = |text| Scopes::asked(text, apis).unwrap().at_refresh(&granted);
    assert_eq!(own("app openid profile").text(apis), "app openid");
    assert!(!own("app").open_nothing());
}

/// A name that was one API's when it was asked for may be another's when it is read again.
#[test]
fn no_token_says_two_apis_words() {
    let (app, here, offered) = (ApplicationId::from("app"), here(), offered());
    let apis = Apis { application: &app, public_url: &here, offered: &offered };
    for (kept, words) in [
        ("openid api://tasks/Tasks.Read other/x api://tasks/Tasks.Write", "Tasks.Read Tasks.Write"),
        ("other/x api://tasks/Tasks.Read", "x"),
        ("api://tasks/Tasks.Read https://login.example.org/graph/User.Read.All", "User.Read.All"),
    ] {
        let scopes = Scopes::read(kept, apis);
        assert_eq!(scopes.permissions(), words, "{kept}");
        assert_eq!(scopes.for_one(&app).map_err(|refusal| refusal.number), Err(28_000), "{kept}");
    }
}

/// The work that a text of scopes makes is bounded, whatever a stranger writes.
#[test]
fn r29_a_word_that_is_said_again_is_heard_once() {
    let again = "api://tasks/.default ".repeat(1_400);
    assert_eq!(told(&again), told("api://tasks/.default"));
    let spelled = "api://tasks/Tasks.Read api://tasks/TASKS.READ api://tasks/tasks.read api://tasks/.default";
    assert_eq!(
        told(spelled),
        good("Tasks.Read Tasks.Write", "api://tasks/Tasks.Read api://tasks/Tasks.Write api://tasks/.default")
    );
    let two = "api://tasks/.default https://tasks.example/api//.default";
    assert_eq!(
        told(two),
        good(
            "Tasks.Read Tasks.Write",
            "api://tasks/Tasks.Read api://tasks/Tasks.Write api://tasks/.default https://tasks.example/api//.default"
        )
    );
    let many = |words: usize| (0..words).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
    assert!(told(&format!("openid {}", many(MOST_WORDS - 1))).is_ok());
    assert_eq!(told(&format!("openid {}", many(MOST_WORDS))), Err(70_011));
}

#[test]
fn it_is_kept_as_it_was_before_there_were_apis() {
    let (app, here, offered) = (ApplicationId::from("app"), here(), offered());
    let apis = Apis { application: &app, public_url: &here, offered: &offered };
    let plain = Scopes::asked("openid offline_access app", apis).unwrap();
    assert_eq!(serde_json::to_string(&plain).unwrap(), r#"["openid","offline_access","itself"]"#);
    let scopes = Scopes::asked("openid api://tasks/.default", apis).unwrap();
    let again: Scopes = serde_json::from_str(&serde_json::to_string(&scopes).unwrap()).unwrap();
    assert_eq!(again, scopes);
}
