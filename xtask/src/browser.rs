//! Installs the browser for the tests.

use crate::toolchain::install;
use anyhow::Result;

/// Installs Chromium and its driver if they are missing.
pub(crate) fn ensure_installed() -> Result<()> {
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().any(on_path);
    if chromium && on_path("chromedriver") {
        return Ok(());
    }
    // Without any font, text has no size in a browser.
    install(
        &["chromium", "chromium-driver", "fonts-liberation"],
        "Chromium and its driver, for the browser tests",
    )
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
