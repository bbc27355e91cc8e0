//! Removes white space from a template that is there only for its readers.
//!
//! The rule is that of JSX: white space with a line break in it means nothing beside a tag or a block, and one space
//! between two words. `{{ " " }}` is a space that stays. Inside a tag a line break is one space before an attribute, and
//! nothing before a block or the tag's end. `<pre>`, `<textarea>` and `<script>` stay as written.
//!
//! The line breaks themselves move into template comments, so that an error message names the right line of the source.

/// Elements whose content is left alone.
const VERBATIM: [&str; 3] = ["pre", "textarea", "script"];
/// A space that is kept beside a line break.
const EXPLICIT_SPACE: &str = "{{ \" \" }}";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Text,
    Tag,
    /// A quoted attribute.
    Value {
        quote: char,
        is_style: bool,
    },
    /// The content of a `<style>` element.
    Css,
}

/// What is before or after white space.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    /// Letters, or an expression, which writes letters.
    Word,
    /// A tag, a block, an explicit space, or the end of the file.
    Boundary,
}

/// Minifies a template.
pub(crate) fn minify(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut context = Context::Text;
    let mut before = Neighbour::Boundary;
    let mut tag = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if let Some(run) = run_of_space(rest) {
            rest = &rest[run.len()..];
            if run.contains('\n') {
                write_line_break(&mut out, run, context, before, rest);
            } else {
                out.push_str(run);
            }
            continue;
        }
        let construct = askama_construct(rest);
        if construct == EXPLICIT_SPACE {
            out.push(' ');
            before = Neighbour::Boundary;
        } else if !construct.is_empty() {
            out.push_str(construct);
            if !construct.starts_with("{#") {
                before = neighbour(construct);
            }
        }
        if !construct.is_empty() {
            rest = &rest[construct.len()..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        out.push(c);
        before = Neighbour::Word;
        match context {
            Context::Text
                if c == '<' && rest.starts_with(|n: char| n.is_ascii_alphabetic() || "/!".contains(n)) =>
            {
                context = Context::Tag;
                tag = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            }
            Context::Tag if c == '"' || c == '\'' => {
                context = Context::Value { quote: c, is_style: out.ends_with(&format!("style={c}")) };
                before = Neighbour::Boundary;
            }
            Context::Value { quote, .. } if c == quote => context = Context::Tag,
            Context::Tag if c == '>' => {
                before = Neighbour::Boundary;
                context = if tag == "style" { Context::Css } else { Context::Text };
                if VERBATIM.contains(&tag.as_str()) {
                    let end = rest.find(&format!("</{tag}")).unwrap_or(rest.len());
                    out.push_str(&rest[..end]);
                    rest = &rest[end..];
                }
            }
            Context::Css if c == '<' => {
                context = Context::Tag;
                tag.clear();
            }
            _ => {}
        }
    }
    out
}

/// White space and template comments, if `text` begins with white space.
fn run_of_space(text: &str) -> Option<&str> {
    let mut end = 0;
    loop {
        let rest = &text[end..];
        let comment = askama_construct(rest);
        let space = rest.len() - rest.trim_start().len();
        match space {
            0 if end > 0 && comment.starts_with("{#") => end += comment.len(),
            0 => return (end > 0).then(|| &text[..end]),
            _ => end += space,
        }
    }
}

/// Writes what white space with a line break stands for, and keeps its comments and its number of line breaks.
fn write_line_break(out: &mut String, run: &str, context: Context, before: Neighbour, rest: &str) {
    let construct = askama_construct(rest);
    let next = if construct.is_empty() { rest.chars().next() } else { None };
    let after = match next {
        Some('<') if context != Context::Css => Neighbour::Boundary,
        Some(_) => Neighbour::Word,
        None => neighbour(construct),
    };
    let is_space = match context {
        Context::Text => before == Neighbour::Word && after == Neighbour::Word,
        Context::Tag => after == Neighbour::Word && next != Some('>') && !rest.starts_with("/>"),
        Context::Value { quote, is_style } => {
            let is_first = out.ends_with(quote);
            after == Neighbour::Word && next != Some(quote) && !is_first && !(is_style && out.ends_with(';'))
        }
        Context::Css => {
            // After a brace a comment would begin with two, as an expression does.
            if !out.ends_with(['}', ';', ',']) && next != Some('}') || out.ends_with('{') {
                out.extend(run.matches('\n'));
                return;
            }
            false
        }
    };
    if is_space {
        out.push(' ');
    }
    out.push_str("{#");
    out.extend(run.matches('\n'));
    out.push_str("#}");
}

fn neighbour(construct: &str) -> Neighbour {
    let is_word = construct.starts_with("{{") && construct != EXPLICIT_SPACE;
    if is_word { Neighbour::Word } else { Neighbour::Boundary }
}

/// The block, expression or comment that `text` begins with; empty if it begins with none.
fn askama_construct(text: &str) -> &str {
    let end = match text.get(..2) {
        Some("{#") => return comment(text),
        Some("{%") => "%}",
        Some("{{") => "}}",
        _ => return "",
    };
    let mut is_string = false;
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(2) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_string,
            '"' => is_string = !is_string,
            _ if !is_string && text[at..].starts_with(end) => return &text[..at + end.len()],
            _ => {}
        }
    }
    text
}

/// Reads a comment; comments may be nested.
fn comment(text: &str) -> &str {
    let mut depth = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find(['{', '#']) {
        at += found;
        if text[at..].starts_with("{#") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("#}") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return &text[..at];
            }
        } else {
            at += 1;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The minified template as askama renders it, comments left out.
    fn rendered(source: &str) -> String {
        let mut out = minify(source);
        assert_eq!(out.matches('\n').count(), source.matches('\n').count(), "{source}: a line moved");
        while let Some(at) = out.find("{#") {
            let end = at + comment(&out[at..]).len();
            out.replace_range(at..end, "");
        }
        out
    }

    #[test]
    fn line_breaks_mean_what_they_mean_in_jsx() {
        for (source, wire) in [
            ("<p>\n  One\n  two\n</p>\n", "<p>One two</p>"),
            ("<p>\n  One\n  <b>two</b>\n  three\n</p>", "<p>One<b>two</b>three</p>"),
            ("<p>\n  One\n  {{ \" \" }}<b>two</b>\n</p>", "<p>One <b>two</b></p>"),
            ("<p>One <b>two</b> {{ x }}</p>", "<p>One <b>two</b> {{ x }}</p>"),
            ("<p>\n  {{ x }}\n  and {{ y }}\n  {{ z }}.\n</p>", "<p>{{ x }} and {{ y }} {{ z }}.</p>"),
            ("{% if x %}\n  a\n{% endif %}\nb", "{% if x %}a{% endif %}b"),
            ("a\n{# why\n   so #}\nb", "a b"),
            ("<p>5 < 6\n  > 4</p>", "<p>5 < 6 > 4</p>"),
        ] {
            assert_eq!(rendered(source), wire);
        }
    }

    #[test]
    fn a_tag_may_be_written_over_several_lines() {
        for (source, wire) in [
            ("<input\n  id=\"a\"\n  name='b'\n>", "<input id=\"a\" name='b'>"),
            ("<use\n  href=\"#a\"\n/>", "<use href=\"#a\"/>"),
            (
                "<input\n  id=\"a\"\n  {% if x %} checked{% endif %}\n  {% include \"b.html\" %}\n  value=\"\"\n>",
                "<input id=\"a\"{% if x %} checked{% endif %}{% include \"b.html\" %} value=\"\">",
            ),
            ("<a {% if x %}\n  b\n{% endif %}>", "<a {% if x %} b{% endif %}>"),
            ("<path d=\"M1 2\n  3 4\n\">", "<path d=\"M1 2 3 4\">"),
            (
                "<b class=\"\n  a\n  {% if x %} b{% endif %}\n  c\">",
                "<b class=\"a{% if x %} b{% endif %} c\">",
            ),
            ("<b style=\"\n  a:b;\n  c:d e\n  f;\n\">", "<b style=\"a:b;c:d e f;\">"),
            ("<b title=\"a;\n  b > c\">\n</b>", "<b title=\"a; b > c\"></b>"),
        ] {
            assert_eq!(rendered(source), wire);
        }
    }

    #[test]
    fn what_is_shown_or_run_as_written_stays() {
        for source in [
            "<pre id=\"a\">\n  b\n  <b>c</b>\n</pre>",
            "<textarea>\n  {{ words }}\n</textarea>",
            "<script>\n  a;\n  b\n</script>",
        ] {
            assert_eq!(rendered(source), source);
        }
    }

    #[test]
    fn an_askama_construct_stays_as_written() {
        for source in [
            "{% let a = \"<p>\\\"%}\n</p>\" %}",
            "{{ say(\n  \"}}\",\n  x\n) }}",
            "{# one {# two #}\n  #}",
            "<b {{ say(\"\n>\") }}>",
        ] {
            assert_eq!(minify(source), source);
        }
    }

    #[test]
    fn a_style_element_keeps_what_css_needs() {
        let source =
            "<style>\n@media (a) {\n  #b .c,\n  d {\n    e: f g\n      h;\n  }\n}\n</style>\n<p>\n  a\n</p>";
        assert_eq!(rendered(source), "<style>\n@media (a) {\n#b .c,d {\ne: f g\nh;}}</style><p>a</p>");
    }
}
