//! A page as a person meets it: what it says, and its forms filled in by label and sent by button.

use scraper::{ElementRef, Html, Selector};

/// A page that came. Text only, so that it can wait while other things happen.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Path and query.
    pub path: String,
    pub html: String,
}

/// A form on its way.
pub struct Submission {
    pub path: String,
    pub pairs: Vec<(String, String)>,
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

/// As it is read: one space between words. What only screen readers hear, and the word "optional", are left out.
fn words(element: ElementRef) -> String {
    fn gather(element: ElementRef, text: &mut String) {
        for child in element.children() {
            if let Some(said) = child.value().as_text() {
                text.push_str(said);
            } else if let Some(inner) = ElementRef::wrap(child)
                && !inner.value().classes().any(|class| class == "optional" || class == "unseen")
                && inner.value().attr("hidden").is_none()
            {
                gather(inner, text);
            }
        }
    }
    let mut text = String::new();
    gather(element, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page {
    fn all(&self, css: &str) -> Vec<String> {
        Html::parse_document(&self.html).select(&selector(css)).map(words).collect()
    }

    pub fn heading(&self) -> String {
        self.all("h1").into_iter().next().unwrap_or_default()
    }

    /// Everything that stands on the card.
    pub fn text(&self) -> String {
        self.all("main").join(" ")
    }

    pub fn faults(&self) -> Vec<String> {
        self.all(".fault")
    }

    /// The sentence above the form.
    pub fn notice(&self) -> Option<String> {
        self.all(".notice").into_iter().next()
    }

    pub fn buttons(&self) -> Vec<String> {
        self.all("form button[type=submit]").into_iter().filter(|text| !text.is_empty()).collect()
    }

    /// An attribute of the first element that fits.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let html = Html::parse_document(&self.html);
        html.select(&selector(css)).next()?.value().attr(name).map(str::to_owned)
    }

    pub fn count(&self, css: &str) -> usize {
        Html::parse_document(&self.html).select(&selector(css)).count()
    }

    /// What stands in a field before anybody types.
    pub fn value(&self, name: &str) -> Option<String> {
        self.attribute(&format!("[name='{name}']"), "value")
    }

    /// Options, radio buttons or boxes that are chosen, by value.
    pub fn chosen(&self, name: &str) -> Vec<String> {
        let css = format!("select[name='{name}'] option[selected], input[name='{name}'][checked]");
        let html = Html::parse_document(&self.html);
        html.select(&selector(&css)).filter_map(|it| it.value().attr("value").map(str::to_owned)).collect()
    }

    /// The form that has the button, with what it held, what was typed, and the button itself.
    pub fn submit(&self, typed: &[(String, String)], button: &str) -> Submission {
        let html = Html::parse_document(&self.html);
        let button = find_button(&html, button).unwrap_or_else(|| {
            panic!("no button `{button}` among {:?} on {}: {}", self.buttons(), self.path, self.text())
        });
        let form = button.ancestors().filter_map(ElementRef::wrap).find(|it| it.value().name() == "form").unwrap();
        let mut fields = Fields::of(&form);
        for (label, value) in typed {
            if let Err(why) = fields.fill(&html, label, value) {
                panic!("{why} on {}: {}", self.path, self.text());
            }
        }
        let mut pairs = fields.pairs;
        if let Some(name) = button.value().attr("name") {
            pairs.push((name.into(), button.value().attr("value").unwrap_or_default().into()));
        }
        assert_eq!(form.value().attr("method"), Some("post"));
        Submission { path: form.value().attr("action").unwrap_or(&self.path).into(), pairs }
    }
}

/// By what it says, by its name for screen readers, or by the answer that it sends.
fn find_button<'a>(html: &'a Html, wanted: &str) -> Option<ElementRef<'a>> {
    let css = selector("form button[type=submit]");
    let says = |it: &ElementRef| words(*it) == wanted || it.value().attr("aria-label") == Some(wanted);
    let sends = |it: &ElementRef| it.value().attr("value") == Some(wanted);
    html.select(&css).find(says).or_else(|| html.select(&css).find(sends))
}

/// The controls of a form and what they would send.
struct Fields<'a> {
    form: ElementRef<'a>,
    pairs: Vec<(String, String)>,
}

impl<'a> Fields<'a> {
    /// HTML §4.10.22.4, "constructing the entry list", as far as our pages use it.
    fn of(form: &ElementRef<'a>) -> Self {
        let mut pairs = Vec::new();
        for control in form.select(&selector("input[name], select[name]")) {
            let it = control.value();
            let name = it.attr("name").unwrap_or_default().to_owned();
            if it.name() == "select" {
                let options: Vec<_> = control.select(&selector("option")).collect();
                let chosen = options.iter().find(|option| option.value().attr("selected").is_some());
                let chosen = chosen.or(options.first()).and_then(|option| option.value().attr("value"));
                pairs.extend(chosen.map(|value| (name, value.to_owned())));
                continue;
            }
            let value = it.attr("value").unwrap_or(if is_tick(control) { "on" } else { "" }).to_owned();
            if !is_tick(control) || it.attr("checked").is_some() {
                pairs.push((name, value));
            }
        }
        Self { form: *form, pairs }
    }

    fn fill(&mut self, html: &Html, label: &str, value: &str) -> Result<(), String> {
        let controls = self.controls(html, label);
        let control = *controls.first().ok_or_else(|| format!("no field `{label}`"))?;
        let name = control.value().attr("name").unwrap_or_default().to_owned();
        match (control.value().name(), control.value().attr("type")) {
            ("select", _) => {
                let options = selector("option");
                let option =
                    control.select(&options).find(|it| words(*it) == value || it.value().attr("value") == Some(value));
                let option = option.ok_or_else(|| format!("no option `{value}` in `{label}`"))?;
                self.put(name, option.value().attr("value").unwrap_or_default());
            }
            ("input", Some("radio")) => {
                let radio = chosen(&controls, value).ok_or_else(|| format!("no choice `{value}` in `{label}`"))?;
                self.put(name, radio.value().attr("value").unwrap_or_default());
            }
            ("input", Some("checkbox")) => match value {
                "yes" => self.put(name, control.value().attr("value").unwrap_or("on")),
                "no" => self.pairs.retain(|(known, _)| *known != name),
                _ => {
                    let tick = chosen(&controls, value).ok_or_else(|| format!("no choice `{value}` in `{label}`"))?;
                    self.pairs.push((name, tick.value().attr("value").unwrap_or("on").into()));
                }
            },
            _ => self.put(name, value),
        }
        Ok(())
    }

    fn put(&mut self, name: String, value: &str) {
        self.pairs.retain(|(known, _)| *known != name);
        self.pairs.push((name, value.into()));
    }

    /// The controls that a label or a legend is about, or that have the name.
    fn controls(&self, html: &Html, label: &str) -> Vec<ElementRef<'a>> {
        let css = selector("input[name], select[name]");
        let named = |name: &str| self.form.select(&css).filter(|it| it.value().attr("name") == Some(name)).collect();
        let by_name: Vec<_> = named(label);
        if !by_name.is_empty() {
            return by_name;
        }
        let is_about = |it: &ElementRef| words(*it).starts_with(label);
        if let Some(legend) = self.form.select(&selector("legend")).find(is_about) {
            let fieldset = legend.parent().and_then(ElementRef::wrap);
            return named(fieldset.and_then(|it| it.value().attr("id")).unwrap_or_default());
        }
        let Some(found) = html.select(&selector("label")).find(is_about) else { return Vec::new() };
        if let Some(id) = found.value().attr("for") {
            return self.form.select(&css).filter(|it| it.value().attr("id") == Some(id)).collect();
        }
        let id = found.select(&css).next().and_then(|it| it.value().attr("name")).unwrap_or_default();
        named(id)
    }
}

fn is_tick(control: ElementRef) -> bool {
    matches!(control.value().attr("type"), Some("checkbox" | "radio"))
}

/// Of several controls of one name the one with this value, or with these words beside it.
fn chosen<'a>(controls: &[ElementRef<'a>], value: &str) -> Option<ElementRef<'a>> {
    let beside = |it: &ElementRef| it.parent().and_then(ElementRef::wrap).map(words).unwrap_or_default();
    controls.iter().find(|it| it.value().attr("value") == Some(value) || beside(it) == value).copied()
}
