//! The made-up visitors: when each came, the rating, the comment, and the conversation.

use crate::demo_data::conversations::{DemoShop, conversation};
use crate::demo_data::seeded_random::SeededRandom;
use crate::demo_data::texts::{COLOURS, HAPPY, INCIDENTS, ITEMS, NAMES, PAGES, SO_SO};
use crate::domain::demo_history::DemoResponse;
use crate::domain::device::Device;

use crate::domain::page::Page;
use crate::domain::response::{Response, TrackedKeys as Counted};
use crate::security::random::Random as _;
use crate::security::secret_hash;
use crate::time::clock::{DAY_MS, HOUR_MS};
use crate::time::zone::ShopZone;
use shared::moment::Moment;
use shared::rating::{Rating, Scale};
use shared::refusal::Refusal;
use shared::words::Language;

/// The business of each hour of a day, in percent of the busiest.
const HOURS: [u32; 24] =
    [8, 4, 2, 2, 2, 4, 10, 22, 38, 52, 60, 62, 66, 60, 56, 56, 60, 66, 74, 88, 100, 92, 56, 24];
/// The business of each weekday from Monday, in percent of the busiest.
const WEEK: [u32; 7] = [92, 88, 90, 94, 100, 84, 78];

/// The instants of the responses, in order: more in the evening, more on Fridays, and slowly increasing.
pub fn instants<'a>(
    place: &'a DemoShop<'a>,
    count: u64,
    days: u32,
    dice: &'a SeededRandom,
) -> impl Iterator<Item = i64> + 'a {
    let begin_ms = place.now_ms - i64::from(days) * DAY_MS;
    let slots = i64::from(days) * 24;
    let mut total = 0.0;
    let ends: Vec<f64> = (0..slots)
        .map(|slot| {
            let at_ms = begin_ms + slot * HOUR_MS;
            let hour = HOURS[usize::from(place.days.minute_of_day(at_ms) / 60)];
            let day = WEEK[ShopZone::weekday(place.days.number(at_ms))];
            let growth = 0.8 + 0.4 * slot as f64 / slots as f64;
            total += f64::from(hour * day) * growth * (0.8 + 0.4 * dice.fraction());
            total
        })
        .collect();
    let mut slot = 0;
    (0..count).map(move |n| {
        let place = (n as f64 + dice.fraction()) / count as f64 * total;
        while slot + 1 < ends.len() && ends[slot] <= place {
            slot += 1;
        }
        let begins = if slot == 0 { 0.0 } else { ends[slot - 1] };
        let part = ((place - begins) / (ends[slot] - begins)).clamp(0.0, 0.999_999);
        begin_ms + (slot as i64) * HOUR_MS + (part * HOUR_MS as f64) as i64
    })
}

/// The response of one visitor at this instant, and what became of it. `number` is the order number.
pub fn response(
    place: &DemoShop<'_>,
    number: u64,
    created_at_ms: i64,
    dice: &SeededRandom,
) -> Result<DemoResponse, Refusal> {
    let language = if dice.is(35) { Language::De } else { Language::En };
    let language_index = usize::from(language == Language::De);
    let moment = match dice.between(0, 100) {
        0..45 => Moment::MidJourney,
        45..80 => Moment::AfterCheckout,
        _ => Moment::AnyTime,
    };
    let page = if moment == Moment::AfterCheckout {
        ("/thank-you", "Thank you", 3)
    } else {
        PAGES[dice.between(0, PAGES.len() as i64) as usize]
    };
    let device = if dice.is(64) { Device::Phone } else { Device::Computer };
    // Pages and devices differ in how many visitors are happy.
    let on_a_phone = if device == Device::Phone { -2 } else { 3 };
    let rating = match dice.between(0, 100) - page.2 - on_a_phone {
        ..76 => 5,
        76..87 => 3,
        _ => 1,
    };
    let common = (dice.fraction() * dice.fraction() * INCIDENTS.len() as f64) as usize;
    let incident = &INCIDENTS[common.min(INCIDENTS.len() - 1)];
    let (words, percent) = match (rating, language_index) {
        (5, _) => (HAPPY[language_index], 12),
        (3, _) => (SO_SO[language_index], 30),
        (_, 0) => (incident.en, 88),
        _ => (incident.de, 88),
    };
    let words = if dice.is(percent) { dice.choose(words).unwrap_or_default() } else { "" };
    let item = ITEMS[dice.between(0, ITEMS.len() as i64) as usize][language_index];
    let colour = dice.choose(&COLOURS).unwrap_or_default();
    let product = if moment == Moment::AfterCheckout { String::new() } else { format!("{colour} {item}") };
    let comment = words.replace("{item}", item).replace("{colour}", colour);
    let wants_reply = rating == 1 && dice.is(70) || rating == 3 && dice.is(8);
    let email = if wants_reply && dice.is(80) || !comment.is_empty() && rating < 5 && dice.is(30) {
        format!("{}.{}@mail.example", dice.choose(&NAMES).unwrap_or_default(), number)
    } else {
        String::new()
    };
    let has_order = moment == Moment::AfterCheckout || rating == 1 && dice.is(60);
    let order = if has_order { (20_000 + number).to_string() } else { String::new() };
    let id = dice.response_id(created_at_ms);
    let response = Response {
        shop: place.shop.clone(),
        receipt: shared::receipt::of(&id),
        // No visitor knows a secret with this hash.
        secret_hash: secret_hash::hash_token(dice.secret().reveal()),
        body_hash: secret_hash::hash_token(id.as_str()),
        id,
        moment,
        scale: Scale::ThreeFaces,
        rating: Rating::parse(rating)?,
        reasons: if rating < 5 && dice.is(80) { vec![incident.reason.to_owned()] } else { Vec::new() },
        comment,
        email,
        wants_reply,
        order,
        page: Page { path: page.0.to_owned(), title: page.1.to_owned() },
        language,
        device,
        product: product.clone(),
        counted: Counted {
            day: place.days.number(created_at_ms),
            hour: place.days.hour_of_week(created_at_ms),
            page: page.0.to_owned(),
            product,
        },
    };
    let conversation = response
        .is_complaint()
        .then(|| conversation(place, &response.id, moment, language, incident.reason, created_at_ms, dice));
    Ok(DemoResponse { response, created_at_ms, conversation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::demo_history::DemoConversation;
    use crate::domain::follow_up_schedule::{FollowUp, next_follow_up};
    use crate::domain::opening_hours::{OpeningHours, OpeningSpan};
    use crate::domain::reply_policy::ReplyPolicy;
    use crate::time::zone::ShopZone;
    use shared::conversation::Stage;
    use shared::ids::ShopKey;
    use std::collections::BTreeSet;

    const NOW_MS: i64 = 1_795_600_000_000;

    fn history(seed: u64, count: u64) -> Vec<DemoResponse> {
        let (shop, days) = (ShopKey::parse("kiln").unwrap(), ShopZone::from_name("Europe/Berlin"));
        let hours = OpeningHours {
            week: std::array::from_fn(|_| vec![OpeningSpan { from_min: 540, until_min: 1_080 }]),
            holidays: Vec::new(),
        };
        let people = [("anna".to_owned(), "Anna".to_owned()), ("mats".to_owned(), "Mats".to_owned())];
        let place = DemoShop {
            shop: &shop,
            hours: &hours,
            days: &days,
            people: &people,
            ask_after_days: 2,
            now_ms: NOW_MS,
        };
        let dice = SeededRandom::new(seed);
        let times: Vec<i64> = instants(&place, count, 90, &dice).collect();
        (1..).zip(times).map(|(number, at_ms)| response(&place, number, at_ms, &dice).unwrap()).collect()
    }

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let story = |seed| format!("{:?}", history(seed, 300));
        assert_eq!(story(7), story(7));
        assert_ne!(story(7), story(8));
    }

    #[test]
    fn the_story_is_one_that_could_have_happened() {
        let history = history(1, 20_000);
        assert_eq!(history.len(), 20_000);
        assert!(history.is_sorted_by_key(|t| t.created_at_ms));
        assert!(history.iter().all(|t| t.created_at_ms <= NOW_MS));
        let ids: BTreeSet<&str> = history.iter().map(|t| t.response.id.as_str()).collect();
        assert_eq!(ids.len(), history.len());
        let stages: BTreeSet<Stage> =
            history.iter().filter_map(|t| Some(t.conversation.as_ref()?.conversation.stage)).collect();
        assert_eq!(stages.len(), Stage::ALL.len(), "conversations at all stages: {stages:?}");
        let rules = ReplyPolicy {
            hours: OpeningHours::default(),
            zone: ShopZone::from_name("Europe/Berlin"),
            promise_open_ms: HOUR_MS,
            reminds: true,
        };
        for told in &history {
            assert_eq!(told.conversation.is_some(), told.response.is_complaint());
            let Some(DemoConversation { conversation: it, messages }) = &told.conversation else { continue };
            assert!(
                messages.is_sorted_by_key(|m| m.sent_at_ms)
                    && messages.iter().all(|m| m.sent_at_ms <= NOW_MS + 99)
            );
            assert_eq!(it.answered_at_ms.is_some(), it.answered_open_ms.is_some());
            let waits = matches!(it.stage, Stage::Received | Stage::Reopened);
            assert!(!waits || it.waits_since_at_ms.is_some(), "{it:?}");
            assert_eq!(it.stage == Stage::SetAside, it.aside.is_some(), "{it:?}");
            let now = next_follow_up(it, &rules, NOW_MS).now;
            assert!(
                !now.contains(&FollowUp::Notify) && !now.contains(&FollowUp::Overdue),
                "no mail about what never was"
            );
        }
        let waiting = history
            .iter()
            .filter(|t| t.conversation.as_ref().is_some_and(|t| t.conversation.waits_since_at_ms.is_some()));
        assert!((5..400).contains(&waiting.count()));
    }
}
