//! A person in front of a browser. Methods are named by what the person does; what the person sees is waited for.
//!
//! The launcher and the frame live in a closed shadow root, which a script that runs before the page's own remembers
//! for us; nothing else about the page is changed. Every uncaught error, every error or warning on the console and
//! every breach of a content policy, in the page or in the frame, makes [`Visitor::leaves`] fail.

use crate::browser::{BrowserProfile, Driver, open};
use crate::test_server::{PASSWORD, TestServer};
use crate::wait::until;
use futures_util::StreamExt as _;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use thirtyfour::bidi::events::LogEntryAdded;
use thirtyfour::bidi::modules::emulation::{NetworkConditions, SetNetworkConditions};
use thirtyfour::bidi::modules::log::LogLevel;
use thirtyfour::prelude::*;

/// Runs in every document before anything of its own.
const WATCH: &str = "() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
        const root = attach.call(this, init);
        (window.testRoots ??= []).push(root);
        return root;
    };
    document.addEventListener('securitypolicyviolation', (e) =>
        console.error('policy: ' + e.violatedDirective + ' blocked ' + e.blockedURI));
    window.testShifts = 0;
    try {
        new PerformanceObserver((list) => list.getEntries().forEach((e) => (testShifts += e.hadRecentInput ? 0 : e.value)))
            .observe({ type: 'layout-shift', buffered: true });
    } catch (e) {}
}";

/// The words by which we know that everything before them has arrived.
const FAREWELL: &str = "the visitor leaves";

type Result<T> = WebDriverResult<T>;

/// Asks for the path of the page, once it is there as a whole. Before that, the end of this page's loading could be taken for
/// that of the next one's.
pub const WHERE: &str = "return document.readyState === 'complete' ? location.pathname : 'still on the way'";

/// A visitor.
pub struct Visitor {
    // Declared before the driver, so that the window is closed before the driver is gone.
    window: WebDriver,
    _driver: Driver,
    console: Arc<Mutex<Vec<String>>>,
    expected: Vec<String>,
    has_left: bool,
}

impl Visitor {
    /// A visitor with an ordinary browser.
    pub async fn arrives() -> Self {
        Self::with(&[]).await
    }

    /// A visitor whose browser is different.
    ///
    /// # Panics
    /// If the browser does not start.
    pub async fn with(profiles: &[BrowserProfile]) -> Self {
        let driver = Driver::start().await;
        let window = open(&driver, profiles).await;
        let console = Arc::new(Mutex::new(Vec::new()));
        let bidi = window.bidi().await.expect("Chromium speaks BiDi");
        let mut entries = bidi.subscribe::<LogEntryAdded>().await.expect("the console can be listened to");
        let heard = console.clone();
        tokio::spawn(async move {
            while let Some(entry) = entries.next().await {
                let text = entry.text.unwrap_or_default();
                if matches!(entry.level, LogLevel::Warn | LogLevel::Error) || text == FAREWELL {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                }
            }
        });
        for script in profiles.iter().filter_map(|profile| profile.preload()).chain([WATCH]) {
            bidi.script().add_preload_script(script).await.expect("a script can run before the page's own");
        }
        Self { window, _driver: driver, console, expected: Vec::new(), has_left: false }
    }

    /// The console may say this: part of an entry.
    pub fn expects_on_the_console(&mut self, part: &str) {
        self.expected.push(part.to_owned());
    }

    /// Closes the window, after a look at what went wrong meanwhile.
    ///
    /// # Panics
    /// If anything did.
    pub async fn leaves(mut self) {
        self.steps_out().await;
        self.script(&format!("console.error('{FAREWELL}')")).await;
        let console = self.console.clone();
        until("the console's last words", || async {
            let said = console.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if said.iter().any(|text| text == FAREWELL) { Ok(()) } else { Err(said) }
        })
        .await;
        self.has_left = true;
        self.window.clone().quit().await.expect("the window closes");
        let said = self.console.lock().unwrap_or_else(PoisonError::into_inner);
        let odd: Vec<&String> = said
            .iter()
            .filter(|text| *text != FAREWELL && !self.expected.iter().any(|part| text.contains(part)))
            .collect();
        assert!(odd.is_empty(), "on the console: {odd:#?}");
    }

    // ---- On the shop's page ----

    /// Opens an address, and is in the page, not in a frame.
    pub async fn goes_to(&self, url: &str) {
        self.window.goto(url).await.expect("the page opens");
    }

    /// Signs in as a person of a shop, and is on the summary page.
    pub async fn signs_in(&self, server: &TestServer, person: &str) {
        self.goes_to(&format!("{}/sign-in", server.url)).await;
        self.types("E-mail", person).await;
        self.types("Password", PASSWORD).await;
        self.taps("Sign in").await;
        self.is_at("/summary").await;
    }

    /// Waits until the page at this path is there as a whole.
    pub async fn is_at(&self, path: &str) {
        until(&format!("{path} is there"), || async {
            let now = self.script(WHERE).await;
            if now == path { Ok(()) } else { Err(now) }
        })
        .await;
    }

    /// Goes on in the page that holds the frame.
    pub async fn steps_out(&self) {
        self.window.enter_default_frame().await.expect("there is always a page");
    }

    /// The launcher, once it can be seen.
    async fn launcher(&self) -> WebElement {
        until("the launcher is there", || async {
            let button = self.in_the_shadow("button").await?;
            if button.is_displayed().await? { Ok(button) } else { Err(not_yet("the launcher is hidden")) }
        })
        .await
    }

    /// Waits until the launcher can be seen; returns its name.
    pub async fn sees_the_launcher(&self) -> String {
        self.launcher().await;
        self.script("return testRoots[0].querySelector('button').textContent")
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Whether the launcher can be seen now.
    pub async fn has_a_launcher(&self) -> bool {
        match self.in_the_shadow("button").await {
            Ok(button) => button.is_displayed().await.unwrap_or(false),
            Err(_) => false,
        }
    }

    /// Taps the launcher, and goes on in the frame when the question is there.
    pub async fn opens_the_launcher(&self) {
        self.launcher().await.click().await.expect("the launcher can be tapped");
        self.is_asked().await;
    }

    /// Waits until the panel is open, by whomever, and goes on inside.
    pub async fn is_asked(&self) {
        self.steps_out().await;
        let frame = until("the panel is open", || async {
            let frame = self.in_the_shadow("iframe").await?;
            let shown =
                self.script("return !testRoots[0].querySelector('div').hidden").await == Value::Bool(true);
            if shown && frame.is_displayed().await? { Ok(frame) } else { Err(not_yet("the panel is hidden")) }
        })
        .await;
        frame.enter_frame().await.expect("the frame can be entered");
    }

    /// Waits until the panel is closed, and goes on in the page.
    pub async fn sees_the_panel_close(&self) {
        self.steps_out().await;
        until("the panel is closed", || async {
            match self.script("return testRoots[0].querySelector('div').hidden").await {
                Value::Bool(true) => Ok(()),
                other => Err(other),
            }
        })
        .await;
    }

    /// Whether the panel is open now.
    pub async fn is_being_asked(&self) -> bool {
        self.steps_out().await;
        let open = "return !!window.testRoots && !!testRoots[0].querySelector('iframe') && !testRoots[0].querySelector('div').hidden";
        self.script(open).await == Value::Bool(true)
    }

    async fn in_the_shadow(&self, css: &str) -> Result<WebElement> {
        let find = format!("return window.testRoots && testRoots[0].querySelector('{css}')");
        self.window.execute(&find, vec![]).await?.element()
    }

    // ---- In the frame, or on any page ----

    /// Waits until Leptos has taken over from the plain form.
    pub async fn sees_the_widget_in_charge(&self) {
        until("the widget is in charge", || async {
            let state = "return !document.getElementById('plain') && !!document.querySelector('.ts-step')";
            match self.script(state).await {
                Value::Bool(true) => Ok(()),
                other => Err(other),
            }
        })
        .await;
    }

    /// Whether the plain form is (still) what one sees.
    pub async fn has_the_plain_form(&self) -> bool {
        self.script("return !!document.getElementById('plain')").await == Value::Bool(true)
    }

    /// Taps what has this name: a button, a face, a chip, a link.
    pub async fn taps(&self, name: &str) {
        let path = format!(
            "//*[self::button or self::label or self::a or self::summary][normalize-space(.)={0} or @aria-label={0}]",
            quoted(name)
        );
        until(&format!("{name:?} can be tapped"), || async {
            let all = self.window.find_all(By::XPath(path.as_str())).await?;
            for element in &all {
                if element.is_displayed().await? {
                    let look = "arguments[0].scrollIntoView({ block: 'center' })";
                    self.window.execute(look, vec![element.to_json()?]).await?;
                    return element.click().await;
                }
            }
            Err(not_yet(&format!("{} of that name, none to be seen", all.len())))
        })
        .await;
    }

    /// Types into the field whose label begins so, after what stands there.
    pub async fn types(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.send_keys(Key::End + text).await.expect("the field takes keys");
    }

    /// What stands in the field whose label begins so.
    pub async fn reads_the_field(&self, label: &str) -> String {
        self.field(label).await.value().await.ok().flatten().unwrap_or_default()
    }

    async fn field(&self, label: &str) -> WebElement {
        let path = format!("//*[@id=//label[starts-with(normalize-space(.), {})]/@for]", quoted(label));
        until(&format!("the field {label:?} is there"), || async {
            let field = self.window.find(By::XPath(path.as_str())).await?;
            if field.is_displayed().await? { Ok(field) } else { Err(not_yet("it is hidden")) }
        })
        .await
    }

    /// Waits until these words can be read.
    pub async fn sees(&self, words: &str) {
        until(&format!("{words:?} can be read"), || async {
            let text = self.reads().await;
            if text.contains(words) { Ok(()) } else { Err(text) }
        })
        .await;
    }

    /// Waits until these words cannot be read any more.
    pub async fn sees_go(&self, words: &str) {
        until(&format!("{words:?} is gone"), || async {
            let text = self.reads().await;
            if text.contains(words) { Err(text) } else { Ok(()) }
        })
        .await;
    }

    /// Everything that can be read now.
    pub async fn reads(&self) -> String {
        self.script("return document.body ? document.body.innerText : ''")
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The receipt, once it is there.
    pub async fn reads_the_receipt(&self) -> String {
        until("a receipt", || async {
            let found = self.window.find(By::Css(".ts-receipt dd")).await?.text().await?;
            let is_one = found.len() == 7 && found.chars().nth(3) == Some('-');
            if is_one { Ok(found) } else { Err(not_yet(&format!("this is no receipt: {found:?}"))) }
        })
        .await
    }

    /// Until the page has been drawn: before that Chromium throws away what is pressed, as no person can have meant it.
    async fn sees_it_drawn(&self) {
        let drawn = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.window.execute_async(drawn, vec![]).await.expect("the page is drawn");
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub async fn presses(&self, keys: &[Key]) {
        self.sees_it_drawn().await;
        for key in keys {
            let chain = self.window.action_chain().key_down(key.clone()).key_up(key.clone());
            chain.perform().await.expect("keys can be pressed");
        }
    }

    /// Presses keys together, such as Control and Enter.
    pub async fn presses_together(&self, keys: &[Key]) {
        self.sees_it_drawn().await;
        let chain = keys.iter().fold(self.window.action_chain(), |chain, key| chain.key_down(key.clone()));
        let chain = keys.iter().rev().fold(chain, |chain, key| chain.key_up(key.clone()));
        chain.perform().await.expect("keys can be pressed");
    }

    /// Types wherever the focus is.
    pub async fn types_on(&self, text: &str) {
        self.sees_it_drawn().await;
        self.window.action_chain().send_keys(text).perform().await.expect("keys can be pressed");
    }

    /// What has the focus: its tag, its id, and its text or value.
    pub async fn focus(&self) -> String {
        let look = "const e = document.activeElement; return e.tagName.toLowerCase() + '#' + e.id + ' ' + (e.value || e.textContent).trim().slice(0, 40)";
        self.script(look).await.as_str().unwrap_or_default().to_owned()
    }

    /// Loses or finds the network, in every frame at once.
    pub async fn has_a_network(&self, on: bool) {
        let change = SetNetworkConditions {
            network_conditions: (!on).then_some(NetworkConditions::Offline),
            contexts: None,
            user_contexts: Some(vec!["default".to_owned().into()]),
        };
        let bidi = self.window.bidi().await.expect("Chromium speaks BiDi");
        bidi.send(change).await.expect("the network can be taken away");
    }

    /// Goes back a page, forward, or loads it anew.
    pub async fn reloads(&self) {
        self.window.refresh().await.expect("the page loads anew");
    }

    /// Opens another tab, and is in it.
    ///
    /// # Panics
    /// If the browser opens none.
    pub async fn opens_a_tab(&self) {
        let tab = self.window.new_tab().await.expect("a tab opens");
        self.window.switch_to_window(tab).await.expect("and can be gone to");
    }

    /// Goes back one page.
    pub async fn goes_back(&self) {
        self.window.back().await.expect("there is a page before");
    }

    /// What a script in the page or the frame finds out. The test's own eyes; never used to do what a visitor does.
    pub async fn script(&self, script: &str) -> Value {
        let seen = self.window.execute(script, vec![]).await;
        seen.unwrap_or_else(|e| panic!("{script}: {e}")).json().clone()
    }

    /// Fails if axe finds an obstacle on this page.
    ///
    /// # Panics
    /// With what axe found.
    pub async fn stumbles_over_nothing(&self, state: &str) {
        const AXE: &str = include_str!("../vendor/axe-core/axe.min.js");
        self.window.execute(AXE, vec![]).await.expect("axe starts");
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then((r) => done(r.violations.map((v) =>
                v.id + ' (' + v.impact + '): ' + v.nodes.map((n) => n.target.join(' ') + ' ' + n.any.concat(n.all).map((c) => c.message).join(' ')).join('; '))), (e) => done(['axe: ' + e]))";
        let found = self.window.execute_async(run, vec![]).await.expect("axe comes to an end");
        assert_eq!(found.json(), &Value::Array(vec![]), "{state}");
    }

    /// Keeps a picture, for the eyes of people.
    pub async fn takes_a_picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("TABLESIDE_PICTURES") {
            let picture = self.window.screenshot_as_png().await.expect("a picture");
            std::fs::create_dir_all(&folder).expect("a folder for pictures");
            std::fs::write(std::path::Path::new(&folder).join(name), picture).expect("a picture can be kept");
        }
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = self.console.lock().unwrap_or_else(PoisonError::into_inner);
            #[expect(clippy::print_stderr, reason = "it explains why the test failed")]
            {
                eprintln!("on the console: {said:#?}");
            }
        } else {
            assert!(self.has_left, "a visitor must leave, or nobody looks at what went wrong");
        }
    }
}

/// A text in XPath, whatever quotes it holds.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

fn not_yet(what: &str) -> WebDriverError {
    thirtyfour::error::no_such_element(what.to_owned())
}
