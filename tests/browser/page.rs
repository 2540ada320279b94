//! The page, mounted for real.

use accelerando::page;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Document, Element, Event, EventInit, HtmlElement, HtmlInputElement};

fn document() -> Document {
    web_sys::window()
        .and_then(|window| window.document())
        .expect("a browser has one")
}

/// Mounts the page once for all tests.
fn mounted() -> Document {
    let document = document();
    if document.get_element_by_id("app").is_none() {
        let place = document.create_element("div").expect("it can be made");
        place.set_id("app");
        document
            .body()
            .expect("there is one")
            .append_child(&place)
            .expect("it can be added");
        page::start(Box::from(*include_bytes!(
            "../../public/scenarios/flash-sale.compiled"
        )));
    }
    document
}

fn all(selector: &str) -> Vec<Element> {
    let list = mounted().query_selector_all(selector).expect("a selector");
    (0..list.length())
        .filter_map(|index| list.get(index)?.dyn_into().ok())
        .collect()
}

fn one(selector: &str) -> Element {
    all(selector)
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no {selector}"))
}

fn text(selector: &str) -> String {
    // Where lines may not break is another test's matter.
    let text = one(selector).text_content().unwrap_or_default();
    text.replace('\u{a0}', " ")
}

/// Lets the page begin and effects run.
async fn settled() {
    mounted();
    for _ in 0..3 {
        gloo_timers::future::TimeoutFuture::new(0).await;
    }
}

fn lever(name: &str) -> HtmlInputElement {
    one(&format!("input[data-parameter='{name}']")).unchecked_into()
}

fn fire(element: &HtmlInputElement, kind: &str) {
    let init = EventInit::new();
    init.set_bubbles(true);
    let event = Event::new_with_event_init_dict(kind, &init).expect("it can be made");
    element.dispatch_event(&event).expect("it can be sent");
}

async fn set(name: &str, value: &str) {
    let lever = lever(name);
    lever.set_value(value);
    fire(&lever, "input");
    fire(&lever, "change");
    settled().await;
}

async fn reset() {
    let mut buttons = all("header button").into_iter();
    let reset = buttons.rfind(|button| button.text_content().as_deref() == Some("Reset all"));
    reset
        .expect("there is one")
        .unchecked_into::<HtmlElement>()
        .click();
    settled().await;
}

#[wasm_bindgen_test]
async fn it_opens_with_the_story_paused_at_the_last_message() {
    settled().await;
    assert!(text("h1.summary").starts_with("In 40 min of flash sale it ran 113 checks"));
    assert_eq!(text(".clock"), "20:05");
    assert_eq!(all(".lane").len(), 10);
    assert_eq!(all(".tier-block").len(), 4);
    assert_eq!(
        one(".play").get_attribute("aria-label").as_deref(),
        Some("Play")
    );
}

#[wasm_bindgen_test]
async fn lanes_count_the_runs_of_the_trace() {
    settled().await;
    reset().await;
    let counts: Vec<String> = all(".lane .count")
        .iter()
        .filter_map(|element| element.text_content())
        .collect();
    assert_eq!(
        counts,
        ["0", "1", "1", "1", "1", "9", "9", "11", "34", "50"]
    );
}

#[wasm_bindgen_test]
async fn a_lever_changes_the_sentence_and_undo_takes_it_back() {
    settled().await;
    reset().await;
    let before = text("h1.summary");
    set("traffic", "2").await;
    assert!(
        text("h1.summary").contains("checkout was seen broken at 5:00"),
        "{}",
        text("h1.summary")
    );
    one("button[aria-label='Undo']")
        .unchecked_into::<HtmlElement>()
        .click();
    settled().await;
    assert_eq!(text("h1.summary"), before);
}

#[wasm_bindgen_test]
async fn a_claim_that_fails_is_shown_as_failing() {
    // What is in a panel is there while it is open.
    let tab = one("#tab-Claims").unchecked_into::<HtmlElement>();
    tab.click();
    settled().await;
    settled().await;
    reset().await;
    assert!(text("#tab-Claims").contains("20 ✓"));
    set("scale_checkout_workers.effectiveness", "2").await;
    assert!(text("#tab-Claims").contains("of 20"));
    assert!(!all(".ledger li.fails").is_empty());
    reset().await;
    assert!(all(".ledger li.fails").is_empty());
}
