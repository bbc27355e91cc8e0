//! The layout of mails: blocks, as HTML and as plain text with the same content.
//!
//! Text of a visitor is never a link ([`unlinked`]) and never markup (askama escapes it).

use askama::Template;
use shared::text;
use shared::words::Language;

#[derive(Template)]
#[template(path = "mail/layout.html")]
pub(crate) struct MailLayout {
    pub language: Language,
    /// Shown beside the subject in a list of mails.
    pub preview: String,
    /// The button's colour, and the colour of its text.
    pub colours: (String, &'static str),
    pub blocks: Vec<MailBlock>,
    pub foot: String,
    /// Label and address.
    pub foot_links: Vec<(String, String)>,
}

pub(crate) enum MailBlock {
    /// The sender: a picture or initials, a name, and a line below.
    Head {
        initials: String,
        /// The content id.
        picture: Option<&'static str>,
        name: String,
        line: String,
    },
    /// A question or a sentence in large letters.
    Large(String),
    Heading(String),
    /// A person's words; an empty line begins a paragraph.
    Words(String),
    /// An introduction, and the words of an earlier message.
    Quoted(String, String),
    /// A sentence in bold, and one after it.
    Note(String, String),
    /// Label and address of one or two buttons.
    Buttons(Vec<(String, String)>),
    /// An introduction, the stages of a complaint, and the index of the current one.
    Steps(String, [String; 3], usize),
    /// Name and value.
    Rows(Vec<(String, String)>),
    /// A sentence in small letters.
    Small(String),
    /// For each entry: a quotation, the label of its link, and the address.
    List(Vec<(String, String, String)>),
}

impl MailLayout {
    pub(crate) fn as_text(&self) -> String {
        let mut parts = Vec::new();
        for block in &self.blocks {
            parts.push(match block {
                MailBlock::Head { name, line, .. } => format!("{name}\n{line}"),
                MailBlock::Large(text)
                | MailBlock::Heading(text)
                | MailBlock::Words(text)
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
                MailBlock::List(entries) => {
                    let lines: Vec<String> = entries
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

/// Text for a subject or a preview: one line without control and bidi characters, cut with an ellipsis.
pub(crate) fn one_line(words: &str, max_chars: usize) -> String {
    let clean: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !is_bidi_control(*c))
        .collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().nth(max_chars).is_none() {
        return line;
    }
    [text::cut(&line, max_chars - 1).as_str(), "…"].concat()
}

/// Bidi characters can make a name look like another one. Source: Unicode, UAX #9, section 2.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Inserts an invisible word joiner where a mail program could recognise an address and make it a link.
pub(crate) fn unlinked(words: &str) -> String {
    const JOINER: char = '\u{2060}';
    let mut out = String::with_capacity(words.len() + 16);
    let mut chars = words.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        if is_bidi_control(c) {
            continue;
        }
        out.push(c);
        let next = chars.peek().copied().unwrap_or(' ');
        let is_inside_address = match c {
            '.' => before.is_alphanumeric() && next.is_alphabetic(),
            '@' => !before.is_whitespace() && !next.is_whitespace(),
            ':' => next == '/' || before.is_alphabetic() && !next.is_whitespace(),
            _ => false,
        };
        if is_inside_address {
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
