//! Elements as data: the server writes them as HTML, a browser builds them or takes over those that the server wrote.
//! What may change hangs on Leptos's signals; all the rest is never looked at again.
//!
//! Why not `view!`: there every element is a type of its own, with code of its own to draw, hydrate and change it. The same
//! pages weighed 206 KiB of script and WebAssembly that way (brotli); what they weigh with one type for every element, and
//! what they may, README says (*Page weight*). `view` makes them a view of Leptos. What no browser takes over (mailbox, demo
//! shop) is written in `view!`.

use super::browser::document;
use reactive_graph::effect::RenderEffect;
use std::{any::Any, borrow::Cow, rc::Rc};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, Event};

type Text = Cow<'static, str>;
type Handler = Box<dyn FnMut(Event)>;
type TakenOver = Box<dyn FnOnce(&Element)>;
type Keep = Box<dyn FnOnce() -> Box<dyn Any>>;

/// A sentence that may come and go.
pub type Told = Rc<dyn Fn() -> Option<String>>;

pub struct El {
    tag: &'static str,
    attributes: Vec<(&'static str, Value)>,
    content: Content,
    handlers: Vec<(&'static str, Handler)>,
    taken_over: Option<TakenOver>,
    kept: Option<Keep>,
}

enum Value {
    Fixed(Text),
    Live(Box<dyn Fn() -> Option<Text>>),
}

enum Content {
    Fixed(Vec<Node>),
    /// Everything inside the element, made anew at every change.
    Live(Box<dyn Fn() -> Vec<Node>>),
}

pub enum Node {
    Text(Text),
    El(El),
}

pub fn el(tag: &'static str) -> El {
    El {
        tag,
        attributes: Vec::new(),
        content: Content::Fixed(Vec::new()),
        handlers: Vec::new(),
        taken_over: None,
        kept: None,
    }
}

impl El {
    pub fn attr(mut self, name: &'static str, value: impl Into<Text>) -> Self {
        self.attributes.push((name, Value::Fixed(value.into())));
        self
    }

    pub fn class(self, class: &'static str) -> Self {
        self.attr("class", class)
    }

    pub fn attr_some(self, name: &'static str, value: Option<impl Into<Text>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// `required`, `checked` and the like: there or not there.
    pub fn flag(self, name: &'static str, set: bool) -> Self {
        if set { self.attr(name, "") } else { self }
    }

    pub fn attr_live(mut self, name: &'static str, value: impl Fn() -> Option<Text> + 'static) -> Self {
        self.attributes.push((name, Value::Live(Box::new(value))));
        self
    }

    /// One more child. Text stays text whatever it contains.
    pub fn with(mut self, child: impl Into<Node>) -> Self {
        if let Content::Fixed(nodes) = &mut self.content {
            nodes.push(child.into());
        }
        self
    }

    pub fn with_all<C: Into<Node>>(self, children: impl IntoIterator<Item = C>) -> Self {
        children.into_iter().fold(self, El::with)
    }

    /// Everything inside, as it stands now and after every change of what it hangs on.
    pub fn live<C: Into<Node>, I: IntoIterator<Item = C>>(mut self, content: impl Fn() -> I + 'static) -> Self {
        self.content = Content::Live(Box::new(move || content().into_iter().map(Into::into).collect()));
        self
    }

    pub fn on<E: JsCast>(mut self, event: &'static str, mut handler: impl FnMut(&E) + 'static) -> Self {
        self.handlers.push((event, Box::new(move |event| handler(event.unchecked_ref()))));
        self
    }

    /// What is done with the browser's element once it is there.
    pub fn taken_over(mut self, act: impl FnOnce(&Element) + 'static) -> Self {
        self.taken_over = Some(Box::new(act));
        self
    }

    /// Made once the browser's element is there, and lives exactly as long as it is on the page.
    pub fn keep<T: Any>(mut self, make: impl FnOnce() -> T + 'static) -> Self {
        self.kept = Some(Box::new(|| Box::new(make())));
        self
    }
}

impl From<El> for Node {
    fn from(element: El) -> Self {
        Node::El(element)
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::Text(text.into())
    }
}

impl From<&'static str> for Node {
    fn from(text: &'static str) -> Self {
        Node::Text(text.into())
    }
}

// On the server

impl El {
    pub fn write(&self, html: &mut String) {
        html.push('<');
        html.push_str(self.tag);
        for (name, value) in &self.attributes {
            match value {
                Value::Fixed(value) => write_attribute(html, name, value),
                Value::Live(value) => value().iter().for_each(|value| write_attribute(html, name, value)),
            }
        }
        html.push('>');
        // The elements of ours that have no content (HTML, void elements).
        if matches!(self.tag, "input" | "img") {
            return;
        }
        match &self.content {
            Content::Fixed(nodes) => write_nodes(html, nodes),
            Content::Live(nodes) => write_nodes(html, &nodes()),
        }
        html.push_str("</");
        html.push_str(self.tag);
        html.push('>');
    }
}

fn write_nodes(html: &mut String, nodes: &[Node]) {
    for node in nodes {
        match node {
            Node::Text(text) => escape(html, text),
            Node::El(element) => element.write(html),
        }
    }
}

fn write_attribute(html: &mut String, name: &str, value: &str) {
    html.push(' ');
    html.push_str(name);
    if !value.is_empty() {
        html.push_str("=\"");
        escape(html, value);
        html.push('"');
    }
}

/// Text inside an element or a quoted attribute.
pub fn escape(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        html.push_str(&rest[..at]);
        html.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    html.push_str(rest);
}

// In the browser

/// An element on the page with all that listens to it; dropped, it listens no more.
#[derive(Default)]
pub struct Mounted {
    /// What keeps attributes and contents up to date. All of one type, though only contents have something inside: another
    /// type would be another kilobyte.
    effects: Vec<RenderEffect<Vec<Mounted>>>,
    listeners: Vec<Closure<dyn FnMut(Event)>>,
    children: Vec<Mounted>,
    #[expect(dead_code, reason = "kept to be dropped with the element")]
    kept: Option<Box<dyn Any>>,
}

impl Node {
    fn element(self) -> Option<El> {
        match self {
            Node::El(element) => Some(element),
            Node::Text(_) => None,
        }
    }
}

impl El {
    pub(super) fn build(self) -> (Element, Mounted) {
        // A tag of our own always makes an element.
        let element = document().create_element(self.tag).expect("a known tag");
        for (name, value) in &self.attributes {
            if let Value::Fixed(value) = value {
                set(&element, name, Some(value));
            }
        }
        let mounted = self.attach(&element, true);
        (element, mounted)
    }

    pub(super) fn attach(self, element: &Element, fresh: bool) -> Mounted {
        let mut mounted = Mounted { kept: self.kept.map(|make| make()), ..Mounted::default() };
        for (name, value) in self.attributes {
            if let Value::Live(value) = value {
                let element = element.clone();
                mounted.effects.push(RenderEffect::new(move |_: Option<Vec<Mounted>>| {
                    set(&element, name, value().as_deref());
                    Vec::new()
                }));
            }
        }
        for (event, handler) in self.handlers {
            let listener = Closure::wrap(handler);
            // Fails only for a listener that is no function.
            let _ = element.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
            mounted.listeners.push(listener);
        }
        match self.content {
            Content::Fixed(nodes) if fresh => mounted.children = fill(element, nodes),
            Content::Fixed(nodes) => mounted.children = take_over(element, nodes),
            Content::Live(nodes) => {
                let element = element.clone();
                mounted.effects.push(RenderEffect::new(move |before: Option<Vec<Mounted>>| {
                    let nodes = nodes();
                    if before.is_none() && !fresh {
                        return take_over(&element, nodes);
                    }
                    element.set_text_content(None);
                    fill(&element, nodes)
                }));
            }
        }
        if let Some(act) = self.taken_over {
            act(element);
        }
        mounted
    }
}

/// Builds the nodes inside an element that is empty.
fn fill(parent: &Element, nodes: Vec<Node>) -> Vec<Mounted> {
    let mut all = Vec::new();
    for node in nodes {
        let placed = match node {
            Node::Text(text) => parent.append_with_str_1(&text),
            Node::El(element) => {
                let (element, mounted) = element.build();
                all.push(mounted);
                parent.append_with_node_1(&element)
            }
        };
        // Fails only where a node would contain itself.
        let _ = placed;
    }
    all
}

/// Text needs nothing, and elements stand in the order in which they were written.
fn take_over(parent: &Element, nodes: Vec<Node>) -> Vec<Mounted> {
    let mut next = parent.first_element_child();
    let mut all = Vec::new();
    for element in nodes.into_iter().filter_map(Node::element) {
        let Some(written) = next else { break };
        next = written.next_element_sibling();
        all.push(element.attach(&written, false));
    }
    all
}

fn set(element: &Element, name: &str, value: Option<&str>) {
    // Fails only for names that are no names.
    let _ = match value {
        Some(value) if element.get_attribute(name).as_deref() == Some(value) => Ok(()),
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
