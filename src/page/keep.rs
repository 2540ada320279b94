//! Choices that outlast the page, where the browser lets anything be kept.

use leptos::prelude::window;

/// What was kept under a name.
pub fn kept(name: &str) -> Option<String> {
    let storage = window().local_storage().ok().flatten()?;
    storage.get_item(name).ok().flatten()
}

/// Keeps a choice; where nothing can be kept, it lasts as long as the page.
pub fn keep(name: &str, choice: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, choice);
    }
}
