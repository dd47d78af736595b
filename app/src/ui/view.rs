//! Elements as a view of Leptos: it renders them on the server, hydrates them in the browser and can hold them inside any
//! `view!`. All that is drawn is of this one type.

use super::element::{El, Mounted};
use send_wrapper::SendWrapper;
use std::future::{Future, ready};
use tachys::{
    html::attribute::{Attribute, any_attribute::AnyAttribute},
    hydration::Cursor,
    renderer::types,
    view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Elements side by side. They are drawn on the thread that made them, on the server as in the browser.
pub struct Drawing(SendWrapper<Vec<El>>);

impl Drawing {
    pub fn of(elements: Vec<El>) -> Self {
        Self(SendWrapper::new(elements))
    }
}

/// A drawing on the page.
pub struct Drawn {
    roots: Vec<Element>,
    mounted: Vec<Mounted>,
}

impl Render for Drawing {
    type State = Drawn;

    fn build(self) -> Drawn {
        let (roots, mounted) = self.0.take().into_iter().map(El::build).unzip();
        Drawn { roots, mounted }
    }

    /// The new elements take the place of the old ones and inherit nothing that was typed into them.
    fn rebuild(self, before: &mut Drawn) {
        let now = self.build();
        if let Some(first) = before.roots.first() {
            for root in &now.roots {
                // Fails only for an element that has left the page.
                let _ = first.before_with_node_1(root);
            }
        }
        before.unmount();
        *before = now;
    }
}

impl RenderHtml for Drawing {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 1024;

    fn dry_resolve(&mut self) {}

    fn resolve(self) -> impl Future<Output = Self> + Send {
        ready(self)
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.iter().for_each(|element| element.write(html));
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        let mut drawn = Drawn { roots: Vec::new(), mounted: Vec::new() };
        for element in self.0.take() {
            match position.get() {
                Position::FirstChild => cursor.child(),
                Position::Current => {}
                _ => cursor.sibling(),
            }
            let root: Element = cursor.current().unchecked_into();
            drawn.mounted.push(element.attach(&root, false));
            drawn.roots.push(root);
            position.set(Position::NextChild);
        }
        drawn
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// Attributes are given to elements by name, where they are made.
impl AddAnyAttr for Drawing {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.roots.iter().for_each(Element::remove);
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        for root in &self.roots {
            // Fails only where the marker is not the parent's.
            let _ = parent.insert_before(root, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let Some((first, parent)) = self.roots.first().and_then(|first| Some((first, first.parent_element()?))) else {
            return false;
        };
        child.mount(&parent, Some(first));
        true
    }

    fn elements(&self) -> Vec<types::Element> {
        self.roots.clone()
    }
}
