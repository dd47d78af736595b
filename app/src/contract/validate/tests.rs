//! A table of value, rule, verdict.

use super::*;
use crate::contract::user_flow::FieldOption;

#[test]
fn an_address_is_one_mailbox_at_one_named_host() {
    let long = format!("{}@{}.org", "a".repeat(64), "d".repeat(63));
    let good = [
        "ada@example.org",
        "ada.lovelace+portico@mail.example.co.uk",
        "o'brien_1@example.org",
        "søren@example.dk",
        "用户@例子.中国",
        "user@xn--fsqu00a.xn--fiqs8s",
        "संपर्क@डेटामेल.भारत",
        &long,
    ];
    for typed in good {
        assert_eq!(address(typed).as_deref(), Ok(typed));
    }
    assert_eq!(address("  ada@example.org\n").as_deref(), Ok("ada@example.org"));
    assert_eq!(address(" "), Err(Why::Required));
}

#[test]
fn cve_2023_7028_an_address_is_never_two() {
    let bad = [
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "a@x.org,b@y.org",
        "a@x.org b@y.org",
        "a@x.org;b@y.org",
        "a@x.org\r\nBcc: b@y.org",
        "a@x.org\0",
        "a@b@x.org",
        "a＠b@x.org",
        "<a@x.org>",
        "Ada <a@x.org>",
        "\"a b\"@x.org",
        "a\u{202e}b@x.org",
        "a\u{200a}b@x.org",
        ".a@x.org",
        "a..b@x.org",
        "a@x..org",
        "a@.org",
        "a@x.org.",
        "a@-x.org",
        "a@x_y.org",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@x.org?cc=b",
        "[\"a@x.org\",\"b@y.org\"]",
    ];
    for typed in bad {
        assert_eq!(address(typed), Err(Why::NotAnAddress), "{typed:?}");
    }
    assert_eq!(address(&format!("{}@x.org", "a".repeat(65))), Err(Why::NotAnAddress));
    assert_eq!(address(&format!("a@{}org", "abc.".repeat(70))), Err(Why::NotAnAddress));
}

fn field(kind: InputKind, data_type: DataType) -> Field {
    Field {
        attribute: "city".into(),
        data_type,
        kind,
        label: "City".into(),
        hint: Some("As on a map".into()),
        required: false,
        read_only: false,
        default: None,
        options: Vec::new(),
        pattern: None,
        max_length: 20,
    }
}

fn text() -> Field {
    field(InputKind::Text, DataType::String)
}

fn with_options(kind: InputKind) -> Field {
    let options = ["tea", "rye", "oats"].map(|value| FieldOption { value: value.into(), text: value.to_uppercase() });
    Field { options: options.into(), ..field(kind, DataType::String) }
}

fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

fn matching(pattern: &str) -> Field {
    Field { pattern: Some(pattern.into()), ..text() }
}

fn judge(field: &Field, raw: &[&str]) -> Result<Option<String>, Why> {
    value(field, &raw.iter().map(|part| (*part).into()).collect::<Vec<String>>())
}

#[track_caller]
fn stores(field: &Field, table: &[(&[&str], &str)]) {
    for (raw, stored) in table {
        assert_eq!(judge(field, raw).as_ref().map(Option::as_deref), Ok(Some(*stored)), "{raw:?}");
    }
}

#[track_caller]
fn refuses(field: &Field, table: &[(&[&str], Why)]) {
    for (raw, why) in table {
        assert_eq!(judge(field, raw).as_ref(), Err(why), "{raw:?}");
    }
}

#[test]
fn nothing_is_stored_where_nothing_was_said() {
    for kind in [InputKind::Text, InputKind::Number, InputKind::Date] {
        for raw in [&[][..], &[""], &["  "]] {
            assert_eq!(judge(&field(kind, DataType::String), raw), Ok(None));
            assert_eq!(judge(&required(field(kind, DataType::String)), raw), Err(Why::Required));
        }
    }
    for kind in [InputKind::Radio, InputKind::Dropdown, InputKind::MultiSelect] {
        assert_eq!(judge(&with_options(kind), &[]), Ok(None));
        assert_eq!(judge(&required(with_options(kind)), &[""]), Err(Why::Required));
    }
}

#[test]
fn text_is_trimmed_and_counted_in_characters() {
    let twenty = "ø".repeat(20);
    stores(&text(), &[(&["  Lund "], "Lund"), (&[&twenty], &twenty), (&["O’Hara 🏡"], "O’Hara 🏡")]);
    refuses(&text(), &[(&[&"ø".repeat(21)], Why::TooLong { max: 20 }), (&["Lund", "Malmö"], Why::NotAnOption)]);
}

#[test]
fn r15_markup_is_text_and_controls_are_refused() {
    stores(&text(), &[(&["</script><b>"], "</script><b>"), (&["=1+1"], "=1+1"), (&["'; DROP--"], "'; DROP--")]);
    for c in ['\0', '\u{7}', '\n', '\u{1b}', '\u{7f}', '\u{85}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{feff}'] {
        refuses(&text(), &[(&[&format!("a{c}b")], Why::Unprintable)]);
    }
    // What scripts and families need to be written at all.
    stores(&text(), &[(&["می\u{200c}خواهم"], "می\u{200c}خواهم"), (&["👩\u{200d}👧"], "👩\u{200d}👧")]);
}

#[test]
fn r15_numbers_are_64_bits_and_written_in_one_way() {
    let max = i64::MAX.to_string();
    for number in [field(InputKind::Number, DataType::Int), field(InputKind::Text, DataType::Int)] {
        stores(&number, &[(&["42"], "42"), (&["+007"], "7"), (&["-0"], "0"), (&["-12"], "-12"), (&[&max], &max)]);
        stores(&number, &[(&["٤٢"], "42"), (&["۴۲"], "42"), (&["４２"], "42")]);
        let wrong = ["4.2", "1e3", "0x1f", "1 000", "1,000", "four", "-", "9223372036854775808"];
        refuses(&number, &wrong.each_ref().map(|raw| (std::slice::from_ref(raw), Why::NotANumber)));
    }
}

#[test]
fn r15_booleans_are_strict() {
    let tick = field(InputKind::Checkbox, DataType::Boolean);
    stores(&tick, &[(&[], "false"), (&["true"], "true"), (&["on"], "true"), (&["false"], "false"), (&[""], "false")]);
    refuses(&tick, &[(&["yes"], Why::NotAnOption), (&["1"], Why::NotAnOption), (&["true", "true"], Why::NotAnOption)]);
    let consent = required(tick);
    stores(&consent, &[(&["true"], "true")]);
    refuses(&consent, &[(&[], Why::MustAgree), (&["false"], Why::MustAgree)]);
    let written = field(InputKind::Text, DataType::Boolean);
    stores(&written, &[(&["true"], "true")]);
    refuses(&written, &[(&["TRUE"], Why::NotAnOption)]);
}

#[test]
fn only_options_can_be_chosen() {
    for kind in [InputKind::Radio, InputKind::Dropdown] {
        stores(&with_options(kind), &[(&["rye"], "rye")]);
        refuses(&with_options(kind), &[(&["RYE"], Why::NotAnOption), (&["tea", "rye"], Why::NotAnOption)]);
    }
    let several = with_options(InputKind::MultiSelect);
    stores(&several, &[(&["oats", "tea"], "tea,oats"), (&["rye", "rye", ""], "rye")]);
    refuses(&several, &[(&["tea,oats"], Why::NotAnOption), (&["tea", "gin"], Why::NotAnOption)]);
    refuses(&Field { max_length: 5, ..several }, &[(&["tea", "oats"], Why::TooLong { max: 5 })]);
    let mut numbers = with_options(InputKind::Radio);
    numbers.data_type = DataType::Int;
    refuses(&numbers, &[(&["tea"], Why::NotANumber)]);
}

#[test]
fn a_date_is_a_day_that_was() {
    let date = field(InputKind::Date, DataType::String);
    stores(&date, &[(&["2024-02-29"], "2024-02-29"), (&["2000-02-29"], "2000-02-29"), (&["١٩٩٩-١٢-٣١"], "1999-12-31")]);
    let wrong = [
        "2023-02-29",
        "1900-02-29",
        "2024-04-31",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "0000-01-01",
        "2024-1-01",
        "24-01-01",
        "01/02/2024",
        "2024-01-01T00",
        "2024-+1-01",
        "２０２４/01/01",
        "yyyy-mm-dd",
    ];
    refuses(&date, &wrong.each_ref().map(|raw| (std::slice::from_ref(raw), Why::NotADate)));
}

#[test]
fn a_pattern_matches_the_whole_value() {
    let wrong = || Why::Pattern { hint: Some("As on a map".into()) };
    stores(&matching("[0-9]{5}"), &[(&["22100"], "22100")]);
    refuses(&matching("[0-9]{5}"), &[(&["221000"], wrong()), (&["x22100"], wrong())]);
    stores(&matching("a|ab"), &[(&["ab"], "ab")]);
    refuses(&matching("a|b"), &[(&["ab"], wrong())]);
    refuses(&matching("(?m)a$"), &[(&["ba"], wrong())]);
    assert_eq!(judge(&matching("[0-9]{5}"), &[""]), Ok(None), "a pattern asks for nothing by itself");
}

#[test]
fn r15_a_pattern_that_cannot_stand_is_refused_and_judges_nobody() {
    for text in ["(", "a)|(b", "[z-a]", "(?x)a # b", "(((((a{50}){50}){50}){50}){50})", "a{100000}", "(?=a)", r"(a)\1"]
    {
        assert!(pattern(text).is_err(), "{text}");
        stores(&matching(text), &[(&["anything"], "anything")]);
    }
}

#[test]
fn r15_a_pattern_is_linear_in_the_value() {
    let greedy = Field { max_length: 5000, ..matching("(a+)+") };
    let long = format!("{}b", "a".repeat(4999));
    assert!(judge(&greedy, &[&long]).is_err(), "and this line is reached before the sun goes out");
}

#[test]
fn a_page_tells_everything_that_is_wrong_at_once() {
    let page = [required(Field { attribute: "a".into(), ..text() }), Field { attribute: "b".into(), ..text() }];
    let sent = BTreeMap::from([("b".to_string(), vec!["\u{202e}".to_string()])]);
    let faults = [("attribute.a", Why::Required), ("attribute.b", Why::Unprintable)];
    assert_eq!(fields(&page, &sent), Err(faults.map(|(field, why)| Fault { field: field.into(), why }).into()));
}

#[test]
fn r14_a_page_stores_its_own_fields_and_read_only_ones_as_they_are() {
    let fixed = |default: &str| Field { read_only: true, default: Some(default.into()), ..text() };
    let several = Field { attribute: "likes".into(), kind: InputKind::MultiSelect, ..with_options(InputKind::Radio) };
    let page = [
        fixed("Lund"),
        Field { attribute: "state".into(), ..text() },
        Field { attribute: "broken".into(), ..fixed("\0") },
        Field { read_only: true, default: Some("oats,tea".into()), ..several },
    ];
    let sent = [("city", "Oslo"), ("state", "Skåne"), ("roles", "admin"), ("likes", "rye"), ("emailVerified", "true")];
    let sent = sent.into_iter().map(|(name, value)| (name.to_string(), vec![value.to_string()])).collect();
    let stored = [("city", "Lund"), ("state", "Skåne"), ("likes", "tea,oats")];
    assert_eq!(fields(&page, &sent), Ok(stored.map(|(name, value)| (name.into(), value.into())).into()));
}

#[test]
fn a_new_password_is_long_and_nothing_else() {
    let rule = PasswordRule { min_length: 8, max_length: 10, composition: Composition::Any };
    assert_eq!(new_password(rule, "åäöåäöåä"), Ok(()));
    assert_eq!(new_password(rule, ""), Err(Why::Required));
    assert_eq!(new_password(rule, "1234567"), Err(Why::PasswordTooShort { min: 8 }));
    assert_eq!(new_password(rule, "12345678901"), Err(Why::PasswordTooLong { max: 10 }));
}

#[test]
fn a_flow_may_ask_for_digits_or_for_several_classes_of_characters() {
    use Composition::{Any, Digits, FourClasses, ThreeClasses, TwoClasses};
    let judge =
        |composition, password| new_password(PasswordRule { min_length: 4, max_length: 64, composition }, password);
    assert_eq!(judge(Digits, "4817"), Ok(()));
    assert_eq!(judge(Digits, "48a7"), Err(Why::PasswordDigits { min: 4 }));
    assert_eq!(judge(Digits, "481"), Err(Why::PasswordTooShort { min: 4 }), "the length is told first");
    let most = [("aaaa", 1), ("aaA ", 3), ("aa11", 2), ("aA1å", 4), ("كلمة", 1), ("كلمة7", 2), ("aA1!", 4)];
    for (password, there) in most {
        for (composition, asked) in [(Any, 0), (TwoClasses, 2), (ThreeClasses, 3), (FourClasses, 4)] {
            let verdict = if there >= asked { Ok(()) } else { Err(Why::PasswordClasses { classes: asked }) };
            assert_eq!(judge(composition, password), verdict, "{password} by {composition:?}");
        }
    }
}

#[test]
fn strength_grows_with_length_and_variety() {
    let rule = PasswordRule { min_length: 8, ..PasswordRule::default() };
    let table = [
        ("", Strength::TooShort),
        ("x9$Lq2", Strength::TooShort),
        ("aaaaaaaaaaaaaaaaaaaaaa", Strength::Weak),
        ("abcdefghijklmnopqrstuvwxyz", Strength::Weak),
        ("abababababababababababab", Strength::Weak),
        ("swordfish", Strength::Weak),
        ("swordfishes9", Strength::Fair),
        ("swordfish and tea", Strength::Good),
        ("correct horse battery staple", Strength::Strong),
    ];
    for (password, verdict) in table {
        assert_eq!(strength(rule, password), verdict, "{password}");
    }
}

#[test]
fn a_code_is_read_however_it_was_copied() {
    let same = [
        "12345678",
        " 1234 5678\n",
        "1234-5678",
        "١٢٣٤٥٦٧٨",
        "۱۲۳۴۵۶۷۸",
        "１２３４５６７８",
        "\u{200e}1234\u{2011}5678\u{200f}",
    ];
    for typed in same {
        assert_eq!(code(typed, 8).as_deref(), Ok("12345678"), "{typed:?}");
    }
    for typed in ["", "1234567", "123456789", "1234567a", "1234567²", "null", "{}", "-12345678x"] {
        assert_eq!(code(typed, 8), Err(Why::NotACode { length: 8 }), "{typed:?}");
    }
}
