//! Splits Rust source into tokens, as far as the checks need it: what is code, what is text and what is a
//! comment.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name, a keyword or a number.
    Word,
    /// One punctuation character, or `::`.
    Sign,
    /// A string, a character or a lifetime.
    Literal,
    Comment,
}

/// A piece of source and the line on which it begins, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    pub line: usize,
}

/// All tokens of a file, in order.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if first.is_whitespace() {
            (None, first.len_utf8())
        } else if rest.starts_with("//") {
            (Some(TokenKind::Comment), rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (Some(TokenKind::Comment), block_comment(rest))
        } else if let Some(length) = string(rest) {
            (Some(TokenKind::Literal), length)
        } else if first == '\'' {
            (Some(TokenKind::Literal), character_or_lifetime(rest))
        } else if is_word(first) {
            (Some(TokenKind::Word), word(rest))
        } else if rest.starts_with("::") {
            (Some(TokenKind::Sign), 2)
        } else {
            (Some(TokenKind::Sign), first.len_utf8())
        };
        let (text, after) = rest.split_at(length);
        found.extend(kind.map(|kind| Token { kind, text, line }));
        line += text.matches('\n').count();
        rest = after;
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// Reads a block comment; block comments nest in Rust.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the string that `text` begins with: plain, raw, of bytes or for C.
fn string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        let after = text.strip_prefix(prefix).unwrap_or_default();
        after.starts_with('"') || (prefix.ends_with('r') && after.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = text[prefix.len()..].find('"')?;
    let start = prefix.len() + hashes + 1;
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()));
    }
    let mut escaped = false;
    for (at, c) in text[start..].char_indices() {
        if c == '"' && !escaped {
            return Some(start + at + 1);
        }
        escaped = c == '\\' && !escaped;
    }
    Some(text.len())
}

/// The length of `'a'`, `'\n'` or `'a`.
fn character_or_lifetime(text: &str) -> usize {
    let mut after = text[1..].char_indices();
    match (after.next(), after.next()) {
        (Some((_, '\\')), _) => {
            // The escaped character itself may be a quote.
            let from = text[2..].chars().next().map_or(2, |c| 2 + c.len_utf8());
            text[from..].find('\'').map_or(text.len(), |at| from + at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 2,
        _ => 1 + word(&text[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str, kind: TokenKind) -> Vec<&str> {
        tokens(source).into_iter().filter(|t| t.kind == kind).map(|t| t.text).collect()
    }

    #[test]
    fn strings_and_comments_are_no_code() {
        let source = r##"a /* b /* c */ d */ "e \" f" br#"g " h"# '\'' '"' 'é' i<'k>::j() r"l" // m"##;
        assert_eq!(texts(source, TokenKind::Word), ["a", "i", "j"]);
        assert_eq!(texts(source, TokenKind::Sign), ["<", ">", "::", "(", ")"]);
        assert_eq!(texts(source, TokenKind::Comment), ["/* b /* c */ d */", "// m"]);
    }

    #[test]
    fn a_token_tells_its_line_also_after_a_text_of_several() {
        let found = tokens("\"one\ntwo\"\n/* three\n*/ four");
        assert_eq!(found.last().map(|t| (t.text, t.line)), Some(("four", 4)));
    }
}
