//! The browser that the tests drive.

use crate::toolchain::install;
use anyhow::Result;

/// Sees to it that Chromium and its driver are there.
///
/// # Errors
/// One sentence that says what to install.
pub fn ready() -> Result<()> {
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().any(on_path);
    if chromium && on_path("chromedriver") {
        return Ok(());
    }
    // The fonts are for the faces of the people who look at screenshots; without any, text has no size.
    install(
        &["chromium", "chromium-driver", "fonts-liberation"],
        "Chromium and its driver, for the browser tests",
    )
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
