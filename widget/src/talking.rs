//! The widget in conversation: fetches what is new, says what the visitor says, and ends it when they want.

use crate::answer::email_trouble;
use crate::delivery::{Outcome, wait_ms};
use crate::page::{Widget, find, name_of};
use crate::step::Step;
use crate::talks::{Talks, Unsent};
use crate::{device, post, talk_view};
use leptos::prelude::{Set, document};
use miniserde::json;
use shared::conversation::Stage;
use shared::text::COMMENT_MAX_CHARS;
use shared::wire::talk::{
    LinkOpened, NewLink, NewMessage, NewVerdict, Talk, TalkEntry, TalkLine, TalkSeen, TalksAsked,
};
use shared::wire::{ResponseChange, Stored};
use shared::words::{Word, fill};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlInputElement};

/// How long a message is in sight before it counts as seen.
const SEEN_AFTER_MS: u64 = 3_000;

/// What is known of the visitor's conversations.
#[derive(Default)]
pub struct Talking {
    /// How each of them stands.
    pub lines: Vec<TalkLine>,
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

    fn change_talks<T>(&self, change: impl FnOnce(&mut Talks) -> T) -> T {
        let mut talks = self.talks();
        let before = talks.clone();
        let result = change(&mut talks);
        if talks != before {
            device::keep(&name_of(&self.setup, ".talks"), talks.write().as_deref());
        }
        result
    }

    fn at(&self) -> String {
        self.state.borrow().talking.at.clone()
    }

    /// Listens for news of whatever conversations there are, and asks how they stand.
    pub fn listen_for_news(&'static self) {
        let keys = self.talks().keys;
        if self.setup.preview {
            return;
        }
        if keys.is_empty() {
            self.host.news("");
            self.host.talk("", None);
        } else {
            self.host.news(&json::to_string(&TalksAsked { shop: self.setup.shop.clone(), keys }));
        }
    }

    /// Begins: what waited too long goes, and on the page behind a private link the conversation comes.
    pub fn begin_to_talk(&'static self) {
        let expired = self.change_talks(|talks| talks.expire(device::now_ms()));
        self.state.borrow_mut().expired |= expired;
        self.listen_for_news();
        if let Some(wait) = find("#wait") {
            wait.remove();
            self.state.borrow_mut().talking.is_in_sight = true;
            self.try_again();
        }
    }

    /// The conversation at hand, as long as there is a way into it.
    pub fn talk_at(&self) -> Option<String> {
        let at = self.at();
        self.talks().secret(&at).is_some().then_some(at)
    }

    /// A complaint has arrived: from now on it is a conversation.
    pub fn begins_to_talk(&'static self, id: &str, secret: &str) {
        self.change_talks(|talks| talks.put(id, secret));
        self.listen_for_news();
    }

    // ---- Fetching ----

    /// Asks how the conversations stand, tells the launcher, and shows what is new in the one at hand.
    pub async fn refresh(&'static self) {
        let keys = self.talks().keys;
        if keys.is_empty() {
            return;
        }
        let asked = TalksAsked { shop: self.setup.shop.clone(), keys };
        let Some(answered) = post::send("POST", "/v1/conversations", json::to_string(&asked)).await else {
            return;
        };
        let found = json::from_str::<shared::wire::talk::Talks>(&answered.text);
        // A captive portal answers 200 to everything.
        let (200, Ok(found)) = (answered.status, found) else { return };
        let gone = asked.keys.iter().filter(|key| !found.talks.iter().any(|line| line.id == key.id));
        let gone: Vec<&str> = gone.map(|key| key.id.as_str()).collect();
        if !gone.is_empty() {
            self.change_talks(|talks| gone.iter().for_each(|id| talks.drop(id)));
            self.listen_for_news();
        }
        self.state.borrow_mut().talking.lines = found.talks;
        self.tell_launcher();
        let at = self.at();
        match self.now() {
            Step::Talk if gone.contains(&at.as_str()) => self.go(Step::TalkGone, "#ask"),
            Step::Talk => self.fetch().await,
            Step::Talks => self.step.set(Step::Talks),
            _ => {}
        }
    }

    fn tell_launcher(&'static self) {
        let state = self.state.borrow();
        let lines = &state.talking.lines;
        let Some(latest) = lines.iter().filter(|line| line.unread > 0).max_by_key(|line| line.changed_at_ms)
        else {
            let label = (!lines.is_empty()).then(|| self.say(Word::Talk));
            return self.host.talk("", label);
        };
        let unread: u32 = lines.iter().map(|line| line.unread).sum();
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
        let line = state.talking.lines.iter().max_by_key(|line| (line.unread > 0, line.changed_at_ms));
        line.map(|line| line.id.clone()).or_else(|| self.talks().keys.pop().map(|key| key.id))
    }

    /// Shows a conversation.
    pub fn open_talk(&'static self, id: &str) {
        {
            let talking = &mut self.state.borrow_mut().talking;
            talking.trouble.clear();
            talking.link.clear();
            talking.email.clear();
            if talking.at != id {
                talking.talk = None;
            }
            id.clone_into(&mut talking.at);
        }
        let known = self.state.borrow().talking.talk.is_some();
        self.go(if known { Step::Talk } else { Step::Opening }, "#ask");
        spawn_local(self.fetch());
    }

    /// Fetches the conversation at hand.
    async fn fetch(&'static self) {
        let at = self.at();
        let Some(secret) = self.talks().secret(&at).map(str::to_owned) else {
            return self.go(Step::TalkGone, "#ask");
        };
        let entry = TalkEntry { shop: self.setup.shop.clone(), secret };
        let answered = post::send("POST", &path(&at, "read"), json::to_string(&entry)).await;
        if self.at() != at {
            return;
        }
        match answered {
            Some(answered) if answered.status == 404 => {
                self.change_talks(|talks| talks.drop(&at));
                self.go(Step::TalkGone, "#ask");
            }
            Some(answered) => match json::from_str::<Talk>(&answered.text) {
                Ok(talk) if talk.id == at => self.show_talk(talk),
                _ => self.show_away(),
            },
            None => self.show_away(),
        }
    }

    fn show_away(&'static self) {
        if self.now() == Step::Opening {
            self.go(Step::TalkAway, "#ask");
        }
    }

    fn show_talk(&'static self, talk: Talk) {
        let is_news = talk.messages.last().is_some_and(|last| last.new);
        let before = self.state.borrow_mut().talking.talk.replace(talk);
        match self.now() {
            Step::Opening | Step::TalkAway => {
                let focus = match self.state.borrow().talking.proposed {
                    Some(true) => "#act-14",
                    Some(false) => "#act-15",
                    None => "#ask",
                };
                self.go(Step::Talk, focus);
            }
            Step::Talk if before != self.state.borrow().talking.talk => talk_view::redraw(is_news),
            _ => {}
        }
        self.later(SEEN_AFTER_MS, Self::see);
    }

    /// What has been in sight for a while was seen.
    fn see(&'static self) {
        let at = self.at();
        let until_ms = {
            let mut state = self.state.borrow_mut();
            let is_in_sight = state.talking.is_in_sight && !document().hidden();
            let Some(talk) = state.talking.talk.as_mut().filter(|_| is_in_sight) else { return };
            let Some(last) = talk.messages.iter().rfind(|message| message.new) else { return };
            last.sent_at_ms
        };
        if self.now() != Step::Talk {
            return;
        }
        let Some(secret) = self.talks().secret(&at).map(str::to_owned) else { return };
        let seen = TalkSeen { shop: self.setup.shop.clone(), secret, until_ms };
        spawn_local(async move {
            let answered = post::send("POST", &path(&at, "seen"), json::to_string(&seen)).await;
            if answered.is_some_and(|answered| answered.status == 200) {
                self.refresh().await;
            }
        });
    }

    // ---- Saying ----

    /// Something was typed in a conversation: kept on the device.
    pub fn writes(&self, form: &Element) {
        let at = self.at();
        if let Some(words) = typed_in(form, "[name=words]") {
            self.change_talks(|talks| talks.write_down(&at, &words));
        }
    }

    /// "Send", in a conversation.
    pub fn says(&'static self, form: &Element) {
        let words = typed_in(form, "[name=words]").unwrap_or_default().trim().to_owned();
        if words.is_empty() {
            return;
        }
        if words.chars().nth(COMMENT_MAX_CHARS).is_some() {
            let sentence = fill(self.say(Word::TooLong), "n", &COMMENT_MAX_CHARS.to_string());
            self.state.borrow_mut().talking.trouble = sentence;
            return self.go(Step::Talk, "#words");
        }
        self.add_unsent(words, None);
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
        self.change_talks(|talks| {
            if okay.is_none() {
                talks.write_down(&talk, "");
            }
            let id = device::message_id();
            talks.unsent.push(Unsent { id, talk, words, okay, said_at_ms: device::now_ms() });
        });
        self.deliver();
    }

    /// Sends what was said, one after another; `false` if it has to be tried again.
    pub async fn deliver_unsent(&'static self) -> bool {
        let mut is_new = false;
        loop {
            let talks = self.talks();
            let Some(next) = talks.unsent.first() else { break };
            let (shop, message) = (self.setup.shop.clone(), next.id.clone());
            let secret = talks.secret(&next.talk).unwrap_or_default().to_owned();
            let (what, body) = match next.okay {
                Some(okay) => ("verdict", json::to_string(&NewVerdict { shop, secret, message, okay })),
                None => {
                    let words = next.words.clone();
                    ("messages", json::to_string(&NewMessage { shop, secret, message, words }))
                }
            };
            let answered = post::send("POST", &path(&next.talk, what), body).await;
            match post::outcome_of(&next.id, answered) {
                Outcome::Stored(_) => {}
                Outcome::Refused { .. } => {
                    // The words are not lost: they stand where they were typed.
                    self.state.borrow_mut().talking.trouble = self.say(Word::TalkOver).to_owned();
                    if next.okay.is_none() {
                        self.change_talks(|talks| talks.write_down(&next.talk, &next.words));
                    }
                    if self.now() == Step::Talk {
                        self.step.set(Step::Talk);
                    }
                }
                Outcome::Unclear { wait_ms: asked } => {
                    let tries = self.tried();
                    device::after(wait_ms(tries, device::chance(), asked), Box::new(|| self.deliver()));
                    self.state.borrow_mut().talking.is_stuck = true;
                    if self.now() == Step::Talk {
                        talk_view::redraw(false);
                    }
                    return false;
                }
            }
            self.change_talks(|talks| talks.take_out(&next.id));
            self.state.borrow_mut().talking.is_stuck = false;
            is_new = true;
        }
        if is_new {
            self.refresh().await;
        }
        true
    }

    // ---- What else can be done ----

    /// "Copy a private link". The link is made here, so that it can be copied while the tap still counts.
    pub fn makes_link(&'static self) {
        let (at, link) = (self.at(), device::secret());
        let Some(secret) = self.talks().secret(&at).map(str::to_owned) else { return };
        let address = self.host.link(&link);
        self.host.copy(&address);
        let wanted = NewLink { shop: self.setup.shop.clone(), secret, link };
        spawn_local(async move {
            let answered = post::send("POST", &path(&at, "links"), json::to_string(&wanted)).await;
            let is_made = post::outcome_of(&at, answered);
            self.settle(matches!(is_made, Outcome::Stored(_)), |talking| talking.link = address);
        });
    }

    /// An e-mail address for answers.
    pub fn adds_email(&'static self, form: &Element) {
        let email = typed_in(form, "[name=email]").unwrap_or_default().trim().to_owned();
        if email.is_empty() {
            return;
        }
        if let Some((word, end)) = email_trouble(&email) {
            self.state.borrow_mut().talking.trouble = fill(self.say(word), "end", end);
            return self.go(Step::TalkMore, "[name=email]");
        }
        let at = self.at();
        let Some(secret) = self.talks().secret(&at).map(str::to_owned) else { return };
        let shop = self.setup.shop.clone();
        let change = ResponseChange { secret, shop, email: Some(email.clone()), ..ResponseChange::default() };
        spawn_local(async move {
            let url = ["/v1/responses/", &at].concat();
            let answered = post::send("PATCH", &url, json::to_string(&change)).await;
            let is_stored = matches!(post::outcome_of(&at, answered), Outcome::Stored(_));
            self.settle(is_stored, |talking| talking.email = email);
        });
    }

    /// Shows what became of something that was tapped under "More".
    fn settle(&'static self, is_done: bool, done: impl FnOnce(&mut Talking)) {
        {
            let talking = &mut self.state.borrow_mut().talking;
            talking.trouble.clear();
            if is_done {
                done(talking);
            } else {
                self.say(Word::FailedTitle).clone_into(&mut talking.trouble);
            }
        }
        if matches!(self.now(), Step::TalkMore | Step::Erase) {
            self.step.set(self.now());
        }
    }

    /// "Yes, delete it".
    pub fn erases(&'static self) {
        let at = self.at();
        let Some(secret) = self.talks().secret(&at).map(str::to_owned) else { return };
        let entry = TalkEntry { shop: self.setup.shop.clone(), secret };
        spawn_local(async move {
            let answered = post::send("POST", &path(&at, "erase"), json::to_string(&entry)).await;
            // Deleted already is deleted as well.
            if !answered.is_some_and(|answered| matches!(answered.status, 200 | 404)) {
                return self.settle(false, |_| {});
            }
            self.change_talks(|talks| talks.drop(&at));
            self.state.borrow_mut().talking.lines.retain(|line| line.id != at);
            self.listen_for_news();
            self.tell_launcher();
            self.go(Step::Erased, "#ask");
        });
    }

    /// "Forget it on this device": all the secrets that lie here become worthless.
    pub fn forgets_talks(&'static self) {
        for key in self.talks().keys {
            let entry = TalkEntry { shop: self.setup.shop.clone(), secret: key.secret };
            spawn_local(async move {
                post::send("POST", &path(&key.id, "forget"), json::to_string(&entry)).await;
            });
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
        let opened = LinkOpened { shop: self.setup.shop.clone(), link, secret: secret.clone() };
        spawn_local(async move {
            let answered = post::send("POST", "/v1/links", json::to_string(&opened)).await;
            let Some(answered) = answered else { return self.show_away() };
            match (answered.status, json::from_str::<Stored>(&answered.text)) {
                (200, Ok(stored)) => {
                    self.state.borrow_mut().talking.opened_by.clear();
                    self.begins_to_talk(&stored.id, &secret);
                    self.open_talk(&stored.id);
                }
                (400 | 404, _) => self.go(Step::TalkGone, "#ask"),
                _ => self.show_away(),
            }
        });
    }
}

fn path(id: &str, what: &str) -> String {
    ["/v1/conversations/", id, "/", what].concat()
}

/// What stands in a field of a form. A text area has a value as an input has.
fn typed_in(form: &Element, selector: &str) -> Option<String> {
    let field = form.query_selector(selector).ok()??;
    Some(wasm_bindgen::JsCast::unchecked_into::<HtmlInputElement>(field).value())
}

/// Moves what was said last into sight.
pub fn scroll_to_the_end() {
    if let Some(end) = find("#composer") {
        end.scroll_into_view_with_bool(false);
    }
}
