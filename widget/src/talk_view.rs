//! What a conversation looks like. Decides nothing, as [`crate::view`].

use crate::node::{Node, el, text};
use crate::page::{Act, find, widget};
use crate::view::{STEP, button, field, foot, heading, icon, promise, quiet, receipt, say, short};
use shared::conversation::{Remedy, Stage};
use shared::wire::conversation::{ConversationSummary, VisitorMessage};
use shared::words::{Word, fill};

/// Where "yes, all good" is found on the page.
pub const OKAY: &str = "#act-14";
/// Where "not yet" is.
pub const NOT_YET: &str = "#act-15";

/// The stage of this name; what a newer collector calls otherwise is being looked at.
fn stage_of(name: &str) -> Stage {
    Stage::named(name).unwrap_or(Stage::InHand)
}

/// How far it is, in three steps.
pub fn steps(stage: Stage) -> Node {
    let progress = usize::from(stage.progress());
    let all = [Word::StepReceived, Word::StepInHand, Word::StepPutRight];
    let all = all.iter().enumerate().map(|(i, word)| {
        let step = el("li", if i < progress || progress > 1 { "done" } else { "" }).says(say(*word));
        match i < progress || progress > 1 {
            true => step.with([el("span", "vh").says(", ").says(say(Word::StepDone))]),
            false if i == progress => step.has("aria-current", "step"),
            false => step,
        }
    });
    el("ol", "ts-steps").has("aria-label", say(Word::WhereItStands)).with(all.collect::<Vec<_>>())
}

fn when(at_ms: u64) -> String {
    widget().host.time(at_ms as f64)
}

/// Something that happened.
fn happened(sign: &str, what: &str, more: &str) -> Node {
    el("p", "ts-sys").with([icon(sign), text(&[what, " · ", more].concat())])
}

fn remedy(name: &str) -> Word {
    match Remedy::named(name) {
        Some(Remedy::Refund) => Word::Refund,
        Some(Remedy::Exchange) => Word::Exchange,
        Some(Remedy::Replacement) => Word::Replacement,
        Some(Remedy::Fix) => Word::Fix,
        Some(Remedy::Explanation) => Word::Explanation,
        Some(Remedy::Apology) => Word::Apology,
        Some(Remedy::Other) | None => Word::OtherRemedy,
    }
}

/// Words in a bubble, with whose they are and when they were said.
fn bubble(class: &'static str, words: &str, who: &str, when: &str) -> Node {
    el("article", class).with([
        el("p", "").has("dir", "auto").says(words),
        el("footer", "").says(&[who, " · ", when].concat()),
    ])
}

fn said(message: &VisitorMessage) -> Node {
    let at = when(message.sent_at_ms);
    let name = &message.person;
    match message.kind.as_str() {
        "put_right" => {
            let line = fill(say(Word::PutRightBy), "remedy", say(remedy(&message.words)));
            happened("check", &fill(&line, "name", name), &at)
        }
        "asked" => happened("clock", say(Word::Asked), &at),
        "okay" => happened("check", say(Word::SaidOkay), &at),
        "not_yet" => happened("undo", say(Word::SaidNotYet), &at),
        _ if message.mine => bubble("ts-msg ts-msg-me", &message.words, say(Word::You), &at),
        _ => {
            let class = if message.new { "ts-msg ts-msg-them ts-msg-new" } else { "ts-msg ts-msg-them" };
            let face = el("span", "ts-avatar ts-avatar-s").has("aria-hidden", "true");
            let face = match &message.photo {
                Some(photo) => face.with([el("img", "").has("src", photo).has("alt", "")]),
                None => face.says(&name.chars().take(1).collect::<String>()),
            };
            let mut bubble = bubble(class, &message.words, name, &at);
            bubble.put_first(face);
            bubble
        }
    }
}

/// Everything that was said and done, and what has not arrived yet.
fn thread() -> Node {
    let w = widget();
    let state = w.state.borrow();
    let mut all = Vec::new();
    if let Some(talk) = &state.talking.talk {
        let mut opened_at_ms = talk.opened_at_ms;
        let mut is_marked = false;
        let opened = |at_ms: u64| happened("eye", say(Word::Opened), &when(at_ms));
        for (i, message) in talk.messages.iter().enumerate() {
            if i > 0 && opened_at_ms.is_some_and(|at_ms| at_ms <= message.sent_at_ms) {
                all.extend(opened_at_ms.take().map(opened));
            }
            if message.new && !is_marked {
                is_marked = true;
                all.push(el("p", "ts-newline").says(say(Word::New)));
            }
            all.push(said(message));
        }
        all.extend(opened_at_ms.map(opened));
    }
    let stuck = say(if state.talking.is_stuck { Word::SavedTitle } else { Word::Sending });
    for unsent in w.talks().unsent.iter().filter(|unsent| unsent.talk == state.talking.at) {
        all.push(match unsent.okay {
            Some(true) => happened("check", say(Word::SaidOkay), stuck),
            Some(false) => happened("undo", say(Word::SaidNotYet), stuck),
            None => bubble("ts-msg ts-msg-me", &unsent.words, say(Word::You), stuck),
        });
    }
    el("div", "ts-thread").with(all)
}

fn note(class: &'static str, sign: &str, word: Word) -> Node {
    el("p", class).with([icon(sign), el("span", "").says(say(word))])
}

/// Two answers, because that is all we need to know.
fn thumbs(proposed: Option<bool>) -> Node {
    let thumb = |act: Act, okay: bool, class, sign, word| {
        let class_of_face = if proposed == Some(okay) { "ts-face is-chosen" } else { "ts-face" };
        let number = (act as u8).to_string();
        el("button", class_of_face)
            .has("type", "button")
            .has("data-act", &number)
            .has("id", &["act-", &number].concat())
            .with([el("span", class).with([icon(sign)]), el("span", "").says(say(word))])
    };
    el("div", "ts-faces ts-faces-2").has("role", "group").has("aria-labelledby", "ask").with([
        thumb(Act::Okay, true, "ts-thumb is-good", "up", Word::YesAllGood),
        thumb(Act::NotYet, false, "ts-thumb is-bad", "down", Word::NotYet),
    ])
}

/// Whether the visitor is to be asked "is it okay now?" at this moment.
fn asks() -> bool {
    let w = widget();
    let state = w.state.borrow();
    let is_put_right =
        state.talking.talk.as_ref().is_some_and(|t| t.can_be_okay && stage_of(&t.stage) == Stage::PutRight);
    let at = &state.talking.at;
    is_put_right && !w.talks().unsent.iter().any(|unsent| unsent.talk == *at && unsent.okay.is_some())
}

/// The part that changes when there is news.
fn inner() -> Node {
    let (is_asked, thread) = (asks(), thread());
    let state = widget().state.borrow();
    let stage = state.talking.talk.as_ref().map_or(Stage::InHand, |talk| stage_of(&talk.stage));
    let can_be_okay = state.talking.talk.as_ref().is_some_and(|talk| talk.can_be_okay);
    let mut all = el("div", "ts-talk").has("id", "talk");
    all = match stage {
        _ if is_asked => all.with([heading(Word::OkayNow), thumbs(state.talking.proposed)]),
        Stage::Recovered => {
            all.with([heading(Word::Glad), note("ts-note ts-note-good", "check", Word::GladMore)])
        }
        Stage::Reopened => all.with([heading(Word::NotDone), note("ts-note", "undo", Word::NotDoneMore)]),
        _ => all.with([heading(Word::Talk)]),
    };
    all = all.with([steps(stage), thread]);
    if stage == Stage::Received {
        all = all.with(promise(false));
    }
    if can_be_okay && !is_asked && stage == Stage::Reopened {
        all = all.with([foot([quiet(Act::Okay, Word::YesAllGood)])]);
    }
    if state.expired {
        all = all.with([el("p", "ts-p").says(say(Word::Expired))]);
    }
    all
}

/// The conversation.
pub fn talk() -> Node {
    let inner = inner();
    let w = widget();
    let state = w.state.borrow();
    let words = el("textarea", "ts-input")
        .has("id", "words")
        .has("name", "words")
        .has("rows", "1")
        .has("dir", "auto")
        .has("placeholder", say(Word::WriteTo))
        .says(w.talks().draft(&state.talking.at));
    let send = el("button", "ts-sendbtn")
        .has("id", "act-send")
        .has("aria-label", say(Word::Send))
        .with([icon("send")]);
    let mut composer = el("form", "ts-composer").has("id", "composer").with([
        el("label", "vh").has("for", "words").says(say(Word::WriteTo)),
        words,
        send,
    ]);
    composer = composer.with(trouble(&state.talking.trouble));
    let mut more = foot([quiet(Act::TalkMore, Word::More)]);
    if state.talking.lines.len() > 1 {
        more = more.with([quiet(Act::SeeTalks, Word::Talks)]);
    }
    if w.setup.framed {
        more = more.with([quiet(Act::Leave, Word::SayElse)]);
    }
    el("div", STEP).with([inner, composer, more])
}

fn trouble(sentence: &str) -> Vec<Node> {
    let shown =
        || el("p", "ts-err").has("role", "alert").with([icon("alert"), el("span", "").says(sentence)]);
    if sentence.is_empty() { Vec::new() } else { vec![shown()] }
}

/// Shows what is new in the conversation, and leaves alone what is being written in it.
pub fn redraw(is_news: bool) {
    inner().replace("talk");
    if is_news {
        arrive();
    }
    let w = widget();
    let state = w.state.borrow();
    let last = state.talking.talk.as_ref().and_then(|talk| talk.messages.last()).filter(|last| !last.mine);
    if let (true, Some(last), Some(live)) = (is_news, last, find("#live")) {
        let answered = fill(say(Word::Answered), "name", &last.person);
        live.set_text_content(Some(&[answered.as_str(), ": ", &last.words].concat()));
    }
}

/// Moves to what matters when a conversation is shown.
pub fn arrive() {
    let (place, is_above) = if asks() { ("#ask", true) } else { ("#composer", false) };
    if let Some(place) = find(place) {
        place.scroll_into_view_with_bool(is_above);
    }
}

/// Several conversations.
pub fn talks() -> Node {
    let state = widget().state.borrow();
    let lines: Vec<Node> = state.talking.lines.iter().enumerate().map(|(i, line)| line_of(i, line)).collect();
    let list = el("ul", "ts-talks").with(lines);
    el("div", STEP).with([heading(Word::Talks), list, foot([quiet(Act::Leave, Word::SayElse)])])
}

fn line_of(i: usize, line: &ConversationSummary) -> Node {
    let stage = match stage_of(&line.stage).progress() {
        0 => Word::StepReceived,
        1 => Word::StepInHand,
        _ => Word::StepPutRight,
    };
    let about = [&line.receipt, " · ", say(stage), " · ", &when(line.changed_at_ms)].concat();
    let mut button = el("button", "ts-line")
        .has("type", "button")
        .has("data-act", &(Act::Pick as u8).to_string())
        .has("data-pick", &i.to_string())
        .with([el("q", "").has("dir", "auto").says(&line.words), text(&about)]);
    if line.unread > 0 {
        button = button.with([el("b", "").says(&fill(say(Word::Answered), "name", &line.person))]);
    }
    el("li", "").with([button])
}

/// What else can be done with a conversation.
pub fn more() -> Node {
    let w = widget();
    let state = w.state.borrow();
    let talking = &state.talking;
    let mut all =
        el("div", STEP).with([heading(Word::More), receipt(&w.receipt_of_id(&talking.at), state.copied)]);
    let copy = |word| button("ts-btn ts-btn-2 ts-btn-s", Act::CopyLink, "copy", word);
    all = match talking.link.is_empty() {
        true => all.with([copy(Word::CopyLink)]),
        false => all.with([
            copy(Word::Copied),
            el("p", "ts-copybox").has("tabindex", "0").has("dir", "ltr").says(&talking.link),
        ]),
    };
    all = all.with([el("p", "ts-p").says(say(Word::LinkMore))]);
    let has_email = talking.talk.as_ref().is_some_and(|talk| talk.has_email);
    if !talking.email.is_empty() {
        let sentence = fill(say(Word::SentWithEmail), "email", &talking.email);
        all =
            all.with([el("p", "ts-note ts-note-good").with([icon("check"), el("span", "").says(&sentence)])]);
    } else if !has_email {
        let email = el("input", "ts-input").has("type", "email").has("autocomplete", "email");
        let save = el("button", "ts-btn ts-btn-2 ts-btn-s").says(say(Word::Save));
        let form = el("form", "ts-field").is("novalidate", true).has("id", "add-email");
        all = all.with([form.with([field("email", [text(say(Word::EmailLabel))], email), save])]);
    }
    all = all.with(trouble(&talking.trouble));
    all.with([
        foot([quiet(Act::Forget, Word::ForgetDevice), quiet(Act::AskErase, Word::Erase)]),
        foot([quiet(Act::SeeTalk, Word::Back)]),
    ])
}

/// Whether it is really to be deleted.
pub fn erase() -> Node {
    let sentence = widget().state.borrow().talking.trouble.clone();
    el("div", STEP)
        .with([
            heading(Word::EraseSure),
            el("p", "ts-p").says(say(Word::EraseMore)),
            button("ts-btn ts-btn-bad", Act::Erase, "", Word::EraseYes),
        ])
        .with(trouble(&sentence))
        .with([foot([quiet(Act::SeeTalk, Word::Back)])])
}

/// It is being fetched.
pub fn opening() -> Node {
    el("div", STEP).has("aria-busy", "true").with([
        heading(Word::Talk),
        el("p", "ts-p").with([el("span", "ts-spin"), text(&[" ", say(Word::OneMoment)].concat())]),
    ])
}

/// It cannot be fetched just now.
pub fn away() -> Node {
    short(Word::TalkAway, Word::FailedBody, [button("ts-btn ts-btn-s", Act::TryTalk, "", Word::TryAgain)])
}

/// It is not there (any more).
pub fn gone(title: Word, why: Word) -> Node {
    let w = widget();
    let mut more = Vec::new();
    if !w.talks().keys.is_empty() {
        more.push(quiet(Act::SeeTalks, Word::Talks));
    }
    if w.setup.framed {
        more.push(quiet(Act::Leave, Word::SayElse));
    }
    short(title, why, more)
}
