//! What the visitor sees.
#[cfg(target_arch = "wasm32")]
mod page {
    use leptos::prelude::*;
    use wasm_bindgen::prelude::*;
    #[wasm_bindgen]
    pub fn start(s: String) {
        let n = RwSignal::new(0u8);
        leptos::mount::mount_to_body(move || view! { <button on:click=move |_| n.set(1)>{move || n.get()}{s.clone()}</button> });
    }
}
