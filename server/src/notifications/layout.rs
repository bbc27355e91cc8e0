//! How a mail looks: a few kinds of blocks, as HTML and as plain text that says the same.
//!
//! Nothing of what a visitor typed can be clicked in a mail of ours (`unlinked`), and nothing of it is markup (askama escapes
//! it).

use askama::Template;
use shared::text;
use shared::words::Language;

/// A mail's content.
#[derive(Template)]
#[template(path = "mail/layout.html")]
pub(crate) struct MailLayout {
    /// In which language we speak.
    pub language: Language,
    /// What a list of mails shows beside the subject.
    pub preview: String,
    /// The colour of the button, and the colour of the words on it.
    pub colours: (String, &'static str),
    /// What stands on the card.
    pub blocks: Vec<MailBlock>,
    /// Small print under the card.
    pub foot: String,
    /// Where one can do something about it: what it is called, and where.
    pub foot_links: Vec<(String, String)>,
}

/// Something on the card.
pub(crate) enum MailBlock {
    /// Whose mail it is: initials or the picture, a name, and a line under it.
    Head {
        /// Instead of a picture.
        initials: String,
        /// The content id of the picture, if there is one.
        picture: Option<&'static str>,
        /// Who.
        name: String,
        /// What about them.
        line: String,
    },
    /// A question or a sentence, large.
    Large(String),
    /// What the next is about.
    Heading(String),
    /// What a person says, paragraph by paragraph.
    Said(String),
    /// What somebody said before, as a quotation, with what stands in front of it.
    Quoted(String, String),
    /// What matters now: something in bold, and what else.
    Note(String, String),
    /// Where to go on: one button, or two.
    Buttons(Vec<(String, String)>),
    /// Where it stands: what was, is and will be, with the place of what is.
    Steps(String, [String; 3], usize),
    /// Names and what belongs to them.
    Rows(Vec<(String, String)>),
    /// A sentence, small.
    Small(String),
    /// Several things to go on with: words, what about them, and where.
    List(Vec<(String, String, String)>),
}

impl MailLayout {
    /// The same as plain text.
    pub(crate) fn as_text(&self) -> String {
        let mut parts = Vec::new();
        for block in &self.blocks {
            parts.push(match block {
                MailBlock::Head { name, line, .. } => format!("{name}\n{line}"),
                MailBlock::Large(text)
                | MailBlock::Heading(text)
                | MailBlock::Said(text)
                | MailBlock::Small(text) => text.clone(),
                MailBlock::Quoted(before, text) => format!("{before}\n{}", quoted(text)),
                MailBlock::Note(strong, more) => format!("{strong} {more}").trim().to_owned(),
                MailBlock::Buttons(buttons) => {
                    let lines: Vec<String> =
                        buttons.iter().map(|(label, href)| format!("{label}:\n{href}")).collect();
                    lines.join("\n\n")
                }
                MailBlock::Steps(before, steps, here) => {
                    let steps: Vec<String> = steps
                        .iter()
                        .enumerate()
                        .map(|(i, step)| if i == *here { format!("[{step}]") } else { step.clone() })
                        .collect();
                    format!("{before} {}", steps.join(", "))
                }
                MailBlock::Rows(rows) => {
                    let lines: Vec<String> =
                        rows.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                    lines.join("\n")
                }
                MailBlock::List(things) => {
                    let lines: Vec<String> = things
                        .iter()
                        .map(|(words, about, href)| format!("{}\n{about}\n{href}", quoted(words)))
                        .collect();
                    lines.join("\n\n")
                }
            });
        }
        parts.push(format!("-- \n{}", self.foot));
        parts.extend(self.foot_links.iter().map(|(label, href)| format!("{label}:\n{href}")));
        parts.join("\n\n") + "\n"
    }

    fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
        text.split("\n\n").map(str::trim).filter(|p| !p.is_empty())
    }
}

fn quoted(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("> {line}")).collect();
    lines.join("\n")
}

/// Words on one line, for a subject or a preview: no control characters, nothing that turns the direction of writing, cut
/// with an ellipsis.
pub(crate) fn one_line(words: &str, max_chars: usize) -> String {
    let clean: String =
        words.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !turns(*c)).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().nth(max_chars).is_none() {
        return line;
    }
    [text::cut(&line, max_chars - 1).as_str(), "…"].concat()
}

/// Turns the direction of what follows, and so can make a name look like another. Source: Unicode, UAX #9, section 2.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// What somebody typed, so that no mail program makes a link of it: after whatever looks like the inside of an address stands
/// a word joiner, which nobody sees.
pub(crate) fn unlinked(words: &str) -> String {
    const JOINER: char = '\u{2060}';
    let mut out = String::with_capacity(words.len() + 16);
    let mut chars = words.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        if turns(c) {
            continue;
        }
        out.push(c);
        let next = chars.peek().copied().unwrap_or(' ');
        let inside = match c {
            '.' => before.is_alphanumeric() && next.is_alphabetic(),
            '@' => !before.is_whitespace() && !next.is_whitespace(),
            ':' => next == '/' || before.is_alphabetic() && !next.is_whitespace(),
            _ => false,
        };
        if inside {
            out.push(JOINER);
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mail_program_can_make_a_link_of_what_was_typed() {
        for (typed, kept) in [
            ("It broke. Again.", "It broke. Again."),
            ("1.5 kg at 10:30, for 3.50", "1.5 kg at 10:30, for 3.50"),
            ("see https://evil.example/x", "see https:\u{2060}//evil.\u{2060}example/x"),
            ("www.evil.example", "www.\u{2060}evil.\u{2060}example"),
            ("a@b.de", "a@\u{2060}b.\u{2060}de"),
            ("mailto:a", "mailto:\u{2060}a"),
            ("\u{202e}txt", "txt"),
        ] {
            assert_eq!(unlinked(typed), kept);
        }
    }

    #[test]
    fn a_subject_is_one_line_without_anything_that_could_hurt_it() {
        assert_eq!(one_line("a\r\nBcc: x@y.example\0\t\u{202e}b", 40), "a Bcc: x@y.example b");
        assert_eq!(one_line("The new lid doesn’t fit either.", 12), "The new lid…");
    }
}
