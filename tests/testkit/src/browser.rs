//! Chromium and its driver: one of each for a test, with a fresh profile, and gone with it.

use crate::program::free_address;
use crate::tempdir::TempDir;
use crate::wait::until;
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use thirtyfour::prelude::*;

/// What makes a visitor's browser different from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserProfile {
    /// A phone of 360 × 740 with a finger for a mouse.
    OnAPhone,
    /// Likes things dark.
    InTheDark,
    /// Has WebAssembly switched off, as browsers do that compile nothing while they run.
    WithoutWasm,
    /// Has script switched off.
    WithoutScript,
    /// Lets no page store anything.
    WithoutStorage,
    /// Has a storage that is full.
    WithFullStorage,
    /// Has a clock that begins in 1970 whenever a page is opened.
    In1970,
    /// Keeps a page and the frames in it in one process, as phones do that have little memory.
    InOneProcess,
}

impl BrowserProfile {
    /// What runs before any script of any page, where that is how the habit comes about.
    pub fn preload(self) -> Option<&'static str> {
        match self {
            Self::WithFullStorage => Some(
                "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }",
            ),
            Self::In1970 => {
                Some("() => { const now = Date.now, began = now(); Date.now = () => now() - began; }")
            }
            _ => None,
        }
    }
}

/// The same for all browsers. QUIC off, because it only waits for servers that are none.
const ARGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-GB",
    "--window-size=1000,760",
];

/// What a phone calls itself.
const PHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 \
    Mobile Safari/537.36";

/// The driver's process.
pub struct Driver {
    process: Child,
    /// Where it and its browser keep what they need while they run: a profile of some megabytes, removed after them.
    _folder: TempDir,
    /// Where it listens.
    pub url: String,
}

impl Driver {
    /// Starts it and waits until it takes sessions.
    ///
    /// # Panics
    /// If it is not installed.
    pub async fn start() -> Self {
        let port = free_address().expect("a free port").port();
        let folder = TempDir::new("chromium").expect("a folder for the browser");
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (`cargo xtask test` sees to that)");
        let url = format!("http://127.0.0.1:{port}");
        until("chromedriver is ready", || async {
            reqwest::get(format!("{url}/status")).await.and_then(reqwest::Response::error_for_status)
        })
        .await;
        Self { process, _folder: folder, url }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A new window with a fresh profile.
///
/// # Panics
/// If the browser does not start.
pub async fn open(driver: &Driver, profiles: &[BrowserProfile]) -> WebDriver {
    // The driver's own socket asks for a provider even where nothing is encrypted; the second test finds it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut capabilities = DesiredCapabilities::chrome();
    let mut args: Vec<Value> = ARGS.iter().map(|arg| json!(arg)).collect();
    let mut options = json!({});
    for profile in profiles {
        match profile {
            BrowserProfile::OnAPhone => {
                let metrics =
                    json!({ "width": 360, "height": 740, "pixelRatio": 2.0, "touch": true, "mobile": true });
                let hints = json!({ "platform": "Android", "mobile": true });
                options["mobileEmulation"] =
                    json!({ "deviceMetrics": metrics, "userAgent": PHONE, "clientHints": hints });
            }
            BrowserProfile::InTheDark => args.push(json!("--force-dark-mode")),
            BrowserProfile::WithoutWasm => args.push(json!("--js-flags=--jitless")),
            BrowserProfile::WithoutScript => {
                options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
            }
            BrowserProfile::WithoutStorage => {
                options["prefs"] = json!({ "profile.managed_default_content_settings.cookies": 2 });
            }
            BrowserProfile::InOneProcess => args.extend(
                ["--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process"]
                    .map(|arg| json!(arg)),
            ),
            BrowserProfile::WithFullStorage | BrowserProfile::In1970 => {}
        }
    }
    options["args"] = Value::Array(args);
    capabilities.set("goog:chromeOptions", options).expect("options are JSON");
    capabilities.enable_bidi().expect("Chromium speaks BiDi");
    WebDriver::new(&driver.url, capabilities).await.expect("Chromium starts")
}
