//! Back button, double click, stale tab, empty form: what does not fit the stage moves nothing.

use super::*;

/// A journey at every stage, by the events that lead there.
fn every_stage() -> Vec<Play> {
    let at = |flow: UserFlow, path: Path, events: Vec<Event>| {
        let mut play = Play::of(flow, path);
        for event in events {
            play.on(event);
        }
        play
    };
    let known = known_by(&[Proof::Password]);
    let entry = Entry { known: Some(known), ..entry(Path::SignIn) };
    let account = || Account { second_address: Some("ada@elsewhere.example".into()), ..ada(Method::Password) };
    let careful = || Event::PasswordChecked(Verdict::Right(account()));
    let code_asked = || press(Answer::UseCode);
    let proved = || vec![address(ADA), sent(1), code("12345678"), Event::CodeChecked(true)];
    let then = |event: Event| proved().into_iter().chain([event]).collect();
    vec![
        Play::enter(password_flow(), entry),
        at(password_flow(), Path::SignIn, vec![]),
        at(password_flow(), Path::SignIn, vec![address(ADA)]),
        at(password_flow(), Path::Recover, vec![address(ADA), sent(1)]),
        at(password_flow(), Path::SignUp, then(nobody())),
        at(password_flow(), Path::Recover, then(found(Method::Password))),
        at(passcode_flow(), Path::SignUp, then(nobody())),
        at(password_flow(), Path::SignUp, then(found(Method::Password))),
        at(password_flow(), Path::SignIn, vec![address(ADA), password("sesame"), right()]),
        at(closed(passcode_flow()), Path::SignIn, then(nobody())),
        at(asking_twice(password_flow()), Path::SignIn, vec![address(ADA), password("sesame"), right()]),
        at(asking_twice(password_flow()), Path::SignIn, vec![address(ADA), password("sesame"), careful()]),
        at(
            asking_twice(password_flow()),
            Path::SignIn,
            vec![address(ADA), password("sesame"), careful(), code_asked(), sent(1)],
        ),
    ]
}

fn fits(stage: &Stage, answer: &Answer) -> bool {
    matches!(
        (stage, answer),
        (Stage::Account { .. }, Answer::ContinueAs)
            | (Stage::Address { .. }, Answer::Address { .. })
            | (Stage::Password { .. }, Answer::Password { .. })
            | (Stage::Code { .. }, Answer::Code { .. })
            | (Stage::SecondStep { at: At::Address, .. }, Answer::Address { .. })
            | (Stage::SecondStep { at: At::Code { .. }, .. }, Answer::Code { .. })
            | (Stage::NewPassword { .. }, Answer::NewPassword { .. })
            | (Stage::Attributes { .. }, Answer::Attributes { .. })
    )
}

#[test]
fn r13_an_answer_to_another_page_changes_nothing() {
    let answers = || {
        [
            Answer::Address { address: "bob@example.org".into() },
            Answer::Password { password: "sesame".into(), keep: true },
            Answer::Code { code: "12345678".into(), keep: true },
            Answer::NewPassword { password: "open sesame".into() },
            Answer::Attributes { revision: 3, values: BTreeMap::new() },
            Answer::ContinueAs,
        ]
    };
    for mut play in every_stage() {
        for answer in answers() {
            if !fits(&play.journey.stage, &answer) {
                play.ignores(press(answer));
            }
        }
    }
}

/// authentik's fault: an empty form passed the stage.
#[test]
fn cve_2026_49443_an_empty_form_never_passes_a_page() {
    let empty = || {
        [
            address(""),
            password(""),
            code(""),
            new_password(""),
            attributes(3, &[]),
            press(Answer::Language { language: String::new() }),
        ]
    };
    for mut play in every_stage() {
        for event in empty() {
            let before = play.journey.stage.clone();
            let page = play.shown();
            assert_eq!(play.on(event), Turn::Show(page));
            assert_eq!(play.journey.stage, before);
        }
    }
}

#[test]
fn a_report_that_nobody_waits_for_changes_nothing() {
    let reports = || [found(Method::Password), found(Method::Passcode), nobody(), Event::AddressTaken];
    for mut play in every_stage() {
        for event in reports() {
            play.ignores(event);
        }
    }
}

#[test]
fn the_language_changes_and_the_page_stays() {
    for mut play in every_stage().into_iter().filter(|play| !play.journey.stage.is_over()) {
        play.on(address("no address"));
        let before = play.journey.clone();
        play.ignores(press(Answer::Language { language: "xx".into() }));
        play.on(press(Answer::Language { language: "de".into() }));
        assert_eq!(play.journey, Journey { language: "de".into(), ..before });
    }
}

#[test]
fn every_page_leads_back_to_the_address_and_out() {
    for play in every_stage().into_iter().filter(|play| !play.journey.stage.is_over()) {
        let again = |answer: Answer| {
            let mut play = Play { flow: play.flow.clone(), journey: play.journey.clone(), ..play };
            (play.on(press(answer)), play)
        };
        let (_, back) = again(Answer::SignIn);
        assert_eq!(back.journey.stage, Stage::Address { path: Path::SignIn });
        let known = play.journey.stage.address().filter(|_| !matches!(play.journey.stage, Stage::Account { .. }));
        assert_eq!(back.typed("address").as_deref(), known);
        let (turn, mut out) = again(Answer::Cancel);
        assert_eq!(turn, Turn::Finish(Outcome::Cancelled));
        out.ignores(press(Answer::Cancel));
    }
}

#[test]
fn nothing_happens_twice() {
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.runs([(address(ADA), password_page()), (password("sesame"), checks_password("sesame"))]);
    play.runs([(right(), signed_in(&[Proof::Password]))]);
    for event in [right(), password("sesame"), press(Answer::SignIn), press(Answer::Recover), Event::AddressTaken] {
        play.ignores(event);
    }
}

#[test]
fn a_journey_is_kept_as_json_whole() {
    for play in every_stage() {
        let kept = serde_json::to_string(&play.journey).expect("plain data");
        assert_eq!(serde_json::from_str::<Journey>(&kept).expect(&kept), play.journey);
    }
}
