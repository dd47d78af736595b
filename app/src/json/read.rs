//! JSON read into our types, both what administrators send and what the portal is told. serde_json's own reader serves
//! anybody's types: it brings the code of each of ours twice, for a list may stand for an object, and it does not say where
//! a fault lies. This one reads objects as objects, and knows the place.

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor, value::StringDeserializer,
};
use serde_json::{Value, map};
use std::{fmt, vec};

pub fn read<T: DeserializeOwned>(json: Value) -> Result<T, Fault> {
    T::deserialize(Reader(json))
}

/// What could not be read, and where: `inputs/2/label`.
#[derive(Debug)]
pub struct Fault(Box<Told>);

#[derive(Debug)]
struct Told {
    /// From the inside out.
    path: Vec<String>,
    why: String,
}

impl Fault {
    pub fn path(&self) -> String {
        self.0.path.iter().rev().map(String::as_str).collect::<Vec<_>>().join("/")
    }

    #[inline(never)]
    fn in_member(mut self, name: String) -> Self {
        self.0.path.push(name);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0.why)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Fault(Box::new(Told { path: Vec::new(), why: why.to_string() }))
    }

    fn invalid_type(found: Unexpected, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("{} stands where {expected} belongs", told(found)))
    }

    fn invalid_value(found: Unexpected, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }
}

fn other_than(expected: &dyn Expected, found: &Value) -> Fault {
    let found = match found {
        Value::Null => Unexpected::Unit,
        Value::Bool(is) => Unexpected::Bool(*is),
        Value::Number(_) => Unexpected::Float(0.0),
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    };
    de::Error::invalid_type(found, expected)
}

/// Without the code that writes broken numbers: it is not small, and nobody learns from their digits.
fn told(found: Unexpected) -> String {
    match found {
        Unexpected::Unit | Unexpected::Option => "null".into(),
        Unexpected::Bool(is) => is.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Float(_) => "this number".into(),
        Unexpected::Str(text) => format!("\"{text}\""),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "an object".into(),
        _ => "this".into(),
    }
}

struct Reader(Value);

impl<'de> Deserializer<'de> for Reader {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(is) => visitor.visit_bool(is),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(whole), ..) => visitor.visit_u64(whole),
                (_, Some(whole), _) => visitor.visit_i64(whole),
                (.., broken) => visitor.visit_f64(broken.unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items { rest: items.into_iter(), place: 0 }),
            Value::Object(members) => visitor.visit_map(Members { rest: members.into_iter(), next: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Object(members) => visitor.visit_map(Members { rest: members.into_iter(), next: None }),
            other => Err(other_than(&visitor, &other)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items { rest: items.into_iter(), place: 0 }),
            other => Err(other_than(&visitor, &other)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            other => Err(other_than(&visitor, &other)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(word) => visitor.visit_enum(Word(word)),
            other => Err(other_than(&visitor, &other)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

struct Members {
    rest: map::IntoIter,
    next: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Members {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        self.next = self.rest.next();
        let Some((name, _)) = &self.next else { return Ok(None) };
        let name: StringDeserializer<Fault> = name.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        // serde asks for a value after its name only.
        let (name, value) = self.next.take().unwrap_or_default();
        seed.deserialize(Reader(value)).map_err(|fault| fault.in_member(name))
    }
}

struct Items {
    rest: vec::IntoIter<Value>,
    place: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(item) = self.rest.next() else { return Ok(None) };
        self.place += 1;
        seed.deserialize(Reader(item)).map(Some).map_err(|fault| fault.in_member((self.place - 1).to_string()))
    }
}

/// One of the words of an enumeration. None of ours holds more than its name.
struct Word(String);

impl<'de> EnumAccess<'de> for Word {
    type Error = Fault;
    type Variant = Alone;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Alone), Fault> {
        Ok((seed.deserialize(Reader(Value::String(self.0)))?, Alone))
    }
}

struct Alone;

fn holds_nothing() -> Fault {
    de::Error::custom("this word holds nothing")
}

impl<'de> VariantAccess<'de> for Alone {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Fault> {
        Err(holds_nothing())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Fault> {
        Err(holds_nothing())
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Fault> {
        Err(holds_nothing())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "camelCase")]
    enum Kind {
        Small,
        Large,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Row {
        kind: Kind,
        size: Option<u8>,
        #[serde(default)]
        words: BTreeMap<String, Vec<String>>,
        factor: f64,
    }

    #[test]
    fn our_types_are_read_as_serde_json_reads_them() {
        for row in [
            json!({"kind": "small", "factor": 1.5, "unknown": [1, {"a": null}]}),
            json!({"kind": "large", "size": 3, "words": {"en": ["a", "b"], "de": []}, "factor": -2}),
            json!({"kind": "large", "size": null, "factor": 7}),
        ] {
            assert_eq!(read::<Row>(row.clone()).unwrap(), serde_json::from_value::<Row>(row).unwrap());
        }
    }

    #[test]
    fn a_fault_says_where_it_lies() {
        let row = |change: Value| json!({"rows": [{"kind": "small", "factor": 1}, change]});
        for (change, path) in [
            (json!({"kind": "tiny", "factor": 1}), "rows/1/kind"),
            (json!({"kind": "small", "factor": 1, "size": 300}), "rows/1/size"),
            (json!({"kind": "small", "factor": 1, "words": {"en": ["a", 2]}}), "rows/1/words/en/1"),
            (json!({"kind": "small"}), "rows/1"),
            (json!(["small", null, {}, 1]), "rows/1"),
            (json!("small"), "rows/1"),
        ] {
            let fault = read::<BTreeMap<String, Vec<Row>>>(row(change)).unwrap_err();
            assert_eq!(fault.path(), path, "{fault}");
        }
    }
}
