//! The attribute page: what it stores, and a layout that changes while the page is open.

use super::*;

/// At the attribute page of a sign-up by code.
fn at_attribute_page() -> Play {
    let mut play = Play::of(passcode_flow(), Path::SignUp).with_some(true, true);
    play.proves_address(Path::SignUp);
    play.runs([(nobody(), attribute_page(&layout()))]);
    play
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_what_was_typed_is_kept() {
    let mut play = at_attribute_page();
    play.runs([(attributes(3, &[("displayName", " "), ("country", "no")]), attribute_page(&layout()))]);
    play.faults(&[
        ("attribute.displayName", Why::Required),
        ("attribute.country", Why::NotAnOption),
        ("attribute.extension_terms", Why::MustAgree),
    ]);
    assert_eq!(play.typed("attribute.country").as_deref(), Some("no"));
    play.runs([(attributes(3, &FILLED_IN), signed_up(None, stored()))]);
}

#[test]
fn r14_only_attributes_of_the_layout_are_stored() {
    let forged = ["id", "email", "emailVerified", "roles", "tenantId", "disabledAt", "city"];
    let foreign = forged.map(|name| (name, "x")).into_iter().chain([("source", "forged"), ("plan", "gold")]);
    let sent: Vec<(&str, &str)> = FILLED_IN.into_iter().chain(foreign).collect();
    let mut play = at_attribute_page();
    play.runs([(attributes(3, &sent), signed_up(None, stored()))]);

    let mut play = at_attribute_page();
    play.on(attributes(3, &sent[1..]));
    let kept: Vec<&str> = play.journey.said.typed.keys().map(String::as_str).collect();
    assert_eq!(kept, ["attribute.country", "attribute.displayName", "attribute.extension_terms"]);
}

#[test]
fn r14_the_address_is_never_typed_on_an_attribute_page() {
    let mut flow = passcode_flow();
    flow.layout.inputs.push(input("email"));
    let mut play = Play::of(flow, Path::SignUp).with_some(true, true);
    play.proves_address(Path::SignUp);
    play.runs([(nobody(), attribute_page(&layout()))]);
    let sent: Vec<(&str, &str)> = FILLED_IN.into_iter().chain([("email", "bob@example.org")]).collect();
    play.runs([(attributes(3, &sent), signed_up(None, stored()))]);
}

#[test]
fn r15_text_that_no_field_sends_is_refused() {
    let mut play = at_attribute_page();
    for name in ["Ada\u{202e}", "A\0da", "A\r\nda"] {
        let mut sent = FILLED_IN;
        sent[0].1 = name;
        play.runs([(attributes(3, &sent), attribute_page(&layout()))]);
        play.faults(&[("attribute.displayName", Why::Unprintable)]);
    }
    let mut sent = FILLED_IN;
    sent[0].1 = "</script><script>";
    let mut kept = stored();
    kept[0].1 = "</script><script>".into();
    play.runs([(attributes(3, &sent), signed_up(None, kept))]);
}

fn changed(change: impl FnOnce(&mut Layout)) -> Layout {
    let mut layout = Layout { revision: 4, ..layout() };
    change(&mut layout);
    layout
}

#[test]
fn an_older_page_that_satisfies_the_new_layout_simply_finishes() {
    let mut play = at_attribute_page();
    play.flow.layout = changed(|layout| {
        layout.inputs.remove(1);
        layout.inputs.push(input("city"));
    });
    let mut kept = stored();
    kept.remove(1);
    play.runs([(attributes(3, &FILLED_IN), signed_up(None, kept))]);
}

#[test]
fn an_older_page_is_asked_for_what_is_new_and_not_blamed() {
    let mut play = at_attribute_page();
    let new = changed(|layout| {
        layout.inputs.remove(1);
        layout.inputs.insert(0, Input { required: true, ..input("city") });
    });
    play.flow.layout = new.clone();
    play.runs([(attributes(3, &FILLED_IN), attribute_page(&new))]);
    assert_eq!(play.journey.said.notice, Some(Notice::LayoutChanged));
    play.faults(&[]);
    assert_eq!(play.typed("attribute.displayName").as_deref(), Some(" Ada "));
    assert_eq!(play.typed("attribute.country"), None);

    // The same answer to the page as it is now is blamed.
    play.runs([(attributes(4, &FILLED_IN), attribute_page(&new))]);
    assert_eq!(play.journey.said.notice, None);
    play.faults(&[("attribute.city", Why::Required)]);
}

#[test]
fn an_older_page_is_told_what_became_wrong() {
    let mut play = at_attribute_page();
    let new = changed(|layout| layout.inputs[0].max_length = 2);
    play.flow.layout = new.clone();
    play.runs([(attributes(3, &FILLED_IN), attribute_page(&new))]);
    assert_eq!(play.journey.said.notice, Some(Notice::LayoutChanged));
    play.faults(&[("attribute.displayName", Why::TooLong { max: 2 })]);
}

#[test]
fn a_box_that_was_left_open_is_not_ticked_again_by_default() {
    let ticked = |layout: &mut Layout| layout.inputs[2].default = Some("true".into());
    let mut play = at_attribute_page();
    ticked(&mut play.flow.layout);
    let page = attribute_page(&play.flow.layout);
    play.runs([(attributes(3, &[("displayName", "Ada")]), page)]);
    assert_eq!(play.journey.said.typed.get("attribute.extension_terms"), Some(&Vec::new()));

    // Nor when the layout changed meanwhile; a field that is new there is filled in as the layout says.
    play.flow.layout = changed(|layout| {
        ticked(layout);
        layout.inputs.push(Input { default: Some("Lund".into()), ..input("city") });
    });
    let page = attribute_page(&play.flow.layout);
    play.runs([(attributes(3, &[("displayName", "Ada")]), page)]);
    assert_eq!(play.journey.said.typed.get("attribute.extension_terms"), Some(&Vec::new()));
    assert_eq!(play.journey.said.typed.get("attribute.city"), None);
}
