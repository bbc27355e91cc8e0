//! One shape of element for everything the widget shows.
//!
//! Leptos compiles its machinery anew for every combination of tag, attributes and children that a `view!` contains; for
//! the forms of this widget that was two thirds of the download. A [`Node`] is the same to it whatever it holds. Text is
//! text: nothing here reads HTML.

use leptos::prelude::{AddAnyAttr, Mountable, Render, RenderHtml, document};
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types;
use leptos::tachys::view::{Position, PositionState};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// An element with what is in it, or, without a tag, a text.
#[derive(Debug, Default)]
pub struct Node {
    tag: &'static str,
    text: String,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
}

/// An element of this class.
pub fn el(tag: &'static str, class: &'static str) -> Node {
    let node = Node { tag, ..Node::default() };
    if class.is_empty() { node } else { node.has("class", class) }
}

/// A text.
pub fn text(text: &str) -> Node {
    Node { text: text.to_owned(), ..Node::default() }
}

impl Node {
    /// With an attribute.
    pub fn has(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.to_owned()));
        self
    }

    /// With an attribute that is there or not.
    pub fn is(self, name: &'static str, on: bool) -> Self {
        if on { self.has(name, "") } else { self }
    }

    /// With these inside.
    pub fn with(mut self, children: impl Into<Vec<Self>>) -> Self {
        self.children.append(&mut children.into());
        self
    }

    /// With this text inside.
    pub fn says(mut self, words: &str) -> Self {
        self.children.push(text(words));
        self
    }

    /// With this before everything else inside.
    pub fn put_first(&mut self, child: Self) {
        self.children.insert(0, child);
    }

    /// Stands in the page where the element with this id stood.
    pub fn replace(self, id: &str) {
        let old = document().get_element_by_id(id).map(Into::into);
        if old.is_some() {
            self.rebuild(&mut Made(old));
        }
    }

    fn make(self) -> Option<types::Node> {
        let document = document();
        if self.tag.is_empty() {
            return Some(document.create_text_node(&self.text).into());
        }
        let space = match self.tag {
            "svg" | "use" => "http://www.w3.org/2000/svg",
            _ => "http://www.w3.org/1999/xhtml",
        };
        let element = document.create_element_ns(Some(space), self.tag).ok()?;
        for (name, value) in self.attributes {
            let _ = element.set_attribute(name, &value);
        }
        for child in self.children.into_iter().filter_map(Self::make) {
            let _ = element.append_child(&child);
        }
        Some(element.into())
    }
}

/// What stands in the page for a [`Node`].
pub struct Made(Option<types::Node>);

impl Render for Node {
    type State = Made;

    fn build(self) -> Made {
        Made(self.make())
    }

    fn rebuild(self, made: &mut Made) {
        let focused = document().active_element().map(|e| e.id()).filter(|id| !id.is_empty());
        let new = self.make();
        if let (Some(old), Some(new)) = (&made.0, &new)
            && let Some(parent) = old.parent_node()
        {
            let _ = parent.replace_child(new, old);
        }
        made.0 = new;
        // Who stood on something that is still there stands on it again.
        if let Some(same) = focused.and_then(|id| document().get_element_by_id(&id)) {
            let _ = same.unchecked_into::<HtmlElement>().focus();
        }
    }
}

impl Mountable for Made {
    fn unmount(&mut self) {
        if let Some(node) = &self.0
            && let Some(parent) = node.parent_node()
        {
            let _ = parent.remove_child(node);
        }
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        if let Some(node) = &self.0 {
            let _ = parent.insert_before(node, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let place = self.0.as_ref().and_then(|node| Some((node, node.parent_node()?)));
        if let Some((node, parent)) = &place {
            child.mount(parent.unchecked_ref(), Some(node));
        }
        place.is_some()
    }

    fn elements(&self) -> Vec<types::Element> {
        self.0.iter().filter_map(|node| node.clone().dyn_into().ok()).collect()
    }
}

impl AddAnyAttr for Node {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

/// Leptos asks for this of everything it shows. No server ever draws a node, so there is nothing to write or to find.
impl RenderHtml for Node {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Made {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
