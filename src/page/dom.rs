//! Elements of the page, made and kept up to date: takes names, values and functions of signals; gives elements that
//! Leptos puts on the page.
//!
//! Leptos' typed views compile to code of their own for every combination of attributes and children, which made up
//! more than half of the page's weight. Here every element has one type: what lives is a boxed function under one
//! kind of effect, and the methods that all elements are made by stay functions instead of being copied to each use. Components, signals, memos and owners remain those of Leptos: an effect or a listener that was made
//! within an owner goes when that owner goes.

use super::signals::RwSignal;
use crate::rule::{rounded, unbroken};
use leptos::prelude::*;
use leptos::reactive::graph::{Subscriber, ToAnySubscriber};
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::{
    Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr,
};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes the child at a place that has such a key.
type Made = Box<dyn Fn(usize, &str) -> El>;

/// An element of the page.
#[derive(Clone)]
pub struct El(Element);

/// A new element of HTML.
#[must_use]
#[inline(never)]
pub fn el(tag: &str) -> El {
    El::made(document().create_element(tag))
}

/// A new element of SVG.
#[must_use]
#[inline(never)]
pub fn svg(tag: &str) -> El {
    El::made(document().create_element_ns(Some(SVG), tag))
}

/// A button with a class, that does something.
#[must_use]
pub fn button(class: &str, on_click: impl Fn() + 'static) -> El {
    button_boxed(class, Box::new(move |_| on_click()))
}

#[inline(never)]
fn button_boxed(class: &str, on_click: Box<dyn Fn(Event)>) -> El {
    let button = el("button").attr("type", "button").class(class);
    button.on_boxed("click", on_click)
}

/// A picture in a button: paths of a 16 by 16 grid, each with its class.
#[must_use]
pub fn icon(paths: &[(&str, &str)]) -> El {
    let frame = svg("svg")
        .attr("viewBox", "0 0 16 16")
        .attr("aria-hidden", "true");
    paths.iter().fold(frame, |frame, (class, d)| {
        frame.child(svg("path").class(class).attr("d", d))
    })
}

/// Part of a legend: what a class draws, in 40 by 22, and its name.
#[must_use]
pub fn pictured((class, d, name): (&str, &str, &str)) -> El {
    let picture = svg("svg").attr("viewBox", "0 0 40 22");
    let picture = picture.child(svg("path").class(class).attr("d", d));
    el("span").class("entry").child(picture).text(name)
}

/// The first element of a kind that stands in the page's HTML, or a new one.
#[must_use]
pub fn standing(tag: &'static str) -> El {
    match document().query_selector(tag).ok().flatten() {
        Some(found) => El(found),
        None => el(tag),
    }
}

/// Something that is folded away; whether it is open is kept outside of it, so that making it anew changes nothing.
#[must_use]
pub fn fold(title: &str, open: RwSignal<bool>) -> El {
    el("details")
        .live_flag("open", move || open.get())
        .on("toggle", move |event| {
            let details: &web_sys::HtmlDetailsElement = &event_target(&event);
            open.set(details.open());
        })
        .child(el("summary").text(title))
}

/// Puts the focus on the first element that a selector finds.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found {
        let found: &web_sys::HtmlElement = found.unchecked_ref();
        let _ = found.focus();
    }
}

/// A table with a name that is not shown: what is in its head, and its rows.
#[must_use]
pub fn table(name: &str, head: &[&str], rows: Vec<El>) -> El {
    let head = head
        .iter()
        .map(|words| el("th").attr("scope", "col").text(words));
    el("table")
        .child(el("caption").class("for-readers").text(name))
        .child(el("thead").child(el("tr").children(head)))
        .child(el("tbody").children(rows))
}

/// A row of a table: what it is about, and the rest of its cells.
#[must_use]
pub fn row(about: &str, cells: &[String]) -> El {
    let cells = cells.iter().map(|words| el("td").text(&unbroken(words)));
    el("tr")
        .child(el("th").attr("scope", "row").text(&unbroken(about)))
        .children(cells)
}

/// A length as SVG takes it.
#[must_use]
#[inline(never)]
pub fn short(length: f64) -> String {
    rounded(length, 1).to_string()
}

/// A length as styles take it.
#[must_use]
pub fn px(length: f64) -> String {
    short(length) + "px"
}

/// A share as styles take it, from 0 to 100.
#[must_use]
pub fn percent(share: f64) -> String {
    rounded(share, 3).to_string() + "%"
}

/// Does something now, and again whenever a signal that it read has changed, as long as the present owner lasts.
#[inline(never)]
pub fn follow(mut act: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| act());
    // What it read would otherwise remember it until it changes next, which may be never.
    let subscriber = effect.to_any_subscriber();
    on_cleanup(move || subscriber.clear_sources(&subscriber));
    StoredValue::new_local(effect);
}

impl El {
    /// A tag that no element can have would be a fault of this page's own code; what is done with it then throws.
    #[inline(never)]
    fn made(made: Result<Element, JsValue>) -> Self {
        Self(made.unwrap_or_else(JsCast::unchecked_into))
    }

    /// The element itself.
    #[must_use]
    pub fn node(&self) -> &Element {
        &self.0
    }

    /// Sets the whole class.
    #[must_use]
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    /// Sets an attribute.
    #[must_use]
    #[inline(never)]
    pub fn attr(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// Sets a style property, which a strict policy allows where a style attribute is forbidden.
    #[must_use]
    #[inline(never)]
    pub fn style(self, property: &str, value: &str) -> Self {
        set_style(&self.0, property, value);
        self
    }

    /// Appends words.
    #[must_use]
    #[inline(never)]
    pub fn text(self, words: &str) -> Self {
        let _ = self.0.append_with_str_1(words);
        self
    }

    /// Appends an element.
    #[must_use]
    #[inline(never)]
    pub fn child(self, child: El) -> Self {
        let _ = self.0.append_child(child.node());
        self
    }

    /// Appends elements.
    #[must_use]
    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, El::child)
    }

    /// Keeps an attribute up to date.
    #[must_use]
    pub fn live_attr(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.live_value_boxed(name, Box::new(value))
    }

    #[inline(never)]
    fn live_value_boxed(self, name: &'static str, value: Box<dyn Fn() -> String>) -> Self {
        self.live_attr_if(name, move || Some(value()))
    }

    /// Keeps an attribute up to date, which is not there while there is no value.
    #[must_use]
    pub fn live_attr_if(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        self.live_attr_boxed(name, Box::new(value))
    }

    #[inline(never)]
    fn live_attr_boxed(self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) -> Self {
        let element = self.0.clone();
        let mut before = None;
        follow(Box::new(move || {
            let value = value();
            if before.as_ref() != Some(&value) {
                let _ = match &value {
                    Some(value) => element.set_attribute(name, value),
                    None => element.remove_attribute(name),
                };
                before = Some(value);
            }
        }));
        self
    }

    /// Keeps an attribute without a value up to date: there or not.
    #[must_use]
    pub fn live_flag(self, name: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        self.live_flag_boxed(name, Box::new(on))
    }

    #[inline(never)]
    fn live_flag_boxed(self, name: &'static str, on: Box<dyn Fn() -> bool>) -> Self {
        self.live_attr_if(name, move || on().then(String::new))
    }

    /// Keeps one name of the class up to date: there or not.
    #[must_use]
    pub fn live_class(self, name: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        self.live_class_boxed(name, Box::new(on))
    }

    #[inline(never)]
    fn live_class_boxed(self, name: &'static str, on: Box<dyn Fn() -> bool>) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || {
            let _ = element.class_list().toggle_with_force(name, on());
        }));
        self
    }

    /// Keeps a style property up to date.
    #[must_use]
    pub fn live_style(self, property: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.live_style_boxed(property, Box::new(value))
    }

    #[inline(never)]
    fn live_style_boxed(self, property: &'static str, value: Box<dyn Fn() -> String>) -> Self {
        let element = self.0.clone();
        let mut before = String::new();
        follow(Box::new(move || {
            let value = value();
            if before != value {
                set_style(&element, property, &value);
                before = value;
            }
        }));
        self
    }

    /// Keeps a property of the element up to date, such as the `value` of a field.
    #[must_use]
    pub fn live_prop(self, name: &'static str, value: impl Fn() -> JsValue + 'static) -> Self {
        self.live_prop_boxed(name, Box::new(value))
    }

    #[inline(never)]
    fn live_prop_boxed(self, name: &'static str, value: Box<dyn Fn() -> JsValue>) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || {
            let _ = js_sys::Reflect::set(&element, &JsValue::from_str(name), &value());
        }));
        self
    }

    /// Appends words that are kept up to date.
    #[must_use]
    pub fn live_text(self, words: impl Fn() -> String + 'static) -> Self {
        self.live_text_boxed(Box::new(words))
    }

    #[inline(never)]
    fn live_text_boxed(self, words: Box<dyn Fn() -> String>) -> Self {
        let node = document().create_text_node("");
        let _ = self.0.append_child(&node);
        let mut before = String::new();
        follow(Box::new(move || {
            let words = words();
            if before != words {
                node.set_data(&words);
                before = words;
            }
        }));
        self
    }

    /// Keeps the children up to date: they are all made anew whenever a signal that making them read has changed.
    ///
    /// The element must have no other children.
    #[must_use]
    pub fn live(self, children: impl Fn() -> Vec<El> + 'static) -> Self {
        self.live_boxed(Box::new(children))
    }

    #[inline(never)]
    fn live_boxed(self, children: Box<dyn Fn() -> Vec<El>>) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || {
            let children = children();
            element.set_text_content(None);
            for child in children {
                let _ = element.append_child(child.node());
            }
        }));
        self
    }

    /// Keeps the children up to date, of which each has a key: what comes before the first key that has become another
    /// stays, with what follows signals in it.
    ///
    /// The element must have no other children.
    #[must_use]
    pub fn live_keyed(
        self,
        keys: impl Fn() -> Vec<String> + 'static,
        made: impl Fn(usize, &str) -> El + 'static,
    ) -> Self {
        self.live_keyed_boxed(Box::new(keys), Box::new(made))
    }

    #[inline(never)]
    fn live_keyed_boxed(self, keys: Box<dyn Fn() -> Vec<String>>, made: Made) -> Self {
        let element = self.0.clone();
        let mut before: Vec<(String, El, Owner)> = Vec::new();
        follow(Box::new(move || {
            let keys = keys();
            let pairs = keys.iter().zip(&before);
            let same = pairs.take_while(|(key, (kept, ..))| *key == kept).count();
            for (_, gone, _) in before.drain(same..) {
                gone.0.remove();
            }
            for (place, key) in keys.into_iter().enumerate().skip(same) {
                // What a child follows must outlast this effect's next turn.
                let owner = Owner::default();
                let child = owner.with(|| made(place, &key));
                let _ = element.append_child(child.node());
                before.push((key, child, owner));
            }
        }));
        self
    }

    /// Does something on an event.
    #[must_use]
    pub fn on(self, event: &'static str, act: impl Fn(Event) + 'static) -> Self {
        self.on_boxed(event, Box::new(act))
    }

    /// Does something on a pointer event (or a click, or a turn of the wheel).
    #[must_use]
    pub fn on_pointer(self, event: &'static str, act: impl Fn(&PointerEvent) + 'static) -> Self {
        self.on(event, move |event| act(event.unchecked_ref()))
    }

    /// Does something when a key is pressed.
    #[must_use]
    pub fn on_key(self, act: impl Fn(&KeyboardEvent) + 'static) -> Self {
        self.on("keydown", move |event| act(event.unchecked_ref()))
    }

    #[inline(never)]
    fn on_boxed(self, event: &'static str, act: Box<dyn Fn(Event)>) -> Self {
        let act = Closure::wrap(act);
        let _ = self
            .0
            .add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
        StoredValue::new_local(Listener {
            on: self.0.clone(),
            event,
            act,
        });
        self
    }
}

/// Listens until it is dropped with what its element is part of: an event may come to an element that is gone.
struct Listener {
    on: Element,
    event: &'static str,
    act: Closure<dyn Fn(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .on
            .remove_event_listener_with_callback(self.event, self.act.as_ref().unchecked_ref());
    }
}

fn set_style(element: &Element, property: &str, value: &str) {
    // HTML and SVG elements both have a style; web-sys knows it of HTML elements only.
    let element: &web_sys::HtmlElement = element.unchecked_ref();
    let _ = element.style().set_property(property, value);
}

// What Leptos asks of everything that it puts on a page. The parts for servers are never called.

impl Render for El {
    type State = Element;

    fn build(self) -> Element {
        self.0
    }

    fn rebuild(self, state: &mut Element) {
        let mut new = self.0;
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for El {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for El {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Element {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
