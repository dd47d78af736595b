//! `/identity/userFlowAttributes`: what can be asked of a person.

use crate::contract::attribute::{Attribute, CUSTOM_MAX_LENGTH, Origin};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserFlowAttribute {
    #[serde(rename = "@odata.type", skip_serializing_if = "String::is_empty")]
    pub odata_type: String,
    pub id: String,
    pub display_name: String,
    /// For administrators; people never see it.
    pub description: Option<String>,
    pub user_flow_attribute_type: AttributeType,
    pub data_type: DataType,
    /// The longest value, in characters. Not in Graph.
    pub max_length: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributeType {
    BuiltIn,
    #[default]
    Custom,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DataType {
    #[default]
    String,
    Boolean,
    Int64,
}

impl From<crate::contract::attribute::DataType> for DataType {
    fn from(data_type: crate::contract::attribute::DataType) -> Self {
        match data_type {
            crate::contract::attribute::DataType::String => DataType::String,
            crate::contract::attribute::DataType::Boolean => DataType::Boolean,
            crate::contract::attribute::DataType::Int => DataType::Int64,
        }
    }
}

impl From<DataType> for crate::contract::attribute::DataType {
    fn from(data_type: DataType) -> Self {
        match data_type {
            DataType::String => crate::contract::attribute::DataType::String,
            DataType::Boolean => crate::contract::attribute::DataType::Boolean,
            DataType::Int64 => crate::contract::attribute::DataType::Int,
        }
    }
}

impl From<&Attribute> for UserFlowAttribute {
    fn from(attribute: &Attribute) -> Self {
        let (odata_type, kind) = match attribute.origin {
            Origin::BuiltIn => ("#microsoft.graph.identityBuiltInUserFlowAttribute", AttributeType::BuiltIn),
            Origin::Custom => ("#microsoft.graph.identityCustomUserFlowAttribute", AttributeType::Custom),
        };
        Self {
            odata_type: odata_type.into(),
            id: attribute.id.clone(),
            display_name: attribute.label.clone(),
            description: attribute.description.clone(),
            user_flow_attribute_type: kind,
            data_type: attribute.data_type.into(),
            max_length: attribute.max_length,
        }
    }
}

impl UserFlowAttribute {
    /// A custom attribute under the id that the directory gave it.
    pub fn custom(&self, id: String) -> Attribute {
        Attribute {
            id,
            label: self.display_name.trim().into(),
            data_type: self.data_type.into(),
            description: self.description.clone(),
            origin: Origin::Custom,
            max_length: CUSTOM_MAX_LENGTH,
        }
    }
}
