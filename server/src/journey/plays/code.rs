//! Codes: wrong, late, malformed, refused, sent again.

use super::*;

/// At the code page of a recovery, the first code sent.
fn at_code_page() -> Play {
    let mut play = Play::of(password_flow(), Path::Recover);
    play.runs([(address(ADA), sends(Path::Recover)), (sent(1), code_page(Path::Recover, 30))]);
    assert_eq!(play.journey.said, Said::default());
    play
}

#[test]
fn r3_five_wrong_tries_kill_a_code() {
    let mut play = at_code_page();
    for tries_left in [4, 3, 2, 1] {
        play.runs([(code("12345678"), checks_code(1)), (Event::CodeChecked(false), code_page(Path::Recover, 30))]);
        play.faults(&[("code", Why::WrongCode { tries_left })]);
    }
    play.runs([(code("12345678"), checks_code(1)), (Event::CodeChecked(false), dead_code_page(Path::Recover, 30))]);
    assert_eq!(play.journey.said, Said { notice: Some(Notice::CodeDead), ..Said::default() });
    // The sixth is not even looked at, be it right.
    play.ignores(code("12345678"));
    play.ignores(Event::CodeChecked(true));
    play.later(30);
    play.runs([
        (press(Answer::Resend), sends(Path::Recover)),
        (sent(2), code_page(Path::Recover, 0)),
        (code("12345678"), checks_code(2)),
        (Event::CodeChecked(true), finds()),
    ]);
}

/// Of many answers at once one finds the count as it was, so only that one is judged (`drive` compares versions).
#[test]
fn cve_2024_4629_a_try_is_taken_before_the_code_is_looked_at() {
    let mut play = at_code_page();
    for left in [4, 3, 2, 1, 0] {
        let Turn::Do(check) = play.on(code("12345678")) else { panic!("no check") };
        assert!(check.is_counted_first());
        assert!(
            matches!(play.journey.stage, Stage::Code { code: Code::Live { tries_left, .. }, .. } if tries_left == left)
        );
    }
    // Five were taken, and no verdict came: the server fell over. The sixth is not looked at.
    play.runs([(code("12345678"), dead_code_page(Path::Recover, 30))]);
    assert_eq!(play.journey.said.notice, Some(Notice::CodeDead));
    play.ignores(code("12345678"));
    assert!(!Effect::FindAccount { address: ADA.into() }.is_counted_first());
}

#[test]
fn cve_2024_7318_a_code_lives_no_longer_than_its_mail_says() {
    let mut play = at_code_page();
    play.later(599);
    play.runs([(code("12345678"), checks_code(1)), (Event::CodeChecked(false), code_page(Path::Recover, 0))]);
    play.later(1);
    play.runs([(code("12345678"), dead_code_page(Path::Recover, 0))]);
    play.faults(&[("code", Why::CodeExpired)]);
    play.ignores(code("12345678"));
    play.ignores(Event::CodeChecked(true));
    play.faults(&[("code", Why::CodeExpired)]);

    let mut play = at_code_page();
    play.later(601);
    assert_eq!(Turn::Show(play.shown()), dead_code_page(Path::Recover, 0), "before anybody types it");
    play.runs([(code("12345678"), dead_code_page(Path::Recover, 0))]);
}

#[test]
fn cve_2026_55370_a_code_is_used_once() {
    let mut play = at_code_page();
    play.runs([(code("12345678"), checks_code(1)), (Event::CodeChecked(true), finds())]);
    assert!(!serde_json::to_string(&play.journey).expect("plain data").contains("hash of code"));
    play.runs([(found(Method::Password), new_password_page(Path::Recover))]);
    play.ignores(code("12345678"));
    play.ignores(Event::CodeChecked(true));
}

#[test]
fn r3_only_the_newest_code_counts() {
    let mut play = at_code_page();
    play.runs([(code("12345678"), checks_code(1)), (Event::CodeChecked(false), code_page(Path::Recover, 30))]);
    play.later(30);
    play.runs([(press(Answer::Resend), sends(Path::Recover)), (sent(2), code_page(Path::Recover, 0))]);
    assert_eq!(play.journey.said.notice, Some(Notice::CodeSent));
    assert!(matches!(play.journey.stage, Stage::Code { code: Code::Live { tries_left: 5, .. }, .. }));
    play.runs([(code("12345678"), checks_code(2))]);
}

#[test]
fn what_cannot_be_a_code_costs_no_try() {
    let mut play = at_code_page();
    for typed in ["", "1234567", "123456789", "1234567x"] {
        play.runs([(code(typed), code_page(Path::Recover, 30))]);
        play.faults(&[("code", Why::NotACode { length: 8 })]);
    }
    play.runs([(code("١٢٣٤-٥٦٧٨ "), checks_code(1)), (Event::CodeChecked(false), code_page(Path::Recover, 30))]);
    play.faults(&[("code", Why::WrongCode { tries_left: 4 })]);
}

#[test]
fn another_code_waits_for_the_countdown() {
    let mut play = at_code_page();
    play.later(29);
    assert_eq!(Turn::Show(play.shown()), code_page(Path::Recover, 1));
    play.ignores(press(Answer::Resend));
    play.now = play.now + Duration::from_millis(999);
    assert_eq!(Turn::Show(play.shown()), code_page(Path::Recover, 1));
    play.ignores(press(Answer::Resend));
    play.now = play.now + Duration::from_millis(1);
    play.runs([(press(Answer::Resend), sends(Path::Recover))]);
}

#[test]
fn a_refused_mail_takes_no_living_code_away() {
    let refused = || Event::CodeRefused { resend_at: START + Duration::from_secs(600) };
    let mut play = at_code_page();
    play.later(30);
    play.runs([(press(Answer::Resend), sends(Path::Recover)), (refused(), code_page(Path::Recover, 570))]);
    assert_eq!(play.journey.said.notice, Some(Notice::CodesExhausted));
    play.runs([(code("12345678"), checks_code(1)), (Event::CodeChecked(true), finds())]);

    let mut play = Play::of(password_flow(), Path::Recover);
    play.runs([(address(ADA), sends(Path::Recover)), (refused(), dead_code_page(Path::Recover, 600))]);
    assert_eq!(play.journey.said.notice, Some(Notice::CodesExhausted));
    play.ignores(code("12345678"));
}

#[test]
fn a_code_is_still_good_for_whoever_left_its_page_and_came_back() {
    let at_address = || address_page(Path::Recover);
    let mut play = at_code_page();
    play.runs([
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(false), code_page(Path::Recover, 30)),
        (press(Answer::Recover), at_address()),
        (address(ADA), code_page(Path::Recover, 30)),
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(false), code_page(Path::Recover, 30)),
    ]);
    play.faults(&[("code", Why::WrongCode { tries_left: 3 })]);
    play.later(30);
    let refused = Event::CodeRefused { resend_at: START + Duration::from_secs(600) };
    play.runs([
        (press(Answer::Recover), at_address()),
        (address(ADA), sends(Path::Recover)),
        (refused, code_page(Path::Recover, 570)),
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(true), finds()),
    ]);
    assert_eq!(play.journey.mailed, None);
}

#[test]
fn a_code_is_no_good_for_another_address() {
    let mut play = at_code_page();
    let bob = Effect::SendCode { address: "bob@example.org".into(), path: Path::Recover };
    play.runs([
        (press(Answer::Recover), address_page(Path::Recover)),
        (address("bob@example.org"), Turn::Do(bob)),
        (sent(2), code_page(Path::Recover, 30)),
        (press(Answer::Recover), address_page(Path::Recover)),
        (address(ADA), sends(Path::Recover)),
    ]);
}
