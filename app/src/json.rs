//! JSON as text, and back. A browser has its own reader and writer of it: ours would be eight kilobytes of every first visit.

pub mod read;

#[cfg(not(target_arch = "wasm32"))]
use serde_json::Value;

#[cfg(not(target_arch = "wasm32"))]
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

#[cfg(all(not(target_arch = "wasm32"), feature = "admin"))]
pub fn text(value: &Value) -> String {
    value.to_string()
}

#[cfg(target_arch = "wasm32")]
pub use by_browser::parse;
#[cfg(all(target_arch = "wasm32", feature = "admin"))]
pub use by_browser::text;

#[cfg(target_arch = "wasm32")]
mod by_browser {
    use js_sys::{Array, JSON, Object};
    #[cfg(feature = "admin")]
    use js_sys::{JsString, Reflect};
    use serde_json::{Map, Number, Value};
    use wasm_bindgen::{JsCast, JsValue};

    /// As far as JavaScript counts in whole numbers.
    const WHOLE: f64 = 9_007_199_254_740_992.0;

    pub fn parse(text: &str) -> Option<Value> {
        JSON::parse(text).ok().map(value)
    }

    #[cfg(feature = "admin")]
    pub fn text(value: &Value) -> String {
        let text = JSON::stringify(&js(value)).ok();
        text.map(String::from).unwrap_or_default()
    }

    /// JSON knows no other kinds.
    fn value(js: JsValue) -> Value {
        if let Some(text) = js.as_string() {
            return Value::String(text);
        }
        if let Some(number) = js.as_f64() {
            return Value::Number(numbered(number));
        }
        if let Some(is) = js.as_bool() {
            return Value::Bool(is);
        }
        if Array::is_array(&js) {
            return Value::Array(js.unchecked_into::<Array>().iter().map(value).collect());
        }
        if js.is_null() {
            return Value::Null;
        }
        let members = Object::entries(js.unchecked_ref()).into_iter().map(|member| {
            let member: Array = member.unchecked_into();
            (member.get(0).as_string().unwrap_or_default(), value(member.get(1)))
        });
        Value::Object(members.collect::<Map<_, _>>())
    }

    fn numbered(number: f64) -> Number {
        match number.fract() == 0.0 && number.abs() < WHOLE {
            true => (number as i64).into(),
            // JSON knows no others than finite ones.
            false => Number::from_f64(number).unwrap_or_else(|| 0.into()),
        }
    }

    #[cfg(feature = "admin")]
    fn js(value: &Value) -> JsValue {
        match value {
            Value::Null => JsValue::NULL,
            Value::Bool(is) => JsValue::from_bool(*is),
            Value::Number(number) => number.as_f64().map_or(JsValue::NULL, JsValue::from_f64),
            Value::String(text) => JsString::from(text.as_str()).into(),
            Value::Array(items) => items.iter().map(js).collect::<Array>().into(),
            Value::Object(members) => {
                let object = Object::new();
                for (name, value) in members {
                    // A new object takes what it is given.
                    let _ = Reflect::set(&object, &name.as_str().into(), &js(value));
                }
                object.into()
            }
        }
    }
}
