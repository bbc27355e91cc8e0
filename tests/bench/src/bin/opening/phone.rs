//! A phone: a small screen, a finger, a slow processor, and everything of the shop in one process, as Chromium does it on
//! phones, so that the slow processor is slow for the frame as well.

use serde_json::{Value, json};
use std::time::Duration;
use testkit::browser::{BrowserProfile, Driver, open};
use testkit::wait::until;
use thirtyfour::prelude::*;

/// How many times slower than this machine. Source: the product's own goal for a phone.
pub(crate) const SLOWER: u32 = 4;
/// How long a finger stays on the glass. Source: taps last 50 to 120 ms; a quick one, which gives us less time.
const FINGER_STAYS: Duration = Duration::from_millis(60);

/// One phone, fresh from the box.
pub(crate) struct Phone {
    // Declared before the driver, so that the window is closed before the driver is gone.
    window: WebDriver,
    _driver: Driver,
}

impl Phone {
    /// Takes it out of the box.
    ///
    /// # Errors
    /// If the browser does not do as it is told.
    pub(crate) async fn new() -> WebDriverResult<Self> {
        let driver = Driver::start().await;
        let window = open(&driver, &[BrowserProfile::OnAPhone, BrowserProfile::InOneProcess]).await;
        let bidi = window.bidi().await?;
        bidi.script().add_preload_script(include_str!("watch.js")).await?;
        let phone = Self { window, _driver: driver };
        phone.tells("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await?;
        Ok(phone)
    }

    /// Opens a page and waits until the launcher is there and the page has come to rest.
    ///
    /// # Errors
    /// If the browser does not do as it is told.
    pub(crate) async fn goes_to(&self, url: &str) -> WebDriverResult<()> {
        self.window.goto(url).await?;
        self.sees("launcher").await;
        Ok(())
    }

    /// Taps the launcher with a finger.
    ///
    /// # Errors
    /// If the browser does not do as it is told.
    pub(crate) async fn taps_the_launcher(&self) -> WebDriverResult<()> {
        let place = "const b = benchRoot.querySelector('button').getBoundingClientRect();
            return [b.x + b.width / 2, b.y + b.height / 2]";
        let at = self.finds(place).await?;
        let finger = json!([{ "x": at[0], "y": at[1] }]);
        self.tells("Input.dispatchTouchEvent", json!({ "type": "touchStart", "touchPoints": finger }))
            .await?;
        tokio::time::sleep(FINGER_STAYS).await;
        self.tells("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] })).await?;
        Ok(())
    }

    /// Waits until something was seen, and returns when: milliseconds since 1970.
    pub(crate) async fn sees(&self, what: &str) -> f64 {
        until(&format!("the phone shows: {what}"), || async {
            let seen = self.finds("return benchSeen").await.map_err(|e| e.to_string())?;
            seen[what].as_f64().ok_or_else(|| seen.to_string())
        })
        .await
    }

    /// Goes on in the frame.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) async fn enters_the_frame(&self) -> WebDriverResult<()> {
        let frame = until("there is a frame", || async {
            self.window.execute("return benchRoot.querySelector('iframe')", vec![]).await?.element()
        })
        .await;
        frame.enter_frame().await
    }

    /// What a script finds out.
    ///
    /// # Errors
    /// If it fails.
    pub(crate) async fn finds(&self, script: &str) -> WebDriverResult<Value> {
        Ok(self.window.execute(script, vec![]).await?.json().clone())
    }

    /// Puts it back into the box.
    ///
    /// # Errors
    /// If the window does not close.
    pub(crate) async fn done(self) -> WebDriverResult<()> {
        self.window.clone().quit().await
    }

    async fn tells(&self, what: &str, how: Value) -> WebDriverResult<()> {
        self.window.cdp().send_raw(what, how).await.map(drop)
    }
}
