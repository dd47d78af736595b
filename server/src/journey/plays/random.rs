//! Monkeys: random people, hands and administrators against the model (security R13).
//! `PROPTEST_CASES=1000000` for a night of it.

use super::{
    model::{Act, PEOPLE, SESAME, Stroke, World},
    *,
};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use std::{cell::RefCell, collections::BTreeSet};

fn act() -> impl Strategy<Value = Act> {
    let stroke = prop_oneof![
        12 => Just(Stroke::Fit),
        5 => answer().prop_map(Stroke::Press),
        1 => (0..3usize).prop_map(Stroke::Mailed),
        1 => (1..7u8).prop_map(Stroke::Guess),
        1 => stray().prop_map(Stroke::Stray),
        2 => select(vec![1, 30, 200, 600]).prop_map(Stroke::Wait),
        2 => select(vec![SignUp::Open, SignUp::Closed, SignUp::Open]).prop_map(Stroke::SignUp),
        2 => layouts().prop_map(Stroke::Layout),
    ];
    (stroke, any::<u8>())
}

fn answer() -> impl Strategy<Value = Answer> {
    let forged =
        FILLED_IN.into_iter().chain([("source", "x"), ("email", "x@y.org")]).map(|(n, v)| (n.into(), vec![v.into()]));
    select(vec![
        Answer::Address { address: "no address".into() },
        Answer::Address { address: PEOPLE[0].into() },
        Answer::Password { password: "sesame street".into(), keep: true },
        Answer::Password { password: SESAME.into(), keep: true },
        Answer::Code { code: "99999999".into(), keep: true },
        Answer::Code { code: "".into(), keep: false },
        Answer::Code { code: "314158".into(), keep: false },
        Answer::Code { code: "abcde-fghjk".into(), keep: true },
        Answer::NewPassword { password: "short".into() },
        Answer::NewPassword { password: SESAME.into() },
        Answer::Attributes { revision: 0, values: forged.collect() },
        Answer::Attributes { revision: 3, values: BTreeMap::new() },
        Answer::ContinueAs,
        Answer::Resend,
        Answer::UseCode,
        Answer::UsePassword,
        Answer::UseOwnAddress,
        Answer::UseOtherAddress,
        Answer::SignIn,
        Answer::SignUp,
        Answer::Recover,
        Answer::Language { language: "ar".into() },
        Answer::Cancel,
    ])
}

fn stray() -> impl Strategy<Value = Event> {
    select(vec![nobody(), found(Method::Passcode), found(Method::Password), Event::AddressTaken])
}

fn layouts() -> impl Strategy<Value = Layout> {
    let with_city = || [layout().inputs, vec![Input { required: true, ..input("city") }, input("email")]].concat();
    let choices =
        vec![layout().inputs, layout().inputs.split_off(1), with_city(), without_page(passcode_flow()).layout.inputs];
    select(choices).prop_map(|inputs| Layout { revision: 0, inputs })
}

#[test]
fn r13_no_order_of_events_ends_well_without_every_required_step() {
    let cases = Config::default().cases.max(2000);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let ends = RefCell::new(BTreeSet::new());
    let method = select(vec![Method::Password, Method::Passcode]);
    let kinds = [
        FlowKind::SignUpOrSignIn,
        FlowKind::SignUpOrSignIn,
        FlowKind::ProfileEdit,
        FlowKind::SignUp,
        FlowKind::PasswordReset,
    ];
    let names = [
        (SignInName::Email, AddressProof::ByCode),
        (SignInName::Email, AddressProof::AsTyped),
        (SignInName::UserName, AddressProof::ByCode),
        (SignInName::UserName, AddressProof::AsTyped),
        (SignInName::EmailOrUserName, AddressProof::ByCode),
        (SignInName::EmailOrUserName, AddressProof::AsTyped),
    ];
    let acts = prop::collection::vec(act(), 1..40);
    let flow = (select(kinds.to_vec()), method, select(names.to_vec()), any::<(bool, bool)>());
    let evening = (flow, any::<bool>(), acts);
    let verdict = runner.run(&evening, |((kind, method, names, pages), known, acts)| {
        let mut world = World::new(kind, method, names, known, pages);
        for (stroke, luck) in acts {
            if let Some(outcome) = world.act(stroke, luck) {
                let name = format!("{outcome:?}");
                ends.borrow_mut().insert(name.split([' ', '{']).next().unwrap_or_default().to_string());
            }
        }
        Ok(())
    });
    assert!(verdict.is_ok(), "{verdict:?}");
    // Monkeys that reach nothing prove nothing.
    let reached: Vec<String> = ends.into_inner().into_iter().collect();
    assert_eq!(
        reached,
        ["Cancelled", "ContinuedAs", "MustEnrol", "ProfileEdited", "Recovered", "SignedIn", "SignedUp"]
    );
}
