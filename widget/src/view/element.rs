//! The elements of which screens are made, in the manner of Leptos's builder syntax.
//!
//! Leptos compiles its machinery anew for each combination of tag, attributes and children in a `view!` or in its own
//! builders; for the forms of this widget that was two thirds of the download. An [`Element`] is one type, whatever its tag
//! and its children are. Texts are text nodes: nothing here reads HTML.

use leptos::prelude::{AddAnyAttr, Mountable, Render, RenderHtml, document};
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types;
use leptos::tachys::view::{Position, PositionState};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// An element with its children or, without a tag, a text. It is boxed, because a builder moves it at each call, and a
/// pointer takes less code to move.
#[derive(Debug, Default)]
pub(crate) struct Element(Box<Content>);

#[derive(Debug, Default)]
struct Content {
    tag: &'static str,
    text: String,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Element>,
}

/// An element of this tag. Never inlined: every function of [`tags!`] would be as long as this one.
#[inline(never)]
fn el(tag: &'static str) -> Element {
    Element(Box::new(Content { tag, ..Content::default() }))
}

macro_rules! tags {
    ($($tag:ident)+) => {
        $(pub(crate) fn $tag() -> Element {
            el(stringify!($tag))
        })+
    };
}

tags! {
    article b blockquote button dd div dl dt fieldset footer form h1 i img input label legend li ol p q span svg textarea ul
}

/// The SVG element `use`, whose name is a keyword in Rust.
pub(crate) fn use_() -> Element {
    el("use")
}

impl From<&str> for Element {
    #[inline(never)]
    fn from(text: &str) -> Self {
        Self(Box::new(Content { text: text.to_owned(), ..Content::default() }))
    }
}

impl Element {
    #[inline(never)]
    pub(crate) fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.0.attributes.push((name, value.to_owned()));
        self
    }

    /// Adds an attribute without a value, if `is_set`.
    pub(crate) fn bool_attr(self, name: &'static str, is_set: bool) -> Self {
        if is_set { self.attr(name, "") } else { self }
    }

    #[inline(never)]
    pub(crate) fn class(self, class: &'static str) -> Self {
        self.attr("class", class)
    }

    pub(crate) fn id(self, id: &str) -> Self {
        self.attr("id", id)
    }

    /// Adds an element or a text.
    pub(crate) fn child(self, child: impl Into<Self>) -> Self {
        self.push(child.into())
    }

    #[inline(never)]
    fn push(mut self, child: Self) -> Self {
        self.0.children.push(child);
        self
    }

    /// Adds the elements of an array, a vector or an option.
    pub(crate) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.0.children.extend(children);
        self
    }

    /// Adds an element before all other children.
    pub(crate) fn first_child(mut self, child: Self) -> Self {
        self.0.children.insert(0, child);
        self
    }

    /// Takes the place of the element with this id in the page.
    pub(crate) fn replace(self, id: &str) {
        let old = document().get_element_by_id(id).map(Into::into);
        if old.is_some() {
            self.rebuild(&mut BuiltElement(old));
        }
    }

    fn create(self) -> Option<types::Node> {
        let document = document();
        let Content { tag, text, attributes, children } = *self.0;
        if tag.is_empty() {
            return Some(document.create_text_node(&text).into());
        }
        let namespace = match tag {
            "svg" | "use" => "http://www.w3.org/2000/svg",
            _ => "http://www.w3.org/1999/xhtml",
        };
        let element = document.create_element_ns(Some(namespace), tag).ok()?;
        for (name, value) in attributes {
            let _ = element.set_attribute(name, &value);
        }
        for child in children.into_iter().filter_map(Self::create) {
            let _ = element.append_child(&child);
        }
        Some(element.into())
    }
}

/// The node in the page that was built from an [`Element`].
pub(crate) struct BuiltElement(Option<types::Node>);

impl Render for Element {
    type State = BuiltElement;

    fn build(self) -> BuiltElement {
        BuiltElement(self.create())
    }

    fn rebuild(self, built: &mut BuiltElement) {
        let focused_id = document().active_element().map(|e| e.id()).filter(|id| !id.is_empty());
        let new = self.create();
        if let (Some(old), Some(new)) = (&built.0, &new)
            && let Some(parent) = old.parent_node()
        {
            let _ = parent.replace_child(new, old);
        }
        built.0 = new;
        // If the focused element has a successor of the same id, the focus moves to it.
        if let Some(successor) = focused_id.and_then(|id| document().get_element_by_id(&id)) {
            let _ = successor.unchecked_into::<HtmlElement>().focus();
        }
    }
}

impl Mountable for BuiltElement {
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

impl AddAnyAttr for Element {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

/// Leptos requires this of all that it shows. The collector never renders an [`Element`], so there is no HTML to write and
/// nothing to hydrate.
impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> BuiltElement {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
