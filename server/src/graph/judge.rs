//! Whether a page layout can be published: every row by every rule, all faults told at once (security R15).

use crate::error::Flaw;
use app::contract::{
    attribute::{Attribute, DataType, EMAIL},
    resource::input::Input,
    user_flow::{self, InputKind, Visibility},
    validate,
};

const MOST_INPUTS: usize = 100;
const MOST_OPTIONS: usize = 300;
const LONGEST_LABEL: usize = 512;
const LONGEST_OPTION: usize = 250;

/// Where a row stands in what was sent.
pub const INPUTS: &str = "onAttributeCollection/attributeCollectionPage/views/0/inputs";

/// The rows as pages are made of them, or everything that is wrong with them.
pub fn layout(inputs: &[Input], attributes: &[Attribute]) -> Result<Vec<user_flow::Input>, Vec<Flaw>> {
    let mut flaws = Vec::new();
    if inputs.len() > MOST_INPUTS {
        flaws.push(Flaw::new(INPUTS, format!("A page asks for {MOST_INPUTS} attributes at most.")));
    }
    let mut rows = Vec::with_capacity(inputs.len());
    for (at, input) in inputs.iter().enumerate() {
        let place = |property: &str| format!("{INPUTS}/{at}/{property}");
        if inputs[..at].iter().any(|before| before.attribute == input.attribute) {
            let why = format!("The attribute '{}' stands on the page twice.", input.attribute);
            flaws.push(Flaw::new(place("attribute"), why));
        }
        let Some(attribute) = attributes.iter().find(|attribute| attribute.id == input.attribute) else {
            flaws.push(Flaw::new(place("attribute"), format!("There is no attribute '{}'.", input.attribute)));
            continue;
        };
        let row = of_attribute(input, attribute).to_layout(attribute);
        let told = one(input, &row, attribute).into_iter();
        flaws.extend(told.map(|(property, why)| Flaw::new(place(property), format!("{}: {why}", attribute.label))));
        rows.push(row);
    }
    if flaws.is_empty() { Ok(rows) } else { Err(flaws) }
}

/// The address is proved by a code: whatever is sent, nobody types it on this page.
fn of_attribute(input: &Input, attribute: &Attribute) -> Input {
    if attribute.id == EMAIL {
        Input { hidden: true, editable: false, required: true, ..input.clone() }
    } else {
        input.clone()
    }
}

/// A property of the row, and what is wrong with it.
type Told = (&'static str, String);

fn one(input: &Input, row: &user_flow::Input, attribute: &Attribute) -> Vec<Told> {
    let mut told = Vec::new();
    told.extend(words(row));
    told.extend(kind(row, attribute));
    told.extend(options(row));
    told.extend(limits(row, attribute));
    if !input.write_to_directory {
        told.push(("writeToDirectory", "what is asked is always kept, so this stays true.".into()));
    }
    // Nobody could go on past such a row.
    let unanswerable = row.visibility != Visibility::Editable && row.required && row.default.is_none();
    if unanswerable && attribute.id != EMAIL {
        told.push(("defaultValue", "what people cannot fill in needs a default where it is required.".into()));
    }
    // A default is judged as an answer would be, once everything else is right.
    if told.is_empty() && attribute.id != EMAIL && !default_fits(row) {
        told.push(("defaultValue", "the default breaks the rules of its own field.".into()));
    }
    told
}

fn words(row: &user_flow::Input) -> Vec<Told> {
    let mut told = Vec::new();
    if row.label.text.trim().is_empty() {
        told.push(("label", "a field needs a label.".into()));
    }
    let labels = std::iter::once(&row.label.text).chain(row.label.translations.values());
    let hints = row.hint.iter().flat_map(|hint| std::iter::once(&hint.text).chain(hint.translations.values()));
    for (property, text) in labels.map(|text| ("label", text)).chain(hints.map(|text| ("hint", text))) {
        told.extend(sentence(text).into_iter().map(|why| (property, why)));
    }
    let tags = row.label.translations.keys().chain(row.hint.iter().flat_map(|hint| hint.translations.keys()));
    told.extend(languages(tags).map(|why| ("translations", why)));
    told
}

/// What is wrong with words that people read.
fn sentence(text: &str) -> Vec<String> {
    let mut told = Vec::new();
    if text.chars().count() > LONGEST_LABEL {
        told.push(format!("it may have {LONGEST_LABEL} characters."));
    }
    if !links_are_https(text) {
        told.push("a link is written [text](https://…), and leads to https only.".into());
    }
    if text.chars().any(|c| c.is_control()) {
        told.push("there is a character in it that nobody can see.".into());
    }
    told
}

fn languages<'a>(mut tags: impl Iterator<Item = &'a String>) -> Option<String> {
    let stranger = tags.find(|tag| !is_language(tag))?;
    Some(format!("'{stranger}' is no language tag, like de or pt-BR."))
}

/// Every `](` begins a link's address.
fn links_are_https(text: &str) -> bool {
    text.split("](").skip(1).all(|address| address.starts_with("https://"))
}

/// RFC 5646 §2.1, as far as its shape.
fn is_language(tag: &str) -> bool {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    tag.len() <= 35 && tag.split('-').all(part)
}

fn kind(row: &user_flow::Input, attribute: &Attribute) -> Vec<Told> {
    use InputKind::{Checkbox, Date, Dropdown, MultiSelect, Number, Radio, Text};
    let fits = match attribute.data_type {
        DataType::String => matches!(row.kind, Text | Number | Radio | Dropdown | MultiSelect | Date),
        DataType::Int => matches!(row.kind, Text | Number | Radio | Dropdown),
        DataType::Boolean => matches!(row.kind, Checkbox | Radio | Dropdown),
    };
    if fits {
        return Vec::new();
    }
    let right = match attribute.data_type {
        DataType::String => {
            "text, number, radioSingleSelect, dropdownSingleSelect, checkboxMultiSelect or dateTimeDropdown"
        }
        DataType::Int => "number, text, radioSingleSelect or dropdownSingleSelect",
        DataType::Boolean => "boolean, radioSingleSelect or dropdownSingleSelect",
    };
    vec![("inputType", format!("an attribute of its data type is asked by {right}."))]
}

fn options(row: &user_flow::Input) -> Vec<Told> {
    let chosen = matches!(row.kind, InputKind::Radio | InputKind::Dropdown | InputKind::MultiSelect);
    let told = |why: String| vec![("options", why)];
    match (chosen, row.options.is_empty()) {
        (true, true) => return told("a field to choose from needs options.".into()),
        (false, false) => return told("only a field to choose from has options.".into()),
        (false, true) => return Vec::new(),
        (true, false) => {}
    }
    if row.options.len() > MOST_OPTIONS {
        return told(format!("there may be {MOST_OPTIONS} options."));
    }
    for (at, option) in row.options.iter().enumerate() {
        let value = option.value.as_str();
        if value.is_empty() || option.text.text.trim().is_empty() {
            return told(format!("option {} needs a label and a value.", at + 1));
        }
        if value.chars().count() > LONGEST_OPTION || option.text.text.chars().count() > LONGEST_LABEL {
            return told(format!("option {} is too long.", at + 1));
        }
        let translations = &option.text.translations;
        let wrong = translations.values().flat_map(|text| sentence(text)).next();
        if let Some(why) = wrong.or_else(|| languages(translations.keys())) {
            return told(format!("option {}: {why}", at + 1));
        }
        if row.options[..at].iter().any(|before| before.value == value) {
            return told(format!("two options have the value '{value}'."));
        }
        if row.kind == InputKind::MultiSelect && value.contains(',') {
            return told(format!("the value '{value}' has a comma in it, which stands between several values."));
        }
        let typed = match row.data_type {
            DataType::String => true,
            DataType::Int => value.parse::<i64>().is_ok(),
            DataType::Boolean => matches!(value, "true" | "false"),
        };
        if !typed {
            return told(format!("the value '{value}' is not of the attribute's data type."));
        }
    }
    Vec::new()
}

fn limits(row: &user_flow::Input, attribute: &Attribute) -> Vec<Told> {
    let mut told = Vec::new();
    if row.max_length == 0 || row.max_length > attribute.max_length {
        told.push(("maxLength", format!("a value may have 1 to {} characters.", attribute.max_length)));
    }
    // Only a pattern that answers in linear time, in bounded memory, is ever run.
    if let Some(Err(fault)) = row.pattern.as_deref().map(validate::pattern) {
        told.push(("validationRegEx", format!("the pattern cannot be used: {fault}.")));
    }
    told
}

fn default_fits(row: &user_flow::Input) -> bool {
    let Some(default) = &row.default else { return true };
    let field = user_flow::Field { required: false, ..row.field("en") };
    let sent: Vec<String> = match row.kind {
        InputKind::MultiSelect => default.split(',').map(String::from).collect(),
        _ => vec![default.clone()],
    };
    validate::value(&field, &sent).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::contract::{
        attribute::{Origin, built_in},
        resource::input::{InputOption, InputType},
    };
    use std::collections::BTreeMap;

    fn attributes() -> Vec<Attribute> {
        let custom = |id: &str, data_type| Attribute {
            id: id.into(),
            label: id.into(),
            data_type,
            description: None,
            origin: Origin::Custom,
            max_length: 250,
        };
        let own = [custom("extension_tier", DataType::Int), custom("extension_news", DataType::Boolean)];
        built_in().chain(own).collect()
    }

    fn row(attribute: &str) -> Input {
        let attributes = attributes();
        Input::usual(attributes.iter().find(|known| known.id == attribute).unwrap())
    }

    fn faults(input: Input) -> Vec<String> {
        match layout(&[input], &attributes()) {
            Ok(_) => Vec::new(),
            Err(flaws) => flaws.into_iter().map(|flaw| flaw.target.rsplit('/').next().unwrap().to_owned()).collect(),
        }
    }

    fn option(value: &str) -> InputOption {
        InputOption { label: value.into(), value: value.into(), ..InputOption::default() }
    }

    #[test]
    fn usual_rows_are_right() {
        let rows: Vec<Input> = attributes().iter().map(Input::usual).collect();
        let rows = layout(&rows, &attributes()).unwrap();
        assert!(rows.iter().any(|row| row.attribute == EMAIL && row.visibility == Visibility::Hidden));
    }

    #[test]
    fn r15_a_pattern_must_be_one_that_cannot_hang() {
        for bad in ["(", "(?=a)b", r"(a)\1", "a{1000}{1000}{1000}"] {
            assert_eq!(
                faults(Input { validation_reg_ex: Some(bad.into()), ..row("city") }),
                ["validationRegEx"],
                "{bad}"
            );
        }
        assert!(faults(Input { validation_reg_ex: Some("^.*".into()), ..row("city") }).is_empty());
    }

    #[test]
    fn a_row_is_told_everything_that_is_wrong_with_it() {
        let city = || row("city");
        for (input, property) in [
            (Input { label: " ".into(), ..city() }, "label"),
            (Input { label: "x".repeat(513), ..city() }, "label"),
            (Input { label: "[terms](http://x.example)".into(), ..city() }, "label"),
            (Input { label: "[terms](javascript:alert(1))".into(), ..city() }, "label"),
            (Input { input_type: InputType::Boolean, ..city() }, "inputType"),
            (
                Input {
                    input_type: InputType::CheckboxMultiSelect,
                    options: vec![option("1")],
                    ..row("extension_tier")
                },
                "inputType",
            ),
            (Input { input_type: InputType::RadioSingleSelect, ..city() }, "options"),
            (Input { options: vec![option("a")], ..city() }, "options"),
            (
                Input { input_type: InputType::RadioSingleSelect, options: vec![option("a"), option("a")], ..city() },
                "options",
            ),
            (
                Input { input_type: InputType::RadioSingleSelect, options: vec![option("x")], ..row("extension_tier") },
                "options",
            ),
            (Input { max_length: Some(129), ..city() }, "maxLength"),
            (Input { hidden: true, required: true, ..city() }, "defaultValue"),
            (Input { default_value: Some("x".into()), ..row("extension_tier") }, "defaultValue"),
            (Input { write_to_directory: false, ..city() }, "writeToDirectory"),
            (Input { attribute: "password".into(), ..city() }, "attribute"),
        ] {
            assert_eq!(faults(input.clone()), [property], "{input:?}");
        }
    }

    #[test]
    fn an_option_is_translated_in_words_that_a_label_may_have() {
        let radio = |tag: &str, text: &str| Input {
            input_type: InputType::RadioSingleSelect,
            options: vec![InputOption { translations: BTreeMap::from([(tag.into(), text.into())]), ..option("paris") }],
            ..row("city")
        };
        let long = "x".repeat(513);
        for (tag, text) in
            [("de", long.as_str()), ("de", "[hier](http://x.example)"), ("de", "Par\u{7}is"), ("not a tag", "Paris")]
        {
            assert_eq!(faults(radio(tag, text)), ["options"], "{tag}: {text}");
        }
        assert!(faults(radio("de", "Paris")).is_empty());
        assert!(faults(radio("de", "")).is_empty(), "nothing said is nothing wrong");
    }

    #[test]
    fn an_attribute_stands_on_the_page_once() {
        assert!(layout(&[row("city"), row("city")], &attributes()).is_err());
    }
}
