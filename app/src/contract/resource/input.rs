//! A row of a flow's page layout, and how it is told from and to the layout that pages are made of.

use crate::contract::{
    attribute::{Attribute, DataType, EMAIL},
    user_flow::{self, Choice, InputKind, Visibility, Words},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Input {
    /// The attribute's id.
    pub attribute: String,
    /// Links are written `[text](https://…)`.
    pub label: String,
    pub input_type: InputType,
    pub default_value: Option<String>,
    pub hidden: bool,
    pub editable: bool,
    /// Always true: what is asked is kept.
    pub write_to_directory: bool,
    pub required: bool,
    pub validation_reg_ex: Option<String>,
    pub options: Vec<InputOption>,
    /// A sentence below the field. Not in Graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Label and hint by language tag. Not in Graph.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, Translation>,
    /// In characters; the attribute's own limit where nothing is said. Not in Graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u16>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Translation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InputOption {
    /// What people read.
    pub label: String,
    /// What is stored.
    pub value: String,
    /// The label by language tag. Not in Graph.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, String>,
}

/// The control. Graph has no words for a number, a date and a drop-down list; the latter two are its word in B2X flows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum InputType {
    #[default]
    Text,
    Number,
    Boolean,
    RadioSingleSelect,
    DropdownSingleSelect,
    CheckboxMultiSelect,
    DateTimeDropdown,
}

/// What is written comes first for each; the others are read too. Case says nothing.
const INPUT_TYPES: [(InputType, &str); 10] = [
    (InputType::Text, "text"),
    (InputType::Text, "textBox"),
    (InputType::Text, "emailBox"),
    (InputType::Number, "number"),
    (InputType::Boolean, "boolean"),
    (InputType::Boolean, "checkboxSingleSelect"),
    (InputType::RadioSingleSelect, "radioSingleSelect"),
    (InputType::DropdownSingleSelect, "dropdownSingleSelect"),
    (InputType::CheckboxMultiSelect, "checkboxMultiSelect"),
    (InputType::DateTimeDropdown, "dateTimeDropdown"),
];

impl InputType {
    pub fn word(self) -> &'static str {
        INPUT_TYPES.iter().find(|(kind, _)| *kind == self).map_or("text", |(_, word)| word)
    }

    /// The one that a new row begins with.
    pub fn usual(data_type: DataType) -> InputType {
        match data_type {
            DataType::String => InputType::Text,
            DataType::Boolean => InputType::Boolean,
            DataType::Int => InputType::Number,
        }
    }
}

impl TryFrom<String> for InputType {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = INPUT_TYPES.iter().find(|(_, word)| word.eq_ignore_ascii_case(&text));
        known.map(|(kind, _)| *kind).ok_or_else(|| format!("there is no input type '{text}'"))
    }
}

impl From<InputType> for String {
    fn from(kind: InputType) -> Self {
        kind.word().into()
    }
}

impl From<InputKind> for InputType {
    fn from(kind: InputKind) -> Self {
        match kind {
            InputKind::Text => InputType::Text,
            InputKind::Number => InputType::Number,
            InputKind::Checkbox => InputType::Boolean,
            InputKind::Radio => InputType::RadioSingleSelect,
            InputKind::Dropdown => InputType::DropdownSingleSelect,
            InputKind::MultiSelect => InputType::CheckboxMultiSelect,
            InputKind::Date => InputType::DateTimeDropdown,
        }
    }
}

impl From<InputType> for InputKind {
    fn from(kind: InputType) -> Self {
        match kind {
            InputType::Text => InputKind::Text,
            InputType::Number => InputKind::Number,
            InputType::Boolean => InputKind::Checkbox,
            InputType::RadioSingleSelect => InputKind::Radio,
            InputType::DropdownSingleSelect => InputKind::Dropdown,
            InputType::CheckboxMultiSelect => InputKind::MultiSelect,
            InputType::DateTimeDropdown => InputKind::Date,
        }
    }
}

impl Default for Input {
    fn default() -> Self {
        Self {
            attribute: String::new(),
            label: String::new(),
            input_type: InputType::Text,
            default_value: None,
            hidden: false,
            editable: true,
            write_to_directory: true,
            required: false,
            validation_reg_ex: None,
            options: Vec::new(),
            hint: None,
            translations: BTreeMap::new(),
            max_length: None,
        }
    }
}

impl Input {
    /// The row with which an attribute comes into a flow.
    pub fn usual(attribute: &Attribute) -> Input {
        let is_email = attribute.id == EMAIL;
        Input {
            attribute: attribute.id.clone(),
            label: attribute.label.clone(),
            input_type: InputType::usual(attribute.data_type),
            // The address is proved, never typed on this page.
            hidden: is_email,
            editable: !is_email,
            required: is_email,
            max_length: Some(attribute.max_length),
            ..Input::default()
        }
    }

    /// The row as pages are made of it.
    pub fn to_layout(&self, attribute: &Attribute) -> user_flow::Input {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        user_flow::Input {
            attribute: self.attribute.clone(),
            data_type: attribute.data_type,
            kind: self.input_type.into(),
            label: self.words(self.label.clone(), |translation| &translation.label),
            hint: said(&self.hint).map(|hint| self.words(hint, |translation| &translation.hint)),
            required: self.required,
            visibility: match (self.hidden, self.editable) {
                (true, _) => Visibility::Hidden,
                (false, false) => Visibility::ReadOnly,
                (false, true) => Visibility::Editable,
            },
            default: said(&self.default_value),
            options: self.options.iter().map(InputOption::to_layout).collect(),
            pattern: said(&self.validation_reg_ex),
            max_length: self.max_length.unwrap_or(attribute.max_length),
        }
    }

    fn words(&self, text: String, of: impl Fn(&Translation) -> &Option<String>) -> Words {
        let said =
            |(tag, translation)| Some((String::clone(tag), of(translation).clone().filter(|it| !it.is_empty())?));
        Words { text, translations: self.translations.iter().filter_map(said).collect() }
    }
}

impl From<&user_flow::Input> for Input {
    fn from(input: &user_flow::Input) -> Self {
        let mut translations: BTreeMap<String, Translation> = BTreeMap::new();
        for (tag, text) in &input.label.translations {
            translations.entry(tag.clone()).or_default().label = Some(text.clone());
        }
        for (tag, text) in input.hint.iter().flat_map(|hint| &hint.translations) {
            translations.entry(tag.clone()).or_default().hint = Some(text.clone());
        }
        Self {
            attribute: input.attribute.clone(),
            label: input.label.text.clone(),
            input_type: input.kind.into(),
            default_value: input.default.clone(),
            hidden: input.visibility == Visibility::Hidden,
            editable: input.visibility != Visibility::ReadOnly && input.attribute != EMAIL,
            write_to_directory: true,
            required: input.required,
            validation_reg_ex: input.pattern.clone(),
            options: input.options.iter().map(InputOption::from).collect(),
            hint: input.hint.as_ref().map(|hint| hint.text.clone()),
            translations,
            max_length: Some(input.max_length),
        }
    }
}

impl InputOption {
    fn to_layout(&self) -> Choice {
        let said = self.translations.iter().filter(|(_, text)| !text.is_empty());
        let translations = said.map(|(tag, text)| (tag.clone(), text.clone())).collect();
        Choice { value: self.value.clone(), text: Words { text: self.label.clone(), translations } }
    }
}

impl From<&Choice> for InputOption {
    fn from(choice: &Choice) -> Self {
        Self {
            label: choice.text.text.clone(),
            value: choice.value.clone(),
            translations: choice.text.translations.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::attribute::built_in;

    #[test]
    fn a_row_comes_back_from_the_layout_as_it_was() {
        let city = built_in().find(|attribute| attribute.id == "city").unwrap();
        let row = Input {
            label: "Your city".into(),
            input_type: InputType::RadioSingleSelect,
            default_value: Some("p".into()),
            required: true,
            options: vec![InputOption {
                label: "Paris".into(),
                value: "p".into(),
                translations: BTreeMap::from([("ar".into(), "باريس".into())]),
            }],
            hint: Some("Where you live.".into()),
            translations: BTreeMap::from([(
                "de".into(),
                Translation { label: Some("Ihre Stadt".into()), hint: Some("Wo Sie wohnen.".into()) },
            )]),
            ..Input::usual(&city)
        };
        assert_eq!(Input::from(&row.to_layout(&city)), row);
    }

    #[test]
    fn input_types_are_read_whatever_their_case() {
        for (text, kind) in [("Text", InputType::Text), ("RadioSingleSelect", InputType::RadioSingleSelect)] {
            assert_eq!(InputType::try_from(text.to_owned()), Ok(kind));
        }
        assert!(InputType::try_from("slider".to_owned()).is_err());
    }
}
