//! Every sentence of the widget, in each of its languages.
//!
//! The collector writes them into the page, and the widget finds them by their position in [`Word::ALL`], so that it
//! carries no text of its own. `{person}`, `{shop}` and the like are filled in by [`fill`].

macro_rules! words {
    ($($word:ident { $en:literal $de:literal })+) => {
        /// One sentence, label or line of the widget.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "a word says itself")]
        pub enum Word { $($word),+ }

        impl Word {
            /// Every word, in the order of [`crate::wire::FrameSetup::words`].
            pub const ALL: &[Self] = &[$(Self::$word),+];

            /// The text in a language.
            pub fn say(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$word, Language::En) => $en, (Self::$word, Language::De) => $de),+
                }
            }
        }
    };
}

/// A language of the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The BCP 47 tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The language of a BCP 47 tag such as `de-AT`; English for languages that the widget does not have.
    pub fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|l| l.as_str().eq_ignore_ascii_case(primary)).unwrap_or_default()
    }
}

/// Replaces `{name}` in a sentence by its value.
pub fn fill(sentence: &str, name: &str, value: &str) -> String {
    sentence.replace(&["{", name, "}"].concat(), value)
}

words! {
    // The launcher and the head
    Launcher { "Tell {person} how it’s going" "Sag {person}, wie es läuft" }
    FrameTitle { "{person} from {shop} asks how it is going" "{person} von {shop} fragt, wie es läuft" }
    FromShop { "from {shop}" "von {shop}" }
    Close { "Close" "Schließen" }
    // The question
    Question { "Is everything okay so far?" "Ist bis hierher alles in Ordnung?" }
    QuestionAfterCheckout { "Did the order go smoothly?" "Hat mit der Bestellung alles geklappt?" }
    AllGood { "All good" "Alles gut" }
    SoSo { "So-so" "Geht so" }
    NotOkay { "Not okay" "Nicht gut" }
    NotQuite { "Not quite" "Nicht ganz" }
    Smoothly { "Smoothly" "Reibungslos" }
    NotReally { "Not really" "Eher nicht" }
    VeryGood { "Lovely" "Wunderbar" }
    VeryBad { "Awful" "Schlimm" }
    PressEnter { "Press Enter to send your answer" "Eingabetaste drücken, um zu antworten" }
    NotNow { "Not now" "Jetzt nicht" }
    NeverAgain { "Don’t ask me again" "Nicht mehr fragen" }
    NeverAgainDone { "All right, I won’t ask again." "In Ordnung, ich frage nicht mehr." }
    NeverAgainWhere {
        "If you ever need me, the little button stays in the corner."
        "Wenn etwas ist: Der kleine Knopf bleibt in der Ecke."
    }
    Undo { "Undo" "Rückgängig" }
    // All good
    ThankYou { "Lovely, thank you." "Wie schön, danke." }
    ThankYouMore {
        "That’s all I wanted to know. I’ll leave you in peace now."
        "Mehr wollte ich nicht wissen. Jetzt lasse ich dich in Ruhe."
    }
    ByMistake { "Tapped by mistake?" "Aus Versehen?" }
    SayMore { "Say a little more" "Noch etwas sagen" }
    WhatWasRight { "What did we get right?" "Was war gut?" }
    LineForTheTeam { "A line for the team" "Ein Satz für uns" }
    // Not okay, or so-so
    WhatWentWrong { "Oh. I’m sorry. What went wrong?" "Oh. Das tut mir leid. Was ist passiert?" }
    WhatWouldBeBetter { "What would have made it better?" "Was hätte es besser gemacht?" }
    TapWhatFits { "Tap what fits" "Was passt?" }
    AsManyAsYouLike { "(as many as you like)" "(gern mehreres)" }
    Optional { "(optional)" "(freiwillig)" }
    OwnWords { "In your own words" "In eigenen Worten" }
    LeaveIt { "No, leave it at that" "Nein, dabei belassen" }
    WantsReply { "I’d like an answer" "Ich möchte eine Antwort" }
    EmailLabel { "E-mail, so I can answer you" "E-Mail, damit ich antworten kann" }
    EmailHint {
        "Without it my answer waits here, on this device."
        "Ohne sie wartet meine Antwort hier, auf diesem Gerät."
    }
    OrderLabel { "Order number" "Bestellnummer" }
    Private {
        "Only {person} and the team at {shop} read this. It is never published."
        "Nur {person} und das Team von {shop} lesen das. Es wird nie veröffentlicht."
    }
    WhatWeKeep { "What we keep" "Was wir speichern" }
    Send { "Send to {person}" "An {person} senden" }
    Sending { "On its way to {person} …" "Unterwegs zu {person} …" }
    // What we keep
    KeepTitle { "What I keep" "Was ich aufbewahre" }
    KeepAnswer { "Your answer and your words" "Deine Antwort und deine Worte" }
    KeepContact { "Your e-mail and order number, if you give them" "E-Mail und Bestellnummer, wenn du sie angibst" }
    KeepPage {
        "The page you were on, its language, phone or computer"
        "Die Seite, auf der du warst, ihre Sprache, Telefon oder Computer"
    }
    KeepNot {
        "Not your IP address, no tracking, nothing from other pages"
        "Nicht deine IP-Adresse, kein Tracking, nichts von anderen Seiten"
    }
    KeepDevice {
        "On this device: when you were asked, what could not be sent yet, and the key to our conversation"
        "Auf diesem Gerät: wann gefragt wurde, was noch nicht gesendet werden konnte, und der Schlüssel zu unserem Gespräch"
    }
    ForgetDevice { "Forget it on this device" "Auf diesem Gerät vergessen" }
    Forgotten { "Forgotten." "Vergessen." }
    Back { "Back" "Zurück" }
    // Delivery
    SavedTitle { "Saved here. Not sent yet." "Hier gespeichert. Noch nicht gesendet." }
    SavedOffline { "You’re offline." "Du bist offline." }
    SavedBody {
        "Your message is kept on this device and leaves by itself as soon as there is a connection, even if you close this page and come back later."
        "Deine Nachricht liegt auf diesem Gerät und geht von selbst los, sobald es eine Verbindung gibt, auch wenn du die Seite schließt und später wiederkommst."
    }
    SavedBodyMemory {
        "Your browser keeps nothing for us, so please leave this page open until it is sent, or copy your words."
        "Dein Browser speichert nichts für uns. Bitte lass die Seite offen, bis es gesendet ist, oder kopiere deine Worte."
    }
    FailedTitle { "That didn’t reach me." "Das kam nicht bei mir an." }
    FailedBody {
        "Our side isn’t answering. Nothing is lost: your words are below."
        "Unsere Seite antwortet nicht. Nichts ist verloren: Deine Worte stehen hier."
    }
    FailedEmail { "You can also send them to {email}." "Du kannst sie auch an {email} schicken." }
    RefusedTitle { "I couldn’t take that as it is." "So konnte ich das nicht annehmen." }
    Expired {
        "Something you wrote a week ago could never be sent, so it was deleted from this device."
        "Etwas, das du vor einer Woche geschrieben hast, ließ sich nie senden und wurde von diesem Gerät gelöscht."
    }
    TryNow { "Try now" "Jetzt versuchen" }
    TryAgain { "Try again" "Noch einmal" }
    CopyWords { "Copy my words" "Meine Worte kopieren" }
    Copied { "Copied" "Kopiert" }
    DeleteIt { "Delete it" "Löschen" }
    // Sent
    Sent { "Thank you, I have it." "Danke, ich habe es." }
    ReceiptLabel { "Your receipt number" "Deine Belegnummer" }
    CopyReceipt { "Copy the receipt number" "Belegnummer kopieren" }
    SentWithEmail { "I’ll write to {email}." "Ich schreibe an {email}." }
    SentWithoutEmail { "I’ll read it myself." "Ich lese es selbst." }
    AnswerWaits { "My answer will wait here, on this device." "Meine Antwort wartet hier, auf diesem Gerät." }
    AnswerWaitsWhere { "You’ll see a small number on the button." "Am Knopf erscheint dann eine kleine Zahl." }
    AddEmail { "Add an e-mail" "E-Mail nachtragen" }
    AddSomething { "Add something" "Etwas ergänzen" }
    BackToShop { "Back to the shop" "Zurück zum Shop" }
    // The conversation
    Talk { "Your conversation with {person}" "Dein Gespräch mit {person}" }
    Talks { "Your conversations" "Deine Gespräche" }
    Answered { "{name} has answered" "{name} hat geantwortet" }
    WhereItStands { "Where this stands" "Wie es steht" }
    StepReceived { "Received" "Erhalten" }
    StepInHand { "Being looked at" "In Arbeit" }
    StepPutRight { "Put right" "In Ordnung gebracht" }
    StepDone { "done" "erledigt" }
    You { "You" "Du" }
    New { "New" "Neu" }
    Opened { "Your message was opened" "Deine Nachricht wurde geöffnet" }
    PutRightBy { "{name} put it right: {remedy}" "{name} hat es in Ordnung gebracht: {remedy}" }
    Refund { "money back" "Geld zurück" }
    Exchange { "an exchange" "ein Umtausch" }
    Replacement { "a new one" "ein neues Stück" }
    Fix { "repaired" "repariert" }
    Explanation { "explained" "erklärt" }
    Apology { "with an apology" "mit einer Entschuldigung" }
    OtherRemedy { "done" "erledigt" }
    Asked { "I asked whether it’s okay now" "Ich habe gefragt, ob jetzt alles gut ist" }
    SaidOkay { "You said that it’s okay now" "Du hast gesagt, dass jetzt alles gut ist" }
    SaidNotYet { "You said that it’s not okay yet" "Du hast gesagt, dass es noch nicht gut ist" }
    WriteTo { "Write to {person}" "An {person} schreiben" }
    OkayNow { "Is it okay now?" "Ist jetzt alles in Ordnung?" }
    YesAllGood { "Yes, all good" "Ja, alles gut" }
    NotYet { "Not yet" "Noch nicht" }
    Glad { "I’m so glad." "Das freut mich sehr." }
    GladMore { "If anything else comes up, just write here." "Wenn noch etwas ist, schreib einfach hier." }
    NotDone { "Then we’re not done. What’s still wrong?" "Dann sind wir noch nicht fertig. Was fehlt noch?" }
    NotDoneMore {
        "I’ve opened it again. It is at the top of my list now."
        "Ich habe es wieder aufgemacht. Es steht jetzt ganz oben auf meiner Liste."
    }
    TalkOver { "Nothing more can be written here." "Hier lässt sich nichts mehr schreiben." }
    More { "More" "Mehr" }
    SayElse { "Tell {person} something else" "{person} etwas anderes sagen" }
    CopyLink { "Copy a private link" "Privaten Link kopieren" }
    LinkMore {
        "Whoever has this link can read and answer here, for 90 days."
        "Wer diesen Link hat, kann hier 90 Tage lang lesen und antworten."
    }
    Save { "Save" "Speichern" }
    Erase { "Delete this conversation" "Dieses Gespräch löschen" }
    EraseSure { "Delete everything you wrote here?" "Alles löschen, was du hier geschrieben hast?" }
    EraseMore {
        "It goes for {person} as well, at once and for good."
        "Es verschwindet auch bei {person}, sofort und für immer."
    }
    EraseYes { "Yes, delete it" "Ja, löschen" }
    Erased { "Deleted. Nothing of it is left with us." "Gelöscht. Bei uns ist nichts mehr davon da." }
    OneMoment { "One moment." "Einen Moment." }
    TalkAway { "I can’t show it just now." "Gerade kann ich es nicht zeigen." }
    TalkGone { "There is nothing here any more." "Hier ist nichts mehr." }
    TalkGoneWhy {
        "The link is too old, or the conversation was deleted."
        "Der Link ist zu alt, oder das Gespräch wurde gelöscht."
    }
    TalkNeeds {
        "Your conversation opens with JavaScript and WebAssembly, so that its key never leaves this browser. Please allow both, or open the link in another browser."
        "Dein Gespräch öffnet sich mit JavaScript und WebAssembly, damit sein Schlüssel diesen Browser nie verlässt. Bitte erlaube beides, oder öffne den Link in einem anderen Browser."
    }
    // What was wrong with a field
    EmailCutOff {
        "That address looks cut off. Is there something missing after “{end}”?"
        "Die Adresse sieht abgeschnitten aus. Fehlt etwas nach „{end}“?"
    }
    EmailWrong {
        "That doesn’t look like an e-mail address. Send again to leave it out."
        "Das sieht nicht nach einer E-Mail-Adresse aus. Noch einmal senden lässt sie weg."
    }
    TooLong {
        "That is too long for one message. About {n} characters fit."
        "Das ist zu lang für eine Nachricht. Etwa {n} Zeichen passen."
    }
    OddCharacter {
        "There is a character in it that can’t be kept. Typing it anew helps."
        "Darin ist ein Zeichen, das sich nicht speichern lässt. Neu tippen hilft."
    }
    ShopGone { "This shop doesn’t take messages here any more." "Dieser Shop nimmt hier keine Nachrichten mehr an." }
    SomethingWrong { "Something in it could not be kept." "Etwas daran ließ sich nicht speichern." }
    // Reasons a new shop starts with
    ReasonDelivery { "Delivery" "Lieferung" }
    ReasonBroken { "Arrived broken" "Kam kaputt an" }
    ReasonFinding { "Can’t find it" "Finde es nicht" }
    ReasonShippingCost { "Shipping cost" "Versandkosten" }
    ReasonCheckout { "Checkout" "Kasse" }
    ReasonElse { "Something else" "Etwas anderes" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_said_in_every_language_with_the_same_blanks() {
        let blanks = |s: &str| -> Vec<String> {
            let mut found: Vec<String> =
                s.split('{').skip(1).filter_map(|r| r.split('}').next()).map(str::to_owned).collect();
            found.sort();
            found
        };
        for word in Word::ALL {
            let [en, de] = Language::ALL.map(|l| word.say(l));
            assert!(!en.is_empty() && !de.is_empty(), "{word:?}");
            assert_eq!(blanks(en), blanks(de), "{word:?}");
            assert!(!en.contains('!') && !de.contains('!'), "{word:?}: no exclamation marks of our own");
        }
    }

    #[test]
    fn the_page_decides_the_language() {
        for (tag, language) in [
            ("de", Language::De),
            ("de-AT", Language::De),
            ("DE_ch", Language::De),
            ("en-GB", Language::En),
            ("fr", Language::En),
            ("", Language::En),
            ("den", Language::En),
        ] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn words_are_found_by_their_place() {
        for (i, word) in Word::ALL.iter().enumerate() {
            assert_eq!(*word as usize, i);
        }
    }
}
