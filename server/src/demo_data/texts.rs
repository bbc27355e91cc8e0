//! The texts of the made-up history. `{item}` and `{colour}` are filled in, so that a search finds different results.

/// Something that goes wrong, and how it is put right.
pub(crate) struct DemoIncident {
    /// A code.
    pub reason: &'static str,
    /// A code.
    pub cause: &'static str,
    /// A code.
    pub remedy: &'static str,
    /// The visitor's comments in English.
    pub en: &'static [&'static str],
    /// The same in German.
    pub de: &'static [&'static str],
    /// The first reply, in English and German.
    pub reply: [&'static str; 2],
    /// The message with the remedy.
    pub put_right: [&'static str; 2],
}

/// The most frequent first.
pub(crate) const INCIDENTS: [DemoIncident; 6] = [
    DemoIncident {
        reason: "delivery",
        cause: "late_parcel",
        remedy: "explanation",
        en: &[
            "My {colour} {item} was meant to be here on Tuesday. It is Friday now.",
            "The tracking says delivered, but there is no {item} anywhere.",
            "Ten days for a {item}? It was a birthday present.",
            "Nobody rang, and now my parcel is at a depot across town.",
        ],
        de: &[
            "Die {item} sollte am Dienstag da sein. Jetzt ist Freitag.",
            "Laut Sendungsverfolgung zugestellt, aber hier ist nichts.",
        ],
        reply: [
            "I’m sorry, that is far too long. I’m calling the carrier now and will tell you what they say.",
            "Das tut mir leid, das ist viel zu lange. Ich rufe gleich beim Paketdienst an und sage dir, was er sagt.",
        ],
        put_right: [
            "They had it on the wrong van. It comes tomorrow before noon, and the postage is back on your card.",
            "Es lag im falschen Wagen. Morgen Vormittag ist es da, und das Porto bekommst du zurück.",
        ],
    },
    DemoIncident {
        reason: "arrived_broken",
        cause: "broken_on_arrival",
        remedy: "replacement",
        en: &[
            "The {item} arrived cracked, right across the bottom.",
            "Handle of the {colour} {item} came off in the box.",
            "Two of the six {item}s are chipped. The box was fine.",
        ],
        de: &[
            "Die {item} kam mit einem Sprung an.",
            "Zwei von sechs sind angeschlagen, der Karton war heil.",
        ],
        reply: [
            "Oh no. I’m sorry about your {item}. Keep it, no need to send it back; I’ll look for another one right away.",
            "Oje. Das tut mir leid. Behalte sie ruhig, du musst nichts zurückschicken; ich suche dir gleich eine andere.",
        ],
        put_right: [
            "A new one left today, with twice the padding. You should have it on Thursday.",
            "Heute ging eine neue raus, mit doppelt so viel Polster. Am Donnerstag müsste sie da sein.",
        ],
    },
    DemoIncident {
        reason: "checkout",
        cause: "checkout_error",
        remedy: "fix",
        en: &[
            "I pressed Pay three times and nothing happened.",
            "It says my postcode is wrong. It is not.",
            "The voucher for the {item} was not taken off.",
        ],
        de: &[
            "Beim Bezahlen passiert nichts, dreimal versucht.",
            "Meine Postleitzahl sei falsch. Ist sie nicht.",
        ],
        reply: [
            "Thank you for telling me, I can see where it stops. You have not been charged.",
            "Danke, dass du es sagst, ich sehe, wo es hängt. Es wurde nichts abgebucht.",
        ],
        put_right: [
            "Found it: our form refused spaces. It works now, and your basket is still there.",
            "Gefunden: Unser Formular mochte keine Leerzeichen. Jetzt geht es, dein Korb ist noch da.",
        ],
    },
    DemoIncident {
        reason: "cant_find_it",
        cause: "not_like_the_photo",
        remedy: "exchange",
        en: &[
            "On the photo it is {colour}, the {item} I got is not.",
            "The {item} is much smaller than it looks on the page.",
            "I can’t find how large the {item} is.",
        ],
        de: &["Auf dem Foto sah die Farbe ganz anders aus.", "Wie groß die {item} ist, steht nirgends."],
        reply: [
            "You’re right, that photo flatters it. Would you like another one, or your money back?",
            "Du hast recht, das Foto schmeichelt. Möchtest du eine andere, oder das Geld zurück?",
        ],
        put_right: [
            "The other one is on its way, and there is a label in the parcel for the first.",
            "Die andere ist unterwegs, und im Paket liegt ein Zettel für den Rückweg.",
        ],
    },
    DemoIncident {
        reason: "shipping_cost",
        cause: "something_else",
        remedy: "refund",
        en: &[
            "Twelve pounds postage for one {item} is more than the {item}.",
            "Postage only shows at the very end.",
        ],
        de: &["Das Porto ist teurer als die {item}.", "Das Porto steht erst ganz am Ende."],
        reply: [
            "That was too much for one {item}, I see that. Let me look what went wrong there.",
            "Das war zu viel, das sehe ich auch so. Ich schaue nach, was da schiefging.",
        ],
        put_right: [
            "It was counted as two parcels. You have half of it back.",
            "Es wurde als zwei Pakete gerechnet. Die Hälfte bekommst du zurück.",
        ],
    },
    DemoIncident {
        reason: "something_else",
        cause: "wrong_item",
        remedy: "exchange",
        en: &[
            "I ordered the {colour} {item} and got somebody else’s socks.",
            "There was one {item} too few in it.",
        ],
        de: &["Bestellt war eine {item}, bekommen habe ich etwas anderes.", "Es fehlt eine {item}."],
        reply: [
            "Then somebody else has your {item}. I’m sorry; I’ll pack the right one myself.",
            "Dann hat jemand anderes deine. Tut mir leid, ich packe die richtige selbst ein.",
        ],
        put_right: [
            "The right one left this afternoon. Keep the other, with our apologies.",
            "Die richtige ging heute Nachmittag raus. Behalte die andere, mit einem Gruß.",
        ],
    },
];

/// In English and German, like the texts below.
pub(crate) const HAPPY: [&[&str]; 2] = [
    &[
        "Lovely {item}, thank you.",
        "Quick, and nicely packed.",
        "The {colour} one is even better than on the photo.",
        "Easy. More shops should be like this.",
    ],
    &["Schöne {item}, danke.", "Schnell da und gut verpackt."],
];

pub(crate) const SO_SO: [&[&str]; 2] = [
    &["The {item} is fine, the box was enormous.", "It took a while until I found the {item}.", "Bit dear."],
    &["Ganz nett, aber der Karton war riesig.", "Ein bisschen teuer."],
];

/// A visitor's messages.
pub(crate) const BACK: [&[&str]; 2] = [
    &[
        "Thank you, that is kind. The number is on the parcel, shall I send a photo?",
        "All right, I’ll wait until Thursday.",
    ],
    &["Danke, das ist nett. Soll ich ein Foto schicken?", "Gut, dann warte ich bis Donnerstag."],
];

/// The reply after "not yet".
pub(crate) const AGAIN: [&str; 2] = [
    "Oh. I’m sorry. I’ll see to it myself today.",
    "Oh. Das tut mir leid. Ich kümmere mich heute selbst darum.",
];

/// Internal notes.
pub(crate) const NOTES: [&str; 3] = [
    "Rang the carrier, they call back after two.",
    "Third one of this batch.",
    "Regular customer, please be generous.",
];

pub(crate) const ITEMS: [[&str; 2]; 8] = [
    ["bowl", "Schale"],
    ["mug", "Tasse"],
    ["teapot", "Teekanne"],
    ["plate", "Platte"],
    ["vase", "Vase"],
    ["jug", "Kanne"],
    ["candle", "Kerze"],
    ["tray", "Form"],
];

/// Glazes.
pub(crate) const COLOURS: [&str; 8] =
    ["blue", "white", "speckled", "sage", "ochre", "black", "terracotta", "grey"];

/// Path, title, and how many more percent are happy there than elsewhere.
pub(crate) const PAGES: [(&str, &str, i64); 8] = [
    ("/", "Kiln & Kettle", 2),
    ("/bowls", "Bowls", 6),
    ("/mugs", "Mugs", 9),
    ("/teapots", "Teapots", 4),
    ("/basket", "Your basket", -6),
    ("/checkout", "Checkout", -17),
    ("/delivery", "Delivery", -12),
    ("/sale", "Last pieces", -3),
];

/// For e-mail addresses.
pub(crate) const NAMES: [&str; 16] = [
    "marta", "jonas", "lea", "karim", "ines", "tom", "aylin", "piotr", "sofia", "emil", "nora", "luca",
    "hana", "ben", "clara", "yusuf",
];

/// The shops after the first.
pub(crate) const SHOPS: [&str; 6] = [
    "Paper Lantern",
    "North Shore Knits",
    "Oak & Iron",
    "Field Notes Tea",
    "Little Lighthouse",
    "Salt Bakery",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cause::Cause;
    use crate::domain::reason::Reason;
    use shared::conversation::Remedy;

    #[test]
    fn what_goes_wrong_is_on_the_lists_of_a_new_shop() {
        let (reasons, causes) = (Reason::starters(), Cause::starters());
        for mishap in INCIDENTS {
            assert!(reasons.iter().any(|it| it.code == mishap.reason), "{}", mishap.reason);
            assert!(causes.iter().any(|it| it.code == mishap.cause), "{}", mishap.cause);
            assert!(Remedy::named(mishap.remedy).is_some(), "{}", mishap.remedy);
        }
    }
}
