//! The widget in conversation: fetches what is new, says what the visitor says, and ends it when they want.

use crate::answer::{email_trouble, why_refused};
use crate::delivery::{Outcome, wait_ms};
use crate::page::{Widget, find, name_of};
use crate::post::{ask, send};
use crate::step::Step;
use crate::talks::{Talks, Unsent};
use crate::wire::{self, body, object};
use crate::{device, talk_view};
use js_sys::Array;
use leptos::prelude::{Set, document};
use shared::conversation::Stage;
use shared::refusal::Code;
use shared::text::COMMENT_MAX_CHARS;
use shared::wire::conversation::{ConversationSummary, VisitorConversation as Talk};
use shared::words::{Word, fill};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement};

/// How long a message is in sight before it counts as seen.
const SEEN_AFTER_MS: u64 = 3_000;

/// What is known of the visitor's conversations.
#[derive(Default)]
pub struct Talking {
    /// How each of them stands.
    pub lines: Vec<ConversationSummary>,
    /// Id of the one at hand.
    pub at: String,
    /// What was said in it.
    pub talk: Option<Talk>,
    /// The sentence beside what was typed.
    pub trouble: String,
    /// Where answers go from now on.
    pub email: String,
    /// A private link that was just made.
    pub link: String,
    /// The secret of the private link that led here, until it is swapped.
    pub opened_by: String,
    /// What an e-mail's button proposed: whether it is okay now.
    pub proposed: Option<bool>,
    /// Whether the panel is open.
    pub is_in_sight: bool,
    /// Whether something could not be delivered at the last try.
    pub is_stuck: bool,
}

impl Widget {
    /// What lies on the device.
    pub fn talks(&self) -> Talks {
        Talks::read(&device::kept(&name_of(&self.setup, ".talks")).unwrap_or_default())
    }

    fn change_talks(&self, change: &mut dyn FnMut(&mut Talks)) {
        let mut talks = self.talks();
        change(&mut talks);
        device::keep(&name_of(&self.setup, ".talks"), talks.write().as_deref());
    }

    fn at(&self) -> String {
        self.state.borrow().talking.at.clone()
    }

    /// The conversation at hand, as long as there is a way into it.
    pub fn talk_at(&self) -> Option<String> {
        let at = self.at();
        self.talks().secret(&at).is_some().then_some(at)
    }

    /// What every request about a conversation carries, and what else it is to carry.
    fn signed(&self, talk: &str, name: &str, more: &JsValue) -> String {
        let secret = self.talks().secret(talk).unwrap_or_default().into();
        self.body(&secret, name, more)
    }

    fn body(&self, secret: &JsValue, name: &str, more: &JsValue) -> String {
        let shop = self.setup.shop.as_str().into();
        let fields = [("shop", &shop), ("secret", secret), (name, more)];
        body(if name.is_empty() { &fields[..2] } else { &fields })
    }

    /// The conversations on this device, as the body of a request.
    fn asked(&self, talks: &Talks) -> String {
        let keys = Array::new();
        for (id, secret) in &talks.keys {
            keys.push(&object(&[("id", &id.into()), ("secret", &secret.into())]));
        }
        body(&[("shop", &self.setup.shop.as_str().into()), ("keys", &keys)])
    }

    /// Listens for news of whatever conversations there are; the collector begins with some.
    pub fn listen_for_news(&'static self) {
        let talks = self.talks();
        if self.setup.preview {
            return;
        }
        if talks.keys.is_empty() {
            self.host.news("");
            self.host.talk("", None);
        } else {
            self.host.news(&self.asked(&talks));
        }
    }

    /// Begins: what waited too long goes, and on the page behind a private link the conversation comes.
    pub fn begin_to_talk(&'static self) {
        let mut expired = false;
        if !self.talks().unsent.is_empty() {
            self.change_talks(&mut |talks| expired = talks.expire(device::now_ms()));
        }
        self.state.borrow_mut().expired |= expired;
        self.listen_for_news();
        if let Some(wait) = find("#wait") {
            wait.remove();
            self.state.borrow_mut().talking.is_in_sight = true;
            self.try_again();
        }
    }

    /// A complaint has arrived: from now on it is a conversation.
    pub fn begins_to_talk(&'static self, id: &str, secret: &str) {
        self.change_talks(&mut |talks| talks.put(id, secret));
        self.listen_for_news();
    }

    // ---- Fetching ----

    /// Asks how the conversations stand, tells the launcher, and shows what is new in the one at hand.
    pub fn refresh(&'static self) {
        let talks = self.talks();
        if talks.keys.is_empty() {
            return;
        }
        let asked = self.asked(&talks);
        ask(
            "POST",
            "/v1/conversations".to_owned(),
            asked,
            Box::new(move |answered| {
                let (200, Some(lines)) = (answered.status, wire::lines(&answered.text)) else { return };
                let gone = |id: &str| !lines.iter().any(|line| line.id == id);
                if talks.keys.iter().any(|(id, _)| gone(id)) {
                    for (id, _) in talks.keys.iter().filter(|(id, _)| gone(id)) {
                        self.change_talks(&mut |talks| talks.drop(id));
                    }
                    self.listen_for_news();
                }
                let is_gone = gone(&self.at());
                self.state.borrow_mut().talking.lines = lines;
                self.tell_launcher();
                match self.now() {
                    Step::Talk if is_gone => self.go(Step::TalkGone, "#ask"),
                    Step::Talk => self.fetch(),
                    Step::Talks => self.step.set(Step::Talks),
                    _ => {}
                }
            }),
        );
    }

    fn tell_launcher(&'static self) {
        let state = self.state.borrow();
        let lines = &state.talking.lines;
        let unread: u32 = lines.iter().map(|line| line.unread).sum();
        let Some(latest) = latest(lines).filter(|_| unread > 0) else {
            let label = (!lines.is_empty()).then(|| self.say(Word::Talk));
            return self.host.talk("", label);
        };
        let label = if latest.stage == Stage::PutRight.as_str() {
            self.say(Word::OkayNow).to_owned()
        } else {
            fill(self.say(Word::Answered), "name", &latest.person)
        };
        self.host.talk(&unread.to_string(), Some(&label));
    }

    /// The conversation that is shown to somebody who wants to see one: with something unread, or the latest.
    pub fn talk_to_show(&self) -> Option<String> {
        let state = self.state.borrow();
        let line = latest(&state.talking.lines).map(|line| line.id.clone());
        line.or_else(|| self.talks().keys.pop().map(|key| key.0))
    }

    /// Shows a conversation.
    pub fn open_talk(&'static self, id: &str) {
        let known = {
            let talking = &mut self.state.borrow_mut().talking;
            talking.trouble.clear();
            talking.link.clear();
            talking.email.clear();
            if talking.at != id {
                talking.talk = None;
            }
            id.clone_into(&mut talking.at);
            talking.talk.is_some()
        };
        self.go(if known { Step::Talk } else { Step::Opening }, "#ask");
        self.fetch();
    }

    /// Fetches the conversation at hand.
    fn fetch(&'static self) {
        let at = self.at();
        let entry = self.signed(&at, "", &JsValue::NULL);
        ask(
            "POST",
            path(&at, "read"),
            entry,
            Box::new(move |answered| {
                if self.at() != at {
                    return;
                }
                match wire::talk(&answered.text, &at) {
                    Some(talk) => self.show_talk(talk),
                    None if answered.status == 404 => {
                        self.change_talks(&mut |talks| talks.drop(&at));
                        self.go(Step::TalkGone, "#ask");
                    }
                    None => self.show_away(),
                }
            }),
        );
    }

    fn show_away(&'static self) {
        if self.now() == Step::Opening {
            self.go(Step::TalkAway, "#ask");
        }
    }

    fn show_talk(&'static self, talk: Talk) {
        // What stands in it has arrived, also where the answer that said so never came back.
        for unsent in self.talks().unsent {
            if talk.messages.iter().any(|message| message.id == unsent.id) {
                self.change_talks(&mut |talks| talks.take_out(&unsent.id));
            }
        }
        let (is_news, is_same, proposed) = {
            let talking = &mut self.state.borrow_mut().talking;
            let is_news = talk.messages.last().is_some_and(|last| last.new);
            let is_same = talking.talk.as_ref() == Some(&talk);
            talking.talk = Some(talk);
            (is_news, is_same, talking.proposed)
        };
        match self.now() {
            Step::Opening | Step::TalkAway => {
                let focus = match proposed {
                    Some(true) => talk_view::OKAY,
                    Some(false) => talk_view::NOT_YET,
                    None => "#ask",
                };
                self.go(Step::Talk, focus);
            }
            Step::Talk if !is_same => talk_view::redraw(is_news),
            _ => {}
        }
        self.later(SEEN_AFTER_MS, Self::see);
    }

    /// What has been in sight for a while was seen.
    fn see(&'static self) {
        let at = self.at();
        let newest_ms = {
            let talking = &self.state.borrow().talking;
            let is_in_sight = talking.is_in_sight && !document().hidden() && self.now() == Step::Talk;
            let talk = talking.talk.as_ref().filter(|_| is_in_sight);
            talk.and_then(|talk| talk.messages.iter().rfind(|message| message.new))
                .map(|last| last.sent_at_ms)
        };
        let Some(until_ms) = newest_ms else { return };
        let seen = self.signed(&at, "until_ms", &(until_ms as f64).into());
        ask(
            "POST",
            path(&at, "seen"),
            seen,
            Box::new(move |answered| {
                if answered.is_stored(&at) {
                    self.refresh();
                }
            }),
        );
    }

    // ---- Saying ----

    /// Something was typed in a conversation: kept on the device.
    pub fn writes(&self, form: &Element) {
        let (at, words) = (self.at(), typed_in(form, "[name=words]"));
        self.change_talks(&mut |talks| talks.write_down(&at, &words));
    }

    /// "Send", in a conversation.
    pub fn says(&'static self, form: &Element) {
        let words = typed_in(form, "[name=words]").trim().to_owned();
        if words.is_empty() {
            return;
        }
        if words.chars().nth(COMMENT_MAX_CHARS).is_some() {
            let sentence = fill(self.say(Word::TooLong), "n", &COMMENT_MAX_CHARS.to_string());
            self.state.borrow_mut().talking.trouble = sentence;
        } else {
            self.add_unsent(words, None);
        }
        self.go(Step::Talk, "#words");
    }

    /// "Yes, all good", or "not yet".
    pub fn decides(&'static self, okay: bool) {
        self.state.borrow_mut().talking.proposed = None;
        self.add_unsent(String::new(), Some(okay));
        self.go(Step::Talk, if okay { "#ask" } else { "#words" });
    }

    fn add_unsent(&'static self, words: String, okay: Option<bool>) {
        let talk = self.at();
        self.state.borrow_mut().talking.trouble.clear();
        self.change_talks(&mut |talks| {
            if okay.is_none() {
                talks.write_down(&talk, "");
            }
            let (id, said_at_ms) = (device::message_id(), device::now_ms());
            talks.unsent.push(Unsent { talk: talk.clone(), id, said_at_ms, words: words.clone(), okay });
        });
        self.deliver();
    }

    /// Sends what was said, one after another, until all has arrived or nobody answers.
    pub async fn deliver_unsent(&'static self) {
        let mut is_news = false;
        while let Some(next) = self.talks().unsent.first() {
            let secret: JsValue = self.talks().secret(&next.talk).unwrap_or_default().into();
            let (what, name, said) = match next.okay {
                Some(okay) => ("verdict", "okay", JsValue::from(okay)),
                None => ("messages", "words", next.words.as_str().into()),
            };
            let (shop, message) = (self.setup.shop.as_str().into(), next.id.as_str().into());
            let body = body(&[("shop", &shop), ("secret", &secret), ("message", &message), (name, &said)]);
            let outcome = send("POST", path(&next.talk, what), body).await.outcome(&next.id);
            is_news = true;
            let stuck = matches!(outcome, Outcome::Unclear { .. });
            self.state.borrow_mut().talking.is_stuck = stuck;
            match outcome {
                Outcome::Unclear { wait_ms: asked } => {
                    let wait = wait_ms(self.tried(), device::chance(), asked);
                    device::after(wait, Box::new(|| self.deliver()));
                    if self.now() == Step::Talk {
                        talk_view::redraw(false);
                    }
                    return;
                }
                Outcome::Refused { code, .. } => {
                    let (word, n) = why_refused(code);
                    let sentence = match code {
                        Some(Code::ConversationOver) => self.say(Word::TalkOver).to_owned(),
                        // The shop has taken back what the verdict was about; that shows by itself.
                        _ if next.okay.is_some() => String::new(),
                        _ => fill(self.say(word), "n", &n),
                    };
                    self.state.borrow_mut().talking.trouble = sentence;
                    // The words are not lost: they stand where they were typed.
                    if next.okay.is_none() {
                        self.change_talks(&mut |talks| talks.write_down(&next.talk, &next.words));
                    }
                    self.change_talks(&mut |talks| talks.take_out(&next.id));
                    if self.now() == Step::Talk {
                        self.step.set(Step::Talk);
                    }
                }
                Outcome::Stored(_) => self.change_talks(&mut |talks| talks.take_out(&next.id)),
            }
        }
        if is_news {
            self.refresh();
        }
    }

    // ---- What else can be done ----

    /// "Copy a private link". The link is made here, so that it can be copied while the tap still counts.
    pub fn makes_link(&'static self) {
        let (at, link) = (self.at(), device::secret());
        let address = self.host.link(&link);
        self.host.copy(&address);
        let wanted = self.signed(&at, "link", &link.into());
        ask(
            "POST",
            path(&at, "links"),
            wanted,
            Box::new(move |answered| {
                if answered.is_stored(&at) {
                    self.state.borrow_mut().talking.link = address;
                }
                self.settle(answered.is_stored(&at));
            }),
        );
    }

    /// An e-mail address for answers.
    pub fn adds_email(&'static self, form: &Element) {
        let email = typed_in(form, "[name=email]").trim().to_owned();
        if let Some((word, end)) = email_trouble(&email) {
            self.state.borrow_mut().talking.trouble = fill(self.say(word), "end", end);
            return self.go(Step::TalkMore, "[name=email]");
        }
        let at = self.at();
        let change = self.signed(&at, "email", &email.as_str().into());
        ask(
            "PATCH",
            ["/v1/responses/", &at].concat(),
            change,
            Box::new(move |answered| {
                if answered.is_stored(&at) {
                    self.state.borrow_mut().talking.email = email;
                }
                self.settle(answered.is_stored(&at));
            }),
        );
    }

    /// Shows what became of something that was tapped under "More".
    fn settle(&'static self, is_done: bool) {
        let sentence = if is_done { "" } else { self.say(Word::FailedTitle) };
        sentence.clone_into(&mut self.state.borrow_mut().talking.trouble);
        if self.now().is_talk() {
            self.step.set(self.now());
        }
    }

    /// "Yes, delete it".
    pub fn erases(&'static self) {
        let at = self.at();
        let entry = self.signed(&at, "", &JsValue::NULL);
        ask(
            "POST",
            path(&at, "erase"),
            entry,
            Box::new(move |answered| {
                // Deleted already is deleted as well.
                if !matches!(answered.status, 200 | 404) {
                    return self.settle(false);
                }
                self.change_talks(&mut |talks| talks.drop(&at));
                self.state.borrow_mut().talking.lines.retain(|line| line.id != at);
                self.listen_for_news();
                self.tell_launcher();
                self.go(Step::Erased, "#ask");
            }),
        );
    }

    /// "Forget it on this device": all the secrets that lie here become worthless.
    pub fn forgets_talks(&'static self) {
        for (id, secret) in self.talks().keys {
            let entry = self.body(&secret.into(), "", &JsValue::NULL);
            ask("POST", path(&id, "forget"), entry, Box::new(|_| {}));
        }
        device::keep(&name_of(&self.setup, ".talks"), None);
        self.state.borrow_mut().talking = Talking::default();
        self.listen_for_news();
    }

    /// Opens what the page was opened for: what a private link leads to, or what lies here already.
    pub fn try_again(&'static self) {
        let link = self.state.borrow().talking.opened_by.clone();
        if link.is_empty() {
            return match self.talk_to_show() {
                Some(id) => self.open_talk(&id),
                None => self.go(Step::TalkGone, "#ask"),
            };
        }
        self.go(Step::Opening, "#ask");
        let secret = device::secret();
        let opened = self.body(&secret.as_str().into(), "link", &link.into());
        ask(
            "POST",
            "/v1/links".to_owned(),
            opened,
            Box::new(move |answered| match answered.status {
                200 => {
                    let id = wire::told(&answered.text).id;
                    self.state.borrow_mut().talking.opened_by.clear();
                    self.begins_to_talk(&id, &secret);
                    self.open_talk(&id);
                }
                400 | 404 => self.go(Step::TalkGone, "#ask"),
                _ => self.show_away(),
            }),
        );
    }
}

/// The one with something unread, or else the latest.
fn latest(lines: &[ConversationSummary]) -> Option<&ConversationSummary> {
    lines.iter().max_by_key(|line| (line.unread > 0, line.changed_at_ms))
}

fn path(id: &str, what: &str) -> String {
    ["/v1/conversations/", id, "/", what].concat()
}

/// What stands in a field of a form. A text area has a value as an input has.
fn typed_in(form: &Element, selector: &str) -> String {
    let field = form.query_selector(selector).ok().flatten();
    field.map(|field| field.unchecked_into::<HtmlInputElement>().value()).unwrap_or_default()
}
