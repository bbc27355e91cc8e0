//! The widget at work: takes over the plain form, keeps what the visitor says, and carries out what is tapped.

use crate::answer::{Answer, email_trouble, why_refused};
use crate::delivery::{Outcome, wait_ms};
use crate::host::{Host, Said};
use crate::queue::{KEPT_FOR_MS, Queue};
use crate::step::Step;
use crate::talking::Talking;
use crate::{device, host, post, talk_view, view, wire};
use leptos::prelude::{ArcRwSignal, GetUntracked, Set, document};
use shared::ids::ResponseId;
use shared::moment::Moment;
use shared::receipt;
use shared::wire::{FrameSetup, WirePromise};
use shared::words::{Word, fill};
use std::cell::{OnceCell, RefCell};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// How long the chosen face is seen before the next step.
const CHOSEN_MS: u64 = 200;
/// How long a thank-you stays when nobody touches it.
const THANKS_MS: u64 = 10_000;
/// The receipt an owner sees who tries things out.
const PREVIEW_RECEIPT: &str = "K7Q-4MD";

/// The widget's one place for everything it knows.
pub struct Widget {
    /// What came with the page.
    pub setup: FrameSetup,
    /// The page around us.
    pub host: Host,
    /// When the page came, by this device's clock: Unix milliseconds, UTC.
    pub began_at_ms: u64,
    /// What is seen. Setting it draws anew, even when it is the same.
    pub step: ArcRwSignal<Step>,
    /// What the visitor said, and what became of it.
    pub state: RefCell<State>,
}

/// What changes.
pub struct State {
    /// The response at hand.
    pub answer: Answer,
    /// The sentence beside the e-mail field.
    pub trouble: String,
    /// The sentence under "I couldn't take that".
    pub refusal: String,
    /// The address that was complained about: sent again, it is left out.
    warned: String,
    /// Whether what is saved outlives the page.
    pub outlives: bool,
    /// Whether the words or the receipt were just copied.
    pub copied: bool,
    /// Whether something older went unsent for a week.
    pub expired: bool,
    /// Where "Back" leads.
    back: Step,
    tries: u32,
    delivering: bool,
    /// Counts steps, so that a timer knows whether it still means the one it was set on.
    turn: u32,
    touched: bool,
    /// What is known of the visitor's conversations.
    pub talking: Talking,
}

thread_local! {
    static WIDGET: OnceCell<&'static Widget> = const { OnceCell::new() };
}

/// The widget. Views reach it here, because what Leptos calls may hold nothing that stays on one thread.
pub fn widget() -> &'static Widget {
    WIDGET.with(|w| *w.get().expect("start() made it before anything was shown"))
}

/// Whatever can be tapped besides faces and fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// "Not now".
    NotNow,
    /// "Don't ask me again".
    Never,
    /// Undo of it.
    AskAgain,
    /// "Tapped by mistake?".
    ByMistake,
    /// "Say a little more".
    SayMore,
    /// "What we keep".
    Keep,
    /// Back from there.
    Back,
    /// "Forget it on this device".
    Forget,
    /// "Try now", "Try again".
    Try,
    /// Copies words or receipt.
    Copy,
    /// "Delete it".
    Delete,
    /// "Add an e-mail", "Add something", or mend what was refused.
    Edit,
    /// "No, leave it at that".
    Leave,
    /// "Back to the shop".
    Close,
    /// "Yes, all good".
    Okay,
    /// "Not yet".
    NotYet,
    /// To the conversation, or back to it.
    SeeTalk,
    /// To the list of them.
    SeeTalks,
    /// One of the list.
    Pick,
    /// "More", about a conversation.
    TalkMore,
    /// "Copy a private link".
    CopyLink,
    /// "Delete this conversation".
    AskErase,
    /// "Yes, delete it".
    Erase,
    /// "Try again", where a conversation could not be fetched.
    TryTalk,
}

impl Act {
    /// Every one, in order.
    pub const ALL: [Self; 24] = [
        Self::NotNow,
        Self::Never,
        Self::AskAgain,
        Self::ByMistake,
        Self::SayMore,
        Self::Keep,
        Self::Back,
        Self::Forget,
        Self::Try,
        Self::Copy,
        Self::Delete,
        Self::Edit,
        Self::Leave,
        Self::Close,
        Self::Okay,
        Self::NotYet,
        Self::SeeTalk,
        Self::SeeTalks,
        Self::Pick,
        Self::TalkMore,
        Self::CopyLink,
        Self::AskErase,
        Self::Erase,
        Self::TryTalk,
    ];
}

/// Starts the widget over the plain form. Says false, and changes nothing, if what came with the page cannot be read.
#[wasm_bindgen]
pub fn start(setup: &str, open: JsValue, host: Host) -> bool {
    let Some(setup) = wire::setup(setup) else { return false };
    let Some(place) = by_id("widget") else { return false };
    let form = by_id("plain");
    let said = Said::of(&open);
    let mut answer = new_answer(&setup, (setup.id.clone(), setup.secret.clone()));
    hear_about(&mut answer, &said);
    let rating = form.as_ref().map_or(0, |form| read(form, &mut answer));
    let mut step = if form.is_some() { Step::Question } else { Step::Opening };
    if rating == 0
        && form.is_some()
        && let Some(draft) = draft(&setup)
    {
        step = if draft.rating < 4 { Step::Form } else { Step::SayMore };
        answer = draft;
    }
    let focus = document().active_element().and_then(|e| e.get_attribute("name"));
    let state = State {
        answer,
        trouble: String::new(),
        refusal: String::new(),
        warned: String::new(),
        outlives: true,
        copied: false,
        expired: false,
        back: Step::Question,
        tries: 0,
        delivering: false,
        turn: 0,
        touched: false,
        talking: Talking {
            opened_by: host::text(&open, "secret"),
            proposed: match host::text(&open, "okay").as_str() {
                "1" => Some(true),
                "0" => Some(false),
                _ => None,
            },
            ..Talking::default()
        },
    };
    let began_at_ms = device::now_ms();
    let made = Widget { setup, host, began_at_ms, step: ArcRwSignal::new(step), state: RefCell::new(state) };
    let w: &'static Widget = Box::leak(Box::new(made));
    if WIDGET.with(|cell| cell.set(w).is_err()) {
        return false;
    }
    if rating > 0 {
        // Tapped before we were there.
        w.take(rating);
        w.step.set(w.after_face());
    }
    w.expire();
    if let Some(form) = form {
        form.remove();
    }
    view::mount(place.unchecked_into());
    w.host.dim(w.now().dims());
    w.host.listen(|said| widget().hear(&said));
    if let Some(field) = focus.and_then(|name| find(&["[name=", &name, "]"].concat())) {
        let _ = field.focus();
    }
    w.begin_to_talk();
    w.deliver();
    true
}

fn new_answer(setup: &FrameSetup, (id, secret): (String, String)) -> Answer {
    Answer {
        id,
        secret,
        moment: setup.moment,
        scale: setup.scale,
        rating: 0,
        reasons: Vec::new(),
        comment: String::new(),
        email: String::new(),
        wants_reply: false,
        order: String::new(),
        product: String::new(),
        page_url: String::new(),
        page_title: String::new(),
        language: setup.language.clone(),
        known: false,
        refused: false,
        tapped_at_ms: 0,
    }
}

fn hear_about(answer: &mut Answer, said: &Said) {
    answer.page_url.clone_from(&said.url);
    answer.page_title.clone_from(&said.title);
    answer.order.clone_from(&said.order);
    answer.product.clone_from(&said.product);
    if let Some(moment) = Moment::named(&said.moment) {
        answer.moment = moment;
    }
}

fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

pub(crate) fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()?.map(JsCast::unchecked_into)
}

/// Reads a form's fields, the plain one's or our own; the rating that is chosen in it, or 0.
fn read(form: &Element, answer: &mut Answer) -> u8 {
    let field = |selector: &str| -> Option<HtmlInputElement> {
        form.query_selector(selector).ok()?.map(JsCast::unchecked_into)
    };
    // A text area has a value as an input has.
    let text = |name: &str, into: &mut String| {
        if let Some(field) = field(name) {
            *into = field.value();
        }
    };
    text("[name=comment]", &mut answer.comment);
    text("[name=email]", &mut answer.email);
    text("[name=order]", &mut answer.order);
    if let Some(wants) = field("[name=wants_reply]") {
        answer.wants_reply = wants.checked();
    }
    if let Ok(chosen) = form.query_selector_all("[name=reasons]:checked") {
        answer.reasons = (0..chosen.length())
            .filter_map(|i| chosen.item(i))
            .map(|node| node.unchecked_into::<HtmlInputElement>().value())
            .collect();
    }
    field("[name=rating]:checked").and_then(|f| f.value().parse().ok()).unwrap_or(0)
}

pub(crate) fn name_of(setup: &FrameSetup, what: &str) -> String {
    ["tableside.", &setup.shop, what].concat()
}

/// What somebody was writing when the page went away.
fn draft(setup: &FrameSetup) -> Option<Answer> {
    let draft = Answer::read(&device::kept(&name_of(setup, ".draft"))?)?;
    let fresh = device::now_ms().saturating_sub(draft.tapped_at_ms) < KEPT_FOR_MS;
    (fresh && draft.rating > 0).then_some(draft)
}

impl Widget {
    /// A word in the visitor's language.
    pub fn say(&'static self, word: Word) -> &'static str {
        self.setup.words.get(word as usize).map_or("", String::as_str)
    }

    /// The promise that came with the page, as long as it is true.
    pub fn promise(&self) -> Option<&WirePromise> {
        let age_ms = device::now_ms().saturating_sub(self.began_at_ms);
        self.setup.promise.as_ref().filter(|promise| age_ms < u64::from(promise.for_ms))
    }

    /// What is seen now.
    pub fn now(&self) -> Step {
        self.step.get_untracked()
    }

    /// Runs `f` when this long has passed and the visitor is still at this step.
    pub(crate) fn later(&'static self, ms: u64, f: fn(&'static Self)) {
        let turn = self.state.borrow().turn;
        device::after(
            ms,
            Box::new(move || {
                if self.state.borrow().turn == turn {
                    f(self);
                }
            }),
        );
    }

    /// Shows a step. Who had the focus in here finds it on the new heading, or on the field that needs it.
    pub(crate) fn go(&'static self, step: Step, focus: &'static str) {
        {
            let mut state = self.state.borrow_mut();
            state.turn += 1;
            state.copied = false;
            state.touched = false;
        }
        self.step.set(step);
        self.host.dim(step.dims());
        if !self.setup.preview && !matches!(step, Step::Form | Step::SayMore | Step::Keep) {
            device::keep(&name_of(&self.setup, ".draft"), None);
        }
        if step.closes_by_itself() && self.setup.framed {
            self.later(THANKS_MS, Self::close_unless_touched);
        }
        device::after(
            0,
            Box::new(move || {
                let target = if document().has_focus().unwrap_or(false) && !focus.is_empty() {
                    find(focus)
                } else {
                    None
                };
                if step == Step::Talk {
                    talk_view::arrive();
                }
                match target {
                    Some(target) => {
                        let _ = target.focus();
                        // What was announced before is not about this any more.
                        if let Some(live) = by_id("live") {
                            live.set_text_content(None);
                        }
                    }
                    None => self.announce(),
                }
            }),
        );
    }

    /// Tells screen readers what the heading says, without moving anybody.
    fn announce(&'static self) {
        let heading = by_id("ask").and_then(|h| h.text_content());
        let text = if self.now() == Step::Sending {
            self.say(Word::Sending)
        } else {
            heading.as_deref().unwrap_or("")
        };
        if let Some(live) = by_id("live") {
            live.set_text_content(Some(text));
        }
    }

    fn close_unless_touched(&'static self) {
        if self.state.borrow().touched || self.host.busy() {
            self.later(THANKS_MS, Self::close_unless_touched);
        } else {
            self.host.close();
        }
    }

    /// Somebody is at it: nothing closes by itself.
    pub fn touch(&self) {
        self.state.borrow_mut().touched = true;
    }

    fn hear(&'static self, said: &Said) {
        match said.what.as_str() {
            "online" => return self.deliver(),
            "news" => return self.refresh(),
            "hidden" => self.state.borrow_mut().talking.is_in_sight = false,
            _ => {}
        }
        if said.what != "shown" {
            return;
        }
        self.state.borrow_mut().talking.is_in_sight = true;
        let talk = self.talk_to_show().filter(|_| said.by_visitor);
        match talk {
            Some(id) if self.now().is_finished() || self.now() == Step::Question => self.open_talk(&id),
            _ if self.now().is_finished() => self.begin_anew(),
            _ => {}
        }
        if self.now() == Step::Question {
            hear_about(&mut self.state.borrow_mut().answer, said);
            self.step.set(Step::Question);
        }
        self.later(CHOSEN_MS, Self::announce);
        self.deliver();
    }

    fn begin_anew(&'static self) {
        let mut answer = new_answer(&self.setup, device::identity());
        {
            let mut state = self.state.borrow_mut();
            answer.page_url.clone_from(&state.answer.page_url);
            answer.page_title.clone_from(&state.answer.page_title);
            answer.order.clone_from(&state.answer.order);
            answer.moment = state.answer.moment;
            state.answer = answer;
            state.trouble.clear();
            state.warned.clear();
        }
        self.go(Step::Question, "");
    }

    // ---- Answering ----

    /// A face was tapped: it is kept and on its way before the next step is seen.
    pub fn choose(&'static self, rating: u8) {
        if self.now() != Step::Question {
            return;
        }
        self.take(rating);
        self.later(CHOSEN_MS, |w| w.go(w.after_face(), "#ask"));
    }

    fn after_face(&self) -> Step {
        Step::after_face(&self.state.borrow().answer)
    }

    fn take(&'static self, rating: u8) {
        {
            let mut state = self.state.borrow_mut();
            let answer = &mut state.answer;
            if answer.tapped_at_ms == 0 {
                answer.tapped_at_ms = device::now_ms();
            }
            answer.wants_reply |= (1..=2).contains(&rating);
            answer.rating = rating;
        }
        self.host.became("answered");
        // Words are sent when the visitor says so, the face at once.
        let mut bare = self.state.borrow().answer.clone();
        (bare.comment, bare.email, bare.reasons) = (String::new(), String::new(), Vec::new());
        bare.wants_reply = false;
        self.enqueue(&bare);
        self.deliver();
    }

    /// Something was typed or ticked: kept on the device, so that a change of page loses nothing.
    pub fn typed(&'static self, form: &Element) {
        match form.id().as_str() {
            "composer" => return self.writes(form),
            "add-email" => return,
            _ => {}
        }
        let mut state = self.state.borrow_mut();
        read(form, &mut state.answer);
        if !self.setup.preview {
            device::keep(&name_of(&self.setup, ".draft"), Some(&state.answer.write()));
        }
    }

    /// "Send".
    pub fn send(&'static self, form: &Element) {
        match form.id().as_str() {
            "composer" => return self.says(form),
            "add-email" => return self.adds_email(form),
            _ if self.now() == Step::Sending => return,
            _ => {}
        }
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            read(form, &mut state.answer);
            state.answer.tidy();
            state.trouble.clear();
            if let Some((word, end)) = email_trouble(&state.answer.email) {
                if state.warned == state.answer.email {
                    state.answer.email.clear();
                } else {
                    state.trouble = fill(self.say(word), "end", end);
                    state.warned.clone_from(&state.answer.email);
                }
            }
            state.answer.refused = false;
            state.tries = 0;
        }
        if !self.state.borrow().trouble.is_empty() {
            return self.go(Step::Form, "[name=email]");
        }
        let answer = self.state.borrow().answer.clone();
        self.enqueue(&answer);
        self.go(Step::Sending, "");
        if self.setup.preview {
            return self.later(700, |w| w.go(Step::Sent, "#ask"));
        }
        self.deliver();
    }

    /// Carries out a tap; `picked` is which of a list was tapped.
    pub fn act(&'static self, act: Act, picked: usize) {
        match act {
            Act::NotNow => {
                self.host.became("not_now");
                self.host.close();
            }
            Act::Never => {
                self.host.became("never");
                self.go(Step::Never, "#ask");
            }
            Act::AskAgain => {
                self.host.became("ask_again");
                self.go(Step::Question, "#ask");
            }
            Act::ByMistake => self.go(Step::Question, "#ask"),
            Act::SayMore => self.go(Step::SayMore, "[name=comment]"),
            Act::Keep => {
                self.state.borrow_mut().back = self.now();
                self.go(Step::Keep, "#ask");
            }
            Act::Back => {
                let back = self.state.borrow().back;
                self.go(back, "#ask");
            }
            Act::Forget => {
                device::keep(&name_of(&self.setup, ".queue"), None);
                self.forgets_talks();
                self.host.became("forget");
                self.go(Step::Forgotten, "#ask");
            }
            Act::Try => {
                self.state.borrow_mut().tries = 0;
                self.go(Step::Sending, "#ask");
                self.deliver();
            }
            Act::Copy => {
                self.host.copy(&self.words());
                self.state.borrow_mut().copied = true;
                self.step.set(self.now());
            }
            Act::Delete => {
                let id = self.state.borrow().answer.id.clone();
                self.change_queue(|queue| queue.take_out(&id));
                self.begin_anew();
                self.host.close();
            }
            Act::Edit => {
                self.state.borrow_mut().answer.wants_reply = true;
                self.go(Step::Form, "#ask");
            }
            // From a conversation it leads to another one, and not away.
            Act::Leave if self.now().is_talk() => self.begin_anew(),
            Act::Leave => {
                self.begin_anew();
                self.host.close();
            }
            Act::Close => self.host.close(),
            Act::Okay => self.decides(true),
            Act::NotYet => self.decides(false),
            Act::SeeTalk => {
                if let Some(id) = self.talk_at().or_else(|| self.talk_to_show()) {
                    self.open_talk(&id);
                }
            }
            Act::SeeTalks => {
                self.go(Step::Talks, "#ask");
                self.refresh();
            }
            Act::Pick => {
                let id = self.state.borrow().talking.lines.get(picked).map(|line| line.id.clone());
                if let Some(id) = id {
                    self.open_talk(&id);
                }
            }
            Act::TalkMore => self.go(Step::TalkMore, "#ask"),
            Act::CopyLink => self.makes_link(),
            Act::AskErase => self.go(Step::Erase, "#ask"),
            Act::Erase => self.erases(),
            Act::TryTalk => self.try_again(),
        }
    }

    /// What "copy" copies: the receipt where there is one, the words elsewhere.
    fn words(&self) -> String {
        match self.now() {
            Step::Sent => self.receipt_of(&self.state.borrow().answer),
            Step::TalkMore => self.receipt_of_id(&self.state.borrow().talking.at),
            _ => self.state.borrow().answer.comment.clone(),
        }
    }

    /// The number to quote; made from the id, so that it is the same in every tab.
    pub fn receipt_of(&self, answer: &Answer) -> String {
        if self.setup.preview {
            return PREVIEW_RECEIPT.to_owned();
        }
        self.receipt_of_id(&answer.id)
    }

    /// The number of the response with this id.
    pub fn receipt_of_id(&self, id: &str) -> String {
        ResponseId::parse("id", id).map(|id| receipt::of(&id)).unwrap_or_default()
    }

    // ---- Delivering ----

    fn queue(&self) -> Queue {
        Queue::read(&device::kept(&name_of(&self.setup, ".queue")).unwrap_or_default())
    }

    fn change_queue<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queue = self.queue();
        let before = queue.clone();
        let result = change(&mut queue);
        if queue != before {
            let outlives = device::keep(&name_of(&self.setup, ".queue"), queue.write().as_deref());
            self.state.borrow_mut().outlives = outlives;
        }
        result
    }

    fn enqueue(&self, answer: &Answer) {
        if !self.setup.preview {
            self.change_queue(|queue| queue.put(answer));
        }
    }

    fn expire(&self) {
        let words = self.change_queue(|queue| queue.expire(device::now_ms()));
        self.state.borrow_mut().expired = words;
    }

    /// Sends what waits, one after another; of several tabs only one does at a time.
    pub(crate) fn deliver(&'static self) {
        let is_idle = self.queue().next().is_none() && self.talks().unsent.is_empty();
        if self.state.borrow().delivering || is_idle {
            return;
        }
        self.state.borrow_mut().delivering = true;
        spawn_local(async move {
            // Of several tabs only one delivers at a time; ids protect where there are no locks.
            let _ = JsFuture::from(self.host.lock()).await;
            self.deliver_all().await;
            self.host.unlock();
        });
    }

    async fn deliver_all(&'static self) {
        while let Some(next) = self.queue().next().cloned() {
            let outcome = post::post(&self.setup.shop, &next).await;
            let mine = next.id == self.state.borrow().answer.id;
            match &outcome {
                Outcome::Stored(_) => {
                    self.change_queue(|queue| queue.stored(&next));
                    if next.is_complaint() {
                        self.begins_to_talk(&next.id, &next.secret);
                    }
                    let mut state = self.state.borrow_mut();
                    state.tries = 0;
                    if mine {
                        state.answer.known = true;
                    }
                }
                Outcome::Refused { code, field } => {
                    self.change_queue(|queue| queue.refused(&next.id));
                    if mine {
                        let (word, n) = why_refused(*code);
                        let sentence = fill(self.say(word), "n", &n);
                        let about_email = field.as_deref() == Some("email");
                        let mut state = self.state.borrow_mut();
                        let state = &mut *state;
                        if about_email {
                            state.warned.clone_from(&state.answer.email);
                        }
                        *(if about_email { &mut state.trouble } else { &mut state.refusal }) = sentence;
                    }
                }
                Outcome::Unclear { wait_ms: asked } => {
                    let tries = self.tried() + 1;
                    let wait = wait_ms(tries - 1, device::chance(), *asked);
                    device::after(wait, Box::new(|| self.deliver()));
                    self.show_try(&outcome, tries);
                    self.state.borrow_mut().delivering = false;
                    return;
                }
            }
            if mine && matches!(outcome, Outcome::Refused { .. }) {
                self.show_refusal();
            }
        }
        self.deliver_unsent().await;
        self.state.borrow_mut().delivering = false;
        let mine = self.state.borrow().answer.id.clone();
        // Gone from the queue, here or from another tab: it is stored.
        if self.now().waits() && !self.queue().answers.iter().any(|a| a.id == mine) {
            self.go(Step::Sent, "#ask");
        }
    }

    /// Counts a try; says how many there were before.
    pub(crate) fn tried(&self) -> u32 {
        let tries = &mut self.state.borrow_mut().tries;
        *tries += 1;
        *tries - 1
    }

    fn show_try(&'static self, outcome: &Outcome, tries: u32) {
        let step = Step::after_try(outcome, tries, device::is_online());
        let now = self.now();
        // Who has been told already is not told again that it is being tried.
        if now.waits() && now != step && step != Step::Sending {
            self.go(step, "#ask");
        }
    }

    fn show_refusal(&'static self) {
        if !self.now().waits() {
            return;
        }
        if self.state.borrow().trouble.is_empty() {
            self.go(Step::Refused, "#ask");
        } else {
            self.go(Step::Form, "[name=email]");
        }
    }
}
